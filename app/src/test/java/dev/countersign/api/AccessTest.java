package dev.countersign.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.testing.TestServer.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** OpenID AuthZEN: the same decisions in its words. */
@SuppressWarnings("NullAway.Init")
final class AccessTest extends AgentAtServer {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String PUSH =
            """
            "subject": {"type": "agent", "id": "builder"}, "action": {"name": "run"},
            "resource": {"type": "command", "id": "git push origin main"},
            "context": {"cwd": "/home/dev/payments", "session": "s"%s}\
            """;

    private static String text(String file) throws IOException {
        try (InputStream in = AccessTest.class.getResourceAsStream("/authzen/" + file)) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private Reply ask(String path, String body) {
        return ask(path, body, Map.of());
    }

    private Reply ask(String path, String body, Map<String, String> more) {
        Map<String, String> headers = new HashMap<>(more);
        headers.putIfAbsent("Content-Type", "application/json");
        return server.send("POST", path, agent, body, headers);
    }

    private JsonNode evaluate(String body) {
        Reply reply = ask("/access/v1/evaluation", "{" + body + "}");
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        return reply.json();
    }

    private static List<Boolean> decisions(JsonNode answers) {
        List<Boolean> all = new ArrayList<>();
        answers.forEach(one -> all.add(one.path("decision").booleanValue()));
        return all;
    }

    @Test
    void theCertificationScenarioIsPassed() throws IOException {
        server.putPolicy(ana, "certification.yaml", text("certification.yaml"));
        int played = 0;
        for (JsonNode one : JSON.readTree(text("certification.json")).path("cases")) {
            played++;
            Reply reply = ask(one.path("path").asText(), one.path("body").toString());
            String told = one.path("id").asText() + ": " + reply.body();
            JsonNode wanted = one.path("expect");
            assertThat(reply.status()).as(told).isEqualTo(wanted.path("status").intValue());
            if (wanted.has("decision")) {
                assertThat(reply.json().path("decision"))
                        .as(told)
                        .isEqualTo(wanted.path("decision"));
                assertThat(reply.json().has("evaluations")).as(told).isFalse();
            }
            if (wanted.has("results")) {
                assertThat(reply.json().path("results")).as(told).isEqualTo(wanted.path("results"));
            }
            for (JsonNode included : wanted.path("includes")) {
                assertThat(reply.json().path("results")).as(told).contains(included);
            }
            if (wanted.has("decisions")) {
                JsonNode answers = reply.json().path("evaluations");
                assertThat(reply.json().has("decision")).as(told).isFalse();
                assertThat(answers).as(told).hasSize(wanted.path("decisions").size());
                for (int i = 0; i < answers.size(); i++) {
                    if (!wanted.path("decisions").path(i).isNull()) {
                        assertThat(answers.path(i).path("decision"))
                                .as(told)
                                .isEqualTo(wanted.path("decisions").path(i));
                    }
                }
            }
        }
        assertThat(played).isEqualTo(51);
    }

    private static List<String> ids(JsonNode answer) {
        return answer.path("results").findValuesAsText("id");
    }

    /** Every user and record of the fixture: found is exactly what an evaluation permits. */
    @Test
    void aSearchFindsWhatEvaluationsPermitAndNothingElse() throws IOException {
        server.putPolicy(ana, "certification.yaml", text("certification.yaml"));
        List<String> users = List.of("alice", "bob");
        List<String> records = List.of("record-1", "record-2");
        for (String action : List.of("read", "write", "delete")) {
            for (String user : users) {
                for (String record : records) {
                    String asked =
                            """
                            {"subject": {"type": "user", "id": "%s"}, "action": {"name": "%s"},
                             "resource": {"type": "record", "id": "%s"}}\
                            """
                                    .formatted(user, action, record);
                    boolean permitted =
                            ask("/access/v1/evaluation", asked)
                                    .json()
                                    .path("decision")
                                    .booleanValue();
                    assertThat(ids(ask("/access/v1/search/subject", asked).json()).contains(user))
                            .as("subject of " + asked)
                            .isEqualTo(permitted);
                    assertThat(
                                    ids(ask("/access/v1/search/resource", asked).json())
                                            .contains(record))
                            .as("resource of " + asked)
                            .isEqualTo(permitted);
                    assertThat(
                                    ask("/access/v1/search/action", asked)
                                            .json()
                                            .path("results")
                                            .findValuesAsText("name")
                                            .contains(action))
                            .as("action of " + asked)
                            .isEqualTo(permitted);
                }
            }
        }
    }

    @Test
    void aSearchIsReadPageByPage() {
        StringBuilder known = new StringBuilder();
        for (int i = 0; i < 450; i++) {
            known.append("r-").append(1_000 + i).append(": {open: ").append(i > 230).append("}, ");
        }
        server.putPolicy(
                ana,
                "p.yaml",
                """
                policy: p
                level: tenant
                entities:
                  record: {known: {%s}}
                rules:
                  - allow: {mcp_call: {server: record, tool: read, resource.open: "true"}}
                """
                        .formatted(known));
        String asked =
                """
                {"subject": {"type": "agent", "id": "builder"}, "action": {"name": "read"},
                 "resource": {"type": "record"}, "page": {"limit": 60%s}}\
                """;
        List<String> found = new ArrayList<>();
        String token = "";
        int pages = 0;
        do {
            String more = token.isEmpty() ? "" : ", \"token\": \"" + token + "\"";
            JsonNode answer = ask("/access/v1/search/resource", asked.formatted(more)).json();
            assertThat(answer.at("/context/countersign/among").asInt()).isEqualTo(450);
            assertThat(answer.path("results")).hasSizeLessThanOrEqualTo(60);
            assertThat(answer.at("/page/count").asInt()).isEqualTo(answer.path("results").size());
            found.addAll(ids(answer));
            token = answer.at("/page/next_token").asText();
            pages++;
        } while (!token.isEmpty() && pages < 20);
        assertThat(pages).isEqualTo(5);
        assertThat(found)
                .hasSize(219)
                .startsWith("r-1231")
                .endsWith("r-1449")
                .doesNotHaveDuplicates();

        String first =
                ask("/access/v1/search/resource", asked.formatted(""))
                        .json()
                        .at("/page/next_token")
                        .asText();
        String another =
                asked.formatted(", \"token\": \"" + first + "\"").replace("\"read\"", "\"see\"");
        assertThat(ask("/access/v1/search/resource", another).status()).isEqualTo(400);
        for (String page :
                List.of("7", "{\"limit\": 0}", "{\"limit\": \"x\"}", "{\"token\": \"!\"}")) {
            assertThat(
                            ask(
                                            "/access/v1/search/resource",
                                            asked.formatted("").replace("{\"limit\": 60}", page))
                                    .status())
                    .as(page)
                    .isEqualTo(400);
        }
    }

    @Test
    void aSearchPutsNothingToPeopleAndEndsWithAStop() throws IOException {
        server.putPolicy(ana, "certification.yaml", text("certification.yaml"));
        String asked =
                """
                {"subject": {"type": "agent", "id": "builder"}, "resource": {"type": "%s", "id": "%s"},
                 "context": {"cwd": "/home/dev/payments"}}\
                """;
        JsonNode file = ask("/access/v1/search/action", asked.formatted("file", "a.txt")).json();
        assertThat(file.path("results").findValuesAsText("name"))
                .containsExactly("delete", "read", "write");
        JsonNode command =
                ask("/access/v1/search/action", asked.formatted("command", "git status")).json();
        assertThat(command.path("results").findValuesAsText("name")).containsExactly("run");
        JsonNode unknown = ask("/access/v1/search/action", asked.formatted("record", "r-9")).json();
        assertThat(unknown.path("results")).isEmpty();
        assertThat(server.approvals.countPending()).isZero();

        Reply stop =
                server.post("/v1/stops", ana, "{\"agent\": \"builder\", \"reason\": \"enough\"}");
        assertThat(stop.status()).as(stop.body()).isEqualTo(201);
        JsonNode stopped = ask("/access/v1/search/action", asked.formatted("file", "a.txt")).json();
        assertThat(stopped.path("results")).isEmpty();
    }

    /**
     * What a document says of a thing counts beside the caller's word, and no word takes it back.
     */
    @Test
    void whoSaysOtherwiseThanDocumentsSaysNothing() {
        server.putPolicy(
                ana,
                "p.yaml",
                """
                policy: p
                level: tenant
                entities:
                  user: {known: {alice: {role: reader}, bob: {role: admin}}}
                  record: {actions: [write], known: {one: {status: archived}}}
                rules:
                  - allow: {mcp_call: {server: record, tool: write, subject.role: admin}}
                  - deny: {mcp_call: {server: record, tool: purge, resource.status: archived}}
                """);
        String question =
                """
                "subject": {"type": "user", "id": "%s"%s}, "action": {"name": "%s"}, "resource": {"type": "record", "id": "one"%s}\
                """;
        String admin = ", \"properties\": {\"role\": \"admin\"}";
        String active = ", \"properties\": {\"status\": \"active\"}";
        assertThat(
                        evaluate(question.formatted("bob", "", "write", ""))
                                .path("decision")
                                .asBoolean())
                .isTrue();
        assertThat(
                        evaluate(question.formatted("alice", admin, "write", ""))
                                .path("decision")
                                .asBoolean())
                .as("a reader who says that they are an admin")
                .isFalse();
        assertThat(
                        evaluate(question.formatted("carol", admin, "write", ""))
                                .path("decision")
                                .asBoolean())
                .as("of whom nothing is declared, the caller's word is all there is")
                .isTrue();
        assertThat(
                        evaluate(question.formatted("bob", "", "purge", active))
                                .at("/context/reason")
                                .asText())
                .isEqualTo("policy_denied");
    }

    @Test
    void theTodoScenarioIsPassed() throws IOException {
        server.putPolicy(ana, "todo.yaml", text("todo.yaml"));
        JsonNode all = JSON.readTree(text("todo.json"));
        for (JsonNode one : all.path("evaluation")) {
            Reply reply = ask("/access/v1/evaluation", one.path("request").toString());
            assertThat(reply.json().path("decision"))
                    .as(one.path("request") + reply.body())
                    .isEqualTo(one.path("expected"));
        }
        for (JsonNode one : all.path("evaluations")) {
            Reply reply = ask("/access/v1/evaluations", one.path("request").toString());
            assertThat(decisions(reply.json().path("evaluations")))
                    .as(one.path("request") + reply.body())
                    .isEqualTo(decisions(one.path("expected")));
        }
    }

    @Test
    void whatIsDescribedIsWhereItIsSaidToBe() {
        Reply reply = server.get("/.well-known/authzen-configuration", null);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.type()).startsWith("application/json");
        String base = reply.json().path("policy_decision_point").asText();
        for (Map.Entry<String, JsonNode> each : reply.json().properties()) {
            if (each.getKey().endsWith("_endpoint")) {
                String path = each.getValue().asText().substring(base.length());
                assertThat(server.post(path, null, "{}").status()).as(path).isEqualTo(401);
            }
        }
    }

    @Test
    void whatIsNotSentAsJsonIsNotUnderstood() {
        String body = "{" + PUSH.formatted("") + "}";
        Map<String, String> text = Map.of("Content-Type", "text/plain");
        assertThat(ask("/access/v1/evaluation", body, text).status()).isEqualTo(400);
        assertThat(ask("/access/v1/evaluation", "", Map.of()).status()).isEqualTo(400);
        assertThat(ask("/access/v1/evaluation", "{", Map.of()).status()).isEqualTo(400);
    }

    /** A list with a question we cannot read has an answer for it all the same. */
    @Test
    void aListEndsWhereItsWordsSay() {
        String list =
                """
                {"subject": {"type": "agent", "id": "builder"}, "action": {"name": "read"},
                 "resource": {"type": "file", "id": "/home/dev/payments/a"}, "context": {"cwd": "/home/dev/payments"},
                 "options": {"evaluations_semantic": "%s"},
                 "evaluations": [{}, {"resource": {"type": "file"}}, {"action": {"name": "delete"}}, {}]}\
                """;
        Map<String, List<Boolean>> wanted =
                Map.of(
                        "execute_all", List.of(true, false, false, true),
                        "deny_on_first_deny", List.of(true, false),
                        "permit_on_first_permit", List.of(true));
        wanted.forEach((semantic, decisions) -> {
            Reply reply = ask("/access/v1/evaluations", list.formatted(semantic));
            assertThat(decisions(reply.json().path("evaluations")))
                    .as(semantic + reply.body())
                    .isEqualTo(decisions);
        });
        Reply all = ask("/access/v1/evaluations", list.formatted("execute_all"));
        assertThat(all.json().at("/evaluations/1/context/error/status").asInt()).isEqualTo(400);
        assertThat(ask("/access/v1/evaluations", list.formatted("whatever")).status())
                .isEqualTo(400);
    }

    @Test
    void aQuestionIsJudgedAsTheCallItIsAbout() {
        JsonNode read =
                evaluate(
                        """
                        "subject": {"type": "agent", "id": "builder"}, "action": {"name": "tools/call"},
                        "resource": {"type": "tool", "id": "Bash", "properties": {"client": "claude-code", "input": {"command": "git status"}}},
                        "context": {"cwd": "/home/dev/payments"}\
                        """);
        assertThat(read.path("decision").booleanValue()).as(read.toString()).isTrue();
        assertThat(read.at("/context/countersign/receipt/hash").asText()).isNotEmpty();

        JsonNode forced =
                evaluate(PUSH.formatted("").replace("git push origin", "git push --force origin"));
        assertThat(forced.path("decision").booleanValue()).isFalse();
        assertThat(forced.at("/context/reason").asText()).isEqualTo("policy_denied");
        assertThat(forced.path("context").has("access_request")).isFalse();
        assertThat(forced.at("/context/countersign/operations/0/action").asText())
                .isEqualTo("git_force_push");

        // Nobody told where it is, so no path would be outside.
        String nowhere =
                "{" + PUSH.formatted("").replace("\"cwd\": \"/home/dev/payments\", ", "") + "}";
        Reply refused = ask("/access/v1/evaluation", nowhere);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.body()).contains("`context.cwd` is missing");
        assertThat(server.approvals.countPending()).isZero();
    }

    /** Whoever holds the token is who asks; another subject can only be restricted. */
    @Test
    void anotherSubjectIsNoOtherCaller() {
        server.putPolicy(
                ana,
                "p.yaml",
                """
                policy: p
                level: tenant
                rules:
                  - allow: {agent: trusted, mcp_call: {server: record}}
                  - deny: {agent: mallory, mcp_call: {server: record}}
                """);
        String question =
                """
                "subject": {"type": "user", "id": "%s"}, "action": {"name": "write"}, "resource": {"type": "record", "id": "1"}\
                """;
        assertThat(evaluate(question.formatted("trusted")).at("/context/reason").asText())
                .isEqualTo("approval_required");
        JsonNode mallory = evaluate(question.formatted("mallory"));
        assertThat(mallory.at("/context/reason").asText()).isEqualTo("policy_denied");
    }

    @Test
    void aNoThatPeopleMayLiftIsAskedForAndEvaluatedAgain() throws Exception {
        JsonNode no = evaluate(PUSH.formatted(""));
        assertThat(no.path("decision").booleanValue()).isFalse();
        assertThat(no.at("/context/reason").asText()).isEqualTo("approval_required");
        assertThat(no.at("/context/access_request/expires_at").isTextual()).isTrue();
        assertThat(server.approvals.countPending()).as("nobody is asked yet").isZero();

        String request =
                "{"
                        + PUSH.formatted("")
                        + ", \"denial\": {\"evaluation_id\": \""
                        + no.at("/context/evaluation_id").asText()
                        + "\", \"expires_at\": \"2030-01-01T00:00:00Z\"}}";
        Reply accepted = ask("/access/v1/requests", request);
        assertThat(accepted.status()).as(accepted.body()).isEqualTo(202);
        JsonNode task = accepted.json().path("task");
        assertThat(task.path("status").asText()).isEqualTo("pending");
        ApprovalRequest asked = changed();
        assertThat(task.path("id").asText()).isEqualTo(asked.id());
        assertThat(ask("/access/v1/requests", request).json().at("/task/id").asText())
                .as("once more is the same")
                .isEqualTo(asked.id());
        assertThat(server.approvals.countPending()).isEqualTo(1);

        String shown = ", \"approval\": {\"id\": \"" + asked.id() + "\"}";
        JsonNode early = evaluate(PUSH.formatted(shown));
        assertThat(early.path("decision").booleanValue()).isFalse();
        assertThat(early.at("/context/reason").asText()).isEqualTo("grant_pending");
        assertThat(early.at("/context/next_action").asText()).isEqualTo("retry");

        Reply vote =
                server.post(
                        "/v1/approvals/" + asked.id() + "/votes", ana, "{\"answer\":\"approve\"}");
        assertThat(vote.status()).as(vote.body()).isEqualTo(200);
        String status = "/access/v1/requests/" + asked.id();
        JsonNode settled = server.get(status, agent).json().path("task");
        assertThat(settled.path("status").asText()).isEqualTo("approved");
        assertThat(settled.at("/result/approval/approved_until").isTextual()).isTrue();
        assertThat(ask("/access/v1/requests", request).status())
                .as("asking again uses nothing up")
                .isEqualTo(201);

        JsonNode other =
                evaluate(
                        PUSH.formatted(shown).replace("git push origin main", "git push origin x"));
        assertThat(other.path("decision").booleanValue()).isFalse();
        assertThat(other.at("/context/reason").asText()).isEqualTo("out_of_scope");

        assertThat(evaluate(PUSH.formatted(shown)).path("decision").booleanValue()).isTrue();
        JsonNode twice = evaluate(PUSH.formatted(shown));
        assertThat(twice.path("decision").booleanValue()).as("it is for one call").isFalse();
        assertThat(twice.at("/context/reason").asText()).isEqualTo("approval_expired");

        String stranger = server.agent("stranger");
        assertThat(server.get(status, stranger).status()).isEqualTo(404);
        assertThat(server.get(status, stranger).type()).isEqualTo("application/problem+json");
    }

    @Test
    void aRequestWithoutItsNoIsRefused() {
        String denial =
                ", \"denial\": {\"evaluation_id\": \"%s\", \"expires_at\": \"2030-01-01T00:00:00Z\"}}";
        Reply unknown =
                ask("/access/v1/requests", "{" + PUSH.formatted("") + denial.formatted("01KX"));
        assertThat(unknown.status()).isEqualTo(400);
        assertThat(unknown.body()).contains("invalid_denial_binding");

        String forced = PUSH.formatted("").replace("git push", "git push --force");
        JsonNode no = evaluate(forced);
        Reply never =
                ask(
                        "/access/v1/requests",
                        "{" + forced + denial.formatted(no.at("/context/evaluation_id").asText()));
        assertThat(never.status()).isEqualTo(400);
        assertThat(never.body()).contains("not_requestable");
        assertThat(server.approvals.countPending()).isZero();
    }

    @Test
    void theSendersOwnNumberComesBack() throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(server.address() + "/access/v1/evaluation"))
                        .header("Authorization", "Bearer " + agent)
                        .header("Content-Type", "application/json")
                        .header("X-Request-ID", "r-7")
                        .POST(BodyPublishers.ofString("{" + PUSH.formatted("") + "}"))
                        .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
            assertThat(answer.headers().firstValue("X-Request-ID")).hasValue("r-7");
        }
    }
}
