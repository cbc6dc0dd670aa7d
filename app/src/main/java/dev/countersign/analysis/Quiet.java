package dev.countersign.analysis;

import dev.countersign.call.Argument;
import dev.countersign.call.LowerCase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
            boolean lints,
            boolean settings,
            Set<String> words,
            List<String> endings,
            Set<String> flags,
            Set<String> valued,
            Set<String> paths,
            Set<String> outs,
            Set<String> dirs,
            Set<String> configs,
            Map<String, List<String>> picks,
            Map<String, List<String>> empties,
            Map<String, List<String>> needs,
            Set<String> cleans,
            Set<String> never,
            List<String> restAs,
            List<String> defines,
            String args,
            int output,
            boolean passes,
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
            Map<String, List<String>> picks = lists(map, "picks");
            Map<String, List<String>> empties = lists(map, "empties");
            return new Line(
                    "true".equals(map.get("none")),
                    map.containsKey("rest"),
                    "lints".equals(map.get("rest")),
                    "settings".equals(map.get("rest")),
                    Set.copyOf(exact),
                    endings,
                    Set.copyOf(Flow.texts(map.get("flags"))),
                    Set.copyOf(Flow.texts(map.get("valued"))),
                    Set.copyOf(Flow.texts(map.get("paths"))),
                    Set.copyOf(Flow.texts(map.get("outs"))),
                    Set.copyOf(Flow.texts(map.get("dirs"))),
                    Set.copyOf(Flow.texts(map.get("configs"))),
                    picks,
                    empties,
                    lists(map, "needs"),
                    Set.copyOf(Flow.texts(map.get("cleans"))),
                    Set.copyOf(Flow.texts(map.get("never"))),
                    Flow.texts(map.get("rest_as")),
                    Flow.texts(map.get("defines")),
                    String.valueOf(map.getOrDefault("args", "")),
                    Integer.parseInt(String.valueOf(map.getOrDefault("output", "0"))),
                    "true".equals(map.get("passes")),
                    subs);
        }

        private static Map<String, List<String>> lists(Map<String, Object> map, String key) {
            Map<String, List<String>> lists = new HashMap<>();
            Flow.map(map.getOrDefault(key, Map.of()))
                    .forEach((name, value) -> lists.put(name, Flow.texts(value)));
            return lists;
        }

        boolean word(String text) {
            if (words.contains(text)) {
                return true;
            }
            if (endings.isEmpty() || SCRIPT_FILE.matcher(text).find()) {
                return false;
            }
            for (String ending : endings) {
                if (Patterns.glob(ending, text) && isName(text, ending)) {
                    return !changesMore(text);
                }
            }
            return false;
        }

        /**
         * Whether a word that fits a pattern is one name. {@code test-x:=$(shell …)} is a variable
         * to make, and a {@code ;} begins another command of sbt.
         */
        private static boolean isName(String text, String pattern) {
            boolean blanks = pattern.indexOf(' ') >= 0;
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                boolean fits =
                        Character.isLetterOrDigit(c)
                                || "_-.:/+@,*".indexOf(c) >= 0
                                || (blanks && (c == ' ' || c == '"' || c == '#' || c == '='));
                if (!fits) {
                    return false;
                }
            }
            return true;
        }

        /** Where the value of an option that takes a path goes, or null for another option. */
        @Nullable List<Argument> kind(String option, Fit fit) {
            if (outs.contains(option)) {
                return fit.writes;
            }
            if (dirs.contains(option)) {
                return fit.directories;
            }
            return paths.contains(option) ? fit.reads : null;
        }

        /**
         * Where the value of an option that names a configuration goes, or null for another option
         * or a value that is none: only what may not be written unasked may be named unasked.
         */
        @Nullable List<Argument> config(String option, @Nullable String value, Fit fit) {
            boolean known =
                    configs.contains(option)
                            && value != null
                            && Places.isDefinition(Patterns.parts(value));
            return known ? fit.reads : null;
        }

        /** Whether every part of a value, at commas, is one the option may have. */
        boolean picks(String option, String value) {
            if (option.equals("-ldflags") && LINKER_VALUES.matcher(value).matches()) {
                return true;
            }
            for (String part : value.split(",", -1)) {
                boolean fits = false;
                for (String choice : picks.getOrDefault(option, List.of())) {
                    boolean path = choice.indexOf('=') >= 0 && part.indexOf('/') >= 0;
                    fits |=
                            choice.equals(part)
                                    || (!path && Patterns.glob(choice, part) && !changesMore(part));
                }
                if (!fits) {
                    return false;
                }
            }
            return true;
        }

        /** Whether a definition is listed, with a value that is no more than a word. */
        boolean define(String text, Fit fit, Argument word) {
            if (PROPERTIES.matcher(text).find()) {
                return false;
            }
            if (defines.contains("-D*") && OWN_SWITCH.matcher(text).matches()) {
                return true;
            }
            for (String define : defines) {
                boolean open = define.endsWith("=") || define.endsWith(".");
                if (define.endsWith("_")) {
                    if (text.startsWith(define) && SWITCH.matcher(text).matches()) {
                        return true;
                    }
                } else if (text.equals(define)) {
                    return true;
                } else if (open
                        ? text.startsWith(define)
                        : define.indexOf('=') < 0 && text.startsWith(define + "=")) {
                    String value = text.substring(open ? define.length() : define.length() + 1);
                    if (!PLAIN_DEFINITION.matcher(value).matches()) {
                        return false;
                    }
                    if (value.indexOf('/') >= 0 || value.startsWith("..")) {
                        fit.handedOn.add(
                                new Argument(value, word.written(), word.glob(), word.source()));
                    }
                    return true;
                }
            }
            return false;
        }
    }

    /**
     * What a tool takes everything out of before it writes there.
     *
     * @param word the place
     * @param usual names it has where nobody chose another one
     */
    record Emptied(Argument word, List<String> usual) {}

    /**
     * A command line that is on the list.
     *
     * @param path sub-commands, then goals or script names
     * @param reads words that are paths, or may be
     * @param writes words that name what is written
     * @param empties those of them that are emptied first
     * @param handedOn words for a script of the project that are paths, or may be
     * @param directories where it goes before it starts, one after the other
     * @param cleaning whether a word has it empty what is written, as far as that was asked
     */
    record Fit(
            List<String> path,
            List<Argument> reads,
            List<Argument> writes,
            List<Emptied> empties,
            List<Argument> handedOn,
            List<Argument> directories,
            Map<Line, Boolean> cleaning) {
        Fit() {
            this(
                    new ArrayList<>(),
                    new ArrayList<>(),
                    new ArrayList<>(),
                    new ArrayList<>(),
                    new ArrayList<>(),
                    new ArrayList<>(),
                    new IdentityHashMap<>());
        }

        private void add(Fit other) {
            reads.addAll(other.reads);
            writes.addAll(other.writes);
            empties.addAll(other.empties);
            handedOn.addAll(other.handedOn);
            directories.addAll(other.directories);
        }
    }

    /** A file that a runner of scripts takes as well as the name of one. */
    private static final Pattern SCRIPT_FILE = Pattern.compile("\\.[cm]?[jt]sx?$");

    /** A module of a registry or a repository, where others name a path. */
    private static final Pattern REMOTE_INPUT =
            Pattern.compile("[^./][^/]*\\.[^/]*/.*|[^/]*@[^/]*:.*");

    /** What MSBuild takes for a project in a word: a folder, a definition, or what one made. */
    private static final Pattern PROJECT =
            Pattern.compile(
                    "(.*/)?(\\.{0,2}|[^./]+(\\.[A-Z][^./]*)*|[^/]+\\.(csproj|fsproj|vbproj|sln[xf]?|dll))/?");

    /** Settings of a test host that name no program, library or folder of them. */
    private static final Pattern HOST_SETTING =
            Pattern.compile(
                    "(?!(RunConfiguration|DataCollectionRunSettings|LoggerRunSettings)\\.).*"
                            + "|RunConfiguration\\.(MaxCpuCount|TargetPlatform|TestSessionTimeout"
                            + "|ResultsDirectory|DisableParallelization|TreatNoTestsAsError)=.*"
                            + "|DataCollectionRunSettings\\.DataCollectors\\.DataCollector\\.Configuration\\."
                            + "(Format|Exclude|Include|ExcludeByFile|ExcludeByAttribute|SkipAutoProps)=.*");

    /** Options that take words until the next option comes. */
    private static final Set<String> SEVERAL = Set.of("--reporters", "--coverageReporters");

    /** Options that choose the database or the settings of an application. */
    private static final Set<String> CHOOSES_APPLICATION =
            Set.of("--database", "--settings", "--ds", "--environment", "-e", "--env");

    /** What the linker of Go is told to put into variables, or to leave out. */
    private static final Pattern LINKER_VALUES =
            Pattern.compile(
                    "\\s*(?:(?:-s|-w|-X[ =](?:\"[\\w./-]+=[\\w .:/+-]*\"|'[\\w./-]+=[\\w .:/+-]*'|[\\w./-]+=[\\w.:/+-]*))(?:\\s+|$))+");

    /** Settings of an application that by their name are those of its tests or of this machine. */
    private static final Pattern FOR_TESTS =
            Pattern.compile(
                    "(?:^|[._-])(?:tests?|testing|ci|dev|devel|development|local|unit|pytest)(?:$|[._-])");

    /** Several properties in one word of MSBuild: what stands behind the first is not listed. */
    private static final Pattern PROPERTIES =
            Pattern.compile("^[-/]{1,2}p(roperty)?:[^=]*=.*[;,]", Pattern.CASE_INSENSITIVE);

    /** Options whose value is a place on a web site, or its address, or chooses tests by name. */
    private static final Set<String> OF_A_SITE =
            Set.of(
                    "--testNamePattern",
                    "--test-name-pattern",
                    "--base",
                    "--baseURL",
                    "--base-href",
                    "--public-url",
                    "--publicPath");

    /** Options of test runners that choose by a pattern of names, which a slash parts. */
    private static final Set<String> BY_NAME =
            Set.of(
                    "-run",
                    "-bench",
                    "-skip",
                    "--grep",
                    "--grep-invert",
                    "--filter-expr",
                    "--tests");

    /** Options whose value is a pattern or prose, with signs of its own. */
    private static final Set<String> CHOOSES =
            Set.of(
                    "-k",
                    "-m",
                    "-E",
                    "-t",
                    "-e",
                    "-n",
                    "-g",
                    "-run",
                    "-bench",
                    "-skip",
                    "--grep",
                    "--grep-invert",
                    "--filter",
                    "--filter-expr",
                    "--filter-expression",
                    "--name",
                    "--example",
                    "--tests",
                    "--test",
                    "--only",
                    "--ignore",
                    "--exclude",
                    "--include",
                    "--message",
                    "--tag",
                    "--tags");

    /** Options whose value is a line of words for the tests. */
    private static final Set<String> HANDS_ON =
            Set.of(
                    "--ta",
                    "--test-arguments",
                    "--ba",
                    "--benchmark-arguments",
                    "--test-option",
                    "--test-options",
                    "--test_arg");

    /** What means something to a shell: many tools hand a value to one. */
    private static final Pattern SHELL = Pattern.compile("[`$;&|<>\\n\\r(]");

    /** What a definition may say without being looked at further. */
    private static final Pattern PLAIN_DEFINITION = Pattern.compile("[A-Za-z0-9_.,:+/@*#!=-]*");

    /** The same of a variable of the project's own: those of CMake may name programs. */
    private static final Pattern OWN_SWITCH =
            Pattern.compile(
                    "-D(?!CMAKE_|CPACK_|CTEST_|_|\\w*(?:INSTALL|EXECUTABLE|COMMAND|PROGRAM|COMPILER|LAUNCHER|DEPLOY|UPLOAD|PUBLISH))[A-Za-z][A-Za-z0-9_]*(?::BOOL)?=(ON|OFF|TRUE|FALSE|YES|NO|[0-9]{1,9})",
                    Pattern.CASE_INSENSITIVE);

    /** A definition that switches something on or off, or counts it. */
    private static final Pattern SWITCH =
            Pattern.compile("[^=]*=(ON|OFF|TRUE|FALSE|YES|NO|[0-9.]+)", Pattern.CASE_INSENSITIVE);

    /** As many jobs as the machine has processors: a number, whatever it is. */
    private static final Set<String> PROCESSORS =
            Set.of(
                    "$(nproc)",
                    "`nproc`",
                    "$(getconf _NPROCESSORS_ONLN)",
                    "$(sysctl -n hw.ncpu)",
                    "$(sysctl -n hw.logicalcpu)");

    /** Options of a runner itself that a script's arguments may not bring in. */
    private static final Set<String> RUNNERS_OWN =
            Set.of(
                    "--cwd",
                    "--dir",
                    "-C",
                    "--prefix",
                    "--config",
                    "--script-shell",
                    "--use-yarnrc");

    /**
     * Options by which Node and its test runners load a module, which need not look like a path.
     */
    private static final Set<String> LOADS_MODULE =
            Set.of("--require", "--import", "--loader", "--experimental-loader");

    /** What a linter of Rust takes to say which of its findings count. */
    private static final Pattern LINT =
            Pattern.compile(
                    "-[DWAF]([a-z][a-z0-9_:-]*)?|--(deny|warn|allow|forbid)(=[a-z][a-z0-9_:-]*)?"
                            + "|--no-deps|[a-z][a-z0-9_:-]*");

    /** Options that, given a path instead of a name, make a tool run that file. */
    private static final Set<String> LOADING =
            Set.of(
                    "--reporter",
                    "--reporters",
                    "--format",
                    "--formatter",
                    "--environment",
                    "--env",
                    "--testEnvironment",
                    "--plugin",
                    "--parser",
                    "--ui",
                    "--runner",
                    "--testRunner",
                    "--pool",
                    "--preset",
                    "--require",
                    "--resolver",
                    "--transform",
                    "--custom-formatter",
                    "--coverage.provider",
                    "--coverage.reporter",
                    "--snapshotEnvironment",
                    "-f",
                    "-u",
                    "-r");

    private static final Pattern CODE_FILE =
            Pattern.compile("[./~].*|[^@].*/.*|.+\\.([cm]?[jt]sx?|py|rb|lua|php)");

    private Quiet() {}

    /** Whether a tool is on the list at all. */
    static boolean knows(String tool) {
        return Shipped.line(tool) != null;
    }

    /** Whether an option of a tool, or of one of its sub-commands, is known to take no value. */
    static boolean isFlag(String tool, String option) {
        Line line = Shipped.line(tool);
        return line != null && isFlag(line, option);
    }

    private static boolean isFlag(Line line, String option) {
        if (line.flags.contains(option)) {
            return true;
        }
        for (Line sub : line.subs.values()) {
            if (isFlag(sub, option)) {
                return true;
            }
        }
        return false;
    }

    /** The parts of a command line if every word of it is on the list. */
    static @Nullable Fit fit(String tool, List<Argument> words) {
        Line line = Shipped.line(tool);
        if (line == null) {
            return null;
        }
        Line top = line;
        Fit fit = new Fit();
        boolean used = false;
        boolean dashes = false;
        for (int i = 0; i < words.size(); i++) {
            Argument word = words.get(i);
            String text = word.value();
            if (text == null) {
                if (isJobs(line, top, words, i)) {
                    continue;
                }
                return null;
            }
            boolean handsOn = text.equals("--") && line.rest;
            boolean scripts = line.passes && (used || (line.none && line.words.isEmpty()));
            if (handsOn && !line.restAs.isEmpty()) {
                Fit rest = restAs(line, words.subList(i + 1, words.size()));
                if (rest == null) {
                    return null;
                }
                fit.add(rest);
                break;
            }
            if (handsOn || scripts) {
                for (Argument rest : words.subList(handsOn ? i + 1 : i, words.size())) {
                    boolean fits =
                            (!line.lints || LINT.matcher(rest.written()).matches())
                                    && (!line.settings
                                            || HOST_SETTING.matcher(rest.written()).matches());
                    if (!fits || !restOf(rest, fit.handedOn, scripts)) {
                        return null;
                    }
                }
                break;
            }
            Line sub = used ? null : line.subs.get(text);
            if (sub != null) {
                fit.path.add(text);
                line = sub;
                continue;
            }
            // Behind them stand targets of the tool that really builds, and its variables.
            if (dashes && !text.startsWith("-") && (changesMore(text) || text.indexOf('=') >= 0)) {
                return null;
            }
            dashes |= text.equals("--");
            if (text.length() > 1 && text.charAt(0) == '-') {
                int taken = option(line, top, words, i, fit);
                if (taken == 0) {
                    return null;
                }
                i += taken - 1;
                continue;
            }
            if (!used && line.never.contains(text)) {
                return null;
            }
            boolean named = line.word(text);
            boolean first = !used && !line.none && !line.words.isEmpty();
            if (!named && first) {
                return null;
            }
            if (named && text.indexOf(' ') >= 0 && !handed(word, text, fit)) {
                return null;
            }
            if (named) {
                fit.path.add(text);
            } else if (line.args.equals("pairs") && pairSign(text) > 0) {
                fit.reads.add(pairIn(word, pairSign(text)));
                fit.writes.add(pairOut(word, pairSign(text)));
            } else if ((line.args.equals("paths") || line.args.equals("pairs")) && isPath(text)) {
                int place = fit.reads.size() + fit.writes.size() + 1;
                (place == line.output ? fit.writes : fit.reads).add(word);
                if (place == line.output) {
                    emptied(line, words, "output", word, fit);
                }
            } else if (line.args.equals("inputs") || line.args.equals("projects")) {
                boolean fits =
                        line.args.equals("inputs")
                                ? !REMOTE_INPUT.matcher(text).matches()
                                : PROJECT.matcher(text).matches();
                if (!fits || !isPath(text)) {
                    return null;
                }
                fit.reads.add(word);
            } else if (line.args.equals("targets")) {
                if (changesMore(text) || text.indexOf('/') == 0) {
                    return null;
                }
            } else if (line.args.equals("labels")
                    ? !isLabel(text)
                    : !line.args.equals("names") || leavesFolder(text)) {
                return null;
            }
            used = true;
        }
        boolean meets = meets(line, words) && meets(top, words);
        return meets && (used || line.none) ? fit : null;
    }

    /** Whether a name of tests leads out of the folder as a path would. */
    private static boolean leavesFolder(String text) {
        return text.startsWith("/")
                || text.startsWith("~")
                || text.startsWith("../")
                || text.equals("..")
                || text.contains("/../");
    }

    /** Whether every word that is quiet only with an option has it. */
    private static boolean meets(Line line, List<Argument> words) {
        for (Map.Entry<String, List<String>> need : line.needs.entrySet()) {
            boolean given = need.getKey().isEmpty() || has(words, need.getKey());
            if (given && need.getValue().stream().noneMatch(option -> has(words, option))) {
                return false;
            }
        }
        return true;
    }

    private static boolean has(List<Argument> words, String word) {
        for (Argument argument : words) {
            String text = argument.value();
            if (text != null && (text.equals(word) || text.startsWith(word + "="))) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether a word is a path and no address, module ({@code npm:x}), program text ({@code data:})
     * or file of further options ({@code @args}).
     */
    private static boolean isPath(String text) {
        if (text.startsWith("@") || text.indexOf("://") >= 0) {
            return false;
        }
        int colon = text.indexOf(':');
        if (colon < 2 || colon + 1 >= text.length()) {
            return true;
        }
        char next = text.charAt(colon + 1);
        boolean scheme = text.chars().limit(colon).allMatch(c -> Character.isLetter(c) || c == '+');
        return !scheme || next == ':' || Character.isDigit(next);
    }

    /** Where the sign of {@code IN:OUT} stands, drive letters aside, or -1. */
    static int pairSign(@Nullable String text) {
        int colon = text == null ? -1 : text.indexOf(':', 2);
        return text == null || colon + 1 >= text.length() || text.startsWith("://", colon)
                ? -1
                : colon;
    }

    static Argument pairIn(Argument word, int colon) {
        String text = String.valueOf(word.value());
        return new Argument(text.substring(0, colon), word.written(), word.glob(), word.source());
    }

    static Argument pairOut(Argument word, int colon) {
        return tail(word, String.valueOf(word.value()), colon + 1);
    }

    /** Whether a target's name says that it changes more than what the build makes. */
    private static boolean changesMore(String target) {
        String apart = LowerCase.of(CAMEL.matcher(target).replaceAll("-"));
        List<String> parts = List.of(NAME_PARTS.split(apart, -1));
        for (String part : parts) {
            if (CHANGES_MORE.contains(part)) {
                return true;
            }
        }
        boolean data = parts.contains("clean") && parts.stream().anyMatch(DATA::contains);
        return data || BuildCommands.publishes(target);
    }

    private static final Pattern NAME_PARTS = Pattern.compile("[:/_.;-]");
    private static final Pattern CAMEL = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");

    /** Words of a target's name that say so. */
    private static final Set<String> CHANGES_MORE =
            Set.copyOf(
                    List.of(
                            ("install uninstall flash push erase burn dfu destroy drop wipe reset migrate seed prod"
                                            + " production live sync merge apply connected device upload flyway"
                                            + " liquibase delete deletes truncate purge nuke dropdb createdb rollback restore")
                                    .split(" ", -1)));

    /** What no build makes again: cleaned, it is gone. */
    private static final Set<String> DATA =
            Set.copyOf(
                    List.of(
                            ("db dbs database databases data schema schemas tables table postgres pg"
                                            + " postgresql mysql mariadb mongo mongodb redis sqlite elastic"
                                            + " elasticsearch opensearch kafka rabbitmq queue queues s3 bucket"
                                            + " buckets storage minio uploads volume volumes docker podman"
                                            + " container containers image images k8s kube cluster namespace"
                                            + " helm aws gcp azure cloud infra stack stacks terraform pulumi"
                                            + " remote users accounts sessions records entries"
                                            + " branches git worktrees stashes home env envs secrets keys backup"
                                            + " backups system")
                                    .split(" ", -1)));

    private static boolean isLabel(String text) {
        return text.startsWith("//") || text.startsWith(":") || text.startsWith("@");
    }

    /** Whether a word that is not constant only says how many jobs to run. */
    private static boolean isJobs(Line line, Line top, List<Argument> words, int i) {
        String written = words.get(i).written().replace("\"", "");
        if (written.startsWith("-") && written.length() > 2) {
            String option = written.substring(0, 2);
            return (line.valued.contains(option) || top.valued.contains(option))
                    && PROCESSORS.contains(written.substring(2));
        }
        return false;
    }

    /** Whether a word that is not constant is the number of processors. */
    static boolean countsProcessors(Argument word) {
        return PROCESSORS.contains(word.written().replace("\"", ""));
    }

    /** What stands behind {@code --}, as words of the tool they are handed to. */
    private static @Nullable Fit restAs(Line line, List<Argument> rest) {
        List<Argument> words = new ArrayList<>();
        line.restAs.stream().skip(1).map(Argument::of).forEach(words::add);
        words.addAll(rest);
        return fit(line.restAs.getFirst(), words);
    }

    private static void emptied(
            Line line, List<Argument> words, String option, Argument place, Fit fit) {
        List<String> usual = line.empties.get(option);
        if (usual != null && fit.cleaning.computeIfAbsent(line, l -> cleans(l, words))) {
            fit.empties.add(new Emptied(place, usual));
        }
    }

    private static boolean cleans(Line line, List<Argument> words) {
        if (line.cleans.isEmpty()) {
            return true;
        }
        for (Argument word : words) {
            String text = word.value();
            if (text != null
                    && line.cleans.contains(
                            text.endsWith("=true")
                                    ? text.substring(0, text.length() - "=true".length())
                                    : text)) {
                return true;
            }
        }
        return false;
    }

    /** What a runner hands on is the project's own matter, but for paths that lead elsewhere. */
    private static boolean restOf(Argument word, List<Argument> reads, boolean scripts) {
        String text = word.value();
        if (text == null) {
            return false;
        }
        int equals = text.indexOf('=');
        if (scripts && text.startsWith("--config.")) {
            return false;
        }
        if (text.startsWith("{", equals + 1)) {
            // A configuration in the call itself, which may name programs.
            return false;
        }
        if (scripts && RUNNERS_OWN.contains(equals > 0 ? text.substring(0, equals) : text)) {
            return false;
        }
        if (LOADS_MODULE.contains(equals > 0 ? text.substring(0, equals) : text)) {
            return false;
        }
        if (!text.startsWith("-")) {
            reads.add(word);
        }
        if (equals > 0) {
            reads.add(tail(word, text, equals + 1));
        }
        mayBePath(word, text, reads);
        return true;
    }

    private static Argument tail(Argument word, String text, int from) {
        return new Argument(text.substring(from), word.written(), word.glob(), word.source());
    }

    /** {@code json:FILE}: what may be a path in the words of an option or behind a name. */
    private static void mayBePath(Argument word, String text, List<Argument> reads) {
        int colon = text.indexOf(':');
        boolean behind =
                colon > 0
                        && colon + 1 < text.length()
                        && text.charAt(colon + 1) != ':'
                        && !text.startsWith("://", colon);
        if (behind && text.indexOf(' ') < 0) {
            reads.add(tail(word, text, colon + 1));
        }
    }

    /**
     * Whether the value of an option that takes no path may stay: one that looks like a path is
     * judged as what a script is handed on.
     */
    private static boolean value(String option, Argument word, String text, Fit fit) {
        if (CHOOSES_APPLICATION.contains(option) && Labels.prod(text)) {
            return false;
        }
        if (option.equals("--ds") && !FOR_TESTS.matcher(text).find()) {
            return false;
        }
        if (HANDS_ON.contains(option)) {
            return handed(word, text, fit);
        }
        boolean site = OF_A_SITE.contains(option);
        boolean pattern = site || CHOOSES.contains(option);
        if (isOption(text) || (!pattern && SHELL.matcher(text).find())) {
            return false;
        }
        boolean address = option.equals("-b") && text.contains("://");
        if (address || site) {
            return true;
        }
        if (text.indexOf(' ') >= 0) {
            return pattern || !leaves(text);
        }
        if (BY_NAME.contains(option)) {
            return text.indexOf("://") < 0;
        }
        if (text.indexOf(';') >= 0 && text.indexOf('=') >= 0) {
            return false;
        }
        boolean path =
                text.indexOf('/') >= 0
                        || text.startsWith("..")
                        || text.startsWith("~")
                        || text.indexOf('\\') >= 0;
        if (path && text.indexOf("://") < 0) {
            fit.handedOn.add(tail(word, text, 0));
        }
        mayBePath(word, text, fit.handedOn);
        return text.indexOf("://") < 0;
    }

    /** The words an option hands on to the tests, in one word. */
    private static boolean handed(Argument word, String text, Fit fit) {
        for (String part : text.split("\\s+", -1)) {
            if (SHELL.matcher(part).find()
                    || !restOf(
                            new Argument(part, word.written(), word.glob(), word.source()),
                            fit.handedOn,
                            false)) {
                return false;
            }
        }
        return true;
    }

    /** Whether a part of a text with blanks reads as a path out of the project. */
    private static boolean leaves(String text) {
        for (String part : text.split("[\\s=:,\"']+", -1)) {
            if (part.startsWith("/") || part.startsWith("~") || part.startsWith("..")) {
                return true;
            }
        }
        return false;
    }

    /** A path, or several joined by colons as a class path has them. */
    private static void addPath(List<Argument> into, Argument word) {
        into.add(word);
        String value = word.value();
        boolean drive = value != null && value.matches("[A-Za-z]:\\\\.*");
        if (value == null || drive) {
            return;
        }
        for (String part : value.split(":", -1)) {
            if (!part.isEmpty() && !part.equals(value)) {
                into.add(new Argument(part, word.written(), word.glob(), word.source()));
            }
        }
    }

    /** Options of compilers whose folder stands attached. */
    private static final Set<String> SEARCHED = Set.of("-I", "-L");

    private static final Pattern REPORT = Pattern.compile("(html|xml|json|lcov|annotate):(.+)");

    /** The file of {@code --cov-report=xml:FILE}, a choice with the place it is written to. */
    private static @Nullable Argument report(Line place, List<Argument> words, int i) {
        String text = String.valueOf(words.get(i).value());
        int equals = text.indexOf('=');
        String name = equals > 0 ? text.substring(0, equals) : text;
        Argument word = equals > 0 || i + 1 >= words.size() ? words.get(i) : words.get(i + 1);
        String value = equals > 0 ? text.substring(equals + 1) : word.value();
        boolean both = place.picks.containsKey(name) && name.equals("--cov-report");
        Matcher report = REPORT.matcher(value == null ? "" : value);
        return both && report.matches()
                ? new Argument(report.group(2), word.written(), false, word.source())
                : null;
    }

    /** Whether the value of an option is a file the tool would run. */
    private static boolean loadsFile(Line place, String text, @Nullable String following) {
        int equals = text.indexOf('=');
        boolean attached = equals < 0 && text.length() > 2 && text.charAt(1) != '-';
        String name =
                equals > 0 ? text.substring(0, equals) : attached ? text.substring(0, 2) : text;
        boolean path = name.startsWith("--") && place.paths.contains(name);
        if (!LOADING.contains(name) || !(path || place.valued.contains(name))) {
            return false;
        }
        String value =
                equals > 0
                        ? text.substring(equals + 1)
                        : attached ? text.substring(2) : String.valueOf(following);
        boolean named = !name.equals("--preset") && !CHOOSES.contains(name);
        for (String one : value.split(",", 20)) {
            if (CODE_FILE.matcher(one).matches() || (named && !isBuiltIn(one))) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether a word stands for an option of its own: many tools leave out the value of the one in
     * front. A negative number is none.
     */
    private static boolean isOption(String word) {
        return word.length() > 1
                && word.charAt(0) == '-'
                && !(word.charAt(1) >= '0' && word.charAt(1) <= '9');
    }

    /** Whether a reporter, an environment or the like comes with the tool, and is no module. */
    private static boolean isBuiltIn(String name) {
        int colon = name.indexOf(':');
        return BUILT_IN.contains(colon > 0 ? name.substring(0, colon) : name)
                || name.startsWith("jest-environment-")
                || name.indexOf('=') > 0
                || name.indexOf('{') >= 0
                || name.indexOf('%') >= 0;
    }

    private static final Set<String> BUILT_IN =
            Set.copyOf(
                    List.of(
                            ("spec dot dots nyan tap tap13 landing list progress json json-stream jsonl ndjson min doc markdown md"
                                            + " xunit html default verbose basic hanging-process junit junitxml line github"
                                            + " github-actions blob null text text-summary text-lcov lcov lcovonly json-summary"
                                            + " json-lines cobertura clover teamcity none node jsdom happy-dom edge-runtime bdd tdd"
                                            + " qunit exports forks threads vmThreads vmForks browser v8 istanbul c8 typescript"
                                            + " babel babel-ts babel-flow flow espree meriyah acorn css less scss json5 jsonc"
                                            + " graphql mdx vue yaml yml toml angular lwc glimmer pretty cat stylish compact unix"
                                            + " visualstudio visual_studio checkstyle sarif colorized parseable json2 msvs console"
                                            + " tty gcc plain TAP JUnit documentation d p h j s simple clang emacs quiet files"
                                            + " offenses worst fuubar pacman autogenconf string table short long full concise"
                                            + " grouped gitlab azure rdjson rdjsonl gnu codeclimate csv xml esm cjs iife umd es"
                                            + " system amd commonjs module esnext standard-verbose standard-quiet testname pkgname"
                                            + " testdox short-verbose dots-v2 production development test local summary"
                                            + " expanded compact failures-only ascii oneline rich color no-color stylish-compact error warning")
                                    .split(" ", -1)));

    /** Whether the value of a configuration is a setting of its own, and no file. */
    private static boolean isSetting(String option, String value) {
        return option.equals("--config") && value.indexOf('=') > 0;
    }

    /** How many words an option takes, or 0 when it is not listed. */
    private static int option(Line line, Line top, List<Argument> words, int i, Fit fit) {
        Argument word = words.get(i);
        String text = String.valueOf(word.value());
        for (Line place : new Line[] {line, top}) {
            if (loadsFile(place, text, i + 1 < words.size() ? words.get(i + 1).value() : null)) {
                return 0;
            }
            if (place.valued.contains(text) && i + 1 < words.size()) {
                boolean alsoFlag = place.flags.contains(text);
                String next = words.get(i + 1).value();
                if (next == null) {
                    return countsProcessors(words.get(i + 1)) ? 2 : 0;
                }
                if (alsoFlag && !next.matches("[0-9.]+")) {
                    return 1;
                }
                if (isOption(next) && !HANDS_ON.contains(text)) {
                    return 0;
                }
                return value(text, words.get(i + 1), next, fit) ? 2 : 0;
            }
            String following = i + 1 < words.size() ? words.get(i + 1).value() : null;
            boolean names =
                    place.configs.contains(text) && following != null && !following.startsWith("-");
            if (!names && (place.flags.contains(text) || place.define(text, fit, word))) {
                return 1;
            }
            List<Argument> kind = place.kind(text, fit);
            kind = kind == null ? place.config(text, following, fit) : kind;
            if (kind != null && i + 1 < words.size()) {
                String next = words.get(i + 1).value();
                if (next != null && (next.contains("://") || isSetting(text, next))) {
                    return 0;
                }
                boolean option = next != null && isOption(next);
                if (option && (place.valued.contains(next) || place.flags.contains(next))) {
                    // As in `cmake --build --preset debug`: the value is left out.
                    return 1;
                }
                if (option) {
                    return 0;
                }
                addPath(kind, words.get(i + 1));
                emptied(place, words, text, words.get(i + 1), fit);
                return 2;
            }
            Argument report = report(place, words, i);
            if (report != null) {
                fit.writes.add(report);
                return text.indexOf('=') > 0 ? 1 : 2;
            }
            if (place.picks.containsKey(text)) {
                String next = i + 1 < words.size() ? words.get(i + 1).value() : null;
                boolean more =
                        SEVERAL.contains(text)
                                && i + 2 < words.size()
                                && !String.valueOf(words.get(i + 2).value()).startsWith("-");
                return next != null && !more && place.picks(text, next) ? 2 : 0;
            }
            int equals = text.indexOf('=');
            if (equals > 0) {
                String name = text.substring(0, equals);
                if (isSetting(name, text.substring(equals + 1))) {
                    return 0;
                }
                if (place.valued.contains(name)) {
                    return value(name, word, text.substring(equals + 1), fit) ? 1 : 0;
                }
                List<Argument> named = place.kind(name, fit);
                named = named == null ? place.config(name, text.substring(equals + 1), fit) : named;
                if (named != null) {
                    Argument path = tail(word, text, equals + 1);
                    addPath(named, path);
                    emptied(place, words, name, path, fit);
                    return 1;
                }
                if (place.picks.containsKey(name)) {
                    return place.picks(name, text.substring(equals + 1)) ? 1 : 0;
                }
            }
            if (text.length() > 2 && text.charAt(1) != '-') {
                for (String out : place.outs) {
                    // As in `gcc -MFout.d`.
                    if (out.length() == 3 && out.charAt(1) != '-' && text.startsWith(out)) {
                        addPath(fit.writes, tail(word, text, 3));
                        return 1;
                    }
                }
                String shortName = text.substring(0, 2);
                if (place.paths.contains(shortName) && SEARCHED.contains(shortName)) {
                    fit.reads.add(
                            new Argument(text.substring(2), word.written(), false, word.source()));
                    return 1;
                }
                if (place.valued.contains(shortName) && equals != 2) {
                    return value(shortName, word, text.substring(2), fit) ? 1 : 0;
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
