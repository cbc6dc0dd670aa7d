package dev.countersign.analysis.shell;

import dev.countersign.call.Span;

/** Text that is no program of the shell, or one beyond the bounds. Never leaves the package. */
final class SyntaxException extends Exception {
    private final transient Span span;

    SyntaxException(String reason, Span span) {
        super(reason, null, false, false);
        this.span = span;
    }

    String reason() {
        return String.valueOf(getMessage());
    }

    Span span() {
        return span;
    }
}
