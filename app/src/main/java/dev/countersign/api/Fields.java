package dev.countersign.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The members of a JSON object that must be what they are said to be; anything else is an error.
 */
final class Fields {
    private static final Pattern SHORT_DURATION = Pattern.compile("(\\d{1,6})(ms|s|m|h|d)");

    private final ObjectNode object;

    /**
     * @param known every name the object may have
     */
    Fields(ObjectNode object, String... known) {
        this.object = object;
        List<String> names = Arrays.asList(known);
        for (Iterator<String> each = object.fieldNames(); each.hasNext(); ) {
            String name = each.next();
            if (!names.contains(name)) {
                throw Problem.badRequest(
                        "`"
                                + shown(name)
                                + "` is not known here; expected "
                                + String.join(", ", new TreeSet<>(names)));
            }
        }
    }

    private @Nullable JsonNode given(String name) {
        JsonNode value = object.get(name);
        return value == null || value.isNull() ? null : value;
    }

    Optional<String> text(String name, int longest) {
        Optional<String> text = anyText(name, longest);
        if (text.isPresent() && text.get().indexOf('\0') >= 0) {
            throw Problem.badRequest("`" + name + "` holds a NUL character");
        }
        return text;
    }

    /** A text in which every character is welcome. */
    Optional<String> anyText(String name, int longest) {
        JsonNode value = given(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!value.isTextual()) {
            throw wrongType(name, "a text", value);
        }
        String text = value.textValue();
        if (text.length() > longest) {
            throw Problem.badRequest("`" + name + "` is longer than " + longest + " characters");
        }
        return Optional.of(text);
    }

    String required(String name, int longest) {
        String text =
                text(name, longest)
                        .orElseThrow(() -> Problem.badRequest("`" + name + "` is missing"));
        if (text.isBlank()) {
            throw Problem.badRequest("`" + name + "` is empty");
        }
        return text;
    }

    ObjectNode object(String name) {
        JsonNode value = given(name);
        if (value == null) {
            throw Problem.badRequest("`" + name + "` is missing");
        }
        if (value instanceof ObjectNode node) {
            return node;
        }
        throw wrongType(name, "an object", value);
    }

    Optional<Boolean> yes(String name) {
        JsonNode value = given(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!value.isBoolean()) {
            throw wrongType(name, "true or false", value);
        }
        return Optional.of(value.booleanValue());
    }

    Optional<Long> count(String name, long most) {
        JsonNode value = given(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw wrongType(name, "a whole number", value);
        }
        long number = value.longValue();
        if (number < 0 || number > most) {
            throw Problem.badRequest("`" + name + "` must be between 0 and " + most);
        }
        return Optional.of(number);
    }

    List<String> texts(String name, int most) {
        JsonNode value = given(name);
        if (value == null) {
            return List.of();
        }
        if (!value.isArray() || value.size() > most) {
            throw wrongType(name, "a list of at most " + most + " texts", value);
        }
        for (JsonNode each : value) {
            if (!each.isTextual() || each.textValue().length() > 256) {
                throw wrongType(name, "a list of texts", each);
            }
        }
        return value.valueStream().map(JsonNode::textValue).toList();
    }

    List<ObjectNode> objects(String name, int most) {
        JsonNode value = given(name);
        if (value == null) {
            throw Problem.badRequest("`" + name + "` is missing");
        }
        if (!value.isArray()) {
            throw wrongType(name, "a list of objects", value);
        }
        if (value.size() > most) {
            throw Problem.badRequest("`" + name + "` holds more than " + most);
        }
        List<ObjectNode> objects = new ArrayList<>();
        for (JsonNode each : value) {
            if (!(each instanceof ObjectNode node)) {
                throw wrongType(name, "a list of objects", each);
            }
            objects.add(node);
        }
        return objects;
    }

    /** One of a few words. */
    String choice(String name, String... allowed) {
        String value = required(name, 64);
        if (!Arrays.asList(allowed).contains(value)) {
            throw Problem.badRequest(
                    "`"
                            + name
                            + "` is `"
                            + shown(value)
                            + "`; expected "
                            + String.join(" or ", allowed));
        }
        return value;
    }

    Optional<Duration> duration(String name, Duration most) {
        return text(name, 32).map(text -> duration(name, text, most));
    }

    /** {@code 30s}, {@code 5m}, {@code 250ms} or ISO-8601 such as {@code PT30S}. */
    static Duration duration(String name, String text, Duration most) {
        Duration duration = read(name, text);
        if (duration.isNegative() || duration.compareTo(most) > 0) {
            throw Problem.badRequest(
                    "`"
                            + name
                            + "` must be between 0s and "
                            + most.toMinutes()
                            + "m, not `"
                            + shown(text)
                            + "`");
        }
        return duration;
    }

    private static Duration read(String name, String text) {
        Matcher matcher = SHORT_DURATION.matcher(text);
        if (matcher.matches()) {
            long number = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                case "h" -> Duration.ofHours(number);
                default -> Duration.ofDays(number);
            };
        }
        try {
            return Duration.parse(text);
        } catch (DateTimeParseException | ArithmeticException e) {
            throw Problem.badRequest(
                    "`"
                            + name
                            + "` is `"
                            + shown(text)
                            + "`; expected a duration such as `30s`, `5m` or `PT30S`");
        }
    }

    private static Problem wrongType(String name, String expected, JsonNode value) {
        return Problem.badRequest(
                "`"
                        + name
                        + "` must be "
                        + expected
                        + ", not "
                        + value.getNodeType().name().toLowerCase(Locale.ROOT));
    }

    /** User input in a message: short, and nothing in it that would not print. */
    static String shown(String text) {
        String cut = text.length() <= 80 ? text : text.substring(0, 79) + "…";
        return cut.replaceAll("[\\p{Cntrl}\\p{Cf}\\p{Cs}`]", "�");
    }
}
