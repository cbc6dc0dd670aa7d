package dev.countersign.policy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.call.Action;
import dev.countersign.call.Context;
import dev.countersign.call.Operation;
import dev.countersign.call.Resource;
import dev.countersign.call.Shell;
import dev.countersign.call.Span;
import dev.countersign.call.Subject;
import dev.countersign.call.ToolCall;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Checks that a rule matches what its author says it matches. */
final class ExampleCheck {
    private static final ToolCall CALL =
            new ToolCall(
                    "example",
                    "example",
                    JsonNodeFactory.instance.objectNode(),
                    new Context(
                            "/workspace",
                            "/workspace",
                            "/home/user",
                            Shell.BASH,
                            "linux",
                            Map.of()),
                    Subject.local("example"),
                    null,
                    null,
                    null);

    private final DocumentReader document;
    private final PolicyReader.Examples examples;

    ExampleCheck(DocumentReader document, PolicyReader.Examples examples) {
        this.document = document;
        this.examples = examples;
    }

    void check(Tree tree, Rule rule) {
        if (!(tree instanceof Tree.Entries map)) {
            document.error(
                    tree,
                    "`examples` is "
                            + tree.kind()
                            + "; expected such as `{match: [\"rm -rf /\"], not_match: [\"ls\"]}`");
            return;
        }
        document.keys(map, "examples", List.of("match", "not_match"), Set.of());
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
                    example(text, match, rule);
                } else {
                    document.error(item, "an example is " + item.kind() + "; expected a text");
                }
            }
        }
    }

    private void example(Tree.Text text, boolean match, Rule rule) {
        Optional<List<Operation>> operations = operations(text.value(), rule);
        if (operations.isEmpty()) {
            document.warning(
                    text,
                    "the example `"
                            + Nearest.shorten(text.value())
                            + "` was not checked; it takes more than words or paths to read");
            return;
        }
        boolean matches =
                operations.get().stream()
                        .map(op -> new Subjected(op, CALL, op.tags(), op.risk(), new Matches()))
                        .anyMatch(rule::matches);
        if (matches != match) {
            document.error(
                    text,
                    "the rule `"
                            + Nearest.shorten(rule.text())
                            + "` "
                            + (match
                                    ? "does not match its example `"
                                    : "matches its counter-example `")
                            + Nearest.shorten(text.value())
                            + "`");
        }
    }

    private Optional<List<Operation>> operations(String text, Rule rule) {
        for (Condition condition : rule.selector().conditions()) {
            if (condition instanceof Condition.Command) {
                return examples.operations(text);
            }
        }
        boolean paths =
                rule.selector().conditions().stream().anyMatch(Condition.Paths.class::isInstance);
        if (!paths) {
            return examples.full() ? examples.operations(text) : Optional.empty();
        }
        Action action = Action.FILE_READ;
        for (Condition condition : rule.selector().conditions()) {
            if (condition instanceof Condition.Actions actions) {
                action = actions.actions().stream().min(Action::compareTo).orElse(action);
            }
        }
        String absolute =
                text.startsWith("/")
                        ? text
                        : text.startsWith("~/")
                                ? "/home/user" + text.substring(1)
                                : "/workspace/" + text;
        String path = Condition.Paths.normal(absolute);
        boolean outside = !path.equals("/workspace") && !path.startsWith("/workspace/");
        return Optional.of(
                List.of(
                        new Operation(
                                action,
                                new Resource.Path(path, path, outside, false),
                                action.risk(),
                                Set.of(),
                                false,
                                action,
                                Operation.Origin.PROGRAM,
                                null,
                                null,
                                "an example",
                                new Span(0, 0))));
    }
}
