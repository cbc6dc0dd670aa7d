package dev.countersign.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.agent.HookAnswer;
import dev.countersign.policy.Because;
import dev.countersign.policy.Effect;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a model is told about a call that did not run. */
final class Words {
    private static final int MOST_RULES = 3;
    private static final int LONGEST_NAME = 200;

    private Words() {}

    /** That nobody decided. */
    static String notJudged(String why) {
        return new HookAnswer.Failed(why, "").told();
    }

    /**
     * Of a decision that is no allow.
     *
     * @param decision in the shape of {@code POST /v1/decisions}
     */
    static String refused(JsonNode decision) {
        String id = decision.path("id").asText("");
        String reason = decision.path("reason").asText("");
        JsonNode decider = decision.path("decider");
        HookAnswer answer =
                switch (decider.path("kind").asText("")) {
                    case "failure" -> new HookAnswer.Failed(withoutPrefix(reason), id);
                    case "stop" -> new HookAnswer.Stopped(reason, id);
                    case "person" ->
                            new HookAnswer.Deny(
                                    HookAnswer.ofPerson(reason, decider.path("id").asText("")),
                                    List.of(),
                                    "",
                                    id);
                    default ->
                            new HookAnswer.Deny(
                                    reason + pending(decision),
                                    rules(decision),
                                    decision.path("instead").asText(""),
                                    id);
                };
        return answer.told();
    }

    private static String pending(JsonNode decision) {
        return switch (decision.path("effect").asText("")) {
            case "ask" -> {
                JsonNode approval = decision.path("approval");
                String where =
                        approval.isMissingNode()
                                ? ""
                                : " as "
                                        + approval.path("id").asText("")
                                        + " ("
                                        + approval.path("url").asText("")
                                        + ")";
                yield "; pending" + where + ", so go on with other work and try again later";
            }
            case "defer" ->
                    (decision.has("until")
                                    ? "; it is decided again at " + decision.path("until").asText()
                                    : "")
                            + ", so go on with other work";
            default -> "";
        };
    }

    /** The rules of what decided. */
    private static List<Because> rules(JsonNode decision) {
        String effect = decision.path("effect").asText("");
        List<Because> rules = new ArrayList<>();
        for (JsonNode operation : decision.path("operations")) {
            for (JsonNode because : operation.path("because")) {
                Effect said = effect(because.path("effect").asText(""));
                if (said != null && because.path("effect").asText("").equals(effect)) {
                    Because rule =
                            new Because(
                                    because.path("document").asText(""),
                                    because.path("rule").asText(""),
                                    because.path("at").textValue(),
                                    said,
                                    because.path("text").asText(""));
                    if (!rules.contains(rule) && rules.size() < MOST_RULES) {
                        rules.add(rule);
                    }
                    break;
                }
            }
        }
        return rules;
    }

    private static @Nullable Effect effect(String wire) {
        for (Effect each : Effect.values()) {
            if (each.wire().equals(wire.toLowerCase(Locale.ROOT))) {
                return each;
            }
        }
        return null;
    }

    private static String withoutPrefix(String reason) {
        return reason.startsWith(HookAnswer.NOT_JUDGED)
                ? reason.substring(HookAnswer.NOT_JUDGED.length())
                : reason;
    }

    /** A few words of somebody else's, on one line. */
    static String visible(String text) {
        String line =
                text.codePoints()
                        .map(c ->
                                Character.isISOControl(c)
                                                || Character.getType(c) == Character.FORMAT
                                                || Character.getType(c) == Character.SURROGATE
                                        ? ' '
                                        : c)
                        .collect(
                                StringBuilder::new,
                                StringBuilder::appendCodePoint,
                                StringBuilder::append)
                        .toString();
        return line.length() <= LONGEST_NAME ? line : line.substring(0, LONGEST_NAME - 1) + "…";
    }
}
