/** Tests of {@code dev.countersign.people}. */
@NullMarked
package dev.countersign.people;

import org.jspecify.annotations.NullMarked;
