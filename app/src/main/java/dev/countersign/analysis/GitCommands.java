package dev.countersign.analysis;

import dev.countersign.analysis.shell.Invocation;
import dev.countersign.call.Action;
import dev.countersign.call.Argument;
import dev.countersign.call.LowerCase;
import dev.countersign.call.Push;
import dev.countersign.call.Resource;
import dev.countersign.call.RiskTier;
import dev.countersign.call.Span;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The git program and the command line tools of code hosts. */
final class GitCommands {
    private static final class Keys {
        static final List<String> RUN =
                Catalogue.shipped().texts("git", "exec_config").stream()
                        .map(LowerCase::of)
                        .toList();

        /** Settings that only change what is shown, some for one value only. */
        static final List<String> PLAIN =
                Catalogue.shipped().texts("git", "plain_config").stream()
                        .map(LowerCase::of)
                        .toList();

        /** Long options that only choose what is shown, without their dashes. */
        static final Set<String> READ =
                Set.copyOf(Catalogue.shipped().texts("git", "read_options"));
    }

    private final Judge judge;

    /** Hook and policy files below folders that were looked through. */
    private final Map<String, Optional<List<String>>> protectedBelow = new HashMap<>();

    /** The same without those in folders that git ignores. */
    private final Map<String, Optional<List<String>>> protectedAndKeptBelow = new HashMap<>();

    private @Nullable GitPrograms programs;
    private int programsState;

    /** The working tree the command just judged chooses for itself, or null. */
    private @Nullable String chosen;

    /** Whether this call made the index or the branch another one than the disk tells. */
    private boolean moved;

    /** Whether a setting of the command just judged makes its push a forced one. */
    private boolean forcing;

    /** Whether this call wrote such a setting for later. */
    private boolean forcesLater;

    /** Whether a setting of the command just judged says where its push goes. */
    private boolean steering;

    /** Whether the command sets something that may do more than change what is shown. */
    private boolean unusual;

    /** Whether this call wrote such a setting for later. */
    private boolean steersLater;

    /** The branches this call may have changed to; null is one that is not known. */
    private final Set<@Nullable String> changedTo = new LinkedHashSet<>();

    /** The working trees that settings of the command just judged name, as they name them. */
    private final List<String> named = new ArrayList<>();

    /** Those this call has named in settings for later. */
    private final Set<String> namedLater = new LinkedHashSet<>();

    /** What this call made sub-commands of git stand for, by name. */
    private final Map<String, Set<String>> aliases = new HashMap<>();

    GitCommands(Judge judge) {
        this.judge = judge;
    }

    boolean judge(Job job, String name) {
        switch (name) {
            case "git" -> git(job);
            case "gh", "glab" -> {
                List<String> words = job.constants();
                boolean request =
                        words.size() > 1
                                && (words.get(0).equals("pr") || words.get(0).equals("mr"));
                if (request && (words.get(1).equals("checkout") || words.get(1).equals("co"))) {
                    replaces(job, List.of());
                    changedTo.add(null);
                }
                if (words.contains("repo") && words.contains("--push")) {
                    one(job, "origin", null, false, false, false);
                }
                boolean creates =
                        request && (words.get(1).equals("create") || words.get(1).equals("new"));
                if (!creates) {
                    return false;
                }
                git(job, Action.GIT_CREATE_PR, RiskTier.HIGH, "opens a pull request")
                        .tag("network");
            }
            case "hg" -> {
                Optional<String> line = new HgSettings(judge.call.facts).program(job.directory());
                line.ifPresent(text ->
                        judge.shell(
                                job,
                                RiskTier.MEDIUM,
                                "`hg` may run what `" + Judge.cut(text) + "` names in .hg/hgrc"));
                return false;
            }
            case "git-lfs" -> {
                attributes(
                        job, Reading.of(judge.catalogue.tool(name).orElseThrow(), job.arguments()));
                return false;
            }
            case "jj" -> {
                List<String> words = job.constants();
                int at = words.indexOf("git");
                if (at < 0 || at + 1 >= words.size() || !words.get(at + 1).equals("push")) {
                    return false;
                }
                boolean deletes = words.contains("--deleted");
                boolean dry = words.contains("--dry-run");
                one(job, "origin", null, deletes, dry, false);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private Draft git(Job job, Action action, RiskTier risk, String summary) {
        return judge.add(job, action, new Resource.Repository(null, null), risk, summary);
    }

    /** {@code git rev-parse --git-dir} names a folder, it chooses none. */
    private static boolean asksForGitDir(Job job, Reading.Given given) {
        List<String> words = job.constants();
        int asks = words.indexOf("rev-parse");
        return given.name().equals("--git-dir")
                && asks >= 0
                && words.indexOf("--git-dir") > asks
                && words.stream().noneMatch(w -> w.startsWith("--git-dir="));
    }

    private void git(Job job) {
        Tool tool = judge.catalogue.tool("git").orElseThrow();
        Reading reading = Reading.of(tool, job.arguments());
        String directory = job.directory();
        forcing = false;
        steering = false;
        unusual = false;
        named.clear();
        boolean elsewhere = isElsewhere(job, directory);
        Set<Span> globals = globals(job);
        String tree = chosenTree(job, directory);
        for (Reading.Given given : reading.given) {
            switch (given.name()) {
                case "-C" -> {
                    if (reading.path.isEmpty() || isGlobal(globals, given)) {
                        directory = judge.moved(directory, given.value());
                    }
                }
                case "--git-dir", "--work-tree", "--namespace" -> {
                    boolean asks = asksForGitDir(job, given);
                    elsewhere |=
                            !asks
                                    && (given.name().equals("--namespace")
                                            || isAnother(
                                                    directory,
                                                    given.name().equals("--git-dir"),
                                                    given.value()));
                    if (given.name().equals("--work-tree") && !asks) {
                        tree = judge.moved(directory, given.value());
                    }
                }
                case "--exec-path" ->
                        judge.shell(job, RiskTier.HIGH, "`git` runs programs of another folder");
                case "-c" -> {
                    String value = given.value() == null ? null : given.value().value();
                    if (isGlobal(globals, given) && setting(job, value, reading)) {
                        return;
                    }
                }
                case "--config-env" -> {
                    String value = given.value() == null ? null : given.value().value();
                    if (isGlobal(globals, given)
                            && setting(job, GitVariables.named(job, value), reading)) {
                        return;
                    }
                }
                default -> {}
            }
        }
        for (String pair : GitVariables.settings(job)) {
            if (setting(job, pair, reading)) {
                return;
            }
        }
        if (GitVariables.areUnknown(job)) {
            setting(job, null, reading);
        }
        if (reading.path.isEmpty()) {
            noSubcommand(job, reading, directory);
            return;
        }
        Set<String> perhaps = new LinkedHashSet<>();
        for (String one : namedLater) {
            perhaps.addAll(treesOf(directory, one));
        }
        for (String one : named) {
            List<String> trees = treesOf(directory, one);
            perhaps.addAll(trees);
            tree = tree == null ? trees.getFirst() : tree;
        }
        perhaps.remove(tree);
        if (perhaps.size() > MOST_TREES) {
            throw new Call.TooMuch("more working trees are named than can be judged");
        }
        chosen = tree;
        // From outside the working tree git goes to its top.
        boolean inTree = tree == null || directory == null || Paths.below(directory, tree);
        Job there = job.in(inTree ? directory : tree);
        String sub = reading.path.getFirst();
        int before = judge.call.drafts.size();
        ours(job, directory);
        if (asksForHelp(job, sub)) {
            git(there, Action.GIT_READ, RiskTier.NONE, "shows the manual of `git " + sub + "`");
            sub = "help";
        } else {
            subcommand(there, sub, reading);
        }
        output(there);
        putsBelow(there, sub);
        pathspecFile(there, sub, reading);
        if (tree != null) {
            putsInto(job, tree, before);
        }
        for (String other : perhaps) {
            int first = judge.call.drafts.size();
            chosen = other;
            subcommand(job.in(other), sub, reading);
            putsInto(job, other, first);
        }
        boolean outside = elsewhere || isOutside(directory);
        String program = programs().named(directory, sub, job.constants());
        program = program == null ? judge.copies().unseenRepository(directory) : program;
        for (int i = before; i < judge.call.drafts.size(); i++) {
            Draft draft = judge.call.drafts.get(i);
            boolean reads = draft.action == Action.GIT_READ;
            boolean writes = draft.action == Action.GIT_WRITE;
            if (program != null && (reads || writes) && !draft.risk.atLeast(RiskTier.MEDIUM)) {
                draft.atLeast(RiskTier.MEDIUM);
                draft.summary = "`git " + sub + "` runs a program its repository names, " + program;
            }
            if (outside && reads) {
                draft.atLeast(RiskTier.MEDIUM);
            }
            if (outside && writes) {
                draft.atLeast(RiskTier.HIGH);
            }
        }
    }

    /** {@code git SUB --help}, which does nothing else; behind a flag only where that is sure. */
    private static boolean asksForHelp(Job job, String sub) {
        List<String> words = job.constants();
        int at = words.indexOf(sub) + 1;
        if (at > 0
                && sub.equals("fetch")
                && at < words.size()
                && words.get(at).equals("--dry-run")) {
            at++;
        }
        return at > 0
                && at + 1 == words.size()
                && words.get(at).equals("--help")
                && words.size() == job.arguments().size();
    }

    /** A working tree among hook files, which all that git writes goes into. */
    private void putsInto(Job job, String tree, int before) {
        List<Draft> found = judge.call.drafts.subList(before, judge.call.drafts.size());
        boolean writes = found.stream().anyMatch(draft -> draft.action == Action.GIT_WRITE);
        boolean said =
                found.stream().anyMatch(d -> d.floor != null || d.risk.atLeast(RiskTier.CRITICAL));
        if (!writes || said) {
            return;
        }
        Draft draft = judge.output(job, Argument.of(tree));
        if (draft != null && draft.floor == null) {
            judge.call.drafts.remove(draft);
        }
    }

    /**
     * The working trees a setting may mean: from the folder of the repository, and as one may take
     * it who reads the command.
     */
    private List<String> treesOf(@Nullable String directory, String value) {
        String repository =
                programs().tree(directory).map(Worktree::git).orElse(directory + "/.git");
        List<String> trees = new ArrayList<>();
        for (String base : new String[] {repository, directory}) {
            String tree = judge.moved(base, Argument.of(value));
            if (tree != null && !trees.contains(tree)) {
                trees.add(tree);
            }
        }
        return trees.isEmpty() ? List.of("/") : trees;
    }

    /** Notes the repository that a later command of the call finds. */
    private void makesRepository(Job job, Reading reading) {
        RememberedFacts facts = judge.call.facts;
        List<Argument> words =
                reading.positionals.isEmpty() ? List.of(Argument.of(".")) : reading.positionals;
        for (Argument word : words) {
            String folder = judge.call.paths.place(word, job.directory()).written();
            if (folder == null) {
                continue;
            }
            String git = reading.has("--bare") ? folder : folder + "/.git";
            if (facts.kind(git + "/HEAD") != Facts.Kind.FILE) {
                facts.writes(git + "/HEAD", "ref: refs/heads/main\n");
                facts.makes(git + "/objects");
                facts.makes(git + "/refs");
            }
        }
    }

    private GitPrograms programs() {
        int state = judge.call.facts.state();
        if (programs == null || programsState != state) {
            programs = new GitPrograms(judge.call.facts, judge.call.paths.home());
            programsState = state;
        }
        return programs;
    }

    /** The working tree a variable chooses, or null. */
    private @Nullable String chosenTree(Job job, @Nullable String directory) {
        for (Invocation.Assignment assignment : job.invocation().assignments()) {
            String value = assignment.value();
            if (assignment.name().equals("GIT_WORK_TREE") && value != null) {
                return judge.moved(directory, Argument.of(value));
            }
        }
        return null;
    }

    /** A repository in a folder of ours is read with whatever git is asked. */
    private void ours(Job job, @Nullable String directory) {
        if (directory != null && !directory.equals(job.directory())) {
            Paths.Place place = judge.call.paths.place(directory, false, "/");
            if (judge.call.places.judge(Places.Touch.READ, place, true).floor() != null) {
                judge.file(job, Places.Touch.READ, place, true, directory);
            }
        }
    }

    /** {@code --pathspec-from-file FILE}: the file is read, and what it names is not known. */
    private void pathspecFile(Job job, String sub, Reading reading) {
        List<Argument> words = job.arguments();
        for (int i = 0; i < words.size(); i++) {
            String value = words.get(i).value();
            int equals = value == null ? -1 : value.indexOf('=');
            String name = value == null ? "" : equals < 0 ? value : value.substring(0, equals);
            boolean named =
                    name.length() > 11
                            && "--pathspec-from-file".startsWith(name)
                            && !name.equals("--pathspec-file");
            if (!named || value == null) {
                continue;
            }
            Argument file =
                    equals < 0
                            ? i + 1 < words.size() ? words.get(i + 1) : Argument.of("-")
                            : new Argument(
                                    value.substring(equals + 1),
                                    words.get(i).written(),
                                    false,
                                    words.get(i).source());
            if (!"-".equals(file.value())) {
                judge.file(job, Places.Touch.READ, file, false);
            }
            boolean loses =
                    switch (sub) {
                        case "checkout", "rm", "stash", "clean" -> true;
                        case "restore" -> !reading.has("-S", "--staged");
                        default -> false;
                    };
            if (loses) {
                judge.opaque(job, "`git " + sub + "` takes its paths from a file");
            }
        }
    }

    /** Whether an option names another repository or tree than git finds by itself. */
    private boolean isAnother(
            @Nullable String directory, boolean repository, @Nullable Argument value) {
        Worktree tree = programs().tree(directory).orElse(null);
        if (tree == null || value == null) {
            return true;
        }
        String place = judge.call.paths.place(value, directory).resolved();
        String own = repository ? tree.git() : tree.root();
        return place == null || !place.equals(judge.call.facts.resolve(own));
    }

    /** The same of a variable. */
    private boolean isElsewhere(Job job, @Nullable String directory) {
        for (Invocation.Assignment assignment : job.invocation().assignments()) {
            boolean repository = assignment.name().equals("GIT_DIR");
            if (repository || assignment.name().equals("GIT_WORK_TREE")) {
                String value = assignment.value();
                if (isAnother(directory, repository, value == null ? null : Argument.of(value))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static final Set<String> BEFORE_SUBCOMMAND =
            Set.of(
                    "-C",
                    "-c",
                    "--git-dir",
                    "--work-tree",
                    "--namespace",
                    "--config-env",
                    "--exec-path");

    /** Where the words in front of the sub-command stand. */
    private static Set<Span> globals(Job job) {
        Set<Span> spans = new HashSet<>();
        boolean afterOption = false;
        for (int i = 1; i < job.words().size(); i++) {
            Argument word = job.words().get(i);
            String value = word.value();
            spans.add(word.source());
            boolean option = value != null && value.startsWith("-");
            if (!option && !afterOption) {
                break;
            }
            afterOption = value != null && BEFORE_SUBCOMMAND.contains(value);
        }
        return spans;
    }

    private static boolean isGlobal(Set<Span> globals, Reading.Given given) {
        return given.value() != null && globals.contains(given.value().source());
    }

    private boolean isOutside(@Nullable String directory) {
        return directory == null || judge.call.paths.place(directory, false, "/").outside();
    }

    private void noSubcommand(Job job, Reading reading, @Nullable String directory) {
        if (!reading.positionals.isEmpty()) {
            Argument word = reading.positionals.getFirst();
            String name = word.value();
            if (name == null) {
                judge.opaque(job, "the sub-command of `git` is not constant");
                return;
            }
            Set<String> meanings =
                    new LinkedHashSet<>(aliases.getOrDefault(LowerCase.of(name), Set.of()));
            programs().alias(directory, name).ifPresent(meanings::add);
            for (String alias : meanings) {
                aliased(job, alias, reading.positionals.subList(1, reading.positionals.size()));
            }
            if (!meanings.isEmpty()) {
                return;
            }
            putsBelow(job, name);
            judge.opaque(
                    job, "`git " + Judge.cut(name) + "` may be an alias or a program of its own");
            return;
        }
        git(job, Action.GIT_READ, RiskTier.NONE, "asks `git` about itself");
    }

    private void aliased(Job job, String alias, List<Argument> rest) {
        StringBuilder text =
                new StringBuilder(alias.startsWith("!") ? alias.substring(1) : "git " + alias);
        for (Argument word : rest) {
            String value = word.value();
            if (value == null) {
                judge.opaque(job, "`" + Judge.cut(word.written()) + "` is not constant");
                return;
            }
            text.append(' ').append(CodeCommands.quote(value));
        }
        judge.nested(text.toString(), job);
    }

    /** A key set for this run; returns whether the sub-command was an alias it sets. */
    private boolean setting(Job job, @Nullable String value, Reading reading) {
        if (value == null) {
            judge.opaque(job, "a setting of `git` is not constant");
            return false;
        }
        int equals = value.indexOf('=');
        String key = LowerCase.of(equals < 0 ? value : value.substring(0, equals));
        forcing |= forces(key, equals < 0 ? "true" : value.substring(equals + 1));
        steering |= steers(key, equals < 0 ? null : value.substring(equals + 1));
        unusual |= !isPlain(key, equals < 0 ? "true" : value.substring(equals + 1));
        if (key.equals(TREE) && equals > 0) {
            named.add(value.substring(equals + 1));
        }
        if (key.startsWith("alias.")) {
            String name = key.substring(6);
            List<Argument> words = reading.positionals;
            boolean used =
                    reading.path.isEmpty()
                            && !words.isEmpty()
                            && name.equalsIgnoreCase(words.getFirst().value());
            if (used) {
                aliased(
                        job,
                        equals < 0 ? "" : value.substring(equals + 1),
                        words.subList(1, words.size()));
                return true;
            }
        }
        if (runsProgram(key)) {
            String program = equals < 0 ? "" : value.substring(equals + 1);
            boolean off =
                    program.isEmpty()
                            || program.equals("false")
                            || program.equals("true")
                            || program.equals("cat")
                            || program.equals("/dev/null");
            boolean command = !key.contains("hookspath") && !key.equals("credential.helper");
            if (!off || key.contains("hookspath")) {
                Draft draft =
                        judge.shell(
                                        job,
                                        RiskTier.HIGH,
                                        "sets `" + key + "`, which makes `git` run a program")
                                .opaque();
                if (!off && (command || program.startsWith("!"))) {
                    String line = program.replaceFirst("^!", "");
                    draft.perhaps(judge.lesser(() -> judge.nested(line, job)));
                }
            }
        }
        return false;
    }

    /** Whether a setting for the one command only changes what is shown. */
    private static boolean isPlain(String key, String value) {
        for (String pattern : Keys.PLAIN) {
            int equals = pattern.indexOf('=');
            boolean fits =
                    equals < 0
                            ? Patterns.glob(pattern, key)
                            : value.equals(pattern.substring(equals + 1))
                                    && Patterns.glob(pattern.substring(0, equals), key);
            if (fits) {
                return true;
            }
        }
        return false;
    }

    static boolean runsProgram(String key) {
        for (String pattern : Keys.RUN) {
            if (Patterns.glob(pattern, key)) {
                return true;
            }
        }
        return false;
    }

    private void subcommand(Job job, String sub, Reading reading) {
        if (!reading.unknown.isEmpty() && !reading.tool.anyOption()) {
            // Words of a sub-command that is judged by its own table need no listing.
            Argument word = reading.unknown.getFirst();
            judge.opaque(
                    job,
                    "`" + Judge.cut(word.written()) + "` is not constant and may be an option");
        } else if (!reading.unknown.isEmpty()) {
            judge.opaque(
                    job,
                    "`" + Judge.cut(reading.unknown.getFirst().written()) + "` may be an option");
        }
        switch (sub) {
            case "push", "send-pack", "http-push" -> push(job, reading);
            case "add", "stage" -> add(job, reading);
            case "commit" -> commit(job, reading);
            case "checkout" -> checkout(job, reading);
            case "switch" -> switchBranch(job, reading);
            case "restore" -> restore(job, reading);
            case "reset" -> reset(job, reading);
            case "clean" -> clean(job, reading);
            case "stash" -> stash(job, reading);
            case "branch" -> branch(job, reading);
            case "tag" -> tag(job, reading);
            case "config" -> config(job, reading);
            case "rm" -> remove(job, reading);
            case "mv" -> move(job, reading);
            case "merge", "rebase", "cherry-pick", "revert", "am" -> merge(job, sub, reading);
            case "apply" -> apply(job, reading);
            case "fetch", "pull", "clone", "ls-remote" -> remote(job, sub, reading);
            case "remote" -> remotes(job, reading);
            case "symbolic-ref" -> {
                if (reading.positionals.size() < 2 && !reading.has("-d", "--delete")) {
                    readOnly(job, sub, reading);
                } else {
                    write(job, RiskTier.MEDIUM, "moves a reference");
                    movesHead(job, reading);
                    changesTo(last(reading.positionals));
                }
            }
            case "reflog", "worktree", "bisect", "submodule", "notes", "sparse-checkout" ->
                    grouped(job, sub, reading);
            case "update-ref", "prune", "filter-branch", "filter-repo", "replace" -> {
                Draft draft =
                        write(
                                job,
                                RiskTier.HIGH,
                                "rewrites or discards history with `" + sub + "`");
                draft.tag("destructive");
                if (sub.equals("update-ref")) {
                    movesHead(job, reading);
                }
                if (sub.startsWith("filter")) {
                    draft.opaque();
                    for (int i = 1; i + 1 < job.words().size(); i++) {
                        String option = String.valueOf(job.words().get(i).value());
                        String script = job.words().get(i + 1).value();
                        if (option.endsWith("-filter") && script != null) {
                            judge.worst(() -> judge.nested(script, job));
                        }
                    }
                }
            }
            case "gc" -> {
                boolean drops = job.constants().stream().anyMatch(w -> w.startsWith("--prune"));
                write(job, drops ? RiskTier.HIGH : RiskTier.MEDIUM, "tidies the repository");
            }
            case "repack",
                    "maintenance",
                    "rerere",
                    "update-index",
                    "read-tree",
                    "write-tree",
                    "commit-tree",
                    "bundle" -> {
                Draft draft =
                        write(job, RiskTier.MEDIUM, "changes the repository with `" + sub + "`");
                if (sub.equals("update-index")) {
                    stages(job, reading, draft);
                    moved |= has(job, "--index-info") || option(job, "--cacheinfo");
                }
                if (sub.equals("read-tree")) {
                    readsTree(job, reading);
                }
                if (sub.equals("bundle") && job.constants().contains("create")) {
                    bundles(job, reading);
                }
            }
            case "init" -> {
                boolean elsewhere =
                        job.constants().stream().anyMatch(w -> w.startsWith("--separate"));
                // The folder of a repository that is there moves to the new place.
                write(job, elsewhere ? RiskTier.MEDIUM : RiskTier.LOW, "makes a repository");
                reading.positionals.forEach(word -> judge.output(job, word));
                Argument apart = reading.value("--separate-git-dir");
                if (apart != null) {
                    notable(job, Places.Touch.WRITE, apart);
                }
                if (reading.has("--template")) {
                    judge.opaque(job, "hooks come from a template");
                }
                makesRepository(job, reading);
            }
            case "format-patch" -> {
                Argument into = reading.value("-o", "--output-directory");
                if (has(job, "--stdout")) {
                    readOnly(job, sub, reading);
                } else {
                    reading.values("--signature-file", "--description-file")
                            .forEach(word -> judge.file(job, Places.Touch.READ, word, false));
                    if (reading.deeds().contains(Deed.EXEC)) {
                        runsMore(job, sub);
                    }
                    judge.file(
                            job,
                            Places.Touch.WRITE,
                            into == null ? Argument.of(".") : patches(into),
                            false);
                }
            }
            case "difftool" -> difftool(job, reading);
            case "merge-file" -> {
                if (reading.has("-p", "--stdout")) {
                    judge.unproven(job, "git", reading);
                    reading.positionals.forEach(
                            word -> judge.file(job, Places.Touch.READ, word, false));
                } else {
                    judge.generic(job, "git", reading);
                }
            }
            case "checkout-index" -> {
                write(job, RiskTier.HIGH, "throws away changes in the working tree")
                        .tag("destructive");
                if (has(job, "--stdin")) {
                    judge.opaque(job, "`git checkout-index` takes its paths from its input");
                }
                writesFromIndex(job, reading);
            }
            case "cat-file" -> {
                readOnly(job, sub, reading);
                named(job);
            }
            case "hash-object", "fsck" -> {
                readOnly(job, sub, reading);
                if (reading.deeds().contains(Deed.WRITE)) {
                    write(job, RiskTier.LOW, "adds to the repository with `" + sub + "`");
                }
            }
            case "var" -> {
                readOnly(job, sub, reading);
                showsSettings(job, judge.call.drafts.getLast());
            }
            case "credential", "credential-store", "credential-cache" ->
                    judge.secret(job, "shows credentials of `git`", "git");
            case "send-email", "daemon", "instaweb", "svn", "lfs" -> {
                if (sub.equals("lfs") && asksLfs(job)) {
                    return;
                }
                judge.shell(job, RiskTier.HIGH, "`git " + sub + "` uses the network")
                        .tag("network");
                if (sub.equals("send-email")) {
                    reading.positionals.forEach(
                            word -> judge.file(job, Places.Touch.READ, word, false));
                }
            }
            default -> {
                if (reading.tool.base().equals(EnumSet.of(Deed.READ))
                        || reading.tool.base().isEmpty()) {
                    readOnly(job, sub, reading);
                } else {
                    judge.generic(job, "git", reading);
                }
            }
        }
    }

    /** {@code --prefix=DIR/} in front of every file. */
    private void writesFromIndex(Job job, Reading reading) {
        Argument prefix = reading.value("--prefix");
        if (prefix == null) {
            boolean all = hasAfter(job, "checkout-index", 'a') || has(job, "--all");
            reading.positionals.forEach(word -> touched(job, Places.Touch.WRITE, word));
            putsBack(job, all ? List.of() : reading.positionals);
            if (all) {
                wholeTree(job, Places.Touch.WRITE);
            }
            return;
        }
        String start = prefix.value();
        if (reading.positionals.isEmpty() || start == null) {
            judge.output(job, prefix);
        }
        for (Argument word : reading.positionals) {
            judge.output(
                    job,
                    new Argument(
                            start == null || word.value() == null ? null : start + word.value(),
                            word.written(),
                            word.glob(),
                            word.source()));
        }
    }

    /**
     * {@code difftool -x COMMAND}: git runs it with the old content and the file of the working
     * tree, for every file that differs.
     */
    private void difftool(Job job, Reading reading) {
        readOnly(job, "diff", reading);
        List<Argument> commands = reading.values("-x", "--extcmd");
        if (commands.isEmpty()) {
            judge.shell(job, RiskTier.MEDIUM, "`git difftool` may run other programs");
        }
        String files = commands.isEmpty() ? "" : compared(job, reading);
        for (Argument command : commands) {
            String text = command.value();
            if (text == null) {
                judge.opaque(job, "what `git difftool` runs is not constant");
            } else {
                judge.nested(text + " " + files, job);
            }
        }
    }

    /** The files a tool that compares is given, as words of a shell. */
    private String compared(Job job, Reading reading) {
        boolean dashes = has(job, "--");
        List<String> files = new ArrayList<>();
        for (Argument word : dashes ? reading.afterDashes : reading.positionals) {
            String path = word.value();
            if (path != null && (dashes || isFile(job, path))) {
                files.add(CodeCommands.quote(Pathspec.of(path).path()));
            }
        }
        if (files.isEmpty()) {
            files.add("./*");
            changedProtected(job, List.of()).forEach(p -> files.add(CodeCommands.quote(p)));
        }
        return String.join(" ", files);
    }

    /** Objects a sub-command is given by its input and shows. */
    private void named(Job job) {
        boolean shows =
                job.constants().stream()
                        .anyMatch(w ->
                                w.equals("--batch")
                                        || w.startsWith("--batch=")
                                        || w.startsWith("--batch-command"));
        if (!shows) {
            return;
        }
        String input = judge.code().constantInput(job);
        if (input == null) {
            if (!has(job, "--batch-all-objects")) {
                judge.opaque(job, "which objects `git cat-file` shows is not known");
            }
            return;
        }
        for (String line : input.split("[\\s]+", 200)) {
            String path = line.substring(line.indexOf(':') + 1);
            if (isSecret(job, path)) {
                judge.file(job, Places.Touch.READ, Argument.of(path), false);
            }
        }
    }

    private static final Pattern KEPT_SECRET =
            Pattern.compile(
                    "(?i)extraheader\\s*=|(token|password|secret|passwd)\\s*=|://[^/\\s@]+:[^/\\s@]+@"
                            + "|://(gh[a-z]_|github_pat_|glpat-)");

    /** Settings that hold a credential somebody wrote into them. */
    private void showsSettings(Job job, Draft draft) {
        Worktree tree = programs().tree(job.directory()).orElse(null);
        String home = judge.call.paths.home();
        List<String> files = new ArrayList<>(List.of(home + "/.gitconfig"));
        files.add(home + "/.config/git/config");
        if (tree != null) {
            files.add(tree.common() + "/config");
            files.add(tree.git() + "/config.worktree");
        }
        for (String file : files) {
            if (KEPT_SECRET.matcher(judge.call.facts.text(file).orElse("")).find()) {
                draft.atLeast(RiskTier.HIGH).tag("secret");
                draft.summary = draft.summary + ", with a credential in it";
                return;
            }
        }
    }

    /** {@code git bundle create FILE REV…}: whatever stands there may be the file. */
    private void bundles(Job job, Reading reading) {
        int file = 0;
        while (file < reading.positionals.size()
                && "create".equals(reading.positionals.get(file).value())) {
            file++;
        }
        for (int i = file; i < reading.positionals.size(); i++) {
            Argument word = reading.positionals.get(i);
            if (i > file) {
                notable(job, Places.Touch.WRITE, word);
            } else {
                judge.file(job, Places.Touch.WRITE, word, false);
            }
        }
    }

    /** {@code --output FILE}, which every sub-command that shows differences obeys. */
    private void output(Job job) {
        List<Argument> words = job.words();
        for (int i = 1; i < words.size(); i++) {
            Argument word = words.get(i);
            String value = word.value();
            if (value == null) {
                if (word.written().replace("\"", "").startsWith("--o")) {
                    judge.opaque(job, "an option of `git` writes a file that is not known");
                }
                continue;
            }
            if (value.equals("--")) {
                return;
            }
            int equals = value.indexOf('=');
            String name = equals < 0 ? value : value.substring(0, equals);
            if (name.length() > 4 && "--output".startsWith(name)) {
                Argument file =
                        equals >= 0
                                ? new Argument(
                                        value.substring(equals + 1),
                                        word.written(),
                                        false,
                                        word.source())
                                : i + 1 < words.size() ? words.get(i + 1) : Argument.of(".");
                judge.file(job, Places.Touch.WRITE, file, false);
            }
        }
    }

    /** Options that say below which folder, or in which file, a sub-command writes. */
    private static final Map<String, Set<String>> PLACING =
            Map.of(
                    "subtree", Set.of("--prefix", "-P"),
                    "read-tree", Set.of("--prefix"),
                    "credential-store", Set.of("--file"),
                    "repack", Set.of("--expire-to", "--filter-to"));

    private void putsBelow(Job job, String sub) {
        List<Argument> words = job.words();
        boolean packs = sub.equals("pack-objects") || sub.equals("mailinfo");
        Set<String> options = PLACING.getOrDefault(sub, Set.of());
        for (int i = 1; i < words.size() && (packs || !options.isEmpty()); i++) {
            Argument word = words.get(i);
            String value = String.valueOf(word.value());
            int equals = value.indexOf('=');
            Argument place = null;
            if (equals > 0 && options.contains(value.substring(0, equals))) {
                place =
                        new Argument(
                                value.substring(equals + 1), word.written(), false, word.source());
            } else if (options.contains(value) && i + 1 < words.size()) {
                place = words.get(i + 1);
            } else if (packs && !value.startsWith("-") && !value.equals(sub)) {
                place = word;
            }
            if (place != null) {
                notable(job, Places.Touch.WRITE, place);
            }
        }
    }

    private void move(Job job, Reading reading) {
        if (reading.has("-n", "--dry-run")) {
            readOnly(job, "mv", reading);
            return;
        }
        write(job, RiskTier.LOW, "renames files under version control");
        List<Argument> words = reading.positionals;
        if (words.isEmpty()) {
            return;
        }
        Argument target = words.getLast();
        List<Argument> sources = words.subList(0, words.size() - 1);
        for (Argument source : sources) {
            if (isSecret(job, source)) {
                // Its new name no longer tells that it is one.
                judge.file(job, Places.Touch.READ, source, false);
            }
        }
        String to = target.value();
        boolean folder =
                words.size() > 2 || (to != null && (to.endsWith("/") || isFolder(job, to)));
        Map<Argument, Argument> names = new LinkedHashMap<>();
        for (Argument source : sources) {
            Draft left = notable(job, Places.Touch.DELETE, source);
            String from = source.value();
            if (folder && from != null && to != null) {
                String name = Paths.withoutEndingSlashes(from);
                name = name.substring(name.lastIndexOf('/') + 1);
                Argument made =
                        new Argument(
                                Paths.withoutEndingSlashes(to) + "/" + name,
                                target.written(),
                                source.glob() || target.glob(),
                                target.source());
                judge.moved(job, left, made);
                names.put(source, made);
            } else {
                judge.moved(job, left, target);
                names.put(source, target);
            }
        }
        if (folder) {
            notable(job, Places.Touch.WRITE, target);
        }
        names.forEach((source, made) -> leads(job, made, source));
    }

    private void leads(Job job, Argument to, Argument from) {
        Paths paths = judge.call.paths;
        if (!paths.leads(
                paths.place(to, job.directory()), paths.place(from, job.directory()), true)) {
            judge.opaque(job, "more files change their names than are followed");
        }
    }

    /**
     * A file that is written or deleted, left out where that is an everyday matter.
     *
     * @return what was left out, or null
     */
    private @Nullable Draft notable(Job job, Places.Touch touch, Argument word) {
        Draft draft = judge.file(job, touch, word, true);
        RiskTier least = touch == Places.Touch.DELETE ? RiskTier.HIGH : RiskTier.MEDIUM;
        boolean plain =
                draft != null && draft.floor == null && !draft.opaque && !draft.risk.atLeast(least);
        if (plain) {
            judge.call.drafts.remove(draft);
        }
        return plain ? draft : null;
    }

    private boolean isFolder(Job job, String value) {
        String written = judge.call.paths.place(value, false, job.directory()).written();
        return written != null && judge.call.facts.kind(written) == Facts.Kind.DIRECTORY;
    }

    private Draft write(Job job, RiskTier risk, String summary) {
        return git(job, Action.GIT_WRITE, risk, summary);
    }

    /** Whether a letter is an option of the sub-command, not of git before it. */
    private static boolean hasAfter(Job job, String sub, char letter) {
        List<String> words = job.constants();
        for (int i = words.indexOf(sub) + 1; i < words.size(); i++) {
            String word = words.get(i);
            boolean shorts = word.startsWith("-") && !word.startsWith("--");
            if (shorts && word.indexOf(letter) > 0) {
                return true;
            }
        }
        return false;
    }

    private static boolean has(Job job, String... words) {
        for (Argument word : job.words()) {
            for (String wanted : words) {
                if (wanted.equals(word.value())) {
                    return true;
                }
            }
        }
        return false;
    }

    // ---- reading

    private void readOnly(Job job, String sub, Reading reading) {
        if (sub.equals("interpret-trailers") && reading.has("--in-place")) {
            reading.positionals.forEach(word -> judge.file(job, Places.Touch.WRITE, word, false));
            return;
        }
        Draft draft =
                git(job, Action.GIT_READ, RiskTier.NONE, "reads the repository with `" + sub + "`");
        if (!reading.unlisted.isEmpty() && !listedBeyond(sub, reading)) {
            draft.atLeast(RiskTier.MEDIUM);
            draft.summary = "runs `git " + sub + "`: " + reading.unlisted.getFirst();
        }
        for (Reading.Given option : reading.given) {
            if (!showsOnly(reading, option.name())) {
                draft.atLeast(RiskTier.MEDIUM);
                draft.summary =
                        "runs `git " + sub + "`: what `" + option.name() + "` does is not known";
            }
        }
        boolean pages = !has(job, "--no-pager") || runsOwn(reading);
        if ((reading.deeds().contains(Deed.EXEC) || unusual) && pages) {
            draft.atLeast(RiskTier.MEDIUM);
            draft.summary = "`git " + sub + "` runs another program";
        }
        for (Reading.Bound bound : reading.bound) {
            switch (bound.role()) {
                case "write" -> judge.output(job, bound.word());
                case "read" -> judge.file(job, Places.Touch.READ, bound.word(), false);
                case "script" -> judge.script(job, bound.word());
                default -> {}
            }
        }
        lines(job, draft);
        boolean noIndex = has(job, "--no-index");
        boolean namesOnly = namesOnly(job, sub);
        Set<Argument> patterns = patterns(reading);
        Set<Argument> behindDashes = new HashSet<>(reading.afterDashes);
        List<Argument> files = new ArrayList<>();
        List<Argument> fromTop = new ArrayList<>();
        for (Argument word : reading.positionals) {
            String value = word.value();
            if (value == null) {
                continue;
            }
            int colon = value.indexOf(':');
            String path = colon >= 0 ? value.substring(colon + 1) : value;
            if (colon == 0) {
                path = path.replaceFirst("^(\\([^)]*\\)|[/!^]+)", "");
            }
            Argument shown =
                    colon < 0
                            ? word
                            : new Argument(path, word.written(), word.glob(), word.source());
            boolean looks =
                    noIndex
                            || isSecret(job, shown)
                            || (sub.equals("diff") && colon < 0 && liesOutside(job, word));
            if (!patterns.contains(word) && mayBeFile(job, behindDashes, word, path)) {
                files.add(shown);
                if (colon >= 0 && !path.startsWith(".")) {
                    fromTop.add(shown);
                }
            }
            if (looks && !path.isEmpty()) {
                boolean named = namesOnly && colon <= 0;
                judge.file(job, named ? Places.Touch.LOOK : Places.Touch.READ, shown, noIndex);
            }
        }
        if (!namesOnly) {
            draft.perhaps(judge.besides().reads(job, files));
        }
        if (!namesOnly && !fromTop.isEmpty()) {
            // Behind a revision a path counts from the top.
            String root = programs().tree(job.directory()).map(Worktree::root).orElse(null);
            String top = root == null ? judge.call.paths.workspace() : root;
            draft.perhaps(judge.besides().reads(job.in(top), fromTop));
        }
        boolean everything = noIndex || has(job, "--no-exclude-standard");
        if (sub.equals("grep") && everything && job.directory() != null) {
            Paths.Place here = judge.call.paths.place(".", false, job.directory());
            if (judge.call.places.holdsSecret(here, true)) {
                draft.tag("secret").atLeast(RiskTier.HIGH);
                draft.summary = draft.summary + ", secrets that are no part of it too";
            }
        }
        if (sub.equals("archive") && remoteArchive(job)) {
            draft.tag("network").atLeast(RiskTier.HIGH);
            draft.sends = true;
            draft.summary = "asks another repository for an archive";
        }
    }

    /** Whether an option of the sub-command itself runs a program, which is none that pages. */
    private static boolean runsOwn(Reading reading) {
        for (Reading.Given option : reading.given) {
            Tool.Option listed = reading.tool.options().get(option.name());
            if (listed != null && listed.add().contains(Deed.EXEC)) {
                return true;
            }
        }
        return false;
    }

    private static Set<Argument> patterns(Reading reading) {
        Set<Argument> patterns = new HashSet<>();
        for (Reading.Bound bound : reading.bound) {
            if (bound.role().equals("pattern")) {
                patterns.add(bound.word());
            }
        }
        return patterns;
    }

    /** Whether a word names a file of the repository, and is no revision. */
    private boolean mayBeFile(Job job, Set<Argument> behindDashes, Argument word, String path) {
        if (behindDashes.contains(word) || !path.equals(word.value())) {
            return !path.isEmpty();
        }
        String written = judge.call.paths.place(word, job.directory()).written();
        return path.indexOf('/') >= 0
                || path.indexOf('.') >= 0
                || word.glob()
                || (written != null && judge.call.facts.kind(written) != Facts.Kind.MISSING);
    }

    /** Of two paths, one of which lies outside, git shows the difference wherever they are. */
    private boolean liesOutside(Job job, Argument word) {
        Paths.Place place = judge.call.paths.place(word, job.directory());
        return place.written() != null && !place.stream() && place.outside();
    }

    private static boolean remoteArchive(Job job) {
        return job.arguments().stream()
                .anyMatch(w -> w.value() == null || w.value().startsWith("--r"));
    }

    /** Whether an option is listed by the catalogue or only chooses what is shown. */
    private static boolean showsOnly(Reading reading, String option) {
        if (!option.startsWith("--")) {
            return true;
        }
        String name = option.substring(2);
        return Keys.READ.contains(name)
                || (name.startsWith("no-") && Keys.READ.contains(name.substring(3)))
                || reading.tool.options().containsKey(option)
                || reading.tool.valued().contains(option)
                || reading.top.globals().containsKey(option)
                || reading.top.options().containsKey(option);
    }

    /** What is known to show nothing of what is in the files a log is asked about. */
    private static final Pattern LOG_WITHOUT_TEXT =
            Pattern.compile(
                    "--|-[0-9]+|-n[0-9]*|-s"
                            + "|--(max-count|skip|since|until|after|before|author|committer|date"
                            + "|format|pretty|diff-filter|decorate|abbrev)=.*"
                            + "|--(oneline|stat|shortstat|numstat|summary|name-only|name-status"
                            + "|no-patch|follow|all|graph|decorate|reverse|merges|no-merges"
                            + "|first-parent|abbrev-commit|max-count|since|until)");

    /** Whether it tells of the files it is given that they are there, or were changed, and when. */
    private static boolean namesOnly(Job job, String sub) {
        return switch (sub) {
            case "check-ignore", "ls-files" -> true;
            case "status" -> behind(job, sub).noneMatch(w -> w.matches("--v.*|-[A-Za-z]*v.*"));
            case "log" ->
                    !Judge.hasUnknown(job.words())
                            && behind(job, sub)
                                    .filter(w -> w.startsWith("-"))
                                    .allMatch(w -> LOG_WITHOUT_TEXT.matcher(w).matches());
            default -> false;
        };
    }

    /** The constant words behind the sub-command. */
    private static Stream<String> behind(Job job, String sub) {
        return job.constants().stream().dropWhile(w -> !w.equals(sub)).skip(1);
    }

    /** {@code -L RANGE:FILE} and {@code -L :FUNCTION:FILE}, which show what was in a file. */
    private void lines(Job job, Draft draft) {
        List<Argument> words = job.words();
        for (int i = 1; i < words.size(); i++) {
            String value = words.get(i).value();
            if (value == null || !value.startsWith("-L")) {
                continue;
            }
            String range =
                    value.length() > 2
                            ? value.substring(2)
                            : i + 1 < words.size() ? words.get(i + 1).value() : null;
            int colon = range == null ? -1 : range.lastIndexOf(':');
            if (range == null || colon < 0) {
                continue;
            }
            Argument file = Argument.of(range.substring(colon + 1));
            draft.perhaps(judge.besides().reads(job, file));
            if (isSecret(job, range.substring(colon + 1))) {
                judge.file(job, Places.Touch.READ, file, false);
            }
        }
    }

    private static boolean listedBeyond(String sub, Reading reading) {
        return switch (sub) {
            case "reflog" ->
                    reading.unlisted.stream().allMatch(p -> p.contains("` is no sub-command"));
            case "version",
                    "help",
                    "var",
                    "annotate",
                    "whatchanged",
                    "fsck",
                    "hash-object",
                    "archive" ->
                    reading.unlisted.stream().allMatch(p -> p.startsWith("`-"));
            default -> false;
        };
    }

    private boolean isSecret(Job job, Argument word) {
        return word.glob()
                ? judge.call
                        .places
                        .judge(
                                Places.Touch.READ,
                                judge.call.paths.place(word, job.directory()),
                                false)
                        .tags()
                        .contains("secret")
                : isSecret(job, String.valueOf(word.value()));
    }

    private boolean isSecret(Job job, String path) {
        if (path.isEmpty() || path.length() > 300 || job.directory() == null) {
            return false;
        }
        String written = judge.call.paths.place(path, false, job.directory()).written();
        return written != null && judge.call.places.secretFile(written);
    }

    // ---- changing

    /** A file git writes or deletes: only places that matter are judged as by another program. */
    private void touched(Job job, Places.Touch touch, Argument word) {
        touched(job, touch, word, true);
    }

    /**
     * The same of a word that may also name a branch.
     *
     * @param surely whether it is a path
     */
    private void touched(Job outer, Places.Touch touch, Argument given, boolean surely) {
        Job job = outer;
        Argument word = given;
        String spec = given.value();
        if (spec != null && spec.startsWith(":")) {
            Pathspec read = Pathspec.of(spec);
            if (read.leavesOut()) {
                return;
            }
            spec = read.path();
            if (read.top()) {
                Worktree tree = programs().tree(job.directory()).orElse(null);
                job = job.in(tree == null ? judge.call.paths.workspace() : tree.root());
            }
            spec = read.anyCase() ? onDisk(job, spec) : spec;
            word = new Argument(spec, given.written(), given.glob(), given.source());
        }
        if (spec != null && Patterns.isGlob(spec)) {
            // Git matches a pattern in quotes by itself, and its star goes down into folders.
            word = new Argument(spec, given.written(), true, given.source());
            Paths.Place start = judge.call.paths.place(".", false, job.directory());
            if (judge.call.places.holdsProtected(start)) {
                judge.opaque(job, "`" + Judge.cut(spec) + "` may reach hook or policy files");
            }
        }
        Paths.Place place = judge.call.paths.place(word, job.directory());
        if (place.stream()) {
            return;
        }
        if (place.written() == null) {
            judge.file(job, touch, word, true);
            return;
        }
        Places.Verdict verdict = judge.call.places.judge(touch, place, true);
        boolean root = Paths.below(judge.call.paths.workspace(), place.written());
        boolean critical = verdict.risk() == RiskTier.CRITICAL && place.pattern() == null;
        if ((verdict.floor() != null || critical) && !(root && touch == Places.Touch.WRITE)) {
            judge.file(job, touch, word, verdict.floor() != null);
        } else if (surely) {
            changed(job, touch, place);
        }
    }

    /** What git changes by its own leave, so that rules on the path see it. */
    private void changed(Job job, Places.Touch touch, Paths.Place place) {
        judge.changed(job, touch, place, Action.GIT_WRITE);
    }

    /**
     * A path whose letters may be of either case, as the disk spells it; null where several files
     * or none are meant.
     */
    private @Nullable String onDisk(Job job, String spec) {
        String at = judge.call.paths.place(".", false, job.directory()).resolved();
        StringBuilder path = new StringBuilder();
        for (String part : spec.split("/", -1)) {
            String found = part.equals(".") || part.equals("..") ? part : null;
            for (String name :
                    found != null || at == null
                            ? List.<String>of()
                            : judge.call.facts.list(at).orElse(List.of())) {
                if (name.equalsIgnoreCase(part)) {
                    if (found != null) {
                        return null;
                    }
                    found = name;
                }
            }
            if (found == null || at == null) {
                return null;
            }
            at = Paths.normalise(at + "/" + found);
            path.append(path.isEmpty() ? "" : "/").append(found);
        }
        return path.toString();
    }

    /**
     * The paths that words name. Where all of them only leave out, git takes them out of a whole.
     *
     * @param whole the tree, or the folder the sub-command keeps to
     */
    private static List<Argument> pathspecs(List<Argument> words, String whole) {
        return leavesOut(words) ? List.of(Argument.of(whole)) : words;
    }

    /** Whether there are words, and all of them only leave out. */
    private static boolean leavesOut(List<Argument> words) {
        for (Argument word : words) {
            String value = word.value();
            if (value == null || !value.startsWith(":") || !Pathspec.of(value).leavesOut()) {
                return false;
            }
        }
        return !words.isEmpty();
    }

    /** Whether a long option is among the words, with a value attached or not. */
    private static boolean option(Job job, String name) {
        for (Argument word : job.words()) {
            String value = word.value();
            if (value != null && (value.equals(name) || value.startsWith(name + "="))) {
                return true;
            }
        }
        return false;
    }

    /** What makes the present branch another commit: a later step puts its files in place. */
    private void movesHead(Job job, Reading reading) {
        String name = reading.positionals.isEmpty() ? null : reading.positionals.getFirst().value();
        boolean aside =
                name != null && (name.startsWith("refs/tags/") || name.startsWith("refs/remotes/"));
        if (!aside) {
            moved = true;
            replaces(job, List.of());
        }
    }

    /** {@code read-tree}, which fills the index and with {@code -u} the working tree too. */
    private void readsTree(Job job, Reading reading) {
        boolean writes = hasAfter(job, "read-tree", 'u');
        boolean another = !reading.positionals.stream().allMatch(GitCommands::isHead);
        moved |= another;
        if (!writes) {
            return;
        }
        if (has(job, "--reset")) {
            wholeTree(job, Places.Touch.WRITE);
        }
        if (another) {
            replaces(job, List.of());
        } else {
            putsBack(job, List.of());
        }
    }

    private void add(Job job, Reading reading) {
        boolean dry = has(job, "-n", "--dry-run");
        if (dry) {
            readOnly(job, "add", reading);
            return;
        }
        Draft draft = write(job, RiskTier.LOW, "stages changes");
        stages(job, reading, draft);
        for (String problem : reading.unlisted) {
            boolean fine =
                    problem.matches(
                            "`(-A|--all|-u|--update|-v|--verbose|-f|--force|-N|--intent-to-add|--renormalize|--ignore-errors|--no-all|--sparse|-Av|-vA)`.*");
            if (!fine) {
                draft.atLeast(RiskTier.MEDIUM);
            }
        }
        if (reading.has("-p", "-i", "-e")) {
            draft.atLeast(RiskTier.MEDIUM);
        }
    }

    /** A secret that is named is read; one that comes along with others may be pushed later. */
    private void stages(Job job, Reading reading, Draft draft) {
        draft.gathers = true;
        GitStaging staging =
                new GitStaging(
                        judge.call,
                        has(job, "--force", "update-index")
                                || hasAfter(job, "add", 'f')
                                || hasAfter(job, "stage", 'f'));
        Set<String> seen = new HashSet<>();
        for (Argument given : reading.positionals) {
            String spec = given.value();
            boolean magic = spec != null && spec.startsWith(":");
            Argument word =
                    magic && spec != null
                            ? new Argument(
                                    Pathspec.of(spec).path(),
                                    given.written(),
                                    given.glob(),
                                    given.source())
                            : given;
            if (spec != null && (!seen.add(spec) || (magic && Pathspec.of(spec).leavesOut()))) {
                continue;
            }
            draft.stages |= staging.takes(word, job.directory());
            if (staging.names(word, job.directory())) {
                judge.file(job, Places.Touch.READ, word, false);
            }
        }
        if (reading.positionals.isEmpty() && !has(job, "-u", "--update")) {
            draft.stages |= staging.takes(Argument.of("."), job.directory());
        }
    }

    private void commit(Job job, Reading reading) {
        if (reading.has("--dry-run")) {
            readOnly(job, "commit", reading);
            return;
        }
        Draft draft = write(job, RiskTier.MEDIUM, "commits");
        draft.gathers =
                !reading.positionals.isEmpty()
                        || has(job, "--all", "--include", "--only")
                        || hasAfter(job, "commit", 'a');
        message(job, reading);
        if (reading.has("--amend")) {
            draft.summary = "rewrites the last commit";
        }
    }

    /** The file a message is taken from. */
    private void message(Job job, Reading reading) {
        List<Argument> files = reading.values("-F", "--file", "-t", "--template");
        if (files.isEmpty() && has(job, "-F", "--file")) {
            for (int i = 1; i + 1 < job.words().size(); i++) {
                String option = job.words().get(i).value();
                if ("-F".equals(option) || "--file".equals(option)) {
                    files = List.of(job.words().get(i + 1));
                }
            }
        }
        for (Argument file : files) {
            if (!"-".equals(file.value())) {
                judge.file(job, Places.Touch.READ, file, false);
            }
        }
    }

    private boolean isFile(Job job, @Nullable String value) {
        if (value == null || job.directory() == null) {
            return false;
        }
        String written = judge.call.paths.place(value, false, job.directory()).written();
        if (written == null) {
            return false;
        }
        Facts.Kind kind = judge.call.facts.kind(written);
        return kind == Facts.Kind.FILE || kind == Facts.Kind.DIRECTORY;
    }

    private void checkout(Job job, Reading reading) {
        List<Argument> words = reading.positionals;
        boolean ended = has(job, "--");
        boolean behind = ended && !afterDashes(job).isEmpty();
        boolean dashes = behind || has(job, "--pathspec-from-file");
        boolean creates = reading.has("-b", "-B", "--orphan");
        if (!behind) {
            Argument made = reading.value("-b", "-B", "--orphan");
            Argument first = words.isEmpty() ? null : words.getFirst();
            Argument branch = made == null ? first : made;
            if (branch != null && !isFile(job, branch.value())) {
                changesTo(branch);
            }
        }
        boolean forces =
                reading.has("-f", "--force", "-p", "--ours", "--theirs")
                        || has(job, "--ours", "--theirs", "-m", "--merge");
        if (creates && !dashes && !forces) {
            if (reading.has("-B")) {
                write(job, RiskTier.HIGH, "resets a branch");
                replaces(job, List.of());
            } else {
                makesBranch(job, words);
            }
            return;
        }
        boolean paths = dashes || words.size() > 1;
        // With nothing behind the dashes the word in front of them is a branch.
        for (Argument word : ended && !behind ? List.<Argument>of() : words) {
            String value = word.value();
            paths |=
                    value != null
                            && (value.equals(".")
                                    || value.startsWith("./")
                                    || value.startsWith("../")
                                    || value.startsWith(":/")
                                    || value.endsWith("/")
                                    || isFile(job, value)
                                    || word.glob());
        }
        if (paths || forces) {
            write(job, RiskTier.HIGH, "throws away changes in the working tree").tag("destructive");
            boolean whole = forces && !paths;
            putsBack(job, whole ? List.of() : words);
            if (whole) {
                wholeTree(job, Places.Touch.WRITE);
            }
            if (ofAnother(job, words)) {
                replaces(job, whole ? List.of() : words);
            }
        } else {
            write(job, RiskTier.MEDIUM, "changes to another branch or commit");
            replaces(job, List.of());
        }
        for (int i = 0; i < words.size(); i++) {
            Argument word = words.get(i);
            boolean named = paths && (i > 0 || words.size() == 1 || isFile(job, word.value()));
            touched(job, Places.Touch.WRITE, word, named || afterDashes(job, word));
        }
        List<Argument> after = afterDashes(job);
        if (leavesOut(after)) {
            touched(job, Places.Touch.WRITE, Argument.of(":/"));
            putsBack(job, List.of());
        }
    }

    /** The words behind {@code --}. */
    private static List<Argument> afterDashes(Job job) {
        List<Argument> words = job.words();
        for (int i = 0; i < words.size(); i++) {
            if ("--".equals(words.get(i).value())) {
                return words.subList(i + 1, words.size());
            }
        }
        return List.of();
    }

    private static boolean afterDashes(Job job, Argument word) {
        for (Argument other : job.words()) {
            if ("--".equals(other.value())) {
                return other.source().from() < word.source().from();
            }
        }
        return false;
    }

    private static @Nullable Argument last(List<Argument> words) {
        return words.isEmpty() ? null : words.getLast();
    }

    /** A later push of the call that names no branch may mean this one. */
    private void changesTo(@Nullable Argument branch) {
        String name = branch == null ? null : branch.value();
        boolean known =
                name != null
                        && !name.isEmpty()
                        && !name.startsWith("-")
                        && !name.contains("@{")
                        && !name.contains("~")
                        && !name.contains("^");
        changedTo.add(known && name != null ? ofHeads(name) : null);
    }

    /** A branch without the folders of references in front of it, which git completes. */
    private static String ofHeads(String ref) {
        return ref.replaceFirst("^(refs/)?heads/", "");
    }

    private void switchBranch(Job job, Reading reading) {
        Argument made = reading.value("-c", "-C", "--create", "--force-create", "--orphan");
        changesTo(
                made == null && !reading.positionals.isEmpty()
                        ? reading.positionals.getFirst()
                        : made);
        if (reading.has("-f", "--force", "--discard-changes")) {
            write(job, RiskTier.HIGH, "changes the branch and throws away changes")
                    .tag("destructive");
            putsBack(job, List.of());
            wholeTree(job, Places.Touch.WRITE);
            replaces(job, List.of());
        } else if (hasAfter(job, "switch", 'C') || has(job, "--force-create")) {
            write(job, RiskTier.HIGH, "resets a branch").tag("destructive");
            replaces(job, List.of());
        } else if (reading.has("-c", "--create") || has(job, "--orphan")) {
            makesBranch(job, reading.positionals);
        } else {
            write(job, RiskTier.MEDIUM, "changes to another branch");
            replaces(job, List.of());
        }
    }

    /** A branch made here keeps the files as they are; one made elsewhere replaces them all. */
    private void makesBranch(Job job, List<Argument> starts) {
        if (starts.stream().allMatch(GitCommands::isHead)) {
            write(job, RiskTier.LOW, "makes a branch");
        } else {
            write(job, RiskTier.MEDIUM, "makes a branch of other files and changes to it");
            replaces(job, List.of());
        }
    }

    private void restore(Job job, Reading reading) {
        boolean staged = reading.has("-S", "--staged");
        boolean worktree = reading.has("-W", "--worktree");
        if (staged && !worktree && reading.unlisted.isEmpty()) {
            write(job, RiskTier.LOW, "takes changes out of the next commit");
        } else {
            write(job, RiskTier.HIGH, "throws away changes in the working tree").tag("destructive");
            List<Argument> words = pathspecs(reading.positionals, ":/");
            words.forEach(word -> touched(job, Places.Touch.WRITE, word));
            putsBack(job, words);
            if (!reading.values("-s", "--source").stream().allMatch(GitCommands::isHead)) {
                replaces(job, words);
            }
        }
    }

    private void reset(Job job, Reading reading) {
        asksPiece(job, "reset", reading);
        if (reading.has("--hard", "--merge", "--keep")) {
            write(job, RiskTier.HIGH, "throws away changes").tag("destructive");
            if (reading.has("--hard")) {
                putsBack(job, List.of());
                wholeTree(job, Places.Touch.WRITE);
            }
            if (!reading.positionals.stream().allMatch(GitCommands::isHead)) {
                replaces(job, List.of());
            }
        } else if (reading.positionals.isEmpty()
                || reading.positionals.stream()
                        .allMatch(w -> isHead(w) || isFile(job, w.value()))) {
            write(job, RiskTier.LOW, "takes changes out of the next commit");
        } else {
            write(job, RiskTier.MEDIUM, "moves the branch to another commit");
            moved = true;
            if (reading.has("--soft") && !reading.positionals.stream().allMatch(w -> isOwn(w))) {
                // The index stays, so that no later call sees that the branch has other files.
                replaces(job, List.of());
            }
        }
    }

    /** Whether a word names a commit that the present one was made from. */
    private static boolean isOwn(Argument word) {
        String value = word.value();
        return value != null
                && (isHead(word)
                        || value.startsWith("HEAD~")
                        || value.startsWith("HEAD^")
                        || value.startsWith("@~")
                        || value.startsWith("@^"));
    }

    private void clean(Job job, Reading reading) {
        if (reading.has("-n", "--dry-run") || has(job, "-nd", "-dn", "-ndx", "-nxd")) {
            readOnly(job, "clean", reading);
            return;
        }
        write(job, RiskTier.HIGH, "deletes files that are not under version control")
                .tag("destructive");
        List<Argument> named = leavesOut(reading.positionals) ? List.of() : reading.positionals;
        named.forEach(word -> touched(job, Places.Touch.DELETE, word));
        List<Argument> below = named.isEmpty() ? List.of(Argument.of(".")) : named;
        if (named.isEmpty()) {
            wholeTree(job, Places.Touch.DELETE);
        }
        boolean ignored = reading.has("-x", "-X");
        below.forEach(word -> cleansProtected(job, word, ignored));
    }

    /**
     * Hook and policy files below a folder that git does not keep, so that it would delete them.
     */
    private void cleansProtected(Job job, Argument word, boolean ignored) {
        String folder = judge.call.paths.place(word, job.directory()).resolved();
        Facts facts = judge.call.facts;
        Worktree tree = folder == null ? null : Worktree.at(facts, folder).orElse(null);
        if (tree == null || folder == null || !Paths.below(folder, tree.root())) {
            return;
        }
        GitIndex index = tree.index(facts).orElse(null);
        int root = tree.root().equals("/") ? 1 : tree.root().length() + 1;
        Optional<List<String>> found =
                (ignored ? protectedBelow : protectedAndKeptBelow)
                        .computeIfAbsent(
                                folder,
                                f ->
                                        judge.call.places.protectedBelow(
                                                f,
                                                path ->
                                                        !ignored
                                                                && GitIgnore.ignores(
                                                                        facts,
                                                                        tree,
                                                                        path.substring(root),
                                                                        true)));
        if (found.isEmpty()) {
            judge.opaque(job, "there is too much below to see whether hook files are taken away");
        }
        List<String> all = new ArrayList<>(found.orElse(List.of()));
        if (!folder.equals(tree.root())) {
            protectedIn(folder, root).stream().filter(p -> !all.contains(p)).forEach(all::add);
        }
        for (String path : all) {
            String relative = path.substring(root);
            boolean kept =
                    index != null
                            && (index.tracks(relative)
                                    || (!ignored
                                            && GitIgnore.ignores(facts, tree, relative, false)));
            if (!kept) {
                judge.file(job, Places.Touch.DELETE, Argument.of(path), false);
            }
        }
    }

    /** What lies in a folder that is itself a part of one of hook or policy files. */
    private List<String> protectedIn(String folder, int root) {
        List<String> found = new ArrayList<>();
        for (String name : judge.call.facts.list(folder).orElse(List.of())) {
            String path = folder + "/" + name;
            String relative = LowerCase.of(path.substring(root));
            if (Places.isProtected(relative) || Places.isProtected(relative + "/x")) {
                found.add(path);
            }
        }
        return found;
    }

    /**
     * Hook and policy files below a folder whose content on the disk is not the one git keeps, so
     * that putting the working tree back changes them.
     */
    private List<String> changedProtected(Job job, List<Argument> words) {
        List<String> changed = new ArrayList<>();
        Facts facts = judge.call.facts;
        Worktree tree = programs().tree(job.directory()).orElse(null);
        GitIndex index = tree == null ? null : tree.index(facts).orElse(null);
        if (tree == null || index == null) {
            return changed;
        }
        List<String> kept = index.tracked(Places::isProtected);
        if (kept.isEmpty()) {
            return changed;
        }
        Set<Spec> specs = specs(job, words, tree);
        for (String relative : kept) {
            String path = (tree.root().equals("/") ? "" : tree.root()) + "/" + relative;
            boolean differs =
                    facts.text(path).map(text -> index.differs(relative, text)).orElse(false);
            if (differs && specs.stream().anyMatch(spec -> spec.holds(path))) {
                changed.add(path);
            }
        }
        return changed;
    }

    /**
     * What puts files of another commit into the working tree: over a hook or policy file that git
     * keeps, nobody knows with which content.
     *
     * @param words the pathspecs that it keeps to, or none
     */
    private void replaces(Job job, List<Argument> words) {
        Worktree tree = programs().tree(job.directory()).orElse(null);
        GitIndex index = tree == null ? null : tree.index(judge.call.facts).orElse(null);
        List<String> kept = index == null ? List.of() : index.tracked(Places::isProtected);
        if (tree == null || kept.isEmpty()) {
            return;
        }
        String root = tree.root().equals("/") ? "" : tree.root();
        Set<Spec> specs = specs(job, words, tree);
        for (String relative : kept) {
            if (specs.stream().anyMatch(spec -> spec.holds(root + "/" + relative))) {
                write(
                                job,
                                RiskTier.HIGH,
                                "may replace `" + Judge.cut(relative) + "`, which clients obey")
                        .opaque();
                return;
            }
        }
    }

    /** Whether the first word of {@code checkout} may be a commit other than the present one. */
    private boolean ofAnother(Job job, List<Argument> words) {
        if (words.isEmpty() || isHead(words.getFirst())) {
            return false;
        }
        Argument first = words.getFirst();
        for (Argument word : job.arguments()) {
            if ("--".equals(word.value())) {
                return false;
            }
            if (word.equals(first)) {
                break;
            }
        }
        String value = first.value();
        boolean path = value != null && (value.startsWith(".") || value.startsWith(":/"));
        return !path && !first.glob() && (has(job, "--") || !isFile(job, value));
    }

    private static boolean isHead(Argument word) {
        return "HEAD".equals(word.value()) || "@".equals(word.value());
    }

    /**
     * What a pathspec names.
     *
     * @param folder where that is
     * @param pattern the whole as git matches it, its star going down into folders, or null
     */
    private record Spec(String folder, @Nullable String pattern) {
        boolean holds(String path) {
            return Paths.below(path, folder) && meets(path);
        }

        private boolean meets(String path) {
            if (pattern == null) {
                return true;
            }
            String wanted = LowerCase.of(pattern);
            String lower = LowerCase.of(path);
            return Patterns.glob(wanted, lower) || Paths.below(lower, wanted);
        }
    }

    /** The places that pathspecs name; without one, the whole working tree. */
    private Set<Spec> specs(Job job, List<Argument> words, Worktree tree) {
        Set<Spec> specs = new LinkedHashSet<>();
        for (Argument word : pathspecs(words, ":/")) {
            String value = word.value();
            Pathspec read = Pathspec.of(value == null ? "." : value);
            Job from = read.top() ? job.in(tree.root()) : job;
            boolean glob = Patterns.isGlob(read.path()) || read.anyCase();
            String plain =
                    read.anyCase()
                            ? ""
                            : glob ? read.path().replaceFirst("[^/]*[*?\\[].*", "") : read.path();
            String folder =
                    judge.call
                            .paths
                            .place(plain.isEmpty() ? "." : plain, false, from.directory())
                            .resolved();
            if (!read.leavesOut() && folder != null && Paths.below(folder, tree.root())) {
                String rest = read.path().substring(glob ? plain.length() : 0);
                specs.add(new Spec(folder, glob ? folder + "/" + rest : null));
            }
        }
        return words.isEmpty() ? Set.of(new Spec(tree.root(), null)) : specs;
    }

    /** What is put back as git keeps it, where that changes a protected file. */
    private void putsBack(Job job, List<Argument> words) {
        for (String path : changedProtected(job, words)) {
            judge.file(job, Places.Touch.WRITE, Argument.of(path), false);
        }
        if (moved) {
            replaces(job, words);
        }
    }

    /**
     * The whole of a tree that is overwritten or cleaned: as by any program where that is the
     * machine's or a home, else so that rules on paths see it.
     */
    private void wholeTree(Job job, Places.Touch touch) {
        Worktree tree = programs().tree(job.directory()).orElse(null);
        boolean below = touch == Places.Touch.DELETE || tree == null;
        Argument all =
                Argument.of(chosen != null ? chosen : below || tree == null ? "." : tree.root());
        Paths.Place place = judge.call.paths.place(all, job.directory());
        if (place.written() == null) {
            return;
        }
        if (judge.call.places.judge(touch, place, true).risk() == RiskTier.CRITICAL) {
            judge.file(job, touch, all, true);
        } else {
            changed(job, touch, place);
        }
    }

    /** {@code --patch} asks a person about each piece. */
    private void asksPiece(Job job, String sub, Reading reading) {
        boolean asks =
                hasAfter(job, sub, 'p')
                        || reading.has("-p")
                        || job.constants().stream().anyMatch(w -> w.matches("--pat?c?h?"));
        if (asks) {
            judge.shell(job, RiskTier.MEDIUM, "`git " + sub + "` waits for a person");
        }
    }

    private void stash(Job job, Reading reading) {
        String action = reading.path.size() > 1 ? reading.path.get(1) : "push";
        switch (action) {
            case "list", "show" -> readOnly(job, "stash " + action, reading);
            case "push", "save", "create", "store" -> {
                if (reading.path.size() == 1 && !reading.positionals.isEmpty()) {
                    judge.opaque(job, "`git stash` with a word it does not know");
                } else {
                    write(job, RiskTier.LOW, "puts changes aside");
                    asksPiece(job, "stash", reading);
                    boolean message = action.equals("save");
                    reading.positionals.forEach(
                            word -> touched(job, Places.Touch.WRITE, word, !message));
                    if (!action.equals("create") && !action.equals("store")) {
                        stashed(job, reading);
                    }
                }
            }
            case "drop", "clear" ->
                    write(job, RiskTier.HIGH, "throws away stashed changes").tag("destructive");
            default -> {
                write(job, RiskTier.MEDIUM, "brings back stashed changes");
                replaces(job, List.of());
            }
        }
    }

    private void stashed(Job job, Reading reading) {
        // The words behind `save` are a message.
        boolean saves = reading.path.contains("save");
        List<Argument> paths = saves ? List.of() : reading.positionals;
        if (!has(job, "-S", "--staged")) {
            putsBack(job, paths);
        }
        boolean all = hasAfter(job, "stash", 'a') || has(job, "--all");
        if (!all && !hasAfter(job, "stash", 'u') && !has(job, "--include-untracked")) {
            return;
        }
        Worktree tree = programs().tree(job.directory()).orElse(null);
        if (paths.isEmpty()) {
            Job top = tree == null ? job : job.in(tree.root());
            cleansProtected(top, Argument.of("."), all);
        }
        paths.forEach(word -> cleansProtected(job, word, all));
    }

    /** By their beginnings as well. */
    private static final Pattern RENAMES = Pattern.compile("--(mo|cop|de)[a-z]*");

    private void branch(Job job, Reading reading) {
        if (reading.has("-D", "-f", "--force", "-M")
                || hasAfter(job, "branch", 'C')
                || (reading.has("-d", "--delete") && reading.has("-f", "--force"))) {
            write(job, RiskTier.HIGH, "discards or overwrites a branch").tag("destructive");
            renames(job, reading);
        } else if (reading.has("-d", "--delete", "-m", "-c", "--move", "--copy")
                || job.constants().stream().anyMatch(word -> RENAMES.matcher(word).matches())) {
            write(job, RiskTier.MEDIUM, "renames or deletes a branch");
            renames(job, reading);
        } else if (reading.has("--edit-description")) {
            write(job, RiskTier.LOW, "describes a branch");
            runsMore(job, "branch");
        } else if (reading.has("-u", "--set-upstream-to", "--unset-upstream")) {
            write(job, RiskTier.LOW, "sets what a branch follows");
        } else if (reading.positionals.isEmpty()
                || reading.has(
                        "-a",
                        "-r",
                        "-v",
                        "-vv",
                        "--list",
                        "-l",
                        "--contains",
                        "--no-contains",
                        "--merged",
                        "--no-merged",
                        "--points-at",
                        "--show-current")) {
            boolean shown =
                    reading.unlisted.stream()
                            .allMatch(p ->
                                    p.startsWith("`--co")
                                            || p.startsWith("`-q")
                                            || p.startsWith("`--ignore")
                                            || p.startsWith("`--abbrev")
                                            || p.startsWith("`--all")
                                            || p.startsWith("`--remotes")
                                            || p.startsWith("`--verbose")
                                            || p.startsWith("`--no-co"));
            Draft draft = git(job, Action.GIT_READ, RiskTier.NONE, "lists branches");
            if (!shown) {
                draft.atLeast(RiskTier.MEDIUM);
            }
        } else {
            write(job, RiskTier.LOW, "makes a branch");
        }
    }

    /** An editor, or whatever else the configuration names. */
    private void runsMore(Job job, String sub) {
        judge.shell(job, RiskTier.MEDIUM, "`git " + sub + "` may run other programs");
    }

    /** {@code git branch -m [OLD] NEW}: the present branch may be the one that is renamed. */
    private void renames(Job job, Reading reading) {
        if (reading.has("-m", "-M", "--move") || has(job, "--move")) {
            changesTo(last(reading.positionals));
        }
    }

    private void tag(Job job, Reading reading) {
        if (reading.has("-d", "--delete", "-f", "--force")) {
            write(job, RiskTier.HIGH, "deletes or moves a tag").tag("destructive");
        } else if (!reading.deeds().contains(Deed.WRITE) || reading.positionals.isEmpty()) {
            git(job, Action.GIT_READ, RiskTier.NONE, "lists tags");
        } else {
            message(job, reading);
            write(job, RiskTier.MEDIUM, "makes a tag");
        }
    }

    private void config(Job job, Reading reading) {
        List<Argument> words = reading.positionals;
        String action = reading.path.size() > 1 ? reading.path.get(1) : "";
        boolean wide = has(job, "--global", "--system");
        boolean reads =
                action.equals("get")
                        || action.equals("list")
                        || reading.has(
                                "--get",
                                "--get-all",
                                "--get-regexp",
                                "--get-urlmatch",
                                "-l",
                                "--list",
                                "--get-color")
                        || (action.isEmpty()
                                && words.size() == 1
                                && !reading.has(
                                        "--unset",
                                        "--unset-all",
                                        "--remove-section",
                                        "-e",
                                        "--edit"));
        if (reads && words.size() < 3) {
            Draft draft =
                    git(job, Action.GIT_READ, RiskTier.NONE, "reads the configuration of `git`");
            Argument file = reading.value("-f", "--file");
            if (file != null) {
                judge.file(job, Places.Touch.READ, file, false);
            }
            String key = words.isEmpty() ? "" : String.valueOf(words.getFirst().value());
            if (key.contains("credential")
                    || LowerCase.of(key).contains("extraheader")
                    || LowerCase.of(key).matches(".*(token|pass|secret|apikey).*")) {
                draft.atLeast(RiskTier.HIGH).tag("secret");
            }
            boolean all = words.isEmpty() || reading.has("--get-regexp") || key.endsWith("url");
            if (all && file == null && !reading.has("--blob")) {
                showsSettings(job, draft);
            }
            Argument blob = reading.value("--blob");
            String object = blob == null ? null : blob.value();
            if (object != null && isSecret(job, object.substring(object.indexOf(':') + 1))) {
                Argument path = Argument.of(object.substring(object.indexOf(':') + 1));
                judge.file(job, Places.Touch.READ, path, false);
            }
            return;
        }
        String key = words.isEmpty() ? null : words.getFirst().value();
        if (key == null) {
            write(job, RiskTier.HIGH, "changes the configuration of `git`").opaque();
            return;
        }
        boolean program = runsProgram(LowerCase.of(key));
        boolean forces = words.size() > 1 && forces(LowerCase.of(key), words.get(1).value());
        forcesLater |= forces;
        names(words);
        Draft draft =
                write(
                        job,
                        program || wide || forces ? RiskTier.HIGH : RiskTier.MEDIUM,
                        program
                                ? "sets `" + key + "`, which makes `git` run a program"
                                : forces
                                        ? "sets `" + key + "`, which makes pushes forced"
                                        : "sets `" + key + "`");
        draft.perhaps(judge.besides().hosts(job));
        if (wide) {
            draft.tag("escape");
        }
        Argument file = reading.value("-f", "--file");
        if (file != null) {
            judge.file(job, Places.Touch.WRITE, file, false);
        }
    }

    private static final String TREE = "core.worktree";
    private static final int MOST_TREES = 8;

    /** What {@code git config} makes of later commands: by aliases, by another working tree. */
    private void names(List<Argument> words) {
        for (int i = 0; i + 1 < words.size(); i++) {
            String key = LowerCase.of(String.valueOf(words.get(i).value()));
            String meaning = words.get(i + 1).value();
            if (key.equals(TREE) && meaning != null) {
                namedLater.add(meaning);
            }
            steersLater |= steers(key, meaning);
            if (key.startsWith("alias.") && meaning != null) {
                aliases.computeIfAbsent(key.substring(6), _ -> new LinkedHashSet<>()).add(meaning);
            }
        }
    }

    private void remove(Job job, Reading reading) {
        if (reading.has("-n", "--dry-run")) {
            readOnly(job, "rm", reading);
            return;
        }
        boolean cached =
                reading.has("--cached")
                        && job.constants().stream().noneMatch(w -> w.startsWith("--no-c"));
        write(
                job,
                cached ? RiskTier.LOW : RiskTier.MEDIUM,
                cached ? "stops tracking files" : "deletes files under version control");
        if (!cached) {
            List<Argument> words = pathspecs(reading.positionals, ".");
            int before = judge.call.drafts.size();
            words.forEach(word -> touched(job, Places.Touch.DELETE, word));
            keptProtected(job, words, before);
        }
    }

    /** Hook and policy files git keeps that pathspecs mean without naming them. */
    private void keptProtected(Job job, List<Argument> words, int before) {
        for (Draft draft : judge.call.drafts.subList(before, judge.call.drafts.size())) {
            if (draft.floor != null) {
                return;
            }
        }
        Worktree tree = programs().tree(job.directory()).orElse(null);
        GitIndex index = tree == null ? null : tree.index(judge.call.facts).orElse(null);
        List<String> kept = index == null ? List.of() : index.tracked(Places::isProtected);
        if (tree == null || kept.isEmpty()) {
            return;
        }
        String root = tree.root().equals("/") ? "" : tree.root();
        Set<Spec> specs = specs(job, words, tree);
        for (String relative : kept) {
            String path = root + "/" + relative;
            if (specs.stream().anyMatch(spec -> spec.holds(path))) {
                judge.file(job, Places.Touch.DELETE, Argument.of(path), false);
            }
        }
    }

    private void merge(Job job, String sub, Reading reading) {
        for (Argument script : reading.values("-x", "--exec")) {
            if (sub.equals("rebase")) {
                judge.script(job, script);
            }
        }
        if (sub.equals("am") && !goesOn(job)) {
            patches(job, reading);
        }
        boolean discards = has(job, "--abort", "--quit", "--skip");
        Draft draft =
                write(
                        job,
                        discards ? RiskTier.HIGH : RiskTier.MEDIUM,
                        discards ? "gives up a " + sub : "changes history with `" + sub + "`");
        if (discards) {
            draft.tag("destructive");
        }
        replaces(job, List.of());
    }

    private void apply(Job job, Reading reading) {
        if (!reading.deeds().contains(Deed.WRITE)) {
            readOnly(job, "apply", reading);
            return;
        }
        write(job, RiskTier.MEDIUM, "applies a patch");
        patches(job, reading);
        if (reading.has("--unsafe-paths")) {
            judge.shell(job, RiskTier.HIGH, "writes wherever the patch says").tag("escape");
        }
    }

    /** The files a patch names, below the folder that {@code --directory} puts in front. */
    private void changed(Job job, List<PatchText.Change> changes, Reading reading) {
        Argument prefix = reading.value("--directory");
        for (PatchText.Change change : changes) {
            String path = prefix == null ? change.path() : prefix.value() + "/" + change.path();
            if (change.from() != null) {
                String from = prefix == null ? change.from() : prefix.value() + "/" + change.from();
                touched(job, Places.Touch.WRITE, Argument.of(from));
            }
            touched(
                    job,
                    change.deletes() ? Places.Touch.DELETE : Places.Touch.WRITE,
                    Argument.of(path));
        }
    }

    private static boolean goesOn(Job job) {
        return has(
                job,
                "--continue",
                "-r",
                "--resolved",
                "--skip",
                "--abort",
                "--quit",
                "--retry",
                "--allow-empty",
                "--show-current-patch");
    }

    /** What the patches change that a command names or reads. */
    private void patches(Job job, Reading reading) {
        boolean reads = reading.positionals.isEmpty();
        for (Argument word : reading.positionals) {
            if ("-".equals(word.value())) {
                reads = true;
            } else {
                judge.file(job, Places.Touch.READ, word, false);
                patchFile(job, word, reading);
            }
        }
        if (!reads) {
            return;
        }
        switch (job.input()) {
            case Invocation.Input.Text text -> patch(job, text.value(), "it is given", reading);
            case Invocation.Input.File file -> patchFile(job, file.target(), reading);
            case Invocation.Input.Pipe _, Invocation.Input.Inherited _ ->
                    patch(job, null, "it reads from its input", reading);
        }
    }

    /** The same of one in a file; what cannot be read may change anything. */
    private void patchFile(Job job, Argument word, Reading reading) {
        String path = judge.call.paths.place(word, job.directory()).resolved();
        String text = path == null ? null : judge.call.facts.text(path).orElse(null);
        patch(job, text, "`" + Judge.cut(word.written()) + "`", reading);
    }

    private void patch(Job job, @Nullable String text, String which, Reading reading) {
        int began = judge.call.drafts.size();
        List<PatchText.Change> changes = text == null ? List.of() : PatchText.changes(text);
        changed(job, changes, reading);
        if (changes.isEmpty()) {
            judge.opaque(job, "the patch " + which + " cannot be read");
            Argument into = reading.value("--directory");
            if (into != null) {
                notable(job, Places.Touch.WRITE, into);
            }
            return;
        }
        if (cutsNames(job, String.valueOf(text))) {
            judge.opaque(job, "the names in the patch " + which + " are cut in another way");
        }
        int named = judge.call.drafts.size();
        cutNames(job, String.valueOf(text), reading);
        judge.dropCovered(began, named);
    }

    /**
     * What is in a patch nobody committed: files that are worse to write than others count as such.
     */
    private void cutNames(Job job, String text, Reading reading) {
        Argument prefix = reading.value("--directory");
        String given = cutParts(job);
        String parts = given == null ? "1" : given;
        if (!parts.matches("[0-9]{1,3}")) {
            return;
        }
        for (String name : PatchText.names(text, Integer.parseInt(parts))) {
            String path = prefix == null ? name : prefix.value() + "/" + name;
            judge.beside(job, Argument.of(path));
        }
    }

    /** {@code -pN}: whether other parts are cut off the names than one that git put there. */
    private static boolean cutsNames(Job job, String text) {
        String parts = cutParts(job);
        boolean asTheyAre = "0".equals(parts) && !text.contains("+++ b/");
        return parts != null && !parts.equals("1") && !asTheyAre;
    }

    /** What {@code -p} is given, or null when it does not stand there. */
    private static @Nullable String cutParts(Job job) {
        List<String> words = job.constants();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.startsWith("-p") && word.length() < 5) {
                return word.length() > 2
                        ? word.substring(2)
                        : i + 1 < words.size() ? words.get(i + 1) : "";
            }
        }
        return null;
    }

    /** The files a sub-command makes up names for in a folder. */
    private static Argument patches(Argument folder) {
        String value = folder.value();
        return value == null
                ? folder
                : new Argument(value + "/*.patch", folder.written(), true, folder.source());
    }

    // ---- remotes

    private void remote(Job job, String sub, Reading reading) {
        List<Argument> words = reading.positionals;
        for (Argument script : reading.values("--upload-pack", "--exec", "-u")) {
            if (sub.equals("clone") || !reading.has("-u")) {
                judge.script(job, script);
                judge.shell(job, RiskTier.MEDIUM, "`git` runs another program");
            }
        }
        String url = words.isEmpty() ? null : words.getFirst().value();
        if (url != null && (url.startsWith("ext::") || url.startsWith("fd::"))) {
            judge.nested(url.substring(url.indexOf("::") + 2), job);
            judge.shell(job, RiskTier.CRITICAL, "the address runs a command").opaque();
        }
        boolean address = url != null && (url.contains("://") || url.matches("[^/]+@[^/]+:.*"));
        Resource.Repository repository = new Resource.Repository(url, null);
        Draft draft =
                judge.add(
                        job,
                        sub.equals("ls-remote") ? Action.GIT_READ : Action.GIT_WRITE,
                        repository,
                        RiskTier.MEDIUM,
                        switch (sub) {
                            case "clone" -> "clones a repository";
                            case "pull" -> "fetches and merges";
                            case "ls-remote" -> "asks a remote";
                            default -> "fetches from a remote";
                        });
        draft.tag("network");
        draft.sends = judge.hasUnknown(job);
        draft.sendsUnknown = draft.sends;
        if (address && judge.call.network.target(url).own()) {
            draft.floor("Countersign's own address is out of reach for agents");
        }
        if (!words.isEmpty() && url == null) {
            draft.opaque();
        }
        if (reading.has("-f", "--force")) {
            draft.atLeast(RiskTier.HIGH).tag("destructive");
        }
        if (sub.equals("pull")) {
            replaces(job, List.of());
        }
        if (sub.equals("clone")) {
            clones(job, url, words);
            if (reading.has("-c", "--config", "--template")) {
                judge.opaque(job, "settings of the clone may run programs");
            }
            if (words.size() > 1) {
                judge.file(job, Places.Touch.WRITE, words.get(1), true);
            } else if (isOutside(job.directory())) {
                judge.here(job, Places.Touch.WRITE, "makes a clone");
            }
        }
    }

    /** The folder a clone makes holds what the network sent. */
    private void clones(Job job, @Nullable String url, List<Argument> words) {
        if (url == null || words.size() > 2) {
            return;
        }
        String name = Paths.withoutEndingSlashes(url).replaceFirst("(/\\.git|\\.git)$", "");
        Argument folder =
                words.size() > 1
                        ? words.get(1)
                        : Argument.of(
                                name.substring(
                                        Math.max(name.lastIndexOf('/'), name.lastIndexOf(':'))
                                                + 1));
        judge.call.brings(judge.call.paths.place(folder, job.directory()), true);
    }

    private void remotes(Job job, Reading reading) {
        String action = reading.path.size() > 1 ? reading.path.get(1) : "";
        switch (action) {
            case "" -> {
                if (!reading.positionals.isEmpty()) {
                    write(job, RiskTier.MEDIUM, "changes the list of remotes");
                    return;
                }
                Draft draft = git(job, Action.GIT_READ, RiskTier.NONE, "lists remotes");
                if (has(job, "-v", "--verbose")) {
                    showsAddresses(job, draft);
                }
            }
            case "get-url" ->
                    showsAddresses(
                            job,
                            git(
                                    job,
                                    Action.GIT_READ,
                                    RiskTier.NONE,
                                    "reads the address of a remote"));
            case "show", "update", "prune" -> {
                if (action.equals("show") && has(job, "-n")) {
                    git(job, Action.GIT_READ, RiskTier.NONE, "shows what is known of a remote");
                } else {
                    git(job, Action.GIT_READ, RiskTier.MEDIUM, "asks a remote").tag("network");
                }
            }
            case "set-url", "add" -> {
                write(job, RiskTier.HIGH, "sets where later pushes and fetches go")
                        .perhaps(judge.besides().hosts(job));
                forcesLater |= has(job, "--mirror", "--mirror=push");
            }
            default -> write(job, RiskTier.MEDIUM, "changes the list of remotes");
        }
    }

    private static final Pattern SECRET_ADDRESS =
            Pattern.compile("://[^/\\s@]+:[^/\\s@]+@|://(gh[a-z]_|github_pat_|glpat-)");

    /** Addresses of remotes, into which somebody may have written a password. */
    private void showsAddresses(Job job, Draft draft) {
        Worktree tree = programs().tree(job.directory()).orElse(null);
        String text =
                tree == null ? "" : judge.call.facts.text(tree.common() + "/config").orElse("");
        if (SECRET_ADDRESS.matcher(text).find()) {
            draft.atLeast(RiskTier.HIGH).tag("secret");
            draft.summary = draft.summary + ", with a password in it";
        }
    }

    /** {@code git lfs track PATTERN} writes the pattern down. */
    private void attributes(Job job, Reading lfs) {
        boolean tracks = lfs.path.contains("track") || lfs.path.contains("untrack");
        if (tracks && !lfs.positionals.isEmpty()) {
            judge.file(job, Places.Touch.WRITE, Argument.of(".gitattributes"), false);
        }
    }

    /** Judges a sub-command of {@code git lfs} that only looks, and says whether it is one. */
    private boolean asksLfs(Job job) {
        int at = 0;
        while (at < job.words().size() && !"lfs".equals(job.words().get(at).value())) {
            at++;
        }
        List<Argument> rest =
                job.words().subList(Math.min(at + 1, job.words().size()), job.words().size());
        Reading asked = Reading.of(judge.catalogue.tool("git-lfs").orElseThrow(), rest);
        attributes(job, asked);
        boolean looks =
                !asked.path.isEmpty()
                        && asked.deeds().equals(EnumSet.of(Deed.READ))
                        && asked.proven();
        if (looks) {
            String what = "reads the repository with `lfs " + asked.path.getFirst() + "`";
            git(job, Action.GIT_READ, RiskTier.NONE, what);
        }
        return looks;
    }

    private static boolean startsWithOption(Job job, String action) {
        return behind(job, action).findFirst().orElse("").startsWith("-");
    }

    private void grouped(Job job, String sub, Reading reading) {
        if (sub.equals("notes")) {
            message(job, reading);
        }
        String action = reading.path.size() > 1 ? reading.path.get(1) : "";
        String name = sub + (action.isEmpty() ? "" : " " + action);
        boolean strange = sub.equals("submodule") || sub.equals("notes");
        if (action.isEmpty() && strange && !reading.positionals.isEmpty()) {
            name = sub + " " + Judge.cut(reading.positionals.getFirst().written());
        }
        switch (name) {
            case "reflog", "reflog show" -> readOnly(job, name, reading);
            case "bisect view", "bisect visualize" -> {
                readOnly(job, name, reading);
                if (!startsWithOption(job, action)) {
                    // Without an option it is gitk where there is a screen, or what the word names.
                    runsMore(job, name);
                }
            }
            case "reflog list",
                    "reflog exists",
                    "worktree list",
                    "bisect log",
                    "submodule",
                    "submodule status",
                    "submodule summary",
                    "notes list",
                    "notes show",
                    "notes",
                    "sparse-checkout list" ->
                    git(
                            job,
                            Action.GIT_READ,
                            RiskTier.NONE,
                            "reads the repository with `" + name + "`");
            case "reflog expire", "reflog delete", "reflog drop" ->
                    write(job, RiskTier.HIGH, "discards history").tag("destructive");
            case "worktree add" -> {
                write(job, RiskTier.MEDIUM, "makes another working tree");
                if (!reading.positionals.isEmpty()) {
                    judge.file(job, Places.Touch.WRITE, reading.positionals.getFirst(), true);
                }
            }
            case "worktree remove" -> {
                boolean forced = has(job, "-f", "--force");
                write(job, forced ? RiskTier.HIGH : RiskTier.MEDIUM, "removes a working tree");
                for (Argument word : reading.positionals) {
                    judge.file(job, Places.Touch.DELETE, word, true);
                }
            }
            case "worktree move" -> {
                write(job, RiskTier.MEDIUM, "moves a working tree");
                List<Argument> words = reading.positionals;
                if (words.size() > 1) {
                    Draft left = judge.file(job, Places.Touch.DELETE, words.getFirst(), true);
                    judge.moved(job, left, words.get(1));
                }
            }
            case "bisect run" -> {
                write(job, RiskTier.MEDIUM, "tests commits one after another");
                replaces(job, List.of());
                if (!reading.command.isEmpty()) {
                    judge.command(job.inner(reading.command, Judge.before(job, reading.command)));
                }
            }
            case "submodule foreach" -> {
                write(job, RiskTier.MEDIUM, "runs a command in every submodule");
                List<Argument> words = new ArrayList<>(reading.positionals);
                if (words.size() == 1) {
                    judge.script(job, words.getFirst());
                } else if (!words.isEmpty()) {
                    judge.wrappers().joined(job, words);
                }
            }
            case "submodule update", "submodule add" -> {
                write(job, RiskTier.MEDIUM, "fetches submodules").tag("network");
                List<Argument> words = reading.positionals;
                if (name.endsWith("add") && words.size() > 1) {
                    notable(job, Places.Touch.WRITE, words.getLast());
                }
            }
            default -> {
                Draft draft =
                        write(job, RiskTier.MEDIUM, "changes the repository with `" + name + "`");
                if (!reading.unlisted.isEmpty()
                        && reading.path.size() < 2
                        && !reading.positionals.isEmpty()) {
                    draft.opaque();
                }
                boolean begins = name.equals("bisect start");
                if (sub.equals("bisect") && (!begins || reading.positionals.size() > 1)) {
                    replaces(job, List.of());
                }
            }
        }
    }

    // ---- push

    /** Whether a setting makes a push that names no branch rewrite or delete what is there. */
    static boolean forces(String key, @Nullable String value) {
        if (!key.startsWith("remote.")) {
            return false;
        }
        if (key.endsWith(".push")) {
            return value == null || value.startsWith("+") || value.startsWith(":");
        }
        return key.endsWith(".mirror") && !isOff(value);
    }

    /** Whether a setting may send a push elsewhere than to the branch of the same name. */
    private static boolean steers(String key, @Nullable String value) {
        if (key.equals("push.default")) {
            return value == null
                    || switch (LowerCase.of(value)) {
                        case "simple", "current", "nothing" -> false;
                        default -> true;
                    };
        }
        return (key.startsWith("remote.") && key.endsWith(".push"))
                || (key.startsWith("branch.") && key.endsWith(".merge"));
    }

    private static boolean isOff(@Nullable String value) {
        return value != null
                && switch (LowerCase.of(value)) {
                    case "false", "no", "off", "0", "" -> true;
                    default -> false;
                };
    }

    private void push(Job job, Reading reading) {
        for (Argument script : reading.values("--receive-pack", "--exec")) {
            judge.script(job, script);
            judge.shell(job, RiskTier.MEDIUM, "`git` runs another program");
        }
        List<Argument> words = reading.positionals;
        boolean dry = reading.has("-n", "--dry-run");
        boolean forced =
                reading.has(
                        "-f",
                        "--force",
                        "--force-with-lease",
                        "--force-if-includes",
                        "--mirror",
                        "-d",
                        "--delete",
                        "--prune");
        boolean set =
                words.size() < 2
                        && (forcing || forcesLater || programs().forcesPush(job.directory()));
        boolean all = has(job, "--all", "--branches", "--mirror", "--tags", "--follow-tags");
        String remote = words.isEmpty() ? "origin" : words.getFirst().value();
        if (remote != null && (remote.startsWith("ext::") || remote.startsWith("fd::"))) {
            judge.nested(remote.substring(remote.indexOf("::") + 2), job);
            judge.shell(job, RiskTier.CRITICAL, "the address runs a command").opaque();
        }
        List<Argument> refs = words.size() > 1 ? words.subList(1, words.size()) : List.of();
        boolean unlisted =
                reading.unlisted.stream()
                        .anyMatch(p ->
                                !p.matches(
                                        "`(-u|--set-upstream|--all|--branches|--tags|--follow-tags|-q|--quiet|-v|--verbose|--progress|--no-progress|--atomic|--no-atomic|--porcelain|--thin|--no-thin|--signed|--no-signed|-4|-6|--recurse-submodules|--no-recurse-submodules|-o|--push-option)`.*"));
        if (refs.isEmpty()) {
            for (String branch : all || set ? UNKNOWN : bySettings(job, present(job))) {
                one(job, remote, branch, forced || set, dry, unlisted);
                pushes(
                        job,
                        words.isEmpty() ? null : remote,
                        branch == null ? null : "HEAD",
                        branch);
            }
            return;
        }
        for (Argument ref : refs) {
            String value = ref.value();
            boolean plus = value != null && value.startsWith("+");
            String spec = value == null ? null : plus ? value.substring(1) : value;
            boolean deletes = spec != null && spec.startsWith(":") && spec.length() > 1;
            for (String branch : spec == null ? UNKNOWN : destinations(job, spec)) {
                one(job, remote, branch, forced || plus || deletes, dry, unlisted);
                pushes(job, remote, source(spec, reading.has("-d", "--delete")), to(spec, branch));
                if (value == null) {
                    judge.call.drafts.getLast().opaque();
                }
            }
        }
    }

    /** What a refspec pushes: empty where it deletes. */
    private static @Nullable String source(@Nullable String spec, boolean deletes) {
        if (spec == null || deletes) {
            return spec == null ? null : "";
        }
        int colon = spec.lastIndexOf(':');
        return colon < 0 ? spec : spec.substring(0, colon);
    }

    /** The reference it pushes to, whole where it is written so. */
    private static @Nullable String to(@Nullable String spec, @Nullable String branch) {
        if (spec == null || branch == null) {
            return null;
        }
        String written = spec.substring(spec.lastIndexOf(':') + 1);
        return written.startsWith("refs/") ? written : branch;
    }

    /**
     * Notes what the push that was just judged brings where. What the call changed before may not
     * be on the disk yet.
     */
    private void pushes(
            Job job, @Nullable String remote, @Nullable String source, @Nullable String to) {
        List<Draft> drafts = judge.call.drafts;
        if (drafts.isEmpty()) {
            return;
        }
        Draft push = drafts.getLast();
        boolean first =
                drafts.stream()
                        .allMatch(draft ->
                                draft.risk == RiskTier.NONE
                                        || draft.action == Action.GIT_PUSH
                                        || draft.action == Action.GIT_FORCE_PUSH);
        if (push.action != Action.GIT_PUSH && push.action != Action.GIT_FORCE_PUSH) {
            return;
        }
        boolean forced = push.action == Action.GIT_FORCE_PUSH;
        Push known =
                (isPlain(job) ? programs().pushes(job.directory()) : Optional.<PushedRefs>empty())
                        .map(refs -> refs.push(remote, source, to, forced))
                        .orElse(new Push(null, null, null, forced));
        push.push = first ? known : new Push(known.to(), known.ref(), null, forced);
    }

    /**
     * Whether nothing but folders stands in front of {@code push}: an option or a variable may name
     * another repository, or give a remote of this one another address.
     */
    private static boolean isPlain(Job job) {
        List<Argument> words = job.arguments();
        int at = 0;
        while (at < words.size() && !"push".equals(words.get(at).value())) {
            String word = words.get(at).value();
            if ("-C".equals(word)) {
                at += 2;
            } else if ("--no-pager".equals(word) || "-P".equals(word)) {
                at++;
            } else {
                return false;
            }
        }
        return job.invocation().assignments().isEmpty()
                && job.context().environment().keySet().stream()
                        .noneMatch(name -> name.startsWith("GIT_"));
    }

    /** One branch that is not known. */
    private static final List<@Nullable String> UNKNOWN = Collections.singletonList(null);

    /** The branches a refspec pushes to: of a pattern, or of all that match, nobody knows which. */
    private List<@Nullable String> destinations(Job job, String spec) {
        int colon = spec.lastIndexOf(':');
        String branch = colon >= 0 ? spec.substring(colon + 1) : spec;
        if (spec.equals(":") || branch.contains("*") || branch.contains("@{")) {
            return UNKNOWN;
        }
        boolean head = branch.equals("HEAD") || branch.equals("@") || branch.isEmpty();
        List<@Nullable String> named =
                head ? present(job) : Collections.singletonList(ofHeads(branch));
        return colon < 0 ? bySettings(job, named) : named;
    }

    /** Where branches go that are pushed without a destination. */
    private List<@Nullable String> bySettings(Job job, List<@Nullable String> branches) {
        Set<@Nullable String> all = new LinkedHashSet<>();
        if (steering || steersLater) {
            all.add(null);
            return new ArrayList<>(all);
        }
        for (String branch : branches) {
            all.addAll(programs().pushed(job.directory(), branch));
        }
        return new ArrayList<>(all);
    }

    /** The branch that is checked out, and those that earlier commands may have changed to. */
    private List<@Nullable String> present(Job job) {
        Set<@Nullable String> all = new LinkedHashSet<>(changedTo);
        all.add(currentBranch(job.directory()));
        return new ArrayList<>(all);
    }

    private @Nullable String currentBranch(@Nullable String directory) {
        String head =
                programs()
                        .tree(directory)
                        .flatMap(tree -> judge.call.facts.text(tree.git() + "/HEAD"))
                        .orElse("")
                        .strip();
        return head.startsWith("ref: refs/heads/") ? head.substring(16) : null;
    }

    private void one(
            Job job,
            @Nullable String remote,
            @Nullable String branch,
            boolean forced,
            boolean dry,
            boolean unlisted) {
        Resource.Repository repository = new Resource.Repository(remote, branch);
        if (dry) {
            judge.add(
                            job,
                            Action.GIT_READ,
                            repository,
                            RiskTier.MEDIUM,
                            "tries a push without doing it")
                    .tag("network");
            return;
        }
        String where = branch == null ? "" : " to `" + branch + "`";
        Draft draft =
                judge.add(
                        job,
                        forced ? Action.GIT_FORCE_PUSH : Action.GIT_PUSH,
                        repository,
                        forced ? RiskTier.CRITICAL : RiskTier.HIGH,
                        forced ? "rewrites shared history" + where : "pushes" + where);
        draft.tag("network");
        if (forced) {
            draft.tag("destructive");
        }
        if (unlisted) {
            draft.opaque();
        }
        draft.sends = true;
        draft.sendsUnknown = judge.hasUnknown(job);
    }
}
