package dev.countersign.analysis;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** The spellings of a tool's options, in the order of the alphabet, to find abbreviations in. */
final class Spellings {
    private record Spelling(String text, int rank) {}

    private final List<Spelling> sorted = new ArrayList<>();

    Spellings(Collection<String> options, Collection<String> valued) {
        for (String option : options) {
            sorted.add(new Spelling(option, sorted.size()));
        }
        for (String option : valued) {
            sorted.add(new Spelling(option, sorted.size()));
        }
        sorted.sort(Comparator.comparing(Spelling::text));
    }

    /** Those that begin so, in the order they were given in. */
    List<String> beginning(String start) {
        int from = 0;
        int to = sorted.size();
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (sorted.get(middle).text.compareTo(start) < 0) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        int end = from;
        while (end < sorted.size() && sorted.get(end).text.startsWith(start)) {
            end++;
        }
        if (from == end) {
            return List.of();
        }
        List<Spelling> found = new ArrayList<>(sorted.subList(from, end));
        found.sort(Comparator.comparingInt(Spelling::rank));
        return found.stream().map(Spelling::text).toList();
    }
}
