package dev.countersign.analysis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.analysis.shell.Climbing;
import dev.countersign.call.Action;
import dev.countersign.call.Context;
import dev.countersign.call.Domain;
import dev.countersign.call.LowerCase;
import dev.countersign.call.Operation;
import dev.countersign.call.Resource;
import dev.countersign.call.RiskTier;
import dev.countersign.call.Shell;
import dev.countersign.call.Span;
import dev.countersign.call.ToolCall;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a call of a client's tool does: the lines of {@link ToolTable}, applied to the input. */
final class ClientTools {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_VALUES = 200;

    /** Lists that show what is in files. */
    private static final Set<String> OPENERS =
            Set.of(
                    "Grep",
                    "grep",
                    "grep_search",
                    "search_file_content",
                    "search_files",
                    "search_codebase",
                    "read_many_files");

    private final Call call;
    private final ToolCall tool;
    private final ObjectNode input;
    private final String shown;

    ClientTools(Call call, ToolCall tool, String shown) {
        this.call = call;
        this.tool = tool;
        this.input = tool.input();
        this.shown = shown;
    }

    /** The text of a tool that runs shell commands, if it has one that is plain text. */
    static Optional<String> command(ToolCall call) {
        ToolTable.Entry entry = ToolTable.find(call.client(), call.tool()).orElse(null);
        if (entry == null || !isShell(entry)) {
            return Optional.empty();
        }
        List<String> commands = commands(call, entry);
        return commands.isEmpty() ? Optional.empty() : Optional.of(String.join("\n", commands));
    }

    private static boolean isShell(ToolTable.Entry entry) {
        return switch (entry.does()) {
            case "shell", "shells", "pwsh" -> true;
            default -> false;
        };
    }

    /** The commands a call runs one after the other; none when they cannot be read. */
    private static List<String> commands(ToolCall call, ToolTable.Entry entry) {
        JsonNode node = entry.field(call.input());
        if (node == null) {
            return List.of();
        }
        if (entry.does().equals("shells")) {
            return several(node);
        }
        Optional<String> words = arguments(call.input().get("args"));
        if (node.isTextual()) {
            return words.isEmpty()
                    ? List.of()
                    : List.of(
                            words.get().isEmpty()
                                    ? node.textValue()
                                    : node.textValue() + " " + words.get());
        }
        return node.isArray() ? joined(node).map(List::of).orElse(List.of()) : List.of();
    }

    /** What may stand beside a command of a list and says nothing of what runs. */
    private static final Set<String> BESIDE =
            Set.of("command", "cmd", "args", "description", "explanation", "timeout", "id");

    /** The commands of a list, each a text or a program with its words. */
    private static List<String> several(JsonNode node) {
        if (!node.isArray()) {
            return node.isObject()
                    ? one(node).map(List::of).orElse(List.of())
                    : values(node, List.of("command", "cmd"));
        }
        List<String> all = new ArrayList<>();
        for (JsonNode part : node) {
            Optional<String> command = one(part);
            if (command.isEmpty() || all.size() >= MOST_VALUES) {
                return List.of();
            }
            all.add(command.get());
        }
        return all;
    }

    private static Optional<String> one(JsonNode part) {
        if (part.isTextual()) {
            return Optional.of(part.textValue()).filter(text -> !text.isEmpty());
        }
        if (!(part instanceof ObjectNode object) || (object.has("command") && object.has("cmd"))) {
            return Optional.empty();
        }
        for (var field : object.properties()) {
            if (!BESIDE.contains(field.getKey())) {
                return Optional.empty();
            }
        }
        JsonNode program = ToolTable.Entry.first(object, List.of("command", "cmd"));
        JsonNode words = object.get("args");
        boolean readable = words == null || words.isNull() || words.isArray();
        if (program == null || !program.isTextual() || !readable) {
            return Optional.empty();
        }
        return arguments(words)
                .map(rest -> (program.textValue() + " " + rest).strip())
                .filter(text -> !text.isEmpty());
    }

    /** The words beside a program; an empty text when there are none, nothing when unreadable. */
    private static Optional<String> arguments(@Nullable JsonNode words) {
        if (words == null || words.isNull() || !words.isArray()) {
            return Optional.of("");
        }
        return words.isEmpty() ? Optional.of("") : joined(words);
    }

    private static Optional<String> joined(JsonNode words) {
        StringBuilder text = new StringBuilder();
        for (JsonNode word : words) {
            if (!word.isTextual()) {
                return Optional.empty();
            }
            text.append(CodeCommands.quote(word.textValue())).append(' ');
        }
        return text.isEmpty() ? Optional.empty() : Optional.of(text.toString());
    }

    /**
     * The texts of a field that holds one or several: a text, a list, a list of objects with one of
     * the fields, or a list as JSON in a text. Empty when any of it is something else.
     */
    private static List<String> values(JsonNode given, List<String> fields) {
        JsonNode node = given;
        if (given.isTextual() && given.textValue().startsWith("[")) {
            try {
                JsonNode inside = JSON.readTree(given.textValue());
                node = inside.isArray() ? inside : given;
            } catch (JsonProcessingException e) {
                node = given;
            }
        }
        List<String> values = new ArrayList<>();
        Iterable<JsonNode> all = node.isArray() ? node : List.of(node);
        for (JsonNode one : all) {
            JsonNode value =
                    one instanceof ObjectNode object ? ToolTable.Entry.first(object, fields) : one;
            String text = value != null && value.isTextual() ? value.textValue() : "";
            if (text.isEmpty() || values.size() >= MOST_VALUES) {
                return List.of();
            }
            values.add(text);
        }
        return values;
    }

    void judge() {
        ToolTable.Entry entry = ToolTable.find(tool.client(), tool.tool()).orElse(null);
        if (entry == null) {
            stranger(McpName.of(tool.client(), tool.tool()), input, null);
            return;
        }
        switch (entry.does()) {
            case "shell", "shells", "pwsh" -> shell(entry);
            case "read" -> files(entry, Places.Touch.READ, false);
            case "list" -> files(entry, Places.Touch.READ, true);
            case "write", "edit" -> files(entry, Places.Touch.WRITE, false);
            case "delete" -> files(entry, Places.Touch.DELETE, true);
            case "editor" -> editor(entry);
            case "web" -> pages(entry);
            case "patch" -> patch(entry);
            case "mcp" -> mcp(entry);
            case "entity" -> entity();
            case "unknown" -> stranger(new McpName(null, tool.tool()), input, entry.why());
            case "opaque" ->
                    add(
                                    Action.SHELL_RUN,
                                    new Resource.Program(null),
                                    RiskTier.MEDIUM,
                                    "`" + tool.tool() + "` " + entry.why())
                            .opaque();
            default -> plain(entry);
        }
    }

    private Draft add(Action action, Resource resource, RiskTier risk, String summary) {
        Draft draft = new Draft(action, resource, risk, summary, null, span(null));
        call.add(draft);
        return draft;
    }

    private Span span(@Nullable String value) {
        String wanted = value == null ? "" : value;
        int at = wanted.isEmpty() ? -1 : shown.indexOf(wanted);
        return at < 0 ? new Span(0, shown.length()) : new Span(at, at + wanted.length());
    }

    private void missing(Action action, ToolTable.Entry entry) {
        add(
                        action,
                        new Resource.Named("input", null),
                        action.risk(),
                        "`"
                                + tool.tool()
                                + "` without a text in `"
                                + String.join("`, `", entry.fields())
                                + "`")
                .opaque();
    }

    // ---- shells

    private void shell(ToolTable.Entry entry) {
        List<String> commands = commands(tool, entry);
        if (commands.isEmpty()) {
            missing(Action.SHELL_RUN, entry);
            return;
        }
        beside(entry);
        Context context = call.context;
        JsonNode cwd = ToolTable.Entry.first(input, entry.cwd());
        if (cwd != null) {
            String given = cwd.isTextual() ? cwd.textValue() : null;
            String moved = call.paths.place(given, false, context.cwd()).written();
            if (moved == null) {
                missing(Action.SHELL_RUN, entry);
                return;
            }
            context = context.withCwd(moved);
        }
        if (entry.does().equals("pwsh")) {
            context = in(context, Shell.PWSH);
        }
        Judge judge = new Judge(call);
        judge.text(String.join("\n", commands), context);
        if (commands.size() > 1) {
            // Whether one shell runs them all is not known, so each is also judged alone.
            int at = 0;
            for (String command : commands) {
                judge.text(command, context, new Span(at, at + command.length()));
                at += command.length() + 1;
            }
        }
        if (isUnboxed()) {
            add(
                            Action.SHELL_RUN,
                            new Resource.Program(null),
                            RiskTier.MEDIUM,
                            "asks the client to run it without its sandbox")
                    .tag("escape");
        }
    }

    private boolean isUnboxed() {
        for (String field : List.of("dangerouslyDisableSandbox", "with_escalated_permissions")) {
            JsonNode asked = input.get(field);
            if (asked != null && !asked.isNull() && asked.asBoolean(true)) {
                return true;
            }
        }
        JsonNode required = input.get("required_permissions");
        if (required != null && required.toString().contains("\"all\"")) {
            return true;
        }
        JsonNode more = input.get("additional_permissions");
        if (more != null && !more.isNull() && !more.isEmpty()) {
            return true;
        }
        JsonNode permissions = input.get("sandbox_permissions");
        return permissions != null
                && !permissions.isNull()
                && !permissions.asText().equals("use_default");
    }

    /** What stands beside a command and changes what runs, or where. */
    private void beside(ToolTable.Entry entry) {
        String why = null;
        for (List<String> names : List.of(entry.fields(), entry.cwd())) {
            Set<JsonNode> different = new LinkedHashSet<>();
            names.stream()
                    .map(input::get)
                    .filter(n -> n != null && !n.isNull())
                    .forEach(different::add);
            why = different.size() > 1 ? "has several fields for one thing" : why;
        }
        JsonNode words = input.get("args");
        if (words != null && words.isTextual() && !words.textValue().isBlank()) {
            why = "has its arguments in one text";
        }
        JsonNode program = input.get("shell");
        boolean known =
                program == null
                        || program.isNull()
                        || program.isBoolean()
                        || program.asText().matches("(/usr)?(/bin/)?(bash|zsh|sh|dash)");
        why = known ? why : "names the shell it runs in";
        for (String field : ENVIRONMENTS) {
            JsonNode environment = input.get(field);
            if (environment != null
                    && McpInput.of(environment).texts().stream().anyMatch(this::steers)) {
                why = "sets a variable that changes what runs";
            }
        }
        JsonNode session = input.get("session_id");
        if (entry.fields().contains("input") && session != null && !session.isNull()) {
            why = "types into a program that runs";
        }
        if (entry.cwd().isEmpty() && startsElsewhere()) {
            why = "names a folder, which this tool is not known to take";
        }
        if (why != null) {
            add(
                            Action.SHELL_RUN,
                            new Resource.Program(null),
                            RiskTier.MEDIUM,
                            "`" + tool.tool() + "` " + why)
                    .opaque();
        }
    }

    /** Where clients put the variables of a command. */
    private static final List<String> ENVIRONMENTS =
            List.of("env", "environment", "env_vars", "environment_variables", "envVars");

    /** Where clients put the folder a command starts in. */
    private static final List<String> FOLDERS =
            List.of(
                    "cwd",
                    "workdir",
                    "working_directory",
                    "dir_path",
                    "directory",
                    "working_dir",
                    "workingDirectory");

    private boolean startsElsewhere() {
        for (String field : FOLDERS) {
            JsonNode given = input.get(field);
            if (given != null && given.isTextual() && !given.textValue().isEmpty()) {
                String there =
                        call.paths.place(given.textValue(), false, call.context.cwd()).written();
                if (there == null || !there.equals(Paths.normalise(call.context.cwd()))) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean steers(McpInput.Text text) {
        String name = text.value().replaceFirst("=.*", "");
        return Catalogue.shipped().changesWhatRuns(name, null)
                || Places.floorTexts("variables").contains(name);
    }

    private static Context in(Context context, Shell shell) {
        return new Context(
                context.cwd(),
                context.workspace(),
                context.home(),
                shell,
                context.platform(),
                context.environment(),
                context.machine());
    }

    // ---- files

    private void files(ToolTable.Entry entry, Places.Touch touch, boolean whole) {
        JsonNode node = entry.field(input);
        List<String> paths = node == null && entry.optional() ? List.of(".") : given(entry, true);
        if (paths.isEmpty()) {
            missing(Judge.action(touch), entry);
            return;
        }
        String directory = Paths.normalise(call.context.cwd());
        boolean empties = writesNothing(entry);
        for (String path : whole && mayBePattern(entry) ? spelled(paths) : paths) {
            Paths.Place place = call.paths.place(path, whole && mayBePattern(entry), directory);
            addressed(touch, path, directory);
            if (empties && loses(place)) {
                touch(Places.Touch.DELETE, place, path, false);
                continue;
            }
            // A list shows names, and nothing of what lies below.
            boolean opens = touch != Places.Touch.READ || OPENERS.contains(tool.tool());
            Draft draft = touch(touch, place, path, whole && opens);
            tidied(touch, path, directory);
            if (whole && touch == Places.Touch.READ && opens) {
                opens(place);
                draft.perhaps(opened(place, draft));
            }
            JsonNode globs = ToolTable.Entry.first(input, entry.globs());
            if (globs != null) {
                String start = place.written();
                patterns(touch, globs, start == null ? directory : start);
            }
        }
    }

    /** Whether a file is written anew with nothing in it. */
    private boolean writesNothing(ToolTable.Entry entry) {
        List<String> fields =
                switch (entry.does()) {
                    case "write" -> List.of("content", "contents", "file_text", "text");
                    case "editor" -> List.of("file_text");
                    default -> List.of();
                };
        JsonNode content = ToolTable.Entry.first(input, fields);
        return content != null && content.isTextual() && content.textValue().isEmpty();
    }

    /** Whether there is something in a file that would go. */
    private boolean loses(Paths.Place place) {
        String path = place.resolved();
        return path != null
                && place.pattern() == null
                && call.facts.kind(path) == Facts.Kind.FILE
                && !call.facts.text(path).map(String::isEmpty).orElse(false);
    }

    private static final Pattern ADDRESSED =
            Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:(?://[^/\\\\]*)?([/\\\\].*)", Pattern.DOTALL);

    /** Editors name files by address too: {@code file:///x}, {@code vscode-remote://host/x}. */
    private void addressed(Places.Touch touch, String path, String directory) {
        Matcher address = ADDRESSED.matcher(path.strip());
        String file = filePath(path.strip());
        if (file == null && address.matches()) {
            file = McpJudge.decoded(address.group(1));
        }
        if (file != null) {
            touch(touch, call.paths.place(file, false, directory), path, false);
        }
    }

    /** Patterns, and what stands for them without their braces and backslashes. */
    private static Set<String> spelled(List<String> patterns) {
        Set<String> all = new LinkedHashSet<>(patterns);
        for (String pattern : patterns) {
            all.addAll(Alternatives.of(pattern));
            all.addAll(Alternatives.of(unescaped(pattern)));
        }
        return all;
    }

    /**
     * The values of every field that may name what a tool works on: which of them a client obeys
     * where several are there is not known. Empty when one of them cannot be read.
     */
    private List<String> given(ToolTable.Entry entry, boolean nested) {
        Set<String> all = new LinkedHashSet<>();
        for (String field : entry.fields()) {
            JsonNode node = input.get(field);
            if (node == null || node.isNull()) {
                continue;
            }
            List<String> some = values(node, entry.fields());
            if (some.isEmpty()) {
                return List.of();
            }
            all.addAll(some);
        }
        JsonNode edits = nested && !all.isEmpty() ? input.get("edits") : null;
        if (edits != null && edits.isArray()) {
            for (JsonNode edit : edits) {
                JsonNode own = edit instanceof ObjectNode e ? entry.field(e) : null;
                if (own != null && own.isTextual() && all.size() < MOST_VALUES) {
                    all.add(own.textValue());
                }
            }
        }
        return List.copyOf(all);
    }

    /** Clients take blanks, quotes and a sign for files off a path. */
    private void tidied(Places.Touch touch, String path, String directory) {
        String bare =
                path.strip().replaceFirst("^[@\"'`]+", "").replaceFirst("[\"'`]+$", "").strip();
        if (bare.isEmpty() || bare.equals(path)) {
            return;
        }
        Paths.Place place = call.paths.place(bare, false, directory);
        if (place.written() == null) {
            return;
        }
        Places.Verdict verdict = call.places.judge(touch, place, false);
        if (verdict.floor() != null || verdict.tags().contains("secret")) {
            touch(touch, place, path, false);
        }
    }

    /** A search shows what is in the files it opens. */
    private void opens(Paths.Place place) {
        boolean listed =
                tool.tool().equals("read_many_files") && call.places.listHoldsSecret(place, true);
        boolean narrowed = input.has("type") || !included().isEmpty();
        boolean searched =
                !narrowed
                        && !tool.tool().equals("read_many_files")
                        && call.places.searchHoldsSecret(place);
        if (listed || searched || call.places.holdsSecret(place, false)) {
            shows("searches files with secrets among them");
        }
        for (String one : included()) {
            if (Alternatives.of(unescaped(one)).stream().anyMatch(this::isSecretName)) {
                shows("searches `" + Judge.cut(one) + "`, a secret");
            }
        }
    }

    /**
     * What a search opens by its patterns, hidden files too; without one, the hidden files there
     * are. The files that everybody sees are those of the folder itself.
     */
    private List<Operation> opened(Paths.Place place, Draft draft) {
        String folder = place.written();
        if (folder == null) {
            return List.of();
        }
        List<Operation> reads = new ArrayList<>();
        for (String pattern : included()) {
            for (String one : Alternatives.of(unescaped(pattern))) {
                String anywhere = one.indexOf('/') < 0 ? "**/" + one : one;
                Besides.read(call.paths.place(anywhere, true, folder), draft, call.paths)
                        .ifPresent(reads::add);
            }
        }
        if (included().isEmpty() && !input.has("type")) {
            for (String hidden : call.places.searchedHidden(place)) {
                reads.add(
                        Besides.read(
                                call.paths.place(hidden, false, folder).resource(true),
                                draft.command,
                                draft.source,
                                call.paths.workspace()));
            }
        }
        return reads;
    }

    /** The patterns that choose which files a search opens. */
    private List<String> included() {
        List<String> all = new ArrayList<>();
        for (String field :
                List.of("glob", "include", "file_pattern", "includePattern", "include_pattern")) {
            JsonNode pattern = input.get(field);
            if (pattern != null && !pattern.isNull()) {
                all.addAll(values(pattern, List.of()));
            }
        }
        all.removeIf(one -> one.startsWith("!"));
        return all;
    }

    /** A backslash in a pattern only quotes the letter behind it. */
    private static String unescaped(String pattern) {
        return pattern.replaceAll("\\\\(.)", "$1");
    }

    private boolean isSecretName(String pattern) {
        String name = Paths.name(pattern);
        String start = name.replaceFirst("[*?{\\[].*", "");
        return call.places.secret(Patterns.parts(call.paths.workspace() + "/" + name))
                || (start.startsWith(".env") && !name.contains("example"))
                || (start.isEmpty() && name.matches("\\*\\.(env|pem|key|p12|pfx|jks)\\*?"));
    }

    private void shows(String words) {
        add(Action.FILE_READ, new Resource.Named("secret", null), RiskTier.HIGH, words)
                .tag("secret");
    }

    /** Only lists take several patterns where others take a path. */
    private static boolean mayBePattern(ToolTable.Entry entry) {
        return entry.fields().contains("include");
    }

    /** Patterns that lead out of the place they start at. */
    private void patterns(Places.Touch touch, JsonNode globs, String start) {
        for (String text : values(globs, List.of())) {
            for (String one : Alternatives.of(text)) {
                Paths.Place place = call.paths.place(one, true, start);
                boolean leaves =
                        place.outside()
                                || one.startsWith("/")
                                || one.startsWith("~")
                                || one.contains("..");
                if (leaves) {
                    touch(touch, place, text, true);
                }
                for (String up : Climbing.paths(one)) {
                    touch(touch, call.paths.place(up, Patterns.isGlob(up), start), text, true);
                }
            }
        }
    }

    /** A tool that looks at files or changes them, as its input says. */
    private void editor(ToolTable.Entry entry) {
        JsonNode verb = input.get("command");
        boolean looks = verb != null && verb.isTextual() && verb.textValue().equals("view");
        files(entry, looks ? Places.Touch.READ : Places.Touch.WRITE, false);
    }

    private Draft touch(Places.Touch touch, Paths.Place place, String path, boolean whole) {
        Places.Verdict verdict =
                call.places.judge(touch, place, whole && touch == Places.Touch.DELETE);
        String verb =
                switch (touch) {
                    case READ, LOOK -> "reads ";
                    case WRITE, FOLDER -> "writes ";
                    case DELETE -> "deletes ";
                };
        String note = verdict.note();
        Draft draft =
                new Draft(
                        Judge.action(touch),
                        place.resource(whole),
                        verdict.risk(),
                        verb
                                + (place.written() == null
                                        ? "`" + Judge.cut(path) + "`"
                                        : place.shown(call.paths.workspace()))
                                + (note == null ? "" : ", " + note),
                        null,
                        span(path));
        draft.tag(verdict.tags().toArray(String[]::new));
        draft.cell = verdict.cell();
        if (touch == Places.Touch.WRITE
                && Definitions.keepWhatRuns(call.facts, place, verdict, input)) {
            draft.risk = RiskTier.LOW;
            draft.summary = draft.summary + " in which nothing that runs changes";
        }
        String floor = verdict.floor();
        if (floor != null) {
            draft.floor(floor);
        }
        if (place.written() == null) {
            draft.opaque();
        }
        call.add(draft);
        for (Paths.Place led : Places.reached(touch, place)) {
            touch(touch, led, String.valueOf(led.written()), whole);
        }
        return draft;
    }

    private void patch(ToolTable.Entry entry) {
        Set<String> texts = new LinkedHashSet<>();
        for (String field : entry.fields()) {
            JsonNode node = input.get(field);
            if (node != null && !node.isNull()) {
                texts.add(node.isTextual() ? node.textValue() : "");
            }
        }
        if (texts.isEmpty() || texts.contains("")) {
            missing(Action.FILE_WRITE, entry);
        }
        texts.stream().filter(text -> !text.isEmpty()).forEach(this::patch);
    }

    private void patch(String text) {
        int before = call.drafts.size();
        PatchText patch = PatchText.read(text);
        String directory = Paths.normalise(call.context.cwd());
        for (PatchText.Change change : patch.changes()) {
            Places.Touch touch = change.deletes() ? Places.Touch.DELETE : Places.Touch.WRITE;
            Paths.Place place = call.paths.place(change.path(), false, directory);
            addressed(touch, change.path(), directory);
            Draft left = change.from() == null ? null : leaves(change.from(), directory);
            Draft draft = touch(touch, place, change.path(), false);
            if (left != null && left.mayMove() && place.inside()) {
                call.drafts.remove(left);
                draft.movedFrom(left, true, call.paths.workspace());
            }
        }
        for (String name : PatchText.names(text, 0)) {
            // Of two names some programs take the one that is there.
            Paths.Place place = call.paths.place(name, false, directory);
            boolean told =
                    call.drafts.subList(before, call.drafts.size()).stream()
                            .anyMatch(draft -> draft.floor != null);
            if (!told
                    && place.written() != null
                    && call.places.judge(Places.Touch.WRITE, place, false).floor() != null) {
                touch(Places.Touch.WRITE, place, name, false);
            }
        }
        if (patch.broken() != null) {
            add(
                            Action.FILE_WRITE,
                            new Resource.Named("patch", null),
                            Action.FILE_WRITE.risk(),
                            "the patch cannot be read for certain: " + patch.broken())
                    .opaque();
        }
    }

    /** What a patch calls by another name; that of a secret would no longer tell that it is one. */
    private Draft leaves(String path, String directory) {
        Paths.Place place = call.paths.place(path, false, directory);
        Draft left = touch(Places.Touch.DELETE, place, path, false);
        if (left.tags.contains("secret")) {
            touch(Places.Touch.READ, place, path, false);
        }
        return left;
    }

    // ---- the network

    private void pages(ToolTable.Entry entry) {
        List<String> addresses = given(entry, false);
        if (addresses.isEmpty()) {
            missing(Action.WEB_FETCH, entry);
            return;
        }
        boolean sends = sends(input, 0);
        addresses.forEach(address -> page(address, sends));
    }

    private static final List<String> METHODS =
            List.of("method", "http_method", "httpmethod", "request_method", "verb");
    private static final List<String> BODIES =
            List.of(
                    "body",
                    "data",
                    "json",
                    "form",
                    "payload",
                    "files",
                    "content",
                    "postdata",
                    "post_data");

    /** Whether a request carries something, or asks for more than a page; in parts of it too. */
    private static boolean sends(JsonNode request, int depth) {
        if (depth > DEEPEST) {
            return true;
        }
        for (var field : request.properties()) {
            JsonNode value = field.getValue();
            String name = LowerCase.of(field.getKey());
            boolean nothing =
                    value.isNull()
                            || (value.isContainerNode()
                                    ? value.isEmpty()
                                    : value.asText().isBlank());
            if (METHODS.contains(name) || name.endsWith("method-override")) {
                String method = value.isContainerNode() ? "several" : value.asText().strip();
                switch (method.toUpperCase(Locale.ROOT)) {
                    case "", "GET", "HEAD" -> {}
                    default -> {
                        return true;
                    }
                }
            } else if (!nothing && BODIES.contains(name)) {
                return true;
            }
            if (value.isObject() && sends(value, depth + 1)) {
                return true;
            }
            for (JsonNode one : value.isArray() ? value : NONE) {
                if (one.isObject() && sends(one, depth + 1)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static final int DEEPEST = 5;
    private static final JsonNode NONE = JSON.createArrayNode();

    private void page(String address, boolean sends) {
        Network.Target target = call.network.target(address);
        Action action = sends ? Action.WEB_SEND : Action.WEB_FETCH;
        RiskTier near = sends ? RiskTier.MEDIUM : RiskTier.LOW;
        Draft draft =
                new Draft(
                        action,
                        new Resource.Web(target.url(), target.host()),
                        target.loopback() && target.page() ? near : action.risk(),
                        (sends ? "sends to " : "fetches from ") + shown(target),
                        null,
                        span(address));
        marks(draft, target);
        gives(draft, address);
        if (call.network.namesOwn(address)) {
            draft.floor(McpJudge.OWN_ADDRESS);
        }
        if (target.host() == null) {
            draft.opaque();
        }
        call.add(draft);
        String file = filePath(address);
        if (file != null) {
            String directory = Paths.normalise(call.context.cwd());
            touch(Places.Touch.READ, call.paths.place(file, false, directory), file, false);
        }
    }

    /** What is asked of others is told them. */
    private static void gives(Draft draft, String text) {
        if (WrittenSecrets.in(text)) {
            draft.tag("secret", "network").atLeast(RiskTier.CRITICAL);
            draft.summary = draft.summary + ", with a secret in it";
        }
    }

    private static String shown(Network.Target target) {
        return target.host() == null ? "a host that is not known" : "`" + target.host() + "`";
    }

    private static void marks(Draft draft, Network.Target target) {
        draft.tag("network");
        if (target.own()) {
            draft.floor(McpJudge.OWN_ADDRESS);
        }
        if (Labels.prod(target.host())) {
            draft.tag("prod");
            draft.risk = draft.risk.raised();
        }
    }

    /** The path in a {@code file:} address, or null. */
    static @Nullable String filePath(String address) {
        return address.regionMatches(true, 0, "file:", 0, 5)
                ? McpJudge.decoded(address.substring(5).replaceFirst("^//(localhost)?", ""))
                : null;
    }

    // ---- everything else

    private void plain(ToolTable.Entry entry) {
        Action action = Action.of(entry.does()).orElseThrow();
        JsonNode command = entry.fields().contains("command") ? null : input.get("command");
        if (command != null && command.isTextual() && !command.textValue().isBlank()) {
            new Judge(call).text(command.textValue(), call.context, span(command.textValue()));
        }
        JsonNode node = entry.field(input);
        boolean named = node != null && node.isTextual();
        if (!entry.fields().isEmpty() && !entry.optional() && !named) {
            missing(action, entry);
            return;
        }
        String name = node != null && named ? node.textValue() : tool.tool();
        if (named && action.domain() == Domain.BROWSER) {
            browser(action, name);
            return;
        }
        Resource resource =
                switch (action.domain()) {
                    case GIT -> new Resource.Repository(null, null);
                    case MCP -> new Resource.Tool(server(), tool.tool());
                    default -> new Resource.Named(entry.kind(), name);
                };
        String words =
                action.wire().replace('_', ' ')
                        + (entry.fields().isEmpty() ? "" : " `" + Judge.cut(name) + "`");
        Draft draft =
                new Draft(action, resource, action.risk(), words, null, span(named ? name : null));
        call.add(draft);
        if (action == Action.WEB_SEARCH) {
            gives(draft, name);
        }
        if (action == Action.AGENT_SPAWN && unasked()) {
            add(
                    Action.AGENT_CONFIGURE,
                    resource,
                    Action.AGENT_CONFIGURE.risk(),
                    "starts an agent whose client asks nobody");
        }
        boolean handsOn =
                switch (action.domain()) {
                    case MCP, BROWSER -> true;
                    default -> false;
                };
        String file = action == Action.MCP_READ && named ? filePath(name) : null;
        if (file != null) {
            String directory = Paths.normalise(call.context.cwd());
            touch(Places.Touch.READ, call.paths.place(file, false, directory), name, false);
        }
        if (tool.tool().equals("sql") && reachesFiles(input)) {
            draft.opaque();
            draft.summary = draft.summary + ", which may open other files";
        }
        if (handsOn) {
            new McpJudge(call).floor(draft, McpInput.of(input), action == Action.MCP_READ, false);
        }
    }

    /** Whether an agent is started in a mode in which its client asks nobody. */
    private boolean unasked() {
        return McpInput.of(input).texts().stream()
                .map(text -> LowerCase.of(text.value()))
                .anyMatch(text ->
                        text.equals("bypasspermissions") || text.equals("danger-full-access"));
    }

    /** Whether a statement may leave the database of the session. */
    private static boolean reachesFiles(ObjectNode input) {
        return McpInput.of(input).texts().stream()
                .map(text -> LowerCase.of(text.value()))
                .anyMatch(text ->
                        text.contains("attach")
                                || text.contains("load_extension")
                                || text.contains("vacuum")
                                || text.contains("readfile")
                                || text.contains("writefile"));
    }

    private @Nullable String server() {
        JsonNode server = ToolTable.Entry.first(input, List.of("server", "server_name"));
        return server != null && server.isTextual() ? server.textValue() : null;
    }

    private void browser(Action action, String address) {
        Network.Target target = call.network.target(address);
        Draft draft =
                add(
                        action,
                        new Resource.Web(target.url(), target.host()),
                        action.risk(),
                        "opens " + shown(target) + " in a browser");
        marks(draft, target);
        new McpJudge(call).floor(draft, McpInput.of(input), false, false);
    }

    /** A tool that stands for all tools of all servers. */
    private void mcp(ToolTable.Entry entry) {
        JsonNode name = entry.field(input);
        JsonNode given =
                ToolTable.Entry.first(
                        input,
                        List.of("arguments", "mcp_tool_arguments", "tool_input", "args", "input"));
        String server = server();
        JsonNode other = input.get("mcp_server_name");
        if (server == null && other != null && other.isTextual()) {
            server = other.textValue();
        }
        String toolName = name != null && name.isTextual() ? name.textValue() : tool.tool();
        stranger(new McpName(server, toolName), given == null ? input : given, null);
    }

    /** A tool of an MCP server, or one nobody told us about. */
    private void stranger(McpName name, JsonNode given, @Nullable String why) {
        String server = name.server();
        Draft draft =
                add(
                        Action.MCP_CALL,
                        new Resource.Tool(server, name.tool()),
                        Action.MCP_CALL.risk(),
                        server != null
                                ? "calls `"
                                        + Judge.cut(name.tool())
                                        + "` of the MCP server `"
                                        + Judge.cut(server)
                                        + "`"
                                : "calls `"
                                        + Judge.cut(name.tool())
                                        + "`, a tool that is not known"
                                        + (why == null ? "" : ": " + why));
        if (tool.drifted()) {
            draft.opaque();
            draft.summary =
                    draft.summary + ", which its server describes in another way than was accepted";
        }
        draft.perhaps(
                McpName.otherwise(tool.client(), tool.tool()).stream()
                        .map(resource -> Besides.tool(resource, draft))
                        .toList());
        given(draft, name, given);
    }

    private void entity() {
        Entity entity = Entity.of(input, call.programs.entities());
        Draft draft =
                add(Action.MCP_CALL, entity.resource(), Action.MCP_CALL.risk(), entity.summary());
        if (!entity.whole()) {
            draft.opaque();
        }
        given(draft, entity.name(), input);
    }

    /** What the input of a foreign tool gives away. */
    private void given(Draft draft, McpName name, JsonNode given) {
        McpJudge.Outcome outcome = new McpJudge(call).judge(draft, name, McpInput.of(given));
        for (String command : outcome.commands()) {
            new Judge(call).text(command, in(call.context, outcome.shell()), span(command));
        }
        outcome.paths()
                .forEach(path ->
                        touch(
                                outcome.reads() ? Places.Touch.READ : Places.Touch.WRITE,
                                path.place(),
                                path.written(),
                                false));
        outcome.addresses().forEach(address -> page(address, false));
    }
}
