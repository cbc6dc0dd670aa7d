package dev.countersign.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.approval.ApprovalRequest;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.testing.TestServer;
import dev.countersign.testing.TestServer.Reply;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Tests of a server with an agent that asks and Ana, who drives it and may answer. */
@SuppressWarnings("NullAway.Init")
abstract class AgentAtServer {
    private final BlockingQueue<ApprovalRequest> changes = new LinkedBlockingQueue<>();
    TestServer server;
    String agent;
    String ana;

    @BeforeEach
    void start() throws NotRecorded {
        server = new TestServer();
        agent = server.agent("builder");
        ana = server.personal(TestServer.ANA, true);
        AutoCloseable _ = server.approvals.onChange(changes::add);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** The next question that is put to people, or change of one. */
    ApprovalRequest changed() throws InterruptedException {
        @Nullable ApprovalRequest request = changes.poll(5, TimeUnit.SECONDS);
        assertThat(request).as("a question to people").isNotNull();
        return Objects.requireNonNull(request);
    }

    /**
     * Asks about a command.
     *
     * @param wait for how long the call is held, such as {@code 60s}
     */
    Reply decide(String command, String session, String token, String wait) {
        return server.post(
                "/v1/decisions",
                token,
                "{\"client\":\"x\",\"tool\":\"Bash\",\"session\":\""
                        + session
                        + "\",\"input\":{\"command\":\""
                        + command
                        + "\"},\"cwd\":\"/home/dev/payments\",\"wait\":\""
                        + wait
                        + "\"}");
    }

    /** Asks and goes on at once. */
    Reply decide(String command, String session) {
        return decide(command, session, agent, "0s");
    }
}
