package dev.countersign.approval;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.call.RiskTier;
import dev.countersign.policy.Shape;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Which questions are so alike that people may read and answer them together: of one agent in one
 * task, with one tool, for the same people, about the same deeds of the same shape.
 */
public final class Similar {
    /** The most that is answered together. */
    public static final int MOST = 100;

    private Similar() {}

    /** What requests that are alike have in common, as a name of letters and digits. */
    public static String key(ApprovalRequest request) {
        JsonNode call = request.call();
        List<String> deeds = deeds(request);
        List<String> shapes = shapes(request);
        String common =
                List.of(
                                request.requester(),
                                request.task(),
                                call.path("agent_type").asText(),
                                call.path("client").asText(),
                                call.path("tool").asText(),
                                call.path("workspace").asText(),
                                String.valueOf(request.requirements()),
                                deeds.toString(),
                                shapes.toString())
                        .toString();
        return UUID.nameUUIDFromBytes(common.getBytes(StandardCharsets.UTF_8)).toString();
    }

    /** What requests have in common that ask for the same kind of thing, whoever asks and where. */
    public static String shape(ApprovalRequest request) {
        JsonNode call = request.call();
        return call.path("tool").asText() + ' ' + deeds(request) + ' ' + shapes(request);
    }

    private static List<String> deeds(ApprovalRequest request) {
        return request.explanation()
                .path("operations")
                .valueStream()
                .filter(operation -> !operation.path("effect").asText().equals("allow"))
                .map(operation -> deed(operation, request.call()))
                .toList();
    }

    private static List<String> shapes(ApprovalRequest request) {
        return request.offer().parts().stream()
                .map(Part::shape)
                .filter(shape -> shape.open() != Shape.Open.NOTHING)
                .map(shape -> shape.open() + " " + shape.widest() + " " + shape.place())
                .toList();
    }

    /** Action, risk and marks, what kind of thing it is done to, and by which program. */
    private static String deed(JsonNode operation, JsonNode call) {
        String kind =
                new TreeSet<>(
                                operation
                                        .path("resource")
                                        .propertyStream()
                                        .map(Map.Entry::getKey)
                                        .toList())
                        .toString();
        String tags =
                operation
                        .path("tags")
                        .valueStream()
                        .map(JsonNode::asText)
                        .sorted()
                        .collect(Collectors.joining(" "));
        return String.join(
                " ",
                operation.path("action").asText(),
                operation.path("risk").asText(),
                operation.path("opaque").asText(),
                kind,
                tags,
                program(operation, call));
    }

    /** The first word of the command that the operation comes from; empty for other tools. */
    private static String program(JsonNode operation, JsonNode call) {
        String command = call.path("input").path("command").asText("");
        int from = operation.path("source").path("from").asInt(-1);
        if (from < 0 || from >= command.length()) {
            return "";
        }
        return command.substring(from).strip().split("\\s", 2)[0];
    }

    /**
     * Why a request is approved by itself or not at all, in words for people; empty when it may be
     * approved together with others.
     */
    public static Optional<String> alone(ApprovalRequest request) {
        JsonNode decision = request.explanation();
        List<JsonNode> operations = decision.path("operations").valueStream().toList();
        boolean mild =
                RiskTier.of(decision.path("risk").asText(""))
                        .filter(risk -> risk != RiskTier.CRITICAL)
                        .isPresent();
        if (!mild || operations.stream().anyMatch(o -> "critical".equals(text(o, "risk")))) {
            return Optional.of("it is critical, so it is approved by itself");
        }
        if (operations.isEmpty()
                || operations.stream().anyMatch(o -> o.path("opaque").asBoolean(true))) {
            return Optional.of("it cannot be read to its end, so it is approved by itself");
        }
        return Optional.empty();
    }

    private static String text(JsonNode json, String name) {
        return json.path(name).asText("");
    }
}
