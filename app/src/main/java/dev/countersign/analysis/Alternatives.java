package dev.countersign.analysis;

import java.util.ArrayList;
import java.util.List;

/** What the braces of a pattern stand for: {@code {src,..}/*} is two patterns. */
final class Alternatives {
    private static final int MOST = 64;

    private Alternatives() {}

    /** The patterns without braces; of more than {@value #MOST} the text as it is. */
    static List<String> of(String pattern) {
        List<String> open = new ArrayList<>(List.of(pattern));
        List<String> done = new ArrayList<>();
        while (!open.isEmpty()) {
            String text = open.removeLast();
            int close = text.indexOf('}');
            int begin = close < 0 ? -1 : text.lastIndexOf('{', close);
            if (begin < 0) {
                done.add(text);
                continue;
            }
            String[] parts = text.substring(begin + 1, close).split(",", -1);
            if (done.size() + open.size() + parts.length > MOST) {
                return List.of(pattern);
            }
            for (String part : parts) {
                open.add(text.substring(0, begin) + part + text.substring(close + 1));
            }
        }
        return done;
    }
}
