package dev.countersign.analysis;

import dev.countersign.call.LowerCase;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The settings git would read in a working tree from the repository's own files: {@code config},
 * what it includes, and {@code config.worktree}; the person's own settings apart from them.
 */
final class GitConfig {
    private static final int MOST_FILES = 20;
    private static final int MOST_ENTRIES = 5_000;

    /**
     * One setting.
     *
     * @param key in lower case, a sub-section as written: {@code filter.LFS.clean}
     * @param value without quotes and comments; null when the key stands alone
     */
    record Entry(String key, @Nullable String value) {
        String section() {
            return key.substring(0, key.indexOf('.'));
        }

        String name() {
            return key.substring(key.lastIndexOf('.') + 1);
        }

        String text() {
            return value == null ? "" : value;
        }

        /** Whether the value says no more than yes or no. */
        boolean isSwitch() {
            return switch (LowerCase.of(text())) {
                case "true", "false", "yes", "no", "on", "off", "0", "1", "" -> true;
                default -> false;
            };
        }
    }

    private final Facts facts;
    private final String home;
    private final List<Entry> entries = new ArrayList<>();
    private final Set<String> included = new HashSet<>();
    private boolean whole = true;
    private int files;

    private GitConfig(Facts facts, String home) {
        this.facts = facts;
        this.home = home;
    }

    /** What the repository itself sets. */
    static GitConfig local(Facts facts, Worktree tree, String home) {
        GitConfig config = new GitConfig(facts, home);
        config.read(tree.common() + "/config", 0);
        if (config.has("extensions.worktreeconfig")) {
            config.read(tree.git() + "/config.worktree", 0);
        }
        return config;
    }

    /** What the person sets for all repositories. */
    static GitConfig own(Facts facts, String home) {
        GitConfig config = new GitConfig(facts, home);
        config.read(home + "/.config/git/config", 0);
        config.read(home + "/.gitconfig", 0);
        return config;
    }

    List<Entry> entries() {
        return entries;
    }

    /** The files it includes, by absolute path, whether they are there or not. */
    Set<String> included() {
        return included;
    }

    /** Whether all of it could be read and understood. */
    boolean isWhole() {
        return whole;
    }

    /** The last value of a key, which is the one that counts. */
    Optional<String> last(String key) {
        for (int i = entries.size() - 1; i >= 0; i--) {
            if (entries.get(i).key.equals(key)) {
                return Optional.of(entries.get(i).text());
            }
        }
        return Optional.empty();
    }

    private boolean has(String key) {
        return last(key).filter(value -> !value.equals("false")).isPresent();
    }

    private void read(String file, int depth) {
        if (facts.kind(file) == Facts.Kind.MISSING) {
            return;
        }
        Optional<String> text = facts.text(file);
        if (text.isEmpty() || ++files > MOST_FILES || depth > 8) {
            whole &= facts.kind(file) == Facts.Kind.UNKNOWN;
            return;
        }
        new Reader(text.get(), file, depth).run();
    }

    /** Conditions are taken as met: what is only sometimes set may be set now. */
    private void include(String from, String value, int depth) {
        String path = value;
        if (path.startsWith("~/")) {
            path = home + path.substring(1);
        } else if (path.startsWith("~") || path.startsWith("%(")) {
            whole = false;
            return;
        } else if (!path.startsWith("/")) {
            path = from.substring(0, from.lastIndexOf('/') + 1) + path;
        }
        included.add(Paths.normalise(path));
        read(Paths.normalise(path), depth + 1);
    }

    /** Reads the text of one file as git does. */
    private final class Reader {
        private final String text;
        private final String file;
        private final int depth;
        private String section = "";
        private int at;

        Reader(String text, String file, int depth) {
            this.text = text.startsWith("\uFEFF") ? text.substring(1) : text;
            this.file = file;
            this.depth = depth;
        }

        void run() {
            while (at < text.length()) {
                char c = text.charAt(at);
                if (Character.isWhitespace(c)) {
                    at++;
                } else if (c == '#' || c == ';') {
                    skipLine();
                } else if (c == '[') {
                    if (!head()) {
                        whole = false;
                        return;
                    }
                } else if (!entry()) {
                    whole = false;
                    return;
                }
            }
        }

        private void skipLine() {
            int end = text.indexOf('\n', at);
            at = end < 0 ? text.length() : end + 1;
        }

        /** {@code [section]}, {@code [section "Sub"]} or the old {@code [section.sub]}. */
        private boolean head() {
            int start = ++at;
            while (at < text.length() && isNamePart(text.charAt(at), true)) {
                at++;
            }
            String name = LowerCase.of(text.substring(start, at));
            while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
                at++;
            }
            if (at < text.length() && text.charAt(at) == '"') {
                StringBuilder sub = new StringBuilder();
                at++;
                while (at < text.length() && text.charAt(at) != '"' && text.charAt(at) != '\n') {
                    if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                        at++;
                    }
                    sub.append(text.charAt(at++));
                }
                at++;
                name = name + "." + sub;
            }
            if (name.isEmpty() || at >= text.length() || text.charAt(at) != ']') {
                return false;
            }
            at++;
            section = name;
            return true;
        }

        private boolean entry() {
            int start = at;
            while (at < text.length() && isNamePart(text.charAt(at), false)) {
                at++;
            }
            if (at == start || section.isEmpty() || entries.size() >= MOST_ENTRIES) {
                return false;
            }
            String key = section + "." + LowerCase.of(text.substring(start, at));
            while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
                at++;
            }
            String value = null;
            if (at < text.length() && text.charAt(at) == '=') {
                at++;
                value = value();
                if (value == null) {
                    return false;
                }
            } else if (at < text.length() && "\r\n#;".indexOf(text.charAt(at)) < 0) {
                return false;
            } else {
                skipLine();
            }
            Entry entry = new Entry(key, value);
            entries.add(entry);
            boolean includes =
                    entry.name().equals("path")
                            && (section.equals("include") || section.startsWith("includeif."));
            if (includes && value != null) {
                include(file, value, depth);
            }
            return true;
        }

        private @Nullable String value() {
            StringBuilder out = new StringBuilder();
            int kept = 0;
            boolean quoted = false;
            while (at < text.length()) {
                char c = text.charAt(at++);
                if (c == '\n') {
                    if (quoted) {
                        return null;
                    }
                    break;
                }
                if (c == '\r' && at < text.length() && text.charAt(at) == '\n') {
                    continue;
                }
                if (quoted || (c != ' ' && c != '\t')) {
                    if (!quoted && (c == '#' || c == ';')) {
                        skipLine();
                        break;
                    }
                    if (c == '"') {
                        quoted = !quoted;
                    } else if (c == '\\') {
                        if (at >= text.length()) {
                            return null;
                        }
                        char next = text.charAt(at++);
                        if (next == '\r' && at < text.length() && text.charAt(at) == '\n') {
                            next = text.charAt(at++);
                        }
                        switch (next) {
                            case '\n' -> {}
                            case 't' -> out.append('\t');
                            case 'b' -> out.append('\b');
                            case 'n' -> out.append('\n');
                            case '"', '\\' -> out.append(next);
                            default -> {
                                return null;
                            }
                        }
                    } else {
                        out.append(c);
                    }
                    kept = out.length();
                } else if (!out.isEmpty()) {
                    out.append(c);
                }
            }
            return quoted ? null : out.substring(0, kept);
        }

        private static boolean isNamePart(char c, boolean dots) {
            return (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || c == '-'
                    || (dots && c == '.');
        }
    }
}
