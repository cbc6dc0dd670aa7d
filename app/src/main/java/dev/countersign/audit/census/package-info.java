/** How many records there are of which kind, and which: counted in memory, without a body. */
@NullMarked
package dev.countersign.audit.census;

import org.jspecify.annotations.NullMarked;
