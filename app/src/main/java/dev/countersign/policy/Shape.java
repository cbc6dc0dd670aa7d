package dev.countersign.policy;

import dev.countersign.call.Action;
import dev.countersign.call.Argument;
import dev.countersign.call.CommandLine;
import dev.countersign.call.Context;
import dev.countersign.call.LowerCase;
import dev.countersign.call.Operation;
import dev.countersign.call.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How far a yes to one operation may be stretched: what of it stays as it is and what may be
 * another. The program, its sub-command and its options stay; only positions that {@code
 * shapes.csv} declares open, and always within the same directory, under the same host and scheme,
 * or with the same tool. What is sent, what is marked dangerous and what no row declares has no
 * wider shape.
 *
 * @param open what may be another
 * @param sample what was asked: the words of a command, a path, an address, a tool
 * @param widest the widest pattern, empty when there is none
 * @param place where it must stay: directories with the workspace as {@code .}, or the origin of an
 *     address
 */
public record Shape(Open open, List<String> sample, String widest, List<String> place) {
    /** Nothing of it may be another. */
    public static final Shape EXACT = new Shape(Open.NOTHING, List.of(), "", List.of());

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9@._][A-Za-z0-9@._/+^~=<>!-]*");
    private static final Pattern ASSIGNS = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*=[^=].*");

    /** Options of file commands that take no value. */
    private static final Pattern SWITCHES = Pattern.compile("-[rRfivpna]{1,4}");

    /** Which position of a call may be another. */
    public enum Open {
        NOTHING,
        /** Any further plain words after those that are fixed. */
        ARGUMENTS,
        /** The text after {@code -m}. */
        MESSAGE,
        /** The last segment of the paths a command names. */
        FILES,
        /** The path of the address a command names. */
        ADDRESS,
        /** The last segment of the path a tool names. */
        FILE,
        /** The path of the address a tool names. */
        PAGE,
        /** The arguments of a tool of a server. */
        INPUT;

        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** By its name on the wire. */
        public static Open of(String wire) {
            return valueOf(wire.toUpperCase(Locale.ROOT));
        }
    }

    public Shape {
        sample = List.copyOf(sample);
        place = List.copyOf(place);
    }

    /** The widest shape of what an operation does. */
    public static Shape of(Operation operation, Context context) {
        if (operation.opaque() || operation.origin() != Operation.Origin.PROGRAM) {
            return EXACT;
        }
        CommandLine line = operation.command();
        if (line != null) {
            return command(operation, line, context).orElse(EXACT);
        }
        return switch (operation.resource()) {
            case Resource.Path path -> file(path, context).orElse(EXACT);
            case Resource.Web web when operation.action() == Action.WEB_FETCH ->
                    page(web).orElse(EXACT);
            case Resource.Tool tool when tool.server() != null -> {
                String name = tool.server() + "/" + tool.tool();
                yield new Shape(Open.INPUT, List.of(name), name + " *", List.of());
            }
            default -> EXACT;
        };
    }

    // ---- what may be another

    private static Optional<Shape> command(Operation operation, CommandLine line, Context context) {
        if (line.wrapper() != null || line.assignments() || line.words().isEmpty()) {
            return Optional.empty();
        }
        List<String> words = new ArrayList<>();
        for (Argument word : line.words()) {
            String value = word.value();
            if (value == null || word.glob() || !expressible(value)) {
                return Optional.empty();
            }
            words.add(value);
        }
        Optional<ShapeTable.Row> row = ShapeTable.row(words);
        if (row.isEmpty()) {
            return Optional.empty();
        }
        List<String> place = place(operation.resource(), context);
        List<String> pattern =
                switch (row.get().open()) {
                    case ARGUMENTS -> arguments(operation, words, row.get());
                    case MESSAGE -> message(operation, words);
                    case FILES -> files(operation, words);
                    case ADDRESS -> address(operation, words);
                    case NOTHING, FILE, PAGE, INPUT -> List.of();
                };
        return pattern.isEmpty()
                ? Optional.empty()
                : Optional.of(new Shape(row.get().open(), words, text(pattern), place));
    }

    /** The words up to the last one that is fixed, and any plain ones after it. */
    private static List<String> arguments(
            Operation operation, List<String> words, ShapeTable.Row row) {
        if (operation.action() != Action.SHELL_RUN) {
            return List.of();
        }
        int last = row.fixed();
        for (int i = row.fixed(); i < words.size(); i++) {
            if (!plain(words.get(i)) || maybeValueOf(words.get(i - 1), row)) {
                last = i + 1;
            }
        }
        if (last >= words.size()) {
            return List.of();
        }
        List<String> pattern = new ArrayList<>(quoted(words.subList(0, last)));
        pattern.add("*");
        return pattern;
    }

    /** Whether what follows a word may be its value: of an option that has none yet. */
    private static boolean maybeValueOf(String word, ShapeTable.Row row) {
        boolean complete = word.startsWith("--") && word.indexOf('=') > 0;
        return word.startsWith("-") && !complete && !row.switches().contains(word);
    }

    private static List<String> message(Operation operation, List<String> words) {
        if (operation.action() != Action.GIT_WRITE) {
            return List.of();
        }
        List<String> pattern = new ArrayList<>(quoted(words));
        boolean opened = false;
        for (int i = 2; i < words.size(); i++) {
            String before = words.get(i - 1);
            if (before.equals("-m") || before.equals("--message") || before.equals("-am")) {
                pattern.set(i, "*");
                opened = true;
            }
        }
        return opened ? pattern : List.of();
    }

    private static List<String> files(Operation operation, List<String> words) {
        if (!(operation.resource() instanceof Resource.Path path) || vague(path)) {
            return List.of();
        }
        List<String> pattern = new ArrayList<>(quoted(words));
        boolean opened = false;
        for (int i = 1; i < words.size(); i++) {
            String word = words.get(i);
            if (word.startsWith("-")) {
                if (!SWITCHES.matcher(word).matches()) {
                    return List.of();
                }
                continue;
            }
            String name = word.substring(word.lastIndexOf('/') + 1);
            if (name.isEmpty() || name.equals(".") || name.equals("..")) {
                return List.of();
            }
            pattern.set(i, quoted(folder(word)) + "*");
            opened = true;
        }
        return opened ? pattern : List.of();
    }

    private static List<String> address(Operation operation, List<String> words) {
        if (!(operation.resource() instanceof Resource.Web web)
                || operation.action() != Action.WEB_FETCH
                || web.url() == null
                || origin(web.url()).isEmpty()) {
            return List.of();
        }
        List<String> pattern = new ArrayList<>(quoted(words));
        boolean opened = false;
        for (int i = 1; i < words.size(); i++) {
            if (words.get(i).equals(web.url()) && !opened) {
                pattern.set(i, origin(web.url()) + "/*");
                opened = true;
            } else if (words.get(i).contains("://")) {
                return List.of();
            }
        }
        return opened ? pattern : List.of();
    }

    private static Optional<Shape> file(Resource.Path path, Context context) {
        String written = path.written();
        if (written == null || vague(path) || !expressible(written)) {
            return Optional.empty();
        }
        String folder = relative(parent(written), context);
        return Optional.of(
                new Shape(
                        Open.FILE,
                        List.of(relative(written, context)),
                        folder.equals("/") ? "/*" : folder + "/*",
                        place(path, context)));
    }

    private static Optional<Shape> page(Resource.Web web) {
        String url = web.url();
        if (url == null || origin(url).isEmpty() || !expressible(url) || url.contains(" ")) {
            return Optional.empty();
        }
        return Optional.of(
                new Shape(Open.PAGE, List.of(url), origin(url) + "/*", List.of(origin(url))));
    }

    // ---- what a person may make of it

    /**
     * What is wrong with a pattern for this call, or empty: it must match the very call and be no
     * wider than {@link #widest}.
     */
    public Optional<String> problem(String pattern) {
        if (open == Open.NOTHING) {
            return Optional.of("only exactly this call can be remembered, without a pattern");
        }
        Optional<String> unreadable =
                switch (open) {
                    case FILE -> PathPattern.problem(pattern);
                    case PAGE -> WebPattern.problem(pattern);
                    default -> CommandPattern.problem(pattern);
                };
        if (unreadable.isPresent()) {
            return unreadable;
        }
        if (!within(pattern)) {
            return Optional.of("`" + pattern + "` is wider than `" + widest + "`");
        }
        if (!matchesSample(pattern)) {
            return Optional.of("`" + pattern + "` does not match this very call");
        }
        return Optional.empty();
    }

    private boolean within(String pattern) {
        return switch (open) {
            case NOTHING -> false;
            case ARGUMENTS, MESSAGE, FILES, ADDRESS -> {
                CommandPattern narrow = CommandPattern.of(pattern);
                CommandPattern wide = CommandPattern.of(widest);
                // A final star that stands for one word is no invitation to more of them.
                boolean one = open != Open.ARGUMENTS;
                yield narrow.within(false, wide, false)
                        && (!one
                                || CommandPattern.split(pattern).orElse(List.of()).size()
                                        == sample.size());
            }
            case FILE ->
                    PathPattern.of(pattern).within(PathPattern.of(widest))
                            && parent(pattern).equals(parent(widest));
            case PAGE -> WebPattern.of(pattern).within(WebPattern.of(widest));
            case INPUT -> pattern.equals(widest);
        };
    }

    private boolean matchesSample(String pattern) {
        return switch (open) {
            case NOTHING -> false;
            case ARGUMENTS, MESSAGE, FILES, ADDRESS ->
                    CommandPattern.of(pattern)
                            .covers(
                                    new CommandLine(
                                            sample.stream().map(Argument::of).toList(),
                                            null,
                                            false),
                                    false);
            case FILE -> {
                String name = sample.getFirst().substring(sample.getFirst().lastIndexOf('/') + 1);
                yield Glob.path(pattern.substring(pattern.lastIndexOf('/') + 1)).matches(name);
            }
            case PAGE -> WebPattern.of(pattern).covers(sample.getFirst(), host(sample.getFirst()));
            case INPUT -> true;
        };
    }

    // ---- what comes later

    /** Whether a pattern that {@link #problem} had nothing against covers another operation. */
    public boolean covers(String pattern, Operation operation, Context context) {
        if (operation.opaque()
                || operation.origin() != Operation.Origin.PROGRAM
                || !place(operation.resource(), context).equals(place)
                || (operation.resource() instanceof Resource.Path path && vague(path))
                || problem(pattern).isPresent()) {
            return false;
        }
        CommandLine line = operation.command();
        return switch (open) {
            case NOTHING -> false;
            case ARGUMENTS, MESSAGE, FILES, ADDRESS ->
                    line != null && covers(CommandPattern.of(pattern), line, operation);
            case FILE ->
                    line == null
                            && operation.resource() instanceof Resource.Path path
                            && PathPattern.of(pattern)
                                    .covers(path, operation.action() == Action.FILE_READ, context);
            case PAGE ->
                    line == null
                            && operation.resource() instanceof Resource.Web web
                            && page(pattern, web);
            case INPUT ->
                    line == null
                            && operation.resource() instanceof Resource.Tool tool
                            && sample.getFirst().equals(tool.server() + "/" + tool.tool());
        };
    }

    private boolean covers(CommandPattern pattern, CommandLine line, Operation operation) {
        List<Argument> words = line.words();
        if (line.wrapper() != null
                || !pattern.covers(line, false)
                || (open != Open.ARGUMENTS && words.size() != sample.size())) {
            return false;
        }
        for (int i = 0; i < words.size(); i++) {
            boolean fixed = i < pattern.words().size() && pattern.words().get(i).literal();
            String value = words.get(i).value();
            if (words.get(i).glob() || value == null || (!fixed && !fits(value, operation))) {
                return false;
            }
            if (open == Open.FILES && !folder(value).equals(folder(sample.get(i)))) {
                return false;
            }
        }
        return true;
    }

    /** Whether a word may stand where the pattern leaves it open: never an option. */
    private boolean fits(String word, Operation operation) {
        if (word.startsWith("-")) {
            return false;
        }
        return switch (open) {
            case ARGUMENTS -> plain(word);
            case MESSAGE -> true;
            case FILES -> operation.resource() instanceof Resource.Path && !word.contains("..");
            case ADDRESS ->
                    operation.resource() instanceof Resource.Web web
                            && word.equals(web.url())
                            && page(place.getFirst() + "/*", web);
            case NOTHING, FILE, PAGE, INPUT -> false;
        };
    }

    private static boolean page(String pattern, Resource.Web web) {
        String url = web.url();
        return url != null
                && url.indexOf('?') < 0
                && url.indexOf('#') < 0
                && WebPattern.of(pattern).covers(url, web.host());
    }

    // ---- words

    /** A word that is no option, no assignment, no address and no path that leads away. */
    private static boolean plain(String word) {
        return PLAIN.matcher(word).matches()
                && !ASSIGNS.matcher(word).matches()
                && !List.of(word.split("/", -1)).contains("..");
    }

    /** Whether a pattern can say just this word. */
    private static boolean expressible(String word) {
        return !word.isEmpty()
                && Glob.writable(word)
                && word.indexOf('*') < 0
                && word.indexOf('?') < 0
                && (word.indexOf('"') < 0 || word.indexOf('\'') < 0);
    }

    private static List<String> quoted(List<String> words) {
        return words.stream().map(Shape::quoted).toList();
    }

    private static String quoted(String word) {
        if (word.indexOf('"') >= 0) {
            return "'" + word + "'";
        }
        return word.indexOf(' ') >= 0 || word.indexOf('\'') >= 0 ? '"' + word + '"' : word;
    }

    private static String text(List<String> pattern) {
        return String.join(" ", pattern);
    }

    // ---- places

    private static boolean vague(Resource.Path path) {
        return path.written() == null
                || path.resolved() == null
                || path.whole()
                || PathPattern.wild(path.written())
                || (path.from() != null && vague(path.from()));
    }

    private static List<String> place(Resource resource, Context context) {
        List<String> place = new ArrayList<>();
        switch (resource) {
            case Resource.Path path -> {
                for (Resource.Path each = path; each != null; each = each.from()) {
                    String written = each.written();
                    String resolved = each.resolved();
                    place.add(written == null ? "?" : relative(parent(written), context));
                    place.add(resolved == null ? "?" : relative(parent(resolved), context));
                }
            }
            case Resource.Web web -> place.add(web.url() == null ? "?" : origin(web.url()));
            case Resource.Repository _, Resource.Program _, Resource.Tool _, Resource.Named _ -> {}
        }
        return place;
    }

    /** A word up to its last slash. */
    private static String folder(String word) {
        return word.substring(0, word.lastIndexOf('/') + 1);
    }

    private static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash <= 0 ? "/" : path.substring(0, slash);
    }

    private static String relative(String path, Context context) {
        String workspace = context.workspace();
        return path.equals(workspace)
                ? "."
                : workspace.length() > 1 && path.startsWith(workspace + "/")
                        ? "." + path.substring(workspace.length())
                        : path;
    }

    /** Scheme, host and port of an address; empty where it has none or names a person. */
    private static String origin(String url) {
        int colon = url.indexOf("://");
        if (colon <= 0) {
            return "";
        }
        int end = url.length();
        for (int i = colon + 3; i < url.length(); i++) {
            if ("/?#\\".indexOf(url.charAt(i)) >= 0) {
                end = i;
                break;
            }
        }
        String origin = LowerCase.of(url.substring(0, end));
        boolean bare = colon + 3 < end && origin.indexOf('@') < 0 && origin.indexOf('%') < 0;
        return bare ? origin : "";
    }

    private static String host(String url) {
        String origin = origin(url);
        return origin.substring(origin.indexOf("://") + 3);
    }
}
