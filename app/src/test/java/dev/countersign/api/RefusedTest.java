package dev.countersign.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.audit.Repeats;
import dev.countersign.testing.TestServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An agent that is refused over and over fills no ledger, and people hear how often. */
@SuppressWarnings("NullAway.Init")
final class RefusedTest {
    private static final int TIMES = 60;

    private TestServer server;
    private String agent;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer();
        agent = server.agent("builder");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private long records(String kind) {
        return server.ledger.list(Map.of("kind", kind), Long.MAX_VALUE, 1_000).size();
    }

    private List<String> sums() throws Exception {
        for (Repeats each : server.refusals) {
            each.finish();
        }
        return server.ledger.list(Map.of("kind", "refused"), Long.MAX_VALUE, 1_000).stream()
                .map(record -> record.body().path("summary").asText())
                .toList();
    }

    @Test
    void whatOnlyPeopleMayDo() throws Exception {
        for (int i = 0; i < TIMES; i++) {
            assertThat(server.post("/v1/approvals/APR-" + i + "/votes", agent, "{}").status())
                    .isEqualTo(403);
        }
        assertThat(records("alarm")).isEqualTo(Repeats.ONE_BY_ONE);
        assertThat(sums())
                .singleElement()
                .asString()
                .contains("builder", "50 times more", "POST /v1/approvals/{id}/votes");
    }

    @Test
    void whatCannotBeRead() throws Exception {
        for (int i = 0; i < TIMES; i++) {
            assertThat(server.post("/v1/decisions", agent, "{\"x" + i + "\":1}").status())
                    .isEqualTo(400);
        }
        assertThat(records("failure")).isEqualTo(Repeats.ONE_BY_ONE);
        assertThat(sums()).singleElement().asString().contains("builder", "50 times more");
    }

    @Test
    void hooksThatCannotBeReadAreDeniedAsBefore() throws Exception {
        for (int i = 0; i < TIMES; i++) {
            String answer = server.post("/hooks/claude-code/PreToolUse", agent, "{").body();
            assertThat(answer).contains("\"deny\"").contains("could not");
        }
        assertThat(records("failure")).isEqualTo(Repeats.ONE_BY_ONE);
    }

    @Test
    void whoseWorkWasStopped() throws Exception {
        String ana = server.personal(TestServer.ANA, true);
        assertThat(
                        server.post(
                                        "/v1/stops",
                                        ana,
                                        "{\"agent\":\"builder\",\"reason\":\"loops\"}")
                                .status())
                .isEqualTo(201);
        for (int i = 0; i < TIMES; i++) {
            assertThat(server.decide(agent, "api", "ls " + i).path("effect").asText())
                    .isEqualTo("deny");
        }
        assertThat(records("decision")).isEqualTo(Repeats.ONE_BY_ONE);
        assertThat(sums())
                .singleElement()
                .asString()
                .contains("builder", "50 times more", "api Bash of risk none");
    }

    /** A token that is none leaves no record at all. */
    @Test
    void whoIsNobody() {
        int before = server.ledger.all().size();
        for (int i = 0; i < TIMES; i++) {
            assertThat(server.get("/v1/approvals", "csa_nobody").status()).isEqualTo(401);
        }
        assertThat(server.ledger.all()).hasSize(before);
    }
}
