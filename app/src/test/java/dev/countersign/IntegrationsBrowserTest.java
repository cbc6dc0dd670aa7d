package dev.countersign;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.countersign.NotifiedServer.ANA;
import static dev.countersign.NotifiedServer.LI;
import static dev.countersign.NotifiedServer.until;

import com.google.gson.JsonObject;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.sun.net.httpserver.HttpServer;
import dev.countersign.testing.Chromium;
import dev.countersign.testing.OpenIdProvider;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An owner says on the pages how people are told; a person is told in their browser. */
@Tag("browser")
@Timeout(180)
@SuppressWarnings("NullAway.Init")
final class IntegrationsBrowserTest {
    private static final String OWNER = "mo@example.com";

    private @TempDir Path folder;
    private final AtomicInteger taken = new AtomicInteger();
    private volatile int status = 200;
    private HttpServer receiver;
    private NotifiedServer server;
    private Chromium chromium;
    private BrowserContext window;
    private String address;

    @BeforeEach
    void start() throws Exception {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext(
                "/",
                exchange -> {
                    exchange.getRequestBody().readAllBytes();
                    taken.incrementAndGet();
                    exchange.sendResponseHeaders(status, -1);
                    exchange.close();
                });
        receiver.start();
        int port = OpenIdProvider.free();
        address = "http://localhost:" + port;
        server =
                new NotifiedServer(
                        folder,
                        "public_url: " + address + "\nnotify: {allow_private: [127.0.0.1]}\n",
                        port);
        String _ = server.person(OWNER, "owner");
        String _ = server.person(ANA, "maintainer");
        String _ = server.person(LI, "maintainer");
        server.call("PUT", "/v1/teams/payments", server.owner, "{}");
        chromium = Chromium.launch();
        window = chromium.browser().newContext();
    }

    @AfterEach
    void stop() {
        window.close();
        chromium.close();
        server.close();
        receiver.stop(0);
    }

    private Page signedIn(String email) throws Exception {
        return Chromium.signedIn(window, server.invitation(email), address);
    }

    private static Locator form(Page page, String summary) {
        Locator details =
                page.locator("details.add").filter(new Locator.FilterOptions().setHasText(summary));
        details.locator("summary").click();
        return details.locator("form");
    }

    private static Locator row(Page page, String within, String text) {
        return page.locator(within + " tbody tr")
                .filter(new Locator.FilterOptions().setHasText(text));
    }

    /** Build output, for whoever wants to see what people see. */
    private static void keep(Page page, String name) {
        for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
            for (int width : new int[] {1440, 390}) {
                page.setViewportSize(width, 900);
                page.screenshot(
                        new Page.ScreenshotOptions()
                                .setFullPage(true)
                                .setPath(
                                        Path.of(
                                                "target/screens",
                                                "%s-%d-%s.png"
                                                        .formatted(
                                                                name,
                                                                width,
                                                                scheme.name()
                                                                        .toLowerCase(
                                                                                java.util.Locale
                                                                                        .ROOT)))));
            }
        }
        page.setViewportSize(1440, 900);
    }

    @Test
    void anOwnerSaysHowPeopleAreTold() throws Exception {
        Page page = signedIn(OWNER);
        page.navigate(address + "/integrations");

        Locator channel = form(page, "webhook");
        channel.locator("[name=name]").fill("ops");
        channel.locator("[name=url]")
                .fill("http://127.0.0.1:" + receiver.getAddress().getPort() + "/hook");
        channel.locator("button").click();
        assertThat(page.getByLabel("Secret to sign with"))
                .hasValue(Pattern.compile("whsec_[A-Za-z0-9+/=]{32,}"));
        page.getByLabel("Send a test message by ops").click();
        assertThat(page.locator("#channels .notice")).containsText("arrived");
        Assertions.assertThat(taken).hasValue(1);
        assertThat(page.getByLabel("Secret to sign with")).hasCount(0);

        Locator route = form(page, "Say how a team or a person is told");
        route.locator("[name=of]").fill("team:payments");
        route.locator("[name=channels]").fill("ops");
        route.locator("[name=risk]").selectOption("medium");
        route.locator("[name=hours]").fill("mon-fri 08:00-18:00 Europe/Amsterdam");
        route.locator("[name=digest]").fill("low every 4h");
        route.locator("button").click();
        assertThat(row(page, "#routing", "team:payments"))
                .containsText("mon-fri 08:00-18:00 Europe/Amsterdam");

        Locator rota = form(page, "Say who is on call for a team");
        rota.locator("[name=team]").fill("payments");
        rota.locator("[name=people]").fill(ANA + ", " + LI);
        rota.locator("[name=at]").fill("09:00 Europe/Amsterdam");
        rota.locator("[name=from]").fill("2026-01-05");
        rota.locator("button").click();
        assertThat(row(page, "#routing", "Europe/Amsterdam").last()).containsText("@example.com");

        // What cannot be is said, and nothing is lost of what is there.
        Locator wrong = form(page, "Say who is on call for a team");
        wrong.locator("[name=team]").fill("payments");
        wrong.locator("[name=people]").fill("nobody@example.com");
        wrong.locator("[name=at]").fill("09:00 UTC");
        wrong.locator("button").click();
        assertThat(page.locator(".problem")).containsText("nobody@example.com");

        status = 410;
        String question = server.ask("git push origin main");
        until("the end of the tries", () -> server.channel("ops").path("failed").asInt() == 1);
        page.navigate(address + "/integrations");
        assertThat(row(page, "#channels", question)).containsText("410");
        keep(page, "integrations");
        status = 200;
        page.getByLabel("Send again what is about " + question).click();
        until("what was given up", () -> server.channel("ops").path("failed").asInt() == 0);

        page.getByLabel("Take back how team:payments is told").click();
        assertThat(page.getByLabel("Take back how team:payments is told")).hasCount(0);
        page.getByLabel("End the rota of payments").click();
        assertThat(page.locator("#routing")).containsText("Nobody. Whoever is on call");
        page.getByText("End it").click();
        page.getByText("End ops").click();
        assertThat(page.locator("#channels")).containsText("Here, and nowhere else yet.");
    }

    /**
     * The browser subscribes at a push service of the test's, and its worker shows what that got
     * from the server.
     */
    @Test
    void aBrowserShowsWhatItIsTold() throws Exception {
        try (FakePushService service = new FakePushService()) {
            server.policy(
                    """
                    policy: told
                    rules:
                      - ask: {shell_run: "git push"}
                        approvers: [ana@example.com]
                    """);
            String push = "{\"kind\":\"push\",\"settings\":{\"contact\":\"ops@example.com\"}}";
            server.call("PUT", "/v1/channels/browsers", server.ownPerson(), push);
            Page page = signedIn(ANA);
            window.grantPermissions(
                    List.of("notifications"),
                    new BrowserContext.GrantPermissionsOptions().setOrigin(address));
            // No push service of the internet is asked.
            page.addInitScript(
                    """
                    PushManager.prototype.subscribe = async () => ({toJSON: () =>
                        ({endpoint: "%s", keys: {p256dh: "%s", auth: "%s"}})});
                    """
                            .formatted(service.endpoint("a"), service.key(), service.auth()));
            CDPSession devtools = window.newCDPSession(page);
            ConcurrentLinkedQueue<String> workers = new ConcurrentLinkedQueue<>();
            devtools.on(
                    "ServiceWorker.workerRegistrationUpdated",
                    event ->
                            event.getAsJsonArray("registrations")
                                    .forEach(each ->
                                            workers.add(
                                                    each.getAsJsonObject()
                                                            .get("registrationId")
                                                            .getAsString())));
            devtools.send("ServiceWorker.enable");
            page.navigate(address + "/link/accounts");
            page.locator("#label").fill("laptop");
            page.getByText("Tell me in this browser").click();
            assertThat(page.locator(".notice")).containsText("You are told in this browser");
            keep(page, "how-i-am-told");

            String question = server.ask("git push origin main");
            until("the message", () -> service.shown.size() == 1);
            Assertions.assertThat(service.wrong).isEmpty();
            Assertions.assertThat(workers).isNotEmpty();
            JsonObject message = new JsonObject();
            message.addProperty("origin", address);
            message.addProperty("registrationId", workers.peek());
            message.addProperty("data", service.shown.element().toString());
            devtools.send("ServiceWorker.deliverPushMessage", message);
            until("the notification", () -> notifications(page).contains(question));
            Assertions.assertThat(notifications(page))
                    .contains("risk: builder asks in payments", "/approvals/" + question)
                    .doesNotContain("git push");
        }
    }

    private static String notifications(Page page) {
        return page.evaluate(
                        """
                        async () => {
                          const workers = await navigator.serviceWorker.getRegistrations();
                          const all = await Promise.all(workers.map((each) => each.getNotifications()));
                          return JSON.stringify(all.flat().map((each) => [each.title, each.body, each.data]));
                        }
                        """)
                .toString();
    }
}
