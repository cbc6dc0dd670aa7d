package dev.countersign.audit.report;

import dev.countersign.audit.report.Report.Row;
import dev.countersign.audit.report.Report.Table;
import dev.countersign.call.Domain;
import dev.countersign.call.RiskTier;
import dev.countersign.policy.Decider;
import dev.countersign.policy.Effect;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Which figures a report has: each a set of filters and what they choose, in words. */
final class Figures {
    /** How many agents, and how many people, a table shows. */
    static final int MOST_NAMES = 25;

    private static final String KIND = "kind";
    private static final String EVENT = "event";
    private static final String DECISION = "decision";
    private static final String EFFECT = "effect";

    private final Period period;
    private final Tally tally;
    private final Map<String, Figure> figures = new LinkedHashMap<>();
    private final Map<String, Table> tables = new LinkedHashMap<>();

    Figures(Period period, Slots slots, Tally tally) {
        this.period = period;
        this.tally = tally;
        single();
        tables(slots);
    }

    Map<String, Figure> all() {
        return figures;
    }

    Map<String, Table> tables() {
        return tables;
    }

    private void single() {
        one("records", "records", Map.of());
        kind("decisions", "decisions", DECISION);
        for (Effect effect : Effect.values()) {
            one(
                    "decisions-" + effect.wire(),
                    "decisions: " + effect.wire(),
                    Map.of(KIND, DECISION, EFFECT, effect.wire()));
        }
        for (Decider.Kind decider : Decider.Kind.values()) {
            one(
                    "by-" + decider.wire(),
                    "decisions by " + decider.wire(),
                    Map.of(KIND, DECISION, "decider", decider.wire()));
        }
        one(
                "allowed-critical",
                "allowed calls of critical risk",
                Map.of(KIND, DECISION, EFFECT, Effect.ALLOW.wire(), "risk", "critical"));
        kind("failures", "calls that could not be judged, and were refused", "failure");
        kind("outcomes", "results of calls", "outcome");
        event("asked", "questions put to people", "approval-asked");
        event("votes-yes", "votes for", "vote-approve");
        event("votes-no", "votes against", "vote-deny");
        event("approved", "votes that settled a question with yes", "approved");
        event("denied", "votes that settled a question with no", "denied");
        event("used", "approvals used for their call", "approval-used");
        event("expired", "questions nobody answered in time", "expired");
        event("withdrawn", "questions withdrawn", "withdrawn");
        event(
                "superseded",
                "questions or approvals voided because something changed",
                "superseded");
        kind("escalations", "escalations to other people", "escalation");
        event(
                "second-person",
                "approved calls that somebody besides the driver agreed to",
                "second-person");
        event("driver-alone", "approved calls that only the driver agreed to", "driver-alone");
        event(
                "four-eyes-kept",
                "approved calls that needed a second person and had one",
                "four-eyes-kept");
        event(
                "four-eyes-broken",
                "approved calls that needed a second person and had none",
                "four-eyes-broken");
        event("break-glass", "questions an owner answered alone (break-glass)", "break-glass");
        event("self", "votes of the driver for their own call", "vote-self");
        kind("owner", "records of the owner shortcut", "owner");
        event("grants-made", "answers made to last for more than one call", "grant-made");
        event("grants-revoked", "such answers revoked", "grant-revoked");
        event("grants-expired", "such answers that ran out", "grant-expired");
        kind("alarms", "alarms", "alarm");
        kind("acknowledged", "alarms that a person said they know of", "acknowledged");
        event("tried-again", "refused intents tried again by other means", "tried-again");
        kind("stops", "stops by a person", "stop");
        kind("resumes", "stops ended", "resume");
        kind("policies", "changes of policy", "policy");
        event("policies-put", "documents put on the server", "policy-put");
        event("policies-removed", "documents removed", "policy-removed");
        event("policies-accepted", "files of repositories accepted", "policy-accepted");
        event("policies-defaults", "changes of the built-in defaults", "policy-defaults");
        kind("people", "changes of people and their roles", "people");
        kind("tokens", "tokens made, confirmed or revoked", "token");
        kind("sign-ins", "sign-ins and sign-outs", "sign-in");
        event("exports", "exports of records", "exported");
        event("reports", "reports like this one", "reported");
        kind("erasures", "persons erased", "erasure");
        event("erased", "records whose content was erased with their person", "erased");
        kind("heartbeats", "heartbeats of a quiet hour", "heartbeat");
        kind("ledger", "times the ledger went on under a new key", "ledger");
    }

    private void tables(Slots slots) {
        List<String> deciders =
                Arrays.stream(Decider.Kind.values()).map(Decider.Kind::wire).toList();
        List<String> heads = new ArrayList<>(List.of("effect"));
        heads.addAll(deciders);
        List<Row> rows = new ArrayList<>();
        for (Effect effect : Effect.values()) {
            rows.add(
                    new Row(
                            effect.wire(),
                            deciders.stream()
                                    .map(decider ->
                                            one(
                                                    "decisions-" + effect.wire() + "-" + decider,
                                                    effect.wire() + " by " + decider,
                                                    Map.of(
                                                            KIND,
                                                            DECISION,
                                                            EFFECT,
                                                            effect.wire(),
                                                            "decider",
                                                            decider)))
                                    .toList()));
        }
        table("by-decider", "Decisions by what decided", heads, rows);
        perEffect(
                "by-risk",
                "Decisions by risk",
                "risk",
                Arrays.stream(RiskTier.values()).map(RiskTier::wire).toList(),
                name -> Map.of("risk", name));
        perEffect(
                "by-domain",
                "Decisions by domain; a call may touch several",
                "domain",
                Arrays.stream(Domain.values())
                        .map(Domain::wire)
                        .filter(name -> tally.of(Map.of(KIND, DECISION, "domain", name)) > 0)
                        .toList(),
                name -> Map.of("domain", name));
        perEffect(
                "by-agent",
                "Decisions by agent",
                "agent",
                tally.agents().stream().limit(MOST_NAMES).toList(),
                name -> Map.of("agent", name));
        List<Slots.Slot> shown = shown(slots);
        Map<String, Slots.Slot> named = new LinkedHashMap<>();
        shown.forEach(slot -> named.put(slot.label(), slot));
        perEffect(
                "by-time",
                "Decisions over time",
                slots.weekly() ? "week of" : "month",
                List.copyOf(named.keySet()),
                label -> {
                    Slots.Slot slot = named.getOrDefault(label, shown.getFirst());
                    return Map.of("from", slot.from().toString(), "to", slot.to().toString());
                });
        List<Row> voters =
                tally.voters().stream()
                        .limit(MOST_NAMES)
                        .map(person ->
                                new Row(
                                        person,
                                        List.of(
                                                one(
                                                        "votes-of-" + person,
                                                        "votes of " + person,
                                                        Map.of(KIND, "vote", "person", person)))))
                        .toList();
        table("by-voter", "Votes by person", List.of("person", "votes"), voters);
    }

    /** Without the empty ones at both ends. */
    private List<Slots.Slot> shown(Slots slots) {
        List<Slots.Slot> all = slots.all();
        int first = 0;
        int end = all.size();
        while (first < end && empty(all.get(first))) {
            first++;
        }
        while (end > first && empty(all.get(end - 1))) {
            end--;
        }
        return all.subList(first, end);
    }

    private boolean empty(Slots.Slot slot) {
        return Arrays.stream(Effect.values())
                .allMatch(effect ->
                        tally.of(
                                        Map.of(
                                                KIND,
                                                DECISION,
                                                EFFECT,
                                                effect.wire(),
                                                "from",
                                                slot.from().toString(),
                                                "to",
                                                slot.to().toString()))
                                == 0);
    }

    private void perEffect(
            String id,
            String caption,
            String head,
            List<String> names,
            Function<String, Map<String, String>> filters) {
        List<Row> rows = new ArrayList<>();
        for (String name : names) {
            List<Figure> row = new ArrayList<>();
            for (Effect effect : Effect.values()) {
                Map<String, String> all = new LinkedHashMap<>(filters.apply(name));
                all.put(KIND, DECISION);
                all.put(EFFECT, effect.wire());
                row.add(
                        one(
                                id + "-" + name + "-" + effect.wire(),
                                effect.wire() + ", " + head + " " + name,
                                all));
            }
            rows.add(new Row(name, row));
        }
        List<String> heads = new ArrayList<>(List.of(head));
        Arrays.stream(Effect.values()).map(Effect::wire).forEach(heads::add);
        table(id, caption, heads, rows);
    }

    private void table(String id, String caption, List<String> columns, List<Row> rows) {
        tables.put(id, new Table(id, caption, List.copyOf(columns), List.copyOf(rows)));
    }

    private void kind(String id, String label, String kind) {
        one(id, label, Map.of(KIND, kind));
    }

    private void event(String id, String label, String event) {
        one(id, label, Map.of(EVENT, event));
    }

    private Figure one(String id, String label, Map<String, String> filters) {
        Figure figure = new Figure(id, label, tally.of(Map.copyOf(filters)), period.query(filters));
        if (figures.put(id, figure) != null) {
            throw new IllegalStateException("two figures `" + id + "` (this is a bug)");
        }
        return figure;
    }
}
