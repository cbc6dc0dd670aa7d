package dev.countersign.call;

import org.jspecify.annotations.Nullable;

/**
 * One word of a command after expansion.
 *
 * @param value the word as the program would get it, or null when it is not constant
 * @param written the word as it stands in the source
 * @param glob whether the value is a pattern that stands for every path it may match
 * @param source where it stands
 */
public record Argument(@Nullable String value, String written, boolean glob, Span source) {
    public static Argument of(String value) {
        return new Argument(value, value, false, new Span(0, 0));
    }
}
