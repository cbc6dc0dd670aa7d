package dev.countersign;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.WaitForSelectorState;
import dev.countersign.cli.Product;
import dev.countersign.config.ServerSettings;
import dev.countersign.config.SettingsFile;
import dev.countersign.config.Surroundings;
import dev.countersign.testing.Chromium;
import dev.countersign.testing.OpenIdProvider;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * All of it as people meet it: an empty data folder, four people in browsers of their own, an agent
 * that asks as Claude Code does, a real OpenID provider and a virtual passkey. What they saw is
 * kept under {@code app/target/screens}. With {@code -Dcountersign.walks=all} in both widths and
 * colour schemes.
 */
@Tag("browser")
@SuppressWarnings("NullAway.Init")
final class WalkTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path SCREENS = Path.of("target", "screens");
    private static final Path PAYLOAD =
            Path.of("src/test/resources/clients/claude-code/payloads/PreToolUse.Bash.json");

    /** What the README shows: as much as fits a window. */
    private static final Set<String> PICTURES =
            Set.of("held", "second-of-two", "policy-change", "record");

    /** What a first load may cost: bytes over the wire, ms to the first paint, layout shift. */
    private static final int MOST_BYTES = 200_000;

    private static final int MOST_PAINT = 1_000;
    private static final double MOST_SHIFT = 0.1;

    private static Chromium chromium;

    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final List<BrowserContext> windows = new ArrayList<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private @TempDir Path folder;
    private OpenIdProvider provider;
    private App app;
    private Product.Server server;
    private String address;
    private Look look = new Look("wide-light", 1440, 900, ColorScheme.LIGHT);
    private int shots;
    private boolean there;

    /**
     * How a browser shows the pages.
     *
     * @param name of the folder of its screens
     */
    record Look(String name, int width, int height, ColorScheme scheme) {
        Browser.NewContextOptions options() {
            return new Browser.NewContextOptions()
                    .setViewportSize(width, height)
                    .setColorScheme(scheme)
                    .setReducedMotion(com.microsoft.playwright.options.ReducedMotion.REDUCE)
                    .setAcceptDownloads(true);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Look> looks() {
        Stream<Look> all =
                Stream.of(
                        new Look("wide-light", 1440, 900, ColorScheme.LIGHT),
                        new Look("narrow-dark", 390, 844, ColorScheme.DARK),
                        new Look("wide-dark", 1440, 900, ColorScheme.DARK),
                        new Look("narrow-light", 390, 844, ColorScheme.LIGHT));
        return System.getProperty("countersign.walks", "").equals("all") ? all : all.limit(1);
    }

    @BeforeAll
    static void launch() throws Exception {
        OpenIdProvider.install();
        chromium = Chromium.launch();
    }

    @AfterAll
    static void quit() {
        chromium.close();
    }

    @AfterEach
    void stop() throws Exception {
        if (!there) {
            // Where it got stuck, for whoever looks for the cause.
            windows.forEach(window ->
                    window.pages()
                            .forEach(page ->
                                    page.screenshot(
                                            new Page.ScreenshotOptions()
                                                    .setPath(
                                                            SCREENS.resolve(
                                                                    "stuck-"
                                                                            + windows.indexOf(
                                                                                    window)
                                                                            + ".png")))));
        }
        windows.forEach(BrowserContext::close);
        server.close();
        provider.close();
        http.close();
        // Whatever the content security policy refuses, and every error of the scripts, is there.
        assertThat(complaints).isEmpty();
    }

    private void serve() throws Exception {
        int port = OpenIdProvider.free();
        int ours = OpenIdProvider.free();
        // Passkeys take a host name.
        address = "http://localhost:" + ours;
        provider = OpenIdProvider.start(port, address + "/sign-in/oidc/return", Duration.ZERO);
        Files.writeString(folder.resolve("secret"), OpenIdProvider.SECRET + "\n");
        String settings =
                """
                listen: 127.0.0.1:%d
                public_url: %s
                sign_in:
                  providers:
                    - name: Example
                      issuer: http://127.0.0.1:%d
                      client_id: countersign
                      client_secret_file: secret
                      domains: [example.com]
                      create_people: true
                      roles: {maintainers: maintainer}
                """
                        .formatted(ours, address, port);
        ServerSettings.Given given = SettingsFile.read("settings.yaml", folder, settings);
        Path home = Files.createDirectories(folder.resolve("home"));
        app =
                new App(
                        new Surroundings(
                                Map.of("SHELL", "/bin/bash"),
                                home,
                                home,
                                "linux",
                                Clock.systemUTC()));
        server = app.start(given.complete(folder.resolve("data")));
    }

    /** Somebody at a browser of their own. */
    private final class Somebody {
        final Page page;
        private final String name;

        Somebody(String name) {
            this.name = name;
            BrowserContext context = chromium.browser().newContext(look.options());
            windows.add(context);
            page = context.newPage();
            page.setDefaultTimeout(15_000);
            page.onPageError(error -> complaints.add(name + ": " + error));
            page.onConsoleMessage(message -> {
                // The provider's own pages want fonts from elsewhere.
                if (message.type().equals("error")
                        && page.url().startsWith(address)
                        && !message.text().contains("status of 4")) {
                    complaints.add(name + ": " + message.text() + " " + page.url());
                }
            });
        }

        void go(String path) {
            page.navigate(address + path);
        }

        void press(String words) {
            page.locator("button:visible, a:visible, summary:visible")
                    .getByText(
                            words,
                            new com.microsoft.playwright.Locator.GetByTextOptions().setExact(true))
                    .first()
                    .click();
        }

        void shot(String what) {
            page.screenshot(
                    new Page.ScreenshotOptions()
                            .setFullPage(!PICTURES.contains(what))
                            .setPath(
                                    SCREENS.resolve(look.name())
                                            .resolve("%02d-%s.png".formatted(++shots, what))));
        }

        /** Opens a sign-in link and presses the button on it. */
        void enter(String link) {
            page.navigate(link);
            shot("link-of-" + name);
            page.locator("#enter").click();
            page.waitForURL(address + "/**");
        }

        /** A passkey of this browser, without anybody's finger. */
        void addPasskey() {
            var _ = Chromium.authenticator(page);
            go("/account");
            page.locator("#name").fill("laptop");
            press("Add a passkey");
            assertThat(page.locator(".notice")).hasText("The passkey is kept.");
        }

        void signOut() {
            press("Sign out");
            assertThat(page.locator("h1")).hasText("Sign in first");
        }

        /** Adds a person, and gives the link that stands there then. */
        String invite(String email, String name, String role) {
            go("/organisation/people");
            page.locator("#f-email").fill(email);
            page.locator("#f-shown").fill(name);
            page.locator("input[name='role." + role + "']").check();
            page.locator("#add button[type=submit]").click();
            shot("invited-" + role);
            return page.locator("input.link").inputValue();
        }

        /** Opens the one question that waits. */
        void open(String id) {
            go("/approvals/" + id);
            assertThat(page.locator("#request")).hasAttribute("data-id", id);
        }
    }

    /** Asks as Claude Code does, and waits as it does. */
    private CompletableFuture<JsonNode> call(String token, String command) throws Exception {
        ObjectNode payload = (ObjectNode) JSON.readTree(PAYLOAD.toFile());
        payload.put("permission_mode", "default");
        payload.put("tool_use_id", "toolu_" + command.hashCode());
        payload.withObject("/tool_input").put("command", command).remove("description");
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(address + "/hooks/claude-code/PreToolUse"))
                        .header("Authorization", "Bearer " + token)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(payload.toString()))
                        .build();
        return http.sendAsync(request, BodyHandlers.ofString())
                .thenApply(answer -> {
                    try {
                        return JSON.readTree(answer.body()).path("hookSpecificOutput");
                    } catch (java.io.IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                });
    }

    private static String answer(CompletableFuture<JsonNode> call) throws Exception {
        return call.get(10, TimeUnit.SECONDS).path("permissionDecision").asText();
    }

    /** The question that waits for this person, as their inbox shows it within a second. */
    private static String waiting(Somebody person) {
        // On a narrow page only its line in the list is seen.
        person.page.waitForSelector(
                "#request[data-id]",
                new Page.WaitForSelectorOptions().setState(WaitForSelectorState.ATTACHED));
        person.page.waitForSelector("#mine .row");
        return Objects.requireNonNull(person.page.locator("#request").getAttribute("data-id"));
    }

    @ParameterizedTest
    @MethodSource("looks")
    void fromAnEmptyFolderToAStoppedAgent(Look as) throws Exception {
        look = as;
        serve();

        // The first owner, by the link that the server prints.
        Somebody owner = new Somebody("owner");
        owner.enter(server.signInLink().toString());
        owner.go("/");
        assertThat(owner.page.locator("#guide")).containsText("countersign connect claude-code");
        owner.shot("first-run");
        owner.addPasskey();
        owner.shot("my-sign-in");

        // Bo is invited, and comes back by a passkey; Mia is a member.
        String boLink = owner.invite("bo@example.com", "Bo", "maintainer");
        String miaLink = owner.invite("mia@example.com", "Mia", "member");
        Somebody bo = new Somebody("bo");
        bo.enter(boLink);
        bo.addPasskey();
        bo.signOut();
        bo.press("Sign in with a passkey");
        assertThat(bo.page.locator(".who")).containsText("bo@example.com");
        Somebody mia = new Somebody("mia");
        mia.enter(miaLink);

        // Ana comes from the provider, whose groups make her a maintainer.
        Somebody ana = new Somebody("ana");
        ana.go("/sign-in");
        ana.shot("sign-in");
        ana.press("Sign in with Example");
        ana.page.locator("input[name=login]").fill("ana");
        ana.page.locator("input[name=password]").fill("x");
        ana.page.locator("button[type=submit]").click();
        ana.page.locator("button[type=submit]").click();
        assertThat(ana.page.locator(".who")).containsText("ana@example.com");

        // A policy: with an error, which is told where it stands, and then in force.
        owner.go("/policies/document");
        write(owner, "policy: pushes\nrules:\n  - aks: {shell_run: git push origin *}\n");
        assertThat(owner.page.locator("#problems li")).containsText("line 3, column 5");
        owner.shot("policy-error");
        write(
                owner,
                """
                policy: pushes
                rules:
                  - ask: {git_push: "*"}
                    approvers: [{role: maintainer}]
                    at_least: 2
                """);
        assertThat(owner.page.locator("#problems")).containsText("No errors");
        owner.page.locator("#check").click();
        assertThat(owner.page.locator("#change")).containsText("newly allowed");
        owner.shot("policy-change");
        owner.page.locator("#put").click();
        assertThat(owner.page.locator(".notice")).containsText("pushes is in force");

        // An agent's token, shown once.
        owner.go("/organisation/tokens");
        owner.page.locator("#f-name").fill("builder on the build machine");
        owner.page.locator("#f-agent").fill("builder");
        owner.page.locator("#add button[type=submit]").click();
        String token = owner.page.locator("input.link").inputValue();
        owner.shot("token");

        // What reads goes on at once.
        assertThat(answer(call(token, "git status"))).isEqualTo("allow");

        // A push is held, a member's buttons say why they are off, and the second of two agrees.
        bo.go("/");
        CompletableFuture<JsonNode> push = call(token, "git push origin main");
        String id = waiting(bo);
        bo.shot("held");
        assertThat(bo.page.locator("#request")).containsText("0 of 2 agreed");
        mia.open(id);
        assertThat(mia.page.locator("#approve")).isDisabled();
        assertThat(mia.page.locator("#deny")).isDisabled();
        assertThat(mia.page.locator("#reason")).containsText("maintainer");
        mia.shot("not-mine");
        if (look.width() < 600) {
            bo.page.locator("#mine .row").first().click();
        }
        bo.page.locator("#approve").click();
        bo.open(id);
        assertThat(bo.page.locator("#request")).containsText("1 of 2 agreed");
        assertThat(push).isNotDone();
        ana.open(id);
        ana.shot("second-of-two");
        ana.page.locator("#approve").click();
        assertThat(answer(push)).isEqualTo("allow");
        ana.open(id);
        assertThat(ana.page.locator("#request")).containsText("approved by");
        ana.shot("approved");

        // A no takes words to the agent.
        CompletableFuture<JsonNode> fetch = call(token, "curl -O https://example.com/tool.sh");
        owner.go("/");
        String second = waiting(owner);
        owner.open(second);
        owner.page.locator("#tell").click();
        owner.page.locator("#guidance").fill("Use the copy under vendor/ instead.");
        owner.shot("guidance");
        owner.page.locator("#deny-and-tell").click();
        assertThat(answer(fetch)).isEqualTo("deny");
        assertThat(fetch.get().path("permissionDecisionReason").asText())
                .contains("Use the copy under vendor/ instead.");

        // A yes for the project, with what else it would have let through.
        CompletableFuture<JsonNode> install = call(token, "npm install left-pad");
        owner.go("/");
        owner.open(waiting(owner));
        owner.page.locator("#longer").click();
        assertThat(owner.page.locator("#also")).containsText("In the last 30 days");
        owner.shot("for-longer");
        owner.page.locator("#approve-project").click();
        assertThat(answer(install)).isEqualTo("allow");
        assertThat(answer(call(token, "npm install left-pad"))).isEqualTo("allow");
        owner.go("/grants");
        assertThat(owner.page.locator("main")).containsText("npm install");
        owner.shot("grants");

        // Found again, proved, and taken out.
        owner.go("/activity");
        owner.page.locator("#search").fill("agent:builder \"git push\"");
        owner.page.locator("#search").press("Enter");
        assertThat(owner.page.locator("table.activity tbody tr").first())
                .containsText("git push origin main");
        owner.shot("found");
        boolean narrow = look.width() < 600;
        owner.page
                .locator("table.activity tbody td." + (narrow ? "what" : "number") + " a")
                .last()
                .click();
        owner.page.locator("#verify").click();
        assertThat(owner.page.locator("#findings")).containsText("Checked on the server just now");
        owner.shot("record");
        owner.press("its session");
        assertThat(owner.page.locator("main")).containsText("Use the copy under vendor/ instead.");
        owner.shot("session");
        owner.go("/activity?agent=builder");
        owner.page.locator("#export summary").click();
        Download export =
                owner.page.waitForDownload(() -> owner.page.locator("#export-go").click());
        assertThat(export.suggestedFilename()).endsWith(".jsonl");
        Product.Verdict verdict =
                app.verifyExport(export.path(), Optional.empty(), Optional.empty(), List.of());
        assertThat(verdict.intact()).as(verdict.toString()).isTrue();

        owner.go("/overview");
        owner.shot("overview");

        // Stopped where one looks for it, in two steps; and let go on.
        owner.go("/agents/builder");
        owner.page.locator("#stop").click();
        owner.page.locator("#stop-reason").fill("It looped.");
        owner.shot("stop");
        owner.page.locator("#stop-now").click();
        CompletableFuture<JsonNode> stopped = call(token, "git status");
        assertThat(answer(stopped)).isEqualTo("deny");
        assertThat(stopped.get().path("permissionDecisionReason").asText()).contains("It looped.");
        owner.go("/agents/builder");
        owner.shot("stopped");
        owner.press("Let it go on");
        assertThat(answer(call(token, "git status"))).isEqualTo("allow");

        measure(owner);
        there = true;
    }

    private static void write(Somebody person, String text) {
        person.page.locator(".cm-content").click();
        person.page.keyboard().press("Control+A");
        person.page.keyboard().press("Delete");
        person.page.keyboard().insertText(text);
    }

    /**
     * Each page as somebody loads it who was never there: nothing is in the browser's store yet.
     */
    private void measure(Somebody person) {
        Map<String, String> dear = new LinkedHashMap<>();
        for (String path :
                List.of(
                        "/",
                        "/overview",
                        "/activity",
                        "/agents",
                        "/agents/builder",
                        "/tasks",
                        "/policies",
                        "/policies/document",
                        "/policies/effective",
                        "/policies/bench",
                        "/organisation/people",
                        "/grants",
                        "/settings",
                        "/integrations",
                        "/account")) {
            String worst = "";
            for (int tries = 0; tries < 3; tries++) {
                Page page =
                        chromium.browser()
                                .newContext(
                                        look.options()
                                                .setStorageState(
                                                        person.page.context().storageState()))
                                .newPage();
                page.navigate(address + path);
                JsonNode seen = measured(page);
                page.context().close();
                worst =
                        seen.path("bytes").asInt() > MOST_BYTES
                                        || seen.path("paint").asDouble() > MOST_PAINT
                                        || seen.path("shift").asDouble() > MOST_SHIFT
                                ? seen.toString()
                                : "";
                if (worst.isEmpty()) {
                    System.out.println(look + " " + path + " " + seen);
                    break;
                }
            }
            if (!worst.isEmpty()) {
                dear.put(path, worst);
            }
        }
        assertThat(dear).isEmpty();
    }

    private static JsonNode measured(Page page) {
        Object seen =
                page.evaluate(
                        """
                        () => new Promise(done => {
                          let shift = 0;
                          new PerformanceObserver(list => {
                            for (const each of list.getEntries()) if (!each.hadRecentInput) shift += each.value;
                          }).observe({type: 'layout-shift', buffered: true});
                          const look = () => {
                            const paint = performance.getEntriesByName('first-contentful-paint')[0];
                            if (!paint) return void setTimeout(look, 20);
                            const loads = [...performance.getEntriesByType('resource'),
                              ...performance.getEntriesByType('navigation')];
                            setTimeout(() => done(JSON.stringify({
                              bytes: loads.reduce((sum, each) => sum + each.transferSize, 0),
                              paint: Math.round(paint.startTime), shift})), 200);
                          };
                          look();
                        })
                        """);
        try {
            return JSON.readTree(String.valueOf(seen));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
