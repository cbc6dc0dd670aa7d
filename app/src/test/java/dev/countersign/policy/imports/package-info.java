@NullMarked
package dev.countersign.policy.imports;

import org.jspecify.annotations.NullMarked;
