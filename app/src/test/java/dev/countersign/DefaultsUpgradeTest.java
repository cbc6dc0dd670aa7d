package dev.countersign;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditRecord;
import dev.countersign.cli.Cli;
import dev.countersign.cli.Product;
import dev.countersign.cli.Terminal;
import dev.countersign.cli.Tools;
import dev.countersign.config.Listen;
import dev.countersign.config.ServerSettings;
import dev.countersign.config.Surroundings;
import dev.countersign.decision.BuiltIn;
import dev.countersign.store.Store;
import dev.countersign.testing.SignInLink;
import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program whose built-in defaults are newer than those a data folder was used with. */
@SuppressWarnings("NullAway.Init")
final class DefaultsUpgradeTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PATH = "/v1/policies/defaults";
    private static final String GIT =
            "git: {read: allow, write: allow, push: ask, force_push: never, create_pr: ask}";

    private @TempDir Path folder;
    private Path data;
    private Product.Server server;
    private HttpClient http;
    private String owner;
    private String agent;
    private String person;
    private String cookie = "";
    private String key = "";
    private final StringWriter out = new StringWriter();

    @BeforeEach
    void prepare() throws Exception {
        data = folder.resolve("data");
        Files.createDirectories(folder.resolve("home"));
        http = HttpClient.newHttpClient();
        run();
    }

    @AfterEach
    void stop() {
        server.close();
        http.close();
    }

    private void run() throws Exception {
        Path home = folder.resolve("home");
        App app =
                new App(
                        new Surroundings(
                                Map.of("SHELL", "/bin/bash"),
                                home,
                                home,
                                "linux",
                                Clock.systemUTC()));
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
        owner = JSON.readTree(data.resolve("owner.json").toFile()).path("token").asText();
        agent = token("{\"kind\":\"agent\",\"name\":\"claude\",\"person\":\"owner@localhost\"}");
        person = token("{\"kind\":\"personal\",\"name\":\"me\",\"person\":\"owner@localhost\"}");
    }

    /** Lets the data folder be one that was used with another version, and starts on it. */
    private void after(String version, String file, String from, String to) throws Exception {
        server.close();
        Map<String, String> tables = new TreeMap<>(BuiltIn.own().tables());
        String now = Objects.requireNonNull(tables.get(file));
        assertThat(now).contains(from);
        tables.put(file, now.replace(from, to));
        try (Store store = Store.open(data, Clock.systemUTC())) {
            store.defaults()
                    .accept(
                            new BuiltIn(version, tables),
                            Instant.now(),
                            AuditRecord.change(
                                    "policy",
                                    Instant.now(),
                                    null,
                                    null,
                                    "an earlier program ran here",
                                    JSON.createObjectNode()));
        }
        run();
    }

    private String token(String body) throws Exception {
        return send("POST", "/v1/tokens", owner, body).path("token").asText();
    }

    private JsonNode send(String method, String path, String token, String body) throws Exception {
        return JSON.readTree(sent(method, path, token, body).body());
    }

    private HttpResponse<String> sent(String method, String path, String token, String body)
            throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(server.url() + path))
                        .header("Authorization", "Bearer " + token)
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build();
        return http.send(request, BodyHandlers.ofString());
    }

    private JsonNode decide(String command) throws Exception {
        ObjectNode call = JSON.createObjectNode();
        call.put("client", "claude-code").put("tool", "Bash");
        call.putObject("input").put("command", command);
        call.put("cwd", folder.toString()).put("workspace", folder.toString());
        return send("POST", "/v1/decisions", agent, call.toString());
    }

    private static String effect(JsonNode decision) {
        return decision.path("effect").asText();
    }

    @Test
    void whatOnlyTheNewerOnesAllowIsListedAndWaitsForAnOwner() throws Exception {
        assertThat(effect(decide("git add a.txt"))).isEqualTo("allow");
        after("defaults 1", "policy/profiles.yaml", GIT, GIT.replace("write: allow", "write: ask"));

        // Listed before it takes effect: examples and what the ledger has.
        JsonNode waiting = send("GET", PATH, person, "");
        assertThat(waiting.path("waiting").asBoolean()).as(waiting.toString()).isTrue();
        assertThat(waiting.path("in_force").asText()).isEqualTo("defaults 1");
        assertThat(waiting.path("version").asText()).isEqualTo(BuiltIn.own().version());
        JsonNode report = waiting.path("newly_allowed");
        assertThat(report.path("limits").asText()).isEmpty();
        assertThat(report.path("examples").asInt()).isGreaterThan(500);
        JsonNode first = report.path("calls").path(0);
        assertThat(first.path("call").asText()).isEqualTo("git add a.txt");
        assertThat(first.path("recorded").asInt()).isEqualTo(1);
        assertThat(first.path("before").asText()).isEqualTo("ask");
        assertThat(report.path("count").asInt()).isGreaterThan(1);

        // Shouted.
        String problems = send("GET", "/v1/policies", person, "").path("problems").toString();
        assertThat(problems)
                .contains("the built-in defaults changed from version 1 to ")
                .contains("countersign policy defaults");
        assertThat(send("GET", "/v1/audit?kind=alarm", person, "").toString())
                .contains("would become allowed and stay as they were");

        // As strict as before, also for calls that are on no list; the rest is not slower or other.
        for (String command : new String[] {"git add a.txt", "git add never/seen/before.txt"}) {
            JsonNode held = decide(command);
            assertThat(effect(held)).as(held.toString()).isEqualTo("ask");
            assertThat(held.path("reason").asText())
                    .contains("nobody accepted them yet; defaults 1 ask about it");
        }
        assertThat(effect(decide("git status"))).isEqualTo("allow");
        assertThat(effect(decide("git push origin x"))).isEqualTo("ask");

        // It stays so over a restart, and people are not told again, whether they knew or not.
        server.close();
        run();
        assertThat(effect(decide("git add a.txt"))).isEqualTo("ask");
        assertThat(alarms()).isEqualTo(1);
        assertThat(sent("POST", "/v1/approvals/ALM-1/acknowledge", person, "{}").statusCode())
                .isEqualTo(200);
        server.close();
        run();
        assertThat(alarms()).isEqualTo(1);

        // Not by an agent, not by the owner shortcut, not of another version.
        String body = "{\"version\": \"" + BuiltIn.own().version() + "\"}";
        assertThat(sent("POST", PATH, agent, body).statusCode()).isEqualTo(403);
        assertThat(sent("POST", PATH, owner, body).statusCode()).isEqualTo(403);
        assertThat(sent("POST", PATH, person, "{\"version\": \"defaults 1\"}").statusCode())
                .isEqualTo(409);
        String member = member();
        assertThat(sent("POST", PATH, member, body).statusCode()).isEqualTo(403);
        assertThat(effect(decide("git add a.txt"))).isEqualTo("ask");

        // On a page as well: the list, and a button that puts the version shown in force.
        signIn();
        String page = page("GET", "/policies/defaults", "").body();
        assertThat(page).contains("<code>git add a.txt</code>", "In force: defaults 1.");
        assertThat(page).contains("<button type=\"submit\">Accept " + BuiltIn.own().version());
        String csrf = "csrf=" + value(page, "csrf");
        assertThat(page("POST", "/policies/defaults", csrf + "&version=defaults+1").statusCode())
                .isEqualTo(409);
        assertThat(page("POST", "/policies/defaults", "csrf=0&version=defaults+1").statusCode())
                .isEqualTo(403);
        assertThat(effect(decide("git add a.txt"))).isEqualTo("ask");

        JsonNode accepted = send("POST", PATH, person, body);
        assertThat(accepted.path("waiting").asBoolean()).isFalse();
        assertThat(accepted.path("newly_allowed").path("count").asInt()).isPositive();
        assertThat(effect(decide("git add b.txt"))).isEqualTo("allow");
        assertThat(send("GET", "/v1/policies", person, "").path("problems")).isEmpty();
        assertThat(send("GET", "/v1/audit?kind=policy", person, "").toString())
                .contains("owner@localhost accepted the built-in " + BuiltIn.own().version())
                .contains("git add a.txt");

        // Once and for all.
        server.close();
        run();
        assertThat(effect(decide("git add a.txt"))).isEqualTo("allow");
    }

    @Test
    void theButtonPutsThemInForce() throws Exception {
        after("defaults 1", "policy/profiles.yaml", GIT, GIT.replace("write: allow", "write: ask"));
        signIn();
        String page = page("GET", "/policies/defaults", "").body();
        String form =
                "csrf="
                        + value(page, "csrf")
                        + "&version="
                        + value(page, "version")
                        + "&key="
                        + key;
        HttpResponse<String> done = page("POST", "/policies/defaults", form.replace(' ', '+'));
        assertThat(done.statusCode()).isEqualTo(303);
        assertThat(page("GET", "/policies/defaults?accepted=yes", "").body())
                .contains("<strong>Accepted.</strong>", "Nothing waits")
                .doesNotContain("<button type=\"submit\">Accept");
        assertThat(effect(decide("git add a.txt"))).isEqualTo("allow");
    }

    private long alarms() throws Exception {
        return send("GET", "/v1/audit?kind=alarm&count=yes&limit=1", person, "")
                .path("count")
                .asLong();
    }

    private void signIn() throws Exception {
        SignInLink.Browser browser = SignInLink.enter(http, server.signInLink());
        cookie = browser.cookie();
        key = browser.key();
    }

    private HttpResponse<String> page(String method, String path, String form) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create(server.url() + path))
                        .header("Cookie", cookie)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .method(
                                method,
                                HttpRequest.BodyPublishers.ofString(
                                        form.isEmpty() ? form : form + "&key=" + key))
                        .build(),
                BodyHandlers.ofString());
    }

    private static String value(String page, String field) {
        String start = "name=\"" + field + "\" value=\"";
        int from = page.lastIndexOf(start) + start.length();
        return page.substring(from, page.indexOf('"', from));
    }

    private String member() throws Exception {
        send(
                "POST",
                "/v1/people",
                person,
                "{\"email\":\"li@example.com\",\"roles\":[\"maintainer\"]}");
        return token("{\"kind\":\"personal\",\"name\":\"li\",\"person\":\"li@example.com\"}");
    }

    /** What is asked with no server is answered as the server on that folder does. */
    @Test
    void aCheckKeepsThemBackToo() throws Exception {
        assertThat(check("git add a.txt")).isEqualTo(0);
        after("defaults 1", "policy/profiles.yaml", GIT, GIT.replace("write: allow", "write: ask"));
        server.close();
        assertThat(check("git add a.txt")).isEqualTo(10);
        assertThat(out.toString()).contains("nobody accepted them yet; defaults 1 ask about it");
        assertThat(check("git status")).isEqualTo(0);
        assertThat(check("git add a.txt", "--profile", "standard")).isEqualTo(0);
        // It is a program that was never started on this folder, too.
        assertThat(Files.readString(data.resolve("defaults")).strip()).isEqualTo("defaults 1");
        run();
        String body = "{\"version\": \"" + BuiltIn.own().version() + "\"}";
        assertThat(sent("POST", PATH, person, body).statusCode()).isEqualTo(200);
        assertThat(check("git add a.txt")).isEqualTo(0);
    }

    private int check(String command, String... more) {
        out.getBuffer().setLength(0);
        Path home = folder.resolve("home");
        Surroundings around =
                new Surroundings(
                        Map.of("SHELL", "/bin/bash"), home, home, "linux", Clock.systemUTC());
        Terminal terminal =
                new Terminal(
                        new BufferedReader(new StringReader("")),
                        new PrintWriter(out, true),
                        new PrintWriter(new StringWriter(), true),
                        100,
                        false,
                        false,
                        false);
        String[] words =
                Stream.concat(
                                Stream.of("check", "--command", command, "--data"),
                                Stream.concat(Stream.of(data.toString()), Stream.of(more)))
                        .toArray(String[]::new);
        return new Cli(new Tools(new App(around), terminal, around)).run(words);
    }

    /** A table of the analysis counts as well as one of the policy. */
    @Test
    void aCommandOfTheCatalogueThatBecomesHarmlessIsHeld() throws Exception {
        assertThat(effect(decide("cal 2026"))).isEqualTo("allow");
        after(
                "defaults 1",
                "analysis/tools.yaml",
                "  cal: {kind: info",
                "  calendar-of-old: {kind: info");
        JsonNode held = decide("cal 2026");
        assertThat(effect(held)).as(held.toString()).isEqualTo("ask");
        assertThat(effect(decide("ls"))).isEqualTo("allow");
    }

    /** What was denied is not asked about, and documents count under both. */
    @Test
    void whatWasDeniedStaysDeniedAndDocumentsCountUnderBoth() throws Exception {
        String put =
                JSON.createObjectNode()
                        .put("file", "p.yaml")
                        .put("text", "policy: p\nprofile: coding-standard\n")
                        .toString();
        assertThat(sent("PUT", "/v1/policies/tenant", person, put).statusCode()).isEqualTo(200);
        String coding =
                "git: {read: allow, write: allow, push: ask, force_push: never, create_pr: allow}";
        after(
                "defaults 1",
                "policy/profiles.yaml",
                coding,
                coding.replace("write: allow", "write: never"));
        assertThat(effect(decide("git add a.txt"))).isEqualTo("deny");
        String quiet =
                JSON.createObjectNode()
                        .put("file", "p.yaml")
                        .put("text", "policy: p\nprofile: standard\n")
                        .toString();
        assertThat(sent("PUT", "/v1/policies/tenant", person, quiet).statusCode()).isEqualTo(200);
        assertThat(effect(decide("git add a.txt"))).isEqualTo("allow");
    }

    @Test
    void whereNothingThatIsTriedBecomesAllowedTheyAreInForceAtOnce() throws Exception {
        after("defaults 1", "policy/profiles.yaml", GIT, GIT.replace("push: ask", "push: allow"));
        JsonNode now = send("GET", PATH, person, "");
        assertThat(now.path("waiting").asBoolean()).isFalse();
        assertThat(now.path("in_force").asText()).isEqualTo(BuiltIn.own().version());
        assertThat(send("GET", "/v1/audit?kind=policy", person, "").toString())
                .contains("none of the calls that were tried becomes allowed");
    }

    @Test
    void tablesThatCannotBeReadAnyMoreAllowNothingByThemselves() throws Exception {
        after("defaults 1", "policy/profiles.yaml", "default: standard", "defaults: x");
        assertThat(send("GET", PATH, person, "").path("waiting").asBoolean()).isTrue();
        assertThat(effect(decide("ls"))).isEqualTo("ask");
    }
}
