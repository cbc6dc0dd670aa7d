package dev.countersign.analysis.code;

import org.jspecify.annotations.Nullable;

/**
 * A word of a program.
 *
 * @param text as written; of a string with its quotes
 * @param value of a string what it stands for, or null when that is not constant
 */
record Token(Kind kind, String text, @Nullable String value, int from, int to) {
    enum Kind {
        NAME,
        NUMBER,
        STRING,
        /** A string with parts that are computed; their tokens follow in round brackets. */
        TEMPLATE,
        REGEX,
        SIGN,
        LINE
    }

    boolean is(String other) {
        return (kind == Kind.SIGN || kind == Kind.NAME) && text.equals(other);
    }

    boolean sign() {
        return kind == Kind.SIGN;
    }

    boolean name() {
        return kind == Kind.NAME;
    }
}
