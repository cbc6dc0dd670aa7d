package dev.countersign.approval;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.policy.Requirement;
import dev.countersign.testing.TestServer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which requests are alike, and which are answered by themselves. */
@SuppressWarnings("NullAway.Init")
final class SimilarTest {
    private TestServer server;

    @BeforeEach
    void start() throws NotRecorded {
        server = new TestServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String key(String command, String risk, Requirement... requirements)
            throws NotRecorded {
        return Similar.key(server.ask(command, risk, requirements));
    }

    private ApprovalRequest with(String field, String value) throws NotRecorded {
        ObjectNode decision = TestServer.explanation("git push origin a", "medium");
        ((ObjectNode) decision.at("/operations/0")).put(field, value);
        return server.ask(
                "Bash",
                decision.objectNode().put("command", "git push origin a"),
                "medium",
                decision);
    }

    @Test
    void theSameDeedByTheSameProgramIsAlike() throws NotRecorded {
        assertThat(key("git push origin a", "medium"))
                .isEqualTo(key("git push --verbose origin b", "medium"));
    }

    @Test
    void anotherRiskProgramDeedOrApproverIsNot() throws NotRecorded {
        Requirement li =
                new Requirement("r", List.of(TestServer.LI), new Requirement.Quorum.Any(), false);
        assertThat(
                        List.of(
                                key("git push origin a", "medium"),
                                key("git push origin a", "high"),
                                key("hub push origin a", "medium"),
                                key("git push origin a", "medium", li),
                                Similar.key(with("action", "git_force_push"))))
                .doesNotHaveDuplicates();
    }

    @Test
    void whatIsCriticalUnknownOrUnreadableIsApprovedAlone() throws NotRecorded {
        assertThat(Similar.alone(server.ask("git push", "high"))).isEmpty();
        assertThat(Similar.alone(server.ask("git push", "critical"))).isPresent();
        assertThat(Similar.alone(server.ask("git push", "dreadful"))).isPresent();
        assertThat(Similar.alone(with("risk", "critical"))).isPresent();
        assertThat(Similar.alone(with("opaque", "true"))).isPresent();
    }
}
