package dev.countersign.policy;

import dev.countersign.call.Action;
import dev.countersign.call.RiskTier;
import java.util.Arrays;
import java.util.EnumMap;
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
}
