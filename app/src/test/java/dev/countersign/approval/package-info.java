/** Tests of {@code dev.countersign.approval}. */
@NullMarked
package dev.countersign.approval;

import org.jspecify.annotations.NullMarked;
