package dev.countersign.web;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.audit.AuditQuery.Recorded;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What happened in a session, in the order it happened: what was asked of the agent, what it wanted
 * to do, and what was answered.
 *
 * @param id the client's session
 * @param client the client, or empty
 * @param agent the agent, or empty
 * @param items oldest first
 * @param delegation who worked for whom
 * @param earlier the address of what was before, or empty
 * @param later the address of what came last, or empty where it stands here
 * @param counts how many calls were answered how
 */
public record ReplayView(
        String id,
        String client,
        String agent,
        List<Item> items,
        List<Delegate> delegation,
        String earlier,
        String later,
        Map<String, Integer> counts) {

    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** The effect of a call that is not decided yet comes from its first record. */
    private static final String ASK = "ask";

    /**
     * Something that happened.
     *
     * @param style {@code prompt}, {@code call}, {@code alarm} or {@code note}
     * @param clock the time of day in UTC
     * @param index the record that tells it
     * @param effect what became of a call, or empty
     * @param subagent the kind of subagent that called, or empty
     * @param call the call, or null
     * @param words what happened, or why it was decided so
     * @param text what a person wrote to the agent, or empty
     * @param steps what people answered, and the like
     * @param outcome what came of the call, or null
     */
    public record Item(
            String style,
            Moment at,
            String clock,
            long index,
            String effect,
            CallView.Risk risk,
            String subagent,
            @Nullable CallView call,
            List<Drawing.Piece> words,
            List<Drawing.Piece> text,
            List<RecordView.Step> steps,
            RecordView.@Nullable Outcome outcome) {}

    /**
     * Somebody who worked for somebody else.
     *
     * @param depth 0 for who began it
     * @param calls how many calls were theirs
     */
    public record Delegate(int depth, String name, String role, int calls) {}

    /** A text as part of an address. */
    public static String part(String text) {
        return Visit.part(text);
    }

    /**
     * Draws records of one session.
     *
     * @param records oldest first
     */
    static ReplayView of(
            String id, List<Recorded> records, String earlier, String later, Instant now) {
        Map<String, List<Recorded>> byDecision = new LinkedHashMap<>();
        for (Recorded each : records) {
            String decision = each.body().path("decision").asText("");
            if (!decision.isEmpty()) {
                byDecision.computeIfAbsent(decision, _ -> new ArrayList<>()).add(each);
            }
        }
        List<Item> items = new ArrayList<>();
        Map<String, Integer> counts = new TreeMap<>();
        for (Recorded each : records) {
            String decision = each.body().path("decision").asText("");
            List<Recorded> told = byDecision.getOrDefault(decision, List.of());
            if (told.isEmpty()) {
                items.add(note(each, now));
            } else if (told.getFirst().equals(each)) {
                Item item = call(told, now);
                items.add(item);
                if (!item.effect().isEmpty()) {
                    counts.merge(item.effect(), 1, Integer::sum);
                }
            }
        }
        return new ReplayView(
                id,
                first(records, "client"),
                first(records, "agent"),
                List.copyOf(items),
                delegation(records),
                earlier,
                later,
                counts);
    }

    private static String first(List<Recorded> records, String name) {
        return records.stream()
                .map(each -> each.body().path(name).asText(""))
                .filter(value -> !value.isEmpty())
                .findFirst()
                .orElse("");
    }

    /** All that was recorded about one call. */
    private static Item call(List<Recorded> told, Instant now) {
        JsonNode first = told.getFirst().body();
        String effect = "";
        List<Drawing.Piece> reason = List.of();
        CallView call = null;
        List<RecordView.Step> steps = new ArrayList<>();
        RecordView.Outcome outcome = null;
        for (Recorded each : told) {
            JsonNode record = each.body();
            JsonNode body = record.path("body");
            switch (record.path("kind").asText("")) {
                case "decision" -> {
                    CallView shown = CallView.of(body.path("call"), body);
                    if (!shown.tool().isEmpty()) {
                        call = shown;
                    }
                    effect = record.path("effect").asText("");
                    reason = Drawing.words(body.path("reason").asText(""));
                    if (effect.equals(ASK) && told.size() > 1) {
                        steps.add(RecordView.Step.of(each.index(), record, now));
                    }
                }
                case "failure" -> {
                    effect = record.path("effect").asText("");
                    reason = Drawing.words(record.path("summary").asText(""));
                }
                case "outcome" -> outcome = RecordView.Outcome.of(each);
                default -> steps.add(RecordView.Step.of(each.index(), record, now));
            }
        }
        JsonNode risk = first.path("risk");
        return new Item(
                "call",
                RecordView.moment(first.path("at").asText(""), now),
                clock(first),
                told.getFirst().index(),
                effect,
                risk.isTextual() ? CallView.Risk.of(risk.textValue()) : new CallView.Risk("", 0),
                call == null ? "" : call.subagent(),
                call,
                reason,
                List.of(),
                List.copyOf(steps),
                outcome);
    }

    private static Item note(Recorded recorded, Instant now) {
        JsonNode record = recorded.body();
        JsonNode details = record.at("/body/details");
        String kind = record.path("kind").asText("");
        boolean prompt = record.at("/body/event").asText("").equals("prompt");
        return new Item(
                prompt ? "prompt" : kind.equals("alarm") ? "alarm" : "note",
                RecordView.moment(record.path("at").asText(""), now),
                clock(record),
                recorded.index(),
                "",
                new CallView.Risk("", 0),
                "",
                null,
                Drawing.words(record.path("summary").asText("")),
                prompt ? Drawing.of(details.path("text").asText("")) : List.of(),
                List.of(),
                null);
    }

    private static String clock(JsonNode record) {
        try {
            return CLOCK.format(Instant.parse(record.path("at").asText("")));
        } catch (DateTimeException e) {
            return "";
        }
    }

    /** A person drives an agent, which sends subagents. */
    private static List<Delegate> delegation(List<Recorded> records) {
        Map<String, Map<String, Map<String, Integer>>> tree = new LinkedHashMap<>();
        for (Recorded each : records) {
            JsonNode record = each.body();
            JsonNode body = record.path("body");
            boolean sent = body.path("event").asText("").equals("subagent-start");
            boolean called =
                    record.path("kind").asText("").equals("decision")
                            && body.path("call").path("tool").isTextual()
                            && !record.path("decider").asText("").equals("person");
            if (!sent && !called) {
                continue;
            }
            String driver =
                    body.at("/call/driver").asText(sent ? record.path("person").asText("") : "");
            String subagent =
                    sent
                            ? body.at("/details/type").asText("")
                            : body.at("/call/agent_type").asText("");
            tree.computeIfAbsent(driver, _ -> new LinkedHashMap<>())
                    .computeIfAbsent(
                            record.path("agent").asText("unknown"), _ -> new LinkedHashMap<>())
                    .merge(subagent, called ? 1 : 0, Integer::sum);
        }
        List<Delegate> delegates = new ArrayList<>();
        tree.forEach((person, agents) -> {
            if (!person.isEmpty()) {
                delegates.add(
                        new Delegate(
                                0,
                                person,
                                Texts.say("session.person"),
                                agents.values().stream()
                                        .flatMap(each -> each.values().stream())
                                        .mapToInt(Integer::intValue)
                                        .sum()));
            }
            int depth = person.isEmpty() ? 0 : 1;
            agents.forEach((agent, subagents) -> {
                delegates.add(
                        new Delegate(
                                depth,
                                agent,
                                Texts.say("session.agent"),
                                subagents.getOrDefault("", 0)));
                subagents.forEach((subagent, calls) -> {
                    if (!subagent.isEmpty()) {
                        delegates.add(
                                new Delegate(
                                        depth + 1, subagent, Texts.say("session.subagent"), calls));
                    }
                });
            });
        });
        return delegates;
    }
}
