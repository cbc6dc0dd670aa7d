package dev.countersign.analysis;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The people and things of somebody's own systems that accepted documents name, with what they say
 * of them. Nobody says that there are no others.
 */
public final class KnownEntities {
    public static final KnownEntities NONE = new KnownEntities(List.of());

    /**
     * What a document says of one type.
     *
     * @param name such as {@code record}
     * @param actions what can be done with such a thing
     * @param known what there is, by its id, with its attributes
     */
    public record Type(String name, List<String> actions, Map<String, Map<String, String>> known) {
        public Type {
            actions = List.copyOf(actions);
            known = Map.copyOf(known);
        }
    }

    private final Map<String, SortedMap<String, Map<String, @Nullable String>>> known =
            new HashMap<>();
    private final Map<String, SortedSet<String>> actions = new HashMap<>();

    public KnownEntities(List<Type> types) {
        for (Type type : types) {
            actions.computeIfAbsent(type.name(), _ -> new TreeSet<>()).addAll(type.actions());
            SortedMap<String, Map<String, @Nullable String>> those =
                    known.computeIfAbsent(type.name(), _ -> new TreeMap<>());
            type.known()
                    .forEach((id, attributes) -> {
                        Map<String, @Nullable String> one =
                                those.computeIfAbsent(id, _ -> new TreeMap<>());
                        attributes.forEach((name, value) -> one.put(name, both(one, name, value)));
                    });
        }
    }

    /** Of what two say differently, nothing is known. */
    private static @Nullable String both(
            Map<String, @Nullable String> one, String name, String value) {
        return !one.containsKey(name) || value.equals(one.get(name)) ? value : null;
    }

    /** The ids of a type, sorted. */
    public SortedSet<String> ids(String type) {
        SortedMap<String, Map<String, @Nullable String>> those = known.get(type);
        return those == null ? new TreeSet<>() : new TreeSet<>(those.keySet());
    }

    /** What can be done with things of a type, sorted. */
    public SortedSet<String> actions(String type) {
        return new TreeSet<>(actions.getOrDefault(type, new TreeSet<>()));
    }

    /** Whether any document speaks of the type. */
    public boolean names(String type) {
        return known.containsKey(type);
    }

    public boolean has(String type, String id) {
        return of(type, id) != null;
    }

    /** The attributes of one, a value null where documents differ; null for one nobody names. */
    @Nullable Map<String, @Nullable String> of(String type, String id) {
        SortedMap<String, Map<String, @Nullable String>> those = known.get(type);
        return those == null ? null : those.get(id);
    }
}
