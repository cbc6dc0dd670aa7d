package dev.countersign.analysis;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A data file of the analyser: one {@code name: value} a line, the value in flow style. */
final class DataFile {
    private final Map<String, Object> entries;
    private final Map<String, List<String>> lists = new HashMap<>();

    private DataFile(Map<String, Object> entries) {
        this.entries = entries;
        entries.forEach((key, value) -> lists.put(key, List.copyOf(Flow.texts(value))));
    }

    static DataFile read(String name) {
        Map<String, Object> entries = new HashMap<>();
        String text = Catalogue.resource(name);
        int from = 0;
        while (from < text.length()) {
            int end = text.indexOf('\n', from);
            end = end < 0 ? text.length() : end;
            if (end > from && text.charAt(from) != '#') {
                int colon = text.indexOf(": ", from);
                String key = text.substring(from, colon);
                if (key.startsWith("\"")) {
                    key = key.substring(1, key.length() - 1);
                }
                entries.put(key, Flow.read(text.substring(colon + 2, end)));
            }
            from = end + 1;
        }
        return new DataFile(entries);
    }

    List<String> texts(String key) {
        List<String> texts = lists.get(key);
        if (texts == null) {
            throw new IllegalStateException("no entry `" + key + "` (this is a bug)");
        }
        return texts;
    }

    Map<String, Object> entries() {
        return entries;
    }
}
