package dev.countersign.policy;

import dev.countersign.call.LowerCase;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads windows, and the times rules name. */
final class WindowReader {
    static final List<String> KEYS = List.of("days", "from", "to", "zone", "dates", "except");
    private static final List<String> DAYS =
            List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");
    private static final Pattern DURATION = Pattern.compile("(\\d{1,6})\\s*(s|m|min|h|d)");

    private final Source source;
    private final Map<String, Window> windows = new HashMap<>();

    WindowReader(Source source) {
        this.source = source;
    }

    /** Reads the map of names to windows; problems leave one out. */
    void read(Tree tree) {
        if (tree == null) {
            return;
        }
        if (!(tree instanceof Tree.Entries map)) {
            source.error(
                    tree, "`windows` is " + tree.kind() + "; expected a map of names to windows");
            return;
        }
        for (Tree.Entry entry : map.entries()) {
            window(entry.key().value(), entry.value())
                    .ifPresent(window -> windows.put(entry.key().value(), window));
        }
    }

    private Optional<Window> window(String name, Tree tree) {
        if (!(tree instanceof Tree.Entries map)) {
            source.error(
                    tree,
                    "the window `"
                            + name
                            + "` is "
                            + tree.kind()
                            + "; expected such as `{days: mon-fri, from: \"09:00\", to: \"18:00\", zone:"
                            + " Europe/Amsterdam}`");
            return Optional.empty();
        }
        source.keys(map, "windows." + name, KEYS, Set.of());
        Keys keys = new Keys(map);
        Set<DayOfWeek> days = keys.read("days", this::days, EnumSet.allOf(DayOfWeek.class));
        Tree zoneTree = keys.get("zone");
        Optional<ZoneId> zone = Optional.empty();
        if (zoneTree == null) {
            source.error(
                    map,
                    "the window `"
                            + name
                            + "` has no `zone`; expected such as"
                            + " `Europe/Amsterdam`");
        } else {
            zone = zone(zoneTree, source.text(zoneTree));
        }
        Optional<LocalTime> from =
                keys.read("from", t -> time(t, source.text(t)), Optional.of(LocalTime.MIN));
        Optional<LocalTime> to =
                keys.read("to", t -> time(t, source.text(t)), Optional.of(LocalTime.MIN));
        List<Window.Dates> dates = dates(keys.get("dates"));
        List<Window.Dates> except = dates(keys.get("except"));
        if (days.isEmpty() || zone.isEmpty() || from.isEmpty() || to.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Window(name, days, from.get(), to.get(), zone.get(), dates, except));
    }

    private Set<DayOfWeek> days(Tree tree) {
        Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
        for (String part : source.strings(tree, "days")) {
            for (String range : part.split(",", -1)) {
                String[] ends = LowerCase.of(range.strip()).split("-", -1);
                int first = DAYS.indexOf(ends[0].strip());
                int last = DAYS.indexOf(ends[ends.length - 1].strip());
                if (first < 0 || last < 0 || ends.length > 2) {
                    source.error(
                            tree,
                            "`"
                                    + Nearest.shorten(range.strip())
                                    + "` is no day; expected such as `mon-fri` or `[sat, sun]`");
                    return EnumSet.noneOf(DayOfWeek.class);
                }
                for (int day = first; ; day = (day + 1) % 7) {
                    days.add(DayOfWeek.of(day + 1));
                    if (day == last) {
                        break;
                    }
                }
            }
        }
        return days;
    }

    private Optional<ZoneId> zone(Tree tree, String text) {
        try {
            if (text.contains("/") || text.equals("UTC")) {
                return Optional.of(ZoneId.of(text));
            }
        } catch (DateTimeException e) {
            // Reported below, like a name without a slash.
        }
        source.error(
                tree,
                "`"
                        + Nearest.shorten(text)
                        + "` is no time zone; expected such as"
                        + " `Europe/Amsterdam` or `UTC`"
                        + Nearest.of(text, ZoneId.getAvailableZoneIds())
                                .map(near -> "; did you mean `" + near + "`?")
                                .orElse(""));
        return Optional.empty();
    }

    private Optional<LocalTime> time(Tree tree, String text) {
        if (text.matches("([01][0-9]|2[0-3]):[0-5][0-9]")) {
            return Optional.of(LocalTime.parse(text));
        }
        if (text.equals("24:00")) {
            return Optional.of(LocalTime.MIN);
        }
        source.error(
                tree,
                "`"
                        + Nearest.shorten(text)
                        + "` is no time of day; expected such as"
                        + " `\"09:00\"`, in quotes");
        return Optional.empty();
    }

    private List<Window.Dates> dates(@Nullable Tree tree) {
        List<Window.Dates> dates = new ArrayList<>();
        if (tree == null) {
            return dates;
        }
        for (String text : source.strings(tree, "dates")) {
            String[] ends = text.split("\\.\\.", -1);
            try {
                LocalDate first = LocalDate.parse(ends[0].strip());
                LocalDate last = LocalDate.parse(ends[ends.length - 1].strip());
                if (ends.length > 2 || last.isBefore(first)) {
                    throw new DateTimeException("order");
                }
                dates.add(new Window.Dates(first, last));
            } catch (DateTimeException e) {
                source.error(
                        tree,
                        "`"
                                + Nearest.shorten(text)
                                + "` is no date; expected such as `2026-12-25` or"
                                + " `2026-12-20..2027-01-03`");
            }
        }
        return dates;
    }

    Optional<Rule.Time> ruleTime(Tree tree, boolean outside) {
        if (windows.isEmpty()) {
            source.error(
                    tree,
                    "`"
                            + (outside ? "outside" : "during")
                            + "` is "
                            + tree.kind()
                            + ", and no window is defined; expected such as `windows: {office:"
                            + " {days: mon-fri, from: \"09:00\", to: \"18:00\", zone: UTC}}`");
            return Optional.empty();
        }
        return source.word(tree, outside ? "outside" : "during", windows.keySet())
                .map(windows::get)
                .map(window -> new Rule.Time(window, outside));
    }

    Optional<Rule.Until> until(Tree tree, Rule.@Nullable Time time) {
        String[] parts = source.text(tree).strip().split("\\s+", -1);
        Optional<LocalTime> at = time(tree, parts[0]);
        Optional<ZoneId> zone =
                parts.length == 2
                        ? zone(tree, parts[1])
                        : time != null ? Optional.of(time.window().zone()) : Optional.empty();
        if (parts.length == 1 && time == null && at.isPresent()) {
            source.error(
                    tree,
                    "`until` has no time zone; expected such as `\"02:00 Europe/Amsterdam\"`");
        }
        return at.flatMap(clock -> zone.map(z -> new Rule.Until(clock, z)));
    }

    /** A length of time under a key. */
    static Optional<Duration> duration(Source source, Tree tree, String key) {
        Matcher matcher = DURATION.matcher(source.text(tree).strip());
        if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
            source.error(
                    tree,
                    "`" + key + "` is " + tree.kind() + "; expected such as `30m`, `4h` or `2d`");
            return Optional.empty();
        }
        long count = Long.parseLong(matcher.group(1));
        return Optional.of(
                switch (matcher.group(2)) {
                    case "s" -> Duration.ofSeconds(count);
                    case "h" -> Duration.ofHours(count);
                    case "d" -> Duration.ofDays(count);
                    default -> Duration.ofMinutes(count);
                });
    }
}
