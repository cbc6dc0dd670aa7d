package dev.countersign.analysis.shell;

import java.util.ArrayList;
import java.util.List;

/**
 * Patterns that also match {@code ..}: {@code .?}, {@code .*}, {@code .[!a]}. A POSIX {@code sh}
 * and bash before 5.2 go up with them, as bash does after {@code shopt -u globskipdots}.
 */
public final class Climbing {
    /** Of more places in one word only the last way up is told. */
    private static final int MOST = 3;

    private Climbing() {}

    /** The paths a pattern has when some of its parts are {@code ..}, or none. */
    public static List<String> paths(String pattern) {
        if (pattern.indexOf('.') < 0) {
            return List.of();
        }
        String[] parts = pattern.split("/", -1);
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < parts.length; i++) {
            if (matches(parts[i])) {
                places.add(i);
            }
        }
        List<String> paths = new ArrayList<>();
        int all = (1 << Math.min(MOST, places.size())) - 1;
        for (int chosen = 1; chosen <= all; chosen++) {
            String[] path = parts.clone();
            for (int k = 0; k < places.size(); k++) {
                if (k >= MOST ? chosen == all : (chosen >> k & 1) == 1) {
                    path[places.get(k)] = "..";
                }
            }
            paths.add(String.join("/", path));
        }
        return paths;
    }

    private static boolean matches(String part) {
        if (part.indexOf('(') >= 0) {
            return part.indexOf('.') >= 0;
        }
        boolean hasPattern =
                part.indexOf('*') >= 0 || part.indexOf('?') >= 0 || part.indexOf('[') >= 0;
        if (!hasPattern || part.charAt(0) != '.') {
            return false;
        }
        int letters = 0;
        boolean stars = false;
        for (int i = 1; i < part.length(); i++) {
            char c = part.charAt(i);
            if (c == '*') {
                stars = true;
                continue;
            }
            letters++;
            if (c == '[') {
                int close = part.indexOf(']', i + 2 < part.length() ? i + 2 : i);
                if (close > 0) {
                    if (!mayHoldDot(part.substring(i + 1, close))) {
                        return false;
                    }
                    i = close;
                }
            } else if (c != '?' && c != '.') {
                return false;
            }
        }
        return letters == 1 || (letters == 0 && stars);
    }

    /** Whether a bracket expression may match a dot; of classes and ranges that is assumed. */
    private static boolean mayHoldDot(String set) {
        boolean negated = set.startsWith("!") || set.startsWith("^");
        return negated
                || set.indexOf('.') >= 0
                || set.indexOf(':') >= 0
                || set.replaceAll("a-z|A-Z|0-9", "").indexOf('-') >= 0;
    }
}
