/** What an agent asks to do, and what that really is: tool calls, operations, actions, risk. */
@NullMarked
package dev.countersign.call;

import org.jspecify.annotations.NullMarked;
