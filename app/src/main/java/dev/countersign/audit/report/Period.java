package dev.countersign.audit.report;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a report is about.
 *
 * @param from the first moment
 * @param to the first moment after it
 * @param before only records with a smaller index: those there were when it was made
 */
public record Period(Instant from, Instant to, long before) {
    private static final Instant LAST = Instant.parse("9999-12-31T00:00:00Z");

    public Period {
        if (from.isBefore(Instant.EPOCH) || to.isAfter(LAST)) {
            throw new IllegalArgumentException("a period lies between the years 1970 and 9999");
        }
        if (!from.isBefore(to)) {
            throw new IllegalArgumentException(
                    "the period begins at " + from + ", which is not before its end at " + to);
        }
    }

    /**
     * The first moment somebody means.
     *
     * @param name what they wrote it for, such as {@code from}
     * @param written a time, or a day in UTC
     * @throws IllegalArgumentException when it is neither; the message is for people
     */
    public static Instant from(String name, String written) {
        return moment(name, written, 0);
    }

    /** The first moment after what somebody means: a day is meant with all its hours. */
    public static Instant to(String name, String written) {
        return moment(name, written, 1);
    }

    private static Instant moment(String name, String written, int days) {
        try {
            return written.indexOf('T') < 0
                    ? LocalDate.parse(written)
                            .plusDays(days)
                            .atStartOfDay(ZoneOffset.UTC)
                            .toInstant()
                    : Instant.parse(written);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "`"
                            + name
                            + "` is no day or time; write one such as `2026-01-31` or"
                            + " `2026-01-31T12:00:00Z`",
                    e);
        }
    }

    /** The records of the period that these filters choose. */
    Query query(Map<String, String> filters) {
        TreeMap<String, String> all = new TreeMap<>(filters);
        all.putIfAbsent("from", from.toString());
        all.putIfAbsent("to", to.toString());
        return new Query(all, before);
    }
}
