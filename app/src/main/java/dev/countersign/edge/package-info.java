/** The relay on a laptop between its clients and a server elsewhere. */
@NullMarked
package dev.countersign.edge;

import org.jspecify.annotations.NullMarked;
