package dev.countersign.analysis;

import dev.countersign.call.Shell;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The commands that seem to stand in PowerShell or cmd text that could not be followed. Each may
 * run, so what it would do counts beside the doubt: a block around a command must not make a
 * question of a denial.
 */
final class UnreadPieces {
    /** What may stand in front of a command of PowerShell: {@code $x =}, {@code return}. */
    private static final Pattern POWERSHELL_FRONT =
            Pattern.compile("^(?:return\\s|\\$[\\w:]++\\s*+[+]?=|@(?=\\s))\\s*+");

    /** What may stand in front of a command of cmd: {@code if exist x}, {@code do}, {@code @}. */
    private static final Pattern CMD_FRONT =
            Pattern.compile(
                    "^(?:@|(?:do|else|call)\\s|if\\s++(?:/i\\s++)?+(?:not\\s++)?+"
                            + "(?:(?:exist|defined|errorlevel)\\s++\\S++\\s"
                            + "|\\S++\\s*+==\\s*+\\S++\\s"
                            + "|\\S++\\s++(?:equ|neq|lss|leq|gtr|geq)\\s++\\S++\\s))\\s*+",
                    Pattern.CASE_INSENSITIVE);

    /** How many things may stand in front of each other. */
    private static final int MOST_FRONTS = 8;

    private UnreadPieces() {}

    /**
     * Cut at brackets and lines; what has neither is cut between its commands. Each once, and never
     * the whole text.
     */
    static Set<String> of(String text, Shell shell) {
        boolean cmd = shell == Shell.CMD;
        Set<String> pieces = cut(text, cmd, cmd ? "()\n" : "{}()\n");
        Pattern front = cmd ? CMD_FRONT : POWERSHELL_FRONT;
        String all = unjoined(text);
        boolean whole =
                pieces.size() == 1 && pieces.contains(text) && bare(text, front).equals(all);
        Set<String> commands = new LinkedHashSet<>();
        if (whole) {
            // What is piped into a command is part of what it does.
            pieces = cut(text, cmd, cmd ? "&" : ";&");
            pieces.addAll(cut(text, cmd, cmd ? "&|" : ";|&"));
        }
        for (String piece : pieces) {
            String command = bare(piece, front);
            if (!command.isBlank()) {
                commands.add(command);
            }
        }
        commands.remove(all);
        return commands;
    }

    private static Set<String> cut(String text, boolean cmd, String ends) {
        String quotes = cmd ? "\"" : "'\"";
        Set<String> pieces = new LinkedHashSet<>();
        StringBuilder piece = new StringBuilder();
        char quote = 0;
        boolean comment = false;
        int insides = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (comment) {
                comment = c != '\n';
            } else if (quote != 0) {
                if (!cmd && quote == '"' && text.startsWith("$(", i) && insides++ < MOST_INSIDE) {
                    pieces.add(inside(text, i + 2));
                }
                quote = c == quote ? 0 : quote;
                piece.append(c);
                continue;
            } else if (quotes.indexOf(c) >= 0) {
                quote = c;
                piece.append(c);
                continue;
            } else if (!cmd && c == '#' && (i == 0 || text.charAt(i - 1) <= ' ')) {
                comment = true;
            }
            int name = cmd || comment || !text.startsWith("${", i) ? -1 : closes(text, i + 2);
            if (name > 0) {
                piece.append(text, i, name + 1);
                i = name;
                continue;
            }
            // Alone, & calls a command of PowerShell.
            boolean calls = !cmd && c == '&' && !text.startsWith("&&", i);
            if (!comment && ends.indexOf(c) >= 0 && !calls) {
                pieces.add(piece.toString());
                piece.setLength(0);
            } else if (!comment) {
                piece.append(c);
            }
        }
        // What stands in quotes that do not end is no command.
        int open = quote == 0 ? -1 : piece.lastIndexOf(String.valueOf(quote));
        if (open >= 0) {
            piece.setLength(open);
        }
        pieces.add(piece.toString());
        return pieces;
    }

    /** Where the name of a variable in braces ends; -1 where none begins. */
    private static int closes(String text, int from) {
        int end = from;
        while (end < text.length()
                && end - from < LONGEST_NAME
                && (Character.isLetterOrDigit(text.charAt(end))
                        || "_:".indexOf(text.charAt(end)) >= 0)) {
            end++;
        }
        return end > from && end < text.length() && text.charAt(end) == '}' ? end : -1;
    }

    private static final int LONGEST_NAME = 100;

    /** What stands behind an opening bracket, up to the one that closes it. */
    private static String inside(String text, int from) {
        int open = 1;
        int end = from;
        while (end < text.length() && end - from < LONGEST_INSIDE) {
            char c = text.charAt(end);
            open += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (open == 0) {
                break;
            }
            end++;
        }
        return text.substring(from, end);
    }

    private static final int LONGEST_INSIDE = 500;

    /** Commands in texts; behind them the doubt about the whole stays. */
    private static final int MOST_INSIDE = 16;

    /** Without what joins it to others. */
    private static String unjoined(String piece) {
        int from = 0;
        int to = piece.length();
        while (to > 0 && isJoint(piece.charAt(to - 1))) {
            to--;
        }
        // Alone, & calls a command of PowerShell.
        while (from < to
                && isJoint(piece.charAt(from))
                && (piece.charAt(from) != '&' || piece.startsWith("&&", from))) {
            from += piece.charAt(from) == '&' ? 2 : 1;
        }
        return from < to ? piece.substring(from, to) : "";
    }

    /** Without what joins it to others and what stands in front of its first word. */
    private static String bare(String piece, Pattern front) {
        String text = unjoined(piece);
        for (int i = 0; i < MOST_FRONTS; i++) {
            String rest = front.matcher(text).replaceFirst("");
            if (rest.equals(text)) {
                break;
            }
            text = rest;
        }
        return text;
    }

    private static boolean isJoint(char c) {
        return c <= ' ' || c == ';' || c == '|' || c == '&';
    }
}
