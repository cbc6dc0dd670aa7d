/** The pages people use. */
@NullMarked
package dev.countersign.web;

import org.jspecify.annotations.NullMarked;
