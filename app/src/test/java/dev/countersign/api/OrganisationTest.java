package dev.countersign.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.call.Holding;
import dev.countersign.people.Permission;
import dev.countersign.people.Person;
import dev.countersign.people.Principal;
import dev.countersign.people.Roles;
import dev.countersign.people.Token;
import dev.countersign.testing.TestServer;
import dev.countersign.testing.TestServer.Reply;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Own roles, teams, projects and agents, over the wire. */
@SuppressWarnings("NullAway.Init")
final class OrganisationTest {
    private TestServer server;
    private String owner;

    @BeforeEach
    void start() throws NotRecorded {
        server = new TestServer();
        owner = server.personal(TestServer.ANA, true);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Reply put(String path, String token, String body) {
        return server.send("PUT", path, token, body, Map.of());
    }

    private Reply delete(String path, String token) {
        return server.send("DELETE", path, token, null, Map.of());
    }

    private String detail(Reply reply) {
        return reply.json().path("detail").asText();
    }

    private Reply person(String token, String body) {
        return server.post("/v1/people", token, body);
    }

    /** A person with these roles, of whom the token is. */
    private String with(String email, Set<String> roles, Set<String> teams, Holding... held)
            throws NotRecorded {
        server.people.put(
                new Person(email, email, roles, teams, Set.of(held)), server.event("people", "x"));
        return server.personal(email, true);
    }

    @Test
    void anOwnRolePermitsWhatItSays() throws NotRecorded {
        Reply made =
                put(
                        "/v1/roles/auditor",
                        owner,
                        "{\"description\":\"reads and exports\",\"permissions\":[\"see\",\"export\"]}");
        assertThat(made.status()).isEqualTo(200);
        assertThat(made.json().path("permissions").toString()).isEqualTo("[\"see\",\"export\"]");
        assertThat(person(owner, "{\"email\":\"au@x.org\",\"roles\":[\"auditor\"]}").status())
                .isEqualTo(200);
        String auditor = server.personal("au@x.org", true);
        assertThat(server.get("/v1/audit/archives", auditor).status()).isNotIn(401, 403, 500);
        assertThat(server.post("/v1/stops", auditor, "{\"all\":true}").status()).isEqualTo(403);
        // What a role permits counts with the next call.
        assertThat(put("/v1/roles/auditor", owner, "{\"permissions\":[\"see\"]}").status())
                .isEqualTo(200);
        assertThat(server.get("/v1/audit/archives", auditor).status()).isEqualTo(403);
        assertThat(
                        server.ledger.all().stream()
                                .map(record -> record.body().path("summary").asText()))
                .contains("role auditor added by " + TestServer.ANA);
    }

    /**
     * Who manages people signs in as nobody who may more than they, and ends no session of theirs.
     */
    @Test
    void managingPeopleIsNoWayToAnOwner() throws NotRecorded {
        put("/v1/roles/hr", owner, "{\"permissions\":[\"see\",\"answer\",\"people\"]}");
        String hr = with("hr@x.org", Set.of("hr"), Set.of());
        with("bo@x.org", Set.of("viewer"), Set.of());
        String theirs = "/v1/people/" + TestServer.ANA + "/link";
        assertThat(server.post("/v1/people/bo@x.org/link", hr, "{}").status()).isEqualTo(200);
        assertThat(server.post(theirs, hr, "{}").status()).isEqualTo(403);
        assertThat(delete("/v1/sessions?person=" + TestServer.ANA, hr).status()).isEqualTo(403);
        assertThat(delete("/v1/sessions?person=bo@x.org", hr).status()).isEqualTo(200);
    }

    /** Approvers are named by role and team, whatever these permit. */
    @Test
    void whoManagesPeopleMakesThemselvesNoApprover() throws NotRecorded {
        put("/v1/roles/hr", owner, "{\"permissions\":[\"see\",\"answer\",\"people\"]}");
        put("/v1/roles/release", owner, "{\"permissions\":[\"answer\"]}");
        String hr = with("hr@x.org", Set.of("hr"), Set.of());
        for (String more :
                List.of(
                        "\"roles\":[\"hr\",\"release\"]",
                        "\"roles\":[\"hr\"],\"teams\":[\"secops\"]")) {
            Reply refused = person(hr, "{\"email\":\"hr@x.org\"," + more + "}");
            assertThat(refused.status()).as(more).isEqualTo(403);
            assertThat(detail(refused)).contains("only an owner gives you more");
            assertThat(person(owner, "{\"email\":\"hr@x.org\"," + more + "}").status())
                    .as(more)
                    .isEqualTo(200);
        }
    }

    /** A token makes, confirms and links nothing that may more, or longer, than itself. */
    @Test
    void aTokenMakesNoneThatIsForMoreThanItself() {
        String body = "{\"kind\":\"personal\",\"name\":\"x\"";
        Reply made =
                server.post(
                        "/v1/tokens",
                        owner,
                        body + ",\"scopes\":[\"manage\",\"read\"],\"expires\":\"1h\"}");
        assertThat(made.status()).as(made.body()).isEqualTo(201);
        String manage = made.json().path("token").asText();
        assertThat(server.post("/v1/tokens", manage, body + "}").status()).isEqualTo(403);
        Reply within = server.post("/v1/tokens", manage, body + ",\"scopes\":[\"read\"]}");
        assertThat(within.status()).as(within.body()).isEqualTo(201);
        assertThat(Instant.parse(within.json().path("expires_at").asText()))
                .isBeforeOrEqualTo(Instant.parse(made.json().path("expires_at").asText()));
        String link = "/v1/people/" + TestServer.ANA + "/link";
        assertThat(server.post(link, manage, "{}").status()).isEqualTo(403);
        assertThat(person(manage, "{\"email\":\"new@x.org\"}").json().has("sign_in")).isFalse();
        assertThat(person(owner, "{\"email\":\"new@x.org\"}").json().has("sign_in")).isTrue();
        String read = within.json().path("token").asText();
        assertThat(delete("/v1/sessions", read).status()).isEqualTo(403);
    }

    /** Who is not mentioned in full becomes nothing more by it. */
    @Test
    void whatIsLeftOutStays() {
        person(owner, "{\"email\":\"vi@x.org\",\"roles\":[\"viewer\"],\"name\":\"Vi\"}");
        for (String body :
                List.of("{\"email\":\"vi@x.org\"}", "{\"email\":\"vi@x.org\",\"roles\":[]}")) {
            Reply put = person(owner, body);
            assertThat(put.json().path("roles").toString()).as(body).isEqualTo("[\"viewer\"]");
            assertThat(put.json().path("name").asText()).isEqualTo("Vi");
        }
    }

    /** A session begun by such a link would outlive the token. */
    @Test
    void aTokenSignsItsOwnPersonInNowhere() throws NotRecorded {
        String link = "/v1/people/" + TestServer.LI + "/link";
        String li = server.personal(TestServer.LI, true);
        assertThat(
                        person(owner, "{\"email\":\"" + TestServer.LI + "\",\"roles\":[\"owner\"]}")
                                .status())
                .isEqualTo(200);
        Reply own = server.post(link, li, "{}");
        assertThat(own.status()).as(own.body()).isEqualTo(403);
        assertThat(detail(own)).contains("makes no sign-in link for its own person");
        assertThat(person(li, "{\"email\":\"" + TestServer.LI + "\"}").json().has("sign_in"))
                .isFalse();
    }

    /** Names that look alike are one name, or none. */
    @Test
    void noAgentHasANameThatHides() {
        put("/v1/agents/robot", owner, "{}");
        for (String name :
                List.of(
                        "robot\u200b",
                        "robot ",
                        " robot",
                        "robot\u202e",
                        "robot/x",
                        "ro\nbot",
                        "r\u043ebot",
                        "\uff52obot",
                        "\ufb01x")) {
            String body =
                    "{\"kind\":\"agent\",\"name\":\"x\",\"agent\":\""
                            + name.replace("\n", "\\n")
                            + "\"}";
            assertThat(server.post("/v1/tokens", owner, body).status()).as(name).isEqualTo(400);
            assertThat(
                            server.post(
                                            "/v1/login/device",
                                            null,
                                            "{\"name\":\"x\",\"agent\":\""
                                                    + name.replace("\n", "\\n")
                                                    + "\"}")
                                    .status())
                    .as(name)
                    .isEqualTo(400);
        }
    }

    @Test
    void noPersonHasAnAddressThatLooksLikeAnothers() {
        for (String email : List.of("\uff41na@example.com", "a\ufb01@x.org", "a\u200bb@x.org")) {
            assertThat(person(owner, "{\"email\":\"" + email + "\"}").status()).isEqualTo(400);
        }
        for (String name : List.of("\u0431\u043e\u0442 2", "\u30ed\u30dc Codex", "r\u00f6bot")) {
            assertThat(
                            server.post(
                                            "/v1/tokens",
                                            owner,
                                            "{\"kind\":\"agent\",\"name\":\"x\",\"agent\":\""
                                                    + name
                                                    + "\"}")
                                    .status())
                    .isEqualTo(201);
        }
    }

    /** Whose calls a folder's are is said once. */
    @Test
    void aFolderIsOneProjects() {
        put("/v1/projects/shop", owner, "{\"workspace\":\"/srv/shop\"}");
        Reply taken =
                server.send(
                        "PUT",
                        "/v1/projects/a-shop",
                        owner,
                        "{\"workspace\":\"/srv/shop/\"}",
                        Map.of());
        assertThat(taken.status()).isEqualTo(409);
        assertThat(detail(taken)).isEqualTo("`/srv/shop` is the workspace of the project `shop`");
        put("/v1/projects/shop", owner, "{\"workspace\":\"/srv/other\"}");
        put("/v1/projects/a-shop", owner, "{\"workspace\":\"/srv/shop\"}");
    }

    /** A token for one project is judged by no other's policies, and by no project's at all. */
    @Test
    void aTokenStaysInItsProject() {
        put("/v1/projects/shop", owner, "{\"workspace\":\"/srv/shop\"}");
        put("/v1/projects/toy", owner, "{\"workspace\":\"/srv/toy\"}");
        put("/v1/agents/robot", owner, "{\"project\":\"shop\"}");
        Reply other =
                server.post(
                        "/v1/tokens",
                        owner,
                        "{\"kind\":\"agent\",\"name\":\"x\",\"agent\":\"robot\",\"project\":\"toy\"}");
        assertThat(other.status()).as(other.body()).isEqualTo(400);
        assertThat(detail(other)).contains("works in the project `shop` alone");
        String toy =
                server.post(
                                "/v1/tokens",
                                owner,
                                "{\"kind\":\"agent\",\"name\":\"x\",\"agent\":\"free\",\"project\":\"toy\"}")
                        .json()
                        .path("token")
                        .asText();
        for (String folder : List.of("/srv/shop", "/srv/./shop/", "/srv/toy/../shop")) {
            JsonNode strayed =
                    server.post("/v1/decisions", toy, LS.replace("/src/shop", folder)).json();
            assertThat(strayed.path("effect").asText()).as(folder).isEqualTo("deny");
            assertThat(strayed.path("reason").asText())
                    .contains("is for the project `toy`", "belongs to the project `shop`");
        }
        assertThat(
                        server.post("/v1/decisions", toy, LS.replace("/src/shop", "/srv/toy"))
                                .json()
                                .path("effect")
                                .asText())
                .isEqualTo("allow");
    }

    /** Roles held in a team count for what is in it. */
    @Test
    void whoManagesPeopleBringsNothingUnderTheirOwn() throws NotRecorded {
        put("/v1/roles/hr", owner, "{\"permissions\":[\"see\",\"act\",\"people\"]}");
        put("/v1/teams/red", owner, "{}");
        put("/v1/projects/shop", owner, "{}");
        put("/v1/agents/robot", owner, "{}");
        person(
                owner,
                "{\"email\":\"hr@x.org\",\"roles\":[\"hr\",{\"role\":\"member\",\"team\":\"red\"}]}");
        String hr = server.personal("hr@x.org", true);
        for (String path : List.of("/v1/projects/shop", "/v1/agents/robot")) {
            Reply refused = server.send("PUT", path, hr, "{\"teams\":[\"red\"]}", Map.of());
            assertThat(refused.status()).as(path + refused.body()).isEqualTo(403);
            assertThat(detail(refused)).contains("only an owner brings");
        }
        assertThat(
                        server.send(
                                        "PUT",
                                        "/v1/teams/red",
                                        hr,
                                        "{\"projects\":[\"shop\"]}",
                                        Map.of())
                                .status())
                .isEqualTo(403);
        put("/v1/projects/shop", owner, "{\"teams\":[\"red\"]}");
    }

    /** What an agent may look at, a token that may not look at anything does not give it. */
    @Test
    void aTokenThatDoesNotReadLetsNoAgentRead() {
        String manage =
                server.post(
                                "/v1/tokens",
                                owner,
                                "{\"kind\":\"personal\",\"name\":\"x\",\"scopes\":[\"manage\"]}")
                        .json()
                        .path("token")
                        .asText();
        String body = "{\"kind\":\"agent\",\"name\":\"ci\"";
        Reply reading = server.post("/v1/tokens", manage, body + ",\"scopes\":[\"read\"]}");
        assertThat(reading.status()).as(reading.body()).isEqualTo(403);
        assertThat(detail(reading)).contains("your own token is not for read");
        Reply usual = server.post("/v1/tokens", manage, body + "}");
        assertThat(usual.json().path("scopes").toString())
                .as(usual.body())
                .isEqualTo("[\"decide\",\"report\"]");
        assertThat(server.post("/v1/tokens", owner, body + "}").json().path("scopes").toString())
                .isEqualTo("[\"decide\",\"report\",\"read\"]");
    }

    @Test
    void aRoleInUseStays() throws NotRecorded {
        put("/v1/roles/auditor", owner, "{\"permissions\":[\"see\"]}");
        person(owner, "{\"email\":\"au@x.org\",\"roles\":[\"auditor\"]}");
        Reply refused = delete("/v1/roles/auditor", owner);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(detail(refused))
                .isEqualTo("the role `auditor` is in use by au@x.org; change them first");
        person(owner, "{\"email\":\"au@x.org\",\"roles\":[\"viewer\"]}");
        assertThat(delete("/v1/roles/auditor", owner).status()).isEqualTo(200);
        assertThat(server.get("/v1/roles/auditor", owner).status()).isEqualTo(404);
    }

    @Test
    void builtInRolesStayAsTheyAre() {
        for (String role : Roles.builtIn().keySet()) {
            assertThat(detail(put("/v1/roles/" + role, owner, "{\"permissions\":[]}")))
                    .contains("is built in");
        }
        assertThat(delete("/v1/roles/viewer", owner).status()).isIn(400, 404);
        assertThat(server.get("/v1/roles", owner).json().path("roles")).hasSize(5);
    }

    /** Nobody gives, takes away or uses through others what they do not hold themselves. */
    @Test
    void nobodyGivesWhatTheyDoNotHold() throws NotRecorded {
        put(
                "/v1/roles/hr",
                owner,
                "{\"permissions\":[\"see\",\"act\",\"answer\",\"stop\",\"resume\",\"accept\","
                        + "\"people\"]}");
        String hr = with("hr@x.org", Set.of("hr"), Set.of());
        assertThat(person(hr, "{\"email\":\"new@x.org\",\"roles\":[\"member\"]}").status())
                .isEqualTo(200);
        Reply security = person(hr, "{\"email\":\"new@x.org\",\"roles\":[\"security\"]}");
        assertThat(security.status()).isEqualTo(403);
        assertThat(detail(security))
                .isEqualTo(
                        "you cannot give the role `security`: that takes `export`, `policy`,"
                                + " `retain`, which your own roles do not permit");
        assertThat(person(hr, "{\"email\":\"hr@x.org\",\"roles\":[\"owner\"]}").status())
                .isEqualTo(403);
        assertThat(
                        person(hr, "{\"email\":\"" + TestServer.ANA + "\",\"roles\":[\"viewer\"]}")
                                .status())
                .isEqualTo(403);
        assertThat(delete("/v1/people/" + TestServer.ANA, hr).status()).isEqualTo(403);
        assertThat(put("/v1/roles/keeper", hr, "{\"permissions\":[\"retain\"]}").status())
                .isEqualTo(403);
        assertThat(
                        person(
                                        hr,
                                        "{\"email\":\"new@x.org\",\"roles\":[{\"role\":\"maintainer\","
                                                + "\"project\":\"p\"}]}")
                                .status())
                .isEqualTo(403);
        // A token that reads as somebody who may do more.
        assertThat(
                        server.post(
                                        "/v1/tokens",
                                        hr,
                                        "{\"kind\":\"personal\",\"name\":\"t\",\"person\":\""
                                                + TestServer.ANA
                                                + "\"}")
                                .status())
                .isEqualTo(403);
    }

    @Test
    void theLastOwnerStays() {
        Reply refused =
                person(owner, "{\"email\":\"" + TestServer.ANA + "\",\"roles\":[\"viewer\"]}");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(detail(refused)).contains("is the last owner and must stay one");
        assertThat(delete("/v1/people/" + TestServer.ANA, owner).status()).isEqualTo(400);
    }

    @Test
    void aTeamHasItsMembersUntilTheyAreOthers() throws NotRecorded {
        assertThat(
                        put(
                                        "/v1/teams/payments",
                                        owner,
                                        "{\"description\":\"money\",\"people\":[\"li@example.com\"]}")
                                .status())
                .isEqualTo(200);
        put("/v1/agents/migrations", owner, "{\"teams\":[\"payments\"]}");
        put("/v1/projects/shop", owner, "{\"teams\":[\"payments\"],\"workspace\":\"/src/shop\"}");
        JsonNode team = server.get("/v1/teams/payments", owner).json();
        assertThat(team.path("people").toString()).isEqualTo("[\"li@example.com\"]");
        assertThat(team.path("agents").toString()).isEqualTo("[\"migrations\"]");
        assertThat(team.path("projects").toString()).isEqualTo("[\"shop\"]");
        Reply used = delete("/v1/teams/payments", owner);
        assertThat(used.status()).isEqualTo(409);
        assertThat(detail(used)).contains("migrations").contains("shop").contains(TestServer.LI);
        put("/v1/teams/payments", owner, "{\"people\":[],\"agents\":[],\"projects\":[]}");
        assertThat(server.get("/v1/teams/payments", owner).json().path("description").asText())
                .isEqualTo("money");
        assertThat(delete("/v1/teams/payments", owner).status()).isEqualTo(200);
    }

    @Test
    void aListingComesInParts() {
        for (String name : new String[] {"a", "b", "c"}) {
            put("/v1/teams/" + name, owner, "{}");
        }
        JsonNode first = server.get("/v1/teams?limit=2", owner).json();
        assertThat(first.path("teams")).hasSize(2);
        assertThat(first.path("next").asText()).isEqualTo("b");
        JsonNode rest = server.get("/v1/teams?limit=2&after=b", owner).json();
        assertThat(rest.path("teams")).hasSize(1);
        assertThat(rest.has("next")).isFalse();
        assertThat(server.get("/v1/teams?limit=0", owner).status()).isEqualTo(400);
        assertThat(server.get("/v1/teams?limit=5000", owner).status()).isEqualTo(400);
    }

    @Test
    void whoIsMaintainerOfAProjectAnswersThereAndNowhereElse() throws NotRecorded {
        put("/v1/projects/shop", owner, "{}");
        put("/v1/projects/other", owner, "{}");
        String there =
                with(
                        "bo@x.org",
                        Set.of("viewer"),
                        Set.of(),
                        new Holding("maintainer", Holding.Kind.PROJECT, "shop"));
        server.putPolicy(
                owner,
                "p.yaml",
                "policy: p\nrules:\n  - ask: git_push\n    approvers: [{role: maintainer}]\n");
        String agent = server.agent("robot");
        String mine = asked(agent, "/src/shop");
        String others = asked(agent, "/src/other");
        Reply refused =
                server.post(
                        "/v1/approvals/" + others + "/votes", there, "{\"answer\":\"approve\"}");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(detail(refused)).contains("your roles do not let you").contains("here");
        Reply counted =
                server.post("/v1/approvals/" + mine + "/votes", there, "{\"answer\":\"approve\"}");
        assertThat(counted.status()).isEqualTo(200);
        assertThat(server.approvals.find(mine).orElseThrow().state())
                .isEqualTo(ApprovalRequest.State.APPROVED);
    }

    @Test
    void aRoleInAProjectStopsAndWritesPoliciesThere() throws NotRecorded {
        put("/v1/teams/payments", owner, "{}");
        put("/v1/projects/shop", owner, "{\"teams\":[\"payments\"]}");
        put("/v1/agents/robot", owner, "{\"teams\":[\"payments\"]}");
        String lead =
                with(
                        "bo@x.org",
                        Set.of("viewer"),
                        Set.of(),
                        new Holding("maintainer", Holding.Kind.TEAM, "payments"));
        String policy = "policy: p\nrules:\n  - deny: {shell_run: \"x *\"}\n";
        assertThat(server.put("project/shop", lead, "p.yaml", policy).status()).isEqualTo(200);
        assertThat(server.put("team/payments", lead, "p.yaml", policy).status()).isEqualTo(200);
        assertThat(server.put("project/other", lead, "p.yaml", policy).status()).isEqualTo(403);
        assertThat(server.put("agent/robot", lead, "p.yaml", policy).status()).isEqualTo(403);
        assertThat(server.put("tenant", lead, "p.yaml", policy).status()).isEqualTo(403);
        Reply stopped = server.post("/v1/stops", lead, "{\"project\":\"shop\"}");
        assertThat(stopped.status()).isEqualTo(201);
        assertThat(server.post("/v1/stops", lead, "{\"agent\":\"robot\"}").status()).isEqualTo(201);
        assertThat(server.post("/v1/stops", lead, "{\"project\":\"other\"}").status())
                .isEqualTo(403);
        assertThat(server.post("/v1/stops", lead, "{\"all\":true}").status()).isEqualTo(403);
        String elsewhere =
                server.post("/v1/stops", owner, "{\"project\":\"other\"}")
                        .json()
                        .path("id")
                        .asText();
        assertThat(delete("/v1/stops/" + elsewhere, lead).status()).isEqualTo(403);
        assertThat(delete("/v1/stops/" + stopped.json().path("id").asText(), lead).status())
                .isEqualTo(200);
    }

    /** Elsewhere a role in a team or project lets its holder look and nothing else. */
    @Test
    void aRoleInATeamIsNoRoleOfTheTenant() throws NotRecorded {
        put("/v1/teams/payments", owner, "{}");
        String lead =
                with(
                        "bo@x.org",
                        Set.of(),
                        Set.of(),
                        new Holding("security", Holding.Kind.TEAM, "payments"));
        for (Route route : Route.values()) {
            Permission permission = route.permission();
            if (permission == null
                    || permission == Permission.SEE
                    || !route.permits(Route.Kind.PERSON)
                    || route.placed()) {
                continue;
            }
            boolean body = route.method().equals("POST") || route.method().equals("PUT");
            int status =
                    server.status(
                            route.method(),
                            route.path().replaceAll("\\{[^}]*}", "0"),
                            lead,
                            body ? "{}" : null);
            assertThat(status).as(route.name()).isEqualTo(403);
        }
        assertThat(server.get("/v1/approvals", lead).status()).isEqualTo(200);
    }

    @Test
    void aDisabledAgentAsksInVain() throws NotRecorded {
        put("/v1/agents/robot", owner, "{\"owner\":\"" + TestServer.LI + "\"}");
        String token = server.agent("robot");
        assertThat(effect(token)).isEqualTo("allow");
        put("/v1/agents/robot", owner, "{\"enabled\":false}");
        assertThat(server.post("/v1/decisions", token, LS).status()).isEqualTo(401);
        // Whatever speaks for it is refused, and no token is made for it.
        Reply denied = server.post("/v1/decisions", server.agent("robot"), LS);
        assertThat(denied.json().path("effect").asText()).isEqualTo("deny");
        assertThat(denied.json().path("reason").asText())
                .isEqualTo("the agent `robot` is disabled");
        assertThat(denied.json().at("/decider/kind").asText()).isEqualTo("stop");
        assertThat(
                        server.post("/v1/tokens", owner, "{\"kind\":\"agent\",\"name\":\"robot\"}")
                                .status())
                .isEqualTo(400);
        put("/v1/agents/robot", owner, "{\"description\":\"not mentioned is not enabled\"}");
        assertThat(effect(server.agent("robot"))).isEqualTo("deny");
        put("/v1/agents/robot", owner, "{\"enabled\":true}");
        assertThat(effect(server.agent("robot"))).isEqualTo("allow");
        assertThat(delete("/v1/agents/robot", owner).status()).isEqualTo(200);
        assertThat(
                        server.post("/v1/decisions", server.agent("robot"), LS)
                                .json()
                                .path("reason")
                                .asText())
                .isEqualTo("the agent `robot` was removed from this organisation");
        assertThat(server.get("/v1/agents/robot", owner).status()).isEqualTo(404);
    }

    private static final String LS =
            "{\"client\":\"test\",\"tool\":\"Bash\",\"input\":{\"command\":\"ls\"},"
                    + "\"cwd\":\"/src/shop\",\"workspace\":\"/src/shop\"}";

    /** The question about a push from there. */
    private String asked(String agent, String workspace) {
        JsonNode decision =
                server.post(
                                "/v1/decisions",
                                agent,
                                LS.replace("/src/shop", workspace).replace("ls", "git push"))
                        .json();
        assertThat(decision.path("effect").asText()).as(decision.toString()).isEqualTo("ask");
        return decision.at("/approval/id").asText();
    }

    private String effect(String token) {
        return server.post("/v1/decisions", token, LS).json().path("effect").asText();
    }

    @Test
    void whoAskedWithoutHavingBeenAddedIsListed() throws NotRecorded {
        effect(server.agent("stranger"));
        JsonNode list = server.get("/v1/agents?unregistered=true", owner).json().path("agents");
        assertThat(list).hasSize(1);
        assertThat(list.at("/0/name").asText()).isEqualTo("stranger");
        assertThat(list.at("/0/state").asText()).isEqualTo("unregistered");
        assertThat(list.at("/0/last_seen").asText()).endsWith("Z");
        put("/v1/agents/stranger", owner, "{}");
        assertThat(server.get("/v1/agents?unregistered=true", owner).json().path("agents"))
                .isEmpty();
    }

    @Test
    void aTeamsPolicyIsForItsAgentsAndProjects() throws NotRecorded {
        put("/v1/teams/payments", owner, "{}");
        put("/v1/agents/robot", owner, "{\"teams\":[\"payments\"]}");
        server.put(
                "team/payments", owner, "p.yaml", "policy: p\nrules:\n  - deny: {shell_run: ls}\n");
        assertThat(effect(server.agent("robot"))).isEqualTo("deny");
        assertThat(effect(server.agent("another"))).isEqualTo("allow");
        put("/v1/projects/shop", owner, "{\"teams\":[\"payments\"]}");
        assertThat(effect(server.agent("another"))).isEqualTo("deny");
    }

    @Test
    void aTokenDoesWhatItIsFor() throws NotRecorded {
        Reply made =
                server.post(
                        "/v1/tokens",
                        owner,
                        "{\"kind\":\"agent\",\"name\":\"ci\",\"scopes\":[\"report\"],"
                                + "\"expires\":\"30d\"}");
        assertThat(made.status()).isEqualTo(201);
        String token = made.json().path("token").asText();
        Reply refused = server.post("/v1/decisions", token, LS);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(detail(refused)).contains("needs the scope `decide`");
        assertThat(server.get("/v1/approvals", token).status()).isEqualTo(403);
        assertThat(server.post("/v1/outcomes", token, "{}").status()).isEqualTo(400);
        for (String wrong :
                new String[] {
                    "\"scopes\":[\"answer\"]",
                    "\"scopes\":[\"everything\"]",
                    "\"expires\":\"366d\"",
                    "\"expires\":\"0s\""
                }) {
            assertThat(
                            server.post(
                                            "/v1/tokens",
                                            owner,
                                            "{\"kind\":\"agent\",\"name\":\"ci\"," + wrong + "}")
                                    .status())
                    .as(wrong)
                    .isEqualTo(400);
        }
        server.directory.note();
        JsonNode listed = server.get("/v1/tokens", owner).json().path("tokens");
        for (JsonNode each : listed) {
            if (each.path("id").equals(made.json().path("id"))) {
                assertThat(each.path("last_used_at").asText()).endsWith(":00Z");
                assertThat(each.path("scopes").toString()).isEqualTo("[\"report\"]");
                return;
            }
        }
        throw new AssertionError("the token is not listed");
    }

    /** An envelope that nobody wrote holds nothing in, so nothing goes. */
    @Test
    void anAgentWhosePersonaIsNowhereMayDoNothing() throws NotRecorded {
        put("/v1/agents/robot", owner, "{\"persona\":\"docs\"}");
        String token = server.agent("robot");
        Reply denied = server.post("/v1/decisions", token, LS);
        assertThat(denied.json().path("effect").asText()).isEqualTo("deny");
        assertThat(denied.json().path("reason").asText())
                .contains("the persona `docs`, which no policy that applies here has");
        server.putPolicy(
                owner,
                "p.yaml",
                "policy: p\npersonas:\n  docs: {agents: [\"docs-*\"], write: [\"./docs/**\"]}\n");
        assertThat(effect(token)).isEqualTo("allow");
        JsonNode outside =
                server.post(
                                "/v1/decisions",
                                token,
                                "{\"client\":\"test\",\"tool\":\"Write\",\"input\":"
                                        + "{\"file_path\":\"/src/shop/a.txt\",\"content\":\"x\"},"
                                        + "\"cwd\":\"/src/shop\",\"workspace\":\"/src/shop\"}")
                        .json();
        assertThat(outside.path("effect").asText()).as(outside.toString()).isEqualTo("deny");
        assertThat(outside.path("reason").asText()).contains("persona docs");
    }

    /** Whatever is wrong with a token, the answer is the same. */
    @Test
    void aTokenThatIsNoneGetsOneAnswer() throws NotRecorded {
        String revoked = server.agent("gone");
        String id = server.people.tokensOfAgent("gone").getFirst().id();
        assertThat(delete("/v1/tokens/" + id, owner).status()).isEqualTo(204);
        Reply unknown = server.get("/v1/approvals", "csa_unknown");
        assertThat(unknown.status()).isEqualTo(401);
        for (String token : new String[] {revoked, "csa_" + "x".repeat(600), "é", "tok_1"}) {
            Reply reply = server.get("/v1/approvals", token);
            assertThat(reply.status()).as(token).isEqualTo(401);
            assertThat(reply.body()).as(token).isEqualTo(unknown.body());
        }
    }

    @Test
    void whoIsRemovedTakesTheTokensOfTheirAgentsAlong() throws NotRecorded {
        with("bo@x.org", Set.of("member"), Set.of());
        String token =
                server.identity
                        .createToken(
                                Token.Kind.AGENT, "a", "a", "bo@x.org", null, new Principal.Owner())
                        .secret();
        assertThat(effect(token)).isEqualTo("allow");
        assertThat(delete("/v1/people/bo@x.org", owner).status()).isEqualTo(200);
        assertThat(server.post("/v1/decisions", token, LS).status()).isEqualTo(401);
    }

    /** Whoever changes themselves in every moment keeps no owner from changing them. */
    @Test
    void whoChangesThemselvesAllTheTimeIsChangedAllTheSame() throws NotRecorded {
        String hr = with("hr@x.org", Set.of("member"), Set.of());
        int[] times = {0};
        server.people.beforeChange =
                () -> {
                    if (times[0]++ < 5) {
                        server.people.rename("hr@x.org", "Me " + times[0]);
                    }
                };
        Reply reply = person(owner, "{\"email\":\"hr@x.org\",\"roles\":[\"viewer\"]}");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.json().path("roles").toString()).isEqualTo("[\"viewer\"]");
        assertThat(reply.json().path("name").asText()).isEqualTo("Me 5");
        assertThat(server.status("DELETE", "/v1/people/hr@x.org", owner, null)).isEqualTo(200);
        assertThat(server.get("/v1/approvals", hr).status()).isEqualTo(401);

        // A change that never comes to rest is refused, and nothing of it is done.
        var _ = with("hr@x.org", Set.of("member"), Set.of());
        times[0] = -1_000;
        Reply never = person(owner, "{\"email\":\"hr@x.org\",\"roles\":[\"viewer\"]}");
        assertThat(never.status()).isEqualTo(409);
        assertThat(server.people.person("hr@x.org").orElseThrow().roles())
                .containsExactly("member");
    }
}
