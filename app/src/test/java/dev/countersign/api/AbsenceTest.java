package dev.countersign.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.Absences;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.Deferred;
import dev.countersign.approval.Queue;
import dev.countersign.approval.Voter;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditQuery.Recorded;
import dev.countersign.call.Organisation;
import dev.countersign.people.Person;
import dev.countersign.testing.MovableClock;
import dev.countersign.testing.TestServer;
import dev.countersign.testing.TestServer.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Questions that people do not answer: over the wire and with a clock of the test's own. */
@SuppressWarnings("NullAway.Init")
final class AbsenceTest {
    private static final String MO = "mo@example.com";
    private static final String SAM = "sam@example.com";

    /** Escalates; Ana is the driver and an owner, Mo and Sam hold roles of their own. */
    private static final String PUSH = "git push origin main";

    private static final String WAITS = "npm run waits";
    private static final String LATER = "npm run later";
    private static final String OTHERS = "npm run others";

    private static final String POLICY =
            """
            policy: away
            rules:
              - ask: git_push
                approvers: [{role: maintainer}]
                at_least: 2
                escalate:
                  - {after: 10m, to: [{role: security}]}
                  - {after: 20m, to: [{role: owner}]}
              - ask: {shell_run: "npm run waits"}
                approvers: [{role: maintainer}]
                unanswered: wait
              - ask: {shell_run: "npm run later"}
                approvers: [{role: maintainer}]
                unanswered: defer
                until: "02:00 UTC"
              - ask: {shell_run: "npm run others"}
                approvers: [{role: maintainer}]
                not_requester: true
            """;

    private final MovableClock clock = new MovableClock("2026-11-20T12:00:00Z");
    private TestServer server;
    private String agent;
    private String ana;
    private String li;
    private String mo;
    private String sam;

    @BeforeEach
    void start() throws NotRecorded {
        server = new TestServer(false, clock);
        server.add(MO, "Mo", "maintainer");
        server.add("max@example.com", "Max", "maintainer");
        server.add(SAM, "Sam", "security");
        server.add("olga@example.com", "Olga", "owner");
        agent = server.agent("builder");
        ana = server.personal(TestServer.ANA, true);
        li = server.personal(TestServer.LI, true);
        mo = server.personal(MO, true);
        sam = server.personal(SAM, true);
        put(POLICY);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void put(String text) {
        server.putPolicy(ana, "away.yaml", text);
    }

    private ObjectNode decide(String command) {
        return server.decide(agent, "x", command);
    }

    private String asked(String command) {
        ObjectNode answer = decide(command);
        assertThat(answer.path("effect").asText()).as(answer.toString()).isEqualTo("ask");
        return answer.at("/approval/id").asText();
    }

    private void passes(String minutes) throws NotRecorded {
        clock.move(Duration.parse("PT" + minutes));
        server.absences.tick();
        server.deferral.openDue();
    }

    private Reply vote(String id, String token, String more) {
        return server.post(
                "/v1/approvals/" + id + "/votes", token, "{\"answer\":\"approve\"" + more + "}");
    }

    private Reply breakGlass(String id, String token) {
        return vote(id, token, ",\"break_glass\":true,\"reason\":\"the shop is down\"");
    }

    private State state(String id) {
        return server.approvals.find(id).orElseThrow().state();
    }

    private ObjectNode shown(String id) {
        return server.get("/v1/approvals/" + id, ana).json();
    }

    private List<String> summaries(String kind) {
        return server.ledger.all().stream()
                .filter(r -> r.body().path("kind").asText().equals(kind))
                .map(r -> r.body().path("summary").asText())
                .toList();
    }

    // Escalation.

    @Test
    void whoComesLaterMayAnswerFromThenOnAndNotBefore() throws Exception {
        String id = asked(PUSH);
        passes("9M59S");
        assertThat(vote(id, sam, "").status()).isEqualTo(403);
        passes("1S");
        assertThat(vote(id, ana, "").status()).as("the step after that").isEqualTo(403);
        assertThat(vote(id, sam, "").json().path("status").asText()).isEqualTo("approved");
        assertThat(decide(PUSH).path("effect").asText()).isEqualTo("allow");
    }

    @Test
    void itCountsAtOnceWhetherOrNotItWasSaid() {
        String id = asked(PUSH);
        clock.move(Duration.ofMinutes(10));
        assertThat(vote(id, sam, "").json().path("status").asText()).isEqualTo("approved");
    }

    @Test
    void thoseAskedFirstMayStillAnswerAsBefore() throws Exception {
        String id = asked(PUSH);
        passes("25M");
        assertThat(vote(id, mo, "").json().path("status").asText()).isEqualTo("pending");
        assertThat(vote(id, server.personal("max@example.com", true), "").json().path("status"))
                .hasToString("\"approved\"");
    }

    @Test
    void oneOfEachIsNotEnough() throws Exception {
        put(POLICY.replace("to: [{role: security}]", "to: [{role: security}], at_least: 2"));
        String id = asked(PUSH);
        passes("10M");
        assertThat(vote(id, sam, "").json().path("status").asText()).isEqualTo("pending");
        assertThat(vote(id, mo, "").json().path("status").asText()).isEqualTo("pending");
    }

    @Test
    void whatWasSaidBeforeCountsWhenItIsEnough() throws Exception {
        put(POLICY.replace("to: [{role: security}]", "to: [mo@example.com]"));
        String id = asked(PUSH);
        assertThat(vote(id, mo, "").json().path("status").asText()).isEqualTo("pending");
        passes("10M");
        assertThat(state(id)).isEqualTo(State.APPROVED);
        assertThat(summaries("escalation"))
                .containsExactly(id + " escalated to one of mo@example.com; approved");
    }

    @Test
    void anEscalationIsSaidOnceWhoeverSeesIt() throws Exception {
        String id = asked(PUSH);
        BlockingQueue<String> events = server.events(ana);
        passes("10M");
        passes("1S");
        Absences other = other();
        other.tick();
        assertThat(summaries("escalation"))
                .containsExactly(id + " escalated to one of role:security");
        assertThat(events.poll(5, TimeUnit.SECONDS)).isNotNull();
        passes("10M");
        assertThat(summaries("escalation"))
                .containsExactly(
                        id + " escalated to one of role:security",
                        id + " escalated to one of role:owner");
        ObjectNode shown = shown(id);
        assertThat(shown.at("/notices/0/text").asText())
                .isEqualTo("escalated to one of role:security");
        assertThat(shown.at("/escalations/1/reached").asBoolean()).isTrue();
        assertThat(shown.path("approvers").toString()).contains("role:owner");
    }

    /** Another server on the same store, or this one after a restart. */
    private Absences other() {
        Approvals approvals =
                new Approvals(
                        server.approvalStore,
                        clock,
                        email ->
                                server.people
                                        .person(email)
                                        .map(p -> new Voter(p.email(), p.roles(), Set.of())),
                        server.grants,
                        Organisation.NONE);
        return new Absences(approvals, new Queue(server.deferredStore, clock), clock);
    }

    @Test
    void nothingIsLostWhileNoServerRuns() throws Exception {
        String id = asked(PUSH);
        clock.move(Duration.ofMinutes(21));
        other().tick();
        assertThat(summaries("escalation"))
                .containsExactly(
                        id + " escalated to one of role:security",
                        id + " escalated to one of role:owner");
        // Recorded late, with the time from which each of them counts.
        assertThat(since()).containsExactly("2026-11-20T12:10:00Z", "2026-11-20T12:20:00Z");
        assertThat(vote(id, ana, "").json().path("status").asText()).isEqualTo("approved");
    }

    private List<String> since() {
        return server.ledger.all().stream()
                .map(Recorded::body)
                .filter(record -> record.path("kind").asText().equals("escalation"))
                .map(record -> record.at("/body/since").asText())
                .toList();
    }

    @Test
    void whatHasExpiredDoesNotEscalate() throws Exception {
        String id = asked(PUSH);
        passes("31M");
        assertThat(state(id)).isEqualTo(State.EXPIRED);
        assertThat(summaries("escalation")).isEmpty();
    }

    @Test
    void whoReadItBeforeItEscalatedNeedNotReadItAgain() throws Exception {
        String id = asked(PUSH);
        passes("10M");
        assertThat(vote(id, mo, ",\"version\":0").status()).isEqualTo(200);
        assertThat(vote(id, sam, ",\"version\":1").status()).as("Mo answered").isEqualTo(409);
        assertThat(vote(id, sam, ",\"version\":2").status()).isEqualTo(200);
    }

    @Test
    void whoComesLaterSaysYesToThisCallOnly() throws Exception {
        put(POLICY.replace("git_push\n", "{shell_run: \"npm run push\"}\n"));
        String id = asked("npm run push");
        passes("10M");
        Reply reply = vote(id, sam, ",\"scope\":\"task\"");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.body()).contains("for this call only");
        assertThat(server.grants.list()).isEmpty();
    }

    @Test
    void whoIsKeptOutStaysOutOfTheStepsToo() throws Exception {
        put(POLICY.replace("    at_least: 2\n", "    at_least: 2\n    not_requester: true\n"));
        String id = asked(PUSH);
        passes("20M");
        Reply reply = vote(id, ana, "");
        assertThat(reply.status()).isEqualTo(403);
        assertThat(reply.body()).contains("in whose session the agent runs");
    }

    @Test
    void explainSaysWhoComesLater() throws Exception {
        String id = asked(PUSH);
        passes("10M");
        ObjectNode answer =
                server.post("/v1/approvals/explain", ana, "{\"approval\":\"" + id + "\"}").json();
        JsonNode part = answer.at("/requirements/0");
        assertThat(part.path("people").toString())
                .contains(SAM, "role:security, since it escalated");
        assertThat(part.at("/escalations/0/reached").asBoolean()).isTrue();
        assertThat(part.at("/escalations/1/reached").asBoolean()).isFalse();
        assertThat(part.at("/escalations/1/at").asText()).isEqualTo("2026-11-20T12:20:00Z");
    }

    @Test
    void nobodyAtFirstIsNoDenyWhenSomebodyComesLater() throws Exception {
        put(POLICY.replace("{role: maintainer}]\n    at_least: 2", "{role: nobody}]"));
        String id = asked(PUSH);
        passes("10M");
        assertThat(vote(id, sam, "").json().path("status").asText()).isEqualTo("approved");
    }

    // Nobody answers.

    @Test
    void whatWaitsStaysOpenAndIsNeverAllowedByTime() throws Exception {
        String id = asked(WAITS);
        passes("31M");
        passes("48H");
        assertThat(state(id)).isEqualTo(State.PENDING);
        assertThat(shown(id).path("overdue").asBoolean()).isTrue();
        assertThat(summaries("escalation"))
                .containsExactly(id + " nobody answered in time; it stays open");
        ObjectNode again = decide(WAITS);
        assertThat(again.path("effect").asText()).isEqualTo("ask");
        assertThat(again.at("/approval/id").asText()).isEqualTo(id);
        assertThat(vote(id, mo, "").json().path("status").asText()).isEqualTo("approved");
        assertThat(decide(WAITS).path("effect").asText()).isEqualTo("allow");
    }

    @Test
    void whatWaitsEndsWithItsSession() throws Exception {
        String id = asked(WAITS);
        passes("31M");
        Reply reply =
                server.post(
                        "/hooks/claude-code/SessionEnd",
                        agent,
                        "{\"session_id\":\"s\",\"hook_event_name\":\"SessionEnd\",\"reason\":\"exit\","
                                + "\"cwd\":\"/home/dev/payments\"}");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(state(id)).isEqualTo(State.WITHDRAWN);
    }

    @Test
    void whatIsPutOffIsAskedOnceMoreAndThenExpires() throws Exception {
        String id = asked(LATER);
        passes("30M");
        assertThat(state(id)).isEqualTo(State.EXPIRED);
        Deferred waits = server.queue.live().getFirst();
        assertThat(waits.unanswered()).isEqualTo(id);
        assertThat(waits.until()).hasToString("2026-11-21T02:00:00Z");
        assertThat(shown(id).path("ending").asText()).contains(waits.id());

        ObjectNode early = decide(LATER);
        assertThat(early.path("effect").asText()).as(early.toString()).isEqualTo("defer");
        assertThat(early.at("/deferred/id").asText()).isEqualTo(waits.id());
        assertThat(early.path("reason").asText()).contains("nobody answered " + id);
        assertThat(early.at("/deferred/unanswered").asText()).isEqualTo(id);

        clock.set("2026-11-21T02:00:00Z");
        server.deferral.openDue();
        String second = server.queue.find(waits.id()).orElseThrow().approval();
        assertThat(second).isNotNull().isNotEqualTo(id);
        assertThat(decide(LATER).at("/approval/id").asText()).isEqualTo(second);
        passes("30M");
        assertThat(state(String.valueOf(second))).isEqualTo(State.EXPIRED);
        assertThat(server.queue.live()).isEmpty();
    }

    @Test
    void whatWasPutOffRunsWhenPeopleAgree() throws Exception {
        asked(LATER);
        passes("30M");
        String waits = server.queue.live().getFirst().id();
        Reply early = server.post("/v1/deferred/" + waits + "/approve", mo, "{}");
        assertThat(early.status()).as(early.body()).isEqualTo(200);
        clock.set("2026-11-21T02:00:00Z");
        server.deferral.openDue();
        assertThat(decide(LATER).path("effect").asText()).isEqualTo("allow");
    }

    @Test
    void aRetryAtTheVeryDeadlineIsPutOffAndNotAskedAnew() throws Exception {
        String id = asked(LATER);
        clock.move(Duration.ofMinutes(30));
        ObjectNode answer = decide(LATER);
        assertThat(answer.path("effect").asText()).as(answer.toString()).isEqualTo("defer");
        other().tick();
        assertThat(server.deferredStore.recent(10))
                .extracting(Deferred::unanswered)
                .containsExactly(id);
    }

    @Test
    void whatPolicyAllowsMeanwhileNeedNotWait() throws Exception {
        asked(LATER);
        passes("30M");
        put(
                POLICY.replace(
                                "- ask: {shell_run: \"npm run later\"}",
                                "- allow: {shell_run: \"npm run later\"}")
                        .replace(
                                "    approvers: [{role: maintainer}]\n    unanswered: defer\n    until: \"02:00 UTC\"\n",
                                ""));
        assertThat(decide(LATER).path("effect").asText()).isEqualTo("allow");
    }

    // Break-glass.

    @Test
    void anOwnerAloneIsEnoughAndEverybodyLearnsOfIt() throws Exception {
        String id = asked(PUSH);
        Reply reply = breakGlass(id, ana);
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        assertThat(reply.json().path("status").asText()).isEqualTo("approved");
        assertThat(reply.json().at("/break_glass/reason").asText()).isEqualTo("the shop is down");
        assertThat(summaries("vote"))
                .containsExactly(
                        "ana@example.com approved " + id + " alone, BREAK-GLASS: the shop is down");
        ObjectNode used = decide(PUSH);
        assertThat(used.path("effect").asText()).isEqualTo("allow");
        assertThat(used.path("reason").asText()).contains("BREAK-GLASS: the shop is down");
        JsonNode receipt =
                server.ledger.all().stream()
                        .map(r -> r.body())
                        .filter(r -> r.path("effect").asText().equals("allow"))
                        .reduce((_, later) -> later)
                        .orElseThrow();
        assertThat(receipt.toString()).contains("\"break_glass\":\"the shop is down\"");

        String olga = server.personal("olga@example.com", true);
        assertThat(told(olga)).containsExactly(id);
        assertThat(told(ana)).containsExactly(id);
        assertThat(told(li)).isEmpty();
        assertThat(acknowledge(id, olga).status()).isEqualTo(200);
        assertThat(acknowledge(id, olga).status()).isEqualTo(404);
        assertThat(acknowledge(id, li).status()).isEqualTo(404);
        assertThat(told(olga)).isEmpty();
        assertThat(told(ana)).as("each for themselves").containsExactly(id);
        assertThat(summaries("approval"))
                .contains("olga@example.com knows of the broken glass of " + id);
    }

    private List<String> told(String token) {
        return server.get("/v1/approvals", token)
                .json()
                .path("break_glass")
                .valueStream()
                .map(each -> each.path("id").asText())
                .toList();
    }

    private Reply acknowledge(String id, String token) {
        return server.post("/v1/approvals/" + id + "/acknowledge", token, "{}");
    }

    @Test
    void onlyAnOwnerWhoSignedInMay() throws Exception {
        String id = asked(PUSH);
        String owner = server.identity.ownerSecret();
        assertThat(server.get("/v1/approvals", ana).body()).contains("\"may_break_glass\":true");
        for (String other : List.of(mo, li, agent, owner)) {
            assertThat(server.get("/v1/approvals", other).body())
                    .contains(id)
                    .doesNotContain("may_break_glass");
        }
        assertThat(breakGlass(id, mo).status()).isEqualTo(403);
        assertThat(breakGlass(id, li).status()).isEqualTo(403);
        assertThat(breakGlass(id, agent).status()).isEqualTo(403);
        assertThat(breakGlass(id, server.personal(TestServer.ANA, false)).status()).isEqualTo(403);
        assertThat(state(id)).isEqualTo(State.PENDING);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ",\"break_glass\":true",
                ",\"break_glass\":true,\"reason\":\" \"",
                ",\"break_glass\":true,\"reason\":\"x\",\"scope\":\"task\"",
                ",\"break_glass\":true,\"reason\":\"x\",\"edited_input\":{\"command\":\"ls\"}",
                ",\"reason\":\"x\"",
                ",\"break_glass\":\"yes\",\"reason\":\"x\""
            })
    void itNeedsAReasonAndIsForOneCallAsItIs(String more) {
        String id = asked(PUSH);
        assertThat(vote(id, ana, more).status()).as(more).isEqualTo(400);
        assertThat(state(id)).isEqualTo(State.PENDING);
    }

    @Test
    void aNoIsNotBrokenGlass() {
        String id = asked(PUSH);
        Reply reply =
                server.post(
                        "/v1/approvals/" + id + "/votes",
                        ana,
                        "{\"answer\":\"deny\",\"break_glass\":true,\"reason\":\"x\"}");
        assertThat(reply.status()).isEqualTo(400);
    }

    @Test
    void theDriverMayNotWhereTheRuleKeepsThemOut() throws Exception {
        String id = asked(OTHERS);
        assertThat(breakGlass(id, ana).status()).isEqualTo(403);
        assertThat(breakGlass(id, server.personal("olga@example.com", true)).status())
                .isEqualTo(200);
    }

    @Test
    void fourEyesKeepTheDriverOutToo() {
        put("four_eyes: high\n" + POLICY);
        String id = asked(PUSH);
        assertThat(breakGlass(id, ana).status()).isEqualTo(403);
    }

    @Test
    void atUseTheOwnerMustStillBeOne() throws Exception {
        String id = asked(PUSH);
        String olga = server.personal("olga@example.com", true);
        assertThat(breakGlass(id, olga).status()).isEqualTo(200);
        server.people.put(
                new Person("olga@example.com", "Olga", Set.of("maintainer")),
                server.event("people", "olga changed"));
        assertThat(decide(PUSH).path("effect").asText()).isEqualTo("deny");
        assertThat(state(id)).isEqualTo(State.SUPERSEDED);
    }

    @Test
    void whatHasEndedIsNotBrokenOpen() throws Exception {
        String denied = asked(PUSH);
        server.post("/v1/approvals/" + denied + "/votes", mo, "{\"answer\":\"deny\"}");
        assertThat(breakGlass(denied, ana).status()).isEqualTo(409);
        String expired = asked(OTHERS);
        clock.move(Duration.ofMinutes(30));
        assertThat(breakGlass(expired, server.personal("olga@example.com", true)).status())
                .isEqualTo(409);
        assertThat(breakGlass("APR-99", ana).status()).isEqualTo(404);
    }

    @Test
    void whoAgreedAsOneOfSeveralMayStillAnswerAlone() throws Exception {
        put(
                POLICY.replace(
                        "approvers: [{role: maintainer}]\n    at_least: 2",
                        "approvers: [{role: maintainer}, {role: owner}]\n    require: all"));
        String id = asked(PUSH);
        assertThat(vote(id, ana, "").json().path("status").asText()).isEqualTo("pending");
        assertThat(breakGlass(id, ana).json().path("status").asText()).isEqualTo("approved");
    }

    @Test
    void whatIsOverdueMayBeBrokenOpen() throws Exception {
        String id = asked(WAITS);
        passes("31M");
        assertThat(breakGlass(id, ana).json().path("status").asText()).isEqualTo("approved");
        Optional<ApprovalRequest> request = server.approvals.find(id);
        assertThat(request.orElseThrow().brokenGlass()).isPresent();
    }
}
