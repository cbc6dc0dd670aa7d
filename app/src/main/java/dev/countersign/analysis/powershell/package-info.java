/** PowerShell text to the simple commands it would run: a subset, the rest named and opaque. */
@NullMarked
package dev.countersign.analysis.powershell;

import org.jspecify.annotations.NullMarked;
