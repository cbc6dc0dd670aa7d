/** Benchmarks: JMH and whole-process runs. */
@NullMarked
package dev.countersign.bench;

import org.jspecify.annotations.NullMarked;
