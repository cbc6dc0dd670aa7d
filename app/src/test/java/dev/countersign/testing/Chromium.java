package dev.countersign.testing;

import com.google.gson.JsonObject;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The Chromium of this machine. */
public record Chromium(Playwright playwright, Browser browser) implements AutoCloseable {
    public static Chromium launch() {
        Playwright playwright =
                Playwright.create(
                        new Playwright.CreateOptions()
                                .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        return new Chromium(
                playwright,
                playwright
                        .chromium()
                        .launch(
                                new BrowserType.LaunchOptions()
                                        .setExecutablePath(program())
                                        .setArgs(
                                                List.of(
                                                        "--no-sandbox",
                                                        "--disable-gpu",
                                                        "--disable-quic",
                                                        "--no-first-run",
                                                        "--disable-background-networking",
                                                        "--disable-component-update",
                                                        "--disable-sync"))));
    }

    /**
     * Gives a page a virtual authenticator: a passkey of this browser, without anybody's finger.
     *
     * @return its session of the developer tools, and the authenticator's name there
     */
    public static Authenticator authenticator(Page page) {
        CDPSession devtools = page.context().newCDPSession(page);
        devtools.send("WebAuthn.enable");
        JsonObject options = new JsonObject();
        options.addProperty("protocol", "ctap2");
        options.addProperty("transport", "internal");
        options.addProperty("hasResidentKey", true);
        options.addProperty("hasUserVerification", true);
        options.addProperty("isUserVerified", true);
        options.addProperty("automaticPresenceSimulation", true);
        JsonObject parameters = new JsonObject();
        parameters.add("options", options);
        return new Authenticator(
                devtools,
                devtools.send("WebAuthn.addVirtualAuthenticator", parameters)
                        .get("authenticatorId")
                        .getAsString());
    }

    /** Somebody who follows a link that signs them in, and has a passkey from then on. */
    public static Page signedIn(BrowserContext window, String link, String address) {
        Page page = window.newPage();
        page.setDefaultTimeout(15_000);
        page.navigate(link);
        page.locator("#enter").click();
        page.waitForURL(address + "/**");
        Authenticator _ = authenticator(page);
        page.navigate(address + "/account");
        page.locator("#name").fill("laptop");
        page.getByText("Add a passkey").click();
        PlaywrightAssertions.assertThat(page.locator(".notice")).hasText("The passkey is kept.");
        return page;
    }

    /** A virtual authenticator, as the developer tools know it. */
    public record Authenticator(CDPSession devtools, String id) {}

    private static Path program() {
        String named = System.getProperty("chromium", "");
        return (named.isEmpty()
                        ? Stream.of(
                                        "/usr/bin/chromium",
                                        "/usr/bin/chromium-browser",
                                        "/usr/bin/google-chrome")
                                .map(Path::of)
                        : Stream.of(Path.of(named)))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException("no Chromium found; -Dchromium names one"));
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
