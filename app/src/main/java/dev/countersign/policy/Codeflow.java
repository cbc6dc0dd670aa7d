package dev.countersign.policy;

import dev.countersign.call.Action;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the {@code permission} blocks of codeflow.json and opencode.json: the rest of those files
 * belongs to other programs and is left alone. Patterns get the meaning they have in our own
 * documents.
 */
final class Codeflow {
    private static final List<String> VALUES = List.of("ask", "allow", "deny");
    private static final Map<String, Set<Action>> PERMISSIONS =
            Map.of(
                    "edit", EnumSet.of(Action.FILE_WRITE, Action.FILE_DELETE),
                    "bash", EnumSet.of(Action.SHELL_RUN),
                    "webfetch", EnumSet.of(Action.WEB_FETCH, Action.WEB_SEND),
                    "websearch", EnumSet.of(Action.WEB_SEARCH),
                    "read", EnumSet.of(Action.FILE_READ),
                    "task", EnumSet.of(Action.AGENT_SPAWN),
                    "skill", EnumSet.of(Action.SKILL_USE));

    private final Source source;

    Codeflow(Source source) {
        this.source = source;
    }

    List<Rule> rules(Tree.Entries root) {
        List<Rule> rules = new ArrayList<>();
        Keys keys = new Keys(root);
        Tree permission = keys.get("permission");
        if (permission != null) {
            block(permission, List.of(), "", rules);
        }
        if (keys.get("agent") instanceof Tree.Entries agents) {
            for (Tree.Entry agent : agents.entries()) {
                Tree own =
                        agent.value() instanceof Tree.Entries settings
                                ? new Keys(settings).get("permission")
                                : null;
                if (own != null) {
                    String name = agent.key().value();
                    block(
                            own,
                            List.of(
                                    new Condition.Who(
                                            "agent", source.words(agent.key(), List.of(name)))),
                            ", agent: " + name,
                            rules);
                }
            }
        }
        return rules;
    }

    private void block(Tree tree, List<Condition> who, String suffix, List<Rule> rules) {
        if (!(tree instanceof Tree.Entries map)) {
            source.error(
                    tree,
                    "`permission` is "
                            + tree.kind()
                            + "; expected such as `{\"edit\": \"ask\", \"bash\": {\"*\": \"ask\"}}`");
            return;
        }
        for (Tree.Entry entry : map.entries()) {
            String key = entry.key().value();
            Set<Action> actions = PERMISSIONS.get(key);
            if (actions == null) {
                unknown(entry);
            } else if (entry.value() instanceof Tree.Entries patterns) {
                for (Tree.Entry pattern : patterns.entries()) {
                    rule(actions, key, pattern.key(), pattern.value(), who, suffix)
                            .ifPresent(rules::add);
                }
            } else {
                rule(
                                actions,
                                key,
                                new Tree.Text(
                                        "*", false, entry.value().line(), entry.value().column()),
                                entry.value(),
                                who,
                                suffix)
                        .ifPresent(rules::add);
            }
        }
    }

    /** A permission of theirs that we do not know may be ignored only where it permits. */
    private void unknown(Tree.Entry entry) {
        if (entry.value() instanceof Tree.Text text && text.value().equals("allow")) {
            source.warning(
                    entry.key(),
                    "the permission `" + Nearest.shorten(entry.key().value()) + "` is left out");
        } else {
            source.error(
                    entry.key(),
                    "the permission `"
                            + Nearest.shorten(entry.key().value())
                            + "` is not supported by this version"
                            + Nearest.hint(entry.key().value(), PERMISSIONS.keySet()));
        }
    }

    private Optional<Rule> rule(
            Set<Action> actions,
            String key,
            Tree.Text pattern,
            Tree value,
            List<Condition> who,
            String suffix) {
        Optional<Effect> effect = source.word(value, key, VALUES).flatMap(Effect::of);
        if (effect.isEmpty()) {
            return Optional.empty();
        }
        boolean restrictive = effect.get() != Effect.ALLOW;
        List<String> patterns = List.of(pattern.value());
        List<Condition> conditions = new ArrayList<>();
        conditions.add(new Condition.Actions(actions));
        boolean all = pattern.value().equals("*");
        switch (key) {
            case "bash" -> conditions.add(source.commands(pattern, patterns, restrictive));
            case "edit", "read" -> {
                if (!all) {
                    conditions.add(source.paths(pattern, patterns));
                }
            }
            case "webfetch" -> {
                if (!all) {
                    conditions.add(source.hosts(pattern, patterns));
                }
            }
            default -> {
                if (!all) {
                    conditions.add(new Condition.Field("name", source.words(pattern, patterns)));
                }
            }
        }
        conditions.addAll(who);
        return Optional.of(
                new Rule(
                        null,
                        effect.get(),
                        new Selector(key + ": " + pattern.value() + suffix, conditions),
                        source.at(pattern),
                        null,
                        Rule.People.NOBODY_NAMED,
                        null,
                        Unanswered.Then.EXPIRE,
                        null,
                        null,
                        Obligations.NONE));
    }
}
