/** Tells people of questions in Slack, and takes their answers from there. */
@NullMarked
package dev.countersign.notify.slack;

import org.jspecify.annotations.NullMarked;
