package dev.countersign.audit.report;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** A period cut into weeks from Monday on, UTC; a long one into months. */
final class Slots {
    /** Of more than these a table is read by nobody. */
    private static final Duration WEEKLY = Duration.ofDays(190);

    private final boolean weekly;
    private final TreeMap<Instant, Slot> slots = new TreeMap<>();

    /**
     * A part of the period.
     *
     * @param label how people call it
     * @param from its first moment
     * @param to the first moment after it
     */
    record Slot(String label, Instant from, Instant to) {}

    /** Of this period. */
    Slots(Instant from, Instant to) {
        weekly = Duration.between(from, to).compareTo(WEEKLY) <= 0;
        LocalDate day = from.atOffset(ZoneOffset.UTC).toLocalDate();
        day =
                weekly
                        ? day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY))
                        : day.withDayOfMonth(1);
        while (start(day).isBefore(to)) {
            LocalDate next = weekly ? day.plusWeeks(1) : day.plusMonths(1);
            Instant first = later(start(day), from);
            Instant end = start(next).isBefore(to) ? start(next) : to;
            String label = weekly ? day.toString() : day.toString().substring(0, 7);
            slots.put(first, new Slot(label, first, end));
            day = next;
        }
    }

    private static Instant start(LocalDate day) {
        return day.atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    private static Instant later(Instant a, Instant b) {
        return a.isBefore(b) ? b : a;
    }

    /** Whether its parts are weeks. */
    boolean weekly() {
        return weekly;
    }

    /** The part a moment of the period is in. */
    Slot of(Instant at) {
        return slots.floorEntry(at).getValue();
    }

    List<Slot> all() {
        return new ArrayList<>(slots.values());
    }
}
