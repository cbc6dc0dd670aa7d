package dev.countersign.people;

import java.security.SecureRandom;
import java.util.Locale;

/**
 * A place of its own for each key in a table of fixed size, so that what is counted takes the same
 * memory however many come; two keys that share one count together. Not to be foreseen from
 * outside, so that nobody picks a neighbour of somebody.
 */
final class Buckets {
    static final int PLACES = 1 << 14;

    private final long seed = new SecureRandom().nextLong();

    int place(String key) {
        long h = seed;
        String plain = key.toLowerCase(Locale.ROOT);
        for (int i = 0; i < plain.length(); i++) {
            h = (h ^ plain.charAt(i)) * 0x9E3779B97F4A7C15L;
            h ^= h >>> 29;
        }
        return (int) (h >>> 40) & (PLACES - 1);
    }
}
