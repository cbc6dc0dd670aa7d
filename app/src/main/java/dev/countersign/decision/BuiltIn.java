package dev.countersign.decision;

import dev.countersign.call.Action;
import dev.countersign.policy.PolicySnapshot;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The built-in defaults of some version of the program, as text.
 *
 * @param version such as {@code defaults 14}
 * @param tables what each of their files says, by its path below {@code dev/countersign}
 */
public record BuiltIn(String version, Map<String, String> tables) {
    /** The files that {@code tools/raise-defaults} hashes, and the one it notes the version in. */
    static final List<String> FILES =
            List.of(
                    "analysis/client-tools.yaml",
                    "analysis/cmdlets.yaml",
                    "analysis/credentials.yaml",
                    "analysis/effects.csv",
                    "analysis/loose-words.yaml",
                    "analysis/places.yaml",
                    "analysis/program-options.yaml",
                    "analysis/protected.yaml",
                    "analysis/quiet.yaml",
                    "analysis/reading-options.yaml",
                    "analysis/shown-secrets.yaml",
                    "analysis/tools.yaml",
                    "call/actions.csv",
                    "policy/autonomy.yaml",
                    "policy/defaults.csv",
                    "policy/named-rules.yaml",
                    "policy/options.csv",
                    "policy/profiles.yaml",
                    "policy/shapes.csv");

    public BuiltIn {
        tables = Map.copyOf(tables);
    }

    /** Those of this program. */
    public static BuiltIn own() {
        Map<String, String> tables = new TreeMap<>();
        for (String file : FILES) {
            tables.put(file, text("/dev/countersign/" + file));
        }
        return new BuiltIn(PolicySnapshot.DEFAULTS, tables);
    }

    private static String text(String path) {
        try (InputStream in = Action.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalStateException(path + " is missing (this is a bug)");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
