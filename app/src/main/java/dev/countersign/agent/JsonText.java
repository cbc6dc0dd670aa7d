package dev.countersign.agent;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON text that is edited in place: what an edit does not name keeps every character, blanks,
 * order and spelling included.
 */
final class JsonText {
    private static final JsonFactory STRICT = builder().build();

    /** With comments, and commas behind the last of a list. */
    private static final JsonFactory LENIENT =
            builder()
                    .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
                    .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
                    .build();

    private static JsonFactoryBuilder builder() {
        return new JsonFactoryBuilder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .streamReadConstraints(
                        StreamReadConstraints.builder().maxNestingDepth(100).build());
    }

    /** A value and where it stands: {@code start} inclusive, {@code end} exclusive. */
    sealed interface Value {
        int start();

        int end();
    }

    record Scalar(int start, int end) implements Value {}

    record Items(int start, int end, List<Value> items) implements Value {}

    record Members(int start, int end, List<Member> members) implements Value {
        @Nullable Member named(String name) {
            for (Member member : members) {
                if (member.name().equals(name)) {
                    return member;
                }
            }
            return null;
        }
    }

    /** A name with its value; {@code start} is where the name's quote stands. */
    record Member(int start, String name, Value value) {}

    /** The text is no JSON object. */
    static final class Broken extends Exception {
        private static final long serialVersionUID = 1L;
        private final int line;
        private final int column;

        Broken(String message, int line, int column) {
            super(message, null, false, false);
            this.line = line;
            this.column = column;
        }

        int line() {
            return line;
        }

        int column() {
            return column;
        }

        String what() {
            return String.valueOf(getMessage());
        }
    }

    private final String text;
    private final Members root;
    private final String newline;
    private final String unit;

    private final JsonFactory factory;

    private JsonText(String text, Members root, JsonFactory factory) {
        this.factory = factory;
        this.text = text;
        this.root = root;
        this.newline = text.contains("\r\n") ? "\r\n" : "\n";
        this.unit = unit(text, root);
    }

    /** Reads a text whose only value is an object. */
    static JsonText of(String text) throws Broken {
        return of(text, STRICT);
    }

    /** The same, for a client that takes comments. */
    static JsonText lenient(String text) throws Broken {
        return of(text, LENIENT);
    }

    private static JsonText of(String text, JsonFactory factory) throws Broken {
        try (JsonParser parser = factory.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new Broken("expected an object, `{…}`", 1, 1);
            }
            Members root = (Members) value(parser);
            if (parser.nextToken() != null) {
                JsonLocation at = parser.currentTokenLocation();
                throw new Broken("something follows the object", at.getLineNr(), at.getColumnNr());
            }
            return new JsonText(text, root, factory);
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            String what = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
            throw new Broken(
                    "not valid JSON: "
                            + (what.contains("comment?") ? "comments are not allowed" : what),
                    at == null ? 1 : at.getLineNr(),
                    at == null ? 1 : at.getColumnNr());
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory failed (this is a bug)", e);
        }
    }

    private static Value value(JsonParser parser) throws IOException {
        int start = offset(parser.currentTokenLocation());
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                List<Member> members = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    int at = offset(parser.currentTokenLocation());
                    String name = parser.currentName();
                    parser.nextToken();
                    members.add(new Member(at, name, value(parser)));
                }
                yield new Members(start, offset(parser.currentTokenLocation()) + 1, members);
            }
            case START_ARRAY -> {
                List<Value> items = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(value(parser));
                }
                yield new Items(start, offset(parser.currentTokenLocation()) + 1, items);
            }
            default -> {
                parser.finishToken();
                yield new Scalar(start, offset(parser.currentLocation()));
            }
        };
    }

    private static int offset(JsonLocation location) {
        return Math.toIntExact(location.getCharOffset());
    }

    /** One step of indentation: what stands before the first member on a line of its own. */
    private static String unit(String text, Members root) {
        if (!root.members().isEmpty()) {
            String before = lineIndent(text, root.members().getFirst().start());
            if (!before.isEmpty()
                    && broken(text, root.start(), root.members().getFirst().start())) {
                return before;
            }
        }
        return "  ";
    }

    String text() {
        return text;
    }

    Members root() {
        return root;
    }

    /** Adds a member at the end of an object. */
    JsonText with(Members object, String name, JsonNode value) throws Broken {
        boolean flat =
                !object.members().isEmpty()
                        && !broken(text, object.start(), object.members().getFirst().start());
        String indent = childIndent(object, object.members().isEmpty() ? -1 : lastStart(object));
        String member = quoted(name) + ": " + (flat ? flat(value) : pretty(value, indent));
        return insertLast(
                object,
                object.members().isEmpty() ? -1 : object.members().getLast().value().end(),
                flat,
                indent,
                member);
    }

    private static int lastStart(Members object) {
        return object.members().getLast().start();
    }

    /** Adds a value at the end of a list. */
    JsonText with(Items list, JsonNode value) throws Broken {
        boolean flat =
                !list.items().isEmpty()
                        && !broken(text, list.start(), list.items().getFirst().start());
        String indent =
                childIndent(list, list.items().isEmpty() ? -1 : list.items().getLast().start());
        return insertLast(
                list,
                list.items().isEmpty() ? -1 : list.items().getLast().end(),
                flat,
                indent,
                flat ? flat(value) : pretty(value, indent));
    }

    /** Puts another value in the place of one. */
    JsonText replaced(Value old, JsonNode value) throws Broken {
        return cut(old.start(), old.end(), flat(value));
    }

    /** Takes a member out, with the comma that goes with it. */
    JsonText without(Members object, Member member) throws Broken {
        List<int[]> spans = new ArrayList<>();
        object.members().forEach(m -> spans.add(new int[] {m.start(), m.value().end()}));
        return without(object, spans, object.members().indexOf(member));
    }

    /** Takes a value out of a list, with the comma that goes with it. */
    JsonText without(Items list, Value item) throws Broken {
        List<int[]> spans = new ArrayList<>();
        list.items().forEach(v -> spans.add(new int[] {v.start(), v.end()}));
        return without(list, spans, list.items().indexOf(item));
    }

    private JsonText without(Value container, List<int[]> spans, int index) throws Broken {
        if (spans.size() == 1) {
            return cut(container.start() + 1, container.end() - 1, "");
        }
        return index == spans.size() - 1
                ? cut(spans.get(index - 1)[1], spans.get(index)[1], "")
                : cut(spans.get(index)[0], spans.get(index + 1)[0], "");
    }

    private JsonText insertLast(
            Value container, int lastEnd, boolean flat, String indent, String item) throws Broken {
        if (lastEnd < 0) {
            String outer = lineIndent(text, container.start());
            return cut(
                    container.start() + 1,
                    container.end() - 1,
                    newline + indent + item + newline + outer);
        }
        return cut(lastEnd, lastEnd, flat ? ", " + item : "," + newline + indent + item);
    }

    /** How deep a child of a container stands: like its last sibling, else one step deeper. */
    private String childIndent(Value container, int sibling) {
        return sibling >= 0
                ? lineIndent(text, sibling)
                : lineIndent(text, container.start()) + unit;
    }

    private JsonText cut(int from, int to, String replacement) throws Broken {
        return of(text.substring(0, from) + replacement + text.substring(to), factory);
    }

    private static boolean broken(String text, int from, int to) {
        return text.substring(from, to).indexOf('\n') >= 0;
    }

    private static String lineIndent(String text, int at) {
        int line = text.lastIndexOf('\n', at - 1) + 1;
        int end = line;
        while (end < at && (text.charAt(end) == ' ' || text.charAt(end) == '\t')) {
            end++;
        }
        return text.substring(line, end);
    }

    private String pretty(JsonNode value, String indent) {
        StringBuilder out = new StringBuilder();
        pretty(value, indent, out);
        return out.toString();
    }

    private void pretty(JsonNode value, String indent, StringBuilder out) {
        if (value.isObject() && !value.isEmpty()) {
            out.append('{').append(newline);
            Iterator<Map.Entry<String, JsonNode>> fields = value.properties().iterator();
            while (fields.hasNext()) {
                Map.Entry<String, JsonNode> field = fields.next();
                out.append(indent).append(unit).append(quoted(field.getKey())).append(": ");
                pretty(field.getValue(), indent + unit, out);
                out.append(fields.hasNext() ? "," : "").append(newline);
            }
            out.append(indent).append('}');
        } else if (value.isArray() && !value.isEmpty() && !value.path(0).isValueNode()) {
            out.append('[').append(newline);
            Iterator<JsonNode> items = value.elements();
            while (items.hasNext()) {
                out.append(indent).append(unit);
                pretty(items.next(), indent + unit, out);
                out.append(items.hasNext() ? "," : "").append(newline);
            }
            out.append(indent).append(']');
        } else {
            out.append(flat(value));
        }
    }

    private static String flat(JsonNode value) {
        return value.toString();
    }

    private static String quoted(String name) {
        return com.fasterxml.jackson.databind.node.TextNode.valueOf(name).toString();
    }
}
