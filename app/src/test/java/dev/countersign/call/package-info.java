/** Tests of what an agent asks to do. */
@NullMarked
package dev.countersign.call;

import org.jspecify.annotations.NullMarked;
