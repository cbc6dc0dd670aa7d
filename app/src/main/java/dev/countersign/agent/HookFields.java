package dev.countersign.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The fields of a hook body, which must be what they are said to be. */
final class HookFields {
    static final int LONGEST_NAME = 256;
    private static final int LONGEST_OUTPUT = 4_000;

    private HookFields() {}

    /** What came out, short: the streams of a command, the text of a message, else the JSON. */
    static String summary(JsonNode output) {
        if (output.isTextual()) {
            return Wording.bounded(output.textValue(), LONGEST_OUTPUT);
        }
        if (output.path("stdout").isTextual() || output.path("stderr").isTextual()) {
            String out = output.path("stdout").asText("");
            String err = output.path("stderr").asText("");
            return Wording.bounded(err.isEmpty() ? out : out + "\n[stderr] " + err, LONGEST_OUTPUT);
        }
        if (output.isArray() && output.size() > 0 && output.path(0).path("text").isTextual()) {
            StringBuilder texts = new StringBuilder();
            for (JsonNode part : output) {
                if (texts.length() > LONGEST_OUTPUT) {
                    break;
                }
                texts.append(texts.isEmpty() ? "" : "\n").append(part.path("text").asText(""));
            }
            return Wording.bounded(texts.toString(), LONGEST_OUTPUT);
        }
        if (output instanceof ObjectNode object) {
            // The whole file before the edit is no result of the call.
            ObjectNode kept = object.deepCopy();
            kept.remove(List.of("originalFile", "original_file", "updated_file", "prompt"));
            return Wording.bounded(kept.toString(), LONGEST_OUTPUT);
        }
        return output.isMissingNode() || output.isNull()
                ? ""
                : Wording.bounded(output.toString(), LONGEST_OUTPUT);
    }

    /** The working directory. */
    static String cwd(ObjectNode hook, Scene scene) throws Unclear {
        return absolute("cwd", required(hook, "cwd"), scene);
    }

    /** A path that begins at the root of the machine it is of. */
    static String absolute(String field, String cwd, Scene scene) throws Unclear {
        checkPath(field, cwd);
        boolean absolute =
                scene.platform().equals("windows")
                        ? cwd.matches("[A-Za-z]:[/\\\\].*|\\\\\\\\[^\\\\]+\\\\.*")
                        : cwd.startsWith("/");
        if (!absolute) {
            throw new Unclear("`%s` is not an absolute path: `%s`".formatted(field, shown(cwd)));
        }
        return cwd;
    }

    /** No path of any system holds one. */
    static void checkPath(String field, String path) throws Unclear {
        if (path.indexOf('\0') >= 0) {
            throw new Unclear("`%s` holds a NUL character".formatted(field));
        }
    }

    /** A text that must be there; a name is bounded. */
    static String required(ObjectNode hook, String field) throws Unclear {
        JsonNode value = hook.path(field);
        if (!value.isTextual() || value.textValue().isEmpty()) {
            throw new Unclear(
                    value.isMissingNode()
                            ? "`%s` is missing".formatted(field)
                            : "`%s` is not a non-empty text".formatted(field));
        }
        boolean path = field.equals("cwd") || field.equals("file_path");
        if (!path && value.textValue().length() > LONGEST_NAME) {
            throw new Unclear("`%s` is longer than %d characters".formatted(field, LONGEST_NAME));
        }
        return value.textValue();
    }

    /** An optional text; what is too long for a name is left out. */
    static @Nullable String text(ObjectNode hook, String field) {
        JsonNode value = hook.path(field);
        boolean usable = value.isTextual() && !value.textValue().isEmpty();
        boolean path = field.equals("transcript_path");
        return usable && (path || value.textValue().length() <= LONGEST_NAME)
                ? value.textValue()
                : null;
    }

    /** What somebody wrote, for a sentence. */
    static String shown(String text) {
        return Wording.clean(Wording.bounded(text, 80));
    }

    /** Why a body cannot be judged, as a clause for people. */
    static final class Unclear extends Exception {
        private static final long serialVersionUID = 1L;
        final String reason;

        Unclear(String reason) {
            super(reason, null, false, false);
            this.reason = reason;
        }
    }

    /** What a client makes of a body that is an object. */
    @FunctionalInterface
    interface Reading {
        HookEvent of(ObjectNode hook) throws Unclear;
    }

    /**
     * Reads a body, or says why it cannot be judged.
     *
     * @param session where the session stands
     */
    static HookEvent read(String event, JsonNode body, String session, Reading reading) {
        try {
            if (!(body instanceof ObjectNode hook)) {
                throw new Unclear("the body is not a JSON object");
            }
            return reading.of(hook);
        } catch (Unclear problem) {
            String named = body.path(session).asText("");
            return new HookEvent.Unreadable(event, problem.reason, named.isEmpty() ? null : named);
        }
    }
}
