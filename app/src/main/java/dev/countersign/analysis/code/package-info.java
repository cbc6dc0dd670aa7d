/**
 * Program text of other languages: what it would do, and whether all of it was understood. Pure.
 */
@NullMarked
package dev.countersign.analysis.code;

import org.jspecify.annotations.NullMarked;
