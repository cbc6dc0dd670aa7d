package dev.countersign.policy;

/**
 * Something wrong in a policy document.
 *
 * @param file the document's name as the person knows it
 * @param line from 1
 * @param column from 1
 * @param message what is wrong and what was expected; lower case, no full stop
 * @param error whether the document cannot be used; otherwise a warning
 */
public record PolicyProblem(String file, int line, int column, String message, boolean error) {
    /** {@code file:line:column: message}. */
    @Override
    public String toString() {
        return file + ":" + line + ":" + column + ": " + message;
    }
}
