/** What is kept, tested on a real SQLite. */
@NullMarked
package dev.countersign.store;

import org.jspecify.annotations.NullMarked;
