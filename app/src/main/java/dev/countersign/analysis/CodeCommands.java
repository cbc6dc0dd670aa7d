package dev.countersign.analysis;

import dev.countersign.analysis.code.Program;
import dev.countersign.analysis.shell.Invocation;
import dev.countersign.analysis.shell.Printed;
import dev.countersign.analysis.shell.ShellText;
import dev.countersign.call.Argument;
import dev.countersign.call.LowerCase;
import dev.countersign.call.RiskTier;
import dev.countersign.call.Shell;
import dev.countersign.call.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Shells and interpreters: what runs text. */
final class CodeCommands {
    /** What looking at a word of an interpreter costs, in steps of a call. */
    private static final int STEPS_A_WORD = 4;

    private static final Set<String> SHELLS =
            Set.of("bash", "sh", "dash", "ksh", "zsh", "ash", "mksh");

    /** The file a command of vi writes. */
    private static final Pattern VIM_WRITES =
            Pattern.compile(
                    "(?:^|[\\s|:])(?:w|wq|wn|write|sav|saveas|up|update|x|xit|wri)!?\\s+(?:\\+\\+\\S+\\s+)*(?:>>\\s*)?([^\\s|!]+)");

    private final Judge judge;
    private final CodeEffects effects;
    private final FedScripts fed;

    private static final Pattern AWK_DUMP = Pattern.compile("(?:-[opd]|--(?:pr|du)[a-z-]*=)(.+)");

    CodeCommands(Judge judge) {
        this.judge = judge;
        this.effects = new CodeEffects(judge);
        this.fed = new FedScripts(judge);
    }

    boolean judge(Job job, String name) {
        if (SHELLS.contains(name)) {
            shell(job, name);
            return true;
        }
        switch (judge.catalogue.canonical(name)) {
            case "eval" -> eval(job);
            case "source" -> source(job);
            case "trap" -> trap(job);
            case "sed" -> sed(job, name);
            case "awk" -> awk(job, name);
            case "at" -> later(job, name);
            case "fzf" -> fzf(job, name);
            case "crontab", "ed" -> {
                Tool tool = judge.catalogue.tool(name).orElseThrow();
                judge.generic(job, name, tool);
                boolean reads = !(job.input() instanceof Invocation.Input.Inherited);
                boolean table = name.equals("crontab") && !job.arguments().isEmpty();
                boolean shows = job.constants().contains("-l") || job.constants().contains("-r");
                if (reads || (table && !shows)) {
                    judge.opaque(job, "`" + name + "` runs what it is given");
                    String text = constantInput(job);
                    if (text != null) {
                        timetable(job, text);
                        if (name.equals("ed")) {
                            edited(job, text);
                        }
                    }
                }
            }
            default -> {
                if (scriptWord(job, name)) {
                    return true;
                }
                Tool tool = judge.catalogue.tool(name).orElse(null);
                if (tool == null || !tool.kind().equals("interpreter") || !tool.subs().isEmpty()) {
                    return false;
                }
                interpreter(job, name, tool);
            }
        }
        return true;
    }

    /** {@code deno eval TEXT} and {@code bun -e TEXT}, and nothing else. */
    private boolean scriptWord(Job job, String name) {
        String option = job.words().size() == 3 ? job.argument(0) : null;
        String text = job.argument(1);
        boolean runs =
                name.equals("deno")
                        ? "eval".equals(option)
                        : name.equals("bun")
                                && ("-e".equals(option)
                                        || "--eval".equals(option)
                                        || "-p".equals(option)
                                        || "--print".equals(option));
        if (!runs || text == null) {
            return false;
        }
        Span place = place(job, job.arguments().getLast());
        programText(job, "javascript", text, place, List.of(), true);
        return true;
    }

    /**
     * What {@code crontab} would run, the times in front taken off, or {@code ed} by a {@code !}.
     */
    private void timetable(Job job, String text) {
        text.lines()
                .limit(50)
                .map(line -> TIMES.matcher(line).replaceFirst(""))
                .forEach(line -> judge.worst(() -> judge.nested(line, job)));
    }

    /** The files that commands of {@code ed} write and read. */
    private void edited(Job job, String text) {
        Matcher command = FILE_OF_ED.matcher(text);
        for (int found = 0; found < 50 && command.find(); found++) {
            boolean writes = command.group(1).equalsIgnoreCase("w");
            String file = command.group(2).strip();
            if (file.startsWith("!")) {
                judge.nested(file.substring(1), job);
            } else {
                judge.file(
                        job,
                        writes ? Places.Touch.WRITE : Places.Touch.READ,
                        Argument.of(file),
                        false);
            }
        }
    }

    private static final Pattern FILE_OF_ED =
            Pattern.compile("(?m)^[^a-zA-Z\\n]*([wWreEf])q?[ \\t]+(\\S.*)$");

    private static final Pattern TIMES =
            Pattern.compile("^\\s*(?:@[a-z]+\\s+|(?:[0-9*,/a-zA-Z-]+\\s+){5}|!)");

    /** What {@code fzf} runs when it shows, chooses or changes entries. */
    private void fzf(Job job, String name) {
        Tool tool = judge.catalogue.tool(name).orElseThrow();
        Reading reading = Reading.of(tool, job.arguments());
        judge.generic(job, name, reading);
        for (Reading.Given given : reading.given) {
            Argument value = given.value();
            boolean binds = given.name().equals("--bind");
            if (value == null || (!binds && !given.name().equals("--preview"))) {
                continue;
            }
            String text = value.value();
            if (text == null) {
                judge.script(job, value);
            } else {
                List<String> commands =
                        binds ? FzfBindings.commands(text) : List.of(FzfBindings.command(text));
                commands.forEach(line -> judge.nested(line, job, job.directory(), Shell.SH));
            }
        }
    }

    /** Text that a shell is given later is judged as if it ran now. */
    private void later(Job job, String name) {
        Tool tool = judge.catalogue.tool(name).orElseThrow();
        Reading reading = Reading.of(tool, job.arguments());
        judge.generic(job, name, reading);
        boolean text = reading.deeds().contains(Deed.EXEC) && !reading.has("-f");
        if (text && !Judge.isVersionQuestion(job)) {
            input(job, name, Shell.SH, List.of());
        }
    }

    // ---- shells

    private void shell(Job job, String name) {
        if (Judge.isVersionQuestion(job)) {
            judge.fact(job, "asks `" + name + "` for its version");
            return;
        }
        boolean command = false;
        boolean fromInput = false;
        boolean onlyChecks = false;
        boolean interactive = false;
        List<Argument> words = job.arguments();
        int i = 0;
        while (i < words.size()) {
            String value = words.get(i).value();
            if (value == null) {
                break;
            }
            if (value.equals("--") || value.equals("-")) {
                i++;
                break;
            }
            if (value.startsWith("--")) {
                switch (value) {
                    case "--rcfile", "--init-file" -> {
                        if (i + 1 < words.size()) {
                            scriptFile(job, words.get(++i));
                            written(job, words.get(i), "sh");
                        }
                    }
                    case "--login",
                            "--norc",
                            "--noprofile",
                            "--posix",
                            "--restricted",
                            "--verbose",
                            "--noediting",
                            "--debugger" -> {}
                    default ->
                            judge.opaque(
                                    job,
                                    "`" + value + "` is no option of `" + name + "` that is known");
                }
                i++;
                continue;
            }
            if (value.equals("+")) {
                i++;
                continue;
            }
            if (value.length() < 2 || (value.charAt(0) != '-' && value.charAt(0) != '+')) {
                break;
            }
            command |= value.charAt(0) == '-' && value.indexOf('c') > 0;
            fromInput |= value.indexOf('s') > 0;
            onlyChecks |= ONLY_CHECKS.matcher(value).matches();
            onlyChecks &= !(value.charAt(0) == '+' && value.indexOf('n') > 0);
            interactive |= INTERACTIVE.matcher(value).matches();
            if (changesMeaning(name, value)) {
                judge.opaque(job, "`" + value + "` changes what the words of the text mean");
            }
            boolean takesValue = value.endsWith("o") || value.endsWith("O");
            if (takesValue && i + 1 < words.size() && !ShellText.harmless(words.get(i + 1))) {
                judge.opaque(job, "`" + value + "` changes what the words of the text mean");
            }
            i += takesValue && i + 1 < words.size() ? 2 : 1;
        }
        List<Argument> rest = words.subList(Math.min(i, words.size()), words.size());
        Shell dialect =
                switch (name) {
                    case "bash" -> Shell.BASH;
                    case "zsh" -> Shell.ZSH;
                    default -> Shell.SH;
                };
        if (command) {
            if (rest.isEmpty()) {
                fromPipe(job, name + " -c", List.of());
            } else {
                scriptText(job, rest, dialect);
            }
        } else if (rest.isEmpty() || fromInput) {
            input(job, name, dialect, rest);
        } else if (onlyChecks && !interactive) {
            judge.file(job, Places.Touch.READ, rest.getFirst(), false);
        } else {
            script(job, rest, dialect);
        }
    }

    private static final Pattern ONLY_CHECKS = Pattern.compile("-[a-hj-zA-Z]*n[a-hj-zA-Z]*");
    private static final Pattern INTERACTIVE = Pattern.compile("-[a-hj-zA-Z]*i.*");

    /**
     * Letters with which assignments behind a command are variables of it, all variables are
     * exported, or folders are entered by other names; of zsh any but the everyday ones.
     */
    private static boolean changesMeaning(String shell, String letters) {
        if (letters.charAt(0) != '-') {
            return false;
        }
        for (int i = 1; i < letters.length(); i++) {
            char c = letters.charAt(i);
            if (shell.equals("zsh") ? "cilsefnuvxdo".indexOf(c) < 0 : "akP".indexOf(c) >= 0) {
                return true;
            }
        }
        return false;
    }

    private void script(Job job, List<Argument> rest, Shell dialect) {
        Argument file = rest.getFirst();
        String value = file.value();
        String base = Judge.programName(value);
        if ("countersign".equals(base)) {
            judge.ownCommand(job, rest.subList(1, rest.size()));
            return;
        }
        if (value == null && judge.net().feeds(job, file)) {
            judge.shell(job, RiskTier.CRITICAL, "runs code straight from the network")
                    .opaque()
                    .tag("network");
            return;
        }
        if ("/dev/stdin".equals(value) || "/dev/fd/0".equals(value)) {
            input(job, "sh", dialect, rest.subList(1, rest.size()));
            return;
        }
        scriptFile(job, file);
        written(job, file, dialect.wire());
    }

    private void scriptText(Job job, List<Argument> words, Shell dialect) {
        Argument text = words.getFirst();
        String value = text.value();
        if (value == null) {
            judge.script(job, text);
            fed.text(job, text);
            return;
        }
        StringBuilder whole = new StringBuilder();
        if (words.size() > 2 && value.indexOf('$') >= 0) {
            whole.append("set --");
            for (Argument argument : words.subList(2, words.size())) {
                String constant = argument.value();
                if (constant == null || argument.glob()) {
                    whole.setLength(0);
                    break;
                }
                whole.append(' ').append(quote(constant));
            }
            if (!whole.isEmpty()) {
                whole.append('\n');
            }
        }
        whole.append(value);
        judge.nested(whole.toString(), job, job.directory(), dialect);
    }

    static String quote(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    /**
     * A shell or an interpreter that runs what it reads.
     *
     * @param arguments the last words of the command, which are those of what it runs
     */
    private void input(Job job, String name, Shell dialect, List<Argument> arguments) {
        switch (job.input()) {
            case Invocation.Input.Inherited _ ->
                    judge.opaque(job, "`" + name + "` runs what it reads from its input");
            case Invocation.Input.Text text -> {
                String value = text.value();
                if (value == null) {
                    unknownInput(job, name, arguments);
                } else {
                    judge.nested(value, job, job.directory(), dialect);
                }
            }
            case Invocation.Input.File file -> {
                scriptFile(fed.named(job, file.target(), arguments), file.target());
                written(job, file.target(), dialect.wire());
            }
            case Invocation.Input.Pipe pipe -> {
                String constant =
                        pipe.from().size() == 1 ? output(job, pipe.from().getFirst()) : null;
                if (constant != null) {
                    judge.nested(constant, job, job.directory(), dialect);
                } else {
                    fromPipe(job, name, arguments);
                }
            }
        }
    }

    /** Text nobody knows: of a here-document, or what another command writes into {@code >(sh)}. */
    private void unknownInput(Job job, String name, List<Argument> arguments) {
        if (judge.net().feedsText(job)) {
            judge.shell(job, RiskTier.CRITICAL, "runs code straight from the network")
                    .opaque()
                    .tag("network");
        } else if (judge.net().upstream(job).isEmpty()) {
            judge.opaque(job, "the text `" + name + "` runs is not constant");
            fed.piped(job, arguments);
        } else {
            fromPipe(job, name, arguments);
        }
    }

    private void fromPipe(Job job, String name, List<Argument> arguments) {
        Set<String> upstream = judge.net().upstream(job);
        if (upstream.stream().anyMatch(NetCommands::isFetcher)) {
            judge.shell(job, RiskTier.CRITICAL, "runs code straight from the network")
                    .opaque()
                    .tag("network");
        } else if (upstream.stream().anyMatch(CodeCommands::hides)) {
            judge.shell(job, RiskTier.HIGH, "runs decoded data as code").opaque();
        } else {
            judge.opaque(job, "`" + name + "` runs what another command writes");
        }
        fed.piped(job, arguments);
    }

    private static boolean hides(String program) {
        return switch (program) {
            case "base64",
                    "base32",
                    "basenc",
                    "xxd",
                    "od",
                    "openssl",
                    "gpg",
                    "gunzip",
                    "gzip",
                    "zcat",
                    "bzip2",
                    "bunzip2",
                    "xz",
                    "unxz",
                    "zstd",
                    "uudecode",
                    "rev",
                    "tr",
                    "perl",
                    "python",
                    "python3",
                    "ruby",
                    "node",
                    "php",
                    "awk",
                    "sed" ->
                    true;
            default -> false;
        };
    }

    /** The text a command is given by a here-document or a command that prints it, or null. */
    @Nullable String constantInput(Job job) {
        return switch (job.input()) {
            case Invocation.Input.Text text -> text.value();
            case Invocation.Input.Pipe pipe ->
                    pipe.from().size() == 1 ? output(job, pipe.from().getFirst()) : null;
            case Invocation.Input.File _, Invocation.Input.Inherited _ -> null;
        };
    }

    /** What a command writes, when that is constant. */
    private @Nullable String output(Job job, int index) {
        if (index < 0 || index >= job.text().invocations().size()) {
            return null;
        }
        Invocation source = job.text().invocations().get(index);
        return source.redirections().isEmpty() ? printedBy(source, job.context().shell()) : null;
    }

    /** What a command writes to its output, when that is constant. */
    @Nullable String printedBy(Invocation source, Shell shell) {
        if (source.argv().isEmpty() || source.local()) {
            return null;
        }
        String name = Judge.programName(source.argv().getFirst().value());
        List<String> words = new ArrayList<>();
        for (Argument word : source.argv().subList(1, source.argv().size())) {
            String value = word.value();
            if (value == null || word.glob()) {
                return null;
            }
            words.add(value);
        }
        String printed = Printed.by(source, shell);
        if (printed != null) {
            return printed;
        }
        if ("cat".equals(name) && words.isEmpty()) {
            return source.input() instanceof Invocation.Input.Text text ? text.value() : null;
        }
        if ("echo".equals(name) && words.size() > 1 && words.getFirst().matches("-n?en?")) {
            return unescaped(String.join(" ", words.subList(1, words.size())));
        }
        if ("printf".equals(name) && !words.isEmpty()) {
            String format = words.getFirst();
            if (words.size() == 1 && format.indexOf('%') < 0) {
                return unescaped(format);
            }
            return format.equals("%b") && words.size() == 2 ? unescaped(words.get(1)) : null;
        }
        return null;
    }

    /** Escapes taken out, or null when there are some that are not followed. */
    private static @Nullable String unescaped(String text) {
        if (text.indexOf('\\') < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            if (++i >= text.length()) {
                return null;
            }
            switch (text.charAt(i)) {
                case 'n' -> out.append('\n');
                case 't' -> out.append('\t');
                default -> {
                    return null;
                }
            }
        }
        return out.toString();
    }

    private void eval(Job job) {
        StringBuilder text = new StringBuilder();
        for (Argument word : job.arguments()) {
            String value = word.value();
            if (value == null) {
                judge.script(job, word);
                fed.text(job, word);
                return;
            }
            text.append(value).append(' ');
        }
        if (!text.isEmpty()) {
            judge.nested(text.toString(), job);
        }
    }

    private void source(Job job) {
        if (job.arguments().isEmpty()) {
            judge.fact(job, "reads no file");
            return;
        }
        Argument file = job.arguments().getFirst();
        if (file.value() == null && judge.net().feeds(job, file)) {
            judge.shell(job, RiskTier.CRITICAL, "runs code straight from the network")
                    .opaque()
                    .tag("network");
            return;
        }
        String value = file.value();
        if ("/dev/stdin".equals(value) || "/dev/fd/0".equals(value)) {
            List<Argument> behind = job.arguments().subList(1, job.arguments().size());
            input(job, "source", job.context().shell(), behind);
            return;
        }
        if (value != null
                && value.endsWith("venv/bin/activate")
                && !judge.call.paths.place(file, job.directory()).outside()) {
            judge.shell(job, RiskTier.LOW, "enters the Python environment of the project");
            return;
        }
        scriptFile(job, file);
        Draft last = judge.call.drafts.getLast();
        last.summary = last.summary + ", in this shell";
        written(job, file, job.context().shell().wire());
    }

    /**
     * What a file does that runs, where the call itself wrote its text.
     *
     * @param language of the program that runs it; of a file that is run by its own name {@code ""}
     */
    void written(Job job, Argument file, String language) {
        Paths.Place place = judge.call.paths.place(file, job.directory());
        if (judge.call.isUnread(place) && !judge.call.brought(place)) {
            judge.opaque(
                    job,
                    "runs "
                            + place.shown(judge.call.paths.workspace())
                            + ", which the same call has written and nobody has read");
        }
        for (String text : judge.call.written(place)) {
            writtenText(job, language.isEmpty() ? ofFirstLine(text) : language, text);
        }
    }

    /**
     * What a file does that a variable has a shell read.
     *
     * @param value its name, or null where it is what a command prints at {@code source}
     */
    void sourced(Job job, @Nullable String value, Span source) {
        if (value != null && value.isEmpty()) {
            return;
        }
        Argument file = value == null ? null : Argument.of(value);
        Paths.Place place = file == null ? null : judge.call.paths.place(file, job.directory());
        if (file != null && place != null && !place.stream()) {
            if (!judge.call.brought(place)) {
                scriptFile(job, file);
                written(job, file, "bash");
            }
            return;
        }
        String printed = fed.printed(job, source);
        if (printed != null) {
            judge.nested(printed, job, job.directory(), Shell.BASH);
        }
    }

    /** What a shell does with what one command in {@code <(…)} prints. */
    private void prints(Draft unknown, Job job, Argument file) {
        String name =
                job.words().isEmpty() ? null : Judge.programName(job.words().getFirst().value());
        String printed =
                name != null && SOURCES.contains(name) ? fed.printed(job, file.source()) : null;
        if (printed != null) {
            unknown.perhaps(judge.lesser(() -> judge.nested(printed, job)));
        }
    }

    private static final Set<String> SOURCES =
            Set.of("bash", "sh", "zsh", "dash", "ash", "ksh", "mksh", "source", ".", "busybox");

    /** The same for the program of the command, whichever it is. */
    void writtenFor(Job job, Argument file) {
        String name =
                job.words().isEmpty() ? null : Judge.programName(job.words().getFirst().value());
        if (name != null && !BuildCommands.readsDefinition(name)) {
            written(job, file, language(name));
        }
    }

    private void writtenText(Job job, String language, String text) {
        switch (language) {
            case "sh", "bash", "zsh" ->
                    judge.nested(text, job, job.directory(), Shell.of(language).orElse(Shell.SH));
            case "dash", "ksh", "ash", "mksh" -> judge.nested(text, job, job.directory(), Shell.SH);
            case "sed" -> sedProgram(job, withoutFirstLine(text));
            case "awk" -> awkProgram(job, withoutFirstLine(text), null);
            case "python", "javascript", "perl", "ruby", "php" -> {
                boolean trusted =
                        !language.equals("python") || (isThree(job) && !effects.shadowsPython(job));
                programText(job, language, withoutFirstLine(text), null, List.of(), trusted);
            }
            default -> judge.opaque(job, "runs what the same call has written, which is not read");
        }
    }

    private static String withoutFirstLine(String text) {
        return text.startsWith("#!") ? text.substring(Math.max(0, text.indexOf('\n'))) : text;
    }

    private static final Pattern FIRST_LINE =
            Pattern.compile("\\A#!\\s*(?:\\S*/)?(?:env\\s+(?:-S\\s+)?)?(?:\\S*/)?([a-z]+)[^\n]*");

    /** The language of a file by the line that names its program; without one it is a shell's. */
    private static String ofFirstLine(String text) {
        if (!text.startsWith("#!")) {
            return "sh";
        }
        Matcher line = FIRST_LINE.matcher(text);
        return line.lookingAt() ? language(line.group(1)) : "";
    }

    private void trap(Job job) {
        List<Argument> words = job.arguments();
        if (words.size() < 2) {
            judge.fact(job, "looks at the traps of the shell");
            return;
        }
        if (words.getFirst().value() == null) {
            judge.opaque(job, "the text `trap` runs is not constant");
        } else {
            judge.fact(job, "sets what runs when the shell ends or is signalled");
        }
    }

    // ---- files and texts that are run

    /** A file whose content runs. */
    void scriptFile(Job job, Argument file) {
        Paths.Place place = judge.call.paths.place(file, job.directory());
        String written = place.written();
        if (place.stream()) {
            if (judge.net().feeds(job, file)) {
                judge.shell(job, RiskTier.CRITICAL, "runs code straight from the network")
                        .opaque()
                        .tag("network");
            } else {
                prints(judge.opaque(job, "runs what it reads from a stream"), job, file);
                fed.text(job, file);
            }
            return;
        }
        if (written == null) {
            String reason = "the file it runs, `" + Judge.cut(file.written()) + "`, is not known";
            prints(judge.opaque(job, reason), job, file);
            fed.text(job, file);
            return;
        }
        Places.Verdict verdict = judge.call.places.judge(Places.Touch.READ, place, false);
        Draft read =
                verdict.tags().contains("secret")
                        ? judge.file(job, Places.Touch.READ, file, false)
                        : null;
        if (read != null) {
            read.kept = true;
        }
        if (judge.call.brought(place)) {
            judge.shell(
                            job,
                            RiskTier.CRITICAL,
                            "runs "
                                    + place.shown(judge.call.paths.workspace())
                                    + ", which the same call brought from the network")
                    .tag("network");
        } else {
            RiskTier risk = place.outside() ? RiskTier.HIGH : RiskTier.MEDIUM;
            Draft draft =
                    judge.shell(
                            job,
                            risk,
                            "runs the file " + place.shown(judge.call.paths.workspace()));
            draft.ownCode = !place.outside();
            draft.unseen = true;
        }
        String floor = verdict.floor();
        if (floor != null) {
            judge.call.drafts.getLast().floor(floor);
        }
    }

    /** Text of a programming language that runs. */
    void programText(Job job, String language, Argument word) {
        // The name of a file that matches is the text then; sed tells for itself.
        String text = word.glob() && !language.equals("sed") ? null : word.value();
        if (text == null) {
            if (judge.net().feeds(job, word)) {
                judge.shell(job, RiskTier.CRITICAL, "runs code straight from the network")
                        .opaque()
                        .tag("network");
            } else {
                judge.opaque(job, "the program text is not constant");
                if (!language.startsWith("sql")) {
                    fed.text(job, word);
                }
            }
            return;
        }
        switch (language) {
            case "sql", "sqlite" -> SqlText.judge(judge, job, text);
            case "sed" -> sedProgram(job, text);
            case "awk" -> awkProgram(job, text, place(job, word));
            default -> programText(job, language, text, place(job, word), List.of(), false);
        }
    }

    /** Where the text of a word stands if it stands there letter by letter, or null. */
    private static @Nullable Span place(Job job, Argument word) {
        String value = word.value();
        boolean top = job.source().equals(job.invocation().source());
        int at = value == null || !top ? -1 : word.written().indexOf(value);
        int length = word.source().to() - word.source().from();
        if (value == null || at < 0 || word.written().length() != length) {
            return null;
        }
        int from = word.source().from() + at;
        return new Span(from, from + value.length());
    }

    /**
     * Text that runs as a program.
     *
     * @param trusted whether no option changes how it is read
     */
    private void programText(
            Job job,
            String language,
            String text,
            @Nullable Span place,
            List<String> arguments,
            boolean trusted) {
        Program program = judge.call.read(language, text, arguments).orElse(null);
        if (language.equals("vim")) {
            Matcher written = VIM_WRITES.matcher(text);
            while (written.find()) {
                judge.editsGuarded(job, Argument.of(written.group(1)));
            }
        }
        if (program == null) {
            unreadText(job, language, text);
            escapes(job, text);
            return;
        }
        if (program.complete() && trusted) {
            int before = judge.call.drafts.size();
            effects.add(job, program, place);
            if (judge.call.drafts.size() == before) {
                judge.fact(job, "runs " + language + " text that only computes and prints");
            }
            return;
        }
        Draft draft = unreadText(job, language, text);
        if (program.unread() != null) {
            draft.summary =
                    draft.summary + " that could not be read completely: " + program.unread();
        }
        effects.add(job, program, place);
    }

    /** The worst of what a text may give to a shell. */
    private void escapes(Job job, String text) {
        for (String command : ShellEscapes.in(text)) {
            judge.worst(() -> judge.nested(command, job, job.directory(), Shell.SH));
        }
    }

    private Draft unreadText(Job job, String language, String text) {
        Draft draft =
                judge.opaque(
                        job,
                        "runs " + (language.isEmpty() ? "program" : language) + " code of its own");
        draft.ownCode = true;
        marks(text, draft);
        String lower = LowerCase.of(text);
        if (lower.contains(".env") || lower.contains("/.ssh/") || lower.contains("id_rsa")) {
            judge.secret(job, "program text that names a secret", language);
        }
        return draft;
    }

    /**
     * What a text was found to name.
     *
     * @param own our own address
     * @param ours our own files
     */
    private record Marks(
            boolean own, boolean destroys, boolean reaches, boolean protects, boolean ours) {}

    /** The text last looked at, which may be one with many parts that cannot be read. */
    private @Nullable String markedText;

    private Marks marked = new Marks(false, false, false, false, false);

    private Marks marks(String text) {
        if (!text.equals(markedText)) {
            String lower = LowerCase.of(text);
            marked =
                    new Marks(
                            judge.call.network.mentionsOwn(text),
                            DESTROYS.findsIn(lower),
                            REACHES_NETWORK.findsIn(lower),
                            touchesProtected(lower),
                            judge.call.guarded.folders().stream().anyMatch(text::contains));
            markedText = text;
        }
        return marked;
    }

    /** What program text names that no agent may touch, and what it plainly does. */
    void marks(String text, Draft draft) {
        Marks marks = marks(text);
        if (marks.own) {
            draft.floor("Countersign's own address is out of reach for agents");
        }
        if (marks.destroys) {
            draft.tag("destructive").atLeast(RiskTier.HIGH);
            draft.ownCode = false;
        }
        if (marks.reaches) {
            draft.tag("network").atLeast(RiskTier.HIGH);
            draft.ownCode = false;
            draft.sends = true;
            draft.sendsUnknown = true;
        }
        if (marks.protects) {
            draft.floor("hook, permission and policy files are changed by people, not by agents");
        }
        if (marks.ours) {
            draft.floor("Countersign's own files are out of reach for agents");
        }
    }

    private static final WordSearch DESTROYS =
            WordSearch.of(
                    "rmtree",
                    "rm -",
                    "rmsync",
                    "rmdir",
                    "rimraf",
                    "unlink",
                    "os.remove",
                    "removesync",
                    "fs.rm",
                    "rm_rf",
                    "rm_r",
                    "file.delete",
                    "shutil.move",
                    "deleteall",
                    "emptydir",
                    "truncate",
                    "drop table",
                    "drop database",
                    "os.kill",
                    "process.kill",
                    "mkfs",
                    "fileutils.rm",
                    "deleterecursively");

    private static final WordSearch REACHES_NETWORK =
            WordSearch.of(
                    "http://",
                    "https://",
                    "urllib",
                    "requests.",
                    "socket",
                    "fetch(",
                    "httpx",
                    "net/http",
                    "net::http",
                    "curl",
                    "wget",
                    "axios",
                    "smtplib",
                    "ftplib",
                    "paramiko",
                    "io::socket",
                    "lwp",
                    "file_get_contents('http",
                    "open-uri",
                    "xmlhttprequest",
                    "dgram");

    /** What the text of a program says to name a protected file, in small letters. */
    private static final class Protected {
        static final WordSearch NAMES = names();

        private static WordSearch names() {
            List<String> names = new ArrayList<>();
            for (String key : List.of("policy", "clients")) {
                for (String pattern : Places.floorTexts(key)) {
                    String plain = LowerCase.of(pattern).replace("~/", "").replace("/**", "/");
                    if (plain.indexOf('*') < 0) {
                        names.add(plain);
                    }
                }
            }
            return new WordSearch(names);
        }
    }

    private static final WordSearch CHANGES_FILES =
            WordSearch.of(
                    "appendall",
                    "writeall",
                    "appendtext",
                    "createtext",
                    "streamwriter",
                    "filestream",
                    "openwrite",
                    "file]::create",
                    "file]::copy",
                    "file]::move",
                    "file]::replace",
                    "file]::delete",
                    "directory]::delete",
                    "directory]::move",
                    "write",
                    "'w",
                    "\"w",
                    "'a'",
                    "\"a\"",
                    "unlink",
                    "remove",
                    "rename",
                    "move",
                    "copy",
                    "rmtree",
                    "truncate",
                    ">",
                    "dump",
                    "delete",
                    "symlink",
                    "chmod",
                    "rm ",
                    "-i",
                    "replace",
                    "system",
                    "exec",
                    "spawn");

    /** Text that names a protected file and something that changes files. */
    private static boolean touchesProtected(String text) {
        return Protected.NAMES.findsIn(text) && CHANGES_FILES.findsIn(text);
    }

    // ---- interpreters

    /** Settings of PHP that load nothing and open nothing. */
    private static final Pattern HARMLESS_SETTING =
            Pattern.compile(
                    "(memory_limit|display_errors|display_startup_errors|error_reporting|log_errors"
                            + "|max_execution_time|short_open_tag|date\\.timezone|xdebug\\.mode"
                            + "|pcov\\.enabled|opcache\\.enable(_cli)?|zend\\.assertions"
                            + "|assert\\.(exception|active)|(serialize_)?precision|html_errors"
                            + "|variables_order|pcre\\.jit|phar\\.readonly|zend\\.enable_gc)(=|$)");

    private void interpreter(Job job, String name, Tool tool) {
        if (name.startsWith("python") || name.startsWith("pypy")) {
            Argument run = Reading.of(tool, pythonWords(job.arguments())).value("-m");
            if (run != null && effects.writesModule(job, String.valueOf(run.value()))) {
                judge.opaque(job, "the same call writes what it may load for a module");
            }
        }
        String script = Judge.programName(job.argument(0));
        if (judge.builds().quietly(job, name)
                || (script != null && judge.builds().quietScript(job, script))) {
            return;
        }
        boolean python = name.startsWith("python") || name.startsWith("pypy");
        List<Argument> own = python ? pythonWords(job.arguments()) : job.arguments();
        Reading reading = Reading.of(tool, own);
        if (judge.catalogue.canonical(name).equals("php")) {
            for (Argument setting : reading.values("-d")) {
                if (!HARMLESS_SETTING.matcher(String.valueOf(setting.value())).lookingAt()) {
                    judge.opaque(job, "`-d " + Judge.cut(setting.written()) + "` may load code");
                }
            }
        }
        if (!reading.deeds().contains(Deed.CODE)) {
            judge.generic(job, name, reading);
            return;
        }
        Argument module = python ? reading.value("-m") : null;
        if (module != null) {
            module(job, module);
            return;
        }
        boolean textByOption = false;
        for (Reading.Bound bound : reading.bound) {
            textByOption |= bound.option() != null && bound.role().startsWith("code:");
        }
        boolean runsText = false;
        boolean options = judge.unproven(job, name, reading);
        boolean joined = false;
        for (Reading.Bound bound : reading.bound) {
            switch (bound.role()) {
                case "codefile" -> {
                    if ("-".equals(bound.word().value())) {
                        continue;
                    }
                    if (textByOption && bound.option() == null) {
                        argument(job, name, reading, bound.word());
                        continue;
                    }
                    if (ownJar(job, name, bound, reading)) {
                        return;
                    }
                    scriptFile(job, bound.word());
                    written(job, bound.word(), language(name));
                    runsText = true;
                }
                case "read" -> argument(job, name, reading, bound.word());
                case "write" -> judge.output(job, bound.word());
                case "host" ->
                        judge.net()
                                .connection(
                                        job,
                                        judge.call.network.target(bound.word().value()),
                                        false);
                default -> {
                    if (bound.role().startsWith("code:")) {
                        if (!joined) {
                            String language = bound.role().substring(5);
                            joined = joins(language);
                            optionText(job, language, reading, bound, !options);
                        }
                        runsText = true;
                    }
                }
            }
        }
        if (!runsText && !options) {
            interpreterInput(job, name, reading);
        } else if (python && reading.has("-i")) {
            interpreterInput(job, name, reading);
        }
    }

    /** The words Python itself reads: up to the text, the module or the file that runs. */
    private static List<Argument> pythonWords(List<Argument> words) {
        for (int i = 0; i < words.size(); i++) {
            String value = words.get(i).value();
            if (value == null) {
                return words;
            }
            if (value.equals("--check-hash-based-pycs")) {
                i++;
                continue;
            }
            if (value.startsWith("--") && value.length() > 2) {
                continue;
            }
            if (value.length() < 2 || value.charAt(0) != '-') {
                return words.subList(0, i + 1);
            }
            for (int k = 1; k < value.length(); k++) {
                char letter = value.charAt(k);
                boolean attached = k + 1 < value.length();
                if (letter == 'c' || letter == 'm') {
                    return words.subList(0, Math.min(words.size(), attached ? i + 1 : i + 2));
                }
                if (letter == 'W' || letter == 'X') {
                    i += attached ? 0 : 1;
                    break;
                }
            }
        }
        return words;
    }

    /** Whether all texts an interpreter is given are one program. */
    private static boolean joins(String language) {
        return language.equals("perl") || language.equals("ruby");
    }

    /** Options that change nothing about how a text is read. */
    private static Set<String> plainOptions(String language) {
        return switch (language) {
            case "python" ->
                    Set.of("-c", "-I", "-P", "-u", "-B", "-s", "-S", "-E", "-O", "-q", "-b");
            case "javascript" ->
                    Set.of(
                            "-e",
                            "--eval",
                            "-p",
                            "--print",
                            "-pe",
                            "--no-warnings",
                            "--trace-uncaught");
            case "perl" -> Set.of("-e", "-E", "-n", "-p", "-a", "-l", "-0", "-w", "-i", "-F");
            case "ruby" -> Set.of("-e", "-n", "-p", "-a", "-l", "-w", "-i", "-F");
            case "php" -> Set.of("-r", "-n");
            case "dc" -> Set.of("-e", "--expression");
            default -> Set.of();
        };
    }

    /** Text that an option or the first word gives to an interpreter. */
    private void optionText(
            Job job, String language, Reading reading, Reading.Bound bound, boolean proven) {
        judge.call.works(STEPS_A_WORD * (job.words().size() + reading.given.size()));
        Argument word = bound.word();
        String text = word.glob() ? null : word.value();
        if (joins(language)) {
            StringBuilder all = new StringBuilder();
            for (Reading.Bound other : reading.bound) {
                if (other.role().equals(bound.role())) {
                    String part = other.word().glob() ? null : other.word().value();
                    if (part == null) {
                        text = null;
                        word = other.word();
                        break;
                    }
                    all.append(all.isEmpty() ? "" : "\n").append(part);
                }
            }
            text = text == null ? null : all.toString();
        }
        if (text == null) {
            programText(job, language, word);
            return;
        }
        Set<String> plain = plainOptions(language);
        boolean trusted = proven && areAll(reading, plain);
        if (language.equals("python")) {
            trusted &= isThree(job) && (reading.has("-I", "-P") || !effects.shadowsPython(job));
        }
        Span place = text.equals(word.value()) ? place(job, word) : null;
        programText(job, language, text, place, after(job, word), trusted);
    }

    private static boolean areAll(Reading reading, Set<String> plain) {
        for (Reading.Given given : reading.given) {
            Argument value = given.value();
            String text = value == null ? null : value.value();
            // What splits lines may be code when it stands in quotes of its own.
            boolean splits =
                    given.name().equals("-F") && (text == null || !text.matches("[^/'\"]+"));
            boolean listed =
                    plain.contains(given.name())
                            || (plain.contains("-0") && given.name().matches("-[0-9]+"));
            if (splits || !listed) {
                return false;
            }
        }
        return true;
    }

    private static boolean isThree(Job job) {
        String name = Judge.programName(job.words().getFirst().value());
        return name != null && !name.startsWith("python2");
    }

    /** The constant words behind a word: what the program is given. */
    private static List<String> after(Job job, Argument word) {
        List<String> values = new ArrayList<>();
        boolean behind = false;
        for (Argument argument : job.arguments()) {
            if (behind) {
                String value = argument.value();
                if (value == null || argument.glob()) {
                    break;
                }
                values.add(value);
            }
            behind |=
                    argument.equals(word)
                            || (argument.source().equals(word.source())
                                    && !word.source().equals(new Span(0, 0)));
        }
        return values;
    }

    private boolean ownJar(Job job, String name, Reading.Bound bound, Reading reading) {
        String file = Judge.programName(bound.word().value());
        if (!name.equals("java") || file == null || !isOwn(file)) {
            return false;
        }
        int at = job.arguments().indexOf(bound.word());
        judge.ownCommand(
                job,
                at < 0
                        ? reading.positionals
                        : job.arguments().subList(at + 1, job.arguments().size()));
        return true;
    }

    /** A jar of ours, or a class of it. */
    private static boolean isOwn(String file) {
        String lower = LowerCase.of(file);
        return (lower.startsWith("countersign") && lower.endsWith(".jar"))
                || file.startsWith("dev.countersign.");
    }

    /** A word after the program text: with {@code -i} of perl and ruby the file is written. */
    private void argument(Job job, String name, Reading reading, Argument word) {
        if (!name.equals("perl") && !name.equals("ruby")) {
            return;
        }
        if (name.equals("perl") && !isPlainName(word)) {
            judge.opaque(job, "`perl` may run the name of a file as a command");
        }
        boolean inPlace = reading.has("-i");
        judge.file(job, inPlace ? Places.Touch.WRITE : Places.Touch.READ, word, false);
        if (inPlace) {
            judge.backup(job, word, Backup.inPlace(job.arguments()));
        }
    }

    /** Whether perl can only take a word, or what it matches, for the name of a file. */
    private static boolean isPlainName(Argument word) {
        String value = word.value();
        if (value == null || value.isEmpty()) {
            return true;
        }
        char first = value.charAt(0);
        char last = value.charAt(value.length() - 1);
        boolean starts = Character.isLetterOrDigit(first) || "_./~@%,=".indexOf(first) >= 0;
        return starts && (Character.isLetterOrDigit(last) || "_./~-".indexOf(last) >= 0);
    }

    private void interpreterInput(Job job, String name, Reading reading) {
        switch (job.input()) {
            case Invocation.Input.Text text -> inputText(job, name, reading, text.value());
            case Invocation.Input.File file -> {
                scriptFile(fed.named(job, file.target(), behindDash(job)), file.target());
                written(job, file.target(), language(name));
            }
            case Invocation.Input.Pipe pipe -> {
                String constant =
                        pipe.from().size() == 1 ? output(job, pipe.from().getFirst()) : null;
                if (constant == null) {
                    fromPipe(job, name, behindDash(job));
                } else {
                    inputText(job, name, reading, constant);
                }
            }
            case Invocation.Input.Inherited _ ->
                    judge.opaque(job, "`" + name + "` runs what it reads from its input");
        }
    }

    private void inputText(Job job, String name, Reading reading, @Nullable String text) {
        if (text == null) {
            unknownInput(job, name, behindDash(job));
            return;
        }
        String language = language(name);
        Set<String> plain = plainOptions(language);
        boolean trusted = reading.proven() && areAll(reading, plain);
        if (language.equals("python")) {
            trusted &= isThree(job) && (reading.has("-I", "-P") || !effects.shadowsPython(job));
        }
        List<String> arguments = new ArrayList<>();
        for (Argument word : behindDash(job)) {
            String value = word.value();
            if (value == null || word.glob()) {
                break;
            }
            arguments.add(value);
        }
        // What it starts reads on where the interpreter stopped, which nobody can tell.
        Job rest = job.with(new Invocation.Input.Inherited());
        programText(rest, language, text, null, arguments, trusted);
    }

    /** What a program gets that an interpreter reads from its input. */
    private static List<Argument> behindDash(Job job) {
        List<Argument> words = job.arguments();
        int dash = 0;
        while (dash < words.size() && !"-".equals(words.get(dash).value())) {
            dash++;
        }
        return words.subList(Math.min(dash + 1, words.size()), words.size());
    }

    /** The language an interpreter runs, by its name without a version. */
    private static String language(String name) {
        String base = name.replaceFirst("[0-9.]+$", "");
        return switch (base) {
            case "python", "pypy" -> "python";
            case "node", "nodejs", "bun", "deno" -> "javascript";
            case "perl", "ruby", "php" -> base;
            default -> name;
        };
    }

    private void module(Job job, Argument module) {
        String name = module.value();
        List<Argument> words = job.words();
        int at = words.size();
        for (int i = 0; i < words.size(); i++) {
            String value = words.get(i).value();
            if (i > 0 && "-m".equals(words.get(i - 1).value())) {
                at = i;
                break;
            }
            if (value != null && value.startsWith("-m") && value.length() > 2) {
                at = i;
                break;
            }
        }
        List<Argument> rest = words.subList(Math.min(at + 1, words.size()), words.size());
        List<Argument> command = new ArrayList<>();
        command.add(new Argument(name, module.written(), false, module.source()));
        command.addAll(rest);
        if (name == null) {
            judge.opaque(job, "the module it runs is not constant");
            return;
        }
        switch (name) {
            case "pip",
                    "pytest",
                    "mypy",
                    "ruff",
                    "black",
                    "isort",
                    "flake8",
                    "pylint",
                    "pre_commit",
                    "tox",
                    "nox",
                    "coverage",
                    "unittest",
                    "build" ->
                    judge.command(job.inner(command, words.subList(0, at)));
            case "json.tool" -> {
                if (effects.shadowsPython(job)) {
                    judge.opaque(job, "a file here has the name of a module that Python loads");
                }
                for (int i = 0; i < rest.size(); i++) {
                    String value = rest.get(i).value();
                    if (value == null || !value.startsWith("-")) {
                        Places.Touch touch = i == 0 ? Places.Touch.READ : Places.Touch.WRITE;
                        judge.file(job, touch, rest.get(i), false);
                    }
                }
                judge.fact(job, "formats JSON");
            }
            case "py_compile", "compileall" -> {
                judge.here(job, Places.Touch.WRITE, "compiles Python files");
                for (Argument file : rest) {
                    String value = file.value();
                    if (value == null || !value.startsWith("-")) {
                        boolean outside = judge.call.paths.place(file, job.directory()).outside();
                        Places.Touch touch = outside ? Places.Touch.WRITE : Places.Touch.READ;
                        judge.file(job, touch, file, false);
                    }
                }
            }
            case "http.server" -> serves(job, rest);
            default -> {
                Draft draft =
                        judge.shell(job, RiskTier.MEDIUM, "runs the Python module `" + name + "`");
                draft.ownCode = true;
            }
        }
    }

    /** A server of files gives what lies in its folder to whoever asks. */
    private void serves(Job job, List<Argument> words) {
        Argument folder = Argument.of(".");
        boolean here = false;
        for (int i = 0; i < words.size(); i++) {
            String value = String.valueOf(words.get(i).value());
            int equals = value.startsWith("--") ? value.indexOf('=') : -1;
            String option = equals < 0 ? value : value.substring(0, equals);
            Argument given =
                    equals >= 0
                            ? Argument.of(value.substring(equals + 1))
                            : i + 1 < words.size() ? words.get(i + 1) : Argument.of("");
            switch (option) {
                case "-d", "--directory" -> folder = given;
                case "-b", "--bind" ->
                        here = given.value() != null && OWN_MACHINE.contains(given.value());
                default -> {}
            }
        }
        Draft draft = judge.shell(job, RiskTier.HIGH, "serves files on the network").tag("network");
        draft.loopback = here;
        Paths.Place place = judge.call.paths.place(folder, job.directory());
        if (judge.call.places.holdsSecret(place, true)) {
            judge.secret(job, "reads the secrets below the folder it serves", "python");
            draft.sends = !here;
        }
    }

    private static final Set<String> OWN_MACHINE = Set.of("127.0.0.1", "localhost", "::1");

    // ---- sed and awk

    private void sed(Job job, String name) {
        Tool tool = judge.catalogue.tool("sed").orElseThrow();
        Reading reading = Reading.of(tool, job.arguments());
        judge.unproven(job, name, reading);
        boolean inPlace = reading.has("-i", "--in-place");
        boolean byOption = reading.has("-e", "--expression", "-f", "--file");
        sedTexts(job, reading.values("-e", "--expression"));
        for (Argument file : reading.values("-f", "--file")) {
            programFile(job, file, "sed");
        }
        for (Reading.Bound bound : reading.bound) {
            if (bound.role().equals("write")) {
                judge.file(job, Places.Touch.WRITE, bound.word(), false);
            }
        }
        List<Argument> files = new ArrayList<>(reading.positionals);
        if (inPlace && !files.isEmpty() && "".equals(files.getFirst().value())) {
            files.removeFirst();
        }
        boolean empties = false;
        if (!byOption && !files.isEmpty()) {
            Argument text = files.removeFirst();
            empties = ALL_DELETED.contains(String.valueOf(text.value()));
            programText(job, "sed", text);
        }
        Argument suffix = reading.value("-i", "--in-place");
        for (Argument file : files) {
            if (inPlace && empties && suffix == null) {
                judge.emptied(job, file);
            } else {
                judge.file(job, inPlace ? Places.Touch.WRITE : Places.Touch.READ, file, false);
            }
            judge.backup(job, file, suffix);
        }
        if (inPlace && suffix == null && !reading.positionals.isEmpty()) {
            // The sed of BSD takes the next word for the ending.
            Argument first = reading.positionals.getFirst();
            String text = first.value();
            if (text != null && text.startsWith(".") && text.indexOf(' ') < 0) {
                files.forEach(file -> judge.backup(job, file, first));
            }
        }
    }

    /** Texts for {@code sed} that leave no line. */
    private static final Set<String> ALL_DELETED =
            Set.of("d", "1,$d", "/./d;/^$/d", "/.*/d", "//!d;d");

    /** A file with a program of {@code sed} or {@code awk}; {@code -} is what they read. */
    private void programFile(Job job, Argument file, String language) {
        String value = String.valueOf(file.value());
        boolean input =
                value.equals("-") || value.equals("/dev/stdin") || value.equals("/dev/fd/0");
        if (!input) {
            scriptFile(job, file);
            written(job, file, language);
            return;
        }
        String text = constantInput(job);
        if (text != null) {
            writtenText(job, language, text);
        } else if (job.input() instanceof Invocation.Input.File read) {
            scriptFile(job, read.target());
            written(job, read.target(), language);
        } else {
            unknownInput(job, language, List.of());
        }
    }

    /** All texts together are one script. */
    private void sedTexts(Job job, List<Argument> texts) {
        StringBuilder script = new StringBuilder();
        for (Argument text : texts) {
            String value = text.value();
            if (value == null) {
                programText(job, "sed", text);
                return;
            }
            script.append(script.isEmpty() ? "" : "\n").append(value);
        }
        if (!texts.isEmpty()) {
            sedProgram(job, script.toString());
        }
    }

    private void sedProgram(Job job, String text) {
        judge.call.readsCode(text.length());
        SedProgram program = SedProgram.read(text);
        for (String file : program.reads()) {
            judge.file(job, Places.Touch.READ, Argument.of(file), false);
        }
        for (String file : program.writes()) {
            judge.file(job, Places.Touch.WRITE, Argument.of(file), false);
        }
        for (String command : program.runs()) {
            if (command.isEmpty()) {
                judge.opaque(job, "`sed` runs what it edits as a command");
            } else {
                judge.nested(command, job);
                judge.shell(job, RiskTier.MEDIUM, "`sed` runs a command");
            }
        }
        if (!program.understood()) {
            judge.opaque(job, "the `sed` program is not understood");
        }
    }

    private void awk(Job job, String name) {
        Tool tool = judge.catalogue.tool("awk").orElseThrow();
        Reading reading = Reading.of(tool, job.arguments());
        boolean unproven = judge.unproven(job, name, reading);
        boolean byFile = reading.has("-f", "--file", "-E", "--exec");
        for (Reading.Bound bound : reading.bound) {
            if (bound.option() != null && bound.role().equals("codefile")) {
                programFile(job, bound.word(), "awk");
            }
        }
        if (!unproven && reading.deeds().contains(Deed.WRITE)) {
            judge.here(job, Places.Touch.WRITE, "`awk` writes files");
        }
        for (Argument word : job.arguments()) {
            String value = word.value();
            if (value == null || !value.startsWith("-")) {
                break;
            }
            Matcher dump = AWK_DUMP.matcher(value);
            if (dump.matches()) {
                judge.file(job, Places.Touch.WRITE, Argument.of(dump.group(1)), false);
            }
        }
        List<Argument> files = new ArrayList<>(reading.positionals);
        if (!byFile && !files.isEmpty()) {
            programText(job, "awk", files.removeFirst());
        }
        for (Argument file : files) {
            if (!Reading.isAssignment(file.value())) {
                judge.file(job, Places.Touch.READ, file, false);
            }
        }
    }

    private void awkProgram(Job job, String text, @Nullable Span place) {
        Program program = judge.call.read("awk", text, List.of()).orElseThrow();
        if (!program.complete()) {
            Draft draft =
                    judge.opaque(job, "the `awk` program is not understood at " + program.unread());
            if (judge.call.network.mentionsOwn(text)) {
                draft.floor("Countersign's own address is out of reach for agents");
            }
            if (touchesProtected(LowerCase.of(text))) {
                draft.floor(
                        "hook, permission and policy files are changed by people, not by agents");
            }
        }
        effects.add(job, program, place);
    }
}
