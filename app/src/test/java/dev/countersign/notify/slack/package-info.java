@NullMarked
package dev.countersign.notify.slack;

import org.jspecify.annotations.NullMarked;
