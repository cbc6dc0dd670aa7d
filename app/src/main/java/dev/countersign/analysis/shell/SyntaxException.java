package dev.countersign.analysis.shell;

import dev.countersign.call.Span;

/** Text that is no program of the shell, or one beyond the bounds. Never leaves the package. */
final class SyntaxException extends Exception {
    private final transient Span span;
    private final boolean beyond;

    SyntaxException(String reason, Span span, boolean beyond) {
        super(reason, null, false, false);
        this.span = span;
        this.beyond = beyond;
    }

    /** Whether the text may well be a program, but one beyond the bounds. */
    boolean beyond() {
        return beyond;
    }

    String reason() {
        return String.valueOf(getMessage());
    }

    Span span() {
        return span;
    }
}
