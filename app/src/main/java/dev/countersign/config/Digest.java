package dev.countersign.config;

import dev.countersign.call.RiskTier;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is told together with others: {@code low every 4h} or {@code low daily 09:00
 * Europe/Amsterdam}, questions up to that risk.
 */
public final class Digest {
    private static final Pattern FORM =
            Pattern.compile(
                    "(none|low|medium) (?:every (\\d{1,4})([mhd])|daily (\\d\\d:\\d\\d) (\\S{1,64}))");
    private static final Duration SHORTEST = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofDays(7);

    /** Beyond so many there are no hours that fit. */
    private static final int MOST_TRIED = 20_000;

    private final RiskTier most;
    private final Duration every;
    private final @Nullable LocalTime at;
    private final ZoneId zone;

    private Digest(RiskTier most, Duration every, @Nullable LocalTime at, ZoneId zone) {
        this.most = most;
        this.every = every;
        this.at = at;
        this.zone = zone;
    }

    /**
     * Reads one.
     *
     * @throws SettingsProblem that says what would be right
     */
    public static Digest of(String text) {
        Matcher form = FORM.matcher(text.strip());
        try {
            if (form.matches()) {
                RiskTier most = RiskTier.of(form.group(1)).orElseThrow();
                if (form.group(4) != null) {
                    return new Digest(
                            most,
                            Duration.ofDays(1),
                            LocalTime.parse(form.group(4)),
                            ZoneId.of(form.group(5)));
                }
                Duration every = SettingsFile.duration(form.group(2) + form.group(3));
                if (every.compareTo(SHORTEST) >= 0 && every.compareTo(LONGEST) <= 0) {
                    return new Digest(most, every, null, ZoneId.of("UTC"));
                }
            }
        } catch (DateTimeException e) {
            // said below
        }
        throw new SettingsProblem(
                "`"
                        + text.strip()
                        + "` is no digest; expected `low every 4h` or `low daily 09:00"
                        + " Europe/Amsterdam`, for questions up to `none`, `low` or `medium`");
    }

    /** Whether what is of so much risk can wait for the others. */
    public boolean collects(RiskTier risk) {
        return most.atLeast(risk);
    }

    /** When what comes now is told: the next time that is in those hours, if there are any. */
    public Instant next(Instant now, Optional<Hours> hours) {
        Instant next = first(now);
        for (int i = 0; i < MOST_TRIED && hours.isPresent(); i++) {
            if (hours.get().contain(next)) {
                return next;
            }
            next = first(next);
        }
        return next;
    }

    private Instant first(Instant now) {
        if (at == null) {
            long period = every.toMillis();
            return Instant.ofEpochMilli(
                    Math.floorDiv(now.toEpochMilli(), period) * period + period);
        }
        ZonedDateTime there = now.atZone(zone);
        ZonedDateTime today = there.toLocalDate().atTime(at).atZone(zone);
        return (today.toInstant().isAfter(now)
                        ? today
                        : there.toLocalDate().plusDays(1).atTime(at).atZone(zone))
                .toInstant();
    }
}
