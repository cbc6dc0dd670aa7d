/** Who is asking: people, tokens, sign-ins, and what each may do here. */
@NullMarked
package dev.countersign.people;

import org.jspecify.annotations.NullMarked;
