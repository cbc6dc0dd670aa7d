package dev.countersign.call;

/** A stretch of the source text in UTF-16 units: {@code from} inclusive, {@code to} exclusive. */
public record Span(int from, int to) {
    public Span {
        if (from < 0 || to < from) {
            throw new IllegalArgumentException("span " + from + ".." + to + " (this is a bug)");
        }
    }

    /** The smallest span that holds both. */
    public Span union(Span other) {
        return new Span(Math.min(from, other.from), Math.max(to, other.to));
    }
}
