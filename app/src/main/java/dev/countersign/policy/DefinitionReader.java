package dev.countersign.policy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the head of a template or a named rule; its rules are read at each use. */
final class DefinitionReader {
    static final List<String> TEMPLATE_KEYS =
            List.of(
                    "template",
                    "summary",
                    "parameters",
                    "use",
                    "permissions",
                    "requires_approval",
                    "denied",
                    "rules",
                    "windows",
                    "examples");
    static final List<String> NAMED_RULE_KEYS =
            List.of("named_rule", "summary", "parameters", "rules", "windows", "examples");

    private final Source source;
    private final @Nullable String file;

    DefinitionReader(Source source, @Nullable String file) {
        this.source = source;
        this.file = file;
    }

    static boolean isDefinition(Tree tree) {
        return tree instanceof Tree.Entries map && kind(map).isPresent();
    }

    private static Optional<Definition.Kind> kind(Tree.Entries map) {
        Keys keys = new Keys(map);
        for (Definition.Kind kind : Definition.Kind.values()) {
            if (keys.has(kind.key())) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    Optional<Definition> read(Tree.Entries map) {
        Definition.Kind kind = kind(map).orElseThrow();
        source.keys(
                map,
                "",
                kind == Definition.Kind.TEMPLATE ? TEMPLATE_KEYS : NAMED_RULE_KEYS,
                Set.of());
        Keys keys = new Keys(map);
        Optional<String> name = keys.find(kind.key(), t -> source.name(t, kind.key()));
        String summary = keys.find("summary", t -> source.line(t, "summary")).orElse("");
        Map<String, Tree> parameters = keys.read("parameters", this::parameters, Map.of());
        for (Tree.Entry entry : map.entries()) {
            if (entry.key().value().equals("parameters")) {
                continue;
            }
            for (String placeholder : Definition.placeholders(entry.value())) {
                if (!parameters.containsKey(placeholder)) {
                    source.error(
                            entry.value(),
                            "`${"
                                    + Nearest.shorten(placeholder)
                                    + "}` is no parameter"
                                    + (parameters.isEmpty()
                                            ? "; expected it under `parameters` with its usual"
                                                    + " value"
                                            : Nearest.hint(placeholder, parameters.keySet())));
                }
            }
        }
        return name.map(n -> new Definition(n, kind, file, summary, parameters, map));
    }

    private Map<String, Tree> parameters(Tree tree) {
        Map<String, Tree> parameters = new LinkedHashMap<>();
        if (!(tree instanceof Tree.Entries map)) {
            source.error(
                    tree,
                    "`parameters` is "
                            + tree.kind()
                            + "; expected names with their usual values, such as `{branch: main}`");
            return parameters;
        }
        for (Tree.Entry entry : map.entries()) {
            if (!entry.key().value().matches("[a-z][a-z0-9_]{0,40}")) {
                source.error(
                        entry.key(),
                        "`"
                                + Nearest.shorten(entry.key().value())
                                + "` is no parameter name; expected lower-case letters, digits"
                                + " and `_`");
            } else {
                parameters.put(entry.key().value(), entry.value());
            }
        }
        return parameters;
    }
}
