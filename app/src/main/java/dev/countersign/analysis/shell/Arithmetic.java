package dev.countersign.analysis.shell;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The value of a plain expression: decimal numbers, names, {@code + - * / %} and parentheses. */
final class Arithmetic {
    private static final int DEEPEST = 50;

    private final String text;
    private final Function<String, @Nullable String> variables;
    private int at;
    private int depth;

    private Arithmetic(String text, Function<String, @Nullable String> variables) {
        this.text = text;
        this.variables = variables;
    }

    /** It is not such an expression, or has no value that is known. */
    private static final class Unread extends RuntimeException {
        private static final long serialVersionUID = 1;

        Unread() {
            super("not read", null, false, false);
        }
    }

    /**
     * The value, or null when it is not known.
     *
     * @param variables the constant text of a variable, or null
     */
    static @Nullable String value(String text, Function<String, @Nullable String> variables) {
        Arithmetic reader = new Arithmetic(text, variables);
        try {
            long value = reader.sum();
            return reader.peek() == '\0' ? Long.toString(value) : null;
        } catch (Unread | ArithmeticException e) {
            return null;
        }
    }

    private char peek() {
        while (at < text.length() && " \t\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        return at < text.length() ? text.charAt(at) : '\0';
    }

    private long sum() {
        long value = product();
        while (peek() == '+' || peek() == '-') {
            boolean plus = text.charAt(at++) == '+';
            long next = product();
            value = plus ? Math.addExact(value, next) : Math.subtractExact(value, next);
        }
        return value;
    }

    private long product() {
        long value = factor();
        while (peek() == '*' || peek() == '/' || peek() == '%') {
            char operator = text.charAt(at++);
            long next = factor();
            value =
                    switch (operator) {
                        case '*' -> Math.multiplyExact(value, next);
                        case '/' -> value / next;
                        default -> value % next;
                    };
        }
        return value;
    }

    private long factor() {
        if (++depth > DEEPEST) {
            throw new Unread();
        }
        char c = peek();
        long value;
        if (c == '(') {
            at++;
            value = sum();
            if (peek() != ')') {
                throw new Unread();
            }
            at++;
        } else if (c == '-') {
            at++;
            value = Math.negateExact(factor());
        } else {
            value = number(word());
        }
        depth--;
        return value;
    }

    private String word() {
        int from = at;
        while (at < text.length()
                && (text.charAt(at) == '_' || Character.isLetterOrDigit(text.charAt(at)))) {
            at++;
        }
        String word = text.substring(from, at);
        boolean name = !word.isEmpty() && !Character.isDigit(word.charAt(0));
        String value = name ? variables.apply(word) : word;
        if (value == null || (at < text.length() && "[#.".indexOf(text.charAt(at)) >= 0)) {
            throw new Unread();
        }
        return value;
    }

    /** Decimal only: a zero in front makes an octal number. */
    private static long number(String text) {
        if (!text.matches("-?(0|[1-9][0-9]{0,17})")) {
            throw new Unread();
        }
        return Long.parseLong(text);
    }
}
