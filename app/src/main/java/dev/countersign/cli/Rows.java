package dev.countersign.cli;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Small forms that listings share. */
final class Rows {
    private Rows() {}

    static String or(String text, String other) {
        return text.isEmpty() ? other : text;
    }

    /** The day of a time, or a dash. */
    static String day(String instant) {
        return instant.length() >= 10 ? instant.substring(0, 10) : "-";
    }

    /** A time to the second: {@code 2026-03-29 10:00:00Z}. */
    static String second(String instant) {
        return instant.length() >= 19
                ? instant.substring(0, 10) + " " + instant.substring(11, 19) + "Z"
                : or(instant, "-");
    }

    /** How long there is until a time: {@code 4 min left}. */
    static String left(String instant, Instant now) {
        try {
            boolean over = !Instant.parse(instant).isAfter(now);
            return over ? "expired" : span(instant, now) + " left";
        } catch (DateTimeException e) {
            return "-";
        }
    }

    /** The time until then: {@code 4 min}. */
    static String span(String instant, Instant now) {
        try {
            Duration left = Duration.between(now, Instant.parse(instant));
            if (left.toMinutes() < 1) {
                return Math.max(0, left.toSeconds()) + " s";
            }
            if (left.toHours() < 1) {
                return left.toMinutes() + " min";
            }
            return left.toDays() < 2 ? left.toHours() + " h" : left.toDays() + " days";
        } catch (DateTimeException e) {
            return "-";
        }
    }

    /** The rows, or a sentence that says how there will be some. */
    static void print(Terminal terminal, Table table, String whenEmpty) {
        List<String> lines = table.lines(terminal.rowWidth());
        if (lines.size() == 1) {
            terminal.line(whenEmpty);
            return;
        }
        terminal.line(terminal.paint(Terminal.Ink.SOFT, lines.getFirst()));
        lines.subList(1, lines.size()).forEach(terminal::line);
    }
}
