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
            """;

    private @TempDir Path folder;
    private FakeSlack slack;
    private NotifiedServer server;

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
        return URI.create(server.server.url() + "/slack/approvals/interactions");
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

        String token =
                server.token(
                        "{\"kind\":\"personal\",\"name\":\"i\",\"person\":\"owner@localhost\"}");
        String invitation =
                server.call("POST", "/v1/people/" + email + "/link", token, "{}")
                        .path("sign_in")
                        .asText();
        SignInLink.Browser browser = SignInLink.enter(server.http(), URI.create(invitation));
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
}
