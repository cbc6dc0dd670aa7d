package dev.countersign.web;

import dev.countersign.audit.census.Answered;
import dev.countersign.audit.census.Figures;
import dev.countersign.audit.census.Slots;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * How calls were answered over time, as stacked bars.
 *
 * @param bars from left to right
 * @param ticks times below it, evenly apart
 * @param legend what the colours mean, with how many there were
 * @param most the height of the highest bar, in answers
 * @param words the same in a sentence
 */
public record ChartView(
        List<Bar> bars, List<Tick> ticks, List<Legend> legend, long most, String words) {
    /** The drawing is so wide and so high; the page stretches it. */
    public static final int WIDTH = 1_200;

    public static final int HEIGHT = 100;

    /** A few bars are bars, too, and no wall. */
    private static final double WIDEST = 48;

    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("d MMM", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("d MMM HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

    /**
     * One slot of time.
     *
     * @param title what it says when pointed at
     * @param href the same page for this time alone
     */
    public record Bar(double x, double width, List<Part> parts, String title, String href) {}

    /** A part of a bar. */
    public record Part(String style, double y, double height) {}

    /** A time below the bars. */
    public record Tick(String words, String iso) {}

    /** What a colour means. */
    public record Legend(String style, String words, long count) {}

    /**
     * Draws figures.
     *
     * @param link the address for a stretch of time
     */
    static ChartView of(Figures figures, BiFunction<Instant, Instant, String> link) {
        Slots slots = figures.slots();
        long most =
                figures.answered().stream()
                        .mapToLong(
                                slot -> slot.values().stream().mapToLong(Integer::intValue).sum())
                        .max()
                        .orElse(0);
        List<Bar> bars = new ArrayList<>();
        double step = (double) WIDTH / slots.count();
        double wide = Math.min(step * 0.8, WIDEST);
        for (int i = 0; i < slots.count(); i++) {
            List<Part> parts = parts(figures.answered().get(i), most);
            if (!parts.isEmpty()) {
                bars.add(
                        new Bar(
                                rounded(i * step + (step - wide) / 2),
                                rounded(wide),
                                parts,
                                title(slots, i, figures.answered().get(i)),
                                link.apply(slots.at(i), slots.at(i + 1))));
            }
        }
        List<Legend> legend = new ArrayList<>();
        for (Answered how : Answered.values()) {
            long count = figures.sum(how);
            if (count > 0) {
                legend.add(new Legend(style(how), words(how), count));
            }
        }
        return new ChartView(bars, ticks(slots), legend, most, words(legend));
    }

    private static List<Part> parts(Map<Answered, Integer> answered, long most) {
        List<Part> parts = new ArrayList<>();
        double y = HEIGHT;
        for (Answered how : Answered.values()) {
            int count = answered.getOrDefault(how, 0);
            if (count > 0) {
                // A single deny among thousands is still to be seen.
                double height = Math.max(1.5, (double) count * HEIGHT / most);
                y = Math.max(0, y - height);
                parts.add(new Part(style(how), rounded(y), rounded(height)));
            }
        }
        return parts;
    }

    private static String title(Slots slots, int slot, Map<Answered, Integer> answered) {
        StringBuilder title = new StringBuilder(label(slots, slots.at(slot)) + " UTC");
        for (Answered how : Answered.values()) {
            int count = answered.getOrDefault(how, 0);
            if (count > 0) {
                title.append('\n').append(ReportPaper.count(count)).append(' ').append(words(how));
            }
        }
        return title.toString();
    }

    private static List<Tick> ticks(Slots slots) {
        List<Tick> ticks = new ArrayList<>();
        int parts = Math.min(4, slots.count());
        for (int i = 0; i <= parts; i++) {
            Instant at = slots.at(Math.round((float) slots.count() * i / parts));
            ticks.add(new Tick(label(slots, at), at.toString()));
        }
        return ticks;
    }

    private static String label(Slots slots, Instant at) {
        return (slots.width().compareTo(Duration.ofDays(1)) >= 0 ? DAY : TIME)
                .withLocale(Texts.locale())
                .format(at);
    }

    private static String words(List<Legend> legend) {
        return legend.isEmpty()
                ? Texts.say("chart.no-call-was-answered")
                : String.join(
                        ", ",
                        legend.stream()
                                .map(each -> ReportPaper.count(each.count()) + " " + each.words())
                                .toList());
    }

    private static String words(Answered how) {
        return Texts.say(
                switch (how) {
                    case DEFAULT -> "chart.by-default";
                    case RULE -> "chart.by-rule";
                    case PERSON -> "chart.by-person";
                    case ASK -> "chart.asked";
                    case DEFER -> "chart.put-off";
                    case DENY -> "chart.denied";
                    case STOP -> "chart.stopped";
                });
    }

    static String style(Answered how) {
        return "a-" + how.name().toLowerCase(Locale.ROOT);
    }

    private static double rounded(double value) {
        return Math.round(value * 10) / 10.0;
    }
}
