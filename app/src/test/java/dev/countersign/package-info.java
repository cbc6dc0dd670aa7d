/** Tests that look at the product as a whole. */
@NullMarked
package dev.countersign;

import org.jspecify.annotations.NullMarked;
