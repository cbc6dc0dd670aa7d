/** Text for cmd.exe to the simple commands it would run: a subset, the rest named and opaque. */
@NullMarked
package dev.countersign.analysis.cmd;

import org.jspecify.annotations.NullMarked;
