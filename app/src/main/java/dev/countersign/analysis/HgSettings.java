package dev.countersign.analysis;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether the configuration of a Mercurial repository has hg run a program or load code: hooks,
 * aliases of the shell, extensions by a path, outer diff tools (the manual page hgrc).
 */
final class HgSettings {
    private static final int MOST_FOLDERS = 20;

    /** Sections each entry of which names a program or code. */
    private static final Pattern RUNS =
            Pattern.compile(
                    "hooks|extdiff|extdata|merge-tools|encode|decode|fix|fsmonitor|pager|editor|schemes");

    private final RememberedFacts facts;

    HgSettings(RememberedFacts facts) {
        this.facts = facts;
    }

    /** The first line that does so in the repository around a folder, or empty. */
    Optional<String> program(@Nullable String directory) {
        String folder = directory;
        for (int i = 0; folder != null && i < MOST_FOLDERS; i++) {
            Optional<String> text = facts.text(folder + "/.hg/hgrc");
            if (text.isPresent()) {
                return line(text.get());
            }
            int slash = folder.lastIndexOf('/');
            folder = slash <= 0 ? null : folder.substring(0, slash);
        }
        return Optional.empty();
    }

    private static Optional<String> line(String text) {
        String section = "";
        for (String written : text.split("\n", -1)) {
            String line = written.strip();
            if (line.startsWith("[") && line.endsWith("]")) {
                section = line.substring(1, line.length() - 1).strip();
            } else if (line.startsWith("%include") || runs(section, line)) {
                return Optional.of(line);
            }
        }
        return Optional.empty();
    }

    private static boolean runs(String section, String line) {
        int equals = line.indexOf('=');
        if (equals <= 0 || line.startsWith("#") || line.startsWith(";")) {
            return false;
        }
        String name = line.substring(0, equals).strip();
        String value = line.substring(equals + 1).strip();
        return switch (section) {
            case "alias" -> true;
            case "extensions" -> !value.isEmpty() && !value.startsWith("!");
            case "ui" -> name.matches("ssh|editor|merge|pager|debugger|remotecmd");
            default -> !value.isEmpty() && RUNS.matcher(section).matches();
        };
    }
}
