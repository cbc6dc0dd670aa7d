package dev.countersign.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A file as the programs of FFmpeg are given it: behind protocols, several with bars between them.
 * Source: the list of protocols in {@code ffmpeg-protocols(1)}.
 */
final class MediaAddress {
    private static final int MOST = 50;
    private static final int DEEPEST = 8;

    /** Those that lead to a file of this machine; the ones of networks are addresses. */
    private static final Pattern PROTOCOL =
            Pattern.compile(
                    "(?:file|async|cache|crypto|md5|unix|fd|hls|subfile,[^:]*"
                            + "|(?:crypto|hls)\\+[a-z]+):(?!//)(.*)",
                    Pattern.DOTALL);

    private static final Pattern SEVERAL = Pattern.compile("concatf?:(?!//)(.*)", Pattern.DOTALL);

    private MediaAddress() {}

    /** The files a word stands for; none when it holds no protocol. */
    static List<String> paths(@Nullable String word) {
        List<String> paths = new ArrayList<>();
        if (word != null && word.indexOf(':') > 0) {
            add(word, paths, 0);
        }
        return paths;
    }

    private static void add(String word, List<String> into, int depth) {
        Matcher several = SEVERAL.matcher(word);
        if (depth < DEEPEST && several.matches()) {
            for (String part : several.group(1).split("\\|", MOST)) {
                int before = into.size();
                add(part, into, depth + 1);
                if (into.size() == before) {
                    into.add(part);
                }
            }
            return;
        }
        Matcher one = PROTOCOL.matcher(word);
        if (depth >= DEEPEST || !one.matches()) {
            return;
        }
        int before = into.size();
        add(one.group(1), into, depth + 1);
        if (into.size() == before) {
            into.add(one.group(1));
        }
    }
}
