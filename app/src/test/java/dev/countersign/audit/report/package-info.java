@NullMarked
package dev.countersign.audit.report;

import org.jspecify.annotations.NullMarked;
