package dev.countersign;

import static dev.countersign.NotifiedServer.ANA;
import static dev.countersign.NotifiedServer.LI;
import static dev.countersign.NotifiedServer.until;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.countersign.testing.MovableClock;
import jakarta.mail.Multipart;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each is told by what they want to be told by, when they want it, and nobody twice. */
@SuppressWarnings("NullAway.Init")
final class RoutingTest {
    /** Low: what asks is a rule. */
    private static final String SMALL = "cat notes/a.md";

    private static final String LARGE = "git push origin main";
    private static final String POLICY =
            """
            policy: story
            rules:
              - ask: {file_read: "./notes/*"}
                approvers: [ana@example.com, li@example.com]
              - ask: {shell_run: "git push"}
                approvers: [ana@example.com, li@example.com]
            """;

    private @TempDir Path folder;
    private final MovableClock clock = new MovableClock(Instant.now().toString());
    private GreenMail smtp;
    private HttpServer phones;
    private int port;

    /** What was posted, as {@code TOPIC TITLE: MESSAGE}. */
    private final ConcurrentLinkedQueue<String> rung = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void receive() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        smtp = new GreenMail(new ServerSetup(port, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        smtp.start();
        phones = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        phones.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        phones.createContext("/", this::ring);
        phones.start();
        for (String topic : List.of("pay", "all")) {
            Files.writeString(
                    folder.resolve(topic),
                    "http://127.0.0.1:" + phones.getAddress().getPort() + "/" + topic);
        }
    }

    private void ring(HttpExchange exchange) throws IOException {
        JsonNode body = NotifiedServer.JSON.readTree(exchange.getRequestBody());
        rung.add(
                body.path("topic").asText()
                        + " "
                        + body.path("title").asText()
                        + ": "
                        + body.path("message").asText());
        exchange.sendResponseHeaders(200, -1);
        exchange.close();
    }

    @AfterEach
    void stop() {
        smtp.stop();
        phones.stop(0);
    }

    private NotifiedServer started(String more) throws Exception {
        NotifiedServer server =
                new NotifiedServer(
                        folder,
                        """
                        approval_expiry: 1d
                        notify:
                          allow_private: [127.0.0.1]
                          channels:
                            - {name: mail, kind: email, host: 127.0.0.1, port: %d, security: none,
                               from: countersign@example.com}
                            - {name: pay, kind: ntfy, url_file: pay}
                            - {name: phones, kind: ntfy, url_file: all}
                            - {name: phones-too, kind: ntfy, url_file: all}
                        %s\
                        """
                                .formatted(port, more),
                        0,
                        clock);
        String _ = server.person(ANA, "maintainer");
        String _ = server.person(LI, "maintainer");
        server.policy(POLICY);
        JsonNode _ = server.call("PUT", "/v1/teams/payments", server.owner, "{}");
        String team = "{\"teams\":[\"payments\"]}";
        JsonNode agent = server.call("PUT", "/v1/agents/builder", server.owner, team);
        assertThat(agent.path("teams")).as(agent.toString()).hasSize(1);
        return server;
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

    private static String text(MimeMessage mail) throws Exception {
        return ((Multipart) mail.getContent()).getBodyPart(0).getContent().toString();
    }

    private static HttpResponse<String> put(NotifiedServer server, String path, String body)
            throws Exception {
        return server.send("PUT", path, server.ownPerson(), body);
    }

    private long rung(String topic) {
        return rung.stream().filter(each -> each.startsWith(topic + " ")).count();
    }

    @Test
    void aTeamsQuestionsGoWhereItWantsThem() throws Exception {
        try (NotifiedServer server = started("")) {
            String told = "{\"channels\":[\"pay\"],\"risk\":\"medium\"}";
            assertThat(put(server, "/v1/routing/team/payments", told).statusCode()).isEqualTo(200);
            String small = server.ask(SMALL);
            String large = server.ask(LARGE);
            until("the phones of the team", () -> rung("pay") == 1);
            assertThat(rung).first().asString().contains("git push");
            // By no other channel, and not of what is small.
            until("nothing waits", () -> server.channel("mail").path("waiting").asInt() == 0);
            assertThat(rung("all")).isZero();
            assertThat(to(ANA)).isEmpty();

            // What a person said counts for them.
            assertThat(put(server, "/v1/routing/person/" + LI, "{}").statusCode()).isEqualTo(200);
            String _ = server.ask(LARGE + " again");
            until("the mail to Li", () -> to(LI).size() == 1);
            assertThat(text(to(LI).getFirst())).contains(LARGE + " again");
            assertThat(to(ANA)).isEmpty();
            assertThat(server.approval(small).path("status").asText()).isEqualTo("pending");

            // Whoever was told is told the end.
            server.vote(large, server.token(token(ANA)), "deny");
            until("its end", () -> rung("pay") == 3);
            JsonNode listed = server.call("GET", "/v1/routing", server.owner, "");
            assertThat(listed.path("routing").findValuesAsText("of"))
                    .containsExactly("person:" + LI, "team:payments");
            // Every change is a record.
            assertThat(server.call("GET", "/v1/audit?kind=channel", server.owner, "").toString())
                    .contains("how team:payments is told was changed by owner@localhost")
                    .contains("the settings file says otherwise");
        }
    }

    private static String token(String email) {
        return "{\"kind\":\"personal\",\"name\":\"t\",\"person\":\"" + email + "\"}";
    }

    /** Two channels to one place, and a question told by both, ring once. */
    @Test
    void nobodyIsToldTwiceOverOneSurface() throws Exception {
        try (NotifiedServer server = started("")) {
            String _ = server.ask(LARGE);
            until("both mails", () -> to(ANA).size() == 1 && to(LI).size() == 1);
            until("the phones", () -> rung("all") == 1 && rung("pay") == 1);
            String id = server.ask(LARGE + " more");
            until("the next", () -> rung("all") == 2 && rung("pay") == 2);
            assertThat(
                            server.call("GET", "/v1/notifications?status=sent", server.owner, "")
                                    .path("notifications")
                                    .findValuesAsText("channel"))
                    .doesNotContain("phones-too");
            assertThat(id).isNotEmpty();
        }
    }

    /** What is small comes in one message for each, once its time has come, and as it stands. */
    @Test
    void whatIsSmallIsToldTogether() throws Exception {
        try (NotifiedServer server = started("")) {
            assertThat(
                            put(
                                            server,
                                            "/v1/routing/team/payments",
                                            "{\"digest\":\"low every 4h\"}")
                                    .statusCode())
                    .isEqualTo(200);
            String one = server.ask(SMALL);
            String two = server.ask(SMALL + " notes/b.md");
            server.vote(two, server.token(token(LI)), "approve");
            String large = server.ask(LARGE);
            until("what is large", () -> to(ANA).size() == 1 && rung("all") == 1);
            assertThat(text(to(ANA).getFirst())).contains(LARGE);
            assertThat(server.channel("mail").path("waiting").asInt()).isEqualTo(4);
            clock.move(Duration.ofHours(4));
            until("one more for each", () -> to(ANA).size() == 2 && to(LI).size() == 2);
            until("and for the phones", () -> rung("all") == 2 && rung("pay") == 2);
            MimeMessage digest = to(ANA).getLast();
            assertThat(digest.getSubject())
                    .isEqualTo("[Countersign] 2 questions of agents, 1 waits");
            assertThat(text(digest))
                    .contains(one, two, "approved by " + LI, "/approvals/" + one)
                    .doesNotContain(large);
            assertThat(server.channel("mail").path("waiting").asInt()).isZero();
        }
    }

    /**
     * Outside of their hours nobody is woken, but for what is critical; told is told to the end.
     */
    @Test
    void quietHoursAreKept() throws Exception {
        clock.set("2027-01-05T22:00:00Z");
        try (NotifiedServer server = started("")) {
            String quiet = "{\"hours\":\"08:00-18:00 Europe/Amsterdam\"}";
            assertThat(put(server, "/v1/routing/person/" + ANA, quiet).statusCode()).isEqualTo(200);
            String night = server.ask(LARGE);
            until("Li", () -> to(LI).size() == 1);
            assertThat(to(ANA)).isEmpty();
            server.vote(night, server.token(token(LI)), "deny");
            until("its end", () -> to(LI).size() == 2);
            assertThat(to(ANA)).isEmpty();
        }
    }

    /** Who is on call is told first, and is whom a policy names. */
    @Test
    void whoIsOnCallIsToldAndMayAnswerAsLongAsTheTurnLasts() throws Exception {
        clock.set("2027-01-04T12:00:00Z");
        try (NotifiedServer server = started("")) {
            String rota =
                    "{\"people\":[\"%s\",\"%s\"],\"every\":\"day\",\"at\":\"09:00 UTC\",\"from\":\"2027-01-04\"}"
                            .formatted(ANA, LI);
            HttpResponse<String> made = put(server, "/v1/on-call/payments", rota);
            assertThat(made.body()).contains("\"now\":\"" + ANA + "\"", "2027-01-05T09:00:00Z");
            String first = server.ask(LARGE);
            until("Ana", () -> to(ANA).size() == 1);
            assertThat(to(LI)).isEmpty();

            server.policy(
                    """
                    policy: story
                    rules:
                      - ask: {shell_run: "git push"}
                        approvers: [{role: on-call, team: payments}]
                    """);
            String ana = server.token(token(ANA));
            String li = server.token(token(LI));
            String second = server.ask(LARGE + " second");
            assertThat(server.vote(second, li, "approve").toString()).contains("on-call");
            assertThat(server.approval(second).path("status").asText()).isEqualTo("pending");
            server.vote(second, ana, "approve");
            assertThat(server.approval(second).path("status").asText()).isEqualTo("approved");

            // The turn is over: the next one is told and may answer, the first may no more.
            clock.move(Duration.ofHours(22));
            String third = server.ask(LARGE + " third");
            until("Li", () -> to(LI).size() == 1);
            assertThat(text(to(LI).getFirst())).contains(LARGE + " third");
            server.vote(third, ana, "approve");
            assertThat(server.approval(third).path("status").asText()).isEqualTo("pending");
            server.vote(third, li, "approve");
            assertThat(server.approval(third).path("status").asText()).isEqualTo("approved");
            assertThat(first).isNotEmpty();
            assertThat(server.call("GET", "/v1/audit?kind=people", server.owner, "").toString())
                    .contains("the rota of the team payments was changed");
        }
    }

    /** Who comes back under the same name is not on call because somebody was. */
    @Test
    void whoIsRemovedIsNotOnCallAndNothingIsLeftOfATeam() throws Exception {
        try (NotifiedServer server = started("")) {
            String both = rota().replace("[", "[\"" + LI + "\",");
            assertThat(put(server, "/v1/on-call/payments", both).statusCode()).isEqualTo(200);
            assertThat(put(server, "/v1/routing/team/payments", "{}").statusCode()).isEqualTo(200);
            assertThat(remove(server, "/v1/people/" + LI)).isEqualTo(200);
            until(
                    "the turns of the others",
                    () -> onCall(server).at("/0/people").toString().equals("[\"" + ANA + "\"]"));
            String _ = server.person(LI, "maintainer");
            assertThat(onCall(server).at("/0/people").toString()).doesNotContain(LI);

            JsonNode _ = server.call("PUT", "/v1/agents/builder", server.owner, "{\"teams\":[]}");
            assertThat(remove(server, "/v1/teams/payments")).isEqualTo(200);
            JsonNode _ = server.call("PUT", "/v1/teams/payments", server.owner, "{}");
            until("the end of the rota", () -> onCall(server).isEmpty());
            JsonNode listed = server.call("GET", "/v1/routing", server.owner, "");
            assertThat(listed.path("routing")).isEmpty();
        }
    }

    private static int remove(NotifiedServer server, String path) throws Exception {
        return server.send("DELETE", path, server.owner, "").statusCode();
    }

    private static JsonNode onCall(NotifiedServer server) throws Exception {
        return server.call("GET", "/v1/on-call", server.owner, "").path("on_call");
    }

    @Test
    void theSettingsFileSaysItToo() throws Exception {
        try (NotifiedServer server =
                started(
                        """
                          routing:
                            - {team: payments, channels: [pay], risk: high}
                            - {person: ana@example.com, told: false}
                          on_call:
                            - {team: payments, people: [li@example.com], every: week,
                               at: "09:00 Europe/Amsterdam", from: 2026-01-05}
                        """)) {
            assertThat(put(server, "/v1/routing/team/payments", "{}").statusCode()).isEqualTo(409);
            assertThat(put(server, "/v1/on-call/payments", rota()).statusCode()).isEqualTo(409);
            assertThat(server.call("GET", "/v1/on-call", server.owner, "").toString())
                    .contains("\"now\":\"" + LI + "\"");
            String _ = server.ask(LARGE);
            until("the phones of the team", () -> rung("pay") == 1);
            assertThat(rung("all")).isZero();
            assertThat(to(ANA)).isEmpty();
        }
    }

    private static String rota() {
        return "{\"people\":[\"ana@example.com\"],\"every\":\"week\",\"at\":\"09:00 UTC\"}";
    }

    @Test
    void whatCannotBeSaidIsRefused() throws Exception {
        try (NotifiedServer server = started("")) {
            assertThat(put(server, "/v1/routing/team/nobody", "{}").statusCode()).isEqualTo(404);
            assertThat(put(server, "/v1/routing/team/payments", "{\"channels\":[\"no\"]}").body())
                    .contains("there is no channel `no`");
            assertThat(put(server, "/v1/routing/team/payments", "{\"hours\":\"late\"}").body())
                    .contains("are no hours");
            assertThat(put(server, "/v1/on-call/nobody", rota()).statusCode()).isEqualTo(404);
            assertThat(
                            put(server, "/v1/on-call/payments", rota().replace("ana@", "nobody@"))
                                    .body())
                    .contains("there is no person `nobody@example.com`");
            // A person says how they are told themselves, and nobody else's.
            String ana = server.token(token(ANA));
            assertThat(
                            server.send("PUT", "/v1/routing/mine", ana, "{\"risk\":\"high\"}")
                                    .statusCode())
                    .isEqualTo(200);
            assertThat(server.send("PUT", "/v1/routing/person/" + LI, ana, "{}").statusCode())
                    .isEqualTo(403);
            assertThat(server.send("PUT", "/v1/on-call/payments", ana, rota()).statusCode())
                    .isEqualTo(403);
        }
    }
}
