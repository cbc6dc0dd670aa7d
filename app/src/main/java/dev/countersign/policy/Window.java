package dev.countersign.policy;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Times of the week in a zone of their own. A stretch that ends before it starts runs past midnight
 * and belongs to the day it starts on.
 *
 * <p>The clock of the zone decides, also where it is put forward or back: a time that it skips is
 * the moment at which it does, so that what lies within the skipped time does not open on that day;
 * a start that comes twice is the first, an end the second.
 *
 * @param name as the document names it
 * @param days days it opens on
 * @param from when it opens
 * @param to when it closes; equal to {@code from} means the whole day
 * @param zone the zone
 * @param dates when not empty, it opens only on days within one of these
 * @param except days it stays closed
 */
record Window(
        String name,
        Set<DayOfWeek> days,
        LocalTime from,
        LocalTime to,
        ZoneId zone,
        List<Dates> dates,
        List<Dates> except) {
    /** How far ahead an opening is looked for. */
    private static final int HORIZON = 400;

    Window {
        days = Set.copyOf(days);
        dates = List.copyOf(dates);
        except = List.copyOf(except);
    }

    /** Days from the first to the last, both included. */
    record Dates(LocalDate first, LocalDate last) {
        boolean has(LocalDate day) {
            return !day.isBefore(first) && !day.isAfter(last);
        }
    }

    boolean open(Instant now) {
        return closing(now).isPresent();
    }

    /** When it next changes from closed to open; empty when that is farther than a year. */
    Optional<Instant> opening(Instant now) {
        LocalDate today = now.atZone(zone).toLocalDate();
        for (int i = 0; i <= HORIZON; i++) {
            LocalDate day = today.plusDays(i);
            Instant start = start(day);
            if (opens(day) && start.isAfter(now) && end(day).isAfter(start)) {
                return Optional.of(start);
            }
        }
        return Optional.empty();
    }

    /** When it closes, if it is open now; stretches that meet are one. */
    Optional<Instant> closing(Instant now) {
        LocalDate today = now.atZone(zone).toLocalDate();
        Optional<Instant> end = Optional.empty();
        Instant at = now;
        for (int i = -1; i <= HORIZON; i++) {
            LocalDate day = today.plusDays(i);
            if (!opens(day) || start(day).isAfter(at)) {
                if (i > 0) {
                    break;
                }
                continue;
            }
            Instant close = end(day);
            if (close.isAfter(at)) {
                end = Optional.of(close);
                at = close;
            }
        }
        return end;
    }

    private boolean opens(LocalDate day) {
        return days.contains(day.getDayOfWeek())
                && (dates.isEmpty() || dates.stream().anyMatch(d -> d.has(day)))
                && except.stream().noneMatch(d -> d.has(day));
    }

    private Instant start(LocalDate day) {
        return moment(day, from, zone).toInstant();
    }

    private Instant end(LocalDate day) {
        LocalDate last = to.isAfter(from) ? day : day.plusDays(1);
        // In an overlap the later of the two: a window is never shorter than written.
        return moment(last, to, zone).withLaterOffsetAtOverlap().toInstant();
    }

    /** The next time the clock in {@code zone} shows {@code time}. */
    static Instant next(LocalTime time, ZoneId zone, Instant now) {
        LocalDate day = now.atZone(zone).toLocalDate();
        Instant today = moment(day, time, zone).toInstant();
        return today.isAfter(now) ? today : moment(day.plusDays(1), time, zone).toInstant();
    }

    /** When the clock shows a time first or, where it skips it, when it does so. */
    private static ZonedDateTime moment(LocalDate day, LocalTime time, ZoneId zone) {
        LocalDateTime local = day.atTime(time);
        ZoneOffsetTransition change = zone.getRules().getTransition(local);
        return change != null && change.isGap()
                ? change.getInstant().atZone(zone)
                : ZonedDateTime.of(local, zone);
    }
}
