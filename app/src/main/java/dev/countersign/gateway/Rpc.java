package dev.countersign.gateway;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A JSON-RPC message. It is read more strictly than the standard asks, because whoever gets it next
 * may read it by another library: what two of them could take for different messages is refused.
 */
sealed interface Rpc {
    /** Deeper than any of our own interfaces takes. */
    int DEEPEST = 100;

    /** Ids are kept until somebody answers, and nobody needs longer ones. */
    int LONGEST_ID = 512;

    /** As many of the other side's questions wait at once. */
    int MOST_ASKED = 1_000;

    /**
     * A question.
     *
     * @param params its parameters, or null when it has none
     * @param raw the bytes it came as
     */
    @SuppressWarnings("ArrayRecordComponent") // passed on as they are, never compared
    record Request(Id id, String method, @Nullable ObjectNode params, byte[] raw) implements Rpc {}

    /** Something said, which nobody answers. */
    @SuppressWarnings("ArrayRecordComponent")
    record Notice(String method, @Nullable ObjectNode params, byte[] raw) implements Rpc {}

    /**
     * An answer.
     *
     * @param id what it answers, or null where the other side could not read that
     * @param result what was asked for, or null when it is an error
     * @param error why not, or null
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Reply(@Nullable Id id, @Nullable JsonNode result, @Nullable JsonNode error, byte[] raw)
            implements Rpc {

        /** That nobody answered. */
        static Reply failed(Id id, String why) {
            ObjectNode error = JsonNodeFactory.instance.objectNode();
            error.put("code", INTERNAL_ERROR).put("message", why);
            return new Reply(id, null, error, new byte[0]);
        }
    }

    /**
     * What ties an answer to its question.
     *
     * @param node a text, not a long one, or a whole number
     */
    record Id(JsonNode node) {
        static @Nullable Id of(@Nullable JsonNode node) {
            if (node == null) {
                return null;
            }
            if (node.isTextual()) {
                return node.textValue().length() <= LONGEST_ID ? new Id(node) : null;
            }
            return node.isIntegralNumber() && node.canConvertToLong() ? new Id(number(node)) : null;
        }

        static Id of(String text) {
            return new Id(JsonNodeFactory.instance.textNode(text));
        }

        /** Equal numbers are equal, however wide their node is. */
        private static JsonNode number(JsonNode node) {
            return JsonNodeFactory.instance.numberNode(node.longValue());
        }
    }

    /** A message that goes nowhere. */
    final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient @Nullable Id id;
        private final int code;

        Unreadable(int code, @Nullable Id id, String message) {
            super(message, null, false, false);
            this.code = code;
            this.id = id;
        }

        /** The question in it, where that can be told without taking it for anything else. */
        @Nullable Id id() {
            return id;
        }

        /** The error code of JSON-RPC. */
        int code() {
            return code;
        }
    }

    /** Not JSON. */
    int PARSE_ERROR = -32_700;

    /** JSON, but no message. */
    int INVALID_REQUEST = -32_600;

    /** A method that is not there. */
    int METHOD_NOT_FOUND = -32_601;

    /** A message with parameters that cannot be. */
    int INVALID_PARAMS = -32_602;

    /** Something went wrong on this side. */
    int INTERNAL_ERROR = -32_603;

    /** A revision of the protocol nobody here knows. */
    int UNSUPPORTED_VERSION = -32_022;

    /** Reads what stands on one line. */
    static Rpc read(byte[] line) throws Unreadable {
        return Reading.message(line);
    }

    /**
     * Fails when a name in an object could be taken for one of these by a reader that does not mind
     * capitals.
     */
    static void unambiguous(ObjectNode object, Set<String> names, @Nullable Id id)
            throws Unreadable {
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            String name = field.getKey();
            String folded = Reading.folded(name);
            if (!names.contains(name)
                    && names.stream().anyMatch(known -> Reading.folded(known).equals(folded))) {
                throw new Unreadable(
                        INVALID_REQUEST,
                        id,
                        "`" + Words.visible(name) + "` can be read as another name");
            }
        }
    }

    /** Whether a method is this one, or would be for a reader who is not exact. */
    static boolean resembles(String method, String exact) {
        return Reading.folded(method.strip()).equals(exact);
    }

    /** The bytes of a message. */
    static byte[] bytes(ObjectNode message) {
        try {
            return Reading.STRICT.writeValueAsBytes(message);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a message cannot be written (this is a bug)", e);
        }
    }

    /** An empty message. */
    static ObjectNode message() {
        return Reading.STRICT.createObjectNode().put("jsonrpc", "2.0");
    }

    /** An error that answers a question, or nobody's. */
    static byte[] error(@Nullable Id id, int code, String text) {
        ObjectNode message = message();
        message.set("id", id == null ? JsonNodeFactory.instance.nullNode() : id.node());
        message.putObject("error").put("code", code).put("message", text);
        return bytes(message);
    }

    /** A result that answers a question. */
    static byte[] result(Id id, JsonNode result) {
        ObjectNode message = message();
        message.set("id", id.node());
        message.set("result", result);
        return bytes(message);
    }

    /** How a message is read. */
    final class Reading {
        private static final Set<String> ENVELOPE =
                Set.of("jsonrpc", "id", "method", "params", "result", "error");

        private static final ObjectMapper STRICT = mapper(true);

        /** Only ever to find whom to tell that a message was refused. */
        private static final ObjectMapper LOOSE = mapper(false);

        private Reading() {}

        private static ObjectMapper mapper(boolean strict) {
            return JsonMapper.builder(
                            JsonFactory.builder()
                                    .configure(StreamReadFeature.STRICT_DUPLICATE_DETECTION, strict)
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(DEEPEST)
                                                    .maxNumberLength(100)
                                                    .maxStringLength(Lines.LONGEST)
                                                    .build())
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                    .build();
        }

        private static Rpc message(byte[] line) throws Unreadable {
            String text = text(line);
            JsonNode node;
            try {
                node = STRICT.readTree(text);
            } catch (JsonProcessingException e) {
                String why = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
                throw new Unreadable(PARSE_ERROR, asked(text), Words.visible(why));
            } catch (StackOverflowError e) {
                throw new Unreadable(PARSE_ERROR, null, "it is nested too deeply");
            }
            if (node instanceof ObjectNode object) {
                return message(object, line);
            }
            throw new Unreadable(
                    INVALID_REQUEST,
                    null,
                    node != null && node.isArray()
                            ? "messages come one by one here, not in a list"
                            : "it is no message");
        }

        private static Rpc message(ObjectNode object, byte[] line) throws Unreadable {
            Id id = Id.of(object.get("id"));
            unambiguous(object, ENVELOPE, id);
            if (!"2.0".equals(object.path("jsonrpc").textValue())) {
                throw new Unreadable(INVALID_REQUEST, id, "it is no message of JSON-RPC 2.0");
            }
            boolean asks = object.has("method");
            boolean answers = object.has("result") || object.has("error");
            if (asks == answers || (object.has("result") && object.has("error"))) {
                throw new Unreadable(
                        INVALID_REQUEST, id, "it is neither a question nor one answer");
            }
            if (!wellFormed(object)) {
                throw new Unreadable(INVALID_REQUEST, id, "it holds half of a character");
            }
            return asks ? asking(object, id, line) : answering(object, id, line);
        }

        private static Rpc asking(ObjectNode object, @Nullable Id id, byte[] line)
                throws Unreadable {
            String method = object.path("method").textValue();
            JsonNode params = object.path("params");
            if (method == null) {
                throw new Unreadable(INVALID_REQUEST, id, "its method is no text");
            }
            if (!params.isMissingNode() && !params.isNull() && !params.isObject()) {
                throw new Unreadable(INVALID_REQUEST, id, "its parameters are no object");
            }
            ObjectNode named = params instanceof ObjectNode some ? some : null;
            if (!object.has("id")) {
                return new Notice(method, named, line);
            }
            if (id == null) {
                throw new Unreadable(
                        INVALID_REQUEST, null, "its id is neither a short text nor a whole number");
            }
            return new Request(id, method, named, line);
        }

        private static Rpc answering(ObjectNode object, @Nullable Id id, byte[] line)
                throws Unreadable {
            if (id == null && !object.path("id").isNull()) {
                throw new Unreadable(
                        INVALID_REQUEST, null, "its id is neither a short text nor a whole number");
            }
            return new Reply(id, object.get("result"), object.get("error"), line);
        }

        /** The text of a line that every reader takes for one line. */
        private static String text(byte[] line) throws Unreadable {
            int end = line.length;
            if (end > 0 && line[end - 1] == '\r') {
                end--;
            }
            for (int i = 0; i < end; i++) {
                if (line[i] == '\r') {
                    // Many servers end a line there and would read a message inside this one.
                    throw new Unreadable(
                            PARSE_ERROR, null, "a carriage return stands inside the line");
                }
            }
            try {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(line, 0, end))
                        .toString();
            } catch (CharacterCodingException e) {
                throw new Unreadable(PARSE_ERROR, null, "it is not UTF-8");
            }
        }

        /** The question somebody may wait for an answer to, in a message that is refused. */
        private static @Nullable Id asked(String text) {
            try {
                return Id.of(LOOSE.readTree(text).get("id"));
            } catch (JsonProcessingException | StackOverflowError e) {
                return null;
            }
        }

        /** As readers that do not mind capitals compare names. */
        static String folded(String name) {
            return name.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
        }

        /** Whether nothing in it is a lone surrogate, which readers replace in their own ways. */
        private static boolean wellFormed(JsonNode node) {
            if (node.isTextual()) {
                return wellFormed(node.textValue());
            }
            if (node.isObject()) {
                for (Map.Entry<String, JsonNode> field : node.properties()) {
                    if (!wellFormed(field.getKey()) || !wellFormed(field.getValue())) {
                        return false;
                    }
                }
                return true;
            }
            for (JsonNode each : node) {
                if (!wellFormed(each)) {
                    return false;
                }
            }
            return true;
        }

        private static boolean wellFormed(String text) {
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (Character.isHighSurrogate(c)) {
                    if (i + 1 >= text.length() || !Character.isLowSurrogate(text.charAt(i + 1))) {
                        return false;
                    }
                    i++;
                } else if (Character.isLowSurrogate(c)) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Every question in a list that was sent at once, for whoever waits for their answers. */
    static List<Id> askedTogether(byte[] line) {
        try {
            Set<Id> ids = new HashSet<>();
            for (JsonNode each : Reading.LOOSE.readTree(line)) {
                Id id = Id.of(each.get("id"));
                if (id != null && each.has("method")) {
                    ids.add(id);
                }
            }
            return List.copyOf(ids);
        } catch (java.io.IOException | StackOverflowError e) {
            return List.of();
        }
    }
}
