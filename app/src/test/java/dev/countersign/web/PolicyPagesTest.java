package dev.countersign.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.ledger.Sha256;
import dev.countersign.testing.TestServer;
import dev.countersign.testing.TestServer.Reply;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Policies by forms alone, and the routes behind them. */
@SuppressWarnings("NullAway.Init")
final class PolicyPagesTest {
    private static final String QUIET =
            "policy: pushes\nrules:\n  - allow: {shell_run: \"git push origin topic\"}\n";
    private static final String HERE = "/policies/document?level=tenant&name=pushes";

    private TestServer server;
    private OnPages ana;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer();
        ana = OnPages.as(server, TestServer.ANA);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Reply check(String text) {
        return ana.post(
                "/policies/check", "level", "tenant", "of", "", "text", text, "answer", "check");
    }

    /** What the form carries that shows what somebody saw. */
    private static String seen(String name, String body) {
        String before = "name=\"" + name + "\" value=\"";
        int from = body.indexOf(before) + before.length();
        return body.substring(from, body.indexOf('"', from));
    }

    private Reply put(String text) {
        return put(text, seen("over", check(text).body()));
    }

    private Reply put(String text, String over) {
        return ana.post(
                "/policies/document",
                "level",
                "tenant",
                "of",
                "",
                "text",
                text,
                "seen",
                Sha256.hex(text),
                "over",
                over);
    }

    @Test
    void nothingIsPutInForceThatWasNotLookedAt() {
        Reply unseen = ana.post("/policies/document", "level", "tenant", "of", "", "text", QUIET);
        assertThat(unseen.status()).isEqualTo(409);
        assertThat(unseen.body())
                .contains("Nothing is in force yet", "newly allowed", "git push origin topic");
        assertThat(ana.get("/policies").body()).contains("No policy is needed to begin");

        assertThat(check(QUIET).body()).contains("id=\"change\"", Sha256.hex(QUIET));
        assertThat(put(QUIET).status()).isEqualTo(303);
        assertThat(ana.get("/policies").body()).contains("pushes", TestServer.ANA, "Everybody");
        assertThat(ana.get(HERE).body()).contains("git push origin topic", "Who changed what");
        assertThat(ana.get(HERE + "&history=yes").body())
                .contains("git push origin topic", "History", "put it in force");
    }

    @Test
    void whoSawWhatWasInForceBeforeLooksAgain() throws Exception {
        assertThat(put(QUIET).status()).isEqualTo(303);
        String more = QUIET + "  - deny: {shell_run: \"curl *\"}\n";
        String over = seen("over", check(more).body());
        server.putPolicy(
                server.personal(TestServer.ANA, true),
                "o.yaml",
                "policy: other\nprofile: standard\n");
        // What it newly allows may be another beside what somebody put meanwhile.
        assertThat(put(more, over).status()).isEqualTo(409);
        assertThat(put(more).status()).isEqualTo(303);
        assertThat(ana.get(HERE + "&history=yes").body())
                .contains("changed it", "+1", "deny: {shell_run");
    }

    @Test
    void anErrorStandsWhereItIs() {
        Reply wrong = check("policy: pushes\nrules:\n  - alow: {shell_run: ls}\n");
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.body())
                .contains("data-line=\"3\"", "line 3, column 5", "alow")
                .doesNotContain("id=\"change\"");
    }

    @Test
    void commandsAreTriedOnADraft() {
        Reply tried =
                ana.post(
                        "/policies/check",
                        "level",
                        "tenant",
                        "of",
                        "",
                        "text",
                        QUIET,
                        "calls",
                        "git push origin topic\nls",
                        "answer",
                        "try");
        assertThat(tried.status()).isEqualTo(200);
        assertThat(tried.body())
                .containsSubsequence(
                        "id=\"tried\"",
                        "git push origin topic",
                        "<span class=\"effect ask\">ask</span>",
                        "<span class=\"effect allow\">allow</span>");
        assertThat(ana.get("/policies").body()).contains("No policy is needed to begin");
    }

    @Test
    void anotherNameMakesAnotherDocument() {
        assertThat(put(QUIET).status()).isEqualTo(303);
        Reply renamed =
                ana.post(
                        "/policies/check",
                        "level",
                        "tenant",
                        "of",
                        "",
                        "name",
                        "pushes",
                        "text",
                        QUIET.replace("policy: pushes", "policy: other"),
                        "answer",
                        "check");
        assertThat(renamed.body()).contains("a document of its own");
    }

    @Test
    void whatIsTakenOutIsLookedAtFirst() {
        String denies = "policy: pushes\nrules:\n  - deny: {shell_run: \"ls *\"}\n";
        assertThat(put(denies).status()).isEqualTo(303);
        Reply looked = ana.post("/policies/remove", "level", "tenant", "name", "pushes");
        assertThat(looked.status()).isEqualTo(200);
        assertThat(looked.body()).contains("newly allowed", "Take it out of force");
        assertThat(ana.get(HERE).status()).isEqualTo(200);
        Reply removed =
                ana.post(
                        "/policies/remove",
                        "level",
                        "tenant",
                        "name",
                        "pushes",
                        "over",
                        seen("over", looked.body()),
                        "answer",
                        "remove");
        assertThat(removed.status()).isEqualTo(303);
        Reply gone = ana.get(HERE);
        assertThat(gone.status()).isEqualTo(404);
        assertThat(gone.body()).contains("took it out of force", "this version");
    }

    @Test
    void whoMayNotChangePoliciesIsToldWhyAndCannot() throws Exception {
        assertThat(put(QUIET).status()).isEqualTo(303);
        OnPages li = OnPages.as(server, TestServer.LI);
        assertThat(li.get(HERE).body()).contains("readonly", "id=\"barred\"", "git push");
        assertThat(li.post("/policies/check", "level", "tenant", "text", QUIET).status())
                .isEqualTo(403);
        assertThat(li.post("/policies/document", "level", "tenant", "text", QUIET).status())
                .isEqualTo(403);
        assertThat(li.post("/policies/remove", "level", "tenant", "name", "pushes").status())
                .isEqualTo(403);
    }

    @Test
    void everythingInForceHasItsOrigin() {
        assertThat(put(QUIET).status()).isEqualTo(303);
        assertThat(ana.get("/policies/effective").body())
                .contains(
                        "tenant/pushes", HERE.replace("&", "&amp;"), "policy.yaml:3:5", "git_push");
        assertThat(ana.get("/policies/effective?workspace=here").status()).isEqualTo(400);
    }

    @Test
    void theBenchDecidesAndAsksNobody() {
        Reply tried = ana.post("/policies/bench", "input", "git push origin main");
        assertThat(tried.status()).isEqualTo(200);
        assertThat(tried.body())
                .contains(
                        "<p class=\"big effect ask\">ask</p>",
                        "Would ask",
                        "role:owner",
                        "git_push");
        assertThat(server.approvals.pending()).isEmpty();
        Reply write =
                ana.post(
                        "/policies/bench",
                        "tool",
                        "Write",
                        "input",
                        "{\"file_path\": \"/etc/passwd\", \"content\": \"x\"}");
        assertThat(write.body()).contains("big effect deny");
        assertThat(ana.post("/policies/bench", "tool", "Write", "input", "no json").body())
                .contains("is a JSON object");
        assertThat(ana.post("/policies/bench", "input", " ").status()).isEqualTo(400);
    }

    @Test
    void programsTryAndReadTheHistoryToo() throws Exception {
        String token = server.personal(TestServer.ANA, true);
        String call =
                "{\"client\": \"x\", \"tool\": \"Bash\", \"cwd\": \"/home/dev/w\", \"agent\": \"ci\","
                        + " \"input\": {\"command\": \"git push origin topic\"}";
        JsonNode now = server.post("/v1/policies/try", token, call + "}").json();
        assertThat(now.at("/now/effect").asText()).isEqualTo("ask");
        assertThat(now.at("/now/approvers/0").asText()).isEqualTo("driver");
        assertThat(now.has("draft")).isFalse();
        String draft = ", \"draft\": {\"level\": \"tenant\", \"text\": ";
        JsonNode then =
                server.post(
                                "/v1/policies/try",
                                token,
                                call
                                        + draft
                                        + "\"policy: pushes\\nrules:\\n  - allow: {shell_run:"
                                        + " git push origin topic}\\n\"}}")
                        .json();
        assertThat(then.at("/draft/effect").asText()).isEqualTo("allow");
        assertThat(server.post("/v1/policies/try", token, call + draft + "\"rules: 3\"}}").status())
                .isEqualTo(400);

        server.putPolicy(token, "p.yaml", QUIET);
        JsonNode changes =
                server.get("/v1/policies/history?level=tenant&name=pushes", token)
                        .json()
                        .path("changes");
        assertThat(changes).hasSize(1);
        assertThat(changes.at("/0/by").asText()).isEqualTo(TestServer.ANA);
        assertThat(changes.at("/0/text").asText()).isEqualTo(QUIET);
        assertThat(server.get("/v1/policies/history?level=nowhere", token).status()).isEqualTo(400);
    }
}
