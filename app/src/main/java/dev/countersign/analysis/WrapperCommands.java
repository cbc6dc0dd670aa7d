package dev.countersign.analysis;

import dev.countersign.analysis.shell.Invocation;
import dev.countersign.analysis.shell.Listing;
import dev.countersign.analysis.shell.ShellText;
import dev.countersign.call.Argument;
import dev.countersign.call.RiskTier;
import dev.countersign.call.Shell;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Programs that run another program: what they run is judged, and they with it. */
final class WrapperCommands {
    private final Judge judge;

    WrapperCommands(Judge judge) {
        this.judge = judge;
    }

    boolean judge(Job job, String name) {
        String canonical = judge.catalogue.canonical(name);
        switch (canonical) {
            case "xargs" -> xargs(job, name);
            case "find" -> find(job);
            case "fd" -> fd(job, name);
            case "parallel" -> parallel(job, name);
            case "watch" -> watch(job, name);
            case "env" -> env(job, name);
            case "sudo", "doas" -> sudo(job, name);
            case "sg" -> {
                return withGroup(job);
            }
            case "tmux", "screen" -> terminal(job, name);
            case "bwrap" -> new Bubblewrap(judge).judge(job);
            default -> {
                Tool tool = judge.catalogue.tool(name).orElse(null);
                if (tool == null || !wraps(tool)) {
                    return false;
                }
                plain(job, name, tool);
            }
        }
        return true;
    }

    private static boolean wraps(Tool tool) {
        return (tool.kind().equals("wrapper") || tool.positionals().contains("exec"))
                && !tool.kind().equals("pkg")
                && !tool.base().contains(Deed.CODE);
    }

    private void plain(Job outer, String name, Tool tool) {
        Reading reading = Reading.of(tool, outer.arguments());
        unknownOption(outer, name, reading);
        Job job = assigned(outer, reading);
        if (name.equals("strace") || name.equals("ltrace")) {
            sets(job, reading.values("-E", "--env"));
        }
        if (name.equals("dotenv") && setsIn(job, reading)) {
            return;
        }
        judge.roles(job, reading, judge.effectiveDirectory(job, reading));
        if (!reading.command.isEmpty() || tool.kind().equals("builtin")) {
            beside(job, name, reading);
        } else {
            judge.deeds(job, name, reading);
        }
    }

    private void sets(Job job, List<Argument> variables) {
        for (Argument variable : variables) {
            String value = variable.value();
            if (value == null) {
                judge.opaque(job, "sets variables that are not known");
            } else if (value.indexOf('=') > 0) {
                judge.assignment(job, value);
            }
        }
    }

    /** {@code dotenv set} writes the file of variables instead of running a program. */
    private boolean setsIn(Job job, Reading reading) {
        String command = reading.command.isEmpty() ? null : reading.command.getFirst().value();
        if (!"set".equals(command) && !"unset".equals(command)) {
            return false;
        }
        Argument file = reading.value("-f", "--file");
        judge.file(job, Places.Touch.WRITE, file == null ? Argument.of(".env") : file, false);
        return true;
    }

    /** What a wrapper does itself: its command is judged for the rest. */
    private void beside(Job job, String name, Reading reading) {
        Set<Deed> deeds = reading.deeds();
        deeds.removeAll(EnumSet.of(Deed.EXEC, Deed.CODE, Deed.WRITE, Deed.WRITE_OUTSIDE));
        judge.deeds(job, name, reading, deeds);
    }

    void unknownOption(Job job, String name, Reading reading) {
        if (!reading.unknown.isEmpty()) {
            judge.opaque(
                    job,
                    "`"
                            + Judge.cut(reading.unknown.getFirst().written())
                            + "` may be an option of `"
                            + name
                            + "` or the command it runs");
        } else if (!reading.unlisted.isEmpty() && !Judge.isVersionQuestion(job)) {
            judge.opaque(job, "`" + name + "`: " + reading.unlisted.getFirst());
        }
    }

    /** Judges the variables a wrapper sets, and has them for what it runs. */
    private Job assigned(Job job, Reading reading) {
        Map<String, String> variables = new HashMap<>();
        for (Argument assignment : reading.assignments) {
            String text = String.valueOf(assignment.value());
            judge.assignment(job, text);
            int equals = text.indexOf('=');
            variables.put(text.substring(0, equals), text.substring(equals + 1));
        }
        return variables.isEmpty() ? job : job.under(variables);
    }

    private void env(Job outer, String name) {
        Tool tool = judge.catalogue.tool("env").orElseThrow();
        Reading reading = Reading.of(tool, outer.arguments());
        unknownOption(outer, name, reading);
        Job start = reading.has("-i", "--ignore-environment", "-") ? outer.underNone() : outer;
        for (Argument unset : reading.values("-u", "--unset")) {
            start = start.under(Map.of(String.valueOf(unset.value()), ShellText.UNSET));
        }
        Job job = assigned(start, reading);
        String directory = judge.effectiveDirectory(job, reading);
        Argument split = reading.value("-S", "--split-string");
        if (split != null) {
            String text = split.value();
            if (text == null) {
                judge.opaque(job, "the text `env` splits is not constant");
                return;
            }
            StringBuilder whole = new StringBuilder(text);
            for (Argument rest :
                    reading.command.isEmpty() ? reading.positionals : reading.command) {
                String value = rest.value();
                if (value == null) {
                    judge.opaque(job, "`" + Judge.cut(rest.written()) + "` is not constant");
                    return;
                }
                whole.append(' ').append(CodeCommands.quote(value));
            }
            judge.nested(whole.toString(), job, directory);
        } else if (!reading.command.isEmpty()) {
            judge.command(
                    job.in(directory).inner(reading.command, Judge.before(job, reading.command)));
        } else if (!Judge.isVersionQuestion(job)) {
            judge.secret(job, "shows the environment", "environment");
        }
    }

    /** Groups whose members have the machine. */
    private static final Set<String> RULING_GROUPS =
            Set.of("root", "wheel", "sudo", "admin", "disk", "shadow", "kmem");

    /** {@code sg GROUP -c COMMAND}; the other program of that name searches code. */
    private boolean withGroup(Job job) {
        String first = job.argument(0);
        Tool search = judge.catalogue.tool("sg").orElseThrow();
        boolean group =
                job.words().size() > 2
                        && first != null
                        && !first.startsWith("-")
                        && !search.subs().containsKey(first);
        if (!group) {
            return false;
        }
        int at = "-c".equals(job.argument(1)) ? 3 : 2;
        if (RULING_GROUPS.contains(first)) {
            judge.shell(job, RiskTier.CRITICAL, "runs with the rights of another group")
                    .tag("escape");
        } else {
            judge.shell(job, RiskTier.MEDIUM, "runs a command with another group");
        }
        if (at < job.words().size()) {
            judge.script(job, job.words().get(at));
        }
        return true;
    }

    private void sudo(Job outer, String name) {
        Tool tool = judge.catalogue.tool(name).orElseThrow();
        Reading reading = Reading.of(tool, outer.arguments());
        unknownOption(outer, name, reading);
        Job moved = outer;
        for (Argument folder : reading.values("-D", "--chdir")) {
            moved = moved.in(judge.moved(moved.directory(), folder));
        }
        if (!reading.values("-R", "--chroot").isEmpty()) {
            moved = moved.in(null);
        }
        Job job = assigned(moved, reading);
        if (reading.command.isEmpty() && !reading.deeds().contains(Deed.ESCALATE)) {
            judge.fact(job, "asks `" + name + "` what it permits");
            return;
        }
        judge.shell(job, RiskTier.CRITICAL, "runs with the rights of another user").tag("escape");
        if (!reading.command.isEmpty()) {
            Job inner = job.inner(reading.command, Judge.before(job, reading.command));
            if (reading.has("-e", "--edit")) {
                reading.command.forEach(word -> judge.file(job, Places.Touch.WRITE, word, false));
            } else {
                judge.command(inner);
            }
        }
    }

    private void terminal(Job job, String name) {
        Tool tool = judge.catalogue.tool(name).orElseThrow();
        Reading reading = Reading.of(tool, job.arguments());
        boolean several =
                job.constants().stream()
                        .anyMatch(word -> word.endsWith(";") || word.contains("#("));
        if (!reading.deeds().contains(Deed.EXEC) && !several) {
            judge.generic(job, name, reading);
            return;
        }
        if (reading.path.contains("send-keys")) {
            StringBuilder keys = new StringBuilder();
            for (Argument word : reading.positionals) {
                String value = word.value();
                if (value == null) {
                    continue;
                }
                keys.append(value.equals("Enter") || value.equals("C-m") ? "\n" : value + " ");
            }
            judge.nested(keys.toString(), job, null);
        }
        judge.opaque(job, "`" + name + "` runs commands in another terminal");
        List<Argument> command = reading.command;
        if (reading.has("-X") && !command.isEmpty()) {
            // What `screen` is told itself: to type, or to start something.
            command = command.subList(1, command.size());
        }
        if (!command.isEmpty()) {
            joined(job, command);
        }
        reading.command = List.of();
        judge.roles(job, reading, job.directory());
    }

    private void watch(Job job, String name) {
        Tool tool = judge.catalogue.tool(name).orElseThrow();
        Reading reading = Reading.of(tool, job.arguments());
        unknownOption(job, name, reading);
        if (reading.has("-x", "--exec")) {
            judge.command(job.inner(reading.command, Judge.before(job, reading.command)));
            return;
        }
        joined(job, reading.command);
    }

    /** Words that a program joins and gives to a shell. */
    void joined(Job job, List<Argument> words) {
        StringBuilder text = new StringBuilder();
        for (Argument word : words) {
            String value = word.value();
            if (value == null) {
                judge.opaque(job, "`" + Judge.cut(word.written()) + "` is not constant");
                judge.command(job.inner(words, Judge.before(job, words)));
                return;
            }
            text.append(value).append(' ');
        }
        judge.nested(text.toString(), job, job.directory(), Shell.SH);
    }

    /** Whether it would read on in the very text that the shell around it reads as commands. */
    private static boolean readsScript(Job job) {
        return job.invocation().input() instanceof Invocation.Input.Inherited
                && job.input() instanceof Invocation.Input.Text;
    }

    private void parallel(Job job, String name) {
        Tool tool = judge.catalogue.tool(name).orElseThrow();
        Reading reading = Reading.of(tool, job.arguments());
        unknownOption(job, name, reading);
        beside(job, name, reading);
        reading.values("-a", "--arg-file")
                .forEach(file -> judge.file(job, Places.Touch.READ, file, false));
        reading.values("--results", "--joblog", "--tmpdir")
                .forEach(file -> judge.output(job, file));
        List<Argument> command = new ArrayList<>();
        List<List<Argument>> sources = new ArrayList<>();
        boolean files = false;
        for (Argument word : reading.command) {
            String value = word.value();
            if (value != null && SOURCES.contains(value)) {
                sources.add(new ArrayList<>());
                files |= value.startsWith("::::");
            } else if (sources.isEmpty()) {
                command.add(word);
            } else {
                sources.getLast().add(word);
                if (files) {
                    judge.file(job, Places.Touch.READ, word, false);
                }
            }
        }
        if (command.isEmpty()) {
            judge.opaque(job, "`parallel` runs the lines it reads");
            sources.forEach(words ->
                    words.stream()
                            .map(Argument::value)
                            .filter(Objects::nonNull)
                            .limit(MOST_INPUTS)
                            .forEach(line -> judge.nested(line, job, job.directory(), Shell.SH)));
            return;
        }
        if (command.stream()
                .map(Argument::value)
                .anyMatch(word -> word != null && COMPUTED.matcher(word).find())) {
            judge.opaque(job, "`parallel` runs the Perl text between `{=` and `=}`");
        }
        if (!reading.has("-q", "--quote")) {
            command.stream()
                    .filter(word -> word.value() == null)
                    .findFirst()
                    .ifPresent(word ->
                            judge.opaque(
                                    job,
                                    "a shell reads `"
                                            + Judge.cut(word.written())
                                            + "` once more, which is not constant"));
        }
        boolean plain = command.stream().allMatch(WrapperCommands::onePlainWord);
        boolean known =
                !files
                        && sources.size() == 1
                        && sources.getFirst().size() <= MOST_INPUTS
                        && reading.values("-a", "--arg-file").isEmpty()
                        && !(job.input() instanceof Invocation.Input.Pipe)
                        && reading.given.stream().allMatch(given -> takesOne(given.name()));
        if (known) {
            sources.getFirst().forEach(word -> filledIn(job, command, word, plain));
            return;
        }
        if (!plain) {
            // A shell reads the words once more, but with -q.
            judge.nested(template(command), job, job.directory(), Shell.SH);
        }
        Argument listed = sources.isEmpty() ? listing(job) : null;
        String text =
                sources.isEmpty() && !readsScript(job) ? judge.code().constantInput(job) : null;
        if (text != null) {
            sources.add(text.lines().limit(MOST_INPUTS).map(Argument::of).toList());
        }
        List<Argument> filled = new ArrayList<>();
        for (Argument word : command) {
            filled.add(found(word, listed));
        }
        if (command.stream().noneMatch(WrapperCommands::hasPlace)) {
            filled.add(appended(job, listed));
        }
        int before = judge.call.drafts.size();
        judge.command(job.inner(filled, job.words()));
        sent(job, command, "{}", listed, before);
        for (List<Argument> words : sources) {
            for (Argument word : words.subList(0, Math.min(MOST_INPUTS, words.size()))) {
                judge.worst(() -> filledIn(job, command, word, plain));
            }
        }
    }

    /** Runs the command for one word of input: itself, or by the shell that reads it once more. */
    private void filledIn(Job job, List<Argument> command, Argument input, boolean plain) {
        if (plain || command.size() > 1) {
            // With -q no shell reads the words once more.
            judge.command(job.inner(with(command, input, false), job.words()));
        }
        if (plain) {
            return;
        }
        if (input.value() == null || input.glob()) {
            judge.nested(template(command), job, job.directory(), Shell.SH);
            return;
        }
        StringBuilder text = new StringBuilder();
        for (Argument word : with(command, input, true)) {
            if (word.value() == null) {
                judge.nested(template(command), job, job.directory(), Shell.SH);
                return;
            }
            text.append(word.value()).append(' ');
        }
        judge.nested(text.toString(), job, job.directory(), Shell.SH);
    }

    private static final Set<String> SOURCES = Set.of(":::", "::::", ":::+", "::::+");

    /** How many words of input are followed one by one. */
    private static final int MOST_INPUTS = 32;

    /** Options with which every word of input still gives one command. */
    private static boolean takesOne(String option) {
        return switch (option) {
            case "-j",
                    "-P",
                    "--jobs",
                    "--max-procs",
                    "-k",
                    "--keep-order",
                    "--bar",
                    "--eta",
                    "--progress",
                    "--will-cite",
                    "-t",
                    "--verbose",
                    "-u",
                    "--ungroup",
                    "--group",
                    "--tag",
                    "--line-buffer",
                    "--lb",
                    "--halt",
                    "--timeout",
                    "--retries",
                    "--delay",
                    "--nice",
                    "--joblog",
                    "--results" ->
                    true;
            default -> false;
        };
    }

    /**
     * The command for one word of input, put in every place or behind.
     *
     * @param quotes whether what is put in is quoted for a shell
     */
    private static List<Argument> with(List<Argument> command, Argument input, boolean quotes) {
        List<Argument> filled = new ArrayList<>();
        for (Argument word : command) {
            filled.add(hasPlace(word) ? with(word, input, quotes) : word);
        }
        if (command.stream().noneMatch(WrapperCommands::hasPlace)) {
            filled.add(with(Argument.of("{}"), input, quotes));
        }
        return filled;
    }

    private static Argument with(Argument word, Argument input, boolean quotes) {
        String value = word.value();
        String given = input.value();
        Argument unknown = new Argument(null, "found " + word.written(), false, word.source());
        if (value == null || given == null) {
            return unknown;
        }
        if (input.glob()) {
            return found(word, input);
        }
        StringBuilder text = new StringBuilder();
        Matcher place = PLACE.matcher(value);
        int end = 0;
        while (place.find()) {
            String part = part(place.group().replaceAll("[{}0-9]", ""), given);
            if (part == null) {
                return unknown;
            }
            text.append(value, end, place.start()).append(quotes ? CodeCommands.quote(part) : part);
            end = place.end();
        }
        text.append(value, end, value.length());
        return new Argument(text.toString(), word.written(), false, word.source());
    }

    /** What {@code parallel} makes of a word of input, or null when that is not known. */
    private static @Nullable String part(String kind, String input) {
        int slash = input.lastIndexOf('/');
        String last = input.substring(slash + 1);
        int dot = last.lastIndexOf('.');
        String bare = dot < 0 ? last : last.substring(0, dot);
        return switch (kind) {
            case "" -> input;
            case "." -> input.substring(0, slash + 1) + bare;
            case "/" -> last;
            case "/." -> bare;
            case "//" -> slash < 0 ? "." : slash == 0 ? "/" : input.substring(0, slash);
            default -> null;
        };
    }

    /** A listed file in the midst of a word, when what is found goes out: {@code f=@{}}. */
    private void sent(
            Job job, List<Argument> command, String mark, @Nullable Argument listed, int before) {
        List<Draft> found = judge.call.drafts.subList(before, judge.call.drafts.size());
        if (listed != null
                && found.stream().anyMatch(Draft::leaves)
                && command.stream()
                        .map(Argument::value)
                        .anyMatch(word ->
                                word != null && !word.equals(mark) && word.contains(mark))) {
            judge.file(job.inner(command, job.words()), Places.Touch.READ, listed, false);
        }
    }

    /** Where {@code parallel} puts its input. */
    private static final Pattern PLACE = Pattern.compile("\\{=.*?=}|\\{[-+#%/.0-9]*+}");

    /** What it computes with Perl, of one of its inputs or of all: {@code {= s/x/y/ =}}. */
    private static final Pattern COMPUTED = Pattern.compile("\\{[-+0-9]*=");

    private static boolean onePlainWord(Argument word) {
        String value = word.value();
        if (value == null) {
            return true;
        }
        return isPlain(value.indexOf('{') < 0 ? value : PLACE.matcher(value).replaceAll("."));
    }

    /** Whether a shell leaves a word as it is. */
    private static boolean isPlain(String word) {
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            boolean plain =
                    (c >= 'a' && c <= 'z')
                            || (c >= 'A' && c <= 'Z')
                            || (c >= '0' && c <= '9')
                            || "_@%+=:,./-".indexOf(c) >= 0;
            if (!plain) {
                return false;
            }
        }
        return !word.isEmpty();
    }

    /** The text {@code parallel} gives to a shell; what it puts in is a variable nobody knows. */
    private static String template(List<Argument> command) {
        String unknown = "\"$PARALLEL_INPUT\"";
        StringBuilder text = new StringBuilder();
        for (Argument word : command) {
            String value = word.value();
            text.append(
                    value == null
                            ? unknown
                            : PLACE.matcher(value).replaceAll("\"\\$PARALLEL_INPUT\""));
            text.append(' ');
        }
        return text.indexOf(unknown) < 0 ? text.append(unknown).toString() : text.toString();
    }

    private void xargs(Job job, String name) {
        Tool tool = judge.catalogue.tool(name).orElseThrow();
        Reading reading = Reading.of(tool, job.arguments());
        unknownOption(job, name, reading);
        Argument file = reading.value("-a", "--arg-file");
        if (file != null) {
            judge.file(job, Places.Touch.READ, file, false);
        }
        for (Argument variable : reading.values("--process-slot-var")) {
            judge.assignment(
                    job, variable.value() == null ? "PATH" : variable.value(), null, job.source());
        }
        if (reading.command.isEmpty()) {
            judge.fact(job, "shows the words it reads");
            return;
        }
        Argument replace = reading.value("-I", "-J", "--replace");
        String mark = replace == null ? null : replace.value();
        if (mark == null && reading.has("-i", "--replace")) {
            Argument attached = reading.value("-i");
            mark = attached == null ? "{}" : attached.value();
        }
        Argument listed = file == null && keepsLines(reading) ? listing(job) : null;
        if (listed != null && !reading.has("-0", "--null") && blank(listed.value())) {
            listed = null;
        }
        boolean splits = mark == null && !reading.has("-0", "--null", "-d", "--delimiter");
        if (listed != null && splits) {
            listed = new Argument(listed.value(), ListedNames.SPLIT, true, listed.source());
        }
        List<Argument> words = mark == null && listed == null ? words(job, reading) : List.of();
        if (!words.isEmpty()) {
            List<Argument> whole = new ArrayList<>(reading.command);
            whole.addAll(words);
            // Its own words are a command too: those of the input do not stand in them.
            judge.fact(job, "runs a command with the words it reads");
            judge.command(withoutInput(job.inner(whole, Judge.before(job, reading.command))));
            return;
        }
        List<Argument> command;
        if (mark != null && !mark.isEmpty() && stands(mark, reading.command)) {
            command = filled(reading.command, mark, listed);
        } else {
            // A mark that stands nowhere is no promise that the words go nowhere.
            command = new ArrayList<>(reading.command);
            command.add(appended(job, listed));
        }
        Job inner = job.inner(command, Judge.before(job, reading.command));
        int before = judge.call.drafts.size();
        judge.command(withoutInput(inner));
        constantWords(job, reading, mark);
        if (mark != null) {
            sent(job, reading.command, mark, listed, before);
        }
    }

    /** The words xargs appends to its one command, where all of them are known; else none. */
    private List<Argument> words(Job job, Reading reading) {
        // What runs its words as another command is not followed so far.
        Tool tool =
                judge.catalogue
                        .tool(String.valueOf(Judge.programName(reading.command.getFirst().value())))
                        .orElse(null);
        boolean plain =
                tool != null
                        && reading.given.isEmpty()
                        && (tool.kind().equals("text")
                                || tool.kind().equals("fs")
                                || tool.kind().equals("info"));
        String text = plain && !readsScript(job) ? judge.code().constantInput(job) : null;
        if (text == null || text.isBlank() || ODD_INPUT.matcher(text).find()) {
            return List.of();
        }
        List<Argument> words = new ArrayList<>();
        for (String word : text.strip().split("[ \\t\\n]+", MOST_INPUTS + 1)) {
            words.add(new Argument(word, word, false, job.source()));
        }
        return words.size() > MOST_INPUTS ? List.of() : words;
    }

    /** What xargs does not take for a part of a word as it stands. */
    private static final Pattern ODD_INPUT = Pattern.compile("[\"'\\\\\\x00-\\x08\\x0b-\\x1f]");

    /** Words of the input that are known count where they do harm. */
    private void constantWords(Job job, Reading reading, @Nullable String mark) {
        String text = judge.code().constantInput(job);
        if (text == null || text.isBlank()) {
            return;
        }
        String[] words = mark == null ? text.strip().split("[\\s\0]+") : text.split("[\n\0]");
        List<Argument> given = new ArrayList<>();
        for (int i = 0; i < words.length && i < MOST_INPUTS; i++) {
            String value = words[i].replaceAll("[\"'\\\\]", "");
            given.add(new Argument(value, value, false, job.source()));
        }
        if (mark == null || mark.isEmpty() || !stands(mark, reading.command)) {
            List<Argument> command = new ArrayList<>(reading.command);
            command.addAll(given);
            harm(job, command);
            return;
        }
        for (Argument word : given) {
            List<Argument> command = new ArrayList<>();
            for (Argument each : reading.command) {
                String value = each.value();
                command.add(
                        value == null
                                ? each
                                : new Argument(
                                        value.replace(mark, String.valueOf(word.value())),
                                        each.written(),
                                        each.glob(),
                                        each.source()));
            }
            harm(job, command);
        }
    }

    private void harm(Job job, List<Argument> command) {
        int before = judge.call.drafts.size();
        judge.worst(() -> judge.command(withoutInput(job.inner(command, job.words()))));
        judge.dropCovered(0, before);
    }

    /** Whether no path is cut but at a line's end or a blank: a part of one is another path. */
    private static boolean keepsLines(Reading reading) {
        for (Reading.Given given : reading.given) {
            if (given.name().equals("-d") || given.name().equals("--delimiter")) {
                String value = given.value() == null ? null : given.value().value();
                if (value == null || !Set.of("\n", "\\n", "\\0").contains(value)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean blank(@Nullable String pattern) {
        return pattern == null || pattern.matches("(?s).*[\\s'\"\\\\].*");
    }

    private static boolean stands(String mark, List<Argument> command) {
        return command.stream()
                .anyMatch(word -> word.value() == null || word.value().contains(mark));
    }

    private static Job withoutInput(Job job) {
        return new Job(
                job.words(),
                job.line(),
                job.invocation(),
                job.beside(),
                job.text(),
                job.directory(),
                new Invocation.Input.Inherited(),
                job.context(),
                job.source(),
                job.depth(),
                job.number());
    }

    private static Argument appended(Job job, @Nullable Argument listed) {
        return listed != null
                ? listed
                : new Argument(null, "words from its input", false, job.source());
    }

    /** Puts what is found in the place of a mark. */
    private static List<Argument> filled(
            List<Argument> command, String mark, @Nullable Argument listed) {
        List<Argument> filled = new ArrayList<>();
        for (Argument word : command) {
            String value = word.value();
            if (value == null || !value.contains(mark)) {
                filled.add(word);
            } else if (value.equals(mark) && listed != null) {
                filled.add(
                        new Argument(listed.value(), word.written(), listed.glob(), word.source()));
            } else if (listed != null && isJoined(value, mark, listed)) {
                String before = value.substring(0, value.indexOf(mark));
                filled.add(new Argument(before + "**", word.written(), true, word.source()));
            } else {
                filled.add(new Argument(null, "found " + word.written(), false, word.source()));
            }
        }
        return filled;
    }

    /** Whether input is put somewhere in a word. */
    private static boolean hasPlace(Argument word) {
        String value = word.value();
        return value == null || (value.indexOf('{') >= 0 && PLACE.matcher(value).find());
    }

    /**
     * Puts what is found in the places of a word: whole, without its ending, its folder, its last
     * name.
     *
     * @param found a pattern for what is found, or null when it may be anything
     */
    private static Argument found(Argument word, @Nullable Argument found) {
        String value = word.value();
        if (value == null || value.indexOf('{') < 0) {
            return word;
        }
        Matcher place = PLACE.matcher(value);
        if (!place.find()) {
            return word;
        }
        String before = value.substring(0, place.start());
        String behind = value.substring(place.end());
        String kind = place.group().replaceAll("[{}0-9]", "");
        Argument unknown = new Argument(null, "found " + word.written(), false, word.source());
        if (found == null || found.value() == null || place.find()) {
            return unknown;
        }
        String paths =
                switch (kind) {
                    case "", ".", "//" -> found.value();
                    case "/", "/." -> "**";
                    default -> null;
                };
        boolean stays =
                paths != null
                        && (before.isEmpty() || (before.endsWith("/") && isBelow(paths)))
                        && !behind.contains("..")
                        && behind.matches("|/.*|\\.[A-Za-z0-9].*");
        if (!stays) {
            return unknown;
        }
        // An ending changes no folder.
        String all = before + paths + (behind.startsWith(".") ? "" : behind);
        return new Argument(all, word.written(), true, word.source());
    }

    private static boolean isBelow(String paths) {
        return !paths.startsWith("/")
                && !paths.startsWith("~")
                && !paths.startsWith("..")
                && !paths.contains("/..");
    }

    /**
     * Whether a listed path joined with a folder in front, or with an ending, stays below that
     * folder, as {@code logs/{}} and {@code {}/package.json} do.
     */
    private static boolean isJoined(String word, String mark, Argument listed) {
        String paths = String.valueOf(listed.value());
        int at = word.indexOf(mark);
        String before = word.substring(0, at);
        String behind = word.substring(at + mark.length());
        boolean relative = !paths.startsWith("/") && !paths.startsWith("~");
        boolean climbs = paths.startsWith("..") || paths.contains("/..") || behind.contains("..");
        boolean folder = before.isEmpty() ? paths.startsWith("**") : before.endsWith("/");
        return relative
                && !climbs
                && folder
                && !word.startsWith("-")
                && !behind.contains(mark)
                && (behind.isEmpty() || behind.matches("/[^.].*|\\.[A-Za-z0-9].*"));
    }

    /**
     * A glob for what the commands in front of the pipe list, or null when they may write anything.
     */
    private static @Nullable Argument listing(Job job) {
        if (!(job.input() instanceof Invocation.Input.Pipe(List<Integer> from))
                || from.size() != 1) {
            return null;
        }
        Listing listing = Listing.of(job.text().invocations(), from.getFirst());
        if (listing == null) {
            return null;
        }
        Invocation source = job.text().invocations().get(listing.first());
        return new Argument(listing.pattern(), "files that were listed", true, source.source());
    }

    /** Whether what a command reads from its input are paths that were listed. */
    boolean hasListing(Job job) {
        return listing(job) != null;
    }

    // ---- find and fd

    /** Options of find in front of its folders: those with which links are followed, and all. */
    private static final Pattern FOLLOWS = Pattern.compile("-[EHPXdsx]*L[EHLPXdsx]*");

    private static final Pattern IN_FRONT = Pattern.compile("-[EHLPXdsx]+|-O[0-9]|--");

    /** The words of a {@code find}, taken apart. */
    private static final class Finding {
        final List<Argument> starts = new ArrayList<>();
        final List<Argument> tests = new ArrayList<>();
        final boolean follows;
        private final boolean choice;

        /** What every file has to be called by the tests read so far, or null. */
        private @Nullable String name;

        Finding(List<Argument> words) {
            int i = options(words);
            while (i < words.size()) {
                String value = words.get(i).value();
                if (value == null || !isTest(value)) {
                    boolean option = value != null && List.of("-H", "-L", "-P").contains(value);
                    if (!option) {
                        starts.add(words.get(i));
                    }
                    i++;
                } else {
                    break;
                }
            }
            tests.addAll(words.subList(i, words.size()));
            boolean or = false;
            for (int k = 0; k < tests.size(); k++) {
                String value = tests.get(k).value();
                or |= "-o".equals(value) || "-or".equals(value) || ",".equals(value);
                or |= isNot(value) && (k + 1 >= tests.size() || !isSingle(tests.get(k + 1)));
            }
            choice = or;
            follows =
                    words.subList(0, i).stream().anyMatch(Finding::isFollow)
                            || tests.stream().anyMatch(t -> "-follow".equals(t.value()));
        }

        private static boolean isFollow(Argument word) {
            return word.value() != null && FOLLOWS.matcher(word.value()).matches();
        }

        /** How many words in front of the first start are options, those of BSD among them. */
        private int options(List<Argument> words) {
            int i = 0;
            while (i < words.size()) {
                String value = words.get(i).value();
                if (value == null) {
                    break;
                } else if (value.equals("-D") && i + 1 < words.size()) {
                    i += 2;
                } else if (value.equals("-f") && i + 1 < words.size()) {
                    starts.add(words.get(i + 1));
                    i += 2;
                } else if (IN_FRONT.matcher(value).matches()) {
                    i++;
                } else {
                    break;
                }
            }
            return i;
        }

        private static boolean isNot(@Nullable String value) {
            return "!".equals(value) || "-not".equals(value);
        }

        /** A test of one value, so that what is negated in front of it ends there. */
        private static boolean isSingle(Argument test) {
            return test.value() != null
                    && Set.of("-name", "-iname", "-path", "-ipath", "-wholename", "-type", "-regex")
                            .contains(test.value());
        }

        /** A test counts for what stands behind it. */
        void read(int at) {
            boolean negated = at > 0 && isNot(tests.get(at - 1).value());
            if (!choice
                    && !negated
                    && "-name".equals(tests.get(at).value())
                    && at + 1 < tests.size()) {
                name = tests.get(at + 1).value();
            }
        }

        @Nullable String name() {
            return name;
        }

        private static boolean isTest(String value) {
            return (value.startsWith("-")
                            && value.length() > 1
                            && !List.of("-H", "-L", "-P").contains(value))
                    || value.equals("(")
                    || value.equals(")")
                    || value.equals("!");
        }
    }

    private static Argument withSlash(Argument word) {
        String value = word.value();
        return value == null || value.endsWith("/")
                ? word
                : new Argument(value + "/", word.written(), word.glob(), word.source());
    }

    private void find(Job job) {
        Finding finding = new Finding(job.arguments());
        List<Argument> starts = new ArrayList<>(finding.starts);
        if (starts.isEmpty()) {
            starts.add(Argument.of("."));
        }
        if (job.constants().contains("-H")) {
            // A link among them is followed, as with a slash behind its name.
            starts.replaceAll(WrapperCommands::withSlash);
        }
        Tool tool = judge.catalogue.tool("find").orElseThrow();
        boolean acts = false;
        boolean elsewhere = finding.follows;
        for (int i = 0; i < finding.tests.size(); i++) {
            Argument test = finding.tests.get(i);
            String value = test.value();
            if (value == null) {
                judge.opaque(job, "`" + Judge.cut(test.written()) + "` is not constant");
                continue;
            }
            finding.read(i);
            elsewhere |= value.equals("-files0-from");
            switch (value) {
                case "-exec", "-execdir", "-ok", "-okdir" -> {
                    acts = true;
                    int end = i + 1;
                    while (end < finding.tests.size() && !ends(finding.tests, end)) {
                        end++;
                    }
                    List<Argument> command = finding.tests.subList(i + 1, end);
                    if (value.endsWith("dir")) {
                        executedWhereFound(job, finding, starts, command);
                    } else {
                        executed(job, finding, starts, command);
                    }
                    i = end;
                }
                case "-delete" -> {
                    acts = true;
                    for (Argument start : starts) {
                        judge.file(
                                job, Places.Touch.DELETE, below(start, finding.name(), job), true);
                    }
                }
                case "-fprint", "-fprint0", "-fls", "-fprintf" -> {
                    if (i + 1 < finding.tests.size()) {
                        judge.file(job, Places.Touch.WRITE, finding.tests.get(++i), false);
                    }
                    i += value.equals("-fprintf") ? 1 : 0;
                }
                default -> i = plainTest(job, tool, finding.tests, i, value);
            }
        }
        if (!acts) {
            for (Argument start : starts) {
                judge.file(job, Places.Touch.READ, start, true);
            }
        } else if (elsewhere) {
            judge.opaque(job, "`find` acts on files that may lie anywhere");
        }
    }

    private int plainTest(Job job, Tool tool, List<Argument> tests, int i, String value) {
        Tool.Option option = tool.options().get(value);
        if (option != null && option.role() != null) {
            if (i + 1 < tests.size()) {
                judge.file(job, Places.Touch.READ, tests.get(i + 1), false);
            }
            return i + 1;
        }
        if (tool.valued().contains(value) || value.startsWith("-newer")) {
            return i + 1;
        }
        boolean known =
                switch (value) {
                    case "(",
                            ")",
                            "!",
                            ",",
                            "-a",
                            "-and",
                            "-o",
                            "-or",
                            "-not",
                            "-print",
                            "-print0",
                            "-ls",
                            "-prune",
                            "-quit",
                            "-depth",
                            "-d",
                            "-empty",
                            "-true",
                            "-false",
                            "-mount",
                            "-xdev",
                            "-follow",
                            "-readable",
                            "-writable",
                            "-executable",
                            "-nouser",
                            "-nogroup",
                            "-daystart",
                            "-noleaf",
                            "-ignore_readdir_race",
                            "-warn",
                            "-nowarn",
                            "-E",
                            "-X",
                            "-s",
                            "-O1",
                            "-O2",
                            "-O3",
                            "--help",
                            "-help",
                            "--version",
                            "-version" ->
                            true;
                    default -> false;
                };
        if (!known) {
            judge.shell(
                    job,
                    RiskTier.MEDIUM,
                    "runs `find`: `" + value + "` is no test the catalogue lists");
        }
        return i;
    }

    private static boolean ends(List<Argument> tests, int at) {
        String value = tests.get(at).value();
        return ";".equals(value)
                || ("+".equals(value) && at > 0 && "{}".equals(tests.get(at - 1).value()));
    }

    private Argument below(Argument start, @Nullable String name, Job job) {
        String value = start.value();
        if (value == null) {
            return start;
        }
        if (name == null || name.indexOf('/') >= 0) {
            return start;
        }
        return new Argument(
                (value.equals("/") ? "" : value) + "/**/" + name,
                start.written(),
                true,
                job.source());
    }

    private void executed(Job job, Finding finding, List<Argument> starts, List<Argument> command) {
        if (command.isEmpty()) {
            judge.opaque(job, "`find -exec` names no command");
            return;
        }
        for (Argument start : starts) {
            Argument found =
                    start.value() == null
                            ? null
                            : finding.name() == null
                                    ? new Argument(
                                            start.value() + "/**",
                                            start.written(),
                                            true,
                                            job.source())
                                    : below(start, finding.name(), job);
            List<Argument> filled = filled(command, "{}", found);
            int before = judge.call.drafts.size();
            judge.command(withoutInput(job.inner(filled, job.words())));
            sent(job, command, "{}", found, before);
        }
    }

    /**
     * What {@code -execdir} runs, it runs in the folder of what is found: one below the start whose
     * name nobody knows, or the one the start lies in.
     */
    private void executedWhereFound(
            Job job, Finding finding, List<Argument> starts, List<Argument> command) {
        List<Argument> absolute = new ArrayList<>();
        for (Argument start : starts) {
            String folder = judge.moved(job.directory(), start);
            absolute.add(new Argument(folder, start.written(), start.glob(), start.source()));
        }
        executed(job.in(null), finding, absolute, command);
        for (Argument start : absolute) {
            String folder = start.value();
            if (folder == null) {
                continue;
            }
            String parent = folder.substring(0, Math.max(1, folder.lastIndexOf('/')));
            judge.worst(() -> executed(job.in(parent), finding, List.of(start), command));
            List<Argument> below = new ArrayList<>();
            for (Argument word : command) {
                below.add(below.isEmpty() ? word : relativeBelow(folder, word));
            }
            judge.worst(() -> executed(job.in(folder), finding, List.of(start), below));
        }
    }

    /** A word that may be a path, in whatever folder below {@code folder}. */
    private static Argument relativeBelow(String folder, Argument word) {
        String value = word.value();
        boolean path =
                value != null
                        && !value.isEmpty()
                        && !value.contains("{}")
                        && !value.contains("..")
                        && "/~-".indexOf(value.charAt(0)) < 0
                        && isPlain(value);
        if (!path) {
            return word;
        }
        String under = (folder.equals("/") ? "" : folder) + "/**/" + value;
        return new Argument(under, word.written(), true, word.source());
    }

    private void fd(Job outer, String name) {
        Tool tool = judge.catalogue.tool(name).orElseThrow();
        Reading reading = Reading.of(tool, outer.arguments());
        unknownOption(outer, name, reading);
        Job job = outer.in(judge.searched(outer, reading.value("-C", "--base-directory")));
        for (Argument patterns : reading.values("--ignore-file")) {
            judge.file(outer, Places.Touch.READ, patterns, false);
        }
        List<Argument> starts = new ArrayList<>(reading.values("--search-path"));
        if (reading.positionals.size() > 1) {
            starts.addAll(reading.positionals.subList(1, reading.positionals.size()));
        } else if (starts.isEmpty()) {
            starts.add(Argument.of("."));
        }
        if (reading.command.isEmpty()) {
            for (Argument start : starts) {
                judge.file(job, Places.Touch.READ, start, true);
            }
            return;
        }
        if (reading.command.stream().anyMatch(word -> ";".equals(word.value()))) {
            judge.opaque(job, "`;` ends what `fd` runs, and what follows is not read");
        }
        List<Argument> wrapper = List.copyOf(Judge.before(job, reading.command));
        for (Argument start : starts) {
            Argument found =
                    start.value() == null
                            ? null
                            : new Argument(
                                    start.value() + "/**", start.written(), true, job.source());
            List<Argument> filled = new ArrayList<>();
            for (Argument word : reading.command) {
                filled.add(found(word, found));
            }
            if (reading.command.stream().noneMatch(WrapperCommands::hasPlace)) {
                filled.add(appended(job, found));
            }
            int before = judge.call.drafts.size();
            judge.command(withoutInput(job.inner(filled, wrapper)));
            sent(job, reading.command, "{}", found, before);
        }
    }
}
