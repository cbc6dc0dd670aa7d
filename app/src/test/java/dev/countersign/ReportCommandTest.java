package dev.countersign;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.cli.Cli;
import dev.countersign.cli.Product;
import dev.countersign.cli.Terminal;
import dev.countersign.cli.Tools;
import dev.countersign.config.Listen;
import dev.countersign.config.ServerSettings;
import dev.countersign.config.Surroundings;
import dev.countersign.ledger.Sha256;
import dev.countersign.testing.MovableClock;
import dev.countersign.testing.SignInLink;
import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reports for auditors over three weeks of a real server, and every figure asked for again. */
@SuppressWarnings("NullAway.Init")
final class ReportCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String POLICY =
            """
            policy: company
            four_eyes: high
            rules:
              - deny: {shell_run: "terraform destroy *"}
                reason: Nobody destroys what terraform made by an agent.
              - ask: {git_push: {branch: main}}
                approvers: [{role: maintainer}]
                at_least: 2
                not_requester: true
            approvals:
              - match: "comms_*"
                risk: [high, critical]
                approvers: [{role: maintainer}]
            """;

    private @TempDir Path folder;
    private final MovableClock clock = new MovableClock("2026-01-05T09:00:00Z");
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Map<String, String> tokens = new HashMap<>();
    private HttpClient http;
    private String cookie = "";
    private Surroundings around;
    private App app;
    private Path data;
    private Product.Server server;

    @BeforeEach
    void prepare() {
        http = HttpClient.newHttpClient();
        around = new Surroundings(Map.of(), folder, folder, "linux", clock);
        app = new App(around);
        data = folder.resolve("data");
        start();
    }

    private void start() {
        server =
                app.start(
                        new ServerSettings.Given(
                                        Optional.of(data),
                                        Optional.empty(),
                                        Optional.of(new Listen("127.0.0.1", 0)),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.of(true),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty())
                                .complete(data));
    }

    @AfterEach
    void stop() {
        server.close();
        http.close();
    }

    private int run(String... words) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        Terminal terminal =
                new Terminal(
                        new BufferedReader(new StringReader("")),
                        new PrintWriter(out, true),
                        new PrintWriter(err, true),
                        100,
                        false,
                        false,
                        false);
        return new Cli(new Tools(app, terminal, around))
                .run(
                        Stream.concat(Stream.of(words), Stream.of("--data", data.toString()))
                                .toArray(String[]::new));
    }

    private void done(String... words) {
        assertThat(run(words)).as(String.join(" ", words) + "\n" + err).isZero();
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(server.url().resolve(path)).header("Cookie", cookie).build(),
                BodyHandlers.ofString());
    }

    private JsonNode post(String path, String who, String body) throws Exception {
        HttpResponse<String> answer =
                http.send(
                        HttpRequest.newBuilder(server.url().resolve(path))
                                .header("Authorization", "Bearer " + tokens.get(who))
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
        return JSON.readTree(answer.body());
    }

    private void person(String email, String... more) throws Exception {
        List<String> words = new ArrayList<>(List.of("people", "add", email));
        words.addAll(List.of(more));
        done(words.toArray(String[]::new));
        token(email, "--kind", "personal", "--person", email);
    }

    private void token(String name, String... more) throws Exception {
        List<String> words = new ArrayList<>(List.of("tokens", "create", "--name", name, "--json"));
        words.addAll(List.of(more));
        done(words.toArray(String[]::new));
        tokens.put(name, JSON.readTree(out.toString()).path("token").asText());
    }

    private JsonNode call(String agent, String command) throws Exception {
        return tool(agent, "Bash", JSON.createObjectNode().put("command", command));
    }

    private JsonNode tool(String agent, String tool, ObjectNode input) throws Exception {
        ObjectNode body = JSON.createObjectNode();
        body.put("client", "claude-code").put("tool", tool).set("input", input);
        body.put("cwd", "/work/shop").put("workspace", "/work/shop");
        body.put("session", "session-" + agent).put("wait", "0s");
        clock.move(Duration.ofSeconds(7));
        return post("/v1/decisions", agent, body.toString());
    }

    private void vote(String approval, String who, String answer, String more) throws Exception {
        clock.move(Duration.ofMinutes(2));
        JsonNode _ =
                post(
                        "/v1/approvals/" + approval + "/votes",
                        who,
                        "{\"answer\":\"" + answer + "\"" + more + "}");
    }

    /** Asks, lets these people agree, and does it. */
    private void approved(String agent, String command, String more, String... people)
            throws Exception {
        String id = call(agent, command).at("/approval/id").asText();
        for (String who : people) {
            vote(id, who, "approve", more);
        }
        assertThat(call(agent, command).path("effect").asText()).isEqualTo("allow");
    }

    /** Three weeks in which everything happens that a report tells of. */
    private void work() throws Exception {
        token("me", "--kind", "personal", "--person", "owner@localhost");
        person("ana@example.com", "--role", "maintainer", "--team", "payments");
        person("bo@example.com", "--role", "maintainer");
        person("li@example.com", "--role", "member");
        token("builder", "--kind", "agent", "--agent", "builder", "--person", "li@example.com");
        token(
                "migrations",
                "--kind",
                "agent",
                "--agent",
                "migrations",
                "--person",
                "ana@example.com");
        Path policy = Files.writeString(folder.resolve("company.yaml"), POLICY);
        done("policy", "put", "--level", "tenant", policy.toString());
        for (String command :
                List.of(
                        "ls -la",
                        "cat README.md",
                        "mvn verify",
                        "git diff",
                        "rm -rf ~",
                        "git push --force origin main",
                        "terraform destroy -auto-approve")) {
            JsonNode _ = call("builder", command);
        }
        approved("builder", "git push origin main", "", "ana@example.com", "bo@example.com");
        approved("migrations", "git commit -m x", "", "ana@example.com");
        approved("migrations", "python x.py", ",\"scope\":\"task\"", "ana@example.com");
        assertThat(call("migrations", "python x.py").path("effect").asText()).isEqualTo("allow");

        clock.set("2026-01-13T14:00:00Z");
        String refused = call("builder", "git push origin feature").at("/approval/id").asText();
        vote(refused, "me", "deny", ",\"guidance\":\"not on a Tuesday\",\"may_ask_again\":false");
        JsonNode _ = call("builder", "git push origin feature");
        JsonNode _ = call("builder", "curl https://example.com");
        clock.move(Duration.ofMinutes(40));
        awaitEvent("expired");
        String glass = call("builder", "git push origin main").at("/approval/id").asText();
        vote(glass, "me", "approve", ",\"break_glass\":true,\"reason\":\"the shop is down\"");
        assertThat(call("builder", "git push origin main").path("effect").asText())
                .isEqualTo("allow");
        // It ran although it was denied: an alarm.
        String denied = call("builder", "rm -rf ~").path("id").asText();
        JsonNode _ =
                post(
                        "/v1/outcomes",
                        "builder",
                        "{\"decision\":\""
                                + denied
                                + "\",\"status\":\"success\",\"output\":\"x\"}");

        clock.set("2026-01-20T08:30:00Z");
        done("stop", "--agent", "builder", "--reason", "it pushes too often");
        assertThat(call("builder", "ls").path("effect").asText()).isEqualTo("deny");
        Files.writeString(policy, POLICY.replace("at_least: 2", "at_least: 1"));
        done("policy", "put", "--level", "tenant", policy.toString());
        done("people", "remove", "bo@example.com");
        done("audit", "export", "--out", folder.resolve("out.jsonl").toString());
        JsonNode _ =
                tool("migrations", "Read", JSON.createObjectNode().put("file_path", "../other"));
        clock.set("2026-01-22T12:00:00Z");
    }

    /** Waits for what the server does by itself. */
    private void awaitEvent(String event) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (count("audit list --count --event " + event) == 0) {
            assertThat(System.nanoTime()).isLessThan(end);
        }
    }

    private long count(String command) {
        done(words(command));
        return Long.parseLong(out.toString().strip());
    }

    /** As a shell splits it. */
    private static String[] words(String command) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < command.length(); i++) {
            char c = command.charAt(i);
            if (c == '\'') {
                quoted = !quoted;
            } else if (c == ' ' && !quoted) {
                words.add(word.toString());
                word.setLength(0);
            } else {
                word.append(c);
            }
        }
        words.add(word.toString());
        return words.toArray(String[]::new);
    }

    private JsonNode figures(String... more) throws Exception {
        String[] words =
                Stream.concat(
                                Stream.of("audit", "report", "--json", "--framework", "soc2"),
                                Stream.of(more))
                        .toArray(String[]::new);
        done(words);
        return JSON.readTree(out.toString());
    }

    private static long figure(JsonNode report, String id) {
        for (JsonNode each : report.path("figures")) {
            if (each.path("id").asText().equals(id)) {
                return each.path("count").asLong();
            }
        }
        throw new AssertionError("no figure " + id);
    }

    @Test
    void everyFigureIsWhatItsQueryFinds() throws Exception {
        work();
        JsonNode report = figures("--from", "2026-01-01", "--to", "2026-01-31");
        // What the fixture must have in it, so that no figure is only ever compared as zero.
        Map<String, Long> wanted = new HashMap<>();
        for (String id :
                List.of(
                        "decisions-allow",
                        "decisions-ask",
                        "decisions-deny",
                        "by-default-policy",
                        "by-rule",
                        "by-grant",
                        "by-person",
                        "by-stop",
                        "asked",
                        "votes-yes",
                        "votes-no",
                        "approved",
                        "denied",
                        "used",
                        "expired",
                        "second-person",
                        "driver-alone",
                        "four-eyes-kept",
                        "break-glass",
                        "owner",
                        "self",
                        "grants-made",
                        "alarms",
                        "tried-again",
                        "stops",
                        "policies-put",
                        "people",
                        "tokens",
                        "exports")) {
            wanted.put(id, figure(report, id));
        }
        assertThat(wanted).noneSatisfy((_, count) -> assertThat(count).isZero());
        assertThat(wanted)
                .containsEntry("break-glass", 1L)
                .containsEntry("four-eyes-kept", 2L)
                .containsEntry("stops", 1L)
                .containsEntry("policies-put", 2L)
                .containsEntry("used", 4L)
                .containsEntry("expired", 1L);
        assertThat(figure(report, "four-eyes-broken")).isZero();
        // More records do not change what the queries of a report find.
        JsonNode _ = call("migrations", "ls");
        List<JsonNode> all = new ArrayList<>();
        report.path("figures").forEach(all::add);
        assertThat(all).hasSizeGreaterThan(100);
        signIn();
        for (JsonNode figure : all) {
            asked(figure, figure.path("count").asLong());
        }
        JsonNode silences = report.at("/silences/longest");
        assertThat(silences).isNotEmpty();
        for (JsonNode silence : silences) {
            asked(silence, 0);
        }
    }

    /** By the command line, by the interface and by the page. */
    private void asked(JsonNode figure, long count) throws Exception {
        String command = figure.path("command").asText();
        assertThat(count(command.substring("countersign ".length()))).as(command).isEqualTo(count);
        String page = figure.path("page").asText();
        HttpResponse<String> api = get(page.replace("/activity?", "/v1/audit?limit=1&"));
        assertThat(JSON.readTree(api.body()).path("count").asLong()).as(page).isEqualTo(count);
        String text = get(page).body();
        assertThat(text).as(page).contains("<strong id=\"count\">%,d</strong>".formatted(count));
    }

    /** By the link of a new start: that of the first has run out by now. */
    private void signIn() throws Exception {
        server.close();
        start();
        cookie = SignInLink.cookie(http, server.signInLink());
        assertThat(get("/activity").statusCode()).isEqualTo(200);
    }

    @Test
    void aReportIsRecordedByItsHashAndShowsWhoMayDoWhat() throws Exception {
        work();
        Path file = folder.resolve("report.html");
        done("audit", "report", "--framework", "hipaa", "--output", file.toString());
        String html = Files.readString(file);
        assertThat(html)
                .contains("Ledger intact", "164.312(b)", "ana@example.com", "the shop is down")
                .contains("+     at_least: 1", "-     at_least: 2")
                .contains("2 of role:maintainer, not the driver", "break-glass")
                .doesNotContain("<script", "FAILED");
        // Bo was removed before the end.
        assertThat(html.substring(html.indexOf("Who could sign in"), html.indexOf("Changes of pe")))
                .doesNotContain("<td>bo@example.com");
        done("audit", "list", "--kind", "export", "--event", "reported", "--json");
        JsonNode body = JSON.readTree(out.toString()).at("/records/0/record/body");
        assertThat(body.path("sha256").asText()).isEqualTo(Sha256.hex(Files.readAllBytes(file)));
        assertThat(body.path("framework").asText()).isEqualTo("hipaa");
        assertThat(run("audit", "report", "--framework", "hipaa", "--output", file.toString()))
                .isEqualTo(2);
    }

    @Test
    void withoutAServerTheFolderIsOpenedAndItIsRecordedToo() throws Exception {
        // Also before the clock moves at all.
        JsonNode _ = figures();
        clock.move(Duration.ofMinutes(1));
        server.close();
        JsonNode report = figures("--to", "2026-01-05");
        assertThat(figure(report, "reports")).isEqualTo(1);
        assertThat(report.at("/integrity/intact").asBoolean()).isTrue();
        assertThat(report.at("/integrity/signed").asLong())
                .isEqualTo(report.at("/integrity/records").asLong());
        assertThat(count("audit list --count --event reported")).isEqualTo(2);
    }

    @Test
    void nothingInThePeriodIsSaidAndNothingIsDividedByIt() throws Exception {
        JsonNode report = figures("--from", "2025-01-01", "--to", "2025-12-31");
        assertThat(report.path("notes").toString())
                .contains("The ledger begins at 2026-01-05T09:00:00Z")
                .contains("Nothing was recorded in this period");
        for (JsonNode figure : report.path("figures")) {
            assertThat(figure.path("count").asLong()).as(figure.toString()).isZero();
        }
        Path file = folder.resolve("empty.html");
        done(
                "audit",
                "report",
                "--framework",
                "eu-ai-act",
                "--from",
                "2025-01-01",
                "--to",
                "2025-12-31",
                "--output",
                file.toString());
        assertThat(Files.readString(file)).contains("Nothing was recorded").doesNotContain("NaN");
    }

    @Test
    void whatIsWrongIsSaidAndNothingIsMade() {
        assertThat(run("audit", "report", "--json", "--framework", "soc")).isEqualTo(1);
        assertThat(err.toString()).contains("did you mean `soc2`");
        assertThat(run("audit", "report", "--json", "--framework", "iso 42001")).isEqualTo(1);
        assertThat(err.toString()).contains("did you mean `iso42001`");
        assertThat(run("audit", "report", "--json")).isEqualTo(2);
        assertThat(wrong("--from", "2026-02-01", "--to", "2026-01-01")).contains("not before");
        assertThat(wrong("--from", "yesterday")).contains("no day or time");
        assertThat(wrong("--from", "2027-01-01")).contains("has not come yet");
        assertThat(wrong("--from", "-999999999-01-01")).contains("between the years");
        assertThat(count("audit list --count --event reported")).isZero();
        assertThat(run("audit", "list", "--event", "approval-use")).isEqualTo(2);
        assertThat(err.toString()).contains("did you mean `approval-used`");
        server.close();
        assertThat(run("audit", "report", "--json", "--framework", "soc")).isEqualTo(2);
        assertThat(err.toString()).contains("did you mean `soc2`");
    }

    private String wrong(String... more) {
        String[] words =
                Stream.concat(
                                Stream.of("audit", "report", "--json", "--framework", "soc2"),
                                Stream.of(more))
                        .toArray(String[]::new);
        assertThat(run(words)).isEqualTo(1);
        return err.toString();
    }

    @Test
    void aBrokenLedgerIsSaidAtTheTop() throws Exception {
        work();
        server.close();
        long all = count("audit list --count");
        changed("UPDATE ledger SET record = replace(record, 'T', 'U') WHERE idx = 40");
        Path file = folder.resolve("broken.html");
        assertThat(run("audit", "report", "--framework", "soc2", "--output", file.toString()))
                .isEqualTo(1);
        assertThat(err.toString()).contains("the ledger is not what was written");
        String html = Files.readString(file);
        assertThat(html.indexOf("FAILED: the ledger is not what was written"))
                .isBetween(0, html.indexOf("<nav"));
        assertThat(html).contains("Broken at record 40", "the first 40 records only");
        assertThat(html).contains("made is not in the ledger").doesNotContain("Ledger intact");
        assertThat(count("audit list --count")).isEqualTo(all);
    }

    @Test
    void aLedgerWhoseEndWasCutOffIsSaidToo() throws Exception {
        work();
        server.close();
        changed(
                "DELETE FROM sealed WHERE idx > 40",
                "DELETE FROM payload WHERE idx > 40",
                "DELETE FROM ledger WHERE idx > 40");
        Path file = folder.resolve("cut.html");
        assertThat(run("audit", "report", "--framework", "soc2", "--output", file.toString()))
                .isEqualTo(1);
        assertThat(Files.readString(file)).contains("FAILED").doesNotContain("Ledger intact");
    }

    private void changed(String... statements) throws Exception {
        try (Connection connection =
                        DriverManager.getConnection(
                                "jdbc:sqlite:" + data.resolve("countersign.db"));
                Statement statement = connection.createStatement()) {
            for (String trigger :
                    List.of("ledger_keeps", "ledger_stays", "payload_keeps", "sealed_keeps")) {
                statement.execute("DROP TRIGGER " + trigger);
            }
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }
}
