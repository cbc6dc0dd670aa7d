package dev.countersign.agent;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Answers for clients that read nothing but the exit code of a hook and its error output. */
final class ExitCode {
    private static final int BLOCKED = 2;

    private ExitCode() {}

    static ObjectNode answer(Said said) {
        ObjectNode out = JsonNodeFactory.instance.objectNode();
        return said instanceof Said.Refused refused
                ? out.put("exit_code", BLOCKED).put("stderr", refused.why())
                : out.put("exit_code", 0);
    }

    static Client.Exit exit(ObjectNode answer) {
        int code = answer.path("exit_code").asInt(BLOCKED);
        return new Client.Exit(code, answer.path("stderr").asText(""));
    }

    static boolean isAnswer(ObjectNode answer) {
        return answer.path("exit_code").isInt()
                && (answer.path("exit_code").intValue() == 0
                        || !answer.path("stderr").asText("").isEmpty());
    }
}
