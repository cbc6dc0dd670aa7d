/** Archives of old records, taking them out, and legal holds. */
@NullMarked
package dev.countersign.audit.retention;

import org.jspecify.annotations.NullMarked;
