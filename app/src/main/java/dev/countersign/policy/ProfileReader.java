package dev.countersign.policy;

import dev.countersign.call.Action;
import dev.countersign.call.RiskTier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads profiles, their patches, autonomy modes and ceilings. */
final class ProfileReader {
    private final Source source;

    ProfileReader(Source source) {
        this.source = source;
    }

    Optional<Policy.Named<Map<Action, Effect>>> profile(Tree tree, String key) {
        return source.word(tree, key, Defaults.BUILT_IN.profiles().keySet())
                .map(name -> named(Defaults.BUILT_IN.profiles(), name, source.at(tree)));
    }

    Optional<Policy.Named<Map<RiskTier, Effect>>> autonomy(Tree tree, String key) {
        if (!(tree instanceof Tree.Entries map)) {
            return source.word(tree, key, Defaults.BUILT_IN.modes().keySet())
                    .map(name -> named(Defaults.BUILT_IN.modes(), name, source.at(tree)));
        }
        List<String> tiers = Arrays.stream(RiskTier.values()).map(RiskTier::wire).toList();
        source.keys(map, key, tiers, Set.of());
        Map<RiskTier, Effect> table = new EnumMap<>(RiskTier.class);
        for (Tree.Entry entry : map.entries()) {
            Optional<RiskTier> tier = RiskTier.of(entry.key().value());
            Optional<Effect> cell = source.cell(entry.value(), key + "." + entry.key().value());
            if (tier.isEmpty() || cell.isEmpty()) {
                continue;
            }
            if (tier.get() == RiskTier.CRITICAL && cell.get() == Effect.ALLOW) {
                source.error(
                        entry.value(),
                        "`critical` cannot be `allow`; expected `ask` or `never`, nothing critical"
                                + " runs without a person's approval");
            }
            table.put(tier.get(), cell.get());
        }
        List<String> missing =
                Arrays.stream(RiskTier.values())
                        .filter(tier -> !table.containsKey(tier))
                        .map(RiskTier::wire)
                        .toList();
        if (!missing.isEmpty() && map.entries().size() < tiers.size()) {
            source.error(
                    map,
                    "`"
                            + key
                            + "` says nothing of "
                            + Nearest.list(missing)
                            + "; expected every risk tier");
        }
        return Optional.of(new Policy.Named<>("custom", table, source.at(tree)));
    }

    static <T> Policy.Named<T> named(Map<String, T> tables, String name, @Nullable Position at) {
        T table = tables.get(name);
        if (table == null) {
            throw new IllegalStateException("no table " + name + " (this is a bug)");
        }
        return new Policy.Named<>(name, table, at);
    }

    Policy.Ceilings ceilings(Tree tree) {
        if (!(tree instanceof Tree.Entries map)) {
            source.error(
                    tree,
                    "`ceiling` is "
                            + tree.kind()
                            + "; expected such as `{profile: standard, autonomy: partial}`");
            return Policy.Ceilings.NONE;
        }
        source.keys(map, "ceiling", List.of("profile", "autonomy"), Set.of());
        Policy.Named<Map<Action, Effect>> profile = null;
        Policy.Named<Map<RiskTier, Effect>> autonomy = null;
        for (Tree.Entry entry : map.entries()) {
            if (entry.key().value().equals("profile")) {
                profile = profile(entry.value(), "ceiling.profile").orElse(null);
            } else if (entry.key().value().equals("autonomy")) {
                autonomy = autonomy(entry.value(), "ceiling.autonomy").orElse(null);
            }
        }
        return new Policy.Ceilings(profile, autonomy);
    }

    /** RFC 6902 on the map of domains to actions; of its operations those that make sense here. */
    List<Policy.Patch> patch(Tree tree, Policy.@Nullable Named<Map<Action, Effect>> profile) {
        List<Policy.Patch> patches = new ArrayList<>();
        if (!(tree instanceof Tree.Items items)) {
            source.error(
                    tree,
                    "`profile_patch` is "
                            + tree.kind()
                            + "; expected a list such as `[{op: replace, path: /git/push, value: ask}]`");
            return patches;
        }
        Map<Action, Effect> now =
                profile == null ? new EnumMap<>(Action.class) : new EnumMap<>(profile.table());
        for (Tree item : items.items()) {
            if (!(item instanceof Tree.Entries map)) {
                source.error(
                        item,
                        "a patch is "
                                + item.kind()
                                + "; expected such as `{op: replace, path: /git/push, value: ask}`");
                continue;
            }
            source.keys(map, "profile_patch", List.of("op", "path", "value"), Set.of());
            Keys keys = new Keys(map);
            Tree opTree = keys.get("op");
            Tree pathTree = keys.get("path");
            Tree value = keys.get("value");
            if (opTree == null || pathTree == null) {
                source.error(
                        map,
                        "a patch has no `"
                                + (opTree == null ? "op" : "path")
                                + "`; expected such as `{op: replace, path: /git/push, value: ask}`");
                continue;
            }
            Optional<String> op =
                    source.word(opTree, "op", List.of("replace", "add", "remove", "test"));
            List<Action> actions = pointed(pathTree);
            if (op.isEmpty() || actions.isEmpty()) {
                continue;
            }
            Map<Action, Effect> cells = new EnumMap<>(Action.class);
            if (op.get().equals("remove")) {
                // What the map no longer names is not permitted.
                actions.forEach(action -> cells.put(action, Effect.DENY));
            } else if (value == null) {
                source.error(
                        map,
                        "`" + op.get() + "` has no `value`; expected `allow`, `ask` or `never`");
                continue;
            } else {
                cells(value, actions, cells);
            }
            if (op.get().equals("test")) {
                if (profile == null) {
                    source.error(opTree, "`test` needs a `profile` in the same document to test");
                } else if (!cells.entrySet().stream()
                        .allMatch(e -> now.get(e.getKey()) == e.getValue())) {
                    source.error(
                            item,
                            "the test fails: profile "
                                    + profile.name()
                                    + " does not say this of "
                                    + source.text(pathTree));
                }
                continue;
            }
            now.putAll(cells);
            patches.add(new Policy.Patch(cells, source.at(item)));
        }
        return patches;
    }

    private void cells(Tree value, List<Action> actions, Map<Action, Effect> cells) {
        if (!(value instanceof Tree.Entries map)) {
            if (actions.size() > 1 || actions.getFirst() == Action.SHELL_RUN) {
                if (actions.size() > 1) {
                    source.error(
                            value,
                            "`value` is "
                                    + value.kind()
                                    + "; expected a map of actions to `allow`, `ask` or `never`");
                    return;
                }
            }
            source.cell(value, "value").ifPresent(effect -> cells.put(actions.getFirst(), effect));
            return;
        }
        Map<String, Action> byName = new LinkedHashMap<>();
        actions.forEach(action -> byName.put(Defaults.shortName(action), action));
        source.keys(map, "value", byName.keySet(), Set.of());
        // As with any replaced object, what is not in the new one is gone.
        actions.forEach(action -> cells.put(action, Effect.DENY));
        for (Tree.Entry entry : map.entries()) {
            Action action = byName.get(entry.key().value());
            if (action != null) {
                source.cell(entry.value(), entry.key().value())
                        .ifPresent(effect -> cells.put(action, effect));
            }
        }
    }

    private List<Action> pointed(Tree tree) {
        String path = source.text(tree);
        String[] parts = path.split("/", -1);
        if (!path.startsWith("/") || parts.length < 2 || parts.length > 3) {
            source.error(
                    tree,
                    "`path` is "
                            + tree.kind()
                            + "; expected `/DOMAIN` or `/DOMAIN/ACTION` such as `/git/push`");
            return List.of();
        }
        Set<String> domains = new LinkedHashSet<>();
        for (Action action : Action.values()) {
            domains.add(action.domain().wire());
        }
        if (!domains.contains(parts[1])) {
            source.error(
                    tree,
                    "`"
                            + Nearest.shorten(parts[1])
                            + "` is no domain"
                            + Nearest.hint(parts[1], domains));
            return List.of();
        }
        List<Action> inDomain =
                Arrays.stream(Action.values())
                        .filter(action -> action.domain().wire().equals(parts[1]))
                        .toList();
        if (parts.length == 2) {
            return inDomain;
        }
        List<Action> action =
                inDomain.stream().filter(a -> Defaults.shortName(a).equals(parts[2])).toList();
        if (action.isEmpty()) {
            source.error(
                    tree,
                    "`"
                            + Nearest.shorten(parts[2])
                            + "` is no action of "
                            + parts[1]
                            + Nearest.hint(
                                    parts[2], inDomain.stream().map(Defaults::shortName).toList()));
        }
        return action;
    }
}
