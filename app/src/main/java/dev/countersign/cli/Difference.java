package dev.countersign.cli;

import java.util.ArrayList;
import java.util.List;

/** What differs between two texts, line by line, with nothing in it invisible. */
final class Difference {
    private Difference() {}

    /** Lines that are gone with {@code -}, new ones with {@code +}; what stays is between them. */
    static List<String> lines(String before, String after, Terminal terminal) {
        List<String> old = List.of(before.split("\n", -1));
        List<String> now = List.of(after.split("\n", -1));
        int same = 0;
        while (same < Math.min(old.size(), now.size()) && old.get(same).equals(now.get(same))) {
            same++;
        }
        int tail = 0;
        while (tail < Math.min(old.size(), now.size()) - same
                && old.get(old.size() - 1 - tail).equals(now.get(now.size() - 1 - tail))) {
            tail++;
        }
        List<String> lines = new ArrayList<>();
        old.subList(0, same).forEach(line -> add(lines, "  ", line, terminal));
        old.subList(same, old.size() - tail).forEach(line -> add(lines, "- ", line, terminal));
        now.subList(same, now.size() - tail).forEach(line -> add(lines, "+ ", line, terminal));
        old.subList(old.size() - tail, old.size())
                .forEach(line -> add(lines, "  ", line, terminal));
        return lines;
    }

    private static void add(List<String> lines, String sign, String text, Terminal terminal) {
        Terminal.Ink ink =
                switch (sign) {
                    case "- " -> Terminal.Ink.DENY;
                    case "+ " -> Terminal.Ink.ALLOW;
                    default -> Terminal.Ink.SOFT;
                };
        for (String part :
                ApprovalCard.breakBetweenWords(Visible.lines(text), terminal.width() - 2)) {
            lines.add(terminal.paint(ink, sign + part));
        }
    }
}
