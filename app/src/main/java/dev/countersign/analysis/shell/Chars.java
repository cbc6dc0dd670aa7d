package dev.countersign.analysis.shell;

import dev.countersign.call.Span;
import org.jspecify.annotations.Nullable;

/** Text to parse, whose every character knows where it stands in the original. */
final class Chars {
    private final String text;
    private final int @Nullable [] origin;
    private final @Nullable Span whole;

    /**
     * Text made of other text.
     *
     * @param origin for each character its offset in the original, or null when text and original
     *     agree
     * @param whole when not null, where all of the text comes from, such as the argument of an
     *     {@code eval}
     */
    Chars(String text, int @Nullable [] origin, @Nullable Span whole) {
        this.text = text;
        this.origin = origin;
        this.whole = whole;
    }

    String text() {
        return text;
    }

    @Nullable Span whole() {
        return whole;
    }

    static Chars of(String text) {
        return new Chars(text, null, null);
    }

    /** The place in the original of {@code from} inclusive to {@code to} exclusive. */
    Span span(int from, int to) {
        if (whole != null) {
            return whole;
        }
        int[] map = origin;
        if (map == null) {
            return new Span(Math.min(from, to), to);
        }
        if (map.length == 0) {
            return new Span(0, 0);
        }
        int first = map[Math.clamp(from, 0, map.length - 1)];
        int last = to <= from ? first : map[Math.min(to, map.length) - 1] + 1;
        return new Span(first, Math.max(first, last));
    }

    int originOf(int index) {
        int[] map = origin;
        return map == null ? index : map[index];
    }
}
