/** The decision point: a tool call in, a recorded answer out. */
@NullMarked
package dev.countersign.decision;

import org.jspecify.annotations.NullMarked;
