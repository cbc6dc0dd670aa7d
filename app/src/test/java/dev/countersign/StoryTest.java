package dev.countersign;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.countersign.NotifiedServer.ANA;
import static dev.countersign.NotifiedServer.LI;
import static dev.countersign.NotifiedServer.until;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import dev.countersign.FakeSlack.Posted;
import dev.countersign.cli.Cli;
import dev.countersign.cli.Terminal;
import dev.countersign.cli.Tools;
import dev.countersign.config.Surroundings;
import dev.countersign.testing.Chromium;
import dev.countersign.testing.ClaudeCode;
import dev.countersign.testing.OpenIdProvider;
import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What it is all for: the real Claude Code wants to push, people are asked in Slack, two of them
 * approve, and it is done. What destroys history they may only open there: they approve it on the
 * page, each with a passkey.
 */
@Tag("client")
@SuppressWarnings("NullAway.Init")
final class StoryTest {
    private static final Pattern LINK = Pattern.compile("<(http://[^|>]+/link/[A-Za-z0-9_-]+)\\|");
    private static final String PUSH = "git push origin main";
    private static final String FORCE = "git push --force origin main";

    private @TempDir Path folder;
    private final List<BrowserContext> windows = new ArrayList<>();
    private FakeSlack slack;
    private NotifiedServer server;
    private Chromium chromium;
    private ClaudeCode claude;
    private String address;
    private Path work;
    private Path remote;

    @BeforeEach
    void start() throws Exception {
        Path root = folder.toRealPath();
        int port = OpenIdProvider.free();
        address = "http://localhost:" + port;
        slack = new FakeSlack();
        chromium = Chromium.launch();
        Files.writeString(root.resolve("token"), FakeSlack.TOKEN);
        Files.writeString(root.resolve("signing"), FakeSlack.SECRET);
        server =
                new NotifiedServer(
                        root,
                        """
                        public_url: %s
                        notify:
                          allow_private: [127.0.0.1]
                          channels:
                            - {name: approvals, kind: slack, channel: %s, token_file: token,
                               signing_secret_file: signing, api: "%s"}
                        """
                                .formatted(address, FakeSlack.CHANNEL, slack.api()),
                        port);
        String _ = server.person(ANA, "maintainer");
        String _ = server.person(LI, "maintainer");
        server.policy(
                """
                policy: story
                autonomy: {none: allow, low: allow, medium: allow, high: ask, critical: ask}
                profile: standard
                profile_patch:
                  - {op: replace, path: /git/force_push, value: ask}
                rules:
                  - ask: {git_push: main}
                    approvers: [{role: maintainer}]
                    at_least: 2
                """);
        work = server.work.toRealPath();
        remote = root.resolve("payments.git");
        git(root, "init", "-q", "--bare", remote.toString());
        git(work, "init", "-q");
        git(work, "remote", "add", "origin", remote.toString());
        git(work, "config", "user.name", "a");
        git(work, "config", "user.email", "a@example.com");
        git(work, "commit", "-q", "--allow-empty", "-m", "one");
        git(work, "branch", "-M", "main");
        claude = new ClaudeCode(root.resolve("home"), root.resolve("run"));
        String _ = cli("connect", "claude-code", "--project", "--data", data());
    }

    @AfterEach
    void stop() {
        claude.close();
        windows.forEach(BrowserContext::close);
        chromium.close();
        server.close();
        slack.close();
    }

    private String data() {
        return folder.resolve("data").toString();
    }

    /** Runs a command of ours in the project; what it said. */
    private String cli(String... words) {
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said, true);
        Surroundings around =
                new Surroundings(
                        claude.environment(),
                        folder.resolve("home"),
                        work,
                        "linux",
                        Clock.systemUTC());
        Terminal terminal =
                new Terminal(
                        new BufferedReader(Reader.nullReader()),
                        out,
                        out,
                        100,
                        false,
                        false,
                        false);
        int code = new Cli(new Tools(new App(around), terminal, around)).run(words);
        assertThat(code).as(said.toString()).isZero();
        return said.toString();
    }

    private String git(Path where, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of("git"));
        command.addAll(List.of(words));
        Process git =
                new ProcessBuilder(command)
                        .directory(where.toFile())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(git.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(git.exitValue()).as(said).isZero();
        return said.strip();
    }

    private String pushed() throws Exception {
        return git(remote, "for-each-ref", "--format=%(objectname)", "refs/heads/main");
    }

    private String head() throws Exception {
        return git(work, "rev-parse", "HEAD");
    }

    /** Somebody at a browser of their own, signed in, with a passkey. */
    private Page signedIn(String email) throws Exception {
        BrowserContext window = chromium.browser().newContext();
        windows.add(window);
        return Chromium.signedIn(window, server.invitation(email), address);
    }

    private Posted asked(String command) throws Exception {
        until("the message", () -> slack.posts().stream().anyMatch(each -> shows(each, command)));
        return slack.posts().stream()
                .filter(each -> shows(each, command))
                .findFirst()
                .orElseThrow();
    }

    private static boolean shows(Posted message, String command) {
        return message.body().path("blocks").toString().contains(command);
    }

    private void press(String user, Posted message, String action) throws Exception {
        String value = FakeSlack.button(message, action).path("value").asText();
        URI endpoint = URI.create(server.server.url() + "/slack/approvals/interactions");
        assertThat(slack.send(endpoint, FakeSlack.pressed(user, action, value))).isEqualTo(200);
    }

    /** Presses without a linked account, follows the link that comes, and says whose it is. */
    private void link(String user, Posted message, Page page) throws Exception {
        int before = slack.whispers.size();
        press(user, message, "approve_once");
        until("the link", () -> slack.whispers.size() > before);
        JsonNode whisper = slack.whispers.toArray(new JsonNode[0])[before];
        Matcher url = LINK.matcher(whisper.path("text").asText());
        assertThat(url.find()).as(whisper.toString()).isTrue();
        page.navigate(url.group(1));
        page.getByText("It is my account").click();
        assertThat(page.locator("main")).containsText("Linked.");
    }

    private String approval(Posted message) {
        Matcher id = Pattern.compile("APR-\\d+").matcher(message.body().toString());
        assertThat(id.find()).isTrue();
        return id.group();
    }

    /** Two people agreed; the call may have run at once. */
    private void approved(Posted message) throws Exception {
        String id = approval(message);
        until(
                id + " is approved",
                () ->
                        List.of("approved", "used")
                                .contains(server.approval(id).path("status").asText()));
    }

    @Test
    void aPushIsApprovedInSlackAndAForcedOneOnThePage() throws Exception {
        Page ana = signedIn(ANA);
        Page li = signedIn(LI);
        claude.start(work, List.of(PUSH, "git commit -q --amend --allow-empty -m two", FORCE));

        // Slack shows it all, and two who linked their accounts approve there.
        Posted push = asked(PUSH);
        assertThat(push.body().toString()).contains(PUSH, "claude", "payments", "high");
        assertThat(pushed()).isEmpty();
        link("U0ANA", push, ana);
        link("U0LI", push, li);
        press("U0ANA", push, "approve_once");
        until("it is rewritten", () -> slack.now(push.ts()).body().toString().contains("1 of 2"));
        assertThat(pushed()).isEmpty();
        press("U0LI", slack.now(push.ts()), "approve_once");
        approved(push);

        // The forced one is opened from Slack, and approved on the page alone.
        Posted force = asked(FORCE);
        String first = git(work, "rev-parse", "HEAD@{1}");
        assertThat(pushed()).isEqualTo(first).isNotEqualTo(head());
        assertThat(force.body().toString()).contains("critical");
        assertThat(FakeSlack.button(force, "approve_once").isMissingNode()).isTrue();
        assertThat(FakeSlack.button(force, "deny").isMissingNode()).isTrue();
        String open = FakeSlack.button(force, "open").path("url").asText();
        assertThat(open).isEqualTo(address + "/approvals/" + approval(force));
        for (Page page : List.of(ana, li)) {
            page.navigate(open);
            assertThat(page.locator("#request")).containsText(FORCE);
            page.screenshot(
                    new Page.ScreenshotOptions().setPath(Path.of("target/screens/story.png")));
            assertThat(pushed()).isEqualTo(first);
            page.locator("#why").fill("The history of main is ours alone.");
            page.locator("#approve").click();
        }
        approved(force);
        until(
                "Slack says who",
                () ->
                        slack.now(force.ts())
                                .body()
                                .toString()
                                .contains("approved by " + ANA + " and " + LI));
        until("a reply for each vote", () -> slack.replies(force.ts()).size() == 2);
        assertThat(slack.refused).isEmpty();

        List<ClaudeCode.Told> told = claude.told();
        assertThat(told).hasSize(3).noneMatch(ClaudeCode.Told::error);
        assertThat(pushed()).isEqualTo(head());
        ledgerTells(List.of(approval(push), approval(force)));
    }

    /** The call, both votes by where they were given, the end, and what came of it. */
    private void ledgerTells(List<String> approvals) throws Exception {
        JsonNode votes = server.call("GET", "/v1/audit?kind=vote", server.owner, "");
        assertThat(votes.path("records")).hasSize(4);
        for (String id : approvals) {
            JsonNode approval = server.approval(id);
            assertThat(approval.path("votes").findValuesAsText("person")).containsExactly(ANA, LI);
            assertThat(votes.toString()).contains(id);
        }
        assertThat(votes.toString())
                .contains("by slack:approvals/T111/U0ANA", "by slack:approvals/T111/U0LI");
        JsonNode outcomes = server.call("GET", "/v1/audit?kind=outcome", server.owner, "");
        assertThat(outcomes.path("records")).hasSize(3);
        assertThat(cli("audit", "verify", "--data", data())).contains("INTACT", "COMPLETE");
    }
}
