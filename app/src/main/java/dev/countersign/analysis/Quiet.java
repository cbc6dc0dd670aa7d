package dev.countersign.analysis;

import dev.countersign.call.Argument;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The list of builds, tests and linters that are quiet, {@code quiet.yaml} beside this class. */
final class Quiet {
    private static final class Shipped {
        static final Map<String, Object> ENTRIES = DataFile.read("quiet.yaml").entries();
        static final Map<String, Line> LINES = new HashMap<>();

        static synchronized @Nullable Line line(String tool) {
            Line line = LINES.get(tool);
            if (line == null && ENTRIES.containsKey(tool)) {
                line = Line.of(ENTRIES.get(tool), ENTRIES);
                LINES.put(tool, line);
            }
            return line;
        }
    }

    /** What a tool or one of its sub-commands may be given. */
    private record Line(
            boolean none,
            boolean rest,
            Set<String> words,
            List<String> endings,
            Set<String> flags,
            Set<String> valued,
            Set<String> paths,
            Set<String> outs,
            List<String> defines,
            String args,
            Map<String, Line> subs) {

        static Line of(@Nullable Object yaml, Map<String, Object> siblings) {
            Map<String, Object> map = yaml == null ? Map.of() : Flow.map(yaml);
            Object same = map.get("same_as");
            if (same != null) {
                return of(siblings.get(String.valueOf(same)), siblings);
            }
            List<String> exact = new ArrayList<>();
            List<String> endings = new ArrayList<>();
            for (String word : Flow.texts(map.get("words"))) {
                (word.indexOf('*') >= 0 ? endings : exact).add(word);
            }
            Map<String, Line> subs = new HashMap<>();
            Map<String, Object> given = Flow.map(map.getOrDefault("sub", Map.of()));
            given.forEach((name, value) -> subs.put(name, of(value, given)));
            return new Line(
                    "true".equals(map.get("none")),
                    "true".equals(map.get("rest")),
                    Set.copyOf(exact),
                    endings,
                    Set.copyOf(Flow.texts(map.get("flags"))),
                    Set.copyOf(Flow.texts(map.get("valued"))),
                    Set.copyOf(Flow.texts(map.get("paths"))),
                    Set.copyOf(Flow.texts(map.get("outs"))),
                    Flow.texts(map.get("defines")),
                    String.valueOf(map.getOrDefault("args", "")),
                    subs);
        }

        boolean word(String text) {
            if (words.contains(text)) {
                return true;
            }
            for (String ending : endings) {
                if (Patterns.glob(ending, text)) {
                    return true;
                }
            }
            return false;
        }

        boolean define(String text) {
            for (String define : defines) {
                boolean open = define.endsWith("=") || define.endsWith(".");
                boolean fits =
                        open
                                ? text.startsWith(define)
                                : text.equals(define) || text.startsWith(define + "=");
                if (fits) {
                    return true;
                }
            }
            return false;
        }
    }

    /**
     * A command line that is on the list.
     *
     * @param path sub-commands, then goals or script names
     * @param reads words that are paths, or may be
     * @param writes words that name what is written
     */
    record Fit(List<String> path, List<Argument> reads, List<Argument> writes) {}

    private Quiet() {}

    /** Whether a tool is on the list at all. */
    static boolean knows(String tool) {
        return Shipped.line(tool) != null;
    }

    /** The parts of a command line if every word of it is on the list. */
    static @Nullable Fit fit(String tool, List<Argument> words) {
        Line line = Shipped.line(tool);
        if (line == null) {
            return null;
        }
        Line top = line;
        List<String> path = new ArrayList<>();
        List<Argument> reads = new ArrayList<>();
        List<Argument> writes = new ArrayList<>();
        boolean used = false;
        for (int i = 0; i < words.size(); i++) {
            Argument word = words.get(i);
            String text = word.value();
            if (text == null) {
                return null;
            }
            if (text.equals("--")) {
                if (!line.rest) {
                    return null;
                }
                for (Argument rest : words.subList(i + 1, words.size())) {
                    if (!restOf(rest, reads)) {
                        return null;
                    }
                }
                break;
            }
            if (text.length() > 1 && text.charAt(0) == '-') {
                int taken = option(line, top, words, i, reads, writes);
                if (taken == 0) {
                    return null;
                }
                i += taken - 1;
                continue;
            }
            Line sub = used ? null : line.subs.get(text);
            if (sub != null) {
                path.add(text);
                line = sub;
                continue;
            }
            if (line.word(text)) {
                path.add(text);
            } else if (line.args.equals("paths")) {
                reads.add(word);
            } else if (!line.args.equals("names") || text.indexOf('/') == 0) {
                return null;
            }
            used = true;
        }
        return used || line.none ? new Fit(path, reads, writes) : null;
    }

    /** What a runner hands on is the project's own matter, but for paths that lead elsewhere. */
    private static boolean restOf(Argument word, List<Argument> reads) {
        String text = word.value();
        if (text == null) {
            return false;
        }
        int equals = text.indexOf('=');
        if (text.startsWith("-")) {
            if (equals > 0) {
                reads.add(
                        new Argument(
                                text.substring(equals + 1),
                                word.written(),
                                word.glob(),
                                word.source()));
            }
        } else {
            reads.add(word);
        }
        return true;
    }

    /** How many words an option takes, or 0 when it is not listed. */
    private static int option(
            Line line,
            Line top,
            List<Argument> words,
            int i,
            List<Argument> reads,
            List<Argument> writes) {
        Argument word = words.get(i);
        String text = String.valueOf(word.value());
        for (Line place : new Line[] {line, top}) {
            if (place.valued.contains(text) && i + 1 < words.size()) {
                boolean alsoFlag = place.flags.contains(text);
                String next = words.get(i + 1).value();
                if (next == null) {
                    return 0;
                }
                return alsoFlag && !next.matches("[0-9]+") ? 1 : 2;
            }
            if (place.flags.contains(text) || place.define(text)) {
                return 1;
            }
            if ((place.paths.contains(text) || place.outs.contains(text)) && i + 1 < words.size()) {
                (place.outs.contains(text) ? writes : reads).add(words.get(i + 1));
                return 2;
            }
            int equals = text.indexOf('=');
            if (equals > 0) {
                String name = text.substring(0, equals);
                if (place.valued.contains(name)) {
                    return 1;
                }
                if (place.paths.contains(name) || place.outs.contains(name)) {
                    Argument value =
                            new Argument(
                                    text.substring(equals + 1),
                                    word.written(),
                                    false,
                                    word.source());
                    (place.outs.contains(name) ? writes : reads).add(value);
                    return 1;
                }
            }
            if (text.length() > 2 && text.charAt(1) != '-') {
                String shortName = text.substring(0, 2);
                if (place.valued.contains(shortName) && equals != 2) {
                    return 1;
                }
                boolean cluster = true;
                for (int k = 1; k < text.length(); k++) {
                    cluster &= place.flags.contains("-" + text.charAt(k));
                }
                if (cluster) {
                    return 1;
                }
            }
        }
        return 0;
    }
}
