package dev.countersign.analysis.powershell;

import dev.countersign.call.Span;

/** A place where PowerShell text leaves the part of the language that is followed. */
final class Unclear extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;
    private final transient Span span;
    private final boolean beyond;

    Unclear(String reason, Span span) {
        this(reason, span, false);
    }

    Unclear(String reason, Span span, boolean beyond) {
        super(reason, null, false, false);
        this.reason = reason;
        this.span = span;
        this.beyond = beyond;
    }

    /** Whether a bound was reached. */
    boolean beyond() {
        return beyond;
    }

    String reason() {
        return reason;
    }

    Span span() {
        return span;
    }
}
