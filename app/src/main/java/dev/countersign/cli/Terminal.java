package dev.countersign.cli;

import java.io.BufferedReader;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/**
 * Where a command reads and writes.
 *
 * @param in what the person types or pipes in
 * @param out results
 * @param err problems and progress
 * @param width columns
 * @param screen whether {@code out} is a terminal; what is piped is neither cut nor wrapped
 * @param colour whether {@code out} may carry colours
 * @param interactive whether a person can answer on {@code in}
 */
public record Terminal(
        BufferedReader in,
        PrintWriter out,
        PrintWriter err,
        int width,
        boolean screen,
        boolean colour,
        boolean interactive) {

    /** Columns when nobody says otherwise. */
    public static final int STANDARD_WIDTH = 100;

    private static final int UNKNOWN_TERMINAL = 80;

    /**
     * The columns to write in.
     *
     * @param wanted what the person set, or empty text
     * @param measured what the terminal says of itself, or empty text
     * @param terminal whether it is one
     */
    public static int width(String wanted, String measured, boolean terminal) {
        for (String columns : List.of(wanted, measured)) {
            if (columns.matches("[1-9]\\d{1,3}")) {
                return Integer.parseInt(columns);
            }
        }
        return terminal ? UNKNOWN_TERMINAL : STANDARD_WIDTH;
    }

    /** How a word looks beside its own meaning. */
    public enum Ink {
        ALLOW("32"),
        ASK("33"),
        DENY("31"),
        DEFER("34"),
        ACCENT("36"),
        SOFT("2"),
        STRONG("1");

        private final String code;

        Ink(String code) {
            this.code = code;
        }

        /** The ink of an effect by its wire name, soft for anything else. */
        public static Ink ofEffect(String effect) {
            return switch (effect.toLowerCase(Locale.ROOT)) {
                case "allow" -> ALLOW;
                case "ask" -> ASK;
                case "deny" -> DENY;
                case "defer" -> DEFER;
                default -> SOFT;
            };
        }

        /** The ink of a risk by its wire name. */
        public static Ink ofRisk(String risk) {
            return switch (risk.toLowerCase(Locale.ROOT)) {
                case "critical", "high" -> DENY;
                case "medium" -> ASK;
                default -> SOFT;
            };
        }
    }

    /** The text in its ink, or plain where colours do not belong. */
    public String paint(Ink ink, String text) {
        return colour && !text.isEmpty() ? "\u001b[" + ink.code + "m" + text + "\u001b[0m" : text;
    }

    /** The columns for what a program may read too: as many as it takes where nobody looks. */
    public int rowWidth() {
        return screen ? width : Integer.MAX_VALUE;
    }

    public void line(String text) {
        out.println(text);
    }

    public void note(String text) {
        err.println(text);
        err.flush();
    }
}
