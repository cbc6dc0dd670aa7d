package dev.countersign.analysis;

import java.util.ArrayList;
import java.util.List;

/** The files on the disk that an absolute pattern matches, as far as they can be listed. */
final class FilesOfPattern {
    private static final int MOST = 200;

    private FilesOfPattern() {}

    /** {@code **} stands for any folders. */
    static List<String> of(Facts facts, String pattern) {
        List<String> found = List.of("");
        for (String part : pattern.split("/", -1)) {
            if (part.isEmpty()) {
                continue;
            }
            List<String> next = new ArrayList<>();
            for (String folder : found) {
                if (part.equals("**")) {
                    below(facts, folder, next, 0);
                } else if (!Patterns.isGlob(part)) {
                    next.add(folder + "/" + part);
                } else {
                    for (String name :
                            facts.list(folder.isEmpty() ? "/" : folder).orElse(List.of())) {
                        boolean shown = part.startsWith(".") || !name.startsWith(".");
                        if (shown && Patterns.glob(part, name)) {
                            next.add(folder + "/" + name);
                        }
                    }
                }
            }
            found = next.size() > MOST ? next.subList(0, MOST) : next;
        }
        return found;
    }

    private static void below(Facts facts, String folder, List<String> into, int depth) {
        into.add(folder);
        if (depth > 4 || into.size() > MOST) {
            return;
        }
        for (String name : facts.list(folder).orElse(List.of())) {
            String path = folder + "/" + name;
            if (!name.startsWith(".")
                    && !name.equals("node_modules")
                    && facts.kind(path) == Facts.Kind.DIRECTORY) {
                below(facts, path, into, depth + 1);
            }
        }
    }
}
