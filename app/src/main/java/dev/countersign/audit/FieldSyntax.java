package dev.countersign.audit;

import dev.countersign.audit.report.Period;
import dev.countersign.call.RiskTier;
import dev.countersign.policy.Effect;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What people type to find records: {@code agent:builder effect:deny "git push" last:7d}. Every
 * filter of {@link AuditFilters} is a field; other words are text to be found anywhere.
 */
public final class FieldSyntax {
    /** A field of its own: since so long ago. */
    public static final String LAST = "last";

    private static final String TEXT = "q";
    private static final Instant FIRST = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");
    private static final Pattern WORD =
            Pattern.compile("(?:([a-z]+):)?(?:\"([^\"]*)\"?|(\\S+))", Pattern.CASE_INSENSITIVE);
    private static final Pattern LENGTH = Pattern.compile("([1-9][0-9]{0,3})([mhd])");

    private FieldSyntax() {}

    /**
     * The filters that a text means, in the order it names them.
     *
     * @throws IllegalArgumentException when it means none; the message is for people
     */
    public static Map<String, String> parse(String text) {
        Map<String, String> filters = new LinkedHashMap<>();
        Matcher word = WORD.matcher(text.strip());
        while (word.find()) {
            String field = word.group(1);
            String value = word.group(2) == null ? word.group(3) : word.group(2);
            if (field == null) {
                filters.merge(TEXT, value, (one, other) -> one + " " + other);
            } else {
                put(filters, field.toLowerCase(Locale.ROOT), value, word.group());
            }
        }
        return filters;
    }

    private static void put(Map<String, String> filters, String field, String value, String word) {
        if (!field.equals(LAST) && !AuditFilters.names().contains(field)) {
            throw new IllegalArgumentException(
                    "there is no field `"
                            + field
                            + "`; to look for the text itself put it in quotes: `\""
                            + word.replace("\"", "")
                            + "\"`");
        }
        if (value.isEmpty()) {
            throw new IllegalArgumentException("`" + field + ":` has no value behind it");
        }
        if (filters.containsKey(field)) {
            throw new IllegalArgumentException(
                    "`" + field + "` can be named once; records have one of it");
        }
        filters.put(field, checked(field, value));
    }

    /**
     * The value as the ledger compares it.
     *
     * @throws IllegalArgumentException when no record can have it; the message is for people
     */
    public static String checked(String field, String value) {
        switch (field) {
            case "effect" -> {
                if (Effect.of(value).isEmpty()) {
                    throw new IllegalArgumentException(
                            "`" + value + "` is no effect; there are allow, ask, deny and defer");
                }
            }
            case "risk" -> {
                if (RiskTier.of(value).isEmpty()) {
                    throw new IllegalArgumentException(
                            "`"
                                    + value
                                    + "` is no risk; there are none, low, medium, high and"
                                    + " critical");
                }
            }
            case "from" -> {
                return written(value, Period.from(value, value));
            }
            case "to" -> {
                return written(value, Period.to(value, value));
            }
            case "event" -> {
                String _ = RecordEvents.kind(value);
            }
            case LAST -> {
                if (length(value).isEmpty()) {
                    throw new IllegalArgumentException(
                            "`"
                                    + value
                                    + "` is no length of time; write one such as 30m, 24h or 7d");
                }
            }
            default -> {
                // any text
            }
        }
        return value;
    }

    /** Other years have another form, and no record has them. */
    private static String written(String value, Instant at) {
        if (at.isBefore(FIRST) || at.isAfter(LATEST)) {
            throw new IllegalArgumentException(
                    "`" + value + "` does not lie between the years 0 and 9999");
        }
        return at.toString();
    }

    /** The text that means these filters. */
    public static String text(Map<String, String> filters) {
        StringBuilder text = new StringBuilder();
        filters.forEach((field, value) -> {
            String safe = value.replace("\"", " ");
            boolean quoted = safe.isEmpty() || (safe.matches(".*[\\s:].*") && !time(field));
            text.append(text.isEmpty() ? "" : " ")
                    .append(field.equals(TEXT) ? "" : field + ":")
                    .append(quoted ? "\"" + safe + "\"" : safe);
        });
        return text.toString();
    }

    private static boolean time(String field) {
        return List.of("from", "to").contains(field);
    }

    /** The same filters with a time in place of how long ago. */
    public static Map<String, String> resolved(Map<String, String> filters, Instant now) {
        Map<String, String> resolved = new LinkedHashMap<>(filters);
        String last = resolved.remove(LAST);
        if (last != null) {
            length(last)
                    .ifPresent(
                            length -> resolved.putIfAbsent("from", now.minus(length).toString()));
        }
        return resolved;
    }

    private static Optional<Duration> length(String written) {
        Matcher length = LENGTH.matcher(written);
        if (!length.matches()) {
            return Optional.empty();
        }
        long count = Long.parseLong(length.group(1));
        return Optional.of(
                switch (length.group(2)) {
                    case "m" -> Duration.ofMinutes(count);
                    case "h" -> Duration.ofHours(count);
                    default -> Duration.ofDays(count);
                });
    }
}
