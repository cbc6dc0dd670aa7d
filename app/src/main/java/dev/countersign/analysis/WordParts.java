package dev.countersign.analysis;

import java.util.ArrayList;
import java.util.List;

/**
 * The pieces of a word between {@code = , : ; @}, each of which may name a file: none where it is
 * one piece. Empty pieces are left out.
 */
final class WordParts {
    private WordParts() {}

    static List<String> of(String value) {
        int end = next(value, 0);
        if (end == value.length()) {
            return List.of();
        }
        List<String> parts = new ArrayList<>();
        int from = 0;
        while (from <= value.length()) {
            if (end > from) {
                parts.add(value.substring(from, end));
            }
            from = end + 1;
            end = next(value, from);
        }
        return parts;
    }

    /** Where the piece that begins at {@code from} ends. */
    private static int next(String value, int from) {
        int at = from;
        while (at < value.length() && !separates(value.charAt(at))) {
            at++;
        }
        return at;
    }

    private static boolean separates(char c) {
        return c == '=' || c == ',' || c == ':' || c == ';' || c == '@';
    }
}
