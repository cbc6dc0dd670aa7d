/** Tells people of questions by mail. */
@NullMarked
package dev.countersign.notify.mail;

import org.jspecify.annotations.NullMarked;
