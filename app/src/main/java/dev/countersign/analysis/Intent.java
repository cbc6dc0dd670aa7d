package dev.countersign.analysis;

import dev.countersign.call.Action;
import dev.countersign.call.Argument;
import dev.countersign.call.CommandLine;
import dev.countersign.call.Context;
import dev.countersign.call.LowerCase;
import dev.countersign.call.Operation;
import dev.countersign.call.Resource;
import dev.countersign.call.RiskTier;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The normal form of what an operation is meant to achieve, as a text to compare: two operations
 * with the same key do the same to the same thing, however they were spelled. What is not surely
 * the same has another key.
 *
 * <p>A file counts by the path it leads to, with links followed; what is written into it is not
 * part of the key, nor is the body of what is sent to an address. Where the effect hangs on more
 * than its resource names (a search that selects files, a program that runs), the words of the
 * command are part of the key, options in any order, and so is the directory it runs in. An opaque
 * operation equals only itself, word by word.
 */
public final class Intent {
    private static final Pattern URL =
            Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)([^#]*)(#.*)?");

    /** Programs that delete what their words name and nothing else. */
    private static final Set<String> DELETERS =
            Set.of("rm", "rmdir", "unlink", "remove-item", "del", "erase", "rd", "ri");

    /** Options of {@code git push} that change nothing on the other side. */
    private static final Set<String> PUSH_ASIDES =
            Set.of(
                    "-u",
                    "--set-upstream",
                    "-v",
                    "--verbose",
                    "-q",
                    "--quiet",
                    "--progress",
                    "--no-progress",
                    "-f",
                    "--force",
                    "--porcelain");

    private static final Set<String> MOVERS =
            Set.of("cd", "chdir", "pushd", "popd", "set-location", "sl", "push-location");

    private String place;
    private int unknown;

    private Intent(Context context) {
        place = Paths.normalise(context.cwd());
    }

    /** One key an operation, in their order. */
    public static List<String> of(Analysis analysis, Context context) {
        Intent intent = new Intent(context);
        List<String> keys = new ArrayList<>();
        for (Operation operation : analysis.operations()) {
            keys.add(intent.key(operation));
            intent.follow(operation.command());
        }
        return keys;
    }

    /**
     * One key an operation, in their order, for what is to be allowed without another look: unlike
     * {@link #of} it also tells apart every word of the command, what wraps it, what is set in
     * front of it and where it runs. What is fed to a command, or cannot be known, makes the whole
     * call part of the key, and so does the input of a tool that is no shell; only what a tool or a
     * redirection writes into a file is left out.
     *
     * @param whole the command, or the input in a form that is the same for the same input
     */
    public static List<String> exact(Analysis analysis, Context context, String whole) {
        Intent intent = new Intent(context);
        List<String> keys = new ArrayList<>();
        for (Operation operation : analysis.operations()) {
            keys.add(intent.exact(operation, whole));
            intent.follow(operation.command());
        }
        return keys;
    }

    /** Where each operation of a shell command runs, as far as known; empty for other tools. */
    public static List<String> places(Analysis analysis, Context context) {
        Intent intent = new Intent(context);
        List<String> places = new ArrayList<>();
        for (Operation operation : analysis.operations()) {
            places.add(operation.command() == null ? "" : intent.place);
            intent.follow(operation.command());
        }
        return places;
    }

    private String exact(Operation operation, String whole) {
        StringBuilder key = new StringBuilder(key(operation));
        key.append('\u001e').append(operation.origin());
        CommandLine line = operation.command();
        Resource resource = operation.resource();
        boolean file = resource instanceof Resource.Path;
        boolean clear =
                switch (resource) {
                    case Resource.Path path -> {
                        // A link is the same only as long as it leads to the same.
                        key.append('\u001e').append(path.written());
                        yield path.resolved() != null && path.written() != null;
                    }
                    case Resource.Web web -> web.url() != null;
                    case Resource.Repository _,
                            Resource.Program _,
                            Resource.Tool _,
                            Resource.Named _ ->
                            true;
                };
        if (line == null) {
            clear &= file;
        } else if (operation.origin() != Operation.Origin.REDIRECTION) {
            key.append('\u001e').append(place);
            clear &= file || !fed(whole);
            for (CommandLine each = line; each != null; each = each.wrapper()) {
                // Another program may have the same name elsewhere.
                for (Argument program : each.words().subList(0, Math.min(1, each.words().size()))) {
                    key.append('\u001e')
                            .append(program.value() == null ? program.written() : program.value());
                }
                key.append('\u001f').append(words(each));
                clear &= !each.assignments();
                for (Argument word : each.words()) {
                    clear &= word.value() != null;
                }
            }
        }
        return clear ? key.toString() : key.append('\u001e').append(whole).toString();
    }

    /** Whether a command may get its input from somewhere that its words do not say. */
    private static boolean fed(String command) {
        return command.indexOf('|') >= 0 || command.indexOf('<') >= 0;
    }

    /** The keys of everything in a call that is more than a harmless look; of all, if none is. */
    public static Set<String> deeds(Analysis analysis, Context context) {
        List<String> keys = of(analysis, context);
        Set<String> deeds = new TreeSet<>();
        for (int i = 0; i < keys.size(); i++) {
            if (analysis.operations().get(i).risk() != RiskTier.NONE) {
                deeds.add(keys.get(i));
            }
        }
        return deeds.isEmpty() ? new TreeSet<>(keys) : deeds;
    }

    private String key(Operation operation) {
        String action = operation.action().wire();
        if (operation.opaque()) {
            return action + " opaque " + place + " " + exact(operation);
        }
        return action + " " + target(operation);
    }

    private static String exact(Operation operation) {
        CommandLine line = operation.command();
        if (line == null) {
            return fields(operation.resource()) + operation.summary();
        }
        StringBuilder text = new StringBuilder(operation.summary());
        line.words().forEach(word -> text.append('\u001f').append(word.written()));
        return text.toString();
    }

    private static String fields(Resource resource) {
        StringBuilder text = new StringBuilder();
        for (Resource.Field field : resource.fields()) {
            if (field.value() != null) {
                text.append(field.name()).append(' ').append(field.value()).append(' ');
            }
        }
        return text.toString();
    }

    private String target(Operation operation) {
        CommandLine line = operation.command();
        return switch (operation.resource()) {
            case Resource.Path path -> path(operation, path, line);
            case Resource.Web web -> web(web, line);
            case Resource.Repository repository -> repository(operation.action(), repository, line);
            case Resource.Program program ->
                    line == null ? String.valueOf(program.name()) : place + " " + words(line);
            case Resource.Tool _ ->
                    fields(operation.resource())
                            + (line == null ? " " + operation.source() : words(line));
            case Resource.Named named ->
                    named.kind()
                            + " "
                            + named.name()
                            + (line == null ? "" : " " + place + " " + words(line));
        };
    }

    // ---- files

    private String path(Operation operation, Resource.Path path, @Nullable CommandLine line) {
        String resolved = path.resolved();
        String where = resolved == null ? String.valueOf(path.written()) : resolved;
        if (line == null || operation.origin() == Operation.Origin.REDIRECTION) {
            return where;
        }
        StringBuilder key = new StringBuilder(where);
        Resource.Path from = path.from();
        if (from != null) {
            key.append(" from ").append(from.resolved());
        }
        Set<String> patterns = new TreeSet<>();
        for (Argument word : line.words()) {
            if (word.glob()) {
                patterns.add(String.valueOf(word.value()));
            }
        }
        if (!patterns.isEmpty()) {
            key.append(' ').append(patterns);
        }
        boolean changes = operation.action() != Action.FILE_READ;
        if (changes && !namesAll(line)) {
            key.append(" by ").append(words(line));
        }
        return key.toString();
    }

    /** Whether the resource says all there is to a change of files. */
    private static boolean namesAll(CommandLine line) {
        String program = program(line);
        if (program.equals("find")) {
            for (Argument word : line.words().subList(1, line.words().size())) {
                String value = String.valueOf(word.value());
                boolean plain =
                        word.value() != null
                                && !value.startsWith("!")
                                && !value.startsWith("(")
                                && (!value.startsWith("-")
                                        || value.equals("-delete")
                                        || value.equals("-depth"));
                if (!plain) {
                    return false;
                }
            }
            return true;
        }
        return DELETERS.contains(program) || isWriter(program);
    }

    private static boolean isWriter(String program) {
        return switch (program) {
            case "touch", "tee", "cp", "mv", "mkdir", "truncate", "install", "ln", "out-file" ->
                    true;
            case "set-content", "add-content", "new-item", "copy-item", "move-item" -> true;
            default -> false;
        };
    }

    // ---- the network

    private static String web(Resource.Web web, @Nullable CommandLine line) {
        String url = web.url();
        if (url == null) {
            return String.valueOf(web.host()) + (line == null ? "" : " " + words(line));
        }
        return address(url) + method(line);
    }

    private static String address(String url) {
        Matcher parts = URL.matcher(url);
        if (!parts.matches()) {
            return url;
        }
        String scheme = LowerCase.of(parts.group(1));
        String host = parts.group(2);
        int at = host.lastIndexOf('@') + 1;
        String place = LowerCase.of(host.substring(at));
        String port = scheme.equals("https") ? ":443" : scheme.equals("http") ? ":80" : "\u001f";
        if (place.endsWith(port)) {
            place = place.substring(0, place.length() - port.length());
        }
        String path = parts.group(3);
        return scheme
                + "://"
                + host.substring(0, at)
                + place
                + (path.startsWith("/") ? path : "/" + path);
    }

    private static String method(@Nullable CommandLine line) {
        if (line == null) {
            return "";
        }
        List<Argument> words = line.words();
        for (int i = 1; i < words.size(); i++) {
            String word = String.valueOf(words.get(i).value());
            boolean apart = word.equals("-X") || word.equals("--request") || word.equals("-Method");
            String given =
                    apart && i + 1 < words.size()
                            ? String.valueOf(words.get(i + 1).value())
                            : word.startsWith("-X")
                                    ? word.substring(2)
                                    : word.startsWith("--request=") ? word.substring(10) : "";
            boolean usual = given.isEmpty() || given.equalsIgnoreCase("get");
            if (!usual && !given.equalsIgnoreCase("post")) {
                return " " + given.toUpperCase(Locale.ROOT);
            }
        }
        return "";
    }

    // ---- git and programs

    private String repository(
            Action action, Resource.Repository repository, @Nullable CommandLine line) {
        if (line == null) {
            return place + " " + repository.fields();
        }
        List<String> words = new ArrayList<>();
        String there = place;
        List<Argument> given = line.words();
        int i = 1;
        while (i + 1 < given.size() && "-C".equals(given.get(i).value())) {
            there = moved(there, given.get(i + 1).value());
            i += 2;
        }
        for (; i < given.size(); i++) {
            words.add(text(given.get(i)));
        }
        boolean push =
                (action == Action.GIT_PUSH || action == Action.GIT_FORCE_PUSH)
                        && !words.isEmpty()
                        && words.getFirst().equals("push");
        return there + " " + (push ? push(words) : ordered(words));
    }

    private static String push(List<String> words) {
        List<String> kept = new ArrayList<>();
        boolean deletes = words.contains("--delete") || words.contains("-d");
        int plain = 0;
        for (String word : words) {
            if (PUSH_ASIDES.contains(word) || word.equals("--delete") || word.equals("-d")) {
                continue;
            }
            if (word.startsWith("-") || plain++ < 2) {
                kept.add(word);
                continue;
            }
            kept.add(refspec(deletes ? ":" + word : word));
        }
        return ordered(kept);
    }

    private static String refspec(String given) {
        String bare = given.startsWith("+") ? given.substring(1) : given;
        int colon = bare.indexOf(':');
        String from = branch(colon < 0 ? bare : bare.substring(0, colon));
        String to = branch(colon < 0 ? bare : bare.substring(colon + 1));
        return from + ":" + to;
    }

    private static String branch(String ref) {
        return ref.startsWith("refs/heads/") ? ref.substring(11) : ref;
    }

    private static String program(CommandLine line) {
        String name = line.words().isEmpty() ? "" : String.valueOf(line.words().getFirst().value());
        return LowerCase.of(Judge.lastName(name));
    }

    private static String text(Argument word) {
        String value = word.value();
        if (value == null) {
            return "\u001f" + word.written();
        }
        return value.startsWith("./") && value.length() > 2 ? value.substring(2) : value;
    }

    private static String words(CommandLine line) {
        List<String> words = new ArrayList<>();
        words.add(program(line));
        line.words().stream().skip(1).forEach(word -> words.add(text(word)));
        return ordered(script(words));
    }

    /** {@code npm test} is {@code npm run test}. */
    private static List<String> script(List<String> words) {
        boolean runner =
                switch (words.getFirst()) {
                    case "npm", "pnpm" -> true;
                    default -> false;
                };
        if (!runner || words.size() < 2) {
            return words;
        }
        List<String> same = new ArrayList<>(words);
        String sub = words.get(1);
        if (sub.equals("run-script")) {
            same.set(1, "run");
        } else if (sub.equals("test") || sub.equals("t") || sub.equals("start")) {
            same.set(1, "run");
            same.add(2, sub.equals("t") ? "test" : sub);
        }
        return same;
    }

    /**
     * Options that carry their value or none in front of nothing else keep their place: only a run
     * of them is put in order, since a word after an option may be its value.
     */
    private static String ordered(List<String> words) {
        List<String> all = new ArrayList<>();
        List<String> run = new ArrayList<>();
        for (String word : words) {
            if (word.startsWith("-") && word.length() > 1) {
                run.add(word);
                continue;
            }
            flush(all, run, true);
            all.add(word);
        }
        flush(all, run, false);
        return String.join("\u001f", all);
    }

    private static void flush(List<String> all, List<String> run, boolean followed) {
        String last = followed && !run.isEmpty() ? run.removeLast() : null;
        run.sort(null);
        all.addAll(run);
        if (last != null) {
            all.add(last);
        }
        run.clear();
    }

    // ---- where it runs

    private void follow(@Nullable CommandLine line) {
        if (line == null || !MOVERS.contains(program(line))) {
            return;
        }
        String to = line.words().size() == 2 ? line.words().get(1).value() : null;
        place = moved(place, to);
    }

    private String moved(String from, @Nullable String to) {
        if (to == null || to.isEmpty() || "~-+".indexOf(to.charAt(0)) >= 0) {
            return from + "?" + unknown++;
        }
        return Paths.normalise(to.startsWith("/") ? to : from + "/" + to);
    }
}
