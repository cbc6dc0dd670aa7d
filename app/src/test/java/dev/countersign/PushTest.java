package dev.countersign;

import static dev.countersign.NotifiedServer.ANA;
import static dev.countersign.NotifiedServer.LI;
import static dev.countersign.NotifiedServer.until;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.testing.SignInLink;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** People are told in their browsers, which alone can read it. */
@SuppressWarnings("NullAway.Init")
final class PushTest {
    private static final String POLICY =
            """
            policy: story
            rules:
              - ask: {shell_run: "git push"}
                approvers: [ana@example.com, li@example.com]
            """;

    private @TempDir Path folder;
    private FakePushService service;

    @BeforeEach
    void serve() throws Exception {
        service = new FakePushService();
    }

    @AfterEach
    void stop() {
        service.close();
    }

    private static NotifiedServer ready(NotifiedServer server) throws Exception {
        String _ = server.person(ANA, "maintainer");
        String _ = server.person(LI, "maintainer");
        server.policy(POLICY);
        String body = "{\"kind\":\"push\",\"settings\":{\"contact\":\"ops@example.com\"}}";
        HttpResponse<String> made =
                server.send("PUT", "/v1/channels/browsers", server.ownPerson(), body);
        assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
        assertThat(made.body()).doesNotContain("\"secret\"");
        return server;
    }

    private NotifiedServer started() throws Exception {
        return ready(
                new NotifiedServer(
                        folder,
                        """
                        sign_in: {credential: optional}
                        notify: {allow_private: [127.0.0.1]}
                        """));
    }

    private static HttpResponse<String> page(
            NotifiedServer server, String method, String path, SignInLink.Browser at, String form)
            throws Exception {
        return server.http()
                .send(
                        HttpRequest.newBuilder(URI.create(server.server.url() + path))
                                .header("Cookie", at.cookie())
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .method(method, BodyPublishers.ofString(form))
                                .build(),
                        BodyHandlers.ofString());
    }

    /** What the page's script sends once the browser has subscribed. */
    private HttpResponse<String> subscribe(
            NotifiedServer server, SignInLink.Browser at, String endpoint) throws Exception {
        String account = page(server, "GET", "/link/accounts", at, "").body();
        Matcher csrf = Pattern.compile("name=\"csrf\" value=\"([^\"]+)\"").matcher(account);
        assertThat(csrf.find()).isTrue();
        assertThat(account).containsPattern("data-push=\"B[A-Za-z0-9_-]{86}\"");
        String form =
                "csrf="
                        + csrf.group(1)
                        + "&key="
                        + at.key()
                        + "&label=phone&endpoint="
                        + URLEncoder.encode(endpoint, StandardCharsets.UTF_8)
                        + "&p256dh="
                        + service.key()
                        + "&auth="
                        + service.auth();
        return page(server, "POST", "/account/browsers", at, form);
    }

    @Test
    void aBrowserIsToldWhoAsksAndNeverTheCommand() throws Exception {
        try (NotifiedServer server = started()) {
            SignInLink.Browser ana = server.browser(ANA);
            assertThat(subscribe(server, ana, service.endpoint("a")).body())
                    .contains("You are told in this browser.", "phone");
            String id = server.ask("git push https://x:hunter2hunter2@example.com main");
            until("the message", () -> service.shown.size() == 1);
            assertThat(service.wrong).isEmpty();
            JsonNode said = service.shown.peek();
            assertThat(said.path("title").asText())
                    .isEqualTo(
                            server.approval(id).path("risk").asText("high")
                                    + " risk: builder asks in payments");
            assertThat(said.path("url").asText()).endsWith("/approvals/" + id);
            assertThat(said.path("tag").asText()).isEqualTo(id);
            assertThat(said.toString()).doesNotContain("hunter2", "git push");

            server.vote(id, server.token(token(LI)), "deny");
            until("its end", () -> service.shown.size() == 2);
            assertThat(service.shown.toArray(JsonNode[]::new)[1].path("body").asText())
                    .contains("denied");
            assertThat(server.call("GET", "/v1/audit?kind=sign-in", server.owner, "").toString())
                    .contains("the browser phone of " + ANA + " is told of questions");
        }
    }

    private static String token(String email) {
        return "{\"kind\":\"personal\",\"name\":\"t\",\"person\":\"" + email + "\"}";
    }

    /** The push service says that the browser is no more: that is the end of it, for it alone. */
    @Test
    void whatIsGoneIsToldNoMore() throws Exception {
        try (NotifiedServer server = started()) {
            SignInLink.Browser ana = server.browser(ANA);
            HttpResponse<String> _ = subscribe(server, ana, service.endpoint("gone"));
            service.status = 410;
            String _ = server.ask("git push origin main");
            until(
                    "it is noted",
                    () ->
                            server.call("GET", "/v1/audit?kind=sign-in", server.owner, "")
                                    .toString()
                                    .contains("its push service says status 410"));
            service.status = 201;
            HttpResponse<String> _ = subscribe(server, ana, service.endpoint("new"));
            String _ = server.ask("git push origin dev");
            until("the message", () -> service.shown.size() == 1);
            assertThat(page(server, "GET", "/link/accounts", ana, "").body())
                    .containsOnlyOnce("name=\"browser\"");
            assertThat(server.channel("browsers").path("failed").asInt()).isZero();
            assertThat(server.channel("browsers").path("state").asText()).isEqualTo("working");
        }
    }

    /** Whoever is signed in could else make the server talk to what only it can reach. */
    @Test
    void aBrowserElsewhereThanInTheInternetIsNotTold() throws Exception {
        try (NotifiedServer server =
                ready(new NotifiedServer(folder, "sign_in: {credential: optional}\n"))) {
            SignInLink.Browser ana = server.browser(ANA);
            HttpResponse<String> _ = subscribe(server, ana, service.endpoint("inside"));
            JsonNode tried = server.call("POST", "/v1/channels/browsers/test", server.owner, "");
            assertThat(tried.path("error").asText()).contains("private network");
            String _ = server.ask("git push origin main");
            until("it fails", () -> server.channel("browsers").path("waiting").asInt() == 1);
            assertThat(service.shown).isEmpty();
            assertThat(subscribe(server, ana, "file:///etc/passwd").body())
                    .contains("said nothing by which");
        }
    }

    /** The page can be installed, and its worker and manifest are ours and static. */
    @Test
    void thePageIsAnApp() throws Exception {
        try (NotifiedServer server = started()) {
            SignInLink.Browser ana = server.browser(ANA);
            HttpResponse<String> inbox = page(server, "GET", "/", ana, "");
            assertThat(inbox.body()).contains("rel=\"manifest\" href=\"/static/app.webmanifest\"");
            assertThat(inbox.headers().firstValue("Content-Security-Policy").orElse(""))
                    .contains("manifest-src 'self'", "script-src 'self'")
                    .doesNotContain("unsafe");
            JsonNode manifest =
                    NotifiedServer.JSON.readTree(
                            page(server, "GET", "/static/app.webmanifest", ana, "").body());
            assertThat(manifest.path("display").asText()).isEqualTo("standalone");
            assertThat(
                            page(server, "GET", "/static/worker.js", ana, "")
                                    .headers()
                                    .firstValue("Content-Type"))
                    .hasValue("text/javascript; charset=utf-8");
            assertThat(List.of(manifest.at("/icons/0/src").asText()))
                    .containsExactly("/static/icon.svg");
        }
    }
}
