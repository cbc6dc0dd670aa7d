/** Checkpoints outside the ledger: the process that co-signs them, and what carries them there. */
@NullMarked
package dev.countersign.witness;

import org.jspecify.annotations.NullMarked;
