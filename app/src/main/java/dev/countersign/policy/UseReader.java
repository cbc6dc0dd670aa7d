package dev.countersign.policy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Puts the rules of templates and named rules where a document uses them. */
final class UseReader {
    /** How deep one may use another; {@link Nesting} bounds how much comes of it. */
    private static final int MAX_DEPTH = 8;

    private final Source source;
    private final Library library;
    private final Nesting open;

    /**
     * For one text.
     *
     * @param open the definitions that are being read
     */
    UseReader(Source source, Library library, Nesting open) {
        this.source = source;
        this.library = library;
        this.open = open;
    }

    /** Reads {@code use}: names, or names with parameters. */
    void all(Tree tree, RuleReader.Rules into) {
        List<Tree> items = tree instanceof Tree.Items list ? list.items() : List.of(tree);
        for (Tree item : items) {
            if (item instanceof Tree.Text name && !name.absent()) {
                one(name, null, into, Definition.Kind.values());
            } else if (item instanceof Tree.Entries map && map.entries().size() == 1) {
                Tree.Entry entry = map.entries().getFirst();
                one(entry.key(), entry.value(), into, Definition.Kind.values());
            } else {
                source.error(
                        item,
                        "`use` has "
                                + item.kind()
                                + "; expected a name, or a name with parameters such as"
                                + " `{protect-main: {branch: release}}`");
            }
        }
    }

    /** Whether a rule that is a map of one key may use this named rule. */
    boolean knows(String name) {
        return library.find(name).isPresent();
    }

    /**
     * Adds the rules of one definition.
     *
     * @param given its parameters, or null
     * @param kinds what it may be here
     */
    void one(
            Tree.Text name, @Nullable Tree given, RuleReader.Rules into, Definition.Kind... kinds) {
        Optional<Definition> found =
                library.find(name.value()).filter(d -> List.of(kinds).contains(d.kind()));
        if (found.isEmpty()) {
            boolean template = library.find(name.value()).isPresent();
            source.error(
                    name,
                    template
                            ? "`"
                                    + Nearest.shorten(name.value())
                                    + "` is a template; expected it under `use`"
                            : "nothing named `"
                                    + Nearest.shorten(name.value())
                                    + "` is built in or among the documents given (`--policy`, or on the"
                                    + " server)"
                                    + library.hint(
                                            name.value(),
                                            // A rule of one key is one of ours or a name.
                                            given != null && kinds.length == 1
                                                    ? RuleReader.EFFECTS
                                                    : List.of(),
                                            kinds));
            return;
        }
        Definition definition = found.get();
        if (open.names().contains(definition.name())) {
            source.error(
                    name,
                    "`"
                            + definition.name()
                            + "` uses itself: "
                            + String.join(" → ", open.names())
                            + " → "
                            + definition.name());
            return;
        }
        if (open.names().size() >= MAX_DEPTH) {
            source.error(name, "more than " + MAX_DEPTH + " templates use each other");
            return;
        }
        Optional<Map<String, Tree>> values = values(definition, name, given);
        if (values.isPresent() && !into.full()) {
            // Within others it ends quietly: the place to mend is where the document starts it.
            if (open.holds(definition.tree())) {
                body(definition, values.get(), name, into);
            }
            if (open.mustSay()) {
                source.error(
                        name,
                        "with `"
                                + definition.name()
                                + "` the document unfolds to more than "
                                + Nesting.MAX_VALUES
                                + " values; expected fewer templates that use each other");
            }
        }
    }

    private Optional<Map<String, Tree>> values(
            Definition definition, Tree.Text name, @Nullable Tree given) {
        if (given == null || (given instanceof Tree.Text text && text.absent())) {
            return complete(definition, name, new LinkedHashMap<>());
        }
        if (!(given instanceof Tree.Entries map)) {
            source.error(
                    given,
                    "`"
                            + definition.name()
                            + "` has "
                            + given.kind()
                            + "; expected its parameters, "
                            + parameters(definition));
            return Optional.empty();
        }
        Map<String, Tree> values = new LinkedHashMap<>();
        for (Tree.Entry entry : map.entries()) {
            String parameter = entry.key().value();
            if (!definition.parameters().containsKey(parameter)) {
                source.error(
                        entry.key(),
                        "`"
                                + definition.name()
                                + "` has no parameter `"
                                + Nearest.shorten(parameter)
                                + "`"
                                + (definition.parameters().isEmpty()
                                        ? ""
                                        : Nearest.hint(
                                                parameter, definition.parameters().keySet())));
                return Optional.empty();
            }
            values.put(parameter, entry.value());
        }
        return complete(definition, name, values);
    }

    /** A parameter without a usual value must be given. */
    private Optional<Map<String, Tree>> complete(
            Definition definition, Tree.Text name, Map<String, Tree> values) {
        for (Map.Entry<String, Tree> parameter : definition.parameters().entrySet()) {
            boolean usual = !(parameter.getValue() instanceof Tree.Text text && text.absent());
            if (!usual && !values.containsKey(parameter.getKey())) {
                source.error(
                        name,
                        "`"
                                + definition.name()
                                + "` needs `"
                                + parameter.getKey()
                                + "`; expected such as `{"
                                + definition.name()
                                + ": {"
                                + parameter.getKey()
                                + ": …}}`");
                return Optional.empty();
            }
        }
        return Optional.of(values);
    }

    private static String parameters(Definition definition) {
        return definition.parameters().isEmpty()
                ? "it has none"
                : Nearest.list(definition.parameters().keySet());
    }

    /** A definition's rules stand where they are used: that is the line a person can change. */
    private void body(
            Definition definition,
            Map<String, Tree> values,
            Tree.Text name,
            RuleReader.Rules into) {
        Source inner = new Source(definition.file() == null ? "built-in" : definition.file());
        RuleReader.Rules rules = new RuleReader.Rules();
        body(definition.with(values), inner, library, open.in(definition.name()), rules, null);
        for (PolicyProblem problem : inner.problems()) {
            if (problem.error()) {
                source.error(
                        name,
                        "`"
                                + definition.name()
                                + "` cannot be used so: "
                                + problem.message()
                                + (definition.file() == null
                                        ? ""
                                        : " (" + problem.file() + ":" + problem.line() + ")"));
            }
        }
        into.addAll(rules, definition.name(), source.at(name));
    }

    /**
     * Reads what a definition says.
     *
     * @param trial how the examples are tried, or null when this is not the place to
     */
    static void body(
            Tree.Entries tree,
            Source source,
            Library library,
            Nesting open,
            RuleReader.Rules into,
            @Nullable Trial trial) {
        Keys keys = new Keys(tree);
        WindowReader windows = new WindowReader(source);
        Tree windowTree = keys.get("windows");
        if (windowTree != null) {
            windows.read(windowTree);
        }
        UseReader uses = new UseReader(source, library, open);
        RuleReader reader = new RuleReader(source, windows, uses, trial);
        Tree used = keys.get("use");
        if (used != null) {
            uses.all(used, into);
        }
        for (Map.Entry<String, Effect> list : LISTS.entrySet()) {
            Tree entries = keys.get(list.getKey());
            if (entries != null) {
                reader.list(entries, list.getKey(), list.getValue(), into);
            }
        }
        Tree rules = keys.get("rules");
        if (rules != null) {
            reader.read(rules, into);
        }
        Tree exampleTree = keys.get("examples");
        if (exampleTree != null && trial != null) {
            new ExampleCheck(source, trial).check(exampleTree, into);
        }
    }

    /** What the lists of a template mean. */
    private static final Map<String, Effect> LISTS =
            Map.of(
                    "permissions", Effect.ALLOW,
                    "requires_approval", Effect.ASK,
                    "denied", Effect.DENY);

    /** The keys of a template that are lists of selectors. */
    static Set<String> lists() {
        return LISTS.keySet();
    }
}
