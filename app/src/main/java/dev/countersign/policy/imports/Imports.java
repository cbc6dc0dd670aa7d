package dev.countersign.policy.imports;

import dev.countersign.policy.PolicyProblem;
import dev.countersign.policy.PolicyReader;
import java.util.List;

/** Turns a permission file of another program into a document of ours, and says what of it. */
public final class Imports {
    /** How long a file may be, in characters. */
    public static final int MAX_LENGTH = PolicyReader.MAX_LENGTH;

    private Imports() {}

    /**
     * A file to import.
     *
     * @param file its name as the person knows it
     * @param text its content
     * @param ofUser whether it lies in a user's own settings folder, so that its paths start there
     */
    public record Original(String file, String text, boolean ofUser) {}

    /**
     * Imports a file.
     *
     * @param examples analyses the examples that are carried over
     */
    public static Imported read(Format format, Original original, PolicyReader.Examples examples) {
        int length = original.text().length();
        if (length > MAX_LENGTH) {
            return new Imported.Unreadable(
                    List.of(
                            new PolicyProblem(
                                    original.file(),
                                    1,
                                    1,
                                    "the file has "
                                            + length
                                            + " characters; expected at most "
                                            + MAX_LENGTH,
                                    true)));
        }
        Sketch sketch = new Sketch(format, original.file());
        try {
            switch (format) {
                case CLAUDE_CODE -> new ClaudeCode(sketch, original).read();
                case CODEFLOW -> new Opencode(sketch, false).read(original.text());
                case OPENCODE -> new Opencode(sketch, true).read(original.text());
                case CODEX -> new Codex(sketch).read(original.text());
                case GEMINI -> new Gemini(sketch).read(original.text());
            }
            return new Assembler(sketch, examples).assemble();
        } catch (BadFile e) {
            return new Imported.Unreadable(e.problems());
        }
    }

    /** Reading goes no further. */
    static final class BadFile extends Exception {
        private final transient List<PolicyProblem> problems;

        BadFile(List<PolicyProblem> problems) {
            super(String.valueOf(problems));
            this.problems = List.copyOf(problems);
        }

        BadFile(String file, int line, int column, String message) {
            this(List.of(new PolicyProblem(file, line, column, message, true)));
        }

        List<PolicyProblem> problems() {
            return problems;
        }
    }
}
