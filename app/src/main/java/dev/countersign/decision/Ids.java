package dev.countersign.decision;

import java.time.Clock;
import java.util.random.RandomGenerator;

/**
 * Makes ids that sort by time: ULIDs (48 bits of milliseconds, 80 of chance, Crockford base 32).
 */
public final class Ids {
    private static final char[] DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".toCharArray();

    private final Clock clock;
    private final RandomGenerator random;

    public Ids(Clock clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    /** 26 characters. */
    public String next() {
        char[] out = new char[26];
        long time = clock.millis();
        for (int i = 9; i >= 0; i--) {
            out[i] = DIGITS[(int) (time & 31)];
            time >>>= 5;
        }
        for (int i = 10; i < 26; i++) {
            out[i] = DIGITS[random.nextInt(32)];
        }
        return new String(out);
    }
}
