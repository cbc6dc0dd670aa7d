package dev.countersign.policy;

import dev.countersign.call.Action;
import dev.countersign.call.RiskTier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One document while it is read: notes its problems and reads its small parts. */
final class Source {
    private final String file;
    private final List<PolicyProblem> problems = new ArrayList<>();

    Source(String file) {
        this.file = file;
    }

    String file() {
        return file;
    }

    List<PolicyProblem> problems() {
        return problems;
    }

    /** Every action a name or pattern means; an error when none. */
    Set<Action> actions(Tree tree, String pattern) {
        Glob glob = Glob.word(pattern);
        Set<Action> actions = EnumSet.noneOf(Action.class);
        List<String> names = new ArrayList<>();
        for (Action action : Action.values()) {
            names.add(action.wire());
            if (glob.matches(action.wire())) {
                actions.add(action);
            }
        }
        if (actions.isEmpty()) {
            error(
                    tree,
                    "`"
                            + Nearest.shorten(pattern)
                            + "` is no action"
                            + (pattern.contains("*") ? " and matches none" : "")
                            + (pattern.contains(" ")
                                    ? "; expected such as `{shell_run: \""
                                            + Nearest.shorten(pattern)
                                            + "\"}` for a command"
                                    : Nearest.hint(pattern, names)));
        }
        return actions;
    }

    Condition paths(Tree tree, List<String> patterns) {
        List<PathPattern> list = new ArrayList<>();
        for (String pattern : patterns) {
            Optional<String> problem = PathPattern.problem(pattern);
            if (problem.isPresent()) {
                error(tree, problem.get());
            } else {
                list.add(PathPattern.of(pattern));
            }
        }
        return new Condition.Paths(list);
    }

    Condition hosts(Tree tree, List<String> patterns) {
        List<WebPattern> list = new ArrayList<>();
        for (String pattern : patterns) {
            Optional<String> problem = WebPattern.problem(pattern);
            if (problem.isPresent()) {
                error(tree, problem.get());
            } else {
                list.add(WebPattern.of(pattern));
            }
        }
        return new Condition.Hosts(list);
    }

    Condition commands(Tree tree, List<String> patterns, boolean further) {
        List<CommandPattern> list = new ArrayList<>();
        for (String pattern : patterns) {
            Optional<String> problem = CommandPattern.problem(pattern);
            if (problem.isPresent()) {
                error(tree, problem.get());
            } else {
                list.add(CommandPattern.of(pattern));
            }
        }
        return new Condition.Command(list, further);
    }

    List<Glob> words(Tree tree, List<String> patterns) {
        List<Glob> list = new ArrayList<>();
        for (String pattern : patterns) {
            if (pattern.isEmpty() || pattern.length() > 1000 || !Glob.writable(pattern)) {
                error(tree, "a pattern is empty, too long or holds a control character");
            } else {
                list.add(Glob.word(pattern));
            }
        }
        return list;
    }

    Optional<RiskTier> tier(Tree tree, String key) {
        return word(tree, key, Arrays.stream(RiskTier.values()).map(RiskTier::wire).toList())
                .flatMap(RiskTier::of);
    }

    /** A text or a list of texts, none of them empty. */
    List<String> strings(Tree tree, String what) {
        List<Tree> items = tree instanceof Tree.Items list ? list.items() : List.of(tree);
        List<String> texts = new ArrayList<>();
        if (items.isEmpty()) {
            error(tree, "`" + what + "` is an empty list; expected at least one entry");
        }
        for (Tree item : items) {
            if (item instanceof Tree.Text text && !text.absent() && !text.value().isEmpty()) {
                texts.add(text.value());
            } else {
                error(
                        item,
                        "`"
                                + what
                                + "` is "
                                + item.kind()
                                + "; expected a text or a list of texts");
            }
        }
        return texts;
    }

    Optional<String> word(Tree tree, String key, Collection<String> valid) {
        if (!(tree instanceof Tree.Text text) || text.absent()) {
            error(
                    tree,
                    "`" + key + "` is " + tree.kind() + "; expected one of " + Nearest.list(valid));
            return Optional.empty();
        }
        if (!valid.contains(text.value())) {
            error(tree, "`" + key + "` is " + tree.kind() + Nearest.hint(text.value(), valid));
            return Optional.empty();
        }
        return Optional.of(text.value());
    }

    Optional<Boolean> yes(Tree tree, String key) {
        return word(tree, key, List.of("true", "false")).map(Boolean::valueOf);
    }

    Optional<String> name(Tree tree, String key) {
        if (tree instanceof Tree.Text text
                && text.value().matches("[\\p{L}\\p{N}][\\p{L}\\p{N} ._/-]{0,99}")) {
            return Optional.of(text.value());
        }
        error(
                tree,
                "`"
                        + key
                        + "` is "
                        + tree.kind()
                        + "; expected a name of letters, digits and `._/-`");
        return Optional.empty();
    }

    Optional<String> line(Tree tree, String key) {
        if (tree instanceof Tree.Text text && !text.absent() && text.value().length() <= 1000) {
            return Optional.of(text.value().strip().replaceAll("\\p{Cntrl}+", " "));
        }
        error(
                tree,
                "`"
                        + key
                        + "` is "
                        + tree.kind()
                        + "; expected one sentence of at most 1000 characters");
        return Optional.empty();
    }

    String text(Tree tree) {
        return tree instanceof Tree.Text text ? text.value() : "";
    }

    void keys(Tree.Entries map, String where, Collection<String> valid, Set<String> later) {
        for (Tree.Entry entry : map.entries()) {
            String key = entry.key().value();
            if (later.contains(key)) {
                error(entry.key(), "`" + key + "` is not supported by this version");
            } else if (!valid.contains(key)) {
                error(
                        entry.key(),
                        "unknown key `"
                                + Nearest.shorten(key)
                                + "`"
                                + (where.isEmpty() ? "" : " in `" + where + "`")
                                + Nearest.hint(key, valid));
            }
        }
    }

    Position at(Tree tree) {
        return new Position(file, tree.line(), tree.column());
    }

    int errors() {
        return (int) problems.stream().filter(PolicyProblem::error).count();
    }

    void error(Tree tree, String message) {
        problems.add(new PolicyProblem(file, tree.line(), tree.column(), message, true));
    }

    void warning(Tree tree, String message) {
        problems.add(new PolicyProblem(file, tree.line(), tree.column(), message, false));
    }

    void warning(Position at, String message) {
        problems.add(new PolicyProblem(file, at.line(), at.column(), message, false));
    }

    Optional<Effect> cell(Tree tree, String what) {
        return word(tree, what, List.of("allow", "ask", "never")).map(Defaults::cell);
    }
}
