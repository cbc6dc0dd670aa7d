package dev.countersign;

import static dev.countersign.NotifiedServer.ANA;
import static dev.countersign.NotifiedServer.LI;
import static dev.countersign.NotifiedServer.until;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.FakeSlack.Posted;
import dev.countersign.testing.SignInLink;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** People are asked in Slack and answer there, each as who they are here. */
@SuppressWarnings("NullAway.Init")
final class SlackTest {
    private static final Pattern LINK = Pattern.compile("<(http://[^|>]+/link/[A-Za-z0-9_-]+)\\|");
    private static final String UANA = "U0ANA";
    private static final String ULI = "U0LI";
    private static final String UEVE = "U0EVE";
    private static final String POLICY =
            """
            policy: story
            autonomy: {none: allow, low: allow, medium: ask, high: ask, critical: ask}
            profile: full-access
            rules:
              - ask: {shell_run: "git push origin main"}
                approvers: [ana@example.com, li@example.com]
                at_least: 2
              - ask: {shell_run: "git push origin dev *"}
                approvers: [ana@example.com, li@example.com]
              - ask: {file_write: "./kept/*"}
                approvers: [ana@example.com]
                redact: [content]
            """;

    private @TempDir Path folder;
    private FakeSlack slack;
    private NotifiedServer server;
    private String channel = "approvals";

    @BeforeEach
    void start() throws Exception {
        slack = new FakeSlack();
        Files.writeString(folder.resolve("token"), FakeSlack.TOKEN);
        Files.writeString(folder.resolve("signing"), FakeSlack.SECRET);
        server = started();
        String _ = server.person(ANA, "maintainer");
        String _ = server.person(LI, "maintainer");
        String _ = server.person("eve@example.com", "member");
        server.policy(POLICY);
    }

    private NotifiedServer started() throws Exception {
        return new NotifiedServer(
                folder,
                """
                sign_in: {credential: optional}
                notify:
                  allow_private: [127.0.0.1]
                  channels:
                    - {name: approvals, kind: slack, channel: %s, token_file: token,
                       signing_secret_file: signing, api: "%s"}
                """
                        .formatted(FakeSlack.CHANNEL, slack.api()));
    }

    @AfterEach
    void stop() {
        server.close();
        slack.close();
    }

    private URI endpoint() {
        return URI.create(server.server.url() + "/slack/" + channel + "/interactions");
    }

    private Posted posted(String id) throws Exception {
        until(
                "the message",
                () -> slack.posts().stream().anyMatch(each -> each.body().toString().contains(id)));
        return slack.posts().stream()
                .filter(each -> each.body().toString().contains(id))
                .findFirst()
                .orElseThrow();
    }

    private int press(String user, Posted message, String action) throws Exception {
        return slack.send(
                endpoint(),
                FakeSlack.pressed(
                        user, action, FakeSlack.button(message, action).path("value").asText()));
    }

    /** Does what a person does who was shown a link in Slack. */
    private void link(String user, String email) throws Exception {
        String id = server.ask("git push origin dev link-" + user);
        int before = slack.whispers.size();
        assertThat(press(user, posted(id), "deny")).isEqualTo(200);
        until("the link", () -> slack.whispers.size() > before);
        JsonNode whisper = slack.whispers.toArray(new JsonNode[0])[before];
        assertThat(whisper.path("user").asText()).isEqualTo(user);
        assertThat(server.approval(id).path("status").asText()).isEqualTo("pending");
        Matcher url = LINK.matcher(whisper.path("text").asText());
        assertThat(url.find()).isTrue();
        String path = URI.create(url.group(1)).getPath();

        confirm(path, user, email);
    }

    /** Says that an account is one's own. */
    private void confirm(String path, String user, String email) throws Exception {
        SignInLink.Browser browser = server.browser(email);
        // To look at it links nothing.
        String page = page("GET", path, browser, "").body();
        assertThat(page).contains("Is this you?", "name-of-" + user, email);
        Matcher csrf = Pattern.compile("name=\"csrf\" value=\"([^\"]+)\"").matcher(page);
        assertThat(csrf.find()).isTrue();
        HttpResponse<String> linked =
                page("POST", path, browser, "csrf=" + csrf.group(1) + "&answer=link");
        assertThat(linked.body()).contains("Linked.");
        assertThat(page("GET", path, browser, "").statusCode()).isEqualTo(404);
    }

    private HttpResponse<String> page(
            String method, String path, SignInLink.Browser browser, String form) throws Exception {
        return server.http()
                .send(
                        HttpRequest.newBuilder(URI.create(server.server.url() + path))
                                .header("Cookie", browser.cookie())
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .method(
                                        method,
                                        BodyPublishers.ofString(
                                                form.isEmpty()
                                                        ? form
                                                        : form + "&key=" + browser.key()))
                                .build(),
                        BodyHandlers.ofString());
    }

    @Test
    void twoPeopleApproveInSlackAndTheMessageSaysSo() throws Exception {
        link(UANA, ANA);
        link(ULI, LI);
        String id = server.ask("git push origin main");
        Posted asked = posted(id);
        assertThat(asked.body().toString()).contains("git push origin main", "builder", "payments");
        assertThat(press(UANA, asked, "approve_once")).isEqualTo(200);
        until("it is rewritten", () -> slack.now(asked.ts()).edits() == 1);
        until("a reply", () -> slack.replies(asked.ts()).size() == 1);
        assertThat(slack.replies(asked.ts())).containsExactly(ANA + " approved");
        Posted rewritten = slack.now(asked.ts());
        assertThat(rewritten.body().toString()).contains("1 of 2").contains(ANA);

        // The buttons of before are of another version: the message was rewritten meanwhile.
        int before = slack.whispers.size();
        assertThat(press(ULI, asked, "approve_once")).isEqualTo(200);
        until("told to look again", () -> slack.whispers.size() > before);
        assertThat(press(ULI, rewritten, "approve_once")).isEqualTo(200);
        until(
                "it is approved",
                () -> server.approval(id).path("status").asText().equals("approved"));
        until("the end is told", () -> slack.replies(asked.ts()).size() == 2);
        until(
                "no button is left",
                () -> FakeSlack.button(slack.now(asked.ts()), "approve_once").isMissingNode());
        assertThat(slack.now(asked.ts()).body().toString())
                .contains("approved by " + ANA + " and " + LI);
        assertThat(slack.refused).isEmpty();
        JsonNode votes = server.approval(id).path("votes");
        assertThat(votes.path(0).path("person").asText()).isEqualTo(ANA);
        assertThat(votes.path(1).path("person").asText()).isEqualTo(LI);
        // Where an answer was given is in its record, too.
        assertThat(votes.path(0).path("by").asText()).isEqualTo("slack:approvals/T111/U0ANA");
        JsonNode records = server.call("GET", "/v1/audit?kind=vote", server.owner, "");
        assertThat(records.toString()).contains("by slack:approvals/T111/U0ANA");
    }

    /** Whoever may change a channel knows its new secret, and could else press for anybody. */
    @Test
    void whoChangesTheSecretOfAChannelAnswersForNobody() throws Exception {
        channel = "mine";
        String owner = server.ownPerson();
        ObjectNode body = NotifiedServer.JSON.createObjectNode().put("kind", "slack");
        body.putObject("settings").put("channel", FakeSlack.CHANNEL).put("api", slack.api());
        body.putObject("secrets")
                .put("token", FakeSlack.TOKEN)
                .put("signing_secret", FakeSlack.SECRET);
        assertThat(put(server.owner, body)).isEqualTo(403);
        assertThat(put(owner, body)).isEqualTo(200);
        link(UANA, ANA);
        // To tell of less changes nothing for those who linked their accounts.
        body.withObject("/settings").put("risk", "low");
        assertThat(put(owner, body)).isEqualTo(200);
        String id = server.ask("git push origin main");
        String value = FakeSlack.button(posted(id), "approve_once").path("value").asText();
        assertThat(slack.send(endpoint(), FakeSlack.pressed(UANA, "approve_once", value)))
                .isEqualTo(200);
        until("it counts", () -> server.approval(id).path("votes").size() == 1);

        body.putObject("secrets").put("signing_secret", "known");
        assertThat(put(owner, body)).isEqualTo(200);
        String other = server.ask("git push origin main again");
        String forged = FakeSlack.button(posted(other), "approve_once").path("value").asText();
        int before = slack.whispers.size();
        ObjectNode press = FakeSlack.pressed(UANA, "approve_once", forged);
        assertThat(slack.send(endpoint(), press, Instant.now(), "known")).isEqualTo(200);
        until("told to link it", () -> slack.whispers.size() > before);
        assertThat(server.approval(other).path("votes")).isEmpty();
        assertThat(server.send("DELETE", "/v1/channels/mine", server.owner, "").statusCode())
                .isEqualTo(403);
    }

    private int put(String token, ObjectNode body) throws Exception {
        return server.send("PUT", "/v1/channels/mine", token, body.toString()).statusCode();
    }

    @Test
    void whoChangesTheSecretInTheFileAnswersForNobodyEither() throws Exception {
        link(UANA, ANA);
        server.close();
        Files.writeString(folder.resolve("signing"), "another");
        server = started();
        String id = server.ask("git push origin main");
        String value = FakeSlack.button(posted(id), "approve_once").path("value").asText();
        int before = slack.whispers.size();
        ObjectNode press = FakeSlack.pressed(UANA, "approve_once", value);
        assertThat(slack.send(endpoint(), press, Instant.now(), "another")).isEqualTo(200);
        until("told to link it", () -> slack.whispers.size() > before);
        assertThat(server.approval(id).path("votes")).isEmpty();
    }

    /** A connection of somebody's own app could say that anybody pressed. */
    @Test
    void whoAddsAConnectionInTheFileAnswersForNobodyEither() throws Exception {
        link(UANA, ANA);
        server.close();
        Files.writeString(folder.resolve("app"), FakeSlack.APP_TOKEN);
        try (FakeSlackSocket socket = new FakeSlackSocket()) {
            slack.socketUrl = socket.url();
            server =
                    new NotifiedServer(
                            folder,
                            """
                            sign_in: {credential: optional}
                            notify:
                              allow_private: [127.0.0.1]
                              channels:
                                - {name: approvals, kind: slack, channel: %s, token_file: token,
                                   signing_secret_file: signing, app_token_file: app, api: "%s"}
                            """
                                    .formatted(FakeSlack.CHANNEL, slack.api()));
            until("the connection", () -> socket.open() == 1);
            String id = server.ask("git push origin dev by-socket");
            int before = slack.whispers.size();
            socket.press("e-1", approval(UANA, posted(id)));
            until("told to link it", () -> slack.whispers.size() > before);
            assertThat(server.approval(id).path("votes")).isEmpty();
        }
    }

    @Test
    void aMessageShowsWhateverGoesWithACommand() throws Exception {
        ObjectNode input = NotifiedServer.JSON.createObjectNode();
        input.put("command", "git push origin dev now").put("description", "looks around");
        input.putObject("env").put("GIT_SSH_COMMAND", "sh evil.sh");
        Posted shown = posted(server.ask("Bash", input));
        assertThat(shown.body().toString())
                .contains("GIT_SSH_COMMAND", "sh evil.sh", "looks around", "*Tool*", "*In*")
                .contains(server.work.toString());
        assertThat(FakeSlack.button(shown, "approve_once").isMissingNode()).isFalse();
        input.put("rest", "x".repeat(2_000));
        Posted cut = posted(server.ask("Bash", input));
        assertThat(FakeSlack.button(cut, "approve_once").isMissingNode()).isTrue();
        assertThat(FakeSlack.button(cut, "deny").isMissingNode()).isFalse();
    }

    @Test
    void whatIsLeftOutOrShowsNothingIsApprovedOnThePageOnly() throws Exception {
        ObjectNode input = NotifiedServer.JSON.createObjectNode();
        input.put("file_path", server.work + "/kept/a.txt").put("content", "what nobody keeps");
        Posted redacted = posted(server.ask("Write", input));
        assertThat(redacted.body().toString())
                .contains("left out by policy")
                .doesNotContain("what nobody keeps");
        assertThat(FakeSlack.button(redacted, "approve_once").isMissingNode()).isTrue();
        assertThat(FakeSlack.button(redacted, "deny").isMissingNode()).isFalse();
        for (int hidden : new int[] {0x3164, 0x115F, 0x1160, 0xFFA0, 0x2800, 0x0301, 0x0430}) {
            String odd = Character.toString(hidden);
            Posted posted = posted(server.ask("git push origin dev a" + odd + "b"));
            assertThat(posted.body().toString())
                    .doesNotContain(odd)
                    .contains("\\u{" + Integer.toHexString(hidden).toUpperCase(Locale.ROOT));
            assertThat(FakeSlack.button(posted, "approve_once").isMissingNode()).isTrue();
        }
    }

    @Test
    void aReasonGoesToTheAgentAndLaterPressesAreToldWhatHappened() throws Exception {
        link(UANA, ANA);
        link(ULI, LI);
        String id = server.ask("git push origin dev now");
        Posted asked = posted(id);
        assertThat(press(UANA, asked, "deny_reason")).isEqualTo(200);
        until("the window", () -> !slack.views.isEmpty());
        String value = slack.views.peek().at("/view/private_metadata").asText();
        assertThat(slack.send(endpoint(), FakeSlack.submitted(UANA, value, "open a pull request")))
                .isEqualTo(200);
        until("it is denied", () -> server.approval(id).path("status").asText().equals("denied"));
        assertThat(server.approval(id).at("/votes/0/guidance").asText())
                .isEqualTo("open a pull request");
        int before = slack.whispers.size();
        assertThat(press(ULI, asked, "approve_once")).isEqualTo(200);
        until("told that it is over", () -> slack.whispers.size() > before);
        JsonNode told = slack.whispers.toArray(new JsonNode[0])[before];
        assertThat(told.path("user").asText()).isEqualTo(ULI);
        assertThat(told.path("text").asText()).contains("decided before you answered");
        assertThat(server.approval(id).path("votes")).hasSize(1);
    }

    @Test
    void whoMayNotAnswerIsToldSoAlone() throws Exception {
        link(UEVE, "eve@example.com");
        String id = server.ask("git push origin dev now");
        Posted asked = posted(id);
        int before = slack.whispers.size();
        assertThat(press(UEVE, asked, "approve_once")).isEqualTo(200);
        until("told", () -> slack.whispers.size() > before);
        assertThat(slack.whispers.toArray(new JsonNode[0])[before].path("text").asText())
                .contains("does not count", "needs ana@example.com");
        assertThat(server.approval(id).path("votes")).isEmpty();
        // A value of another question, and one that is none.
        assertThat(
                        slack.send(
                                endpoint(),
                                FakeSlack.pressed(UEVE, "approve_once", "APR-1 1 sha256:0000")))
                .isEqualTo(200);
        assertThat(slack.send(endpoint(), FakeSlack.pressed(UEVE, "approve_once", "<x>")))
                .isEqualTo(200);
        assertThat(server.approval(id).path("votes")).isEmpty();
    }

    @Test
    void onlyWhatSlackSignedJustNowIsTakenAndOnlyOnce() throws Exception {
        link(UANA, ANA);
        String id = server.ask("git push origin main");
        String value = FakeSlack.button(posted(id), "approve_once").path("value").asText();
        ObjectNode press = FakeSlack.pressed(UANA, "approve_once", value);
        Instant now = Instant.now();
        assertThat(slack.send(endpoint(), press, now, "another secret")).isEqualTo(401);
        assertThat(
                        slack.send(
                                endpoint(),
                                press,
                                now.minus(Duration.ofMinutes(6)),
                                FakeSlack.SECRET))
                .isEqualTo(401);
        assertThat(slack.send(endpoint(), press, now.plus(Duration.ofMinutes(6)), FakeSlack.SECRET))
                .isEqualTo(401);
        assertThat(server.approval(id).path("votes")).isEmpty();
        assertThat(slack.send(endpoint(), press, now, FakeSlack.SECRET)).isEqualTo(200);
        until("it counts", () -> server.approval(id).path("votes").size() == 1);
        int whispers = slack.whispers.size();
        assertThat(slack.send(endpoint(), press, now, FakeSlack.SECRET)).isEqualTo(200);
        assertThat(slack.whispers).hasSize(whispers);
        assertThat(server.approval(id).path("votes")).hasSize(1);
    }

    @Test
    void whatIsCriticalOrTooLongIsApprovedOnThePageOnly() throws Exception {
        link(UANA, ANA);
        Posted critical = posted(server.ask("git push --force origin main"));
        assertThat(FakeSlack.button(critical, "open").path("url").asText()).contains("/approvals/");
        assertThat(FakeSlack.button(critical, "approve_once").isMissingNode()).isTrue();
        assertThat(FakeSlack.button(critical, "deny").isMissingNode()).isTrue();

        Posted ordinary = posted(server.ask("git push origin dev " + "x".repeat(40)));
        assertThat(FakeSlack.button(ordinary, "approve_once").isMissingNode()).isFalse();
        Posted longer = posted(server.ask("git push origin dev " + "x".repeat(3_000)));
        assertThat(FakeSlack.button(longer, "approve_once").isMissingNode()).isTrue();
        assertThat(FakeSlack.button(longer, "deny").isMissingNode()).isFalse();

        // Nobody gets it by making up the button.
        String forged = FakeSlack.button(ordinary, "approve_once").path("value").asText();
        String id = critical.body().path("blocks").toString();
        Matcher name = Pattern.compile("req_(APR-\\d+)").matcher(id);
        assertThat(name.find()).isTrue();
        JsonNode request = server.approval(name.group(1));
        String digest = request.path("digest").asText();
        String made =
                forged.replaceFirst("APR-\\d+ \\d+ .*", name.group(1) + " 1 ")
                        + digest.substring(0, Math.min(24, digest.length()));
        int before = slack.whispers.size();
        assertThat(slack.send(endpoint(), FakeSlack.pressed(UANA, "approve_once", made)))
                .isEqualTo(200);
        until("told", () -> slack.whispers.size() > before);
        assertThat(server.approval(name.group(1)).path("votes")).isEmpty();
    }

    @Test
    void whatAnAgentWroteIsTextAndSecretsAreMasked() throws Exception {
        String id =
                server.ask(
                        "git push origin dev '<!channel> <@U0ANA> ``` *b* &amp;'"
                                + " --token ghp_0123456789abcdefghijABCDEFGHIJ012345");
        JsonNode body = posted(id).body();
        JsonNode command = body.path("blocks").path(1);
        assertThat(command.path("type").asText()).isEqualTo("rich_text");
        assertThat(command.at("/elements/0/elements/0/text").asText()).contains("<!channel>");
        ObjectNode rest = body.deepCopy();
        rest.withArray("/blocks").remove(1);
        assertThat(rest.toString()).doesNotContain("<!channel>", "<@U0ANA>");
        assertThat(body.toString()).doesNotContain("ghp_0123456789abcdefghij");
    }

    @Test
    void whenSlackWantsFewerMessagesItGetsFewerAndAllOfThem() throws Exception {
        slack.limits = 2;
        for (int i = 0; i < 5; i++) {
            server.ask("git push origin dev " + i);
        }
        until("all of them", () -> slack.posts().size() == 5);
        assertThat(slack.limited).hasSize(2);
        assertThat(server.channel("approvals").path("failed").asInt()).isZero();
    }

    @Test
    void aMessageOfBeforeAStartIsTheOneThatIsRewritten() throws Exception {
        link(UANA, ANA);
        String id = server.ask("git push origin dev now");
        Posted asked = posted(id);
        server.close();
        server = started();
        assertThat(press(UANA, asked, "approve_once")).isEqualTo(200);
        until("it is rewritten", () -> slack.now(asked.ts()).edits() > 0);
        assertThat(server.approval(id).path("status").asText()).isEqualTo("approved");
    }

    /** The same without an address of ours that Slack could reach. */
    @Test
    void peopleAnswerByAConnectionThatIsOpenedFromHere() throws Exception {
        server.close();
        Files.writeString(folder.resolve("app"), FakeSlack.APP_TOKEN);
        try (FakeSlackSocket socket = new FakeSlackSocket()) {
            slack.socketUrl = socket.url();
            server =
                    new NotifiedServer(
                            folder,
                            """
                            sign_in: {credential: optional}
                            notify:
                              allow_private: [127.0.0.1]
                              channels:
                                - {name: approvals, kind: slack, channel: %s, token_file: token,
                                   app_token_file: app, api: "%s"}
                            """
                                    .formatted(FakeSlack.CHANNEL, slack.api()));
            until("the connection", () -> socket.open() == 1);
            String id = server.ask("git push origin dev by-socket");
            Posted asked = posted(id);
            // Who has no account here is told how to link it, by Slack's answer to them alone.
            socket.press("e-1", approval(UANA, asked));
            until("the link", () -> !slack.whispers.isEmpty());
            Matcher url = LINK.matcher(slack.whispers.peek().path("text").asText());
            assertThat(url.find()).isTrue();
            confirm(URI.create(url.group(1)).getPath(), UANA, ANA);
            // Nobody posts here what Slack did not say over its connection.
            assertThat(press(UANA, asked, "approve_once")).isEqualTo(404);

            // Slack wants a new connection, then one breaks off: both are opened anew.
            socket.refresh();
            until("the second", () -> socket.connected.size() == 2 && socket.open() == 1);
            socket.breakOff();
            until("the third", () -> socket.connected.size() == 3 && socket.open() == 1);
            until(
                    "it works",
                    () -> server.channel("approvals").path("state").asText().equals("working"));

            // Said twice, done once; both are acknowledged.
            socket.press("e-2", approval(UANA, asked));
            socket.press("e-2", approval(UANA, asked));
            until("the answer", () -> server.approval(id).path("votes").size() == 1);
            until(
                    "both were heard",
                    () -> socket.heard.stream().filter("e-2"::equals).count() == 2);
            assertThat(server.approval(id).path("status").asText()).isEqualTo("approved");
            assertThat(server.approval(id).at("/votes/0/by").asText())
                    .isEqualTo("slack:approvals/T111/" + UANA);
            until("it is rewritten", () -> slack.now(asked.ts()).edits() > 0);
            assertThat(slack.whispers).hasSize(1);

            // A token that does not work is seen on the page.
            slack.socketUrl = "";
            socket.breakOff();
            until(
                    "it is seen",
                    () ->
                            server.channel("approvals")
                                    .path("error")
                                    .asText()
                                    .contains("invalid_auth"));
        }
    }

    private static ObjectNode approval(String user, Posted message) {
        return FakeSlack.pressed(
                user,
                "approve_once",
                FakeSlack.button(message, "approve_once").path("value").asText());
    }
}
