package dev.countersign.analysis.code;

import java.util.List;
import java.util.Optional;

/** Reads the text of a program in one of the languages that are known. */
public final class ProgramText {
    private static final int LONGEST = 64 * 1024;

    private ProgramText() {}

    /**
     * What a program does, or empty when its language is not known or not read that far.
     *
     * @param language as the catalogue names it
     * @param arguments the constant words the program is given
     */
    public static Optional<Program> read(String language, String text, List<String> arguments) {
        if (text.length() > LONGEST) {
            return Optional.of(
                    new Program(List.of(), "text longer than " + LONGEST + " characters", false));
        }
        return switch (language) {
            case "python" -> Optional.of(new PythonReader(text, arguments).program());
            case "javascript" -> Optional.of(new JavaScriptReader(text, arguments).program());
            case "awk" -> Optional.of(new AwkReader(text).program());
            case "perl" -> Optional.of(new PerlReader(text, arguments).program());
            case "ruby" -> Optional.of(new ScriptReader(text, true).program());
            case "dc" -> deskCalculator(text);
            case "php" -> Optional.of(new ScriptReader(text, false).program());
            default -> Optional.empty();
        };
    }

    /** {@code !} starts a command and {@code ?} reads a program; the rest of dc only computes. */
    private static Optional<Program> deskCalculator(String text) {
        boolean computes = text.indexOf('!') < 0 && text.indexOf('?') < 0;
        return computes ? Optional.of(new Program(List.of(), null, false)) : Optional.empty();
    }
}
