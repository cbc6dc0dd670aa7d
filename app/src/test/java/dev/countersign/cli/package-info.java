/** Tests of the package of the same name. */
@NullMarked
package dev.countersign.cli;

import org.jspecify.annotations.NullMarked;
