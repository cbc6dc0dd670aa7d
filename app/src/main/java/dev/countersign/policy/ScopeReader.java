package dev.countersign.policy;

import dev.countersign.call.Action;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads whom a document applies to, the envelopes it gives agents, and what skills need. */
final class ScopeReader {
    static final List<String> SCOPE_KEYS =
            List.of("agents", "projects", "teams", "people", "clients");
    static final List<String> PERSONA_KEYS =
            List.of("agents", "read", "write", "actions", "others");

    private final Source source;

    ScopeReader(Source source) {
        this.source = source;
    }

    Scope scope(Tree tree) {
        if (!(tree instanceof Tree.Entries map) || map.entries().isEmpty()) {
            source.error(
                    tree,
                    "`applies_to` is "
                            + (tree instanceof Tree.Entries ? "empty" : tree.kind())
                            + "; expected such as `{agents: [\"migrations-*\"]}`");
            return Scope.EVERYTHING;
        }
        source.keys(map, "applies_to", SCOPE_KEYS, Set.of());
        Keys keys = new Keys(map);
        return new Scope(
                globs(keys, "agents"),
                globs(keys, "projects"),
                globs(keys, "teams"),
                globs(keys, "people"),
                globs(keys, "clients"),
                null);
    }

    private List<Glob> globs(Keys keys, String key) {
        return keys.read(key, t -> source.words(t, source.strings(t, key)), List.of());
    }

    List<Persona> personas(Tree tree) {
        List<Persona> personas = new ArrayList<>();
        if (!(tree instanceof Tree.Entries map)) {
            source.error(
                    tree,
                    "`personas` is "
                            + tree.kind()
                            + "; expected such as `{docs: {agents: [\"docs-*\"], write:"
                            + " [\"./docs/**\"]}}`");
            return personas;
        }
        for (Tree.Entry entry : map.entries()) {
            persona(entry.key(), entry.value()).ifPresent(personas::add);
        }
        return personas;
    }

    private Optional<Persona> persona(Tree.Text name, Tree tree) {
        if (!(tree instanceof Tree.Entries map)) {
            source.error(
                    tree,
                    "the persona `"
                            + Nearest.shorten(name.value())
                            + "` is "
                            + tree.kind()
                            + "; expected such as `{agents: [\"docs-*\"], write:"
                            + " [\"./docs/**\"], others: never}`");
            return Optional.empty();
        }
        source.keys(map, "personas." + Nearest.shorten(name.value()), PERSONA_KEYS, Set.of());
        Keys keys = new Keys(map);
        Optional<String> called = source.name(name, "personas");
        if (!keys.has("agents")) {
            source.error(
                    map,
                    "the persona `"
                            + Nearest.shorten(name.value())
                            + "` names no `agents`; expected such as `agents: [\"docs-*\"]`");
            return Optional.empty();
        }
        Set<Action> actions = EnumSet.noneOf(Action.class);
        Tree actionTree = keys.get("actions");
        if (actionTree != null) {
            source.strings(actionTree, "actions")
                    .forEach(one -> actions.addAll(source.actions(actionTree, one)));
        }
        Effect others = keys.find("others", t -> source.cell(t, "others")).orElse(Effect.ASK);
        List<PathPattern> read =
                keys.has("read") ? paths(keys, "read") : List.of(PathPattern.of("./**"));
        return called.map(persona ->
                new Persona(
                        persona,
                        globs(keys, "agents"),
                        read,
                        paths(keys, "write"),
                        actions,
                        others,
                        source.at(name)));
    }

    private List<PathPattern> paths(Keys keys, String key) {
        Tree tree = keys.get(key);
        if (tree == null || (tree instanceof Tree.Items items && items.items().isEmpty())) {
            return List.of();
        }
        return ((Condition.Paths) source.paths(tree, source.strings(tree, key))).patterns();
    }

    List<Skill> skills(Tree tree) {
        List<Skill> skills = new ArrayList<>();
        if (!(tree instanceof Tree.Entries map)) {
            source.error(
                    tree,
                    "`skills` is "
                            + tree.kind()
                            + "; expected such as `{release-notes: {needs: [git_read]}}`");
            return skills;
        }
        for (Tree.Entry entry : map.entries()) {
            Tree needs =
                    entry.value() instanceof Tree.Entries skill
                            ? new Keys(skill).get("needs")
                            : null;
            if (needs == null) {
                source.error(
                        entry.value(),
                        "the skill `"
                                + Nearest.shorten(entry.key().value())
                                + "` says nothing it needs; expected such as"
                                + " `{needs: [git_read, file_write]}`");
                continue;
            }
            source.keys((Tree.Entries) entry.value(), "skills", List.of("needs"), Set.of());
            Set<Action> actions = EnumSet.noneOf(Action.class);
            source.strings(needs, "needs")
                    .forEach(one -> actions.addAll(source.actions(needs, one)));
            skills.add(new Skill(entry.key().value(), actions, source.at(entry.key())));
        }
        return skills;
    }
}
