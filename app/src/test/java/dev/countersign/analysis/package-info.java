/** Tests of what calls are found to do. */
@NullMarked
package dev.countersign.analysis;

import org.jspecify.annotations.NullMarked;
