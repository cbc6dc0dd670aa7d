package dev.countersign.policy;

import dev.countersign.call.Action;
import dev.countersign.call.Domain;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
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

/**
 * Reads {@code profile_patch}: RFC 6902 on {@code {domain: {action: allow|ask|never}}}, applied by
 * a library one operation after the other. The profile that a document without one of its own
 * patches is known only later, so there every cell holds the name of its action, and what comes out
 * says where each cell's word is to be taken from.
 */
final class PatchReader {
    private static final String EXPECTED = "`{op: replace, path: /git/push, value: ask}`";
    private static final List<String> OPERATIONS =
            List.of("replace", "add", "remove", "test", "move", "copy");

    private final JsonProvider json = JsonProvider.provider();
    private final Source source;
    private final Policy.@Nullable Named<Map<Action, Effect>> profile;

    /**
     * A reader for one document.
     *
     * @param profile the document's own, or null
     */
    PatchReader(Source source, Policy.@Nullable Named<Map<Action, Effect>> profile) {
        this.source = source;
        this.profile = profile;
    }

    List<Policy.Patch> patches(Tree tree) {
        List<Policy.Patch> patches = new ArrayList<>();
        if (!(tree instanceof Tree.Items items)) {
            source.error(
                    tree,
                    "`profile_patch` is "
                            + tree.kind()
                            + "; expected a list such as `[{op: replace, path: /git/push, value: ask}]`");
            return patches;
        }
        JsonObject now = before();
        for (Tree item : items.items()) {
            Optional<Step> read = step(item);
            if (read.isEmpty()) {
                continue;
            }
            Step step = read.get();
            Optional<JsonObject> after = applied(step, item, now);
            if (after.isPresent() && fits(after.get(), step, item)) {
                now = after.get();
                if (!step.op.equals("test")) {
                    patches.add(new Policy.Patch(cells(now, step), source.at(item)));
                }
            }
        }
        return patches;
    }

    private JsonObject before() {
        Map<String, JsonObjectBuilder> domains = new LinkedHashMap<>();
        for (Action action : Action.values()) {
            Effect cell = profile == null ? null : profile.table().get(action);
            domains.computeIfAbsent(action.domain().wire(), _ -> json.createObjectBuilder())
                    .add(
                            Defaults.shortName(action),
                            profile == null
                                    ? action.wire()
                                    : Defaults.word(cell == null ? Effect.DENY : cell));
        }
        JsonObjectBuilder all = json.createObjectBuilder();
        domains.forEach(all::add);
        return all.build();
    }

    /**
     * One operation, its words checked.
     *
     * @param text as RFC 6902 writes it
     */
    private record Step(String op, Pointer path, @Nullable Pointer from, JsonObject text) {}

    private Optional<Step> step(Tree item) {
        if (!(item instanceof Tree.Entries map)) {
            source.error(item, "a patch is " + item.kind() + "; expected such as " + EXPECTED);
            return Optional.empty();
        }
        int errors = source.errors();
        Keys keys = new Keys(map);
        Tree opTree = keys.get("op");
        Tree pathTree = keys.get("path");
        Optional<String> op =
                opTree == null ? Optional.empty() : source.word(opTree, "op", OPERATIONS);
        if (opTree == null || pathTree == null) {
            source.error(
                    map,
                    "a patch has no `"
                            + (opTree == null ? "op" : "path")
                            + "`; expected such as "
                            + EXPECTED);
        }
        if (opTree == null || op.isEmpty()) {
            return Optional.empty();
        }
        String operand =
                switch (op.get()) {
                    case "remove" -> "";
                    case "move", "copy" -> "from";
                    default -> "value";
                };
        List<String> valid = new ArrayList<>(List.of("op", "path"));
        if (!operand.isEmpty()) {
            valid.add(operand);
        }
        source.keys(map, op.get(), valid, Set.of());
        Pointer path = pathTree == null ? null : pointer(pathTree, "path");
        JsonObjectBuilder text = json.createObjectBuilder().add("op", op.get());
        Pointer from = null;
        Tree operandTree = operand.isEmpty() ? null : keys.get(operand);
        if (!operand.isEmpty() && operandTree == null) {
            source.error(
                    map,
                    "`"
                            + op.get()
                            + "` has no `"
                            + operand
                            + (operand.equals("from")
                                    ? "`; expected such as `{op: copy, from: /git/push, path: /git/create_pr}`"
                                    : "`; expected `allow`, `ask` or `never`"));
        }
        if (operandTree != null && path != null) {
            if (operand.equals("from")) {
                from = pointer(operandTree, "from");
                if (from != null) {
                    text.add("from", from.toString());
                    if ((from.action == null) != (path.action == null)) {
                        source.error(
                                operandTree,
                                "`from` is "
                                        + from.kind()
                                        + " and `path` is "
                                        + path.kind()
                                        + "; expected two of a kind");
                    }
                }
            } else {
                value(operandTree, path).ifPresent(value -> text.add("value", value));
            }
        }
        if (op.get().equals("test") && profile == null) {
            source.error(opTree, "`test` needs a `profile` in the same document to test");
        }
        if (path == null || source.errors() > errors) {
            return Optional.empty();
        }
        return Optional.of(
                new Step(op.get(), path, from, text.add("path", path.toString()).build()));
    }

    /**
     * A domain, or an action of it.
     *
     * @param action its name without the domain's prefix, or null
     */
    private record Pointer(Domain domain, @Nullable String action) {
        List<Action> actions() {
            return inDomain(domain).stream()
                    .filter(a -> action == null || Defaults.shortName(a).equals(action))
                    .toList();
        }

        String kind() {
            return action == null ? "a domain" : "an action";
        }

        @Override
        public String toString() {
            return "/" + domain.wire() + (action == null ? "" : "/" + action);
        }
    }

    private static List<Action> inDomain(Domain domain) {
        return Arrays.stream(Action.values()).filter(a -> a.domain() == domain).toList();
    }

    private @Nullable Pointer pointer(Tree tree, String key) {
        String text = source.text(tree);
        String[] parts = text.split("/", -1);
        if (!text.startsWith("/") || parts.length < 2 || parts.length > 3) {
            source.error(
                    tree,
                    "`"
                            + key
                            + "` is "
                            + tree.kind()
                            + "; expected `/DOMAIN` or `/DOMAIN/ACTION` such as `/git/push`");
            return null;
        }
        Map<String, Domain> domains = new LinkedHashMap<>();
        for (Domain domain : Domain.values()) {
            domains.put(domain.wire(), domain);
        }
        Domain domain = domains.get(parts[1]);
        if (domain == null) {
            source.error(
                    tree,
                    "`"
                            + Nearest.shorten(parts[1])
                            + "` is no domain"
                            + Nearest.hint(parts[1], domains.keySet()));
            return null;
        }
        if (parts.length == 2) {
            return new Pointer(domain, null);
        }
        List<String> names = inDomain(domain).stream().map(Defaults::shortName).toList();
        if (!names.contains(parts[2])) {
            source.error(
                    tree,
                    "`"
                            + Nearest.shorten(parts[2])
                            + "` is no action of "
                            + parts[1]
                            + Nearest.hint(parts[2], names));
            return null;
        }
        return new Pointer(domain, parts[2]);
    }

    private Optional<JsonValue> value(Tree value, Pointer path) {
        if (path.action != null) {
            return source.cell(value, "value").map(cell -> json.createValue(Defaults.word(cell)));
        }
        if (!(value instanceof Tree.Entries map)) {
            source.error(
                    value,
                    "`value` is "
                            + value.kind()
                            + "; expected a map of actions to `allow`, `ask` or `never`");
            return Optional.empty();
        }
        List<String> names = inDomain(path.domain).stream().map(Defaults::shortName).toList();
        source.keys(map, "value", names, Set.of());
        JsonObjectBuilder cells = json.createObjectBuilder();
        for (Tree.Entry entry : map.entries()) {
            String name = entry.key().value();
            source.cell(entry.value(), name)
                    .ifPresent(cell -> cells.add(name, Defaults.word(cell)));
        }
        return Optional.of(cells.build());
    }

    private Optional<JsonObject> applied(Step step, Tree item, JsonObject now) {
        try {
            return Optional.of(
                    json.createPatch(json.createArrayBuilder().add(step.text).build()).apply(now));
        } catch (JsonException e) {
            source.error(item, failure(step, now));
            return Optional.empty();
        }
    }

    private String failure(Step step, JsonObject now) {
        if (step.op.equals("test")) {
            return "the test fails: profile "
                    + (profile == null ? "" : profile.name())
                    + " does not say this of "
                    + step.path;
        }
        // Names are checked before, so what is not there was taken away.
        Set<String> gone = new LinkedHashSet<>();
        for (Pointer pointer :
                step.from == null ? List.of(step.path) : List.of(step.from, step.path)) {
            JsonValue domain = now.get(pointer.domain.wire());
            if (domain == null) {
                gone.add("/" + pointer.domain.wire());
            } else if (pointer.action != null
                    && !domain.asJsonObject().containsKey(pointer.action)) {
                gone.add(pointer.toString());
            }
        }
        String missing = gone.isEmpty() ? step.path.toString() : gone.iterator().next();
        return "`"
                + step.op
                + "` fails: there is no `"
                + missing
                + "` any more, an operation above took it away; expected `add` to bring it back";
    }

    /** Whether a domain still has its own actions only, after another was copied over it. */
    private boolean fits(JsonObject now, Step step, Tree item) {
        JsonValue cells = now.get(step.path.domain.wire());
        List<String> names = inDomain(step.path.domain).stream().map(Defaults::shortName).toList();
        if (cells != null) {
            for (String name : cells.asJsonObject().keySet()) {
                if (!names.contains(name)) {
                    source.error(
                            item,
                            "`"
                                    + step.op
                                    + "` brings `"
                                    + name
                                    + "`, which is no action of "
                                    + step.path.domain.wire()
                                    + Nearest.hint(name, names));
                    return false;
                }
            }
        }
        return true;
    }

    private static Map<Action, Policy.Cell> cells(JsonObject now, Step step) {
        Map<Action, Policy.Cell> cells = new EnumMap<>(Action.class);
        if (step.from != null && step.op.equals("move")) {
            step.from.actions().forEach(action -> cells.put(action, cell(now, action)));
        }
        step.path.actions().forEach(action -> cells.put(action, cell(now, action)));
        return cells;
    }

    private static Policy.Cell cell(JsonObject now, Action action) {
        JsonValue domain = now.get(action.domain().wire());
        JsonValue word =
                domain == null ? null : domain.asJsonObject().get(Defaults.shortName(action));
        if (word == null) {
            // What the map no longer names is not permitted.
            return new Policy.Cell.Of(Effect.DENY);
        }
        String text = ((JsonString) word).getString();
        return Defaults.CELL_WORDS.contains(text)
                ? new Policy.Cell.Of(Defaults.cell(text))
                : new Policy.Cell.As(Action.of(text).orElseThrow());
    }
}
