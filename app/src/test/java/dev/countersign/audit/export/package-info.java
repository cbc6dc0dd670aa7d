/** Tests of what leaves the ledger. */
@NullMarked
package dev.countersign.audit.export;

import org.jspecify.annotations.NullMarked;
