package dev.countersign.cli;

import java.util.Comparator;
import java.util.List;

/** Finds what a person who mistyped probably meant. */
final class Closest {
    private static final int FARTHEST = 2;

    private Closest() {}

    /** {@code , did you mean `X`}, or empty text when nothing is near. */
    static String hint(String written, List<String> known) {
        return known.stream()
                .filter(name -> distance(written, name) <= FARTHEST)
                .min(Comparator.comparingInt(name -> distance(written, name)))
                .map(name -> ", did you mean `" + name + "`")
                .orElse("");
    }

    /** Levenshtein's. */
    static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int corner = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int changed = corner + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                corner = row[j];
                row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
