/** The ledger as files for others: written with what proves them, and checked again. */
@NullMarked
package dev.countersign.audit.export;

import org.jspecify.annotations.NullMarked;
