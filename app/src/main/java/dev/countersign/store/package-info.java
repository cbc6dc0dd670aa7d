/** Where things are kept: a database, of SQLite or PostgreSQL. The only package that knows SQL. */
@NullMarked
package dev.countersign.store;

import org.jspecify.annotations.NullMarked;
