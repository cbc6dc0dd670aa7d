package dev.countersign.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.testing.TestServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Another program on this machine that the browser opens under the same host name. */
@Tag("browser")
@SuppressWarnings("NullAway.Init")
final class CookieBrowserTest extends InBrowser {
    private static final String FORM = "application/x-www-form-urlencoded";

    private final Queue<String> stolen = new ConcurrentLinkedQueue<>();
    private String elsewhere;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer();
        HttpServer program =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        program.createContext(
                "/",
                exchange -> {
                    stolen.add(exchange.getRequestHeaders().getFirst("Cookie"));
                    byte[] page =
                            "<!doctype html><title>mine</title><p>a page"
                                    .getBytes(StandardCharsets.UTF_8);
                    exchange.getResponseHeaders().add("Content-Type", "text/html");
                    exchange.sendResponseHeaders(200, page.length);
                    exchange.getResponseBody().write(page);
                    exchange.close();
                });
        program.start();
        between.add(() -> program.stop(0));
        elsewhere = "http://127.0.0.1:" + program.getAddress().getPort() + "/";
    }

    @Test
    void getsTheCookieAndCannotVoteWithIt() throws Exception {
        ApprovalRequest request = server.ask("git push origin main", "high");
        signIn();
        page.navigate(elsewhere);
        String cookie = stolen.peek();
        assertThat(cookie).startsWith("countersign_session=css_");
        assertThat(page.evaluate("JSON.stringify(localStorage)")).isEqualTo("{}");

        Map<String, String> as = Map.of("Cookie", cookie, "Content-Type", FORM);
        String seen = server.send("GET", "/", null, null, as).body();
        String csrf = seen.replaceFirst("(?s).*name=\"csrf\" value=\"([0-9a-f]+)\".*", "$1");
        String vote = "csrf=" + csrf + "&version=0&answer=approve";
        String address = "/approvals/" + request.id() + "/vote";
        assertThat(server.send("POST", address, null, vote, as).status()).isEqualTo(401);
        assertThat(server.send("POST", address, null, vote + "&key=" + csrf, as).status())
                .isEqualTo(401);
        Map<String, String> api = Map.of("Cookie", cookie, "X-Countersign-CSRF", csrf);
        assertThat(
                        server.send(
                                        "POST",
                                        "/v1/approvals/" + request.id() + "/votes",
                                        null,
                                        "{\"answer\":\"approve\"}",
                                        api)
                                .status())
                .isEqualTo(403);
        assertThat(now(request).state()).isEqualTo(State.PENDING);

        page.navigate(server.address() + "/approvals/" + request.id());
        page.waitForCondition(
                () -> (boolean) page.evaluate("!document.querySelector('#approve').ariaDisabled"));
        page.locator("#approve").click();
        page.waitForCondition(() -> now(request).state() == State.APPROVED);
    }

    @Test
    void aBrowserThatKeepsNothingIsToldTheWay() throws Exception {
        ApprovalRequest request = server.ask("git push origin main", "high");
        signIn();
        page.evaluate("localStorage.clear()");
        page.navigate(server.address() + "/approvals/" + request.id());
        page.waitForCondition(
                () -> (boolean) page.evaluate("!document.querySelector('#approve').ariaDisabled"));
        page.locator("#approve").click();
        assertThat(page.locator("h1")).hasText("Sign in again");
        assertThat(now(request).state()).isEqualTo(State.PENDING);
    }
}
