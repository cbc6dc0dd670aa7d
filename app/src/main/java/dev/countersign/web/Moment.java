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
            DateTimeFormatter.ofPattern("d MMM uuuu, HH:mm:ss 'UTC'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    /** A deadline. */
    static Moment until(Instant at, Instant now) {
        Duration left = Duration.between(now, at);
        String words =
                left.isNegative() || left.isZero()
                        ? Texts.say("moment.expired")
                        : length(
                                left,
                                "moment.seconds-left",
                                "moment.minutes-left",
                                "moment.hours-left",
                                "moment.days-left");
        return new Moment(at.toString(), exact(at), words);
    }

    /** Something that will be. */
    static Moment ahead(Instant at, Instant now) {
        Duration left = Duration.between(now, at);
        String words =
                left.isNegative() || left.isZero()
                        ? Texts.say("moment.now")
                        : length(
                                left,
                                "moment.in-seconds",
                                "moment.in-minutes",
                                "moment.in-hours",
                                "moment.in-days");
        return new Moment(at.toString(), exact(at), words);
    }

    /** Something that was. */
    static Moment since(Instant at, Instant now) {
        Duration ago = Duration.between(at, now);
        String words =
                ago.toSeconds() < 5
                        ? Texts.say("moment.just-now")
                        : length(
                                ago,
                                "moment.seconds-ago",
                                "moment.minutes-ago",
                                "moment.hours-ago",
                                "moment.days-ago");
        return new Moment(at.toString(), exact(at), words);
    }

    private static String exact(Instant at) {
        return EXACT.withLocale(Texts.locale()).format(at);
    }

    /** The text for a length of time, by what it is told in. */
    private static String length(
            Duration length, String seconds, String minutes, String hours, String days) {
        if (length.toSeconds() < 60) {
            return Texts.say(seconds, Math.max(1, length.toSeconds()));
        }
        if (length.toMinutes() < 60) {
            return Texts.say(minutes, length.toMinutes());
        }
        if (length.toHours() < 48) {
            return Texts.say(hours, length.toHours(), length.toMinutesPart());
        }
        return Texts.say(days, length.toDays());
    }
}
