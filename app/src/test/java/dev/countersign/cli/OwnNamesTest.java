package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Templates and named rules of people, on the server and in files. */
@Timeout(30)
final class OwnNamesTest {
    private static final String SHOP =
            """
            template: shop_agents
            summary: What the agents of the shop do, which is more than fits on one line of a terminal.
            parameters: {area: "./shop/**", reviewer: }
            permissions: [{file_write: "${area}"}]
            requires_approval: [{git_push: "${reviewer}"}]
            examples: {match: [{file_write: ./shop/a.ts}], not_match: ["npm test"]}
            """;
    private static final String QUIET =
            "named_rule: keep_releases\nrules:\n  - deny: {git_force_push: \"release-*\"}\n";

    @TempDir Path home;
    private Desk desk = new Desk(Path.of("/"));
    private final FakeServer server;

    OwnNamesTest() throws IOException {
        server = new FakeServer();
    }

    @BeforeEach
    void desk() {
        desk = new Desk(home);
        desk.environment.put("COUNTERSIGN_URL", server.url());
        desk.environment.put("COUNTERSIGN_TOKEN", "personal");
        ObjectNode listed = Json.object();
        ArrayNode policies = listed.putArray("policies");
        add(policies, "tenant", "", "shop_agents", SHOP);
        add(policies, "team", "web", "keep_releases", QUIET);
        add(policies, "tenant", "", "company", "policy: company\nuse: [shop_agents]\n");
        server.on("GET /v1/policies", 200, listed.toString());
    }

    private static void add(ArrayNode policies, String level, String of, String name, String text) {
        policies.addObject()
                .put("level", level)
                .put("of", of)
                .put("name", name)
                .put("file", name + ".yaml")
                .put("person", "ana@example.com")
                .put("at", "2026-03-29T10:04:30Z")
                .put("text", text);
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void theListSaysKindParametersAndPlaceInEightyColumns() {
        desk.width = 80;
        assertThat(desk.run("policy", "list")).isZero();
        String text = desk.out.toString();
        assertThat(text.lines()).allSatisfy(line -> assertThat(line.length()).isLessThan(81));
        String joined = text.replaceAll("\\s+", " ");
        String templates = joined.substring(0, joined.indexOf("NAMED RULE"));
        assertThat(templates)
                .containsPattern("shop_agents +What the agents of the shop do")
                .contains("parameters: area = ./shop/**; reviewer (must be given)")
                .contains("on the server: tenant, put by ana@example.com 2026-03-29")
                .containsPattern("docs-only +Read everything")
                .contains("parameters: docs = ./docs/**, ./*.md");
        String rules = joined.substring(joined.indexOf("NAMED RULE"), joined.indexOf("LEVEL "));
        assertThat(rules)
                .contains("keep_releases", "on the server: team web")
                .contains("parameters: role = maintainer; count = 2");
        assertThat(text.substring(text.indexOf("LEVEL ")))
                .contains("company")
                .doesNotContain("keep_releases");
        assertThat(desk.run("policy", "list", "--json")).isZero();
        assertThat(desk.out.toString())
                .contains("\"defined\"", "\"kind\":\"template\"", "\"area\":\"./shop/**\"");
    }

    @Test
    void oneOnTheServerIsShownAndTriedByItsName() {
        assertThat(desk.run("policy", "show", "shop-agents")).isZero();
        assertThat(desk.out.toString().strip()).endsWith(SHOP.strip());
        assertThat(desk.run("policy", "test", "shop_agents", "--set", "reviewer=main")).isZero();
        assertThat(desk.out.toString()).contains("shop_agents: 2 examples, as written");
        assertThat(
                        desk.run(
                                "policy",
                                "test",
                                "shop_agents",
                                "--set",
                                "reviewer=main",
                                "--set",
                                "area=./other/**"))
                .isEqualTo(1);
        assertThat(desk.out.toString()).contains("NOT as written");
        assertThat(desk.run("policy", "test", "shop_agents", "--set", "aera=x")).isEqualTo(2);
        assertThat(desk.err.toString())
                .contains("`shop_agents` has no parameter `aera`; it has area, reviewer");
        assertThat(desk.run("policy", "test", "keep_releases")).isZero();
    }

    @Test
    void aNameThatIsNowhereSaysWhereWasLooked() {
        assertThat(desk.run("policy", "show", "nowhere")).isEqualTo(2);
        assertThat(desk.err.toString())
                .contains(
                        "there is no file `nowhere`, and no template or named rule of that name is"
                                + " built in or on the server");
        assertThat(desk.run("policy", "test", "nowhere")).isEqualTo(2);
    }

    @Test
    void aFileIsShownWholeAndTriedWithParameters() throws IOException {
        Files.writeString(home.resolve("t.yaml"), SHOP);
        Files.writeString(home.resolve("p.yaml"), "policy: p\nrules: [{deny: git_push}]\n");
        assertThat(desk.run("policy", "show", "t.yaml")).as(desk.err::toString).isZero();
        assertThat(desk.out.toString()).contains(SHOP.strip());
        assertThat(desk.run("policy", "test", "t.yaml", "--set", "reviewer=main"))
                .as(desk.err::toString)
                .isZero();
        assertThat(desk.out.toString()).contains("shop_agents: 2 examples, as written");
        assertThat(
                        desk.run(
                                "policy",
                                "test",
                                "t.yaml",
                                "--set",
                                "reviewer=main",
                                "--set",
                                "area=./other/**"))
                .isEqualTo(1);
        assertThat(desk.run("policy", "test", "p.yaml")).as(desk.err::toString).isZero();
        assertThat(desk.run("policy", "test", "p.yaml", "--set", "a=b")).isEqualTo(2);
    }

    @Test
    void newerDefaultsAreListedAndAccepted() {
        String waiting =
                """
                {"in_force": "defaults 13", "version": "defaults 14", "waiting": true,
                 "newly_allowed": {"count": 1, "examples": 3, "records": 2,
                  "calls": [{"call": "git add a", "agent": "main", "recorded": 2, "before": "ask"}]}}
                """;
        server.on("GET /v1/policies/defaults", 200, waiting);
        server.on(
                "POST /v1/policies/defaults",
                200,
                "{\"in_force\": \"defaults 14\", \"version\": \"defaults 14\", \"waiting\": false}");
        assertThat(desk.run("policy", "defaults")).isZero();
        assertThat(desk.out.toString())
                .contains("In force: built-in defaults 13", "Waiting:  built-in defaults 14")
                .contains("1 call becomes allowed", "ask → allow  git add a  by main")
                .doesNotContain("Accepted");
        assertThat(desk.run("policy", "defaults", "--accept")).isZero();
        assertThat(server.calls.getLast()).contains("{\"version\":\"defaults 14\"}");
        assertThat(desk.out.toString()).contains("Accepted: built-in defaults 14");
    }
}
