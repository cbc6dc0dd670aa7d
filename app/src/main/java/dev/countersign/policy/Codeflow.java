package dev.countersign.policy;

import dev.countersign.call.Action;
import dev.countersign.call.Domain;
import dev.countersign.call.LowerCase;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

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

    /** The permission about paths outside the workspace. */
    private static final String OUTSIDE = "external_directory";

    /** With how many entries before it an entry is compared one by one. */
    private static final int MOST_COMPARED = 500;

    private final Source source;
    private final boolean ordered;

    Codeflow(Source source) {
        this.source = source;
        String file = source.file();
        int slash = Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\'));
        ordered = !LowerCase.of(file.substring(slash + 1)).startsWith("codeflow");
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
        if (tree instanceof Tree.Text) {
            everything(tree, Set.of(), who, suffix).forEach(rules::add);
            return;
        }
        if (!(tree instanceof Tree.Entries map)) {
            source.error(
                    tree,
                    "`permission` is "
                            + tree.kind()
                            + "; expected such as `{\"edit\": \"ask\", \"bash\": {\"*\": \"ask\"}}`");
            return;
        }
        List<Rule> block = new ArrayList<>();
        for (int i = 0; i < map.entries().size(); i++) {
            Tree.Entry entry = map.entries().get(i);
            String key = entry.key().value();
            Set<Action> actions = PERMISSIONS.get(key);
            if (key.equals("*")) {
                overrule(block, entry);
                Set<String> later = new TreeSet<>();
                map.entries().subList(i + 1, map.entries().size()).stream()
                        .filter(Codeflow::wholly)
                        .forEach(after -> later.add(after.key().value()));
                block.addAll(everything(entry.value(), later, who, suffix));
            } else if (key.equals("doom_loop")) {
                source.warning(
                        entry.key(), "`doom_loop` is left out: repetition is not judged here");
            } else if (actions == null && !key.equals(OUTSIDE)) {
                block.addAll(tool(entry, who, suffix));
            } else {
                for (Tree.Entry pattern : patterns(entry)) {
                    Optional<Rule> rule =
                            actions == null
                                    ? outside(pattern.key(), pattern.value(), who, suffix)
                                    : rule(
                                            actions,
                                            key,
                                            pattern.key(),
                                            pattern.value(),
                                            who,
                                            suffix);
                    rule.ifPresent(later -> {
                        lastWins(block, later, pattern.key());
                        block.add(later);
                    });
                }
            }
        }
        if (ordered) {
            reachingFurther(block);
        }
        rules.addAll(block);
    }

    /**
     * A command that asks is also caught with further words here, which it is not there: as an
     * exception to a deny it would open those. It denies as well then; left out, it would leave its
     * calls to what is looser still.
     */
    private void reachingFurther(List<Rule> block) {
        List<Rule> denied = block.stream().filter(rule -> rule.effect() == Effect.DENY).toList();
        boolean many = denied.size() > MOST_COMPARED;
        block.replaceAll(rule -> {
            if (rule.effect() != Effect.ASK
                    || !further(rule.selector().text())
                    || !(many || denied.stream().anyMatch(rule::isExceptionTo))) {
                return rule;
            }
            source.warning(
                    rule.at(),
                    "as an exception to what denies, this would reach further here than there, so"
                            + " it denies as well");
            return rule(Effect.DENY, rule.selector(), rule.at());
        });
    }

    /** Whether a pattern over commands catches more words here than there. */
    private static boolean further(String selector) {
        if (!selector.startsWith("bash: ") || selector.startsWith("bash: *,")) {
            return false;
        }
        int star = selector.indexOf('*');
        return star < 0 || !(star == selector.length() - 1 && selector.endsWith(" *"));
    }

    /**
     * In opencode the last match wins, so that what is narrower than an entry after it never counts
     * there; what it would loosen goes. What is stricter stays, for order loosens nothing here. In
     * codeflow the order never mattered.
     */
    private void lastWins(List<Rule> before, Rule later, Tree.Text at) {
        if (!ordered || later.effect() == Effect.ALLOW) {
            return;
        }
        // Of very long blocks what is looser goes without a look at each pair.
        boolean many = before.size() > MOST_COMPARED;
        if (before.removeIf(
                earlier ->
                        earlier.effect().compareTo(later.effect()) < 0
                                && (many || earlier.isExceptionTo(later)))) {
            source.warning(
                    at,
                    "this stands below what is narrower and looser, and counts for that too, as it"
                            + " does there; expected it above, if the others are to be exceptions"
                            + " to it");
        }
    }

    /**
     * The last match wins there, so that a star counts for what stands before it. Of that only what
     * is as strict stays; what is stricter than the star stays too, for order loosens nothing here.
     */
    private void overrule(List<Rule> before, Tree.Entry star) {
        Optional<Effect> effect =
                star.value() instanceof Tree.Text word ? Effect.of(word.value()) : Optional.empty();
        if (effect.isPresent()
                && before.removeIf(rule -> rule.effect().compareTo(effect.get()) < 0)) {
            source.warning(
                    star.key(),
                    "`*` stands last and counts for what is above it, as it does there; expected it"
                            + " first, if the others are to be exceptions to it");
        }
    }

    /** The patterns of a permission; a word alone is for all. */
    private static List<Tree.Entry> patterns(Tree.Entry entry) {
        Tree value = entry.value();
        return value instanceof Tree.Entries patterns
                ? patterns.entries()
                : List.of(
                        new Tree.Entry(
                                new Tree.Text("*", false, value.line(), value.column()), value));
    }

    /** Whether an entry decides about all of its permission. */
    private static boolean wholly(Tree.Entry entry) {
        return patterns(entry).stream().anyMatch(pattern -> pattern.key().value().equals("*"));
    }

    /**
     * A word for whatever the block does not decide itself: the permissions known here, paths
     * outside the workspace, and what no permission is about, such as the tools of MCP servers. To
     * allow says nothing where the format allows what it does not name, and so only speaks of one
     * agent.
     */
    private List<Rule> everything(
            Tree value, Set<String> decided, List<Condition> who, String suffix) {
        Tree.Text all = new Tree.Text("*", false, value.line(), value.column());
        Optional<Effect> effect = effect(value, "*");
        if (effect.isEmpty() || (effect.get() == Effect.ALLOW && who.isEmpty())) {
            return List.of();
        }
        List<Rule> rules = new ArrayList<>();
        Set<Action> rest = EnumSet.allOf(Action.class);
        // What git does answers to `bash`.
        rest.removeIf(action -> action.domain() == Domain.GIT);
        for (Map.Entry<String, Set<Action>> known : new TreeMap<>(PERMISSIONS).entrySet()) {
            rest.removeAll(known.getValue());
            if (!decided.contains(known.getKey())) {
                rule(known.getValue(), known.getKey(), all, value, who, suffix)
                        .ifPresent(rules::add);
            }
        }
        if (effect.get() != Effect.ALLOW) {
            rules.add(
                    rule(
                            effect.get(),
                            "*",
                            all,
                            List.of(new Condition.Actions(rest)),
                            who,
                            suffix));
            if (!decided.contains(OUTSIDE)) {
                outside(all, value, who, suffix).ifPresent(rules::add);
            }
        }
        return rules;
    }

    private Optional<Rule> outside(
            Tree.Text pattern, Tree value, List<Condition> who, String suffix) {
        Optional<Effect> effect = effect(value, OUTSIDE);
        boolean all = pattern.value().equals("*");
        // To allow all of it is what holds without a word.
        if (effect.isEmpty() || (all && effect.get() == Effect.ALLOW && who.isEmpty())) {
            return Optional.empty();
        }
        List<Condition> conditions = new ArrayList<>(List.of(new Condition.Outside()));
        if (!all) {
            conditions.add(source.paths(pattern, List.of(pattern.value())));
        }
        return Optional.of(rule(effect.get(), OUTSIDE, pattern, conditions, who, suffix));
    }

    /**
     * A permission about a tool by its name. What such a tool is given is not known, so that each
     * of its patterns that restricts counts for all of it; none that permits counts, and it may
     * well be one of ours misspelled.
     */
    private List<Rule> tool(Tree.Entry entry, List<Condition> who, String suffix) {
        String key = entry.key().value();
        List<Rule> rules = new ArrayList<>();
        for (Tree.Entry pattern : patterns(entry)) {
            Optional<Effect> effect = effect(pattern.value(), key);
            if (effect.isEmpty()) {
                continue;
            }
            boolean all = pattern.key().value().equals("*");
            Optional<String> meant = Nearest.of(key, PERMISSIONS.keySet());
            if (effect.get() == Effect.ALLOW) {
                source.warning(
                        pattern.key(), "the permission `" + Nearest.shorten(key) + "` is left out");
            } else if (meant.isPresent() && Glob.word(key).literal()) {
                source.error(
                        entry.key(),
                        "the permission `"
                                + Nearest.shorten(key)
                                + "` is not known; did you mean `"
                                + meant.get()
                                + "`?");
            } else {
                source.warning(
                        pattern.key(),
                        "`"
                                + Nearest.shorten(key)
                                + "` is none of the permissions known here: it counts for the tool"
                                + " of that name"
                                + (all ? "" : ", whatever it is given"));
                Condition named = new Condition.Tool(source.words(entry.key(), List.of(key)));
                rules.add(rule(effect.get(), key, pattern.key(), List.of(named), who, suffix));
                for (Map.Entry<String, Set<Action>> known : new TreeMap<>(PERMISSIONS).entrySet()) {
                    if (Glob.word(key).matches(known.getKey())) {
                        rule(
                                        known.getValue(),
                                        known.getKey(),
                                        pattern.key(),
                                        pattern.value(),
                                        who,
                                        suffix)
                                .ifPresent(rules::add);
                    }
                }
            }
        }
        return rules;
    }

    private Optional<Effect> effect(Tree value, String key) {
        return source.word(value, key, VALUES).flatMap(Effect::of);
    }

    private Optional<Rule> rule(
            Set<Action> actions,
            String key,
            Tree.Text pattern,
            Tree value,
            List<Condition> who,
            String suffix) {
        Optional<Effect> effect = effect(value, key);
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
        return Optional.of(rule(effect.get(), key, pattern, conditions, who, suffix));
    }

    private Rule rule(
            Effect effect,
            String key,
            Tree.Text pattern,
            List<Condition> conditions,
            List<Condition> who,
            String suffix) {
        List<Condition> all = new ArrayList<>(conditions);
        all.addAll(who);
        return rule(
                effect,
                new Selector(key + ": " + pattern.value() + suffix, all),
                source.at(pattern));
    }

    private static Rule rule(Effect effect, Selector selector, Position at) {
        return new Rule(
                null,
                effect,
                selector,
                at,
                null,
                Rule.People.NOBODY_NAMED,
                null,
                Unanswered.Then.EXPIRE,
                null,
                null,
                Obligations.NONE);
    }
}
