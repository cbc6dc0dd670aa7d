package dev.countersign;

import static dev.countersign.NotifiedServer.ANA;
import static dev.countersign.NotifiedServer.LI;
import static dev.countersign.NotifiedServer.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.countersign.testing.SignInLink;
import jakarta.mail.Multipart;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** People are told of questions by mail, and answer by its link where that is allowed. */
@SuppressWarnings("NullAway.Init")
final class MailTest {
    private static final Pattern LINK = Pattern.compile("http://[^\\s\"<]+/a/[A-Za-z0-9_-]{43}");
    private static final String POLICY =
            """
            policy: story
            rules:
              - ask: {shell_run: "npm install"}
                approvers: [ana@example.com, li@example.com]
                at_least: 2
              - ask: {shell_run: "git push"}
                approvers: [ana@example.com, li@example.com]
              - ask: {file_read: "./notes/*"}
                approvers: [ana@example.com]
              - ask: {file_write: "./notes/*"}
                approvers: [ana@example.com]
            """;

    private @TempDir Path folder;
    private GreenMail smtp;
    private int port;

    @BeforeEach
    void receive() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        smtp = new GreenMail(new ServerSetup(port, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        smtp.start();
    }

    @AfterEach
    void stop() {
        smtp.stop();
    }

    /** Gives somebody something to sign in with. */
    private static SignInLink.Browser password(NotifiedServer server, String email)
            throws Exception {
        SignInLink.Browser browser = server.browser(email);
        HttpResponse<String> account =
                page(server, "GET", URI.create(server.server.url() + "/account"), browser, "");
        Matcher csrf =
                Pattern.compile("name=\"csrf\" value=\"([0-9a-f]+)\"").matcher(account.body());
        assertThat(csrf.find()).as(account.body()).isTrue();
        HttpResponse<String> set =
                page(
                        server,
                        "POST",
                        URI.create(server.server.url() + "/account/password"),
                        browser,
                        "csrf="
                                + csrf.group(1)
                                + "&password=a+long+sentence&again=a+long+sentence&key="
                                + browser.key());
        assertThat(set.statusCode()).as(set.body()).isEqualTo(303);
        return browser;
    }

    private static HttpResponse<String> page(
            NotifiedServer server, String method, URI url, SignInLink.Browser browser, String form)
            throws Exception {
        return server.http()
                .send(
                        HttpRequest.newBuilder(url)
                                .header("Cookie", browser.cookie())
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .method(method, BodyPublishers.ofString(form))
                                .build(),
                        BodyHandlers.ofString());
    }

    private String settings(String more) {
        return """
        notify:
          allow_private: [127.0.0.1]
          channels:
            - {name: mail, kind: email, host: 127.0.0.1, port: %d, security: none,
               from: countersign@example.com%s}
        """
                .formatted(port, more);
    }

    private List<MimeMessage> to(String email) {
        return Arrays.stream(smtp.getReceivedMessages())
                .filter(mail -> {
                    try {
                        return mail.getAllRecipients()[0].toString().equals(email);
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                })
                .toList();
    }

    private static String part(MimeMessage mail, int which) throws Exception {
        return ((Multipart) mail.getContent()).getBodyPart(which).getContent().toString();
    }

    private static URI link(MimeMessage mail) throws Exception {
        Matcher found = LINK.matcher(part(mail, 0));
        assertThat(found.find()).as(part(mail, 0)).isTrue();
        return URI.create(found.group());
    }

    private static HttpResponse<String> fetch(NotifiedServer server, String method, URI link)
            throws Exception {
        return server.http()
                .send(
                        HttpRequest.newBuilder(link)
                                .method(method, BodyPublishers.noBody())
                                .build(),
                        BodyHandlers.ofString());
    }

    private static HttpResponse<String> post(NotifiedServer server, URI link, String form)
            throws Exception {
        return server.http()
                .send(
                        HttpRequest.newBuilder(link)
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .POST(BodyPublishers.ofString(form))
                                .build(),
                        BodyHandlers.ofString());
    }

    private NotifiedServer started(String more) throws Exception {
        NotifiedServer server = new NotifiedServer(folder, settings(more));
        String _ = server.person(ANA, "maintainer");
        String _ = server.person(LI, "maintainer");
        server.policy(POLICY);
        return server;
    }

    @Test
    void whoCanAnswerIsToldInOneThreadAndTheCommandIsOnlyText() throws Exception {
        try (NotifiedServer server = started("")) {
            String id = server.ask("npm install left-pad '<img src=x>'");
            until("both mails", () -> to(ANA).size() == 1 && to(LI).size() == 1);
            MimeMessage asked = to(ANA).getFirst();
            assertThat(asked.getSubject())
                    .isEqualTo("[Countersign] " + id + ", high risk: builder asks in payments");
            assertThat(part(asked, 0)).contains("npm install left-pad '<img src=x>'");
            assertThat(part(asked, 1))
                    .contains("&lt;img src=x&gt;")
                    .doesNotContain("<img")
                    .contains(link(asked).toString());
            assertThat(asked.getHeader("Auto-Submitted")).containsExactly("auto-generated");
            assertThat(link(asked)).isNotEqualTo(link(to(LI).getFirst()));

            String ana = server.token(token(ANA));
            String li = server.token(token(LI));
            server.vote(id, ana, "approve");
            server.vote(id, li, "approve");
            until("how it ended", () -> to(ANA).size() == 2 && to(LI).size() == 2);
            MimeMessage ended = to(ANA).getLast();
            assertThat(part(ended, 0)).contains("approved by " + ANA + " and " + LI);
            assertThat(ended.getHeader("References")).isEqualTo(asked.getHeader("References"));
            assertThat(ended.getMessageID()).isNotEqualTo(asked.getMessageID());
        }
    }

    private static String token(String email) {
        return "{\"kind\":\"personal\",\"name\":\"t\",\"person\":\"" + email + "\"}";
    }

    /** Gateways open every link, some send what they find; none of it is an answer. */
    @Test
    void toOpenALinkDecidesNothing() throws Exception {
        try (NotifiedServer server = started(", link_answers: low")) {
            String id = server.ask("git push origin main");
            until("the mail", () -> to(ANA).size() == 1);
            URI link = link(to(ANA).getFirst());
            for (String method : List.of("GET", "HEAD", "GET", "HEAD")) {
                HttpResponse<String> _ = fetch(server, method, link);
            }
            assertThat(server.approval(id).path("version").asInt()).isZero();
            // A push is of high risk: the link leads to the question, where one signs in.
            assertThat(fetch(server, "GET", link).statusCode()).isEqualTo(303);
            assertThat(post(server, link, "answer=approve&version=0").statusCode()).isEqualTo(303);
            assertThat(server.approval(id).path("status").asText()).isEqualTo("pending");
        }
    }

    @Test
    void whereTheSettingsLetItALinkAnswersOnceAndForItsPersonAlone() throws Exception {
        try (NotifiedServer server = started(", link_answers: low")) {
            String id = server.ask("cat notes/a.md");
            until("the mail", () -> to(ANA).size() == 1);
            assertThat(to(LI)).isEmpty();
            URI link = link(to(ANA).getFirst());
            // An address that somebody wrote down is nobody yet.
            assertThat(fetch(server, "GET", link).statusCode()).isEqualTo(303);
            assertThat(post(server, link, "answer=approve&version=0").statusCode()).isEqualTo(303);
            SignInLink.Browser _ = password(server, ANA);
            // Whoever is signed in as somebody else does not answer as Ana.
            SignInLink.Browser li = server.browser(LI);
            String as = "answer=approve&version=0&key=" + li.key();
            assertThat(page(server, "POST", link, li, as).statusCode()).isEqualTo(303);
            assertThat(server.approval(id).path("votes")).isEmpty();
            HttpResponse<String> page = fetch(server, "GET", link);
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.body()).contains("cat notes/a.md", "Approve once");
            assertThat(page.headers().firstValue("Cache-Control")).hasValue("no-store");

            URI forged = URI.create(link.toString().replaceFirst(".$", "~"));
            assertThat(post(server, forged, "answer=approve&version=0").statusCode())
                    .isEqualTo(404);
            assertThat(post(server, link, "answer=perhaps&version=0").statusCode()).isEqualTo(303);
            assertThat(server.approval(id).path("status").asText()).isEqualTo("pending");

            assertThat(post(server, link, "answer=approve&version=0").statusCode()).isEqualTo(200);
            assertThat(server.approval(id).at("/votes/0/person").asText()).isEqualTo(ANA);
            assertThat(server.approval(id).at("/votes/0/by").asText()).isEqualTo("link");
            assertThat(server.approval(id).path("status").asText()).isEqualTo("approved");
            assertThat(post(server, link, "answer=deny&version=0").statusCode()).isEqualTo(404);
            assertThat(fetch(server, "GET", link).statusCode()).isEqualTo(404);
        }
    }

    /** Whoever may add a channel could else read everybody's links, and answer by them. */
    @Test
    void onlyTheSettingsFileLetsLinksAnswer() throws Exception {
        try (NotifiedServer server = started(", link_answers: low")) {
            SignInLink.Browser _ = password(server, ANA);
            ObjectNode body = NotifiedServer.JSON.createObjectNode().put("kind", "email");
            body.putObject("settings")
                    .put("host", "127.0.0.1")
                    .put("port", Integer.toString(port))
                    .put("security", "none")
                    .put("from", "eve@example.com")
                    .put("link_answers", "low");
            String person = server.ownPerson();
            HttpResponse<String> refused =
                    server.send("PUT", "/v1/channels/eve", person, body.toString());
            assertThat(refused.statusCode()).isEqualTo(403);
            assertThat(refused.body()).contains("settings file");
            body.withObject("/settings").remove("link_answers");
            assertThat(server.send("PUT", "/v1/channels/eve", person, body.toString()).statusCode())
                    .isEqualTo(200);
            String id = server.ask("cat notes/a.md");
            // Nobody who adds a channel takes over what goes by one of the file, and nobody is told
            // twice.
            until("the mail of ours", () -> to(ANA).size() == 1);
            assertThat(to(ANA).getFirst().getFrom()[0].toString()).startsWith("countersign@");
            assertThat(fetch(server, "GET", link(to(ANA).getFirst())).statusCode()).isEqualTo(200);
            String eve = "{\"channels\":[\"eve\"]}";
            assertThat(server.send("PUT", "/v1/routing/person/" + ANA, person, eve).statusCode())
                    .isEqualTo(200);
            String other = server.ask("cat notes/b.md");
            until("the other mail", () -> to(ANA).size() == 2);
            URI theirs = link(to(ANA).getLast());
            assertThat(fetch(server, "GET", theirs).statusCode()).isEqualTo(303);
            assertThat(post(server, theirs, "answer=approve&version=0").statusCode())
                    .isEqualTo(303);
            assertThat(server.approval(id).path("votes")).isEmpty();
            assertThat(server.approval(other).path("votes")).isEmpty();
            // What is above low takes a sign-in, whatever the file says.
            String medium = server.ask("git push origin main");
            until("the mails", () -> to(ANA).size() == 3);
            for (MimeMessage mail : to(ANA)) {
                if (part(mail, 0).contains("git push origin main")) {
                    assertThat(fetch(server, "GET", link(mail)).statusCode()).isEqualTo(303);
                }
            }
            assertThat(server.approval(medium).path("votes")).isEmpty();
        }
        assertThatThrownBy(() -> new NotifiedServer(folder, settings(", link_answers: medium")))
                .hasMessageContaining("`low`");
    }

    /** TLS is asked of the host by its name, on a connection to the address that was judged. */
    @Test
    void whereTlsIsWantedNothingElseWillDo() throws Exception {
        smtp.stop();
        smtp = new GreenMail(new ServerSetup(port, "127.0.0.1", ServerSetup.PROTOCOL_SMTPS));
        smtp.start();
        String tls = settings("").replace("security: none", "security: tls");
        try (NotifiedServer server = new NotifiedServer(folder, tls)) {
            JsonNode tried = server.call("POST", "/v1/channels/mail/test", server.owner, "");
            assertThat(tried.path("arrived").asBoolean()).isFalse();
            assertThat(tried.path("error").asText()).contains("127.0.0.1");
            assertThat(smtp.getReceivedMessages()).isEmpty();
        }
    }

    /** A mail server that took a message says later that it reached nobody. */
    @Test
    void whatComesBackIsGivenUpAndSeen() throws Exception {
        try (NotifiedServer server = started("")) {
            String question = server.ask("git push origin main");
            until("the mail", () -> to(ANA).size() == 1 && to(LI).size() == 1);
            until("its note", () -> server.channel("mail").path("waiting").asInt() == 0);
            String own = to(ANA).getFirst().getHeader("Message-ID", null);
            String report =
                    Files.readString(Path.of("src/test/resources/bounces/postfix.eml"))
                            .replaceAll("<msg_[^>]*>", Matcher.quoteReplacement(own));
            String body = NotifiedServer.JSON.createObjectNode().put("mail", report).toString();
            JsonNode back = server.call("POST", "/v1/notifications/bounced", server.owner, body);
            assertThat(back.path("approval").asText()).isEqualTo(question);
            assertThat(back.path("to").asText()).isEqualTo(ANA);
            JsonNode failed = server.call("GET", "/v1/notifications", server.owner, "");
            assertThat(failed.at("/notifications/0/error").asText())
                    .startsWith("it came back: 5.1.1 550")
                    .endsWith("User unknown");
            assertThat(server.channel("mail").path("failed").asInt()).isEqualTo(1);
            assertThat(server.call("GET", "/v1/audit?kind=alarm", server.owner, "").toString())
                    .contains("messages by the channel `mail` came back");
            // It comes back once, and nothing else is touched by whoever guesses.
            assertThat(
                            server.send("POST", "/v1/notifications/bounced", server.owner, body)
                                    .statusCode())
                    .isEqualTo(404);
            assertThat(
                            server.send("POST", "/v1/notifications/bounced", server.agent, body)
                                    .statusCode())
                    .isEqualTo(403);
        }
    }

    @Test
    void aMailServerThatIsAwayIsToldOfAndDelaysNoDecision() throws Exception {
        smtp.stop();
        try (NotifiedServer server = started("")) {
            long before = System.nanoTime();
            String _ = server.ask("git push origin main");
            assertThat(System.nanoTime() - before).isLessThan(5_000_000_000L);
            until(
                    "it fails",
                    () -> server.channel("mail").path("state").asText().equals("failing"));
            smtp.start();
            until("both mails", () -> to(ANA).size() == 1 && to(LI).size() == 1);
            assertThat(part(to(LI).getFirst(), 0)).contains("git push");
        }
    }
}
