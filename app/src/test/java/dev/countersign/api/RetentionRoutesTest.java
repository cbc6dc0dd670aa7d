package dev.countersign.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.testing.TestServer;
import dev.countersign.testing.TestServer.Reply;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds over the wire, and who may decide what becomes of old records. */
final class RetentionRoutesTest {
    private static final String HOLDS = "/v1/audit/holds";
    private static final String PRUNE = "/v1/audit/prune";
    private static final String BODY =
            "{\"before\":\"2026-01-01T00:00:00Z\",\"archives\":[\"/archives\"]}";

    private final TestServer server;

    RetentionRoutesTest() throws NotRecorded {
        server = new TestServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aHoldIsPlacedListedAndEnded() throws NotRecorded {
        String ana = server.personal(TestServer.ANA, true);
        Reply placed =
                server.post(
                        HOLDS,
                        ana,
                        "{\"project\":\"payments\",\"reason\":\"a lawsuit\","
                                + "\"to\":\"2026-06-01T00:00:00Z\"}");
        assertThat(placed.status()).isEqualTo(201);
        String id = placed.json().path("id").asText();
        assertThat(server.get(HOLDS, ana).json().path("holds"))
                .singleElement()
                .isEqualTo(placed.json());
        String end = HOLDS + "/" + id + "/end";
        assertThat(server.post(end, ana, "{}").status()).isEqualTo(400);
        assertThat(server.post(HOLDS + "/HOLD-0/end", ana, "{\"reason\":\"x\"}").status())
                .isEqualTo(404);
        assertThat(server.post(end, ana, "{\"reason\":\"it is over\"}").status()).isEqualTo(200);
        assertThat(server.get(HOLDS, ana).json().path("holds")).isEmpty();
        assertThat(server.get("/v1/audit?kind=hold", ana).json().path("records")).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"reason\":\"x\"}",
                "{\"all\":true}",
                "{\"all\":true,\"project\":\"p\",\"reason\":\"x\"}",
                "{\"all\":true,\"from\":\"yesterday\",\"reason\":\"x\"}",
                "{\"all\":true,\"until\":\"x\",\"reason\":\"x\"}"
            })
    void aHoldThatSaysTooLittleIsRefused(String body) throws NotRecorded {
        assertThat(server.post(HOLDS, server.personal(TestServer.ANA, true), body).status())
                .isEqualTo(400);
    }

    @Test
    void onlyWhoAnswersForTheLedgerDecides() throws NotRecorded {
        String li = server.personal(TestServer.LI, true);
        String owner = server.identity.ownerSecret();
        String hold = "{\"all\":true,\"reason\":\"x\"}";
        assertThat(server.post(HOLDS, li, hold).status()).isEqualTo(403);
        Reply placed = server.post(HOLDS, owner, hold);
        assertThat(placed.status()).isEqualTo(201);
        String end = HOLDS + "/" + placed.json().path("id").asText() + "/end";
        for (String token : new String[] {li, owner, server.agent("builder")}) {
            assertThat(server.post(end, token, "{\"reason\":\"x\"}").status()).isEqualTo(403);
            assertThat(server.post(PRUNE, token, BODY).status()).isEqualTo(403);
        }
        String ana = server.personal(TestServer.ANA, true);
        assertThat(server.post(PRUNE, ana, BODY).status()).isEqualTo(200);
        assertThat(server.post(PRUNE, ana, BODY.replace("/archives", "a")).status()).isEqualTo(400);
        assertThat(server.post(PRUNE, ana, "{\"before\":\"2026-01-01T00:00:00Z\"}").status())
                .isEqualTo(200);
        assertThat(server.get("/v1/audit/archives?before=2026-01-01T00:00:00Z", ana).status())
                .isEqualTo(200);
        assertThat(server.get("/v1/audit/archives/7?before=2026-01-01T00:00:00Z", ana).status())
                .isEqualTo(404);
    }

    /** Nobody who asks learns what else is on the server's machine. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/etc",
                "/etc/passwd",
                "/nothing",
                "/archives/../etc",
                "/archives/./a",
                "/archivesx"
            })
    void archivesAreReadWhereTheServersAreAlone(String place) throws NotRecorded {
        String ana = server.personal(TestServer.ANA, true);
        Reply reply = server.post(PRUNE, ana, BODY.replace("/archives", place));
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().path("detail").asText())
                .isEqualTo(
                        "`"
                                + place
                                + "` is not among the archives of this server, which are in"
                                + " `/archives`; write or move them there, or stop the server and"
                                + " take the records out of its data folder");
    }
}
