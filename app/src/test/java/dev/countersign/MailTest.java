package dev.countersign;

import static dev.countersign.NotifiedServer.ANA;
import static dev.countersign.NotifiedServer.LI;
import static dev.countersign.NotifiedServer.until;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
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
        try (NotifiedServer server = started(", link_answers: medium")) {
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
        try (NotifiedServer server = started(", link_answers: medium")) {
            String id = server.ask("touch notes/a.md");
            until("the mail", () -> to(ANA).size() == 1);
            assertThat(to(LI)).isEmpty();
            URI link = link(to(ANA).getFirst());
            HttpResponse<String> page = fetch(server, "GET", link);
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.body()).contains("touch notes/a.md", "Approve once");
            assertThat(page.headers().firstValue("Cache-Control")).hasValue("no-store");

            URI forged = URI.create(link.toString().replaceFirst(".$", "~"));
            assertThat(post(server, forged, "answer=approve&version=0").statusCode())
                    .isEqualTo(404);
            assertThat(post(server, link, "answer=perhaps&version=0").statusCode()).isEqualTo(303);
            assertThat(server.approval(id).path("status").asText()).isEqualTo("pending");

            assertThat(post(server, link, "answer=approve&version=0").statusCode()).isEqualTo(200);
            assertThat(server.approval(id).at("/votes/0/person").asText()).isEqualTo(ANA);
            assertThat(server.approval(id).path("status").asText()).isEqualTo("approved");
            assertThat(post(server, link, "answer=deny&version=0").statusCode()).isEqualTo(404);
            assertThat(fetch(server, "GET", link).statusCode()).isEqualTo(404);
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

    /** Whoever adds a channel by the interface could else read everybody's links. */
    @Test
    void onlyTheSettingsFileLetsLinksAnswer() throws Exception {
        try (NotifiedServer server = started(", link_answers: medium")) {
            ObjectNode body = NotifiedServer.JSON.createObjectNode().put("kind", "email");
            body.putObject("settings")
                    .put("host", "127.0.0.1")
                    .put("port", Integer.toString(port))
                    .put("security", "none")
                    .put("from", "x@example.com")
                    .put("link_answers", "medium");
            assertThat(put(server, body)).isEqualTo(403);
            body.withObject("/settings").remove("link_answers");
            assertThat(put(server, body)).isEqualTo(200);
            // One channel that does not let links answer is enough: its links are the same.
            String id = server.ask("touch notes/a.md");
            until("the mails", () -> to(ANA).size() == 2);
            for (MimeMessage each : to(ANA)) {
                assertThat(post(server, link(each), "answer=approve&version=0").statusCode())
                        .isEqualTo(303);
            }
            assertThat(server.approval(id).path("votes")).isEmpty();
        }
    }

    private static int put(NotifiedServer server, ObjectNode channel) throws Exception {
        return server.send("PUT", "/v1/channels/mine", server.owner, channel.toString())
                .statusCode();
    }
}
