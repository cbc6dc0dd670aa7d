/** The form of records and the masking of secrets, tested. */
@NullMarked
package dev.countersign.audit;

import org.jspecify.annotations.NullMarked;
