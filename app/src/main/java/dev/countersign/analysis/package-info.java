/** From a tool call to the operations it would carry out. Pure: the machine is an argument. */
@NullMarked
package dev.countersign.analysis;

import org.jspecify.annotations.NullMarked;
