package dev.countersign.audit;

import java.time.Instant;

/**
 * Something every person must look at.
 *
 * @param id such as {@code ALM-3}
 * @param text what happened, one line
 * @param times how often
 * @param last when it happened last
 */
public record Alarm(String id, String text, long times, Instant last) {
    /** What every id begins with. */
    public static final String PREFIX = "ALM-";
}
