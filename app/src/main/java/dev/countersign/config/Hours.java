package dev.countersign.config;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The hours in which somebody is told: {@code mon-fri 08:00-18:00 Europe/Amsterdam}. Hours that end
 * before they begin go on past midnight, and belong to the day they begin on.
 */
public final class Hours {
    private static final List<String> DAYS =
            List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");
    private static final Pattern FORM =
            Pattern.compile(
                    "(?:([a-z]{3})(?:-([a-z]{3}))? )?(\\d\\d:\\d\\d)-(\\d\\d:\\d\\d) (\\S{1,64})");

    private final Set<DayOfWeek> days;
    private final LocalTime from;
    private final LocalTime to;
    private final ZoneId zone;

    private Hours(Set<DayOfWeek> days, LocalTime from, LocalTime to, ZoneId zone) {
        this.days = days;
        this.from = from;
        this.to = to;
        this.zone = zone;
    }

    /**
     * Reads them.
     *
     * @throws SettingsProblem that says what would be right
     */
    public static Hours of(String text) {
        Matcher form = FORM.matcher(text.strip());
        try {
            if (form.matches()) {
                int first = form.group(1) == null ? 0 : DAYS.indexOf(form.group(1));
                int last =
                        form.group(1) == null
                                ? 6
                                : form.group(2) == null ? first : DAYS.indexOf(form.group(2));
                if (first >= 0 && last >= 0) {
                    Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
                    for (int day = first; ; day = (day + 1) % 7) {
                        days.add(DayOfWeek.of(day + 1));
                        if (day == last) {
                            break;
                        }
                    }
                    return new Hours(
                            days,
                            LocalTime.parse(form.group(3)),
                            LocalTime.parse(form.group(4)),
                            ZoneId.of(form.group(5)));
                }
            }
        } catch (DateTimeException e) {
            // said below
        }
        throw new SettingsProblem(
                "`"
                        + text.strip()
                        + "` are no hours; expected `mon-fri 08:00-18:00 Europe/Amsterdam`");
    }

    /** Whether this moment is in them. */
    public boolean contain(Instant now) {
        ZonedDateTime there = now.atZone(zone);
        LocalTime time = there.toLocalTime();
        if (from.isBefore(to)) {
            return days.contains(there.getDayOfWeek()) && !time.isBefore(from) && time.isBefore(to);
        }
        return time.isBefore(to)
                ? days.contains(there.getDayOfWeek().minus(1))
                : !time.isBefore(from) && days.contains(there.getDayOfWeek());
    }
}
