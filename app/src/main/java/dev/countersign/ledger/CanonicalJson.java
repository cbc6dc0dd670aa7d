package dev.countersign.ledger;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The JSON Canonicalization Scheme of RFC 8785: one text for one value, so that it can be hashed.
 *
 * <p>Stricter than the RFC in one thing: a number that a double cannot carry digit for digit is
 * refused instead of changed silently, or two different values would share a hash. {@link #exact}
 * makes any tree fit.
 */
public final class CanonicalJson {
    /** Levels of arrays and objects within each other; more is refused. */
    public static final int MAX_DEPTH = 256;

    private static final long LARGEST_EXACT_INTEGER = 1L << 53;
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final JsonFactory STRICT =
            JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                    .build();

    private CanonicalJson() {}

    /**
     * The canonical text.
     *
     * @throws IllegalArgumentException for a lone surrogate, a number that is not finite or not
     *     exactly a double, or too deep nesting
     */
    public static String text(JsonNode value) {
        StringBuilder out = new StringBuilder(256);
        write(value, out, 0);
        return out.toString();
    }

    /** The canonical text in UTF-8: what is hashed. */
    public static byte[] bytes(JsonNode value) {
        return text(value).getBytes(StandardCharsets.UTF_8);
    }

    public static JsonNode parse(String text) {
        return parse(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads one JSON value strictly: no duplicate names, nothing after the value, bounded depth.
     *
     * @throws IllegalArgumentException when it is anything else
     */
    public static JsonNode parse(byte[] utf8) {
        try (JsonParser in = STRICT.createParser(utf8)) {
            if (in.nextToken() == null) {
                throw new IllegalArgumentException("no JSON value; there must be one");
            }
            JsonNode value = read(in);
            if (in.nextToken() != null) {
                throw new IllegalArgumentException("more than one JSON value");
            }
            return value;
        } catch (IOException e) {
            throw new IllegalArgumentException("not JSON: " + e.getMessage(), e);
        }
    }

    /**
     * An equal tree that has a canonical text: a number beyond the exact range of a double becomes
     * {@code {"$number": "its digits"}}, a lone surrogate becomes its escape, spelled out.
     *
     * @throws IllegalArgumentException when it is nested too deeply
     */
    public static JsonNode exact(JsonNode value) {
        return exact(value, 0);
    }

    private static JsonNode exact(JsonNode value, int depth) {
        checkDepth(depth);
        return switch (value.getNodeType()) {
            case OBJECT ->
                    Trees.object(
                            (ObjectNode) value,
                            CanonicalJson::wellFormed,
                            (_, each) -> exact(each, depth + 1));
            case ARRAY -> Trees.array((ArrayNode) value, each -> exact(each, depth + 1));
            case STRING -> {
                String text = value.textValue();
                String whole = wellFormed(text);
                yield whole.equals(text) ? value : NODES.textNode(whole);
            }
            case NUMBER ->
                    survives(value) ? value : NODES.objectNode().put("$number", value.asText());
            case BOOLEAN, NULL -> value;
            case BINARY, MISSING, POJO -> throw noJson(value);
        };
    }

    private static IllegalArgumentException noJson(JsonNode value) {
        return new IllegalArgumentException(
                "a node of type " + value.getNodeType() + " is no JSON (this is a bug)");
    }

    private static JsonNode read(JsonParser in) throws IOException {
        JsonToken token = in.currentToken();
        return switch (token) {
            case START_OBJECT -> {
                ObjectNode object = NODES.objectNode();
                while (in.nextToken() != JsonToken.END_OBJECT) {
                    String name = in.currentName();
                    in.nextToken();
                    object.set(name, read(in));
                }
                yield object;
            }
            case START_ARRAY -> {
                ArrayNode array = NODES.arrayNode();
                while (in.nextToken() != JsonToken.END_ARRAY) {
                    array.add(read(in));
                }
                yield array;
            }
            case VALUE_STRING -> NODES.textNode(in.getText());
            case VALUE_NUMBER_INT ->
                    switch (in.getNumberType()) {
                        case INT -> NODES.numberNode(in.getIntValue());
                        case LONG -> NODES.numberNode(in.getLongValue());
                        default -> NODES.numberNode(in.getBigIntegerValue());
                    };
            case VALUE_NUMBER_FLOAT -> NODES.numberNode(in.getDoubleValue());
            case VALUE_TRUE -> NODES.booleanNode(true);
            case VALUE_FALSE -> NODES.booleanNode(false);
            case VALUE_NULL -> NODES.nullNode();
            case END_OBJECT, END_ARRAY, FIELD_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
                    throw new IllegalArgumentException("unexpected " + token);
        };
    }

    private static void checkDepth(int depth) {
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException(
                    "nested deeper than " + MAX_DEPTH + " levels; flatter data is needed");
        }
    }

    private static void write(JsonNode value, StringBuilder out, int depth) {
        checkDepth(depth);
        switch (value.getNodeType()) {
            case OBJECT -> {
                out.append('{');
                String separator = "";
                for (String name : sortedNames(value)) {
                    out.append(separator);
                    separator = ",";
                    member(name, value, out, depth);
                }
                out.append('}');
            }
            case ARRAY -> {
                out.append('[');
                String separator = "";
                for (JsonNode element : value) {
                    out.append(separator);
                    separator = ",";
                    write(element, out, depth + 1);
                }
                out.append(']');
            }
            case STRING -> string(value.textValue(), out);
            case NUMBER -> out.append(number(value));
            case BOOLEAN -> out.append(value.booleanValue());
            case NULL -> out.append("null");
            case BINARY, MISSING, POJO -> throw noJson(value);
        }
    }

    /** Names in the order of their UTF-16 code units, which is that of {@link String#compareTo}. */
    static List<String> sortedNames(JsonNode object) {
        List<String> names = new ArrayList<>(object.size());
        object.fieldNames().forEachRemaining(names::add);
        names.sort(null);
        return names;
    }

    static void member(String name, JsonNode object, StringBuilder out, int depth) {
        string(name, out);
        out.append(':');
        write(object.path(name), out, depth + 1);
    }

    private static String number(JsonNode value) {
        if (!survives(value)) {
            throw new IllegalArgumentException(
                    "number `" + value.asText() + "` cannot be kept exactly; carry it as a string");
        }
        return value.isIntegralNumber() && value.canConvertToLong() && small(value.longValue())
                ? Long.toString(value.longValue())
                : EcmaNumber.text(value.doubleValue());
    }

    private static boolean small(long value) {
        return -LARGEST_EXACT_INTEGER <= value && value <= LARGEST_EXACT_INTEGER;
    }

    private static boolean survives(JsonNode number) {
        return switch (number.numberType()) {
            case INT -> true;
            case LONG, BIG_INTEGER -> {
                BigInteger value = number.bigIntegerValue();
                yield (value.bitLength() <= 63 && small(value.longValue()))
                        || survives(new BigDecimal(value), value.doubleValue());
            }
            case FLOAT, DOUBLE -> Double.isFinite(number.doubleValue());
            case BIG_DECIMAL -> survives(number.decimalValue(), number.doubleValue());
        };
    }

    private static boolean survives(BigDecimal exact, double rounded) {
        return Double.isFinite(rounded)
                && new BigDecimal(EcmaNumber.text(rounded)).compareTo(exact) == 0;
    }

    static void string(String text, StringBuilder out) {
        out.append('"');
        int copied = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x20 && c != '"' && c != '\\' && !Character.isSurrogate(c)) {
                continue;
            }
            out.append(text, copied, i);
            copied = i + 1;
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\b' -> out.append("\\b");
                case '\t' -> out.append("\\t");
                case '\n' -> out.append("\\n");
                case '\f' -> out.append("\\f");
                case '\r' -> out.append("\\r");
                default -> {
                    if (c < 0x20) {
                        out.append("\\u00").append(hex(c >> 4)).append(hex(c));
                    } else if (lone(text, i)) {
                        throw new IllegalArgumentException(
                                "half a surrogate pair at " + i + "; text must be Unicode");
                    } else {
                        out.append(c).append(text.charAt(++i));
                        copied = i + 1;
                    }
                }
            }
        }
        if (copied == 0) {
            out.append(text);
        } else {
            out.append(text, copied, text.length());
        }
        out.append('"');
    }

    private static char hex(int value) {
        return Character.forDigit(value & 0xf, 16);
    }

    /** Whether the surrogate at this place does not start a pair. */
    private static boolean lone(String text, int at) {
        return !Character.isHighSurrogate(text.charAt(at))
                || at + 1 == text.length()
                || !Character.isLowSurrogate(text.charAt(at + 1));
    }

    private static String wellFormed(String text) {
        StringBuilder out = null;
        int copied = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            if (!lone(text, i)) {
                i++;
                continue;
            }
            if (out == null) {
                out = new StringBuilder(text.length() + 16);
            }
            out.append(text, copied, i).append("\\u").append(Integer.toHexString(c));
            copied = i + 1;
        }
        return out == null ? text : out.append(text, copied, text.length()).toString();
    }
}
