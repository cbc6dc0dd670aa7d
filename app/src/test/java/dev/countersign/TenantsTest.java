package dev.countersign;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.countersign.api.Route;
import dev.countersign.cli.Product;
import dev.countersign.config.SettingsFile;
import dev.countersign.config.Surroundings;
import dev.countersign.testing.RawHttp;
import dev.countersign.testing.RawHttp.Answer;
import dev.countersign.testing.SignInLink;
import dev.countersign.web.Page;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Organisations beside each other on one server, over the wire and on real databases. */
@SuppressWarnings("NullAway.Init")
final class TenantsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String FORM = "application/x-www-form-urlencoded";

    /** Called with a command that is a question under the built-in defaults. */
    private static final String ASKED =
            "{\"client\":\"api\",\"tool\":\"bash\",\"input\":{\"command\":\"git push origin WORD\"},"
                    + "\"cwd\":\"/work\",\"workspace\":\"/work\",\"session\":\"WORD-session\"}";

    /** After these the session that walks is none any more. */
    private static final Set<Page> ENDING =
            EnumSet.of(Page.SIGN_OUT, Page.SESSION_END, Page.SESSIONS_END);

    private @TempDir Path folder;
    private Product.Server server;
    private RawHttp http;

    /**
     * A tenant with something of every kind in it, all named after one word.
     *
     * @param ids what its routes name, by the name of the parameter and the path in front of it
     */
    private record Filled(
            String name,
            String word,
            String host,
            Map<String, String> credentials,
            Map<String, String> ids) {
        String credential(String kind) {
            return Objects.requireNonNull(credentials.get(kind));
        }

        String id(String path) {
            return Objects.requireNonNull(ids.get(path));
        }
    }

    @BeforeEach
    void start() {
        server = serve();
        http = new RawHttp(port());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Product.Server serve() {
        return new App(new Surroundings(Map.of(), folder, folder, "linux", Clock.systemUTC()))
                .start(
                        SettingsFile.read(
                                        "settings.yaml",
                                        folder,
                                        "listen: 127.0.0.1:0\ntrust_setup: true\n")
                                .complete(folder.resolve("data")));
    }

    private int port() {
        return server.url().getPort();
    }

    private void restart() {
        server.close();
        start();
    }

    private Path data(String tenant) {
        Path data = folder.resolve("data");
        return tenant.isEmpty() ? data : data.resolve("tenants").resolve(tenant);
    }

    /** The owner shortcut of a folder. */
    private String shortcut(String tenant) throws IOException {
        return JSON.readTree(data(tenant).resolve("owner.json").toFile()).path("token").asText();
    }

    private Answer add(String name, String address) throws IOException {
        return http.call(
                "PUT", "/v1/tenants/" + name, shortcut(""), "{\"address\":\"" + address + "\"}");
    }

    /** The same by a person. */
    private Answer moved(String name, String address) {
        String first = "127.0.0.1:" + port();
        return byPage(
                "PUT",
                "/v1/tenants/" + name,
                first,
                session(first, server.signInLink().getRawQuery()),
                "{\"address\":\"" + address + "\"}");
    }

    private String address(String name) {
        return "http://" + name + ".localhost:" + port();
    }

    private Answer state(String name) throws IOException {
        return http.call("GET", "/v1/tenants/" + name, shortcut(""), null);
    }

    /** What the browser of a cookie keeps. */
    private final Map<String, String> keys = new LinkedHashMap<>();

    /** A session that a link of the server's own page begins, at a host. */
    private String session(String host, String query) {
        Answer in =
                http.send(
                        "POST",
                        "/sign-in/code",
                        host,
                        Map.of("Content-Type", "application/x-www-form-urlencoded"),
                        query);
        assertThat(in.status()).as(in.body()).isEqualTo(200);
        String cookie = in.header("Set-Cookie").orElseThrow().split(";", 2)[0];
        keys.put(cookie, SignInLink.key(in.body()));
        return cookie;
    }

    private String csrf(String host, String cookie) {
        String page = http.send("GET", "/", host, Map.of("Cookie", cookie), null).body();
        String before = "name=\"csrf\" value=\"";
        int from = page.indexOf(before) + before.length();
        assertThat(from).isGreaterThan(before.length());
        return page.substring(from, page.indexOf('"', from));
    }

    private Answer byPage(String method, String path, String host, String cookie, String body) {
        return http.send(
                method,
                path,
                host,
                Map.of(
                        "Cookie",
                        cookie,
                        "X-Countersign-CSRF",
                        csrf(host, cookie),
                        "X-Countersign-Key",
                        keys.getOrDefault(cookie, ""),
                        "Content-Type",
                        "application/json"),
                body);
    }

    private Filled filled(String name, String word) throws IOException {
        assertThat(add(name, address(name)).status()).isEqualTo(200);
        String host = name + ".localhost:" + port();
        String own = shortcut(name);
        Map<String, String> ids = new LinkedHashMap<>();
        put("/v1/roles/" + word, own, "{\"permissions\":[\"see\"]}");
        put("/v1/teams/" + word, own, "{\"description\":\"" + word + "\"}");
        put("/v1/projects/" + word, own, "{\"description\":\"" + word + "\"}");
        put("/v1/agents/" + word, own, "{\"description\":\"" + word + "\"}");
        JsonNode person =
                post(
                        "/v1/people",
                        own,
                        "{\"email\":\"" + word + "@example.com\",\"roles\":[\"owner\"]}");
        assertThat(person.path("email").asText()).startsWith(word);
        String personal = token(own, "personal", word + "@example.com", word, ids, "/v1/tokens/");
        String agent = token(own, "agent", "", word, ids, "");
        http.call(
                "PUT",
                "/v1/policies/project/" + word,
                own,
                "{\"file\":\""
                        + word
                        + ".yaml\",\"text\":\"policy: "
                        + word
                        + "\\nlevel: project\\n\"}");
        JsonNode asked = post("/v1/decisions", agent, ASKED.replace("WORD", word));
        assertThat(asked.path("effect").asText()).as(asked.toString()).isEqualTo("ask");
        ids.put("/v1/approvals/", asked.path("approval").path("id").asText());
        ids.put("/v1/decisions/", asked.path("id").asText());
        JsonNode granted = post("/v1/decisions", agent, ASKED.replace("WORD", word + "-granted"));
        post(
                "/v1/approvals/" + granted.path("approval").path("id").asText() + "/votes",
                personal,
                "{\"answer\":\"approve\",\"scope\":\"task\"}");
        JsonNode grants = get("/v1/grants", personal).path("grants");
        assertThat(grants).isNotEmpty();
        ids.put("/v1/grants/", grants.get(0).path("id").asText());
        JsonNode stop =
                post(
                        "/v1/stops",
                        personal,
                        "{\"agent\":\"" + word + "-other\",\"reason\":\"" + word + "\"}");
        ids.put("/v1/stops/", stop.path("id").asText());
        JsonNode hold =
                post(
                        "/v1/audit/holds",
                        personal,
                        "{\"project\":\"" + word + "\",\"reason\":\"" + word + "\"}");
        ids.put("/v1/audit/holds/", hold.path("id").asText());
        for (String kind : List.of("roles", "teams", "projects", "agents", "policies/project")) {
            ids.put("/v1/" + kind + "/", word);
        }
        ids.put("/v1/people/", word + "@example.com");
        put(
                "/v1/channels/" + word,
                personal,
                "{\"kind\":\"webhook\",\"settings\":{\"url\":\"https://"
                        + word
                        + ".example.com/hook\"}}");
        ids.put("/v1/channels/", word);
        Map<String, String> credentials = new LinkedHashMap<>();
        credentials.put("shortcut", own);
        credentials.put("personal", personal);
        credentials.put("agent", agent);
        return new Filled(name, word, host, credentials, ids);
    }

    private String token(
            String own,
            String kind,
            String person,
            String word,
            Map<String, String> ids,
            String path)
            throws IOException {
        String body =
                "{\"kind\":\""
                        + kind
                        + "\",\"name\":\""
                        + word
                        + "\""
                        + (person.isEmpty()
                                ? ",\"agent\":\"" + word + "\""
                                : ",\"person\":\"" + person + "\"")
                        + "}";
        JsonNode made = post("/v1/tokens", own, body);
        if (!path.isEmpty()) {
            ids.put(path, made.path("id").asText());
        }
        return made.path("token").asText();
    }

    private void put(String path, String token, String body) {
        Answer answer = http.call("PUT", path, token, body);
        assertThat(answer.status()).as(path + answer.body()).isEqualTo(200);
    }

    private JsonNode post(String path, String token, String body) throws IOException {
        Answer answer = http.call("POST", path, token, body);
        assertThat(answer.status()).as(path + " " + answer.body()).isBetween(200, 202);
        return JSON.readTree(answer.body());
    }

    private JsonNode get(String path, String token) throws IOException {
        Answer answer = http.call("GET", path, token, null);
        assertThat(answer.status()).as(path + " " + answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    /** The path of a route as it names something of that tenant. */
    private static String path(Route route, Filled of) {
        String path = route.path();
        for (Map.Entry<String, String> id : of.ids().entrySet()) {
            if (path.startsWith(id.getKey() + "{")) {
                path = id.getKey() + id.getValue() + path.substring(path.indexOf('}') + 1);
            }
        }
        return path.replace("{client}", "claude-code")
                .replace("{event}", "PreToolUse")
                .replace("{index}", "0")
                .replace("{first}", "0")
                .replace("{+tile}", "0/000")
                .replace("{level}", "project")
                .replace("{of}", of.word())
                .replace("{name}", of.word())
                .replace("{kind}", "team")
                .replace("{id}", of.name());
    }

    private static String body(Route route) {
        return switch (route) {
            case VOTE -> "{\"answer\":\"approve\"}";
            case DECIDE -> ASKED.replace("WORD", "else");
            // Whoever names something new makes it, under whatever name.
            case ROLE_PUT, TEAM_PUT, PROJECT_PUT, AGENT_PUT -> "{\"nothing\":1}";
            default -> "{}";
        };
    }

    private long records(Filled tenant) throws IOException {
        return get("/v1/audit?limit=1", tenant.credential("personal"))
                .path("records")
                .path(0)
                .path("index")
                .asLong();
    }

    /** Every route and page, with every credential of one and what the other has. */
    @Test
    void noneSeesAnother() throws Exception {
        Filled acme = filled("acme", "zebra");
        Filled globex = filled("globex", "walrus");
        long before = records(acme);
        for (Route route : Route.values()) {
            if (route == Route.EVENTS) {
                continue;
            }
            boolean sends = !route.method().equals("GET");
            for (Map.Entry<String, String> each : globex.credentials().entrySet()) {
                for (String host : List.of(globex.host(), "127.0.0.1:" + port())) {
                    String as = route + " by " + each.getKey() + " at " + host;
                    String path = path(route, acme);
                    Answer answer =
                            http.send(
                                    route.method(),
                                    path,
                                    host,
                                    RawHttp.bearer(each.getValue()),
                                    sends ? body(route) : null);
                    assertThat(answer.status()).as(as).isNotEqualTo(500);
                    // What was asked for may be named back; nothing else.
                    assertThat(
                                    answer.body()
                                            .replace("`zebra", "`")
                                            .replace("`acme`", "``")
                                            .replace(path, ""))
                            .as(as)
                            .doesNotContain("zebra", "acme");
                }
                if (!route.open()) {
                    Answer answer =
                            http.send(
                                    route.method(),
                                    path(route, acme),
                                    acme.host(),
                                    RawHttp.bearer(each.getValue()),
                                    sends ? body(route) : null);
                    assertThat(answer.status()).as(route + " elsewhere").isEqualTo(401);
                }
            }
        }
        assertThat(records(acme)).as("nothing was done at acme").isEqualTo(before);
        assertThat(
                        get(
                                        "/v1/approvals/" + acme.id("/v1/approvals/"),
                                        acme.credential("personal"))
                                .path("status")
                                .asText())
                .isEqualTo("pending");
    }

    @Test
    void noPageShowsAnother() throws Exception {
        Filled acme = filled("acme", "zebra");
        filled("globex", "walrus");
        String first = "127.0.0.1:" + port();
        String mine = session(first, server.signInLink().getRawQuery());
        Answer link = byPage("POST", "/v1/tenants/globex/link", first, mine, "{}");
        // Another owner was added there.
        assertThat(link.status()).as(link.body()).isEqualTo(409);
        add("initech", address("initech"));
        JsonNode made =
                JSON.readTree(byPage("POST", "/v1/tenants/initech/link", first, mine, "{}").body());
        URI address = URI.create(made.path("sign_in").asText());
        assertThat(address.getHost()).isEqualTo("initech.localhost");
        String there = session(address.getAuthority(), address.getRawQuery());
        String marked = csrf(address.getAuthority(), there);
        for (Page page : Page.values()) {
            if (ENDING.contains(page)) {
                continue;
            }
            String path =
                    page.path()
                            .replace("{kind}", "agents")
                            .replace("{id}", acme.id("/v1/approvals/"))
                            .replace("{index}", "1")
                            .replace("*", "x");
            Map<String, String> form =
                    Map.of("Cookie", there, "Content-Type", "application/x-www-form-urlencoded");
            String sent =
                    page.method().equals("POST")
                            ? "csrf=" + marked + "&key=" + keys.get(there)
                            : null;
            Answer shown = http.send(page.method(), path, address.getAuthority(), form, sent);
            assertThat(shown.body()).as(page.name()).doesNotContain("zebra", "walrus");
            // Signed in at one, nobody at another.
            for (String host : List.of(acme.host(), first)) {
                Answer other = http.send(page.method(), path, host, form, sent);
                assertThat(other.status()).as(page + " at " + host).isNotEqualTo(500);
                assertThat(other.body()).as(page + " at " + host).doesNotContain("zebra");
            }
        }
        assertThat(
                        http.send("GET", "/account", acme.host(), Map.of("Cookie", there), null)
                                .status())
                .isEqualTo(401);
    }

    @Test
    void eachHasALedgerOfItsOwn() throws Exception {
        Filled acme = filled("acme", "zebra");
        Filled globex = filled("globex", "walrus");
        List<String> origins = new ArrayList<>();
        for (String token :
                List.of(shortcut(""), acme.credential("shortcut"), globex.credential("shortcut"))) {
            origins.add(http.call("GET", "/v1/ledger/key", token, null).body());
        }
        assertThat(origins).doesNotHaveDuplicates();
        String all = get("/v1/audit?limit=200", acme.credential("personal")).toString();
        assertThat(all).contains("zebra").doesNotContain("walrus");
        assertThat(all).contains("\"tenant\":\"acme\"");
        String firsts = get("/v1/audit?limit=200", shortcut("")).toString();
        assertThat(firsts)
                .contains("tenant acme added")
                .doesNotContain("zebra")
                .doesNotContain("walrus");
    }

    /** What no agent may touch is the server's whole folder, for agents of a tenant as well. */
    @Test
    void noAgentTouchesTheDataOfAnyOfThem() throws Exception {
        Filled acme = filled("acme", "zebra");
        filled("globex", "walrus");
        for (String path :
                List.of(
                        data("acme").resolve("countersign.db").toString(),
                        data("globex").resolve("owner.json").toString(),
                        data("").resolve("owner.json").toString())) {
            JsonNode decided =
                    post(
                            "/v1/decisions",
                            acme.credential("agent"),
                            "{\"client\":\"api\",\"tool\":\"bash\",\"input\":{\"command\":\"cat "
                                    + path
                                    + "\"},\"cwd\":\"/work\",\"workspace\":\"/work\"}");
            assertThat(decided.path("effect").asText()).as(path).isEqualTo("deny");
            assertThat(decided.path("decider").path("kind").asText()).isEqualTo("floor");
        }
    }

    /** Nor their addresses, as soon as they are there, and until they are closed. */
    @Test
    void noAgentCallsTheAddressOfAnother() throws Exception {
        Filled acme = filled("acme", "zebra");
        assertThat(fetched(acme).path("effect").asText()).isEqualTo("ask");
        assertThat(add("globex", "https://globex.example").status()).isEqualTo(200);
        JsonNode refused = fetched(acme);
        assertThat(refused.path("effect").asText()).as(refused.toString()).isEqualTo("deny");
        assertThat(refused.path("decider").path("kind").asText()).isEqualTo("floor");
        String first = "127.0.0.1:" + port();
        String mine = session(first, server.signInLink().getRawQuery());
        assertThat(byPage("DELETE", "/v1/tenants/globex", first, mine, "").status()).isEqualTo(200);
        assertThat(fetched(acme).path("effect").asText()).isEqualTo("ask");
    }

    private JsonNode fetched(Filled by) throws IOException {
        return post(
                "/v1/decisions",
                by.credential("agent"),
                "{\"client\":\"api\",\"tool\":\"bash\",\"cwd\":\"/work\",\"workspace\":\"/work\","
                        + "\"input\":{\"command\":\"curl https://globex.example/v1/stops\"}}");
    }

    @Test
    void theyAreThereAfterARestart() throws Exception {
        Filled acme = filled("acme", "zebra");
        String agent = acme.credential("agent");
        restart();
        // Its name is where it was; the port of this server is another one.
        String host = "acme.localhost:1";
        Answer asked =
                http.send(
                        "GET",
                        "/v1/approvals/" + acme.id("/v1/approvals/"),
                        host,
                        RawHttp.bearer(agent),
                        null);
        assertThat(asked.status()).isEqualTo(200);
        assertThat(http.call("GET", "/v1/stops", acme.credential("personal"), null).body())
                .contains("zebra");
    }

    @Test
    void aClosedOneAnswersNobodyAndKeepsWhatItHas() throws Exception {
        Filled acme = filled("acme", "zebra");
        String first = "127.0.0.1:" + port();
        String mine = session(first, server.signInLink().getRawQuery());
        String agent = acme.credential("agent");
        Answer closed = byPage("DELETE", "/v1/tenants/acme", first, mine, "");
        assertThat(closed.status()).as(closed.body()).isEqualTo(200);
        assertThat(closed.body()).contains("\"state\":\"closed\"");
        assertThat(http.call("GET", "/v1/approvals", agent, null).status()).isEqualTo(401);
        assertThat(http.send("GET", "/sign-in", acme.host(), Map.of(), null).status())
                .isEqualTo(421);
        assertThat(data("acme").resolve("owner.json")).doesNotExist();
        restart();
        assertThat(http.call("GET", "/v1/approvals", agent, null).status()).isEqualTo(401);
        assertThat(add("acme", address("acme")).status()).as("by the shortcut").isEqualTo(403);
        assertThat(moved("acme", address("acme")).body()).contains("\"state\":\"open\"");
        assertThat(
                        http.call("GET", "/v1/approvals/" + acme.id("/v1/approvals/"), agent, null)
                                .status())
                .isEqualTo(200);
    }

    @Test
    void oneThatCannotBeServedKeepsNobodyElseWaiting() throws Exception {
        filled("acme", "zebra");
        Filled globex = filled("globex", "walrus");
        Path settings = data("acme").resolve("settings.yaml");
        Files.writeString(settings, "listen: 0.0.0.0:1\n");
        restart();
        JsonNode shown = JSON.readTree(state("acme").body());
        assertThat(shown.path("state").asText()).isEqualTo("failed");
        assertThat(shown.path("trouble").asText()).contains("settings.yaml", "`listen`");
        assertThat(get("/v1/audit?limit=50", shortcut("")).toString())
                .contains("the tenant acme is not served");
        assertThat(get("/v1/stops", globex.credential("personal")).toString()).contains("walrus");
        // As it was: that the owner shortcut may.
        Answer again = http.call("PUT", "/v1/tenants/acme", shortcut(""), "{}");
        assertThat(again.status()).isEqualTo(503);
        assertThat(again.body()).contains("urn:countersign:problem:unserved", "settings.yaml");
        Files.writeString(settings, "hold: 5m\n");
        assertThat(http.call("PUT", "/v1/tenants/acme", shortcut(""), "{}").body())
                .contains("\"state\":\"open\"");
        assertThat(http.send("GET", "/health/ready", "acme.localhost", Map.of(), null).status())
                .isEqualTo(200);
    }

    @Test
    void namesAndAddressesAreTheirOwn() throws Exception {
        filled("acme", "zebra");
        Map<String, String> wrong = new LinkedHashMap<>();
        wrong.put("default", address("default"));
        wrong.put("Acme", address("other"));
        wrong.put("1st", address("other"));
        wrong.put("a".repeat(32), address("other"));
        wrong.put("a.b", address("other"));
        wrong.forEach((name, address) -> assertThat(status(name, address)).as(name).isEqualTo(400));
        for (String address :
                List.of(
                        "acme",
                        "ftp://a.example",
                        "https://a.example/x",
                        "https://u@a.example",
                        "https://a.example?x",
                        "https://",
                        "http://a b")) {
            assertThat(status("other", address)).as(address).isEqualTo(400);
        }
        for (String address :
                List.of("http://127.0.0.1:9", "http://localhost", "http://ACME.localhost:5")) {
            assertThat(status("other", address)).as(address).isEqualTo(409);
        }
        assertThat(http.call("PUT", "/v1/tenants/other", shortcut(""), "{}").status())
                .isEqualTo(400);
        assertThat(state("other").status()).isEqualTo(404);
        // The others know of none.
        assertThat(http.call("GET", "/v1/tenants", shortcut("acme"), null).status()).isEqualTo(404);
    }

    private int status(String name, String address) {
        try {
            return add(name, address).status();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void itsAddressCanChange() throws Exception {
        Filled acme = filled("acme", "zebra");
        assertThat(moved("acme", "http://acme.example").status()).isEqualTo(200);
        assertThat(http.send("GET", "/health/live", acme.host(), Map.of(), null).status())
                .isEqualTo(421);
        assertThat(http.send("GET", "/health/live", "acme.example", Map.of(), null).status())
                .isEqualTo(200);
        assertThat(http.call("GET", "/v1/stops", acme.credential("personal"), null).body())
                .contains("zebra");
    }

    /** A stranger who names one in a token that is none gets what anybody gets. */
    @Test
    void nobodyIsToldWhichThereAre() throws Exception {
        filled("acme", "zebra");
        for (Route route : Route.values()) {
            String body = route.method().equals("GET") ? null : "{}";
            Answer there =
                    http.call(route.method(), path(route), "csa_acme." + "x".repeat(43), body);
            Answer made =
                    http.call(route.method(), path(route), "csa_nope." + "x".repeat(43), body);
            assertThat(there.status()).as(route.name()).isEqualTo(made.status());
            if (route != Route.DEVICE_LOGIN) {
                assertThat(there.body()).as(route.name()).isEqualTo(made.body());
            }
        }
    }

    private static String path(Route route) {
        return route.path().replaceAll("\\{[^}]*\\}", "x");
    }

    /** Whoever kept a link is out once its person has something of their own. */
    @Test
    void aHostWhoKeepsALinkIsOut() throws Exception {
        String first = "127.0.0.1:" + port();
        String mine = session(first, server.signInLink().getRawQuery());
        add("initech", address("initech"));
        URI early = link(first, mine);
        URI late = link(first, mine);
        String host = late.getAuthority();
        assertThat(entered(host, early.getRawQuery()).status()).as("made before").isEqualTo(403);
        String theirs = session(host, late.getRawQuery());
        URI kept = link(first, mine);
        Answer set =
                http.send(
                        "POST",
                        "/account/password",
                        host,
                        Map.of("Cookie", theirs, "Content-Type", FORM),
                        "csrf="
                                + csrf(host, theirs)
                                + "&key="
                                + keys.get(theirs)
                                + "&answer=set&password=four+words+that+nobody+knows"
                                + "&again=four+words+that+nobody+knows");
        assertThat(set.status()).as(set.body()).isEqualTo(303);
        assertThat(entered(host, kept.getRawQuery()).status()).isEqualTo(403);
        assertThat(byPage("POST", "/v1/tenants/initech/link", first, mine, "{}").status())
                .isEqualTo(409);
        assertThat(get("/v1/audit?limit=50", shortcut("initech")).toString())
                .contains("made by the owners of the server");
    }

    private URI link(String first, String mine) throws IOException {
        Answer made = byPage("POST", "/v1/tenants/initech/link", first, mine, "{}");
        assertThat(made.status()).as(made.body()).isEqualTo(200);
        return URI.create(JSON.readTree(made.body()).path("sign_in").asText());
    }

    private Answer entered(String host, String query) {
        return http.send("POST", "/sign-in/code", host, Map.of("Content-Type", FORM), query);
    }

    /** A token that names a tenant there is none of is a token nobody knows. */
    @Test
    void aMadeUpTenantIsNobody() {
        for (String token : List.of("csa_nobody.x", "csa_.x", "csa_default.x", "._", "csa_a.b.c")) {
            assertThat(http.call("GET", "/v1/approvals", token, null).status())
                    .as(token)
                    .isEqualTo(401);
        }
    }
}
