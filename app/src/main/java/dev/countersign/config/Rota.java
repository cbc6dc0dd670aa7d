package dev.countersign.config;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who is on call for a team: people in turn, each for so many days.
 *
 * @param people in the order of their turns
 * @param days how long a turn is
 * @param at when one hands over to the next
 * @param zone in which that is
 * @param from the day on which the first one's turn begins
 */
public record Rota(List<String> people, int days, LocalTime at, ZoneId zone, LocalDate from) {
    private static final Pattern TIME = Pattern.compile("(\\d\\d:\\d\\d) (\\S{1,64})");
    private static final Pattern EVERY =
            Pattern.compile("day|week|([1-9]\\d?) days|([1-9]\\d?) weeks");
    private static final int MOST = 100;

    public Rota {
        people = List.copyOf(people);
        if (people.isEmpty() || people.size() > MOST || days < 1) {
            throw new SettingsProblem("a rota has from 1 to " + MOST + " people");
        }
    }

    /**
     * Reads one.
     *
     * @param people e-mails with commas between them, in the order of their turns
     * @param every such as {@code week} or {@code 2 days}
     * @param at when one hands over, such as {@code 09:00 Europe/Amsterdam}
     * @param from the day of the first turn, such as {@code 2026-01-05}
     * @throws SettingsProblem that says what would be right
     */
    public static Rota of(String people, String every, String at, String from) {
        List<String> all =
                Arrays.stream(people.split(",", -1))
                        .map(each -> each.strip().toLowerCase(Locale.ROOT))
                        .toList();
        for (String each : all) {
            if (!each.matches("[^@\\s]{1,64}@[^@\\s]{1,253}")) {
                throw new SettingsProblem(
                        "`" + each + "` is no e-mail address of somebody who is on call");
            }
        }
        Matcher turn = EVERY.matcher(every.strip());
        if (!turn.matches()) {
            throw new SettingsProblem(
                    "`every` is `" + every.strip() + "`; expected `day`, `week` or `2 weeks`");
        }
        Matcher time = TIME.matcher(at.strip());
        try {
            if (time.matches()) {
                return new Rota(
                        all,
                        days(turn),
                        LocalTime.parse(time.group(1)),
                        ZoneId.of(time.group(2)),
                        LocalDate.parse(from.strip()));
            }
        } catch (DateTimeException e) {
            // said below
        }
        throw new SettingsProblem(
                "`"
                        + at.strip()
                        + "` from `"
                        + from.strip()
                        + "` is no hand-over; expected `09:00 Europe/Amsterdam` from `2026-01-05`");
    }

    private static int days(Matcher turn) {
        if (turn.group(1) != null) {
            return Integer.parseInt(turn.group(1));
        }
        if (turn.group(2) != null) {
            return 7 * Integer.parseInt(turn.group(2));
        }
        return turn.group().equals("day") ? 1 : 7;
    }

    /** As {@link #of} reads it. */
    public String every() {
        return days % 7 == 0
                ? (days == 7 ? "week" : days / 7 + " weeks")
                : days == 1 ? "day" : days + " days";
    }

    /** Whose turn it is. */
    public String who(Instant now) {
        return people.get((int) Math.floorMod(turn(now), (long) people.size()));
    }

    /** The same without somebody, or empty where nobody is left. */
    public Optional<Rota> without(String email) {
        List<String> left = people.stream().filter(each -> !each.equals(email)).toList();
        return left.isEmpty()
                ? Optional.empty()
                : Optional.of(new Rota(left, days, at, zone, from));
    }

    /** Who is next. */
    public String then(Instant now) {
        return people.get((int) Math.floorMod(turn(now) + 1, (long) people.size()));
    }

    /** When the turn ends. */
    public Instant until(Instant now) {
        return from.plusDays((turn(now) + 1) * days).atTime(at).atZone(zone).toInstant();
    }

    /** How many turns have begun since the first, which is number 0. */
    private long turn(Instant now) {
        ZonedDateTime there = now.atZone(zone);
        // On the day of a hand-over it counts from its time on.
        LocalDate day =
                there.toInstant().isBefore(there.toLocalDate().atTime(at).atZone(zone).toInstant())
                        ? there.toLocalDate().minusDays(1)
                        : there.toLocalDate();
        return Math.floorDiv(ChronoUnit.DAYS.between(from, day), (long) days);
    }
}
