package dev.countersign.analysis.powershell;

import dev.countersign.call.Span;
import org.jspecify.annotations.Nullable;

/** A piece of PowerShell text, read as the arguments of a command are. */
sealed interface Token {
    Span span();

    /**
     * A word.
     *
     * @param value its text, or null when it is not constant
     * @param written as it stands in the source
     * @param glob whether it holds a wildcard outside quotes
     * @param span where it stands
     */
    record Word(@Nullable String value, String written, boolean glob, Span span) implements Token {
        boolean isQuoted() {
            return written.startsWith("'") || written.startsWith("\"") || written.startsWith("@");
        }

        boolean isBlock() {
            return written.startsWith("{");
        }
    }

    /** {@code ;} or a line end, {@code |}, {@code &&}, {@code ||}, {@code &} or a comma. */
    record Mark(String text, Span span) implements Token {}

    /**
     * {@code >} and its kin; the target is the word after it.
     *
     * @param append whether what was there stays
     * @param copies whether it copies one stream into another and has no target
     */
    record Redirect(boolean append, boolean copies, Span span) implements Token {}
}
