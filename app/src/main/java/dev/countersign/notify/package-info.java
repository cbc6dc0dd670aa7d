/** Tells people and programs of questions where they are: mail, chat, phones, other systems. */
@NullMarked
package dev.countersign.notify;

import org.jspecify.annotations.NullMarked;
