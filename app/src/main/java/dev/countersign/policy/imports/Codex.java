package dev.countersign.policy.imports;

import dev.countersign.policy.Effect;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Rules of Codex: words that a command starts with. The strictest match counts there too. */
final class Codex {
    private static final List<String> PLACES =
            List.of("pattern", "decision", "match", "not_match", "justification");
    private static final int MOST_ALTERNATIVES = 200;

    private final Sketch sketch;

    Codex(Sketch sketch) {
        this.sketch = sketch;
    }

    void read(String text) throws Imports.BadFile {
        for (Starlark.Statement statement : Starlark.read(sketch.file(), text)) {
            Sketch.Part part =
                    sketch.part(
                            statement.line(),
                            statement.column(),
                            statement.text().replaceAll("\\s+", " "));
            if (statement.call().isEmpty()) {
                part.say("not a call with plain texts and lists");
                continue;
            }
            Starlark.Call call = statement.call().get();
            Map<String, Starlark.Value> given = new LinkedHashMap<>();
            for (int i = 0; i < call.arguments().size(); i++) {
                String name = call.arguments().get(i).name();
                String key = name != null ? name : i < PLACES.size() ? PLACES.get(i) : "";
                if (given.put(key, call.arguments().get(i).value()) != null) {
                    throw bad(part, "`" + key + "` stands here twice");
                }
            }
            switch (call.name()) {
                case "prefix_rule" -> prefix(part, given);
                case "host_executable" ->
                        part.say(
                                "an allow covers its program as it is written here, a deny or an"
                                        + " ask wherever it lies");
                case "network_rule" -> network(part, given);
                default -> part.say("not a rule known here");
            }
        }
        sketch.notes()
                .addAll(
                        List.of(
                                "The file says nothing of other commands and tools: profile and"
                                        + " mode in force decide, `standard` and `partial` unless"
                                        + " another document says so.",
                                "A rule here also counts within a chain, a wrapper or a script, and"
                                        + " a deny or an ask catches other spellings of a command.",
                                "An allow covers its own words: no redirection, no assignment in"
                                        + " front, no unnamed wrapper, nothing opaque or critical, no"
                                        + " secret and no path outside the workspace that it does not"
                                        + " name."));
    }

    private void prefix(Sketch.Part part, Map<String, Starlark.Value> given)
            throws Imports.BadFile {
        for (String key : given.keySet()) {
            if (!PLACES.contains(key)) {
                part.say("`" + key + "` is not known here");
            }
        }
        String word =
                given.containsKey("decision") ? text(given.get("decision")).orElse("") : "allow";
        if (!List.of("allow", "prompt", "forbidden").contains(word)) {
            throw bad(
                    part, "`decision` is `" + word + "`; expected one of allow, prompt, forbidden");
        }
        Effect effect = Assembler.effect(word);
        boolean allow = effect == Effect.ALLOW;
        if (allow && !part.said().isEmpty()) {
            return;
        }
        if (!(given.get("pattern") instanceof Starlark.Items pattern)
                || pattern.items().isEmpty()) {
            throw bad(part, "`pattern` is missing; expected such as `[\"git\", \"push\"]`");
        }
        List<List<String>> commands = new ArrayList<>(List.of(List.of()));
        for (Starlark.Value token : pattern.items()) {
            List<String> alternatives =
                    token instanceof Starlark.Items items
                            ? texts(items)
                            : text(token).map(List::of).orElse(List.of());
            if (alternatives.isEmpty()) {
                throw bad(part, "`pattern` holds something that is no text and no list of texts");
            }
            List<List<String>> longer = new ArrayList<>();
            for (List<String> command : commands) {
                for (String alternative : alternatives) {
                    List<String> next = new ArrayList<>(command);
                    next.add(alternative);
                    longer.add(next);
                }
            }
            commands = longer;
            if (commands.size() > MOST_ALTERNATIVES) {
                throw bad(
                        part, "`pattern` stands for more than " + MOST_ALTERNATIVES + " commands");
            }
        }
        CommandText reader = new CommandText(allow, false, part);
        List<String> patterns =
                commands.stream().flatMap(command -> reader.prefix(command).stream()).toList();
        if (patterns.isEmpty()) {
            return;
        }
        Sketch.Rule rule = sketch.rule(part, effect, Sketch.Target.of("shell_run", patterns));
        text(given.get("justification"))
                .filter(reason -> !reason.isBlank() && reason.length() <= 1000)
                .ifPresent(rule::because);
        examples(rule, given.get("match"), true);
        examples(rule, given.get("not_match"), false);
    }

    private static void examples(Sketch.Rule rule, Starlark.@Nullable Value given, boolean match) {
        if (given == null) {
            return;
        }
        List<Starlark.Value> items =
                given instanceof Starlark.Items list ? list.items() : List.of(given);
        for (Starlark.Value item : items) {
            Optional<String> command =
                    item instanceof Starlark.Items words
                            ? Optional.of(
                                    String.join(
                                            " ",
                                            texts(words).stream().map(Codex::shellWord).toList()))
                            : text(item);
            if (command.isPresent() && !command.get().isBlank()) {
                rule.examples().add(new Sketch.Example(command.get(), match));
            } else {
                rule.part().say("an example that is no command is left out");
            }
        }
    }

    private static String shellWord(String word) {
        return word.matches("[A-Za-z0-9_./:=@%+,-]+")
                ? word
                : "'" + word.replace("'", "'\\''") + "'";
    }

    private void network(Sketch.Part part, Map<String, Starlark.Value> given)
            throws Imports.BadFile {
        String decision = text(given.get("decision")).orElse("");
        Optional<String> host = text(given.get("host")).filter(text -> !text.isBlank());
        if (host.isEmpty() || decision.isEmpty()) {
            throw bad(part, "a network rule needs `host` and `decision`");
        }
        if (decision.equals("allow")) {
            part.say("what a program reaches by itself is not seen here, so nothing allows it");
            return;
        }
        Sketch.Rule rule =
                sketch.rule(
                        part,
                        Assembler.effect(decision),
                        Sketch.Target.of("host", host.get(), "*." + host.get()));
        text(given.get("justification"))
                .filter(reason -> !reason.isBlank() && reason.length() <= 1000)
                .ifPresent(rule::because);
        part.say(
                "calls that name the host, or one below it; what a program reaches by itself is"
                        + " not seen here");
    }

    private static Optional<String> text(Starlark.@Nullable Value value) {
        return value instanceof Starlark.Text text ? Optional.of(text.text()) : Optional.empty();
    }

    /** The texts of a list; none when it holds anything else. */
    private static List<String> texts(Starlark.Items items) {
        List<String> texts = items.items().stream().flatMap(item -> text(item).stream()).toList();
        return texts.size() == items.items().size() ? texts : List.of();
    }

    private Imports.BadFile bad(Sketch.Part part, String message) {
        return new Imports.BadFile(sketch.file(), part.line(), part.column(), message);
    }
}
