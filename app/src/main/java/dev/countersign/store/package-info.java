/** Where things are kept: SQLite. The only package that knows SQL. */
@NullMarked
package dev.countersign.store;

import org.jspecify.annotations.NullMarked;
