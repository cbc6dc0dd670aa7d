package dev.countersign.analysis;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds the files a patch changes: a unified diff, or the form clients call {@code apply_patch}.
 */
final class PatchText {
    /**
     * One file of a patch.
     *
     * @param path as written
     * @param deletes whether the patch takes the file away
     */
    record Change(String path, boolean deletes) {}

    private PatchText() {}

    static List<String> paths(String text) {
        return changes(text).stream().map(Change::path).toList();
    }

    /** In source order; empty when the text is no patch. */
    static List<Change> changes(String text) {
        List<Change> changes = new ArrayList<>();
        String from = "";
        for (String line : text.split("\n", -1)) {
            String trimmed = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
            if (trimmed.startsWith("*** Add File: ")) {
                changes.add(new Change(trimmed.substring(14).strip(), false));
            } else if (trimmed.startsWith("*** Update File: ")) {
                changes.add(new Change(trimmed.substring(17).strip(), false));
            } else if (trimmed.startsWith("*** Delete File: ")) {
                changes.add(new Change(trimmed.substring(17).strip(), true));
            } else if (trimmed.startsWith("*** Move to: ")) {
                changes.add(new Change(trimmed.substring(13).strip(), false));
            } else if (trimmed.startsWith("--- ")) {
                from = file(trimmed.substring(4), "a/");
            } else if (trimmed.startsWith("+++ ")) {
                String to = file(trimmed.substring(4), "b/");
                if (to.equals("/dev/null")) {
                    changes.add(new Change(from, true));
                } else {
                    changes.add(new Change(to, false));
                }
            } else if (trimmed.startsWith("rename to ")) {
                changes.add(new Change(trimmed.substring(10).strip(), false));
            } else if (trimmed.startsWith("rename from ")) {
                changes.add(new Change(trimmed.substring(12).strip(), true));
            }
        }
        return changes;
    }

    private static String file(String rest, String prefix) {
        int tab = rest.indexOf('\t');
        String path = (tab < 0 ? rest : rest.substring(0, tab)).strip();
        return path.startsWith(prefix) ? path.substring(2) : path;
    }
}
