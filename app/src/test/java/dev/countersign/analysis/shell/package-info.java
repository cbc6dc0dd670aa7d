/** Tests of the shell front end. */
@NullMarked
package dev.countersign.analysis.shell;

import org.jspecify.annotations.NullMarked;
