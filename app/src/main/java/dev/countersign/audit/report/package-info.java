/** What happened in a period, in figures that anybody can ask for again. */
@NullMarked
package dev.countersign.audit.report;

import org.jspecify.annotations.NullMarked;
