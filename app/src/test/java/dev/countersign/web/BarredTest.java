package dev.countersign.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.approval.Stop;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.call.Holding;
import dev.countersign.people.Person;
import dev.countersign.testing.TestServer;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Buttons for what somebody may not do, with the reason. */
@SuppressWarnings("NullAway.Init")
final class BarredTest {
    private TestServer server;

    @BeforeEach
    void start() throws NotRecorded {
        server = new TestServer();
        server.stops.stop(Stop.Kind.PROJECT, "shop", "look at this", TestServer.ANA);
        server.ask("git push", "high");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String page(String path, String email) throws NotRecorded {
        return server.send(
                        "GET",
                        path,
                        null,
                        null,
                        Map.of("Cookie", "countersign_session=" + server.cookie(email)))
                .body();
    }

    /** From the button's text back to where it begins. */
    private static String button(String page, String text) {
        int to = page.indexOf(text);
        assertThat(to).as(text).isPositive();
        return page.substring(page.lastIndexOf("<button", to), to);
    }

    @Test
    void aViewerReadsWhyNot() throws NotRecorded {
        server.add("vi@example.com", "Vi", "viewer");
        String page =
                page("/approvals/" + server.approvals.pending().getFirst().id(), "vi@example.com");
        assertThat(button(page, "Let it go on")).contains("disabled");
        assertThat(page).contains("Your roles do not let you end a stop; these would: member,");
        assertThat(button(page, "Approve once")).contains("disabled");
        assertThat(button(page, "Stop it")).contains("disabled");
        assertThat(page).contains("Your roles do not let you stop agents; these would: member,");
    }

    @Test
    void aMemberMay() throws NotRecorded {
        String page =
                page("/approvals/" + server.approvals.pending().getFirst().id(), TestServer.ANA);
        assertThat(button(page, "Let it go on")).doesNotContain("disabled");
        assertThat(button(page, "Stop it")).doesNotContain("disabled");
    }

    @Test
    void aRoleInTheProjectIsEnough() throws NotRecorded {
        server.people.put(
                new Person(
                        "bo@example.com",
                        "Bo",
                        Set.of("viewer"),
                        Set.of(),
                        Set.of(new Holding("member", Holding.Kind.PROJECT, "shop"))),
                server.event("people", "x"));
        assertThat(button(page("/", "bo@example.com"), "Let it go on")).doesNotContain("disabled");
    }
}
