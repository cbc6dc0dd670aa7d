package dev.countersign.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads bodies that strangers send: bounded in size and depth, and strict about what JSON is. */
public final class Bodies {
    /** The largest body that is read. */
    public static final int MOST_BYTES = 1 << 20;

    /** The deepest nesting that is read. */
    public static final int MOST_DEPTH = 100;

    /**
     * How much of a body that is too large is still taken off the wire, so that its sender is ready
     * to read the answer.
     */
    private static final int MOST_DISCARDED = 16 << 20;

    private static final ObjectMapper STRICT =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(MOST_DEPTH)
                                                    .maxStringLength(MOST_BYTES)
                                                    .maxNumberLength(100)
                                                    .maxNameLength(10_000)
                                                    .build())
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private Bodies() {}

    /** A body that cannot be used. */
    public static final class Unusable extends Exception {
        private static final long serialVersionUID = 1L;
        private final boolean tooLarge;
        private final String reason;

        Unusable(boolean tooLarge, String reason) {
            super(reason, null, false, false);
            this.tooLarge = tooLarge;
            this.reason = reason;
        }

        /** One clause for people, with line and column where there are any. */
        public String reason() {
            return reason;
        }

        Problem problem() {
            return new Problem(
                    tooLarge ? Problem.Kind.TOO_LARGE : Problem.Kind.BAD_REQUEST, reason);
        }
    }

    /** The bytes of a body of at most {@link #MOST_BYTES}. */
    public static byte[] bytes(ServerRequest request) throws Unusable {
        if (!request.content().hasEntity()) {
            return new byte[0];
        }
        try (InputStream in = request.content().inputStream()) {
            // One more than is said or allowed: room for what most bodies never have.
            long said = request.headers().contentLength().orElse(MOST_BYTES);
            byte[] bytes = in.readNBytes((int) Math.min(said, MOST_BYTES) + 1);
            if (bytes.length <= MOST_BYTES) {
                return bytes;
            }
            byte[] rest = new byte[65_536];
            for (int left = MOST_DISCARDED; left > 0; ) {
                int read = in.read(rest);
                if (read < 0) {
                    break;
                }
                left -= read;
            }
            throw new Unusable(
                    true, "the body is larger than " + MOST_BYTES + " bytes, which is the limit");
        } catch (IOException | UncheckedIOException e) {
            throw new Unusable(false, "the body could not be read to its end");
        }
    }

    /** A body as JSON. */
    public static JsonNode json(ServerRequest request) throws Unusable {
        return parse(bytes(request));
    }

    /** A body as a JSON object, or the error to answer with. */
    static ObjectNode object(ServerRequest request) {
        try {
            if (json(request) instanceof ObjectNode object) {
                return object;
            }
            throw Problem.badRequest("the body must be a JSON object");
        } catch (Unusable e) {
            throw e.problem();
        }
    }

    /** The fields of a form in their order; the first of several with one name counts. */
    public static Map<String, String> form(ServerRequest request) {
        try {
            Map<String, String> fields = new LinkedHashMap<>();
            for (String pair : text(bytes(request)).split("&", 200)) {
                int equals = pair.indexOf('=');
                if (equals > 0) {
                    fields.putIfAbsent(
                            decoded(pair.substring(0, equals)),
                            decoded(pair.substring(equals + 1)));
                }
            }
            return fields;
        } catch (Unusable e) {
            throw e.problem();
        }
    }

    private static String decoded(String part) throws Unusable {
        try {
            return URLDecoder.decode(part, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new Unusable(false, "the form is not encoded as forms are");
        }
    }

    /** Text of a form or of JSON. */
    static String text(byte[] bytes) throws Unusable {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new Unusable(false, "the body is not UTF-8");
        }
    }

    static JsonNode parse(byte[] bytes) throws Unusable {
        String text = text(bytes);
        if (text.isBlank()) {
            throw new Unusable(false, "the body is empty; expected JSON");
        }
        try {
            return STRICT.readTree(text);
        } catch (StreamConstraintsException e) {
            throw new Unusable(
                    false,
                    String.valueOf(e.getOriginalMessage()).contains("nesting depth")
                            ? "the JSON is nested deeper than " + MOST_DEPTH + " levels"
                            : "the JSON holds a name or number that is too long" + at(e));
        } catch (JsonProcessingException e) {
            throw new Unusable(
                    false,
                    "the body is not JSON: "
                            + firstLine(String.valueOf(e.getOriginalMessage()))
                            + at(e));
        } catch (StackOverflowError e) {
            throw new Unusable(false, "the JSON is nested too deeply");
        }
    }

    private static String at(JsonProcessingException e) {
        JsonLocation at = e.getLocation();
        return at == null ? "" : ", at line " + at.getLineNr() + ", column " + at.getColumnNr();
    }

    private static String firstLine(String message) {
        int end = message.indexOf('\n');
        String line = end < 0 ? message : message.substring(0, end);
        return line.length() <= 200 ? line : line.substring(0, 199) + "…";
    }
}
