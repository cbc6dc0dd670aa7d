package dev.countersign.analysis.shell;

import org.jspecify.annotations.Nullable;

/**
 * Text the shell computes, as far as it is known.
 *
 * @param text null when it is not constant
 * @param kind what it may be when it is not
 * @param pattern when it is one of the paths a pattern matches, that pattern
 */
record Piece(@Nullable String text, Value.Kind kind, @Nullable String pattern) {
    static final Piece ANY = new Piece(null, Value.Kind.ANY, null);
    static final Piece OUTSIDE = new Piece(null, Value.Kind.OUTSIDE, null);
    static final Piece NUMBER = new Piece(null, Value.Kind.NUMBER, null);
    static final Piece EMPTY = of("");

    static Piece of(String text) {
        return new Piece(text, Value.Kind.ANY, null);
    }

    static Piece matching(String pattern) {
        return new Piece(null, Value.Kind.ANY, pattern);
    }

    static Piece unknown(Value.Kind kind) {
        return switch (kind) {
            case ANY -> ANY;
            case OUTSIDE -> OUTSIDE;
            case NUMBER -> NUMBER;
        };
    }

    /** This text, then {@code next}. */
    Piece then(Piece next) {
        if (text != null && next.text != null) {
            return next.text.isEmpty() ? this : text.isEmpty() ? next : of(text + next.text);
        }
        String one = text == null ? pattern : text;
        String other = next.text == null ? next.pattern : next.text;
        if (one != null && other != null) {
            boolean climbs = mayClimb(one, text == null, other, next.text == null);
            return climbs ? ANY : matching(one + other);
        }
        boolean oneNumber = kind == Value.Kind.NUMBER || (text != null && Value.number(text));
        boolean otherNumber =
                next.kind == Value.Kind.NUMBER || (next.text != null && Value.number(next.text));
        if (text != null && text.isEmpty()) {
            return next;
        }
        if (next.text != null && next.text.isEmpty()) {
            return this;
        }
        if (oneNumber && otherNumber) {
            return NUMBER;
        }
        return (text == null && kind == Value.Kind.ANY)
                        || (next.text == null && next.kind == Value.Kind.ANY)
                ? ANY
                : OUTSIDE;
    }

    /**
     * Whether a path of a listing, which may be {@code .}, makes {@code ..} of what it is glued to.
     *
     * @param listed whether {@code one} is of a listing
     * @param otherListed whether {@code other} is
     */
    static boolean mayClimb(String one, boolean listed, String other, boolean otherListed) {
        if (one.isEmpty() || other.isEmpty()) {
            return false;
        }
        if (listed && !one.endsWith("/")) {
            return otherListed
                    ? !other.startsWith("/")
                    : other.equals(".") || other.startsWith("./");
        }
        return otherListed && (one.equals(".") || one.endsWith("/."));
    }

    Value value() {
        if (text != null) {
            return new Value.Text(text);
        }
        return pattern == null ? new Value.Unknown(kind) : new Value.Matching(pattern);
    }
}
