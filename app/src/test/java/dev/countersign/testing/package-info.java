/**
 * What tests put in place of databases and of the world: everything in memory, obvious, complete.
 */
@NullMarked
package dev.countersign.testing;

import org.jspecify.annotations.NullMarked;
