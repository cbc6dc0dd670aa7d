package dev.countersign.analysis;

import dev.countersign.analysis.shell.ShellText;
import dev.countersign.call.Argument;
import dev.countersign.call.Operation;
import dev.countersign.call.Resource;
import dev.countersign.call.RiskTier;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Values that no role explains and that name a place where it matters what becomes of it: {@code
 * --joblog .claude/settings.json}, {@code -T ../x}, {@code REPORT=~/.bashrc tool}. The catalogue
 * says of them that they change nothing; where it was never told what an option does with a path, a
 * program that passes for harmless must not get past a person with such a word.
 */
final class LooseWords {
    /** Values and parts of them beyond this are a question: a quiet command has no use for them. */
    private static final int MOST_VALUES = 200;

    private static final int MOST_PARTS = 50;
    private static final int LONGEST = 1000;

    /** Roles that say no more than that the word is not a path. */
    private static final Set<String> SAYS_NOTHING =
            Set.of("text", "num", "name", "name-or-url", "mode", "ref", "pid");

    private static final Set<String> PATHS = Set.of("read", "write", "read-or-url", "write-or-url");

    /** Families whose words are read one by one, or which only print them. */
    private static final Set<String> READ_ELSEWHERE = Set.of("builtin", "keyword");

    /** Families whose words beside options are text, patterns, or a command of their own. */
    private static final Set<String> TEXT_OR_COMMAND =
            Set.of("text", "info", "wrapper", "interpreter");

    private static final Set<String> SHELLS =
            Set.of("bash", "sh", "zsh", "dash", "ash", "ksh", "mksh", "busybox");

    private static final Pattern PARTS = Pattern.compile("[=,:;@|]+");

    /** What people write about, or pick by: the value of such an option is prose or a pattern. */
    private static final DataFile DATA = DataFile.read("loose-words.yaml");

    private static final Set<String> PROSE = Set.copyOf(DATA.texts("prose"));
    private static final Set<String> CODE_ENDINGS = Set.copyOf(DATA.texts("code_endings"));
    private static final Set<String> OWN_READING = Set.copyOf(DATA.texts("own_reading"));
    private static final Set<String> PLAIN = Set.copyOf(DATA.texts("plain"));
    private static final Set<String> PLAIN_VARIABLES = Set.copyOf(DATA.texts("plain_variables"));
    private static final List<String> PLAIN_BEGINNINGS = DATA.texts("plain_beginnings");

    /** A number or a switch. */
    private static final Pattern PLAIN_VALUE =
            Pattern.compile(DATA.texts("plain_values").getFirst());

    /** Variables that name a module of the project's own settings, and such a name. */
    private static final Set<String> MODULE_VARIABLES = Set.copyOf(DATA.texts("module_variables"));

    private static final Pattern MODULE = Pattern.compile(DATA.texts("module_values").getFirst());

    /** What a variable is called whose value is a place. */
    private static final Pattern NAMES_PLACE =
            Pattern.compile(
                    "(?i)(dir|path|home|root|file|folder|prefix|rc|conf|config|cfg|lib|src)$");

    private static final List<String> ROOTS = DATA.texts("roots");

    private final Judge judge;

    /** Of the variables around a command those that matter; many commands have the same. */
    private final IdentityHashMap<Map<String, String>, Map<String, String>> matters =
            new IdentityHashMap<>();

    /** Values of one command that were looked at. */
    private int looked;

    LooseWords(Judge judge) {
        this.judge = judge;
    }

    /**
     * Adds what the words of one command may reach beside what it was judged to do, where that was
     * harmless.
     *
     * @param before how many operations there were in front of it
     */
    void add(Job job, String name, int before) {
        if (!isQuiet(job, before)) {
            return;
        }
        looked = 0;
        Tool tool = judge.catalogue.tool(name).orElse(null);
        if (tool == null && !Quiet.knows(name)) {
            return;
        }
        if (tool != null && READ_ELSEWHERE.contains(tool.kind())) {
            return;
        }
        if (!PLAIN.contains(name) && !isShell(tool, name)) {
            variables(job, name, before);
        }
        if (OWN_READING.contains(name) || name.equals("git")) {
            return;
        }
        if (!anyPlace(job.arguments())) {
            return;
        }
        if (Quiet.knows(name)) {
            options(job, name, before);
            return;
        }
        if (tool == null) {
            return;
        }
        Reading reading = Reading.of(tool, job.arguments());
        Set<Argument> explained = new HashSet<>();
        for (Reading.Bound bound : reading.bound) {
            if (!SAYS_NOTHING.contains(bound.role()) && !ValueRoles.isText(bound.role())) {
                explained.add(bound.word());
                if (PATHS.contains(bound.role()) && behindPrefix(job, bound, before)) {
                    return;
                }
            }
        }
        for (Reading.Given given : reading.given) {
            Argument value = given.value();
            if (value != null && !explained.contains(value) && !isProse(given.name())) {
                if (value(job, given.name(), value, before)) {
                    return;
                }
            }
        }
        if (TEXT_OR_COMMAND.contains(tool.kind())) {
            return;
        }
        for (Argument word : reading.positionals) {
            if (!explained.contains(word) && value(job, null, word, before)) {
                return;
            }
        }
    }

    /** A path with something in front that a program may take off: {@code file:x}, {@code |x}. */
    private boolean behindPrefix(Job job, Reading.Bound bound, int before) {
        String value = bound.word().value();
        if (value == null) {
            return false;
        }
        if (value.startsWith("|")) {
            return value(job, bound.option(), bound.word(), before);
        }
        int colon = value.indexOf(':');
        if (colon <= 0 || value.startsWith("//", colon + 1) || exists(job, value)) {
            return false;
        }
        String shown = " as `" + Judge.cut(value) + "`";
        return parts(job, value.substring(colon + 1), bound.word().glob(), shown, before, null);
    }

    /** Each part of a value, at signs that join several. */
    private boolean parts(
            Job job,
            String value,
            boolean glob,
            String shown,
            int before,
            Operation.@Nullable Origin origin) {
        String[] parts = PARTS.split(value, MOST_PARTS);
        if (value.length() > LONGEST || parts.length == MOST_PARTS || ++looked > MOST_VALUES) {
            judge.opaque(job, "`" + Judge.cut(value) + "` is more than can be looked through");
            return true;
        }
        for (String part : parts) {
            if (mayBePlace(part) && place(job, part, glob, shown, before, origin)) {
                return true;
            }
        }
        return false;
    }

    private boolean exists(Job job, String value) {
        String written = judge.call.paths.place(value, false, job.directory()).written();
        Facts.Kind kind = written == null ? Facts.Kind.UNKNOWN : judge.call.facts.kind(written);
        return kind != Facts.Kind.UNKNOWN && kind != Facts.Kind.MISSING;
    }

    /** Values of the options of a program that is listed as quiet: attached, or the next word. */
    private void options(Job job, String program, int before) {
        String option = null;
        for (Argument word : job.arguments()) {
            String value = word.value();
            if (value == null) {
                option = null;
                continue;
            }
            int equals = value.startsWith("-") ? value.indexOf('=') : -1;
            String name = equals > 0 ? value.substring(0, equals) : option;
            Argument given =
                    equals > 0
                            ? new Argument(
                                    value.substring(equals + 1),
                                    word.written(),
                                    word.glob(),
                                    word.source())
                            : word;
            if (name != null && !isProse(name) && value(job, name, given, before)) {
                return;
            }
            boolean mayTake = value.startsWith("-") && equals < 0 && !value.equals("--");
            option = mayTake && !Quiet.isFlag(program, value) ? value : null;
        }
    }

    /** Whether what it runs is read here, with its variables: they count where they arrive. */
    private static boolean isShell(@Nullable Tool tool, String name) {
        return tool != null
                && (tool.kind().equals("wrapper")
                        || (tool.kind().equals("interpreter") && SHELLS.contains(name)));
    }

    private boolean isQuiet(Job job, int before) {
        for (Draft draft : judge.call.drafts.subList(before, judge.call.drafts.size())) {
            boolean told = draft.opaque || draft.risk.atLeast(RiskTier.MEDIUM);
            if (draft.floor != null || (told && draft.number == job.number())) {
                return false;
            }
        }
        return true;
    }

    /** Whether anything is asked for already, in whatever command within this one. */
    private boolean anyAsked(int before) {
        for (Draft draft : judge.call.drafts.subList(before, judge.call.drafts.size())) {
            if (draft.opaque || draft.risk.atLeast(RiskTier.MEDIUM)) {
                return true;
            }
        }
        return false;
    }

    private static boolean anyPlace(List<Argument> words) {
        for (Argument word : words) {
            String value = word.value();
            if (value != null && mayBePlace(value)) {
                return true;
            }
        }
        return false;
    }

    private static boolean mayBePlace(String value) {
        if (value.startsWith("//") || value.startsWith("/*") || value.length() < 2) {
            return false;
        }
        return value.indexOf('/') >= 0
                || value.indexOf('~') >= 0
                || value.indexOf('|') >= 0
                || value.startsWith(".")
                || value.indexOf("=.") >= 0;
    }

    private static boolean isProse(String option) {
        int from = 0;
        while (from < option.length() && option.charAt(from) == '-') {
            from++;
        }
        String bare = option.substring(from);
        if (PROSE.contains(option) || (bare.length() > 1 && PROSE.contains(bare))) {
            return true;
        }
        int last = bare.lastIndexOf('-');
        return last > 0 && PROSE.contains(bare.substring(last + 1));
    }

    /** Returns whether something was added. */
    private boolean value(Job job, @Nullable String option, Argument word, int before) {
        String value = word.value();
        if (value == null || !mayBePlace(value)) {
            return false;
        }
        String shown = option == null ? "" : " as `" + Judge.cut(option) + "`";
        if (value.startsWith("|") && value.length() > 1) {
            if (anyAsked(before)) {
                return false;
            }
            judge.worst(() -> judge.nested(value.substring(1), job));
            judge.opaque(job, "`" + Judge.cut(value) + "` may be a command that is run" + shown);
            return true;
        }
        if (value.indexOf(' ') >= 0) {
            return false;
        }
        boolean whole = value.length() <= LONGEST;
        if ((whole && place(job, value, word.glob(), shown, before, null))
                || parts(job, value, word.glob(), shown, before, null)) {
            return true;
        }
        return option != null
                && mayRun(job, value.substring(value.indexOf('=') + 1), shown, before);
    }

    private boolean mayRun(Job job, String value, String shown, int before) {
        if (!isCode(value) || isKnown(job, Argument.of(value), before)) {
            return false;
        }
        judge.shell(
                job,
                RiskTier.MEDIUM,
                "`" + Judge.cut(value) + "` is given" + shown + ", and may be run");
        return true;
    }

    /** {@code ./tool} and {@code ./tool.py}, but no {@code ./data.json}. */
    private static boolean isCode(String value) {
        if (!value.startsWith("./")
                || value.length() < 3
                || value.endsWith("/")
                || value.endsWith("/...")) {
            return false;
        }
        String name = value.substring(value.lastIndexOf('/') + 1);
        int dot = name.lastIndexOf('.');
        return CODE_ENDINGS.contains(dot < 0 ? "" : name.substring(dot + 1));
    }

    private boolean place(
            Job job,
            String text,
            boolean glob,
            String shown,
            int before,
            Operation.@Nullable Origin origin) {
        Paths.Place place = judge.call.paths.place(text, glob, job.directory());
        String written = place.written();
        if (written == null || place.stream() || isKnown(job, written, before)) {
            return false;
        }
        Places.Verdict write = judge.call.places.judge(Places.Touch.WRITE, place, false);
        if (write.floor() != null || write.risk().atLeast(RiskTier.CRITICAL)) {
            Draft draft = judge.file(job, Places.Touch.WRITE, place, false, text);
            if (draft != null) {
                draft.summary =
                        "may write "
                                + place.shown(judge.call.paths.workspace())
                                + ", which is given"
                                + shown;
                draft.origin = origin == null ? draft.origin : origin;
            }
            return draft != null;
        }
        if (origin != null) {
            return false;
        }
        Places.Verdict read = judge.call.places.judge(Places.Touch.READ, place, false);
        boolean secret = read.tags().contains("secret");
        if (secret || (read.risk().atLeast(RiskTier.MEDIUM) && isElsewhere(text, written))) {
            judge.opaque(
                    job,
                    "`"
                            + Judge.cut(text)
                            + "` is given"
                            + shown
                            + ", and what becomes of it is not known");
            return true;
        }
        return false;
    }

    /** Whether a text that leads out of the workspace is meant as a path: a route is none. */
    private boolean isElsewhere(String text, String written) {
        if (!text.startsWith("/")) {
            return true;
        }
        for (String root : ROOTS) {
            if (written.startsWith(root)) {
                return true;
            }
        }
        return switch (judge.call.facts.kind(written)) {
            case UNKNOWN, MISSING -> false;
            default -> true;
        };
    }

    /** Whether an operation says already what becomes of a path. */
    private boolean isKnown(Job job, Argument word, int before) {
        String written = judge.call.paths.place(word, job.directory()).written();
        return written == null || isKnown(job, written, before);
    }

    private boolean isKnown(Job job, String written, int before) {
        for (Draft draft : judge.call.drafts.subList(before, judge.call.drafts.size())) {
            if (draft.number == job.number()
                    && draft.resource instanceof Resource.Path path
                    && path.written() != null
                    && Paths.below(written, path.written())) {
                return true;
            }
        }
        return false;
    }

    /**
     * A variable nobody listed may choose what the program runs, reads, writes or asks. Counted is
     * what the call sets: in front of the command, by {@code export}, by {@code env}, or around it.
     */
    private void variables(Job job, String program, int before) {
        Map<String, String> matter =
                matters.computeIfAbsent(job.context().environment(), this::thatMatter);
        for (Map.Entry<String, String> set : matter.entrySet()) {
            String value = ShellText.UNSURE.equals(set.getValue()) ? null : set.getValue();
            if (variable(job, set.getKey(), value, program, before)) {
                return;
            }
        }
    }

    /** The variables the call sets and that are neither judged by their name nor harmless. */
    private Map<String, String> thatMatter(Map<String, String> environment) {
        Map<String, String> began = judge.call.context.environment();
        Map<String, String> found = new TreeMap<>();
        environment.forEach((name, value) -> {
            boolean set = !value.equals(began.get(name)) && !ShellText.UNSET.equals(value);
            if (set
                    && !(isPlain(name, value) && !mayBePlace(value) && !mayBeFound(value))
                    && !judge.judges(name)) {
                found.put(name, value);
            }
        });
        return found;
    }

    /**
     * The same for one variable.
     *
     * @param value what it is set to, or null when that is not known
     * @return whether something was added
     */
    private boolean variable(
            Job job, String name, @Nullable String value, String program, int before) {
        String shown = " in `" + name + "`";
        boolean places =
                value != null
                        && mayBePlace(value)
                        && parts(job, value, false, shown, before, Operation.Origin.ASSIGNMENT);
        if (places || isPlain(job, name, value)) {
            return places;
        }
        String sets = "sets `" + name + "`, which ";
        List<Draft> since = judge.call.drafts.subList(before, judge.call.drafts.size());
        // Said once, of what stands in the call.
        since.removeIf(draft ->
                draft.origin == Operation.Origin.ASSIGNMENT && draft.summary.startsWith(sets));
        Draft draft =
                judge.shell(job, RiskTier.MEDIUM, sets + "`" + Judge.cut(program) + "` may obey");
        draft.origin = Operation.Origin.ASSIGNMENT;
        return true;
    }

    /** Whether a variable is known to be harmless, or its value switches or counts something. */
    private boolean isPlain(Job job, String name, @Nullable String value) {
        return isPlain(name)
                || (isPlain(name, value) && (value == null || !isFound(job, name, value)));
    }

    private static boolean isPlain(String name, @Nullable String value) {
        if (isPlain(name)) {
            return true;
        }
        if (value == null || value.length() >= 100) {
            return false;
        }
        return PLAIN_VALUE.matcher(value).matches()
                || (MODULE_VARIABLES.contains(name) && MODULE.matcher(value).matches());
    }

    private static boolean isPlain(String name) {
        if (PLAIN_VARIABLES.contains(name)) {
            return true;
        }
        for (String start : PLAIN_BEGINNINGS) {
            if (name.startsWith(start)) {
                return true;
            }
        }
        return false;
    }

    private static boolean mayBeFound(@Nullable String value) {
        return value != null && !value.isEmpty() && value.indexOf(':') < 0;
    }

    /** Whether a plain word is also a file, or the folder that such a variable asks for. */
    private boolean isFound(Job job, String name, String value) {
        if (!mayBeFound(value)) {
            return false;
        }
        Paths.Place place = judge.call.paths.place(value, false, job.directory());
        String path = place.written();
        if (path == null) {
            return NAMES_PLACE.matcher(name).find();
        }
        if (!judge.call.written(place).isEmpty() || judge.call.isUnread(place)) {
            return true;
        }
        return switch (judge.call.facts.opened(path)) {
            case FILE -> true;
            case DIRECTORY -> NAMES_PLACE.matcher(name).find();
            case MISSING, UNKNOWN -> false;
        };
    }
}
