/** What is recorded of decisions, votes and outcomes, and how it is read again. */
@NullMarked
package dev.countersign.audit;

import org.jspecify.annotations.NullMarked;
