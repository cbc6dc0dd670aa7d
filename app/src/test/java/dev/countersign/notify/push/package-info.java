@NullMarked
package dev.countersign.notify.push;

import org.jspecify.annotations.NullMarked;
