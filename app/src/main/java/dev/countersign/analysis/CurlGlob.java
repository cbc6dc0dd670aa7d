package dev.countersign.analysis;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The patterns of curl: {@code {a,b}} is either, {@code [1-3]}, {@code [a-c]} and {@code [1-9:2]}
 * are each of a range.
 */
final class CurlGlob {
    private static final int MOST = 64;

    private CurlGlob() {}

    static boolean isPattern(String text) {
        return text.indexOf('{') >= 0 || text.indexOf('[') >= 0;
    }

    /** What a pattern stands for, or null when that is too much or it cannot be read. */
    static @Nullable List<String> expand(String text) {
        List<String> all = new ArrayList<>(List.of(""));
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            List<String> next;
            if (c == '{' || c == '[') {
                int close = text.indexOf(c == '{' ? '}' : ']', at);
                String inside = close < 0 ? "" : text.substring(at + 1, close);
                List<String> some = c == '{' ? List.of(inside.split(",", -1)) : range(inside);
                if (close < 0 || some == null || inside.indexOf('\\') >= 0) {
                    return null;
                }
                next = some;
                at = close + 1;
            } else {
                boolean escaped = c == '\\' && at + 1 < text.length();
                next = List.of(String.valueOf(escaped ? text.charAt(at + 1) : c));
                at += escaped ? 2 : 1;
            }
            if (all.size() * next.size() > MOST) {
                return null;
            }
            List<String> longer = new ArrayList<>();
            for (String start : all) {
                for (String end : next) {
                    longer.add(start + end);
                }
            }
            all = longer;
        }
        return all;
    }

    private static @Nullable List<String> range(String text) {
        int dash = text.indexOf('-');
        int colon = text.indexOf(':');
        if (dash <= 0 || (colon >= 0 && colon < dash)) {
            return null;
        }
        String first = text.substring(0, dash);
        String last = text.substring(dash + 1, colon < 0 ? text.length() : colon);
        try {
            int step = colon < 0 ? 1 : Integer.parseInt(text.substring(colon + 1));
            boolean letters = first.length() == 1 && Character.isLetter(first.charAt(0));
            int from = letters ? first.charAt(0) : Integer.parseInt(first);
            int to = letters && last.length() == 1 ? last.charAt(0) : Integer.parseInt(last);
            if (step <= 0 || to < from || (to - from) / step >= MOST) {
                return null;
            }
            List<String> found = new ArrayList<>();
            // The end may be the last number there is.
            for (long i = from; i <= to; i += step) {
                String number = Long.toString(i);
                found.add(
                        letters
                                ? String.valueOf((char) i)
                                : "0".repeat(Math.max(0, first.length() - number.length()))
                                        + number);
            }
            return found;
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
