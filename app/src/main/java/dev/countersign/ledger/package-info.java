/** The hash-chained log. Knows nothing of what its entries mean. */
@NullMarked
package dev.countersign.ledger;

import org.jspecify.annotations.NullMarked;
