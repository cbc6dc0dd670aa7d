package dev.countersign.analysis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.countersign.call.Action;
import dev.countersign.call.Argument;
import dev.countersign.call.LowerCase;
import dev.countersign.call.Resource;
import dev.countersign.call.RiskTier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Builds, tests, linters, package managers and what runs through them. */
final class BuildCommands {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_SCRIPTS = 40;

    /** What every build may do; more than that counts as it does for any program. */
    private static final Set<Deed> OF_A_BUILD =
            EnumSet.of(
                    Deed.READ,
                    Deed.WRITE,
                    Deed.DELETE,
                    Deed.NET,
                    Deed.CODE,
                    Deed.EXEC,
                    Deed.INSTALL,
                    Deed.REMOTE_WRITE,
                    Deed.SHELLSTATE,
                    Deed.TTY);

    private final Judge judge;

    /** Files of scripts that were read, by their text. */
    private final Map<String, Optional<JsonNode>> packages = new HashMap<>();

    /** Calls of {@code make} that are being judged, by all that their words say. */
    private final Set<String> makes = new HashSet<>();

    private final Map<Script, Optional<ProjectScripts.Found>> projectScripts = new HashMap<>();

    private record Script(String runner, String name, @Nullable String directory, int state) {}

    private int scripts;

    /** Where what was found of the runner begins, whose scripts are judged. */
    private int runnerFrom = Integer.MAX_VALUE;

    BuildCommands(Judge judge) {
        this.judge = judge;
    }

    /**
     * {@code npm run -- NAME}: the name of a script behind the dashes is that of a script still.
     */
    private Job withoutDashes(Job job, String name) {
        int dashes = 0;
        List<Argument> words = job.arguments();
        while (dashes < words.size() && !"--".equals(words.get(dashes).value())) {
            dashes++;
        }
        Tool tool = judge.catalogue.tool(name).orElse(null);
        if (dashes + 1 >= words.size() || tool == null) {
            return job;
        }
        Reading before = Reading.of(tool, words.subList(0, dashes));
        boolean runs = !before.path.isEmpty() && RUN.contains(before.path.getLast());
        if (!runs || !before.positionals.isEmpty()) {
            return job;
        }
        List<Argument> command = new ArrayList<>(job.words());
        command.remove(dashes + 1);
        return job.as(command, job.line(), job.context());
    }

    private static final Set<String> RUN = Set.of("run", "run-script", "rum", "urn", "task");

    boolean judge(Job given, String name) {
        if (Judge.isVersionQuestion(given)) {
            return false;
        }
        Job job = withoutDashes(given, name);
        if (name.equals("make") || name.equals("gmake")) {
            shellFunctions(job);
        }
        if (runner(job, name) || (name.equals("cmake") && ownCommand(job))) {
            return true;
        }
        if (name.equals("go") && asksForVersions(job)) {
            judge.shell(job, RiskTier.HIGH, "asks for versions of modules").tag("network");
            return true;
        }
        Quiet.Fit fit = Quiet.fit(name, listed(job, name));
        if (fit != null) {
            if (name.equals("rake")) {
                tests(job, fit);
            }
            quiet(job, name, fit);
            byForm(job, name);
            return true;
        }
        if (name.equals("deno") && isFromTheNetwork(job)) {
            judge.shell(job, RiskTier.CRITICAL, "runs code straight from the network")
                    .tag("network");
            return true;
        }
        boolean scripted = name.equals("poe") || name.equals("deno");
        if (scripted
                && projectScripts(job, name, job.directory(), List.of())
                && name.equals("poe")) {
            judge.shell(job, RiskTier.MEDIUM, "runs a task of the project").ownCode = true;
            return true;
        }
        Tool tool = judge.catalogue.tool(name).orElse(null);
        if (tool == null || !(tool.kind().equals("build") || tool.kind().equals("pkg"))) {
            return false;
        }
        Reading reading = Reading.of(tool, job.arguments());
        scriptsOf(job, name, reading);
        int before = judge.call.drafts.size();
        if (tool.kind().equals("build")) {
            build(job, name, reading);
        } else {
            packages(job, name, reading);
        }
        for (Draft draft : judge.call.drafts.subList(before, judge.call.drafts.size())) {
            if (draft.number == job.number() && draft.action == Action.SHELL_RUN) {
                draft.tags.addAll(reading.tags());
            }
        }
        return true;
    }

    /** {@code go list -m MODULE@VERSION}, which is looked up where the module comes from. */
    private static boolean asksForVersions(Job job) {
        List<String> words = job.constants();
        return words.contains("list")
                && words.contains("-m")
                && words.stream().anyMatch(w -> !w.startsWith("-") && w.indexOf('@') > 0);
    }

    private static boolean isFromTheNetwork(Job job) {
        for (String word : job.constants()) {
            boolean command = List.of("run", "test", "bench", "serve", "deno").contains(word);
            if (!command && !word.startsWith("-")) {
                return word.startsWith("http://") || word.startsWith("https://");
            }
        }
        return false;
    }

    /** {@code cmake -E}: its own copies of common commands. */
    private boolean ownCommand(Job job) {
        List<Argument> words = job.arguments();
        if (words.size() < 2 || !"-E".equals(words.getFirst().value())) {
            return false;
        }
        Argument verb = words.get(1);
        List<Argument> rest = words.subList(2, words.size());
        List<Argument> command = new ArrayList<>();
        String text = verb.value() == null ? "" : verb.value();
        switch (text) {
            case "rm", "touch", "cat", "echo", "env", "time", "sleep", "true", "false", "tar" ->
                    command.add(verb);
            case "remove" -> words("rm", verb, command);
            case "remove_directory" -> words("rm -r", verb, command);
            case "copy", "copy_if_different" -> words("cp", verb, command);
            case "copy_directory", "copy_directory_if_different" -> words("cp -r", verb, command);
            case "rename" -> words("mv", verb, command);
            case "make_directory" -> words("mkdir -p", verb, command);
            case "create_symlink" -> words("ln -s", verb, command);
            case "create_hardlink" -> words("ln", verb, command);
            case "compare_files" -> words("cmp", verb, command);
            default -> {
                return false;
            }
        }
        command.addAll(rest);
        judge.command(job.inner(command, job.words().subList(0, 2)));
        return true;
    }

    private static void words(String text, Argument at, List<Argument> into) {
        for (String word : text.split(" ", -1)) {
            into.add(new Argument(word, at.written(), false, at.source()));
        }
    }

    /** {@code go run PACKAGE@VERSION} fetches what it runs. */
    private static boolean fetches(String name, Reading reading) {
        return name.equals("go")
                && reading.path.contains("run")
                && reading.positionals.stream()
                        .map(Argument::value)
                        .anyMatch(word -> word == null || word.indexOf('@') > 0);
    }

    /** The words of a build as the list of quiet ones spells them. */
    private List<Argument> listed(Job job, String name) {
        return switch (name) {
            case "cmake" -> eachTarget(joined(job.arguments()));
            case "mvn", "mvnw" -> withDefinition(job);
            case "rake" -> withoutTest(job);
            default -> toolchainOff(name, job.arguments());
        };
    }

    /** {@code cmake -D X=1} is {@code cmake -DX=1}. */
    private static List<Argument> joined(List<Argument> words) {
        List<Argument> joined = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            Argument word = words.get(i);
            String next = i + 1 < words.size() ? words.get(i + 1).value() : null;
            if ("-D".equals(word.value()) && next != null && !next.startsWith("-")) {
                i++;
                word = new Argument("-D" + next, word.written(), false, word.source());
            }
            joined.add(word);
        }
        return joined;
    }

    /** {@code cmake --build DIR --target A B} is {@code --target A --target B}. */
    private static List<Argument> eachTarget(List<Argument> words) {
        List<Argument> each = new ArrayList<>();
        Argument option = null;
        boolean more = false;
        for (Argument word : words) {
            String value = word.value();
            if (value == null || value.startsWith("-")) {
                option = "--target".equals(value) || "-t".equals(value) ? word : null;
                more = false;
            } else if (option != null) {
                if (more) {
                    each.add(option);
                }
                more = true;
            }
            each.add(word);
        }
        return each;
    }

    /** {@code mvn -f FOLDER} reads the {@code pom.xml} there. */
    private List<Argument> withDefinition(Job job) {
        List<Argument> words = new ArrayList<>(job.arguments());
        for (int i = 1; i < words.size(); i++) {
            String option = words.get(i - 1).value();
            if ("-f".equals(option) || "--file".equals(option)) {
                Argument folder = words.get(i);
                String written = judge.call.paths.place(folder, job.directory()).written();
                if (written != null && judge.call.facts.kind(written) == Facts.Kind.DIRECTORY) {
                    String file = folder.value() + "/pom.xml";
                    words.set(i, new Argument(file, folder.written(), false, folder.source()));
                }
            }
        }
        return words;
    }

    private static final Pattern ONE_TEST =
            Pattern.compile("(?:TEST|SPEC)=((?!-)[\\w./-]+(?:\\.rb(?::[0-9]+)?|/))");

    /** {@code rake TEST=FILE} runs one test of the project. */
    private List<Argument> withoutTest(Job job) {
        List<Argument> words = new ArrayList<>(job.arguments());
        words.removeIf(word -> {
            Matcher test = ONE_TEST.matcher(String.valueOf(word.value()));
            return test.matches()
                    && judge.call.paths.place(test.group(1), false, job.directory()).inside();
        });
        return words;
    }

    private static void tests(Job job, Quiet.Fit fit) {
        for (Argument word : job.arguments()) {
            Matcher test = ONE_TEST.matcher(String.valueOf(word.value()));
            if (test.matches()) {
                fit.handedOn().add(Argument.of(test.group(1)));
            }
        }
    }

    /** {@code cargo +nightly test} is the test of an installed toolchain. */
    private static List<Argument> toolchainOff(String name, List<Argument> words) {
        String first = words.isEmpty() ? null : words.getFirst().value();
        boolean toolchain =
                name.equals("cargo")
                        && first != null
                        && first.matches("\\+(stable|beta|nightly|[0-9]+(\\.[0-9]+)*)");
        return toolchain ? words.subList(1, words.size()) : words;
    }

    private static final Pattern SHELL_FUNCTION =
            Pattern.compile("\\$[({]shell\\s+([^()]{1,500})[)}]|^[A-Za-z_]\\w*!=(.{1,500})");

    /** What {@code make} gives to a shell while it reads a variable, at its worst. */
    private void shellFunctions(Job job) {
        for (String word : job.constants()) {
            Matcher call = SHELL_FUNCTION.matcher(word);
            for (int i = 0; i < 8 && call.find(); i++) {
                String command = call.group(1) == null ? call.group(2) : call.group(1);
                judge.worst(() -> judge.nested(command, job));
            }
        }
    }

    // ---- programs that run a tool of the project

    private boolean runner(Job job, String name) {
        List<Argument> words = job.arguments();
        String first = words.isEmpty() ? null : words.getFirst().value();
        return switch (name) {
            case "npx", "bunx", "pnpx" -> runsTool(job, words, true);
            case "npm" ->
                    ("exec".equals(first) || "x".equals(first))
                            && !job.constants().contains("-c")
                            && !job.constants().contains("--call")
                            && runsTool(job, PackageRunners.command(behind(words, 1)), true);
            case "uvx" -> runsTool(job, PackageRunners.command(words), true);
            case "pipx" ->
                    "run".equals(first)
                            && runsTool(job, PackageRunners.command(behind(words, 1)), true);
            case "nix" -> {
                int dashes = job.constants().indexOf("--");
                if (dashes > 0
                        && dashes + 1 < words.size()
                        && job.constants().size() == words.size()) {
                    List<Argument> command = behind(words, dashes + 1);
                    judge.worst(
                            () -> judge.command(job.inner(command, Judge.before(job, command))));
                }
                yield false;
            }
            case "coverage" -> measured(job, words);
            case "pnpm", "yarn", "bun" -> {
                if (name.equals("yarn") && "workspace".equals(first) && words.size() > 2) {
                    List<Argument> command = new ArrayList<>(words.subList(2, words.size()));
                    command.addFirst(job.words().getFirst());
                    Job inner = job.inner(command, job.words().subList(0, 3));
                    Packages packages = Packages.around(judge.call, job.directory());
                    List<String> folders = packages.named(String.valueOf(words.get(1).value()));
                    judge.command(folders.isEmpty() ? inner : inner.in(folders.getFirst()));
                    yield true;
                }
                boolean fetched =
                        (name.equals("bun") && "x".equals(first))
                                || (!name.equals("bun") && "dlx".equals(first));
                if (fetched || "exec".equals(first)) {
                    yield runsTool(job, words.subList(1, words.size()), fetched);
                }
                boolean tool =
                        first != null
                                && !first.startsWith("-")
                                && judge.catalogue.tool(name).orElseThrow().subs().get(first)
                                        == null
                                && (isProgram(job, first)
                                        || (Quiet.fit(name, words) == null
                                                && Quiet.fit(first, behind(words, 1)) != null));
                if (!tool && "run".equals(first) && words.size() > 1) {
                    String second = words.get(1).value();
                    if (second != null && isProgram(job, second)) {
                        yield runsTool(job, behind(words, 1), false);
                    }
                }
                yield tool && runsTool(job, words, false);
            }
            case "lein" -> tasks(job, words);
            case "rushx", "nr" -> runsScript(job, words, false);
            case "lage", "wsrun", "ultra" -> runsScript(job, words, true);
            case "lerna", "nx" -> "exec".equals(first) && everywhere(job, behind(words, 1));
            case "cargo" -> first != null && alias(job, first);
            case "tox" -> {
                int dashes = job.constants().indexOf("--");
                yield "exec".equals(first)
                        && dashes > 0
                        && job.constants().size() == words.size()
                        && runsCommand(job, words.subList(dashes + 1, words.size()));
            }
            case "uv" -> "run".equals(first) && runsCommand(job, module(behindFlags(words)));
            case "bundle", "poetry", "pipenv", "hatch", "pdm", "rye" ->
                    ("exec".equals(first) || "run".equals(first))
                            && runsCommand(job, words.subList(1, words.size()));
            default -> false;
        };
    }

    private static List<Argument> behind(List<Argument> words, int from) {
        return words.subList(Math.min(from, words.size()), words.size());
    }

    /** Whether a word that names no script of the project is the name of a known program. */
    private boolean isProgram(Job job, String word) {
        String folder = job.directory();
        return folder != null
                && (judge.catalogue.tool(word).isPresent() || Quiet.knows(word))
                && judge.call
                        .facts
                        .text(folder + "/package.json")
                        .flatMap(BuildCommands::scripts)
                        .map(all -> !all.has(word))
                        .orElse(false);
    }

    /**
     * Scripts that a runner other than those of Node.js starts, which are judged as theirs.
     *
     * @param several whether every word names one, in whichever packages have it
     */
    private boolean runsScript(Job job, List<Argument> words, boolean several) {
        boolean runs = false;
        for (int i = 0; i < words.size() && (several || !runs); i++) {
            Argument word = words.get(i);
            String value = word.value();
            if (value != null && (value.isEmpty() || value.startsWith("-"))) {
                continue;
            }
            runs = true;
            List<Argument> command = new ArrayList<>();
            words("npm run", word, command);
            command.add(word);
            if (several) {
                judge.command(job.inner(command, job.words()));
                command.add(Argument.of("--workspaces"));
            } else if (i + 1 < words.size()) {
                command.add(Argument.of("--"));
                command.addAll(words.subList(i + 1, words.size()));
            }
            judge.command(job.inner(command, job.words()));
        }
        return runs;
    }

    /** A command that {@code lerna exec} or {@code nx exec} runs in the packages of a project. */
    private boolean everywhere(Job job, List<Argument> words) {
        int from = 0;
        while (from < words.size() && String.valueOf(words.get(from).value()).startsWith("-")) {
            boolean ends = "--".equals(words.get(from++).value());
            if (ends) {
                break;
            }
        }
        List<Argument> command = behind(words, from);
        if (command.isEmpty()) {
            return false;
        }
        judge.shell(job, RiskTier.MEDIUM, "runs a command in the packages of the project");
        Set<@Nullable String> folders = new LinkedHashSet<>();
        folders.add(job.directory());
        folders.addAll(Packages.around(judge.call, job.directory()).names().keySet());
        String line = command.size() == 1 ? command.getFirst().value() : null;
        for (String folder : folders) {
            Job there = job.in(folder);
            if (line != null) {
                judge.nested(line, there);
            } else {
                judge.command(there.inner(command, Judge.before(job, command)));
            }
        }
        return true;
    }

    /** What a name stands for that the settings of Cargo give to a command of it. */
    private boolean alias(Job job, String name) {
        Tool tool = judge.catalogue.tool("cargo").orElseThrow();
        if (name.startsWith("-") || tool.subs().containsKey(name)) {
            return false;
        }
        String folder = job.directory();
        for (int i = 0; folder != null && i < 20; i++) {
            for (String file : List.of("/.cargo/config.toml", "/.cargo/config")) {
                List<String> stands = aliased(job, folder + file, name);
                if (!stands.isEmpty()) {
                    List<Argument> command = new ArrayList<>();
                    command.add(job.words().getFirst());
                    stands.forEach(word -> command.add(Argument.of(word)));
                    command.addAll(behind(job.words(), 2));
                    judge.command(job.inner(command, job.words()));
                    return true;
                }
            }
            int slash = folder.lastIndexOf('/');
            boolean top = slash <= 0 || folder.equals(judge.call.paths.workspace());
            folder = top ? null : folder.substring(0, slash);
        }
        return false;
    }

    private List<String> aliased(Job job, String file, String name) {
        String text = judge.call.facts.text(file).orElse(null);
        if (text == null) {
            return List.of();
        }
        judge.call.readsFile(text.length());
        Map<String, Object> all = TomlTables.read(text).orElse(null);
        if (all == null) {
            judge.opaque(job, "the settings of Cargo cannot be read");
            return List.of();
        }
        return switch (all.get("alias." + name)) {
            case String line -> List.of(line.strip().split("\\s+", -1));
            case List<?> list -> list.stream().map(String::valueOf).toList();
            case null, default -> List.of();
        };
    }

    /** The tasks of {@code lein do clean, test} and {@code lein with-profile dev test}. */
    private boolean tasks(Job job, List<Argument> words) {
        String first = words.isEmpty() ? null : words.getFirst().value();
        if ("with-profile".equals(first) || "with-profiles".equals(first)) {
            List<Argument> task = words.subList(Math.min(2, words.size()), words.size());
            return !task.isEmpty() && task(job, task);
        }
        if (!"do".equals(first)) {
            return false;
        }
        List<Argument> task = new ArrayList<>();
        for (Argument word : words.subList(1, words.size())) {
            String value = word.value();
            boolean ends = value != null && value.endsWith(",");
            String bare = value == null ? null : value.replaceFirst(",$", "");
            if (bare != null && bare.indexOf(',') >= 0) {
                return false;
            }
            if (bare == null || !bare.isEmpty()) {
                task.add(new Argument(bare, word.written(), word.glob(), word.source()));
            }
            if (ends && !task.isEmpty()) {
                task(job, task);
                task = new ArrayList<>();
            }
        }
        return task.isEmpty() || task(job, task);
    }

    private boolean task(Job job, List<Argument> task) {
        List<Argument> command = new ArrayList<>(task);
        command.addFirst(job.words().getFirst());
        judge.command(job.inner(command, job.words().subList(0, 1)));
        return true;
    }

    /** What {@code uv run} runs, options that only bind it more to the project taken off. */
    private static List<Argument> behindFlags(List<Argument> words) {
        int i = 1;
        while (i < words.size()) {
            String option = words.get(i).value();
            boolean plain =
                    "--frozen".equals(option)
                            || "--locked".equals(option)
                            || "--no-sync".equals(option)
                            || "--offline".equals(option)
                            || "--quiet".equals(option)
                            || "-q".equals(option);
            if (!plain) {
                break;
            }
            i++;
        }
        return words.subList(i, words.size());
    }

    /** {@code -m pytest} is what Python would be given. */
    private static List<Argument> module(List<Argument> command) {
        if (command.isEmpty() || !"-m".equals(command.getFirst().value())) {
            return command;
        }
        List<Argument> python = new ArrayList<>(command);
        python.addFirst(new Argument("python", "python", false, command.getFirst().source()));
        return python;
    }

    /** The tests behind {@code coverage run -m pytest}. */
    private boolean measured(Job job, List<Argument> words) {
        int module = 1;
        while (module < words.size()) {
            String option = words.get(module).value();
            boolean plain =
                    option != null
                            && (option.equals("--branch")
                                    || option.equals("-a")
                                    || option.equals("-p")
                                    || option.startsWith("--source="));
            if (!plain) {
                break;
            }
            module++;
        }
        String tests = module + 1 < words.size() ? words.get(module + 1).value() : null;
        boolean runs =
                "run".equals(words.isEmpty() ? null : words.getFirst().value())
                        && module < words.size()
                        && "-m".equals(words.get(module).value())
                        && ("pytest".equals(tests) || "unittest".equals(tests));
        return runs && runsCommand(job, words.subList(module + 1, words.size()));
    }

    /** The command behind {@code poetry run} and its like. */
    private boolean runsCommand(Job job, List<Argument> command) {
        String program = command.isEmpty() ? null : command.getFirst().value();
        if (program == null || program.startsWith("-") || program.endsWith(".py")) {
            return false;
        }
        String runner = String.valueOf(Judge.programName(job.words().getFirst().value()));
        boolean scripted = PROJECT_RUNNERS.contains(runner);
        if (scripted && projectScripts(job, runner, job.directory(), List.of())) {
            judge.shell(job, RiskTier.MEDIUM, "runs a script of the project").ownCode = true;
            return true;
        }
        projectsOwn(job, program, job.inner(command, Judge.before(job, command)));
        return true;
    }

    /** Runners whose own files give names to commands. */
    private static final Set<String> PROJECT_RUNNERS = Set.of("pdm", "hatch", "pipenv", "rye");

    /** Names of scripts that every project gives to its tests and checks. */
    private static boolean isUsualScript(String program) {
        Argument run = Argument.of("run");
        return Quiet.fit("npm", List.of(run, Argument.of(program))) != null;
    }

    /**
     * A command found in the project's own environment first. What a program of that name only
     * reads elsewhere proves nothing about a script of the project that bears it.
     */
    private void projectsOwn(Job job, String program, Job inner) {
        int before = judge.call.drafts.size();
        judge.command(inner);
        List<Draft> found = judge.call.drafts.subList(before, judge.call.drafts.size());
        boolean asked = Judge.isVersionQuestion(inner);
        boolean told =
                found.stream()
                        .anyMatch(draft ->
                                draft.action == Action.SHELL_RUN
                                        || draft.risk.atLeast(RiskTier.MEDIUM));
        if (!asked && !told) {
            RiskTier risk = isUsualScript(program) ? RiskTier.LOW : RiskTier.MEDIUM;
            judge.shell(job, risk, "runs `" + program + "` as the project has it").ownCode = true;
        }
    }

    private boolean runsTool(Job job, List<Argument> words, boolean mayDownload) {
        int i = 0;
        boolean local = false;
        while (i < words.size()) {
            String value = words.get(i).value();
            if (value == null || !value.startsWith("-")) {
                break;
            }
            boolean fine =
                    switch (value) {
                        case "--no-install", "--no", "--offline" -> {
                            local = true;
                            yield true;
                        }
                        case "-y", "--yes", "-q", "--quiet", "--", "--bun", "--silent" -> true;
                        default -> false;
                    };
            if (!fine) {
                return false;
            }
            i++;
        }
        if (i >= words.size()) {
            return false;
        }
        List<Argument> command = words.subList(i, words.size());
        String program = command.getFirst().value();
        if (program == null) {
            judge.opaque(job, "the program it runs is not constant");
            return true;
        }
        boolean installed = local || !mayDownload || isInstalled(job.directory(), program);
        Draft draft = null;
        if (!installed || program.indexOf('/') >= 0 || program.indexOf('@') >= 0) {
            draft =
                    judge.shell(
                                    job,
                                    RiskTier.HIGH,
                                    "may download and run the package `" + Judge.cut(program) + "`")
                            .tag("package-install", "network");
        }
        Job inner = job.inner(command, Judge.before(job, command));
        if (program.indexOf('@') < 0) {
            projectsOwn(job, program, inner);
        } else if (draft != null && program.indexOf('@') > 0) {
            List<Argument> plain = new ArrayList<>(command);
            plain.set(0, CarriedPrograms.unversioned(command.getFirst()));
            Job same = job.inner(plain, Judge.before(job, command));
            draft.perhaps(judge.lesser(() -> judge.command(same)));
        }
        return true;
    }

    private boolean isInstalled(@Nullable String directory, String program) {
        Facts facts = judge.call.facts;
        boolean elsewhere = facts.kind(judge.call.paths.workspace()) != Facts.Kind.DIRECTORY;
        if (elsewhere) {
            // The disk cannot be seen from here, so it may have to be downloaded.
            return false;
        }
        String folder = directory;
        for (int i = 0; folder != null && i < 20; i++) {
            String binary = folder + "/node_modules/.bin/" + program;
            if (facts.kind(binary) == Facts.Kind.FILE) {
                return true;
            }
            if (folder.equals(judge.call.paths.workspace())) {
                return false;
            }
            int slash = folder.lastIndexOf('/');
            folder = slash <= 0 ? null : folder.substring(0, slash);
        }
        return false;
    }

    // ---- what is on the quiet list

    /** Judges {@code name} if its words are on the list, and says whether they were. */
    boolean quietly(Job job, String name) {
        Quiet.Fit fit = Quiet.fit(name, job.arguments());
        if (fit != null) {
            quiet(job, name, fit);
        }
        return fit != null;
    }

    /**
     * A script every project of a framework has, such as {@code manage.py}, asked for its tests.
     */
    boolean quietScript(Job job, String script) {
        if (!script.equals("manage.py") && !script.equals("artisan")) {
            return false;
        }
        Quiet.Fit fit = Quiet.fit(script, job.arguments().subList(1, job.arguments().size()));
        if (fit == null || !script.equals(job.argument(0))) {
            return false;
        }
        quiet(job, script, fit);
        return true;
    }

    /**
     * A tool out of the folder where the project keeps its programs, with words on the list. It is
     * the project's own code, as the tests it would run are.
     */
    boolean isProjectTool(Job job, String word, String name) {
        String folder = word.substring(0, Math.max(0, word.lastIndexOf('/')));
        String kept = folder.startsWith("./") ? folder.substring(2) : folder;
        boolean bin =
                kept.equals("bin")
                        || kept.endsWith("node_modules/.bin")
                        || kept.endsWith("venv/bin")
                        || kept.endsWith("vendor/bin");
        if (!bin || judge.call.paths.place(word, false, job.directory()).outside()) {
            return false;
        }
        if (name.matches("python[0-9.]*")) {
            List<Argument> words = job.arguments();
            String module = "-m".equals(job.argument(0)) ? job.argument(1) : null;
            return module != null && Quiet.fit(module, words.subList(2, words.size())) != null;
        }
        return Quiet.fit(name, job.arguments()) != null;
    }

    /** What the catalogue says of the form of a word, such as an address without a protocol. */
    private void byForm(Job job, String name) {
        Tool tool = judge.catalogue.tool(name).orElse(null);
        if (tool != null && tool.hasForms()) {
            Reading reading = Reading.of(tool, job.arguments());
            judge.deeds(job, name, reading, reading.formed);
        }
    }

    private void quiet(Job outer, String name, Quiet.Fit fit) {
        Job at = outer;
        for (Argument directory : fit.directories()) {
            at = at.in(judge.moved(at.directory(), directory));
        }
        Job job = at;
        Paths.Place here = judge.call.paths.place(".", false, job.directory());
        int first = judge.call.drafts.size();
        Draft draft =
                judge.shell(
                        job,
                        here.outside() ? RiskTier.MEDIUM : RiskTier.LOW,
                        "builds, tests or checks the project with `"
                                + name
                                + (fit.path().isEmpty() ? "" : " " + String.join(" ", fit.path()))
                                + "`");
        draft.ownCode = true;
        draft.perhaps(judge.besides().reads(job, fit.reads()));
        draft.perhaps(judge.besides().reads(job, fit.handedOn()));
        if (!here.outside() && judge.call.places.guards(here) != null && !isProject(here)) {
            draft.opaque();
            draft.summary = draft.summary + ", in a folder of hook files";
        }
        if (judge.call.broughtBuild(here)) {
            draft.atLeast(RiskTier.CRITICAL).tag("network");
            draft.summary = draft.summary + ", with what the same call brought from the network";
        }
        Tool tool = judge.catalogue.tool(name).orElse(null);
        boolean edits =
                tool == null
                        ? EDITING.contains(name)
                                || job.constants().stream().anyMatch(EDITING::contains)
                        : Reading.of(tool, job.arguments()).deeds().contains(Deed.WRITE);
        for (Argument word : fit.reads()) {
            boolean written = edits && isGuarded(job, word);
            outside(job, word, written ? Places.Touch.WRITE : Places.Touch.READ, draft);
        }
        for (Argument word : fit.handedOn()) {
            outside(job, word, Places.Touch.READ, draft);
            Paths.Place place = judge.call.paths.place(word, job.directory());
            if (judge.guardsAt(place) || (isGuarded(job, word) && !place.outside())) {
                draft.opaque().atLeast(RiskTier.MEDIUM);
                draft.summary = draft.summary + ", which may write a guarded file";
            }
        }
        for (Quiet.Emptied emptied : fit.empties()) {
            empties(job, emptied, name);
        }
        for (Argument word : fit.writes()) {
            Draft written = judge.outputBelow(job, word);
            if (written != null && isOutside(job, word)) {
                draft.atLeast(RiskTier.MEDIUM);
            }
        }
        guarded(job, name);
        if (Formatters.write(name, job.constants())) {
            List<Draft> before = judge.call.drafts.subList(first, judge.call.drafts.size());
            Set<String> judged = new HashSet<>();
            for (Draft one : before) {
                if (one.action == Action.FILE_WRITE && one.resource instanceof Resource.Path path) {
                    judged.add(String.valueOf(path.written()));
                }
            }
            fit.reads().forEach(word -> rewrites(job, word, judged));
            fit.handedOn().forEach(word -> rewrites(job, word, judged));
        }
        if (typosEverywhere(job, name)) {
            for (Argument word : fit.reads().isEmpty() ? HERE : fit.reads()) {
                Paths.Place place = judge.call.paths.place(word, job.directory());
                judge.file(job, Places.Touch.WRITE, place, true, word.written());
            }
        }
        runnerFrom = first;
        if (isNodeRunner(name) || name.equals("lerna")) {
            packageScripts(job, name, fit.path(), job.directory());
        } else if (name.equals("make") || name.equals("gmake")) {
            recipes(outer);
        } else {
            projectScripts(job, name, job.directory(), fit.path());
        }
    }

    /** A file or folder of the project that a formatter is given, so that rules on it see that. */
    private void rewrites(Job job, Argument word, Set<String> judged) {
        String value = word.value();
        if (value == null || value.isEmpty() || value.startsWith("-")) {
            return;
        }
        Paths.Place place = judge.call.paths.place(word, job.directory());
        String written = place.written();
        boolean plain = written != null && !place.stream() && !place.outside();
        if (plain && judged.add(written)) {
            judge.changed(job, Places.Touch.WRITE, place, Action.SHELL_RUN);
        }
    }

    /** What a tool takes away before it writes: all that lies there, unless a build made it. */
    private void empties(Job job, Quiet.Emptied emptied, String name) {
        Paths.Place place = judge.call.paths.place(emptied.word(), job.directory());
        if (judge.call.places.mayBeEmptied(place, emptied.usual())) {
            return;
        }
        Draft draft = judge.file(job, Places.Touch.DELETE, place, true, emptied.word().written());
        if (draft != null) {
            draft.atLeast(RiskTier.HIGH);
            draft.cell = draft.action;
            draft.summary = draft.summary + ", which `" + name + "` empties";
        }
    }

    private static final List<Argument> HERE = List.of(Argument.of("."));

    /** Whether a corrector of spelling writes hidden files too. */
    private static boolean typosEverywhere(Job job, String name) {
        if (!name.equals("typos") && !name.equals("codespell")) {
            return false;
        }
        List<String> words = job.constants();
        boolean hidden =
                words.contains("--hidden")
                        || words.contains("--check-hidden")
                        || words.stream().anyMatch(word -> word.matches("-[a-zA-Z]*H[a-zA-Z]*"));
        boolean writes =
                OutputWords.edits(name, words)
                        || words.stream().anyMatch(word -> word.matches("-[a-zA-Z]*w[a-zA-Z]*"));
        return hidden && writes;
    }

    /** Whether a folder is where a project has its own hook files beside everything else. */
    private boolean isProject(Paths.Place here) {
        String written = here.written();
        return written != null && !Paths.name(written).startsWith(".");
    }

    /** How a formatter the catalogue does not describe is called to write what it is given. */
    private static final Set<String> EDITING =
            Set.of(
                    "-i",
                    "-w",
                    "-a",
                    "-A",
                    "-F",
                    "--fix",
                    "--write",
                    "--autocorrect",
                    "--inplace",
                    "--in-place",
                    "inplace",
                    "fix",
                    "format",
                    "fmt",
                    "pint",
                    "swiftformat");

    /** Whether a path is of the floor, run by other programs, or outside the project. */
    private boolean isGuarded(Job job, Argument word) {
        if (word.value() == null || word.value().isEmpty()) {
            return false;
        }
        Paths.Place place = judge.call.paths.place(word, job.directory());
        Places.Verdict write = judge.call.places.judge(Places.Touch.WRITE, place, false);
        return !place.stream()
                && (place.outside()
                        || write.floor() != null
                        || write.risk().atLeast(RiskTier.HIGH));
    }

    private boolean isOutside(Job job, Argument word) {
        return judge.call.paths.place(word, job.directory()).outside();
    }

    /** A path handed to a build only counts when it leads out of the project or to a secret. */
    private void outside(Job job, Argument word, Places.Touch touch, Draft draft) {
        String value = word.value();
        if (value == null || value.isEmpty()) {
            return;
        }
        Paths.Place place = judge.call.paths.place(word, job.directory());
        if (place.stream()) {
            return;
        }
        Places.Verdict verdict = judge.call.places.judge(touch, place, false);
        boolean matters =
                place.outside()
                        || verdict.floor() != null
                        || verdict.risk().atLeast(RiskTier.MEDIUM);
        if (touch == Places.Touch.WRITE || matters) {
            judge.file(job, touch, word, false);
            if (place.outside()) {
                draft.atLeast(RiskTier.MEDIUM);
            }
        }
    }

    /** A place no agent may change, handed to a tool that writes what it is given. */
    private void guarded(Job job, String name) {
        judge.outputs(job);
        List<String> words = job.constants();
        boolean looks =
                words.contains("--check") || words.contains("-c") || words.contains("--diff");
        boolean inPlace = words.contains("-w") || words.contains("-i");
        if (OutputWords.edits(name, words) || (inPlace && !looks)) {
            for (Argument word : job.arguments()) {
                String text = word.value();
                if (text != null && !text.isEmpty() && !text.startsWith("-")) {
                    judge.editsGuarded(job, word);
                }
            }
        }
    }

    private static boolean isNodeRunner(String name) {
        return name.equals("npm")
                || name.equals("pnpm")
                || name.equals("yarn")
                || name.equals("bun");
    }

    // ---- builds and packages that are not

    private void build(Job job, String name, Reading reading) {
        Set<Deed> deeds = reading.deeds();
        judge.roles(job, reading, judge.effectiveDirectory(job, reading));
        boolean publishes = publishes(job) || deeds.contains(Deed.REMOTE_WRITE);
        if (publishes) {
            Draft draft =
                    judge.shell(job, RiskTier.HIGH, "publishes or deploys with `" + name + "`");
            draft.tag("deploy", "network");
            draft.sends = true;
        }
        boolean installs =
                deeds.contains(Deed.INSTALL) && !name.equals("gradlew") && !name.equals("mvnw");
        if (installs || fetches(name, reading)) {
            Draft draft =
                    judge.shell(
                            job,
                            RiskTier.HIGH,
                            Judge.describe(name, reading) + " installs software");
            draft.tag("package-install", "network");
            draft.sends = judge.hasUnknown(job);
            draft.sendsUnknown = draft.sends;
        }
        Set<Deed> more = EnumSet.copyOf(deeds);
        more.removeAll(OF_A_BUILD);
        if (publishes) {
            more.remove(Deed.UPLOAD);
        }
        if (deeds.contains(Deed.INSTALL)) {
            more.remove(Deed.WRITE_OUTSIDE);
        }
        judge.deeds(job, name, reading, more);
        boolean asks = deeds.equals(EnumSet.of(Deed.READ)) && reading.proven();
        if (asks) {
            if (reading.bound.isEmpty()) {
                judge.fact(job, "asks `" + name + "` and changes nothing");
            }
            return;
        }
        boolean query = deeds.equals(EnumSet.of(Deed.READ, Deed.NET)) && reading.proven();
        if (query) {
            judge.shell(
                            job,
                            RiskTier.LOW,
                            "asks " + Judge.describe(name, reading) + " and changes nothing")
                    .tag("network");
            return;
        }
        readsRecipes(job, name, reading);
        if (!publishes) {
            String why =
                    reading.unlisted.isEmpty()
                            ? "runs "
                                    + Judge.describe(name, reading)
                                    + " with words or options that are not on the quiet list"
                            : "runs `" + name + "`: " + reading.unlisted.getFirst();
            Draft draft = judge.shell(job, RiskTier.MEDIUM, why);
            draft.ownCode = true;
            if (!reading.unknown.isEmpty()) {
                draft.opaque();
            }
        }
    }

    private static boolean publishes(Job job) {
        for (Argument word : job.arguments()) {
            if (word.value() != null && publishes(word.value())) {
                return true;
            }
        }
        return false;
    }

    private static final Pattern SEPARATOR = Pattern.compile("[:/_.;-]");
    private static final Pattern CAMEL = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");
    private static final int SHORTEST_GOAL = "ship".length();

    /** Whether a goal, task or script name says that something leaves the machine. */
    static boolean publishes(String word) {
        if (word.length() < SHORTEST_GOAL || word.startsWith("-")) {
            return false;
        }
        String apart = CAMEL.matcher(word).replaceAll("-");
        for (String part : SEPARATOR.split(LowerCase.of(apart), -1)) {
            switch (part) {
                case "deploy", "publish", "release", "upload", "ship", "rollout", "promote" -> {
                    return true;
                }
                default -> {}
            }
        }
        return false;
    }

    /** Tools that keep the version of a project in its build definition. */
    private static final Set<String> VERSIONED = Set.of("poetry", "uv", "hatch", "pdm", "rye");

    /** Programs that without a word do what they do with {@code install}. */
    private static final Set<String> INSTALL_ALONE = Set.of("bundle", "bundler", "berks", "shards");

    /** {@code npm init NAME} fetches {@code create-NAME} and runs it. */
    private static final Set<String> INITIALIZES = Set.of("init", "create", "innit");

    private void packages(Job job, String name, Reading reading) {
        Set<Deed> deeds = reading.deeds();
        String sub = reading.path.isEmpty() ? "" : reading.path.getFirst();
        boolean runsScript = isNodeRunner(name) && deeds.equals(EnumSet.of(Deed.CODE));
        boolean ownScript =
                isNodeRunner(name) && reading.path.isEmpty() && !reading.positionals.isEmpty();
        if (runsScript || ownScript) {
            boolean publishes = publishes(job);
            Draft draft =
                    judge.shell(
                            job,
                            publishes ? RiskTier.HIGH : RiskTier.MEDIUM,
                            "runs a script of the project with `" + name + "`");
            draft.ownCode = !publishes;
            if (publishes) {
                draft.tag("deploy");
            }
            if (!reading.unknown.isEmpty()) {
                draft.opaque();
            }
            return;
        }
        boolean alone = reading.path.isEmpty() && reading.positionals.isEmpty();
        boolean installs =
                alone
                        && (name.equals("yarn")
                                || (INSTALL_ALONE.contains(name) && !reading.has("--help", "-h")));
        if (installs) {
            judge.shell(job, RiskTier.HIGH, "`" + name + "` installs software")
                    .tag("package-install", "network");
            if (job.directory() != null) {
                nearest(job, job.directory(), INSTALLED);
            }
            return;
        }
        if (name.equals("npm") && INITIALIZES.contains(sub) && !reading.positionals.isEmpty()) {
            judge.shell(job, RiskTier.HIGH, "installs an initializer and runs it")
                    .tag("package-install", "network");
            return;
        }
        boolean asksSettings =
                name.equals("bundle")
                        && reading.path.equals(List.of("config"))
                        && reading.positionals.size() < 2
                        && reading.proven()
                        && reading.given.isEmpty();
        if (asksSettings) {
            judge.fact(job, "reads settings of `bundle`");
            return;
        }
        boolean sets =
                sub.equals("version") && (!reading.positionals.isEmpty() || reading.has("--bump"));
        if (sets && VERSIONED.contains(name)) {
            judge.file(job, Places.Touch.WRITE, Argument.of("pyproject.toml"), false);
            return;
        }
        boolean query = deeds.equals(EnumSet.of(Deed.READ, Deed.NET)) && reading.proven();
        if (query) {
            judge.roles(job, reading, judge.effectiveDirectory(job, reading));
            Draft draft =
                    judge.shell(
                            job,
                            RiskTier.LOW,
                            "asks " + Judge.describe(name, reading) + " and changes nothing");
            draft.tag("network");
            return;
        }
        if (deeds.contains(Deed.REMOTE_WRITE) || deeds.contains(Deed.REMOTE_DESTROY)) {
            boolean destroys = deeds.contains(Deed.REMOTE_DESTROY);
            Draft draft =
                    judge.shell(
                            job,
                            destroys ? RiskTier.CRITICAL : RiskTier.HIGH,
                            Judge.describe(name, reading) + " publishes or changes a registry");
            draft.tag("network", "deploy");
            if (destroys) {
                draft.tag("destructive");
            }
            draft.sends = true;
            return;
        }
        boolean config = sub.equals("config") || sub.equals("set") || sub.equals("c");
        if (config && deeds.contains(Deed.WRITE_OUTSIDE)) {
            judge.shell(job, RiskTier.HIGH, "changes what later programs run").tag("escape");
            return;
        }
        if (deeds.contains(Deed.INSTALL)) {
            Draft draft =
                    judge.shell(
                            job,
                            RiskTier.HIGH,
                            Judge.describe(name, reading) + " installs software");
            draft.tag("package-install", "network");
            if (!reading.unknown.isEmpty()) {
                draft.opaque();
            }
            judge.roles(job, reading, judge.effectiveDirectory(job, reading));
            reading.positionals.forEach(word -> origin(job, word));
            return;
        }
        judge.generic(job, name, reading);
    }

    private static final Pattern ADDRESS =
            Pattern.compile("(?<![A-Za-z0-9+.])[A-Za-z][A-Za-z0-9+.]{0,30}://\\S+");

    /** The host a package is fetched from that is named by its address. */
    private void origin(Job job, Argument word) {
        Matcher address = ADDRESS.matcher(String.valueOf(word.value()));
        if (address.find() && !address.group().startsWith("file:")) {
            judge.net().connection(job, judge.call.network.target(address.group()), false);
        }
    }

    // ---- script bodies

    /** Whether the files a program is told to obey are read here, as definitions. */
    static boolean readsDefinition(String name) {
        return switch (name) {
            case "make", "gmake", "just", "task", "go-task" -> true;
            default -> false;
        };
    }

    private void scriptsOf(Job job, String name, Reading reading) {
        if (isNodeRunner(name) || name.equals("lerna")) {
            List<String> path = new ArrayList<>(reading.path);
            if (!reading.positionals.isEmpty() && reading.positionals.getFirst().value() != null) {
                path.add(String.valueOf(reading.positionals.getFirst().value()));
            }
            packageScripts(job, name, path, judge.effectiveDirectory(job, reading));
        } else if (name.equals("make") || name.equals("gmake")) {
            recipes(job);
        } else {
            List<String> path = new ArrayList<>(reading.path);
            reading.positionals.stream()
                    .map(Argument::value)
                    .filter(Objects::nonNull)
                    .forEach(path::add);
            projectScripts(job, name, judge.effectiveDirectory(job, reading), path);
        }
    }

    /** Recipes that come out of a pipe or a here-document were read by nobody. */
    private void readsRecipes(Job job, String name, Reading reading) {
        for (Reading.Given given : reading.given) {
            Argument file = given.value();
            boolean names = List.of("-f", "--file", "--makefile").contains(given.name());
            if (names && file != null && isStream(file)) {
                judge.opaque(job, "`" + name + "` runs what it reads from a stream");
            }
        }
    }

    private boolean isStream(Argument file) {
        return "-".equals(file.value()) || judge.call.paths.place(file, null).stream();
    }

    private static final List<String> DUMPED = List.of("pre-autoload-dump", "post-autoload-dump");

    private static List<String> events(String... ofCommand) {
        List<String> all = new ArrayList<>(List.of(ofCommand));
        all.addAll(DUMPED);
        all.addAll(
                List.of(
                        "init",
                        "command",
                        "pre-operations-exec",
                        "pre-pool-create",
                        "pre-file-download",
                        "post-file-download",
                        "pre-package-install",
                        "post-package-install",
                        "pre-package-update",
                        "post-package-update",
                        "pre-package-uninstall",
                        "post-package-uninstall"));
        return List.copyOf(all);
    }

    private static final List<String> UPDATED = events("pre-update-cmd", "post-update-cmd");

    /** Scripts of the project that Composer runs unasked, by its command. */
    private static final Map<String, List<String>> EVENTS =
            Map.of(
                    "dump-autoload",
                    DUMPED,
                    "dumpautoload",
                    DUMPED,
                    "install",
                    events("pre-install-cmd", "post-install-cmd"),
                    "update",
                    UPDATED,
                    "require",
                    UPDATED,
                    "remove",
                    UPDATED,
                    "status",
                    List.of("pre-status-cmd", "post-status-cmd", "status"),
                    "archive",
                    List.of("pre-archive-cmd", "post-archive-cmd", "archive"));

    /**
     * What the scripts do that a runner's words name; returns whether there is one.
     *
     * @param path the sub-commands and the names behind them, options and their values aside
     */
    private boolean projectScripts(
            Job job, String name, @Nullable String directory, List<String> path) {
        if (name.equals("tox") || name.equals("nox")) {
            return sessions(job, name, directory);
        }
        if (name.equals("hatch") && "test".equals(job.argument(0))) {
            boolean ran = false;
            for (String script : List.of("run", "run-cov", "cov-combine", "cov-report")) {
                ran |= script(job, name, "hatch-test:" + script, directory, "");
            }
            return ran;
        }
        boolean several = List.of("just", "task", "go-task", "turbo", "nx").contains(name);
        List<String> words = new ArrayList<>();
        for (Argument argument : job.arguments()) {
            String word = argument.value();
            if (word != null && !word.startsWith("-")) {
                words.add(word);
                if (!several && words.size() == 2) {
                    break;
                }
            } else if (word != null && name.equals("nx") && TARGETS.matcher(word).lookingAt()) {
                words.add(word.substring(word.indexOf('=') + 1));
            }
        }
        if (name.equals("composer")) {
            words.clear();
            words.addAll(path.subList(0, Math.min(2, path.size())));
        }
        String verb = words.isEmpty() ? "" : words.getFirst();
        boolean runs =
                switch (verb) {
                    case "run", "run-script", "task", "run-many", "affected" -> true;
                    case "make" -> name.equals("cargo");
                    case "r" -> name.equals("mise");
                    default -> false;
                };
        if (name.equals("cargo") && !runs) {
            return false;
        }
        boolean bare = List.of("just", "task", "go-task", "poe").contains(name);
        if (runs && !bare) {
            words.removeFirst();
        } else if (List.of("deno", "pdm", "hatch", "rye", "pipenv", "mise").contains(name)) {
            return false;
        }
        if (words.isEmpty()) {
            words.add("");
        }
        boolean found = false;
        Collection<String> scripts = several ? named(name, words) : words.subList(0, 1);
        if (name.equals("composer") && !job.constants().contains("--no-scripts")) {
            scripts = EVENTS.getOrDefault(words.getFirst(), words.subList(0, 1));
        }
        for (String script : scripts) {
            found |= script(job, name, script, directory, behindDashes(job, name));
        }
        return found;
    }

    private static final Set<String> HANDING = Set.of("turbo", "nx", "composer");

    /** What such a runner gives to the scripts besides their own words. */
    private static String behindDashes(Job job, String runner) {
        int dashes = HANDING.contains(runner) ? job.constants().indexOf("--") : -1;
        StringBuilder text = new StringBuilder();
        if (dashes > 0 && job.constants().size() == job.arguments().size()) {
            for (String word : job.constants().subList(dashes + 1, job.constants().size())) {
                text.append(' ').append(CodeCommands.quote(word));
            }
        }
        return text.toString();
    }

    private boolean script(
            Job job, String name, String script, @Nullable String directory, String words) {
        String top = judge.call.paths.workspace();
        ProjectScripts.Found read =
                projectScripts
                        .computeIfAbsent(
                                new Script(name, script, directory, judge.call.facts.state()),
                                _ -> ProjectScripts.of(judge.call, name, script, directory, top))
                        .orElse(null);
        return read != null && bodies(job, read, script, words);
    }

    private boolean bodies(Job job, ProjectScripts.Found read, String script, String words) {
        for (String line : read.lines()) {
            body(job, line, read.folder(), words);
        }
        if (!read.whole()) {
            judge.opaque(job, "not all of the script `" + Judge.cut(script) + "` can be read");
        }
        return true;
    }

    private static final Pattern CHOOSES =
            Pattern.compile("-[se]|--(?:env|session|sessions)|-[cf]|--(?:conf|noxfile)");

    /** Words with which nothing is run but shown. */
    private static final Pattern LISTS = Pattern.compile("-l|--list|--list-sessions|--listenvs");

    private static final Set<String> LISTS_FIRST = Set.of("list", "l", "config", "c");

    /** What the environments of {@code tox}, or the sessions of {@code nox}, run. */
    private boolean sessions(Job job, String name, @Nullable String directory) {
        boolean lists =
                job.constants().stream().anyMatch(word -> LISTS.matcher(word).matches())
                        || (name.equals("tox")
                                && LISTS_FIRST.contains(String.valueOf(job.argument(0))));
        if (directory == null || lists) {
            return false;
        }
        Set<String> chosen = new LinkedHashSet<>();
        String file = null;
        String option = "";
        for (String word : job.constants()) {
            if (word.equals("--")) {
                break;
            }
            int equals = word.startsWith("--") ? word.indexOf('=') : -1;
            String key = equals < 0 ? word : word.substring(0, equals);
            if (word.startsWith("-")) {
                option = CHOOSES.matcher(key).matches() ? key : "";
                if (equals < 0) {
                    continue;
                }
            }
            String value = equals < 0 ? word : word.substring(equals + 1);
            switch (option) {
                case "-c", "--conf", "-f", "--noxfile" -> file = value;
                case "" -> {}
                default -> chosen.addAll(List.of(value.split(",", -1)));
            }
            option = name.equals("nox") && equals < 0 ? option : "";
        }
        ProjectScripts.Found read =
                PythonSessions.of(judge.call, name, chosen, directory, file).orElse(null);
        return read != null && bodies(job, read, name, "");
    }

    private static final Pattern TARGETS = Pattern.compile("(?:-t|--targets?)=");

    /** The scripts that words may name: of Nx also {@code project:target:settings}, and lists. */
    private static Set<String> named(String runner, List<String> words) {
        if (!runner.equals("nx")) {
            return new LinkedHashSet<>(words);
        }
        Set<String> scripts = new LinkedHashSet<>();
        for (String word : words) {
            for (String one : word.split(",", -1)) {
                String target = one.substring(one.indexOf(':') + 1);
                scripts.add(target);
                scripts.add(target.substring(0, (target + ":").indexOf(':')));
            }
        }
        return scripts;
    }

    private void packageScripts(
            Job job, String name, List<String> path, @Nullable String directory) {
        if (path.isEmpty() || directory == null) {
            return;
        }
        String first = path.getFirst();
        String script =
                switch (first) {
                    case "run", "run-script", "rum", "urn" -> path.size() > 1 ? path.get(1) : "";
                    case "t", "tst" -> "test";
                    default -> first;
                };
        List<String> hooks = hooks(name, path);
        if (!hooks.isEmpty()) {
            nearest(job, directory, hooks);
            return;
        }
        boolean builtIn =
                switch (first) {
                    case "add", "exec", "ls", "view", "audit", "config" -> true;
                    // A script of that name for the others.
                    case "x" -> name.equals("npm") || name.equals("bun");
                    default -> false;
                };
        if (first.equals("workspaces")) {
            script = path.getLast();
        }
        if (script.isEmpty() || builtIn || (name.equals("bun") && first.equals("test"))) {
            return;
        }
        String words = handedOn(job, name, script);
        if (selected(job, name, script, directory, words)) {
            return;
        }
        String folder = directory;
        for (int i = 0; i < 20; i++) {
            Optional<String> text = packageText(job, folder);
            if (text.isPresent()) {
                packageScript(job, text.get(), script, folder, words);
                return;
            }
            int slash = folder.lastIndexOf('/');
            if (slash <= 0 || folder.equals(judge.call.paths.workspace())) {
                return;
            }
            folder = folder.substring(0, slash);
        }
    }

    /** Scripts of the project itself that installing and publishing run, in order. */
    private static List<String> hooks(String runner, List<String> path) {
        boolean bare = path.size() == 1;
        return switch (path.getFirst()) {
            case "install", "i", "in", "ins", "inst", "isntall", "link", "rebuild" ->
                    bare || path.getFirst().equals("rebuild") ? INSTALLED : List.of("preinstall");
            case "ci", "clean-install", "ic", "install-clean", "dedupe" -> INSTALLED;
            case "it", "install-test", "cit", "install-ci-test", "clean-install-test", "sit" -> {
                List<String> all = new ArrayList<>(INSTALLED);
                all.addAll(List.of("pretest", "test", "posttest"));
                yield runner.equals("npm") ? all : List.of();
            }
            case "version" -> bare ? List.of() : OF_VERSION;
            case "publish" ->
                    List.of(
                            "prepublish",
                            "prepublishOnly",
                            "prepack",
                            "prepare",
                            "postpack",
                            "publish",
                            "postpublish");
            default -> List.of();
        };
    }

    private static final List<String> OF_VERSION = List.of("preversion", "version", "postversion");

    private static final List<String> INSTALLED =
            List.of(
                    "preinstall",
                    "install",
                    "postinstall",
                    "prepublish",
                    "preprepare",
                    "prepare",
                    "postprepare");

    /** Scripts of the next {@code package.json} from a folder upwards, each by its own name. */
    private void nearest(Job job, String directory, List<String> names) {
        String folder = directory;
        for (int i = 0; i < 20; i++) {
            Optional<String> text = packageText(job, folder);
            if (text.isPresent()) {
                JsonNode all =
                        packages.computeIfAbsent(text.get(), BuildCommands::scripts).orElse(null);
                if (all == null) {
                    judge.opaque(job, "`package.json` cannot be read");
                    return;
                }
                for (String name : names) {
                    JsonNode body = all.path(name);
                    if (body.isTextual()) {
                        body(job, body.textValue(), folder);
                    }
                }
                return;
            }
            int slash = folder.lastIndexOf('/');
            if (slash <= 0 || folder.equals(judge.call.paths.workspace())) {
                return;
            }
            folder = folder.substring(0, slash);
        }
    }

    /** The script of that name in the packages a runner's options choose, if they choose some. */
    private boolean selected(Job job, String name, String script, String directory, String words) {
        Packages.Choice choice = Packages.Choice.of(name, job.constants());
        if (choice == null) {
            return false;
        }
        Packages packages = Packages.around(judge.call, directory);
        if (!packages.seen()) {
            return false;
        }
        List<String> folders = new ArrayList<>(packages.chosen(choice));
        if (folders.isEmpty()) {
            // The package it runs in, or one that is not found.
            folders.add(directory);
            folders.addAll(packages.names().keySet());
        }
        if (packages.more()) {
            judge.shell(job, RiskTier.MEDIUM, "runs scripts of packages that are not all found");
        }
        for (String folder : folders) {
            packageText(job, folder)
                    .ifPresent(text -> packageScript(job, text, script, folder, words));
        }
        return true;
    }

    /** Scripts of the project that a command names, whichever program it is. */
    void namedScripts(Job job, String name) {
        if (name.equals("mise") || name.equals("go-task")) {
            projectScripts(job, name, job.directory(), List.of());
        }
        boolean versions =
                name.equals("bun")
                        && "pm".equals(job.argument(0))
                        && "version".equals(job.argument(1))
                        && job.arguments().size() > 2;
        if (versions && job.directory() != null) {
            nearest(job, job.directory(), OF_VERSION);
        }
        PackageRunners.Named named = PackageRunners.of(job, name);
        String directory = named == null ? null : job.directory();
        if (named == null || directory == null) {
            return;
        }
        for (String text : named.texts()) {
            body(job, text, directory);
        }
        if (name.equals("bun") && !named.scripts().isEmpty()) {
            List<String> hooks = hooks(name, named.scripts());
            if (!hooks.isEmpty()) {
                nearest(job, directory, hooks);
                return;
            }
        }
        Set<String> folders = new LinkedHashSet<>();
        String folder = directory;
        for (int i = 0; i < 20 && folders.isEmpty(); i++) {
            if (packageText(job, folder).isPresent()) {
                folders.add(folder);
            }
            int slash = folder.lastIndexOf('/');
            if (slash <= 0 || folder.equals(judge.call.paths.workspace())) {
                break;
            }
            folder = folder.substring(0, slash);
        }
        Packages.Choice choice = Packages.Choice.of(name, job.constants());
        if (choice != null) {
            folders.addAll(Packages.around(judge.call, directory).chosen(choice));
        }
        for (String script : named.scripts()) {
            boolean found = false;
            for (String one : folders) {
                found |= fitting(job, one, script);
            }
            if (found && named.first()) {
                break;
            }
        }
    }

    private boolean fitting(Job job, String folder, String pattern) {
        Optional<String> text = judge.call.facts.text(folder + "/package.json");
        JsonNode all =
                text.flatMap(one -> packages.computeIfAbsent(one, BuildCommands::scripts))
                        .orElse(null);
        if (text.isEmpty() || all == null) {
            return false;
        }
        boolean found = false;
        for (String script : (Iterable<String>) all::fieldNames) {
            if (PackageRunners.fits(pattern, script)) {
                found = true;
                packageScript(job, text.get(), script, folder, "");
            }
        }
        return found;
    }

    private Optional<String> packageText(Job job, String folder) {
        String path = folder + "/package.json";
        if (judge.call.facts.isClosed(path)) {
            judge.opaque(job, "`package.json` cannot be read");
        }
        return judge.call.facts.text(path);
    }

    /**
     * @param words what the script is given besides its own words, as a shell reads it
     */
    private void packageScript(Job job, String text, String script, String folder, String words) {
        JsonNode all = packages.computeIfAbsent(text, BuildCommands::scripts).orElse(null);
        if (all == null) {
            judge.opaque(job, "`package.json` cannot be read");
            return;
        }
        for (String name : List.of("pre" + script, script, "post" + script)) {
            JsonNode body = all.path(name);
            if (body.isTextual()) {
                body(job, body.textValue(), folder, name.equals(script) ? words : "");
                if (Wireit.runs(body.textValue())) {
                    wired(job, folder, name);
                }
            }
        }
    }

    /** What a script does that Wireit runs, by what {@code package.json} says of it. */
    private void wired(Job job, String folder, String script) {
        Wireit.Found found = Wireit.of(judge.call, folder, script);
        for (Wireit.Line line : found.lines()) {
            body(job, line.text(), line.folder());
        }
        if (!found.whole()) {
            judge.opaque(job, "not all that `wireit` runs for `" + Judge.cut(script) + "` is read");
        }
    }

    private static Optional<JsonNode> scripts(String text) {
        try {
            return Optional.of(JSON.readTree(text).path("scripts"));
        } catch (JsonProcessingException | StackOverflowError e) {
            return Optional.empty();
        }
    }

    /**
     * The words behind the name of a script, which its last command is given too. Options in front
     * of {@code --} are npm's own, and all words there are Lerna's.
     */
    private static String handedOn(Job job, String runner, String script) {
        StringBuilder text = new StringBuilder();
        boolean npm = runner.equals("npm");
        boolean named = false;
        boolean dashes = false;
        for (Argument word : job.arguments()) {
            String value = word.value();
            if (value == null) {
                return "";
            }
            boolean isScript = !named && (value.equals(script) || SHORT_TEST.contains(value));
            boolean own = !dashes && (runner.equals("lerna") || (npm && value.startsWith("-")));
            boolean taken = named && !isScript && !own;
            if (value.equals("--") && !dashes) {
                dashes = true;
            } else if (taken) {
                text.append(' ').append(CodeCommands.quote(value));
            }
            named |= isScript;
        }
        return text.toString();
    }

    private static final Set<String> SHORT_TEST = Set.of("t", "tst");

    /** The same with the words it is given: those may have its tool run or empty something else. */
    private void body(Job job, String text, String folder, String words) {
        int before = judge.call.drafts.size();
        body(job, text, folder);
        if (words.isEmpty()) {
            return;
        }
        int first = judge.call.drafts.size();
        Set<String> files = new HashSet<>();
        for (Draft draft : judge.call.drafts.subList(before, first)) {
            if (draft.unseen) {
                files.add(draft.summary);
            }
        }
        body(job, text + words, folder, draft -> draft.unseen && !files.contains(draft.summary));
        judge.dropCovered(Math.min(runnerFrom, before), first);
    }

    /** What a script of the project does, its running of the project's own code aside. */
    private void body(Job job, String text, String folder) {
        body(job, text, folder, _ -> false);
    }

    /**
     * @param foreign what is no code of the script's own
     */
    private void body(Job job, String text, String folder, Predicate<Draft> foreign) {
        if (++scripts > MOST_SCRIPTS) {
            judge.opaque(job, "there are more scripts than can be judged");
            return;
        }
        int before = judge.call.drafts.size();
        judge.call.readsFile(text.length());
        judge.nested(text, job.in(folder), folder);
        for (int i = before; i < judge.call.drafts.size(); i++) {
            Draft draft = judge.call.drafts.get(i);
            boolean own =
                    draft.action == Action.SHELL_RUN
                            && draft.floor == null
                            && draft.tags.isEmpty()
                            && !draft.risk.atLeast(RiskTier.HIGH)
                            && (draft.ownCode || !draft.opaque)
                            && !foreign.test(draft);
            if (own) {
                draft.risk = draft.risk == RiskTier.NONE ? RiskTier.NONE : RiskTier.LOW;
                draft.opaque = false;
            }
        }
    }

    /** What {@code make} runs: its words say which files, and which targets of them. */
    private void recipes(Job job) {
        MakeWords words = MakeWords.of(job, judge);
        String directory = words.directory();
        if (directory == null) {
            return;
        }
        String key = words.key();
        if (!makes.add(key)) {
            // It is being judged already: a makefile that starts itself.
            return;
        }
        Makefile file =
                Makefile.read(
                                judge.call.facts,
                                directory,
                                words.files(),
                                words.text(),
                                words.given(),
                                words.environment())
                        .orElse(null);
        if (file != null) {
            List<String> lines = file.runs(words.targets());
            judge.call.works(file.characters());
            for (String line : lines) {
                body(job, line, directory);
            }
            boolean brought =
                    judge.call.broughtBuild(judge.call.paths.place(".", false, directory));
            file.unread().stream()
                    .limit(brought ? 0 : 1)
                    .forEach(why -> judge.opaque(job, "not all that `make` runs is known: " + why));
        }
        makes.remove(key);
    }
}
