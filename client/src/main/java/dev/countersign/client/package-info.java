/** Asks a Countersign server before something is done. */
@NullMarked
package dev.countersign.client;

import org.jspecify.annotations.NullMarked;
