package dev.countersign.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.CDPSession;
import dev.countersign.people.Passkey;
import dev.countersign.testing.Chromium;
import dev.countersign.testing.MovableClock;
import dev.countersign.testing.TestServer;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Passkeys in a real Chromium, by its virtual authenticator. */
@Tag("browser")
@SuppressWarnings("NullAway.Init")
final class PasskeyBrowserTest extends InBrowser {
    private static final String PASSWORD = "a long enough sentence";

    private final MovableClock clock = new MovableClock("2026-11-21T12:00:00Z");
    private String address;
    private CDPSession devtools;
    private String authenticator;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer(false, clock);
        address = "http://localhost:" + server.server.port();
        signIn(address, TestServer.ANA, new Browser.NewContextOptions().setViewportSize(1440, 900));
        Chromium.Authenticator made = Chromium.authenticator(page);
        devtools = made.devtools();
        authenticator = made.id();
    }

    private JsonObject ofAuthenticator() {
        JsonObject parameters = new JsonObject();
        parameters.addProperty("authenticatorId", authenticator);
        return parameters;
    }

    private void add() {
        page.navigate(address + "/account");
        page.locator("#name").fill("laptop");
        page.getByText("Add a passkey").click();
        assertThat(page.locator(".notice")).hasText("The passkey is kept.");
    }

    private void signOut() {
        page.getByText(
                        "Sign out",
                        new com.microsoft.playwright.Page.GetByTextOptions().setExact(true))
                .first()
                .click();
        assertThat(page.locator("h1")).hasText("Sign in first");
    }

    private Passkey kept() {
        List<Passkey> all = server.signInStore.passkeys(TestServer.ANA);
        Assertions.assertThat(all).hasSize(1);
        return all.getFirst();
    }

    private void byPasskey() {
        page.navigate(address + "/sign-in");
        page.getByText("Sign in with a passkey").click();
    }

    private void byPassword() {
        page.navigate(address + "/sign-in");
        page.locator("#email").fill(TestServer.ANA);
        page.locator("#password").fill(PASSWORD);
        page.getByText(
                        "Sign in",
                        new com.microsoft.playwright.Page.GetByTextOptions().setExact(true))
                .last()
                .click();
    }

    @Test
    void aPasskeySignsInAlone() {
        add();
        Assertions.assertThat(kept().rp()).isEqualTo("localhost");
        Assertions.assertThat(kept().name()).isEqualTo("laptop");
        signOut();
        byPasskey();
        page.waitForURL(address + "/");
        assertThat(page.locator(".who")).containsText(TestServer.ANA);
        Assertions.assertThat(kept().used()).isNotNull();
    }

    @Test
    void withAPasskeyThePasswordAloneIsNotEnough() throws Exception {
        page.navigate(address + "/account");
        page.locator("#password").fill(PASSWORD);
        page.locator("#again").fill(PASSWORD);
        page.getByText("Set the password").click();
        assertThat(page.locator(".notice")).hasText("The password is set.");
        add();
        signOut();
        byPassword();
        assertThat(page.locator("h1")).hasText("Now your passkey");
        page.navigate(address + "/");
        assertThat(page.locator("h1")).hasText("Sign in first");
        byPassword();
        page.getByText("Use the passkey").click();
        page.waitForURL(address + "/");
        assertThat(page.locator(".who")).containsText(TestServer.ANA);

        // On a page under an address of numbers the way is shown.
        page.navigate(server.address() + "/sign-in");
        assertThat(page.locator(".enter")).containsText(address);
        assertThat(page.getByText("Sign in with a passkey")).hasCount(0);
    }

    @Test
    void aCounterThatGoesBackIsRefused() {
        add();
        signOut();
        byPasskey();
        page.waitForURL(address + "/");
        signOut();
        JsonArray known =
                devtools.send("WebAuthn.getCredentials", ofAuthenticator())
                        .getAsJsonArray("credentials");
        JsonObject copy = known.get(0).getAsJsonObject();
        Assertions.assertThat(kept().counter()).isPositive();
        copy.addProperty("signCount", 0);
        devtools.send("WebAuthn.clearCredentials", ofAuthenticator());
        JsonObject parameters = ofAuthenticator();
        parameters.add("credential", copy);
        devtools.send("WebAuthn.addCredential", parameters);
        long before = kept().counter();
        byPasskey();
        assertThat(page.locator(".enter > .problem")).containsText("does not fit");
        Assertions.assertThat(kept().counter()).isEqualTo(before);
    }

    @Test
    void aPersonWhoIsNotVerifiedIsRefused() {
        add();
        signOut();
        JsonObject parameters = ofAuthenticator();
        parameters.addProperty("isUserVerified", false);
        devtools.send("WebAuthn.setUserVerified", parameters);
        byPasskey();
        assertThat(page.locator("form .problem")).containsText("Nothing was confirmed");
        page.navigate(address + "/");
        assertThat(page.locator("h1")).hasText("Sign in first");
    }

    @Test
    void aPasskeyConfirmsAndWhatWasAskedGoesOn() {
        add();
        clock.move(Duration.ofMinutes(6));
        page.navigate(address + "/device");
        page.locator(
                        "button",
                        new com.microsoft.playwright.Page.LocatorOptions()
                                .setHasText("Sign in another browser"))
                .click();
        assertThat(page.locator("h1")).hasText("Confirm that it is you");
        page.getByText("Use a passkey").click();
        assertThat(page.locator("#link")).isVisible();
    }

    @Test
    void anAnswerIsGoodOnceAndOnlyWhatWasAsked() {
        add();
        signOut();
        page.navigate(address + "/sign-in");
        // Catches the browser's answer instead of sending it.
        page.evaluate(
                "() => { HTMLFormElement.prototype.submit = function () { window.caught = this; } }");
        page.getByText("Sign in with a passkey").click();
        page.waitForCondition(() -> (boolean) page.evaluate("window.caught !== undefined"));
        String answer = (String) page.evaluate("window.caught.elements.credential.value");
        String form =
                "credential="
                        + java.net.URLEncoder.encode(
                                answer, java.nio.charset.StandardCharsets.UTF_8);
        Assertions.assertThat(post(form + "&proof=x")).isEqualTo(403);
        Assertions.assertThat(post(form, "127.0.0.1")).isEqualTo(403);
        Assertions.assertThat(post(form)).isEqualTo(200);
        Assertions.assertThat(post(form)).isEqualTo(403);
    }

    private int post(String form) {
        return post(form, "localhost");
    }

    private int post(String form, String host) {
        try (java.net.http.HttpClient http = java.net.http.HttpClient.newHttpClient()) {
            return http.send(
                            java.net.http.HttpRequest.newBuilder(
                                            java.net.URI.create(
                                                    "http://"
                                                            + host
                                                            + ":"
                                                            + server.server.port()
                                                            + "/sign-in/passkey"))
                                    .header("Content-Type", "application/x-www-form-urlencoded")
                                    .POST(java.net.http.HttpRequest.BodyPublishers.ofString(form))
                                    .build(),
                            java.net.http.HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
