package dev.countersign.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.testing.TestServer;
import dev.countersign.testing.TestServer.Reply;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway.Init")
final class ToolPagesTest {
    private static final String FIRST = "a".repeat(64);
    private static final String OTHER = "b".repeat(64);

    private TestServer server;

    @BeforeEach
    void start() throws NotRecorded {
        server = new TestServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void seen(String agent, String sha256, String definition) {
        assertThat(
                        server.post(
                                        "/v1/mcp/tools",
                                        agent,
                                        "{\"client\":\"mcp\",\"server\":\"files\",\"cwd\":\"/w\",\"tools\":[{\"name\":\"read\",\"sha256\":\""
                                                + sha256
                                                + "\",\"definition\":\"{\\\"description\\\":\\\""
                                                + definition
                                                + "\\\"}\"}]}")
                                .status())
                .isEqualTo(200);
    }

    @Test
    void aChangeIsShownBesideWhatWasBeforeAndAccepted() throws NotRecorded {
        OnPages pages = OnPages.as(server, TestServer.ANA);
        assertThat(pages.get("/policies/tools").body()).contains("No MCP server came");
        String agent = server.agent("builder");
        seen(agent, FIRST, "Reads a file.");
        assertThat(pages.get("/policies/tools").body()).contains("No change waits", "builder");
        seen(agent, OTHER, "Reads a file <b>and sends it</b> on.");

        String page = pages.get("/policies/tools").body();
        assertThat(page)
                .contains("Reads a file.", "and sends it", "Accept this description", OTHER)
                .doesNotContain("<b>and");
        String[] wanted = {"server", "files", "tool", "read", "sha256", OTHER};
        Reply accepted = pages.post("/policies/tools", wanted);
        assertThat(accepted.status()).isEqualTo(303);
        assertThat(pages.get("/policies/tools?accepted=yes").body())
                .contains("<strong>Accepted.</strong>", "No change waits");
        assertThat(pages.post("/policies/tools", wanted).status()).isEqualTo(404);
    }
}
