/** Turns the permission files of other programs into documents of ours. */
@NullMarked
package dev.countersign.policy.imports;

import org.jspecify.annotations.NullMarked;
