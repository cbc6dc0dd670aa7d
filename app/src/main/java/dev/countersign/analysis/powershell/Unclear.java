package dev.countersign.analysis.powershell;

import dev.countersign.call.Span;

/** A place where PowerShell text leaves the part of the language that is followed. */
final class Unclear extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;
    private final transient Span span;

    Unclear(String reason, Span span) {
        super(reason, null, false, false);
        this.reason = reason;
        this.span = span;
    }

    String reason() {
        return reason;
    }

    Span span() {
        return span;
    }
}
