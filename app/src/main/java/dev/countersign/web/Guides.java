package dev.countersign.web;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.Approvals;
import dev.countersign.audit.AuditQuery;
import dev.countersign.audit.AuditQuery.Recorded;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Sees from what is recorded how far somebody has come at the very beginning. */
final class Guides {
    private static final int LOOKED_AT = 200;

    private final Site site;
    private final Approvals approvals;
    private final AuditQuery audit;
    private final Clock clock;

    Guides(Site site, Approvals approvals, AuditQuery audit, Clock clock) {
        this.site = site;
        this.approvals = approvals;
        this.audit = audit;
        this.clock = clock;
    }

    /** What is still to be done; empty once people have answered a call. */
    Optional<Guide> guide() {
        return approvals.ended(1).isEmpty() ? Optional.of(now()) : Optional.empty();
    }

    void welcome(Visit visit) {
        site.page(
                visit.response(),
                200,
                "welcome",
                Map.of(
                        "frame",
                        site.frame(visit, Texts.say("guide.first-steps"), "inbox", true),
                        "guide",
                        now(),
                        "answered",
                        !approvals.ended(1).isEmpty()));
    }

    private Guide now() {
        // Of whatever kind: to look for one kind alone goes through all there is.
        List<Recorded> last = audit.list(Map.of(), Long.MAX_VALUE, LOOKED_AT);
        Optional<Recorded> work = last.stream().filter(Guides::byClient).findFirst();
        Optional<Recorded> first =
                last.stream()
                        .filter(r -> byClient(r) || event(r).equals("canary"))
                        .reduce((_, earlier) -> earlier);
        Optional<ApprovalRequest> held =
                waiting().or(() -> approvals.ended(1).stream().findFirst());
        return new Guide(
                List.of(
                        new Guide.Step(
                                Texts.say("guide.connect-the-program-your"),
                                Texts.say("guide.it-asks-here-before"),
                                "countersign connect claude-code --user",
                                first.map(this::seen).orElse("")),
                        new Guide.Step(
                                Texts.say("guide.give-the-agent-something"),
                                Texts.say("guide.reading-building-and-testing"),
                                "claude \"what does this project do?\"",
                                work.map(this::seen).orElse("")),
                        new Guide.Step(
                                Texts.say("guide.let-it-want-something"),
                                Texts.say("guide.the-agent-is-held"),
                                "claude \"fetch example.com with curl\"",
                                held.map(r ->
                                                Texts.say(
                                                        "guide.held",
                                                        r.id(),
                                                        r.requester(),
                                                        Moment.since(r.asked(), clock.instant())
                                                                .words()))
                                        .orElse(""))),
                held.map(ApprovalRequest::id).orElse(""));
    }

    private Optional<ApprovalRequest> waiting() {
        List<ApprovalRequest> first = new ArrayList<>();
        approvals.eachPending(request -> {
            first.add(request);
            return false;
        });
        return first.stream().findFirst();
    }

    /** Whether an agent was at work. */
    private static boolean byClient(Recorded record) {
        String kind = record.body().path("kind").asText();
        return kind.equals("decision")
                || (kind.equals("session") && !event(record).equals("canary"));
    }

    private static String event(Recorded record) {
        return record.body().at("/body/event").asText("");
    }

    private String seen(Recorded record) {
        JsonNode body = record.body();
        String client = body.path("client").isTextual() ? body.path("client").asText() : "";
        String who = client.isEmpty() ? body.path("agent").asText("") : client;
        return Texts.say(
                "guide.came",
                who,
                Moment.since(Instant.parse(body.path("at").asText()), clock.instant()).words());
    }
}
