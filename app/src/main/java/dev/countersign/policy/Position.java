package dev.countersign.policy;

/**
 * A place in a document.
 *
 * @param file the document's name as the person knows it
 * @param line from 1
 * @param column from 1
 */
public record Position(String file, int line, int column) {
    /** {@code file:line:column}. */
    @Override
    public String toString() {
        return file + ":" + line + ":" + column;
    }
}
