package dev.countersign.analysis.shell;

import dev.countersign.call.Span;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One word as it stands in the text, before any expansion.
 *
 * @param parts in order; empty for a word that is nothing at all
 * @param written the text it was read from
 * @param source where it stands
 */
record Word(List<Part> parts, String written, Span source) {

    /** The text of a word that has neither quotes nor expansions, or null. */
    @Nullable String plain() {
        if (parts.isEmpty()) {
            return null;
        }
        if (parts.size() == 1) {
            return parts.getFirst() instanceof Part.Literal literal && !literal.quoted()
                    ? literal.text()
                    : null;
        }
        return null;
    }

    /** A piece of a word. */
    sealed interface Part {
        /**
         * Characters that stand for themselves.
         *
         * @param quoted whether they are safe from splitting, globs, braces and tildes
         */
        record Literal(String text, boolean quoted) implements Part {}

        /** {@code $'..'}, decoded as bash does; the POSIX shell reads it otherwise. */
        record Ansi(String text) implements Part {}

        /** {@code ".."}. */
        record Quoted(List<Part> parts) implements Part {}

        /**
         * {@code $x} or {@code ${..}}.
         *
         * @param indirect whether {@code !} stands in front
         * @param length whether {@code #} stands in front
         * @param subscript what stands in brackets, or null
         * @param operator such as {@code :-} or {@code #}; empty when there is none
         * @param operand the word after the operator, or null
         * @param other the word after the second {@code /} or {@code :}, or null
         */
        record Parameter(
                String name,
                boolean indirect,
                boolean length,
                @Nullable Word subscript,
                String operator,
                @Nullable Word operand,
                @Nullable Word other,
                Span source)
                implements Part {}

        /** {@code $(..)} or backticks. */
        record Substitution(Command body, Span source) implements Part {}

        /** {@code $(<file)}. */
        record FileText(Redirect file, Span source) implements Part {}

        /** {@code <(..)} or {@code >(..)}. */
        record Piped(Command body, boolean output, Span source) implements Part {}

        /** {@code $((..))} or {@code $[..]}. */
        record Arithmetic(Word text, Span source) implements Part {}

        /** {@code (a b c)} after an assignment. */
        record Elements(List<Word> words, Span source) implements Part {}
    }
}
