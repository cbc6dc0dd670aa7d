/** The hash chain and its canonical text, tested. */
@NullMarked
package dev.countersign.ledger;

import org.jspecify.annotations.NullMarked;
