package dev.countersign.analysis;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the word for production as a whole label of a name. */
final class Labels {
    private static final Set<String> PROD = Set.of("prod", "production", "live");

    private Labels() {}

    /** Whether a host, context, namespace, bucket or database is named as production. */
    static boolean prod(@Nullable String name) {
        if (name == null) {
            return false;
        }
        int from = 0;
        for (int i = 0; i <= name.length(); i++) {
            if (i == name.length() || isBreak(name.charAt(i))) {
                if (i > from && isProd(name, from, i)) {
                    return true;
                }
                from = i + 1;
            }
        }
        return false;
    }

    private static boolean isBreak(char c) {
        return ".-_/:@=,;?&+ \"'".indexOf(c) >= 0;
    }

    private static boolean isProd(String name, int from, int to) {
        int length = to - from;
        if (length != 4 && length != 10) {
            return false;
        }
        for (String word : PROD) {
            if (word.length() == length && name.regionMatches(true, from, word, 0, length)) {
                return true;
            }
        }
        return false;
    }

    /** The same for a path: a segment that is the word, or starts with it and a hyphen. */
    static boolean prodPath(String path) {
        int from = 0;
        for (int i = 0; i <= path.length(); i++) {
            if (i == path.length() || path.charAt(i) == '/') {
                if (i > from && prodSegment(path.substring(from, i))) {
                    return true;
                }
                from = i + 1;
            }
        }
        return false;
    }

    private static boolean prodSegment(String segment) {
        int dot = segment.indexOf('.');
        String label = dot > 0 ? segment.substring(0, dot) : segment;
        for (String word : PROD) {
            if (label.equalsIgnoreCase(word)) {
                return true;
            }
            boolean qualified =
                    !word.equals("live")
                            && label.length() > word.length()
                            && label.charAt(word.length()) == '-'
                            && label.regionMatches(true, 0, word, 0, word.length());
            if (qualified) {
                return true;
            }
        }
        return false;
    }
}
