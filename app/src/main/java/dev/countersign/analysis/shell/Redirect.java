package dev.countersign.analysis.shell;

import dev.countersign.call.Span;
import org.jspecify.annotations.Nullable;

/**
 * A redirection as it stands in the text.
 *
 * @param descriptor the number in front, {@code -1} for none, {@code -2} for <code>{name}</code>
 * @param variable the name in <code>{name}&gt;file</code>, or null
 * @param operator such as {@code >} or {@code <<-}
 * @param target the word after it; for a here-document its delimiter
 * @param document the here-document, or null
 * @param source operator and target
 */
record Redirect(
        int descriptor,
        @Nullable String variable,
        String operator,
        Word target,
        @Nullable Document document,
        Span source) {

    /** Whether it replaces standard input. */
    boolean feedsInput() {
        return (descriptor == 0) || (descriptor == -1 && operator.startsWith("<"));
    }

    /** A here-document, whose body is read only after the line that announces it. */
    static final class Document {
        private final String delimiter;
        private final boolean quoted;
        private final boolean tabs;
        private @Nullable Word body;

        Document(String delimiter, boolean quoted, boolean tabs) {
            this.delimiter = delimiter;
            this.quoted = quoted;
            this.tabs = tabs;
        }

        String delimiter() {
            return delimiter;
        }

        boolean quoted() {
            return quoted;
        }

        boolean tabs() {
            return tabs;
        }

        @Nullable Word body() {
            return body;
        }

        void read(Word text) {
            body = text;
        }
    }
}
