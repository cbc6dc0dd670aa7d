package dev.countersign.policy;

import dev.countersign.call.Action;
import dev.countersign.call.RiskTier;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The profile and the autonomy mode in force, cell by cell, each with where it comes from.
 *
 * @param cells what the profile says of every action
 * @param tiers what the mode says at every risk
 * @param fourEyes from this risk on the driver never counts as approver, or null
 */
record Standing(
        Map<Action, Because> cells, Map<RiskTier, Because> tiers, @Nullable RiskTier fourEyes) {

    static Standing of(List<Policy> documents) {
        Defaults defaults = Defaults.BUILT_IN;
        Map<Action, Because> cells =
                cells(defaults.profile(), require(defaults.profiles(), defaults.profile()), null);
        Map<RiskTier, Because> tiers =
                tiers(defaults.mode(), require(defaults.modes(), defaults.mode()), null);
        for (Level level : Level.values()) {
            Map<Action, Because> nearerCells = null;
            Map<RiskTier, Because> nearerTiers = null;
            for (Policy document : documents) {
                if (!document.trusted() || document.level() != level) {
                    continue;
                }
                if (document.base().profile() != null || !document.base().patch().isEmpty()) {
                    nearerCells = stricter(nearerCells, cells(document, cells));
                }
                Policy.Named<Map<RiskTier, Effect>> mode = document.base().autonomy();
                if (mode != null) {
                    nearerTiers =
                            stricter(nearerTiers, tiers(mode.name(), mode.table(), mode.at()));
                }
            }
            cells = nearerCells == null ? cells : nearerCells;
            tiers = nearerTiers == null ? tiers : nearerTiers;
        }
        RiskTier fourEyes = null;
        for (Policy document : documents) {
            if (!document.trusted()) {
                continue;
            }
            Policy.Named<Map<Action, Effect>> profile = document.base().ceilings().profile();
            if (profile != null) {
                cells = stricter(cells, cells(profile.name(), profile.table(), profile.at()));
            }
            Policy.Named<Map<RiskTier, Effect>> mode = document.base().ceilings().autonomy();
            if (mode != null) {
                tiers = stricter(tiers, tiers(mode.name(), mode.table(), mode.at()));
            }
            RiskTier eyes = document.base().fourEyes();
            if (eyes != null && (fourEyes == null || fourEyes.atLeast(eyes))) {
                fourEyes = eyes;
            }
        }
        return new Standing(cells, tiers, fourEyes);
    }

    private static <T> T require(Map<String, T> tables, String name) {
        T table = tables.get(name);
        if (table == null) {
            throw new IllegalStateException("no default " + name + " (this is a bug)");
        }
        return table;
    }

    private static Map<Action, Because> cells(Policy document, Map<Action, Because> above) {
        Policy.Named<Map<Action, Effect>> profile = document.base().profile();
        Map<Action, Because> cells =
                profile == null ? above : cells(profile.name(), profile.table(), profile.at());
        Map<Action, Because> patched = new EnumMap<>(cells);
        for (Policy.Patch patch : document.base().patch()) {
            patch.cells()
                    .forEach((action, cell) ->
                            patched.put(
                                    action,
                                    cell(
                                            document.name() + " patch",
                                            action,
                                            patched(cell, cells),
                                            patch.at())));
        }
        return patched;
    }

    private static Effect patched(Policy.Cell cell, Map<Action, Because> before) {
        return switch (cell) {
            case Policy.Cell.Of(Effect effect) -> effect;
            case Policy.Cell.As(Action action) -> {
                Because same = before.get(action);
                yield same == null ? Effect.DENY : same.effect();
            }
        };
    }

    private static Map<Action, Because> cells(
            String name, Map<Action, Effect> table, @Nullable Position at) {
        Map<Action, Because> cells = new EnumMap<>(Action.class);
        table.forEach((action, effect) -> cells.put(action, cell(name, action, effect, at)));
        return cells;
    }

    private static Because cell(String name, Action action, Effect effect, @Nullable Position at) {
        String says =
                switch (effect) {
                    case ALLOW -> "leaves " + action.wire() + " to the autonomy mode";
                    case ASK -> "asks before " + action.wire();
                    case DEFER, DENY -> "never allows " + action.wire();
                };
        return new Because(
                "profile",
                name + "/" + action.wire(),
                at == null ? null : at.toString(),
                effect,
                "profile " + name + " " + says);
    }

    private static Map<RiskTier, Because> tiers(
            String name, Map<RiskTier, Effect> table, @Nullable Position at) {
        Map<RiskTier, Because> tiers = new EnumMap<>(RiskTier.class);
        table.forEach((tier, effect) -> {
            String says =
                    switch (effect) {
                        case ALLOW -> "allows";
                        case ASK -> "asks at";
                        case DEFER, DENY -> "never allows";
                    };
            tiers.put(
                    tier,
                    new Because(
                            "autonomy",
                            name + "/" + tier.wire(),
                            at == null ? null : at.toString(),
                            effect,
                            "autonomy " + name + " " + says + " risk " + tier.wire()));
        });
        return tiers;
    }

    private static <K extends Enum<K>> Map<K, Because> stricter(
            @Nullable Map<K, Because> one, Map<K, Because> other) {
        if (one == null) {
            return other;
        }
        Map<K, Because> joined = new EnumMap<>(one);
        other.forEach((key, because) ->
                joined.merge(
                        key, because, (a, b) -> a.effect().compareTo(b.effect()) >= 0 ? a : b));
        return joined;
    }
}
