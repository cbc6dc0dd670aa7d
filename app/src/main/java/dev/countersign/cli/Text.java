package dev.countersign.cli;

import java.util.ArrayList;
import java.util.List;

/** Prose in lines of a given width, broken between words only. */
final class Text {
    private Text() {}

    static List<String> wrap(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.strip().split("\\s+", -1)) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            if (!line.isEmpty()) {
                line.append(' ');
            }
            line.append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    /** A term in a column of its own, its text wrapped beside it. */
    static List<String> beside(String term, int column, String text, int width) {
        List<String> lines = new ArrayList<>();
        for (String line : wrap(text, Math.max(20, width - column))) {
            String start = lines.isEmpty() ? term : "";
            lines.add(
                    (start + " ".repeat(Math.max(1, column - start.length())) + line)
                            .stripTrailing());
        }
        return lines;
    }
}
