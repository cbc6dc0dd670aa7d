package dev.countersign.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.call.Holding;
import dev.countersign.people.Permission;
import dev.countersign.people.Person;
import dev.countersign.people.Roles;
import dev.countersign.testing.TestServer;
import dev.countersign.testing.TestServer.Reply;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who may see and send what: every page with every role and with nobody, over the wire. */
@SuppressWarnings("NullAway.Init")
final class PageAuthorisationTest {
    private static final Map<String, String> COOKIES = new LinkedHashMap<>();
    private static TestServer server;

    @BeforeAll
    static void start() throws NotRecorded {
        server = new TestServer();
        server.own("reader", EnumSet.of(Permission.SEE, Permission.STOP));
        for (String role : server.roles.all().keySet()) {
            server.add(role + "@example.com", role, role);
            COOKIES.put(role, server.cookie(role + "@example.com"));
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Reply call(Page page, String cookie, String csrf) {
        String path =
                page.path()
                        .replace("{kind}", "teams")
                        .replace("{id}", "none")
                        .replace("{index}", "0")
                        .replace("{code}", "none")
                        .replace("{token}", "none")
                        .replace("*", "x");
        boolean form = page.method().equals("POST");
        return server.send(
                page.method(),
                path,
                null,
                form ? "csrf=" + csrf : null,
                Map.of(
                        "Cookie",
                        "countersign_session=" + cookie,
                        "Content-Type",
                        "application/x-www-form-urlencoded"));
    }

    private static String csrf(String cookie) {
        String page = call(Page.INBOX, cookie, "").body();
        int at = page.indexOf("name=\"csrf\" value=\"");
        assertThat(at).isPositive();
        int from = at + "name=\"csrf\" value=\"".length();
        return page.substring(from, page.indexOf('"', from));
    }

    @ParameterizedTest
    @EnumSource(Page.class)
    void eachRoleMayWhatTheTableSays(Page page) throws NotRecorded {
        for (String role : COOKIES.keySet()) {
            // Signing out ends the session.
            String cookie = server.cookie(role + "@example.com");
            Permission permission = page.permission();
            boolean may = permission == null || server.roles.permissions(role).contains(permission);
            Reply reply = call(page, cookie, csrf(cookie));
            if (may) {
                // Beside a button that is disabled a page says the same.
                assertThat(reply.status()).as(page + " by " + role).isNotIn(401, 500);
                assertThat(reply.body())
                        .as(page + " by " + role)
                        .doesNotContain("<p>Your roles do not let you");
            } else {
                assertThat(reply.status()).as(page + " by " + role).isEqualTo(403);
                assertThat(reply.body()).contains("Your roles do not let you ");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Page.class)
    void aRoleOfOneProjectIsNoRoleOfTheTenant(Page page) throws NotRecorded {
        String email = "lead@example.com";
        server.people.put(
                new Person(
                        email,
                        email,
                        Set.of(),
                        Set.of(),
                        Set.of(new Holding("owner", Holding.Kind.PROJECT, "none"))),
                server.event("people", email + " added"));
        String cookie = server.cookie(email);
        Permission permission = page.permission();
        Reply reply = call(page, cookie, csrf(cookie));
        if (permission == null || permission == Permission.SEE || page.placed()) {
            assertThat(reply.status()).as(page.name()).isNotIn(401, 500);
        } else {
            assertThat(reply.status()).as(page.name()).isEqualTo(403);
            assertThat(reply.body()).contains("Your roles do not let you ");
        }
    }

    @ParameterizedTest
    @EnumSource(Page.class)
    void nobodyIsToldToSignIn(Page page) {
        if (page.open()) {
            return;
        }
        assertThat(call(page, "", "").status()).as(page.name()).isEqualTo(401);
        assertThat(call(page, "css_wrong", "").status()).as(page.name()).isEqualTo(401);
    }

    @ParameterizedTest
    @EnumSource(Page.class)
    void aFormOfAnotherSiteChangesNothing(Page page) {
        if (page.method().equals("POST") && !page.open()) {
            String cookie = COOKIES.getOrDefault(Roles.OWNER, "");
            assertThat(call(page, cookie, "0".repeat(32)).status()).as(page.name()).isEqualTo(403);
        }
    }
}
