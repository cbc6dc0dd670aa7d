package dev.countersign.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.Optional;

/** Lines of an input of unknown length, each held only up to a bound. */
final class BoundedLines {
    private final BufferedReader in;
    private final int longest;

    BoundedLines(BufferedReader in, int longest) {
        this.in = in;
        this.longest = longest;
    }

    /**
     * One line.
     *
     * @param text without its end; cut at the bound
     * @param tooLong whether it was cut
     */
    record Line(String text, boolean tooLong) {}

    /** The next line, or empty at the end. */
    Optional<Line> next() throws IOException {
        StringBuilder text = new StringBuilder();
        boolean tooLong = false;
        int c = in.read();
        if (c < 0) {
            return Optional.empty();
        }
        while (c >= 0 && c != '\n') {
            if (text.length() < longest) {
                text.append((char) c);
            } else {
                tooLong = true;
            }
            c = in.read();
        }
        if (!text.isEmpty() && text.charAt(text.length() - 1) == '\r') {
            text.setLength(text.length() - 1);
        }
        return Optional.of(new Line(text.toString(), tooLong));
    }

    /** Whether more is there without waiting. */
    boolean ready() throws IOException {
        return in.ready();
    }
}
