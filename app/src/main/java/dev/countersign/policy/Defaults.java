package dev.countersign.policy;

import dev.countersign.call.Action;
import dev.countersign.call.RiskTier;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What is built in: the profiles and autonomy modes of {@code profiles.yaml} and {@code
 * autonomy.yaml}. In both, {@code never} is a {@link Effect#DENY}.
 *
 * @param version the version of all that is built in, part of every policy version
 * @param profiles by name: what each says of every action
 * @param profile the name of the one in force when no document names one
 * @param modes by name: what each says at every risk
 * @param mode the name of the one in force when no document names one
 */
record Defaults(
        String version,
        Map<String, Map<Action, Effect>> profiles,
        String profile,
        Map<String, Map<RiskTier, Effect>> modes,
        String mode) {

    static final Defaults BUILT_IN = read();

    /** The action of a domain by its name without the domain's prefix. */
    static String shortName(Action action) {
        return action.wire().substring(action.wire().indexOf('_') + 1);
    }

    static final Set<String> CELL_WORDS = Set.of("allow", "ask", "never");

    static Effect cell(String word) {
        return switch (word) {
            case "allow" -> Effect.ALLOW;
            case "ask" -> Effect.ASK;
            case "never" -> Effect.DENY;
            default -> throw new IllegalArgumentException("cell " + word + " (this is a bug)");
        };
    }

    static String word(Effect cell) {
        return switch (cell) {
            case ALLOW -> "allow";
            case ASK -> "ask";
            case DEFER, DENY -> "never";
        };
    }

    private static Defaults read() {
        Map<String, Tree> profiles = entries("profiles.yaml");
        Map<String, Tree> modes = entries("autonomy.yaml");
        Map<String, Map<Action, Effect>> cells = new LinkedHashMap<>();
        at(profiles, "profiles")
                .entries()
                .forEach(profile -> {
                    Map<Action, Effect> row = new EnumMap<>(Action.class);
                    for (Action action : Action.values()) {
                        Tree domain = value(profile.value(), action.domain().wire());
                        Tree.Text cell = (Tree.Text) value(domain, shortName(action));
                        row.put(action, cell(cell.value()));
                    }
                    cells.put(profile.key().value(), Collections.unmodifiableMap(row));
                });
        Map<String, Map<RiskTier, Effect>> tiers = new LinkedHashMap<>();
        at(modes, "autonomy")
                .entries()
                .forEach(mode -> {
                    Map<RiskTier, Effect> row = new EnumMap<>(RiskTier.class);
                    for (RiskTier tier : RiskTier.values()) {
                        Tree.Text cell = (Tree.Text) value(mode.value(), tier.wire());
                        row.put(tier, cell(cell.value()));
                    }
                    tiers.put(mode.key().value(), Collections.unmodifiableMap(row));
                });
        return new Defaults(
                lastVersion(),
                Collections.unmodifiableMap(cells),
                text(profiles, "default"),
                Collections.unmodifiableMap(tiers),
                text(modes, "default"));
    }

    /** That of the last row; {@code tools/raise-defaults} adds one. */
    private static String lastVersion() {
        String last = text("defaults.csv").strip().lines().reduce("", (_, line) -> line);
        return "defaults " + last.substring(0, last.indexOf(','));
    }

    private static Tree.Entries at(Map<String, Tree> document, String key) {
        return (Tree.Entries) require(document.get(key), key);
    }

    private static String text(Map<String, Tree> document, String key) {
        return ((Tree.Text) require(document.get(key), key)).value();
    }

    private static Tree value(Tree map, String key) {
        for (Tree.Entry entry : ((Tree.Entries) map).entries()) {
            if (entry.key().value().equals(key)) {
                return entry.value();
            }
        }
        throw new IllegalStateException("no " + key + " in the defaults (this is a bug)");
    }

    private static Tree require(@org.jspecify.annotations.Nullable Tree tree, String key) {
        if (tree == null) {
            throw new IllegalStateException("no " + key + " in the defaults (this is a bug)");
        }
        return tree;
    }

    private static Map<String, Tree> entries(String resource) {
        TreeReader.Result result = TreeReader.read(resource, text(resource), 65_536);
        if (!(result.tree() instanceof Tree.Entries map) || !result.problems().isEmpty()) {
            throw new IllegalStateException(result.problems() + " (this is a bug)");
        }
        Map<String, Tree> entries = new LinkedHashMap<>();
        map.entries().forEach(entry -> entries.put(entry.key().value(), entry.value()));
        return entries;
    }

    private static String text(String resource) {
        try (InputStream in = Defaults.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is missing (this is a bug)");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
