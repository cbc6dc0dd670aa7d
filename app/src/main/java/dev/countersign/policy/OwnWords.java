package dev.countersign.policy;

import dev.countersign.call.Action;
import dev.countersign.call.Argument;
import dev.countersign.call.CommandLine;
import dev.countersign.call.Context;
import dev.countersign.call.Operation;
import dev.countersign.call.Resource;
import dev.countersign.call.Span;
import dev.countersign.call.ToolCall;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The words a program that nobody looks into is handed, and that a document calls {@code prod} or
 * {@code secret} by a path or host of its own. What the program does with them is not seen, so an
 * allow has to name them, as those the analysis finds by itself.
 */
final class OwnWords {
    private static final Set<String> SENSITIVE = Set.of("prod", "secret");
    private static final int MOST_WORDS = 200;
    private static final int LONGEST = 1000;
    private static final Pattern OPTION = Pattern.compile("-{1,2}[A-Za-z]+(?=[~/.])");
    private static final Pattern PARTS = Pattern.compile("[=,;@]");
    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]{0,20}://");

    private OwnWords() {}

    /** Those words of the operation's command; none where its program is looked into. */
    static Set<String> of(
            Operation operation, ToolCall call, List<Policy.TagDefinition> definitions) {
        CommandLine command = operation.command();
        if (command == null
                || !(operation.resource() instanceof Resource.Program)
                || definitions.stream().noneMatch(one -> SENSITIVE.contains(one.tag()))) {
            return Set.of();
        }
        Set<String> found = new TreeSet<>();
        List<Argument> words = command.words();
        for (int i = 1; i < words.size(); i++) {
            String word = words.get(i).value();
            // An allow covers no word that is not constant.
            if (word != null
                    && !word.isEmpty()
                    && (i > MOST_WORDS
                            || word.length() > LONGEST
                            || meant(word, call, definitions))) {
                found.add(word);
            }
        }
        return found;
    }

    private static boolean meant(
            String word, ToolCall call, List<Policy.TagDefinition> definitions) {
        if (part(word, call, definitions)
                || part(OPTION.matcher(word).replaceFirst(""), call, definitions)) {
            return true;
        }
        for (String part : PARTS.split(word, -1)) {
            if (!part.isEmpty() && part(part, call, definitions)) {
                return true;
            }
        }
        return false;
    }

    private static boolean part(
            String text, ToolCall call, List<Policy.TagDefinition> definitions) {
        Resource path = path(text, call.context());
        Resource web = web(text);
        for (Policy.TagDefinition definition : definitions) {
            if (!SENSITIVE.contains(definition.tag())) {
                continue;
            }
            for (Selector selector : definition.conditions()) {
                for (Condition condition : selector.conditions()) {
                    boolean named =
                            condition instanceof Condition.Paths
                                    ? touches(condition, Action.FILE_READ, path, call)
                                    : condition instanceof Condition.Hosts
                                            && web != null
                                            && touches(condition, Action.WEB_FETCH, web, call);
                    if (named) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private static boolean touches(
            Condition condition, Action action, Resource resource, ToolCall call) {
        Operation operation =
                new Operation(
                        action,
                        resource,
                        action.risk(),
                        Set.of(),
                        false,
                        action,
                        Operation.Origin.PROGRAM,
                        null,
                        null,
                        "",
                        new Span(0, 0));
        return condition.touches(Subjected.of(operation, call, new Matches()));
    }

    private static Resource path(String text, Context context) {
        String absolute =
                text.startsWith("/")
                        ? text
                        : text.startsWith("~/")
                                ? context.home() + text.substring(1)
                                : context.cwd() + "/" + text;
        String path = Condition.Paths.normal(absolute);
        return new Resource.Path(path, path, false, false);
    }

    /** What reads as a host, with or without what comes before and after it. */
    private static @Nullable Resource web(String text) {
        boolean address = SCHEME.matcher(text).lookingAt();
        String rest = SCHEME.matcher(text).replaceFirst("");
        int end = 0;
        while (end < rest.length() && ":/?#".indexOf(rest.charAt(end)) < 0) {
            end++;
        }
        String host = rest.substring(rest.lastIndexOf('@', end) + 1, end);
        return host.indexOf('.') < 0 && !address
                ? null
                : new Resource.Web(address ? text : null, host);
    }
}
