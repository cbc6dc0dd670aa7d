package dev.countersign.agent;

import dev.countersign.agent.ClaudeCodeSettings.Unusable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Our lines in a TOML file, each with a mark at its end: put in, taken out, found. Every other line
 * keeps every character. Pure.
 */
final class TomlLines {
    private static final String MARK = " # countersign";

    private TomlLines() {}

    /** The text with exactly these lines of ours in it. */
    static String with(String text, Setup.Content.Lines wanted) throws Unusable {
        List<String> lines = new ArrayList<>(others(text));
        int table = firstTable(lines);
        for (Map.Entry<String, String> pin : wanted.pinned().entrySet()) {
            String name = pin.getKey();
            int dot = name.indexOf('.');
            int at = dot < 0 ? -1 : lines.indexOf("[" + name.substring(0, dot) + "]");
            String key = at < 0 ? name : name.substring(dot + 1);
            check(lines, name, key, at < 0 ? 0 : at + 1, pin.getValue());
            lines.add(at < 0 ? table : at + 1, key + " = " + pin.getValue() + MARK);
            table += at < 0 || at < table ? 1 : 0;
        }
        wanted.end().lines().forEach(line -> lines.add(line + MARK));
        return String.join("\n", lines) + "\n";
    }

    /** What somebody set themselves is theirs to change. */
    private static void check(List<String> lines, String name, String key, int from, String wanted)
            throws Unusable {
        for (int i = from; i < lines.size() && (from == 0 || !lines.get(i).startsWith("[")); i++) {
            String line = lines.get(i).strip();
            if (from == 0 && line.startsWith("[")) {
                return;
            }
            if (line.matches(key.replace(".", "\\s*\\.\\s*") + "\\s*=.*")) {
                throw new Unusable(
                        "`"
                                + name
                                + "` is set there already; take the line out, it has to be "
                                + wanted,
                        i + 1,
                        1);
            }
        }
    }

    private static int firstTable(List<String> lines) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).strip().startsWith("[")) {
                return i;
            }
        }
        return lines.size();
    }

    /** The text with nothing of ours in it. */
    static String without(String text) {
        List<String> kept = others(text);
        if (kept.size() == text.lines().count()) {
            return text;
        }
        return kept.isEmpty() ? "" : String.join("\n", kept) + "\n";
    }

    private static List<String> others(String text) {
        return text.lines().filter(line -> !line.endsWith(MARK)).toList();
    }
}
