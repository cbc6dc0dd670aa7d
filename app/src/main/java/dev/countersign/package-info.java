/** Countersign: an authority that AI coding agents ask before they act. */
@NullMarked
package dev.countersign;

import org.jspecify.annotations.NullMarked;
