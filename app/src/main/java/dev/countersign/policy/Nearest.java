package dev.countersign.policy;

import java.util.Collection;
import java.util.Optional;
import java.util.TreeSet;

/** Guesses which valid word was meant. */
final class Nearest {
    private Nearest() {}

    static Optional<String> of(String word, Collection<String> valid) {
        for (String candidate : new TreeSet<>(valid)) {
            if (word.length() >= 5 && candidate.startsWith(word)) {
                return Optional.of(candidate);
            }
        }
        String best = null;
        int bestDistance = Math.max(2, word.length() / 3) + 1;
        for (String candidate : new TreeSet<>(valid)) {
            int distance = distance(word, candidate, bestDistance);
            if (distance < bestDistance && distance < candidate.length()) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return Optional.ofNullable(best);
    }

    /** {@code ; did you mean `x`?}, or the valid words when they are few, or nothing. */
    static String hint(String word, Collection<String> valid) {
        Optional<String> nearest = of(word, valid);
        if (nearest.isPresent()) {
            return "; did you mean `" + nearest.get() + "`?";
        }
        return valid.size() <= 16 ? "; expected one of " + list(valid) : "";
    }

    static String list(Collection<String> words) {
        return String.join(", ", words.stream().map(w -> "`" + w + "`").toList());
    }

    static String shorten(String text) {
        String line = text.strip().replaceAll("\\p{Cntrl}+", " ");
        return line.length() <= 60 ? line : line.substring(0, 57) + "...";
    }

    /** Insertions, deletions, replacements and swaps of neighbours; gives up at {@code limit}. */
    private static int distance(String a, String b, int limit) {
        if (Math.abs(a.length() - b.length()) >= limit || a.length() > 200) {
            return limit;
        }
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            d[i][0] = i;
        }
        for (int j = 0; j <= b.length(); j++) {
            d[0][j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            for (int j = 1; j <= b.length(); j++) {
                int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                int best = Math.min(d[i - 1][j] + 1, d[i][j - 1] + 1);
                best = Math.min(best, d[i - 1][j - 1] + cost);
                if (i > 1
                        && j > 1
                        && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1)) {
                    best = Math.min(best, d[i - 2][j - 2] + 1);
                }
                d[i][j] = best;
            }
        }
        return d[a.length()][b.length()];
    }
}
