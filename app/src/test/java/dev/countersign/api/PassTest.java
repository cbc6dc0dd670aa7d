package dev.countersign.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.policy.Requirement;
import dev.countersign.testing.TestServer;
import dev.countersign.testing.TestServer.Reply;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Asking somebody by name to answer a question. */
@SuppressWarnings("NullAway.Init")
final class PassTest {
    private static final String BO = "bo@example.com";

    private TestServer server;
    private String li;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer();
        server.add(BO, "Bo", "maintainer");
        li = server.personal(TestServer.LI, true);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private ApprovalRequest ask() throws Exception {
        return server.ask(
                "git push origin main",
                "high",
                new Requirement(
                        "r", List.of("role:maintainer"), new Requirement.Quorum.Any(), false));
    }

    private Reply pass(ApprovalRequest request, String to, String token) {
        return server.post(
                "/v1/approvals/" + request.id() + "/pass", token, "{\"to\": \"" + to + "\"}");
    }

    private ApprovalRequest now(ApprovalRequest request) {
        return server.approvals.find(request.id()).orElseThrow();
    }

    @Test
    void whoCannotAnswerAsksWhoCan() throws Exception {
        ApprovalRequest request = ask();
        Reply passed = pass(request, "Bo@Example.com", li);
        assertThat(passed.status()).isEqualTo(200);
        assertThat(passed.json().at("/notices/0/text").asText())
                .isEqualTo("passed to bo@example.com by li@example.com");
        assertThat(now(request).passed(BO)).isPresent();
    }

    @Test
    void whatWasReadStaysRead() throws Exception {
        ApprovalRequest request = ask();
        assertThat(pass(request, BO, li).status()).isEqualTo(200);
        Reply voted =
                server.post(
                        "/v1/approvals/" + request.id() + "/votes",
                        server.personal(BO, true),
                        "{\"answer\": \"approve\", \"version\": " + request.version() + "}");
        assertThat(voted.status()).isEqualTo(200);
        assertThat(now(request).state()).isEqualTo(State.APPROVED);
    }

    @Test
    void nobodyIsAskedWhoCannotAnswer() throws Exception {
        ApprovalRequest request = ask();
        assertThat(pass(request, TestServer.ANA, li).status()).isEqualTo(403);
        assertThat(pass(request, "nobody@example.com", li).status()).isEqualTo(403);
        assertThat(pass(request, TestServer.LI, li).status()).isEqualTo(403);
        assertThat(now(request).version()).isEqualTo(request.version());
    }

    @Test
    void onceIsEnough() throws Exception {
        ApprovalRequest request = ask();
        assertThat(pass(request, BO, li).status()).isEqualTo(200);
        int version = now(request).version();
        assertThat(pass(request, BO, li).status()).isEqualTo(200);
        assertThat(now(request).version()).isEqualTo(version);
    }

    @Test
    void whatIsOverIsNotPassedOn() throws Exception {
        ApprovalRequest request = ask();
        server.approvals.withdraw(_ -> true, "the session ended");
        assertThat(pass(request, BO, li).status()).isEqualTo(409);
    }

    @Test
    void whoOnlyLooksPassesNothing() throws Exception {
        server.add("vi@example.com", "Vi", "viewer");
        assertThat(pass(ask(), BO, server.personal("vi@example.com", true)).status())
                .isEqualTo(403);
    }
}
