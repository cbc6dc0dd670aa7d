package dev.countersign.analysis.shell;

import java.util.List;

/** What is known of a variable. */
sealed interface Value {
    Value UNSET = new Unset();
    Value ANY = new Unknown(Kind.ANY);
    Value OUTSIDE = new Unknown(Kind.OUTSIDE);
    Value NUMBER = new Unknown(Kind.NUMBER);

    /** What an unknown value may be; matters where the shell evaluates values as code. */
    enum Kind {
        /** A whole number. */
        NUMBER,
        /** Set, if at all, before the text began. */
        OUTSIDE,
        /** Anything, perhaps from data the text read. */
        ANY
    }

    record Text(String text) implements Value {}

    record Items(List<String> items) implements Value {
        public Items {
            items = List.copyOf(items);
        }
    }

    /** One of the paths that {@code pattern} matches. */
    record Matching(String pattern) implements Value {}

    record Unset() implements Value {}

    record Unknown(Kind kind) implements Value {}

    /** The least that is true of both. */
    static Value join(Value one, Value other) {
        if (one.equals(other)) {
            return one;
        }
        if (number(one) && number(other)) {
            return NUMBER;
        }
        if (one instanceof Unknown(Kind a) && other instanceof Unknown(Kind b)) {
            return a == Kind.ANY || b == Kind.ANY ? ANY : OUTSIDE;
        }
        return ANY;
    }

    private static boolean number(Value value) {
        return switch (value) {
            case Text(String text) -> number(text);
            case Unknown(Kind kind) -> kind == Kind.NUMBER;
            case Items _, Matching _, Unset _ -> false;
        };
    }

    /** Whether {@code text} is a plain whole number. */
    static boolean number(String text) {
        int from = text.startsWith("-") ? 1 : 0;
        if (text.length() == from || text.length() > 18) {
            return false;
        }
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }
}
