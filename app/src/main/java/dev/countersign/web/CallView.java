package dev.countersign.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.countersign.call.RiskTier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A tool call and what was found in it, ready to be shown.
 *
 * @param tool the client's name of the tool
 * @param client the program that hosts the agent
 * @param agent who asks
 * @param subagent the kind of subagent, or empty
 * @param driver in whose session it runs, or empty
 * @param workspace the root of the work
 * @param place the working directory as seen from the workspace, or empty when it is its root
 * @param command the command, drawn; empty when the tool is no shell
 * @param fields the rest of the input
 * @param operations what it really does, what decides first
 * @param risk the worst of them
 * @param reason why it was decided so
 * @param instead what would be allowed instead, or empty
 * @param elsewhere that it runs on another machine than this server, as a sentence; or empty
 */
public record CallView(
        String tool,
        String client,
        String agent,
        String subagent,
        String driver,
        List<Drawing.Piece> workspace,
        List<Drawing.Piece> place,
        List<Drawing.Piece> command,
        List<Field> fields,
        List<Found> operations,
        Risk risk,
        List<Drawing.Piece> reason,
        List<Drawing.Piece> instead,
        String elsewhere) {
    /** The fields in which clients say what takes the place of what. */
    private static final String BEFORE = "old_string";

    private static final String AFTER = "new_string";
    private static final ObjectWriter PRETTY =
            new ObjectMapper().writer().with(SerializationFeature.INDENT_OUTPUT);

    public CallView {
        command = List.copyOf(command);
        fields = List.copyOf(fields);
        operations = List.copyOf(operations);
    }

    /**
     * A part of the input.
     *
     * @param name its name
     * @param value drawn
     * @param style {@code plain}, {@code removed}, {@code added} or {@code diff}
     * @param diff what changes, where it changes lines; else null
     */
    public record Field(
            String name, List<Drawing.Piece> value, String style, @Nullable LineDiff diff) {}

    /**
     * A risk tier as five steps.
     *
     * @param word its name
     * @param level 1 to 5
     */
    public record Risk(String word, int level) {
        static Risk of(String word) {
            RiskTier tier = RiskTier.of(word).orElse(RiskTier.CRITICAL);
            return new Risk(tier.wire(), 1 + List.of(RiskTier.values()).indexOf(tier));
        }

        /** Whether a slip of the finger must not approve it. */
        public boolean grave() {
            return level >= 4;
        }

        /** Whether whoever approves it says why. */
        public boolean utmost() {
            return level == RiskTier.values().length;
        }
    }

    /** Something that spoke about an operation. */
    public record Reason(
            String document, String rule, String at, String effect, List<Drawing.Piece> text) {}

    /**
     * An operation.
     *
     * @param summary what it does in plain words
     * @param action its name in rules
     * @param resource what it acts on, as {@code name value} pairs
     * @param because what spoke about it, what decided first
     * @param forced how many of the first of them forced the effect
     */
    public record Found(
            String summary,
            String action,
            List<List<Drawing.Piece>> resource,
            Risk risk,
            String effect,
            boolean opaque,
            List<String> tags,
            List<Reason> because,
            int forced) {}

    /**
     * Reads what a request or a record keeps.
     *
     * @param call the call as JSON
     * @param decision the decision as JSON
     */
    static CallView of(JsonNode call, JsonNode decision) {
        JsonNode input = call.path("input");
        String workspace = call.path("workspace").asText("");
        String cwd = call.path("cwd").asText("");
        List<Found> operations = operations(decision);
        String command = input.path("command").isTextual() ? input.path("command").asText() : "";
        return new CallView(
                call.path("tool").asText(""),
                call.path("client").asText(""),
                call.path("agent").asText(""),
                text(call.path("agent_type")),
                text(call.path("driver")),
                Drawing.of(workspace),
                Drawing.of(
                        cwd.equals(workspace)
                                ? ""
                                : cwd.startsWith(workspace + "/")
                                        ? cwd.substring(workspace.length() + 1)
                                        : cwd),
                Drawing.of(command, marks(decision)),
                fields(input),
                operations,
                Risk.of(decision.path("risk").asText("")),
                Drawing.words(decision.path("reason").asText("")),
                Drawing.words(text(decision.path("instead"))),
                elsewhere(call.path("machine")));
    }

    private static String elsewhere(JsonNode machine) {
        if (machine.isMissingNode() || machine.isNull()) {
            return "";
        }
        return Texts.say(machine.has("told") ? "call.elsewhere-and-told" : "call.elsewhere");
    }

    private static List<Drawing.Mark> marks(JsonNode decision) {
        List<Drawing.Mark> marks = new ArrayList<>();
        for (JsonNode operation : decision.path("operations")) {
            int level = Risk.of(operation.path("risk").asText("")).level();
            boolean quiet = "allow".equals(operation.path("effect").asText(""));
            int from = operation.at("/source/from").asInt(0);
            int to = operation.at("/source/to").asInt(0);
            if (!quiet && to > from) {
                marks.add(new Drawing.Mark(from, to, level));
            }
        }
        return marks;
    }

    private static List<Field> fields(JsonNode input) {
        List<Field> fields = new ArrayList<>();
        boolean changes = change("change", input).isPresent();
        input.properties()
                .forEach(each -> {
                    String name = each.getKey();
                    JsonNode value = each.getValue();
                    if (name.equals("command") && value.isTextual()) {
                        return;
                    }
                    if (changes && name.equals(BEFORE)) {
                        change("change", input).ifPresent(fields::add);
                    } else if (!changes || !name.equals(AFTER)) {
                        fields.addAll(
                                name.equals("edits") ? edits(value) : List.of(field(name, value)));
                    }
                });
        return fields;
    }

    private static Field field(String name, JsonNode value) {
        String style =
                switch (name) {
                    case BEFORE -> "removed";
                    case AFTER, "content", "new_source" -> "added";
                    default -> "plain";
                };
        return new Field(name, Drawing.of(shown(value)), style, null);
    }

    /** A text that takes the place of another, as the lines that change. */
    private static Optional<Field> change(String name, JsonNode edit) {
        if (!edit.path(BEFORE).isTextual() || !edit.path(AFTER).isTextual()) {
            return Optional.empty();
        }
        LineDiff diff = LineDiff.whole(edit.path(BEFORE).textValue(), edit.path(AFTER).textValue());
        return Optional.ofNullable(diff).map(lines -> new Field(name, List.of(), "diff", lines));
    }

    /** Several changes of one file, or what else goes by that name. */
    private static List<Field> edits(JsonNode edits) {
        List<Field> fields = new ArrayList<>();
        int at = 0;
        for (JsonNode edit : edits) {
            Optional<Field> change =
                    change(Texts.say("call.change", ++at, edits.size()) + rest(edit), edit);
            if (change.isEmpty()) {
                return List.of(field("edits", edits));
            }
            fields.add(change.get());
        }
        return fields.isEmpty() ? List.of(field("edits", edits)) : fields;
    }

    /** What else is said of a change, such as that it is made everywhere. */
    private static String rest(JsonNode edit) {
        return edit.propertyStream()
                .filter(each -> !each.getKey().equals(BEFORE) && !each.getKey().equals(AFTER))
                .map(each -> ", " + each.getKey() + " " + each.getValue())
                .collect(Collectors.joining());
    }

    private static List<Found> operations(JsonNode decision) {
        List<Found> found = new ArrayList<>();
        for (JsonNode operation : decision.path("operations")) {
            List<List<Drawing.Piece>> resource = new ArrayList<>();
            operation
                    .path("resource")
                    .properties()
                    .forEach(field -> {
                        // A path without links resolves to itself, which says nothing.
                        if (field.getKey().equals("resolved")
                                && field.getValue().equals(operation.at("/resource/path"))) {
                            return;
                        }
                        resource.add(
                                Drawing.of(
                                        field.getKey()
                                                + " "
                                                + (field.getValue().isNull()
                                                        ? Texts.say("call.unknown")
                                                        : field.getValue().asText())));
                    });
            List<Reason> because = new ArrayList<>();
            int forced = 0;
            for (JsonNode each : operation.path("because")) {
                forced += each.path("forced").asBoolean(false) ? 1 : 0;
                because.add(
                        new Reason(
                                each.path("document").asText(""),
                                each.path("rule").asText(""),
                                text(each.path("at")),
                                each.path("effect").asText(""),
                                Drawing.words(
                                        each.path("text").asText(each.path("rule").asText("")))));
            }
            String action = operation.path("action").asText("");
            String summary = text(operation.path("summary"));
            found.add(
                    new Found(
                            summary.isEmpty() ? action.replace('_', ' ') : summary,
                            action,
                            List.copyOf(resource),
                            Risk.of(operation.path("risk").asText("")),
                            operation.path("effect").asText(""),
                            operation.path("opaque").asBoolean(false),
                            operation.path("tags").valueStream().map(JsonNode::asText).toList(),
                            List.copyOf(because),
                            // Records of older versions do not say it.
                            Math.min(because.size(), Math.max(1, forced))));
        }
        found.sort(
                Comparator.comparingInt((Found each) -> weight(each.effect()))
                        .thenComparing(each -> each.risk().level(), Comparator.reverseOrder()));
        return found;
    }

    private static int weight(String effect) {
        return switch (effect) {
            case "ask" -> 1;
            case "defer" -> 2;
            case "allow" -> 3;
            // A deny, and whatever nobody told us of.
            default -> 0;
        };
    }

    static String shown(JsonNode value) {
        if (value.isTextual()) {
            return value.textValue();
        }
        try {
            return PRETTY.writeValueAsString(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(JsonNode node) {
        return node.isTextual() ? node.textValue() : "";
    }

    /** What an operation does, drawn. */
    public static List<Drawing.Piece> drawn(Found operation) {
        return Drawing.words(operation.summary());
    }

    /** What the grave parts do, in plain words; for the head of a request. */
    public List<Drawing.Piece> plainly() {
        return Drawing.words(plainWords());
    }

    private String plainWords() {
        if (operations.isEmpty()) {
            return Texts.say("call.uses", tool);
        }
        String worst = operations.getFirst().summary();
        long more =
                told().stream()
                        .map(Found::summary)
                        .filter(s -> !s.equals(worst))
                        .distinct()
                        .count();
        String first = Character.toUpperCase(worst.charAt(0)) + worst.substring(1);
        return more == 0 ? first : Texts.say("call.and-more", first, more);
    }

    /** The operations to look at: those not allowed, or all when nothing else is there. */
    public List<Found> told() {
        List<Found> asked = operations.stream().filter(o -> !o.effect().equals("allow")).toList();
        return asked.isEmpty() ? operations : asked;
    }

    /** The operations that are allowed beside others that are not. */
    public List<Found> beside() {
        return operations.subList(told().size(), operations.size());
    }
}
