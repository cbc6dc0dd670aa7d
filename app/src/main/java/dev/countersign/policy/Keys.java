package dev.countersign.policy;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The values of a map by key. */
final class Keys {
    private final Map<String, Tree> values = new LinkedHashMap<>();

    Keys(Tree.Entries map) {
        map.entries().forEach(entry -> values.put(entry.key().value(), entry.value()));
    }

    @Nullable Tree get(String key) {
        return values.get(key);
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    /** What {@code reader} makes of the value, or {@code otherwise} when there is none. */
    <T> T read(String key, Function<Tree, T> reader, T otherwise) {
        Tree value = values.get(key);
        return value == null ? otherwise : reader.apply(value);
    }

    /** What {@code reader} makes of the value, if there is one and it is right. */
    <T> Optional<T> find(String key, Function<Tree, Optional<T>> reader) {
        return read(key, reader, Optional.empty());
    }
}
