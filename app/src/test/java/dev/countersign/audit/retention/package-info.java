/** What becomes of old records, tested. */
@NullMarked
package dev.countersign.audit.retention;

import org.jspecify.annotations.NullMarked;
