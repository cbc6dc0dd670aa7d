package dev.countersign.people;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * What was looked up within the last second, or last of all where it cannot be looked up now.
 * Changes by this process are to {@link #forget}; those of others count a second later.
 */
final class Recent<K, V> {
    private static final long FRESH = TimeUnit.SECONDS.toNanos(1);

    private final int most;
    private final Map<K, Known<V>> known = new ConcurrentHashMap<>();
    private volatile long changes;

    private record Known<V>(V value, long at, long changes) {}

    /**
     * Empty.
     *
     * @param most how many are kept; then all are looked up anew
     */
    Recent(int most) {
        this.most = most;
    }

    V get(K key, Function<K, V> lookUp) {
        long now = System.nanoTime();
        Known<V> last = known.get(key);
        if (last != null && now - last.at < FRESH && last.changes == changes) {
            return last.value;
        }
        // What is read while a change is being made must not be kept beyond it.
        long before = changes;
        V value;
        try {
            value = lookUp.apply(key);
        } catch (RuntimeException e) {
            // What cannot be read now was so a moment ago. Nothing is allowed by it: an allow has
            // to be recorded where this could not be read.
            if (last != null && last.changes == changes) {
                return last.value;
            }
            throw e;
        }
        if (known.size() >= most && !known.containsKey(key)) {
            known.clear();
        }
        known.put(key, new Known<>(value, now, before));
        return value;
    }

    synchronized void forget() {
        changes++;
        known.clear();
    }
}
