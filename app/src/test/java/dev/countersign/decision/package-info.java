/** Tests of {@code dev.countersign.decision}. */
@NullMarked
package dev.countersign.decision;

import org.jspecify.annotations.NullMarked;
