package dev.countersign.web;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * A time as a page shows it.
 *
 * @param iso RFC 3339, for programs
 * @param exact for a hover
 * @param words how long from now
 */
public record Moment(String iso, String exact, String words) {
    private static final DateTimeFormatter EXACT =
            DateTimeFormatter.ofPattern("d MMM uuuu, HH:mm:ss 'UTC'", Locale.ENGLISH)
                    .withZone(ZoneOffset.UTC);

    /** A deadline. */
    static Moment until(Instant at, Instant now) {
        Duration left = Duration.between(now, at);
        String words = left.isNegative() || left.isZero() ? "expired" : length(left) + " left";
        return new Moment(at.toString(), EXACT.format(at), words);
    }

    /** Something that will be. */
    static Moment ahead(Instant at, Instant now) {
        Duration left = Duration.between(now, at);
        String words = left.isNegative() || left.isZero() ? "now" : "in " + length(left);
        return new Moment(at.toString(), EXACT.format(at), words);
    }

    /** Something that was. */
    static Moment since(Instant at, Instant now) {
        Duration ago = Duration.between(at, now);
        String words = ago.toSeconds() < 5 ? "just now" : length(ago) + " ago";
        return new Moment(at.toString(), EXACT.format(at), words);
    }

    private static String length(Duration length) {
        if (length.toSeconds() < 60) {
            return Math.max(1, length.toSeconds()) + " s";
        }
        if (length.toMinutes() < 60) {
            return length.toMinutes() + " min";
        }
        if (length.toHours() < 48) {
            return length.toHours() + " h " + length.toMinutesPart() + " min";
        }
        return length.toDays() + " days";
    }
}
