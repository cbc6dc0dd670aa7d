package dev.countersign.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the braces of a glob stand for: {@code *.{a,b}} is {@code *.a} and {@code *.b}. */
final class Alternatives {
    private static final Pattern INNERMOST = Pattern.compile("\\{([^{}]*)}");
    private static final int MOST = 64;

    /** No path is longer, and each pair of braces is looked for from the start. */
    private static final int LONGEST = 4_096;

    private Alternatives() {}

    /** All of them, innermost braces first; beyond a bound every file. */
    static List<String> of(String glob) {
        if (glob.length() > LONGEST || glob.chars().filter(c -> c == '{').count() > MOST) {
            return List.of("*");
        }
        List<String> done = new ArrayList<>();
        List<String> open = new ArrayList<>(List.of(glob));
        while (!open.isEmpty()) {
            String text = open.removeLast();
            Matcher braces = INNERMOST.matcher(text);
            if (!braces.find()) {
                done.add(text);
            } else {
                for (String one : braces.group(1).split(",", -1)) {
                    open.add(
                            text.substring(0, braces.start()) + one + text.substring(braces.end()));
                }
            }
            if (done.size() + open.size() > MOST) {
                return List.of("*");
            }
        }
        return done;
    }
}
