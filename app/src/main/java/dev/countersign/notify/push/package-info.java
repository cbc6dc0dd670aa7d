/** Tells people of questions by push. */
@NullMarked
package dev.countersign.notify.push;

import org.jspecify.annotations.NullMarked;
