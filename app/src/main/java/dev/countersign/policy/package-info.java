/** Documents of rules, and the one pure function that decides an operation by them. */
@NullMarked
package dev.countersign.policy;

import org.jspecify.annotations.NullMarked;
