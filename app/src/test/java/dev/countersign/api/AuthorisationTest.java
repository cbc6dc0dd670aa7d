package dev.countersign.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.approval.ApprovalRequest;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.call.Holding;
import dev.countersign.people.Permission;
import dev.countersign.people.Person;
import dev.countersign.people.Principal;
import dev.countersign.people.Token;
import dev.countersign.people.TokenScope;
import dev.countersign.testing.TestServer;
import dev.countersign.testing.TestServer.Reply;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may call what: every route with every kind of caller, over the wire. */
@SuppressWarnings("NullAway.Init")
final class AuthorisationTest {
    private static TestServer server;
    private static final String STRANGER = "stranger@example.com";
    private static final Map<Route.Kind, String> TOKENS = new EnumMap<>(Route.Kind.class);
    private static final Map<String, String> ROLES = new LinkedHashMap<>();

    @BeforeAll
    static void start() throws NotRecorded {
        server = new TestServer();
        TOKENS.put(
                Route.Kind.AGENT,
                server.identity
                        .createToken(
                                Token.Kind.AGENT,
                                "builder",
                                "builder",
                                TestServer.ANA,
                                null,
                                TokenScope.possible(Token.Kind.AGENT),
                                null,
                                new Principal.Owner())
                        .secret());
        TOKENS.put(Route.Kind.PERSON, server.personal(TestServer.ANA, true));
        TOKENS.put(Route.Kind.UNCONFIRMED, server.personal(TestServer.ANA, false));
        TOKENS.put(Route.Kind.OWNER, server.identity.ownerSecret());
        server.own("keeper", EnumSet.of(Permission.SEE, Permission.RETAIN, Permission.PEOPLE));
        server.own("blind", EnumSet.of(Permission.ANSWER, Permission.POLICY));
        for (String role : server.roles.all().keySet()) {
            server.add(role + "@example.com", role, role);
            ROLES.put(role, server.personal(role + "@example.com", true));
        }
        server.add(STRANGER, "Nobody's role", "of-yesterday");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static int call(Route route, String token) {
        String path =
                route.path()
                        .replace("{client}", "claude-code")
                        .replace("{event}", "PreToolUse")
                        .replace("{id}", "none")
                        .replace("{name}", "none")
                        .replace("{kind}", "team")
                        .replace("{index}", "0")
                        .replace("{first}", "0")
                        .replace("{+tile}", "0/000")
                        .replace("{level}", "project")
                        .replace("{of}", "none");
        boolean body = route.method().equals("POST") || route.method().equals("PUT");
        return server.status(route.method(), path, token, body ? "{}" : null);
    }

    private static String fresh(Route.Kind kind) {
        try {
            return switch (kind) {
                case AGENT, ANYBODY -> server.agent("builder");
                case PERSON -> server.personal(TestServer.ANA, true);
                case UNCONFIRMED -> server.personal(TestServer.ANA, false);
                case OWNER -> server.identity.ownerSecret();
            };
        } catch (NotRecorded e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @EnumSource(Route.class)
    void theTableHoldsOverTheWire(Route route) {
        TOKENS.forEach((kind, shared) -> {
            // Signing out ends the token it is called with.
            String token = route == Route.LOGOUT ? fresh(kind) : shared;
            int status = call(route, token);
            if (route.permits(kind)) {
                assertThat(status).as(route + " by " + kind).isNotIn(401, 403, 500);
            } else {
                assertThat(status).as(route + " by " + kind).isEqualTo(403);
            }
        });
        if (!route.open()) {
            assertThat(call(route, "csa_wrong")).as(route + " with a bad token").isEqualTo(401);
            assertThat(call(route, "")).as(route + " with an empty token").isEqualTo(401);
        }
    }

    @ParameterizedTest
    @EnumSource(Route.class)
    void eachRoleMayWhatTheTableSays(Route route) throws NotRecorded {
        for (Map.Entry<String, String> role : ROLES.entrySet()) {
            String token =
                    route == Route.LOGOUT
                            ? server.personal(role.getKey() + "@example.com", true)
                            : role.getValue();
            Permission permission = route.permission();
            boolean may =
                    route.permits(Route.Kind.PERSON)
                            && (permission == null
                                    || server.roles
                                            .permissions(role.getKey())
                                            .contains(permission));
            int status = call(route, token);
            if (may) {
                assertThat(status).as(route + " by " + role.getKey()).isNotIn(401, 403, 500);
            } else {
                assertThat(status).as(route + " by " + role.getKey()).isEqualTo(403);
            }
        }
    }

    /** A role in a team or project lets its holder look, and do what there is to do there. */
    @ParameterizedTest
    @EnumSource(Route.class)
    void aRoleOfOneProjectIsNoRoleOfTheTenant(Route route) throws NotRecorded {
        for (Holding.Kind kind : Holding.Kind.values()) {
            String email = kind.wire() + "@example.com";
            server.people.put(
                    new Person(
                            email,
                            email,
                            Set.of(),
                            Set.of(),
                            Set.of(new Holding("security", kind, "none"))),
                    server.event("people", email + " added"));
            int status = call(route, server.personal(email, true));
            Permission permission = route.permission();
            // The policy is that of a project, which is not the team's.
            boolean elsewhere =
                    kind == Holding.Kind.TEAM
                            && (route == Route.POLICY_PUT_OF || route == Route.POLICY_REMOVE_OF);
            boolean may =
                    route.permits(Route.Kind.PERSON)
                            && !elsewhere
                            && (permission == null
                                    || permission == Permission.SEE
                                    || (route.placed()
                                            && server.roles
                                                    .permissions("security")
                                                    .contains(permission)));
            if (may) {
                assertThat(status).as(route + " by " + email).isNotIn(401, 403, 500);
            } else {
                assertThat(status).as(route + " by " + email).isEqualTo(403);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Route.class)
    void aRoleThatIsNoneAnyMorePermitsNothing(Route route) throws NotRecorded {
        int status = call(route, server.personal(STRANGER, true));
        if (route.permission() == null && route.permits(Route.Kind.PERSON)) {
            assertThat(status).as(route.name()).isNotIn(401, 403, 500);
        } else {
            assertThat(status).as(route.name()).isEqualTo(403);
        }
    }

    /** A role is looked at with every call: whoever loses it may not go on. */
    @Test
    void aRoleTakenAwayCountsAtOnce() throws NotRecorded {
        server.add("gone@example.com", "Gone", "maintainer");
        String token = server.personal("gone@example.com", true);
        String policy = "policy: p\nrules:\n  - deny: {shell_run: \"x *\"}\n";
        assertThat(server.put("tenant", token, "p.yaml", policy).status()).isEqualTo(200);
        server.add("gone@example.com", "Gone", "viewer");
        Reply reply = server.put("tenant", token, "p.yaml", policy);
        assertThat(reply.status()).isEqualTo(403);
        assertThat(reply.json().path("detail").asText())
                .isEqualTo(
                        "your roles do not let you change the policies on the server; these would:"
                                + " maintainer, security, owner, blind");
    }

    @Test
    void answersOfPeopleComeFromPeopleOnly() {
        Set<Route> peoples = EnumSet.of(Route.VOTE, Route.POLICY_ACCEPT, Route.TOKEN_CONFIRM);
        for (Route route : peoples) {
            assertThat(EnumSet.allOf(Route.Kind.class).stream().filter(route::permits))
                    .as(route.name())
                    .containsExactly(Route.Kind.PERSON);
        }
    }

    @Test
    void onlyAgentsSendHooks() {
        assertThat(EnumSet.allOf(Route.Kind.class).stream().filter(Route.HOOK::permits))
                .containsExactly(Route.Kind.AGENT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1",
                "/v1/",
                "/v1/nothing",
                "/v1/decisions",
                "/access/v1/evaluation",
                "/hooks",
                "/hooks/claude-code",
                "/hooks/claude-code/PreToolUse",
                "/hooks/a/b/c",
                "/events",
                "/events/x",
                "/metrics"
            })
    void nothingBehindTheGateAnswersAStranger(String path) {
        for (String method : new String[] {"GET", "POST", "PUT", "DELETE"}) {
            Reply reply = server.send(method, path, null, "{}", Map.of());
            assertThat(reply.status()).as(method + " " + path).isEqualTo(401);
            assertThat(reply.type()).isEqualTo("application/problem+json");
        }
    }

    @Test
    void theOwnerShortcutIsToldHowToVote() throws NotRecorded {
        ApprovalRequest request = server.ask("git push", "high");
        Reply reply =
                server.post(
                        "/v1/approvals/" + request.id() + "/votes",
                        server.identity.ownerSecret(),
                        "{\"answer\":\"approve\"}");
        assertThat(reply.status()).isEqualTo(403);
        assertThat(reply.json().path("detail").asText()).contains("countersign login");
        assertThat(server.approvals.find(request.id()).orElseThrow().votes()).isEmpty();
    }

    @Test
    void aRevokedTokenIsRefusedAtOnce() throws NotRecorded {
        String secret = server.agent("short-lived");
        assertThat(server.get("/v1/approvals", secret).status()).isEqualTo(200);
        String id =
                server.people.tokens("", 100).stream()
                        .filter(t -> t.name().equals("short-lived"))
                        .findFirst()
                        .orElseThrow()
                        .id();
        String owner = server.identity.ownerSecret();
        assertThat(server.send("DELETE", "/v1/tokens/" + id, owner, null, Map.of()).status())
                .isEqualTo(204);
        assertThat(server.get("/v1/approvals", secret).status()).isEqualTo(401);
    }

    @Test
    void aCookieNeedsThePagesOwnMarkToChangeAnything() throws NotRecorded {
        ApprovalRequest request = server.ask("git push", "high");
        String cookie = Callers.COOKIE + "=" + server.cookie(TestServer.ANA);
        String path = "/v1/approvals/" + request.id() + "/votes";
        Map<String, String> headers = Map.of("Cookie", cookie);
        assertThat(server.send("GET", "/v1/approvals", null, null, headers).status())
                .isEqualTo(200);
        assertThat(server.send("POST", path, null, "{\"answer\":\"approve\"}", headers).status())
                .isEqualTo(403);
        assertThat(server.approvals.find(request.id()).orElseThrow().votes()).isEmpty();
    }

    @Test
    void anotherNameForThisMachineGetsNothing() {
        for (String path : new String[] {"/", "/v1/approvals", "/openapi.json", "/health/live"}) {
            assertThat(server.rawStatus(path, "evil.example")).as(path).isEqualTo(421);
        }
        for (String host :
                new String[] {
                    "127.0.0.1",
                    "localhost",
                    "[::1]",
                    "LOCALHOST",
                    "countersign.example",
                    "countersign.example:443"
                }) {
            assertThat(server.rawStatus("/health/live", host)).as(host).isEqualTo(200);
        }
    }

    @Test
    void theOwnerShortcutGivesNobodyASignIn() {
        String body = "{\"email\":\"new@example.com\",\"roles\":[\"owner\"]}";
        Reply byOwner = server.post("/v1/people", server.identity.ownerSecret(), body);
        assertThat(byOwner.status()).isEqualTo(200);
        assertThat(byOwner.json().has("sign_in")).isFalse();
        Reply byAna = server.post("/v1/people", TOKENS.get(Route.Kind.PERSON), body);
        assertThat(byAna.json().path("sign_in").asText()).contains("/sign-in?code=");
    }

    @Test
    void aPersonalTokenOfTheOwnerShortcutVotesOnlyAfterItsPersonSaidSo() throws NotRecorded {
        Reply made =
                server.post(
                        "/v1/tokens",
                        server.identity.ownerSecret(),
                        "{\"kind\":\"personal\",\"name\":\"ci\",\"person\":\"ana@example.com\"}");
        assertThat(made.status()).isEqualTo(201);
        String secret = made.json().path("token").asText();
        String id = made.json().path("id").asText();
        ApprovalRequest request = server.ask("git push", "high");
        String votes = "/v1/approvals/" + request.id() + "/votes";
        assertThat(server.post(votes, secret, "{\"answer\":\"approve\"}").status()).isEqualTo(403);

        String li = server.personal(TestServer.LI, true);
        assertThat(server.post("/v1/tokens/" + id + "/confirm", li, "").status()).isEqualTo(404);
        String ana = TOKENS.get(Route.Kind.PERSON);
        assertThat(server.post("/v1/tokens/" + id + "/confirm", ana, "").status()).isEqualTo(200);
        assertThat(server.post(votes, secret, "{\"answer\":\"approve\"}").status()).isEqualTo(200);
    }
}
