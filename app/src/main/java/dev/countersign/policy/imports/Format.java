package dev.countersign.policy.imports;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Whose rules a file holds. */
public enum Format {
    /** Settings of Claude Code: {@code permissions.allow|ask|deny}. */
    CLAUDE_CODE("claude-code", "Claude Code"),
    /** {@code codeflow.json}: {@code permission}. */
    CODEFLOW("codeflow", "codeflow"),
    /** {@code opencode.json}: {@code permission}, the last match wins there. */
    OPENCODE("opencode", "opencode"),
    /** Rules of Codex: {@code prefix_rule(…)}. */
    CODEX("codex", "Codex"),
    /** Policy files of Gemini CLI: {@code [[rule]]} with priorities. */
    GEMINI("gemini", "Gemini CLI");

    private final String word;
    private final String title;

    Format(String word, String title) {
        this.word = word;
        this.title = title;
    }

    /** As it is written on the command line. */
    public String word() {
        return word;
    }

    /** As people call the program. */
    public String title() {
        return title;
    }

    public static Optional<Format> of(String word) {
        return Arrays.stream(values()).filter(format -> format.word.equals(word)).findFirst();
    }

    /** All of them, as they are written on the command line. */
    public static List<String> words() {
        return Arrays.stream(values()).map(Format::word).toList();
    }
}
