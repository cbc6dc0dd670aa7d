package dev.countersign.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** JSON read within bounds and written on one line. */
final class Json {
    /** Deepest nesting that is read; the server's bound as well. */
    static final int DEEPEST = 100;

    /** Longest text that is read. */
    static final int LONGEST = 1 << 20;

    private static final ObjectMapper MAPPER =
            new ObjectMapper(
                            JsonFactory.builder()
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(DEEPEST)
                                                    .build())
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** Reads any value; the message of the exception is for people. */
    static JsonNode read(String text) throws Broken {
        try {
            JsonNode node = MAPPER.readTree(text);
            if (node == null || node.isMissingNode()) {
                throw new Broken("nothing where JSON was expected");
            }
            return node;
        } catch (JsonProcessingException e) {
            String where =
                    e.getLocation() == null ? "" : " at column " + e.getLocation().getColumnNr();
            String what = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
            throw new Broken("broken JSON" + where + ": " + what);
        }
    }

    /**
     * The plain value of a field of the outermost object in a text that is cut or broken behind it,
     * or null when it does not come before that.
     */
    static @Nullable JsonNode fieldOfBroken(String text, String field) {
        try (JsonParser parser = MAPPER.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean wanted = parser.currentName().equals(field);
                JsonToken value = parser.nextToken();
                if (wanted) {
                    return value == null || !value.isScalarValue()
                            ? null
                            : MAPPER.reader()
                                    .without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                                    .readTree(parser);
                }
                parser.skipChildren();
            }
            return null;
        } catch (IOException e) {
            return null;
        }
    }

    /** Reads an object. */
    static ObjectNode readObject(String text) throws Broken {
        if (read(text) instanceof ObjectNode object) {
            return object;
        }
        throw new Broken("expected a JSON object, `{…}`");
    }

    static String write(JsonNode node) {
        try {
            return MAPPER.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree that cannot be written (this is a bug)", e);
        }
    }

    /** Over several lines, for people. */
    static String pretty(JsonNode node) {
        return node.toPrettyString();
    }

    /** The text of a field, or empty text when it is absent, null or no text. */
    static String text(JsonNode node, String field) {
        JsonNode value = node.path(field);
        return value.isValueNode() && !value.isNull() ? value.asText() : "";
    }

    /** What was read is not what it should be. */
    static final class Broken extends Exception {
        private static final long serialVersionUID = 1L;

        Broken(String message) {
            super(message);
        }

        String text() {
            return String.valueOf(getMessage());
        }
    }
}
