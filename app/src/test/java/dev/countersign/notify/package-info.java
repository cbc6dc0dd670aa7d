@NullMarked
package dev.countersign.notify;

import org.jspecify.annotations.NullMarked;
