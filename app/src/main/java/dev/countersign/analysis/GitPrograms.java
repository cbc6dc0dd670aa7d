package dev.countersign.analysis;

import dev.countersign.call.LowerCase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which program named by a repository's own settings a sub-command of git would run. The person's
 * settings for all repositories are theirs and name nothing here; attributes only choose among what
 * settings name.
 */
final class GitPrograms {
    private static final int MOST_SUBMODULES = 20;

    /** Sub-commands that look at neither files nor the index. */
    private static final Set<String> OBJECTS_ONLY =
            Set.of(
                    "branch",
                    "cat-file",
                    "check-ref-format",
                    "config",
                    "count-objects",
                    "for-each-ref",
                    "fsck",
                    "help",
                    "hash-object",
                    "ls-remote",
                    "ls-tree",
                    "merge-base",
                    "merge-tree",
                    "name-rev",
                    "notes",
                    "reflog",
                    "remote",
                    "rev-list",
                    "rev-parse",
                    "shortlog",
                    "show-ref",
                    "symbolic-ref",
                    "tag",
                    "var",
                    "verify-commit",
                    "verify-tag",
                    "version",
                    "whatchanged",
                    "interpret-trailers");

    private static final Set<String> SHOWS_CHANGES =
            Set.of(
                    "diff",
                    "log",
                    "show",
                    "blame",
                    "annotate",
                    "range-diff",
                    "whatchanged",
                    "diff-tree",
                    "diff-files",
                    "diff-index",
                    "stash",
                    "reflog");

    /** Sub-commands whose format, given or set, may ask for what a signature is worth. */
    private static final Set<String> SHOWS_COMMITS =
            Set.of(
                    "log",
                    "show",
                    "reflog",
                    "whatchanged",
                    "shortlog",
                    "stash",
                    "range-diff",
                    "diff-tree",
                    "rev-list");

    private static final Set<String> PAGED =
            Set.of(
                    "diff",
                    "log",
                    "show",
                    "blame",
                    "annotate",
                    "range-diff",
                    "whatchanged",
                    "grep",
                    "branch",
                    "tag",
                    "shortlog",
                    "reflog",
                    "config",
                    "stash",
                    "help");

    private static final Set<String> MAKES_REFERENCES =
            Set.of("branch", "checkout", "switch", "stash", "tag", "commit", "fetch", "worktree");

    private final Facts facts;
    private final String home;
    private final Map<String, Optional<Worktree>> trees = new HashMap<>();
    private final Map<String, GitConfig> configs = new HashMap<>();
    private @Nullable GitConfig own;

    GitPrograms(Facts facts, String home) {
        this.facts = facts;
        this.home = home;
    }

    Optional<Worktree> tree(@Nullable String directory) {
        return directory == null
                ? Optional.empty()
                : trees.computeIfAbsent(
                        directory, folder -> Worktree.at(facts, facts.resolve(folder)));
    }

    private GitConfig config(Worktree tree) {
        return configs.computeIfAbsent(tree.git(), _ -> GitConfig.local(facts, tree, home));
    }

    /** Whether the settings make a push that names no branch a forced one. */
    boolean forcesPush(@Nullable String directory) {
        Worktree tree = tree(directory).orElse(null);
        if (tree == null) {
            return false;
        }
        for (GitConfig.Entry entry : config(tree).entries()) {
            boolean alone = entry.value() == null && entry.key().endsWith(".push");
            if (!alone
                    && GitCommands.forces(
                            entry.key(), entry.value() == null ? "true" : entry.value())) {
                return true;
            }
        }
        return false;
    }

    /**
     * Where a push goes that names no destination, as settings say.
     *
     * @return branches without {@code refs/heads/}; null is one that is not known
     */
    List<@Nullable String> pushed(@Nullable String directory, @Nullable String branch) {
        List<@Nullable String> unknown = Collections.singletonList(null);
        Worktree tree = tree(directory).orElse(null);
        if (tree == null || branch == null) {
            return Collections.singletonList(branch);
        }
        GitConfig config = config(tree);
        String upstream = "branch." + branch + ".merge";
        for (GitConfig.Entry entry : config.entries()) {
            boolean maps = entry.section().equals("remote") && entry.name().equals("push");
            if (maps && !entry.text().isEmpty()) {
                return unknown;
            }
        }
        String way = config.last("push.default").or(() -> own().last("push.default")).orElse("");
        return switch (LowerCase.of(way)) {
            case "", "simple", "current", "nothing" -> List.of(branch);
            case "upstream", "tracking" ->
                    Collections.singletonList(
                            config.last(upstream)
                                    .map(ref -> ref.replaceFirst("^refs/heads/", ""))
                                    .orElse(null));
            default -> unknown;
        };
    }

    /** What a push from a folder would bring where; empty where its repository cannot be seen. */
    Optional<PushedRefs> pushes(@Nullable String directory) {
        return tree(directory)
                .filter(tree -> config(tree).isWhole())
                .map(tree -> {
                    List<GitConfig.Entry> settings = new ArrayList<>(own().entries());
                    settings.addAll(config(tree).entries());
                    return new PushedRefs(facts, tree, settings);
                });
    }

    private GitConfig own() {
        if (own == null) {
            own = GitConfig.own(facts, home);
        }
        return own;
    }

    /** What an alias stands for, the repository's own before the person's. */
    Optional<String> alias(@Nullable String directory, String name) {
        String key = "alias." + LowerCase.of(name);
        Optional<String> local = tree(directory).flatMap(tree -> config(tree).last(key));
        if (local.isPresent()) {
            return local;
        }
        return own().last(key);
    }

    /**
     * The setting or hook that would run, in words, or null.
     *
     * @param words of the whole command
     */
    @Nullable String named(@Nullable String directory, String sub, List<String> words) {
        Worktree tree = tree(directory).orElse(null);
        return tree == null ? null : named(tree, sub, words, 0);
    }

    private @Nullable String named(Worktree tree, String sub, List<String> words, int depth) {
        GitConfig config = config(tree);
        if (!config.isWhole()) {
            return "settings that cannot be read";
        }
        boolean fetches = mayFetch(config);
        for (GitConfig.Entry entry : config.entries()) {
            if (runs(entry, tree, sub, words, fetches)) {
                return "`" + entry.key() + "`";
            }
        }
        String hook = hook(tree, config, sub);
        return hook == null ? submodule(tree, sub, depth) : hook;
    }

    private boolean runs(
            GitConfig.Entry entry, Worktree tree, String sub, List<String> words, boolean fetches) {
        String name = entry.name();
        String value = entry.text();
        boolean set = !value.isEmpty();
        boolean files = !OBJECTS_ONLY.contains(sub);
        return switch (entry.section()) {
            case "core" ->
                    switch (name) {
                        case "fsmonitor" -> files && !entry.isSwitch();
                        case "pager" -> PAGED.contains(sub) && pages(entry, words);
                        case "worktree" -> !isSame(tree, value);
                        case "alternaterefscommand" ->
                                set && words.stream().anyMatch(GitPrograms::asksAlternates);
                        case "sshcommand", "gitproxy", "askpass" -> set && fetches;
                        default -> false;
                    };
            case "pager" ->
                    entry.key().equals("pager." + sub) && !entry.isSwitch() && pages(entry, words);
            case "filter" ->
                    set
                            && switch (name) {
                                case "clean", "process" -> files || sub.equals("hash-object");
                                case "smudge" ->
                                        files
                                                || (sub.equals("cat-file")
                                                        && has(words, "--filters"));
                                default -> false;
                            };
            case "diff" ->
                    set
                            && switch (name) {
                                case "external", "command" -> showsOutside(sub, words);
                                case "textconv" -> converts(sub, words);
                                default -> false;
                            };
            case "hook" ->
                    set && name.equals("command") && (files || MAKES_REFERENCES.contains(sub));
            case "gpg" ->
                    set
                            && name.equals("program")
                            && (sub.startsWith("verify-")
                                    || SHOWS_COMMITS.contains(sub)
                                    || sub.equals("tag")
                                    || asksForSignatures(words));
            case "tar" -> set && name.equals("command") && sub.equals("archive");
            case "merge" ->
                    set
                            && name.equals("driver")
                            && (sub.startsWith("merge-") || mergesAgain(words));
            case "trailer" ->
                    set
                            && (name.equals("command") || name.equals("cmd"))
                            && sub.equals("interpret-trailers");
            case "man", "browser", "web", "help" ->
                    set
                            && sub.equals("help")
                            && (name.equals("cmd")
                                    || name.equals("path")
                                    || name.equals("browser")
                                    || name.equals("viewer"));
            case "credential" -> set && name.equals("helper") && fetches;
            case "remote" ->
                    set
                            && fetches
                            && (name.equals("uploadpack")
                                    || name.equals("vcs")
                                    || (name.equals("url") && value.contains("::")));
            default -> false;
        };
    }

    /** {@code %(signature)} in a format of references, of which there are several kinds. */
    private static boolean asksForSignatures(List<String> words) {
        return words.stream().anyMatch(word -> word.contains("(signature") || word.contains("%G"));
    }

    /**
     * Whether merges are made again, to show what their authors changed. How {@code -m} shows them
     * a setting tells, which is not looked up.
     */
    private static boolean mergesAgain(List<String> words) {
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            boolean named = word.startsWith("--diff-merges");
            int equals = word.indexOf('=');
            String form =
                    !named
                            ? ""
                            : equals > 0
                                    ? word.substring(equals + 1)
                                    : i + 1 < words.size() ? words.get(i + 1) : "";
            boolean again =
                    (word.length() > 4 && "--remerge-diff".startsWith(word))
                            || word.equals("-m")
                            || word.equals("--dd")
                            || switch (form) {
                                case "remerge", "r", "on", "m", "dd" -> true;
                                default -> false;
                            };
            if (again) {
                return true;
            }
        }
        return false;
    }

    /** {@code --alternate-refs}, or a beginning of it. */
    private static boolean asksAlternates(String word) {
        return word.length() > 4 && "--alternate-refs".startsWith(word);
    }

    /** Whether an option is given; behind {@code --} there are only paths. */
    private static boolean has(List<String> words, String... wanted) {
        int dashes = words.indexOf("--");
        List<String> options = dashes < 0 ? words : words.subList(0, dashes);
        for (String word : wanted) {
            if (options.contains(word)) {
                return true;
            }
        }
        return false;
    }

    /** A pager that only shows is no concern. */
    private static boolean pages(GitConfig.Entry entry, List<String> words) {
        return !has(words, "--no-pager", "-P")
                && !entry.text().isEmpty()
                && !entry.text().matches("cat|less( -[FRXSKMiWn]+)*|more");
    }

    private static boolean showsOutside(String sub, List<String> words) {
        boolean asked = has(words, "--ext-diff");
        return switch (sub) {
            case "diff", "diff-tree", "diff-files", "diff-index" ->
                    asked || !has(words, "--no-ext-diff");
            default -> asked && SHOWS_CHANGES.contains(sub);
        };
    }

    private static boolean converts(String sub, List<String> words) {
        if (has(words, "--textconv")) {
            return true;
        }
        return SHOWS_CHANGES.contains(sub) && !has(words, "--no-textconv");
    }

    /** Whether an object that is missing here is fetched when it is looked at. */
    private static boolean mayFetch(GitConfig config) {
        for (GitConfig.Entry entry : config.entries()) {
            boolean partial =
                    entry.key().equals("extensions.partialclone")
                            || (entry.section().equals("remote")
                                    && entry.name().equals("promisor")
                                    && !entry.text().equals("false"));
            if (partial) {
                return true;
            }
        }
        return false;
    }

    private boolean isSame(Worktree tree, String worktree) {
        String path = worktree.startsWith("/") ? worktree : tree.git() + "/" + worktree;
        return facts.resolve(Paths.normalise(path)).equals(facts.resolve(tree.root()));
    }

    private @Nullable String hook(Worktree tree, GitConfig config, String sub) {
        String folder = config.last("core.hookspath").orElse("");
        if (folder.isEmpty()) {
            folder = tree.common() + "/hooks";
        } else if (folder.startsWith("~/")) {
            folder = home + folder.substring(1);
        } else if (!folder.startsWith("/")) {
            folder = tree.root() + "/" + folder;
        }
        if (!OBJECTS_ONLY.contains(sub) && isHook(folder, "post-index-change")) {
            return "the hook `post-index-change`";
        }
        boolean checksOut = sub.equals("checkout") || sub.equals("switch");
        if (checksOut && isHook(folder, "post-checkout")) {
            return "the hook `post-checkout`";
        }
        if (MAKES_REFERENCES.contains(sub) && isHook(folder, "reference-transaction")) {
            return "the hook `reference-transaction`";
        }
        return null;
    }

    private boolean isHook(String folder, String name) {
        return facts.kind(Paths.normalise(folder + "/" + name)) == Facts.Kind.FILE;
    }

    private static final Set<String> LOOKS_INTO_SUBMODULES =
            Set.of(
                    "status",
                    "diff",
                    "diff-index",
                    "diff-files",
                    "describe",
                    "add",
                    "commit",
                    "stash",
                    "checkout",
                    "switch",
                    "restore",
                    "reset",
                    "rm",
                    "mv",
                    "submodule",
                    "update-index");

    /** Looking at changes looks into the repositories below, each with settings of its own. */
    private @Nullable String submodule(Worktree tree, String sub, int depth) {
        if (tree.bare() || depth > 3 || !LOOKS_INTO_SUBMODULES.contains(sub)) {
            return null;
        }
        List<String> below = tree.index(facts).map(GitIndex::submodules).orElse(List.of());
        if (below.size() > MOST_SUBMODULES) {
            return "settings of more submodules than can be read";
        }
        for (String path : below) {
            Worktree inner = tree(tree.root() + "/" + path).orElse(null);
            if (inner != null && !inner.root().equals(tree.root())) {
                String program = named(inner, "status", List.of(), depth + 1);
                if (program != null) {
                    return program + " of the submodule `" + path + "`";
                }
            }
        }
        return null;
    }
}
