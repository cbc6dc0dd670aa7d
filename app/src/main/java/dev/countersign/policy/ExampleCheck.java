package dev.countersign.policy;

import dev.countersign.call.Action;
import dev.countersign.call.Operation;
import dev.countersign.call.Resource;
import dev.countersign.call.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Checks that a rule matches what its author says it matches. */
final class ExampleCheck {
    private final Source source;
    private final Trial trial;

    ExampleCheck(Source source, Trial trial) {
        this.source = source;
        this.trial = trial;
    }

    /** Checks the examples of one rule: a text is a path where the rule is about paths. */
    void check(Tree tree, Rule rule) {
        check(tree, List.of(rule), text -> operations(text, rule));
    }

    /** Checks the examples of a definition: some rule matches; a text is a command. */
    void check(Tree tree, RuleReader.Rules rules) {
        List<Rule> all = new ArrayList<>(rules.rules());
        rules.duties().forEach(duty -> all.add(duty.asRule()));
        check(tree, all, trial::command);
    }

    private void check(
            Tree tree, List<Rule> rules, Function<String, Optional<List<Operation>>> texts) {
        if (!(tree instanceof Tree.Entries map)) {
            source.error(
                    tree,
                    "`examples` is "
                            + tree.kind()
                            + "; expected such as `{match: [\"rm -rf /\"], not_match: [\"ls\"]}`");
            return;
        }
        source.keys(map, "examples", List.of("match", "not_match"), Set.of());
        for (Tree.Entry entry : map.entries()) {
            boolean match = entry.key().value().equals("match");
            if (!match && !entry.key().value().equals("not_match")) {
                continue;
            }
            List<Tree> items =
                    entry.value() instanceof Tree.Items list
                            ? list.items()
                            : List.of(entry.value());
            for (Tree item : items) {
                if (item instanceof Tree.Text text && !text.value().isEmpty()) {
                    example(text, match, rules, texts.apply(text.value()));
                } else if (item instanceof Tree.Entries one && one.entries().size() == 1) {
                    Tree.Entry named = one.entries().getFirst();
                    Optional<List<Operation>> operations = operations(named);
                    if (operations.isPresent()) {
                        example(item, match, rules, operations);
                    }
                } else {
                    source.error(
                            item,
                            "an example is "
                                    + item.kind()
                                    + "; expected a command, a path or such as `{git_push: main}`");
                }
            }
        }
    }

    private void example(
            Tree example, boolean match, List<Rule> rules, Optional<List<Operation>> operations) {
        boolean checked = operations.isPresent();
        boolean matches =
                checked
                        && operations.get().stream()
                                .map(trial::subjected)
                                .anyMatch(op -> rules.stream().anyMatch(r -> r.matches(op)));
        String shown = "`" + Nearest.shorten(shown(example)) + "`";
        if (!checked) {
            source.warning(
                    example,
                    "the example "
                            + shown
                            + " was not checked; it takes more than words or paths to read");
        } else if (matches != match) {
            String who =
                    rules.size() == 1
                            ? "the rule `" + Nearest.shorten(rules.getFirst().text()) + "` "
                            : match ? "no rule " : "a rule ";
            source.error(
                    example,
                    who
                            + (!match
                                    ? "matches its counter-example "
                                    : rules.size() == 1
                                            ? "does not match its example "
                                            : "matches the example ")
                            + shown);
        }
    }

    private static String shown(Tree example) {
        return switch (example) {
            case Tree.Text text -> text.value();
            case Tree.Items _ -> "a list";
            case Tree.Entries map ->
                    map.entries().getFirst().key().value()
                            + ": "
                            + (map.entries().getFirst().value() instanceof Tree.Text text
                                    ? text.value()
                                    : "");
        };
    }

    /** An example that names its action. */
    private Optional<List<Operation>> operations(Tree.Entry named) {
        String name = named.key().value();
        Optional<Action> action =
                Arrays.stream(Action.values()).filter(a -> a.wire().equals(name)).findFirst();
        if (action.isEmpty()
                || !(named.value() instanceof Tree.Text text)
                || text.value().isEmpty()) {
            source.error(
                    named.key(),
                    "an example is `"
                            + Nearest.shorten(name)
                            + "`; expected an action with a text, such as `{git_push: main}`"
                            + (action.isEmpty()
                                    ? Nearest.hint(
                                            name,
                                            Arrays.stream(Action.values())
                                                    .map(Action::wire)
                                                    .toList())
                                    : ""));
            return Optional.empty();
        }
        String value = text.value();
        return switch (action.get().domain()) {
            case SHELL -> trial.command(value);
            case FILESYSTEM -> Optional.of(file(action.get(), value));
            case GIT ->
                    Optional.of(
                            List.of(
                                    operation(
                                            action.get(),
                                            new Resource.Repository("origin", value))));
            case WEB, BROWSER -> Optional.of(List.of(operation(action.get(), web(value))));
            case MCP -> {
                int slash = value.indexOf('/');
                yield Optional.of(
                        List.of(
                                operation(
                                        action.get(),
                                        new Resource.Tool(
                                                slash < 0 ? null : value.substring(0, slash),
                                                value.substring(slash + 1)))));
            }
            case TASKS, PROJECTS, COMMS, TEAMS, WORKFLOWS, AGENTS, SKILLS ->
                    Optional.of(
                            List.of(operation(action.get(), new Resource.Named("name", value))));
        };
    }

    private static Resource.Web web(String value) {
        int colon = value.indexOf("://");
        String rest = colon < 0 ? value : value.substring(colon + 3);
        int slash = rest.indexOf('/');
        return new Resource.Web(
                colon < 0 ? null : value, slash < 0 ? rest : rest.substring(0, slash));
    }

    private Optional<List<Operation>> operations(String text, Rule rule) {
        for (Condition condition : rule.selector().conditions()) {
            if (condition instanceof Condition.Command) {
                return trial.command(text);
            }
        }
        boolean paths =
                rule.selector().conditions().stream().anyMatch(Condition.Paths.class::isInstance);
        if (!paths) {
            return trial.full() ? trial.command(text) : Optional.empty();
        }
        Action action = Action.FILE_READ;
        for (Condition condition : rule.selector().conditions()) {
            if (condition instanceof Condition.Actions actions) {
                action = actions.actions().stream().min(Action::compareTo).orElse(action);
            }
        }
        List<Operation> both = new ArrayList<>();
        both.addAll(file(action, text));
        if (trial.full() && text.indexOf(' ') > 0) {
            // A path may hold a blank, and more often it is a command that names one.
            trial.command(text).ifPresent(both::addAll);
        }
        return Optional.of(both);
    }

    /** What is done to a file, as a client's own tool does it. */
    private List<Operation> file(Action action, String text) {
        Resource.Path path = Trial.path(text);
        return trial.file(action, path).orElseGet(() -> List.of(operation(action, path)));
    }

    private static Operation operation(Action action, Resource resource) {
        return new Operation(
                action,
                resource,
                action.risk(),
                Set.of(),
                false,
                action,
                Operation.Origin.PROGRAM,
                null,
                null,
                "an example",
                new Span(0, 0));
    }
}
