package dev.countersign.policy.imports;

import java.util.ArrayList;
import java.util.List;

/**
 * What a simple regular expression over commands starts with: literal text, spaces and groups of
 * alternatives. It is anchored at the start and open at the end.
 *
 * @param starts what a match starts with, all possible ones
 * @param whole whether nothing further was asked for
 */
record CommandRegex(List<String> starts, boolean whole) {
    private static final int MOST = 100;
    private static final String SPECIAL = "*+?[]{}^$.|)";

    CommandRegex {
        starts = List.copyOf(starts);
    }

    static CommandRegex of(String regex) {
        String text = regex;
        if (text.startsWith("^")) {
            text = text.substring(1);
        }
        // All of these hold for any command, or end a word.
        for (String end : List.of(".*$", ".*", "(\\s|$)", "(?:\\s|$)", "\\b")) {
            if (text.endsWith(end) && !text.endsWith("\\" + end)) {
                text = text.substring(0, text.length() - end.length());
                break;
            }
        }
        List<String> starts = new ArrayList<>(List.of(""));
        if (top(text)) {
            return new CommandRegex(List.of(), false);
        }
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            int end;
            List<String> next;
            if (c == '(') {
                end = text.indexOf(')', at);
                if (end < 0) {
                    return new CommandRegex(starts, false);
                }
                String inside = text.substring(at + 1, end);
                inside = inside.startsWith("?:") ? inside.substring(2) : inside;
                next = List.of(inside.split("\\|", -1));
                if (!next.stream().allMatch(CommandRegex::plain)) {
                    return new CommandRegex(starts, false);
                }
                end++;
            } else if (c == '\\' && at + 1 < text.length()) {
                char escaped = text.charAt(at + 1);
                if (Character.isLetterOrDigit(escaped) && escaped != 's') {
                    return new CommandRegex(starts, false);
                }
                next = List.of(escaped == 's' ? " " : String.valueOf(escaped));
                end = at + 2;
            } else if (SPECIAL.indexOf(c) >= 0 || c == '\\') {
                return new CommandRegex(starts, false);
            } else {
                next = List.of(String.valueOf(c));
                end = at + 1;
            }
            boolean space = next.equals(List.of(" "));
            if (end < text.length() && "*+?{".indexOf(text.charAt(end)) >= 0) {
                if (!space || text.charAt(end) != '+') {
                    return new CommandRegex(starts, false);
                }
                end++;
            }
            List<String> longer = new ArrayList<>();
            for (String start : starts) {
                for (String piece : next) {
                    longer.add(start + piece);
                }
            }
            if (longer.size() > MOST) {
                return new CommandRegex(starts, false);
            }
            starts = longer;
            at = end;
        }
        return new CommandRegex(starts, true);
    }

    /** Whether alternatives stand outside of any group. */
    private static boolean top(String text) {
        int depth = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '(') {
                depth++;
            } else if (c == ')') {
                depth--;
            } else if (c == '|' && depth == 0) {
                return true;
            }
        }
        return false;
    }

    private static boolean plain(String text) {
        return text.chars().noneMatch(c -> SPECIAL.indexOf(c) >= 0 || c == '\\' || c == '(');
    }
}
