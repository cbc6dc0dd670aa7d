package dev.countersign;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.cli.Cli;
import dev.countersign.cli.Product;
import dev.countersign.cli.Terminal;
import dev.countersign.cli.Tools;
import dev.countersign.config.Listen;
import dev.countersign.config.ServerSettings;
import dev.countersign.config.Surroundings;
import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A gate in front of a bare repository, the real git, and a real server. */
@Timeout(120)
@SuppressWarnings("NullAway.Init")
final class GitGateTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir Path folder;
    private Path bare;
    private Path work;
    private Path data;
    private Surroundings around;
    private App app;
    private Product.Server server;
    private HttpClient http;
    private String agent;
    private String person;
    private final StringWriter said = new StringWriter();

    @BeforeEach
    void start() throws Exception {
        Path home = Files.createDirectories(folder.toRealPath().resolve("home"));
        bare = folder.toRealPath().resolve("srv/shop.git");
        work = home.resolve("shop");
        data = home.resolve("data");
        http = HttpClient.newHttpClient();
        around = new Surroundings(Map.of(), home, home, "linux", Clock.systemUTC());
        app = new App(around);
        server =
                app.start(
                        new ServerSettings.Given(
                                        Optional.of(data),
                                        Optional.empty(),
                                        Optional.of(new Listen("127.0.0.1", 0)),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.of(true),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty())
                                .complete(data));
        String owner = JSON.readTree(data.resolve("owner.json").toFile()).path("token").asText();
        agent = token(owner, "{\"kind\":\"agent\",\"name\":\"claude\"}");
        person =
                token(
                        owner,
                        "{\"kind\":\"personal\",\"name\":\"me\",\"person\":\"owner@localhost\"}");
        ObjectNode policy = JSON.createObjectNode().put("file", "t.yaml");
        policy.put("text", "policy: t\nprofile: full-access\nautonomy: full\n");
        assertThat(send("PUT", "/v1/policies/tenant", person, policy.toString()).path("status"))
                .isNotNull();
        git(folder, 0, "init", "-q", "--bare", bare.toString());
        git(folder, 0, "clone", "-q", bare.toString(), work.toString());
        commit("one");
        git(work, 0, "branch", "-M", "main");
        assertThat(cli("git-gate", "install", bare.toString(), "--data", data.toString()))
                .as(said.toString())
                .isZero();
    }

    @AfterEach
    void stop() {
        server.close();
        http.close();
    }

    private String token(String by, String body) throws Exception {
        return send("POST", "/v1/tokens", by, body).path("token").asText();
    }

    private JsonNode send(String method, String path, String token, String body) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(server.url() + path))
                        .header("Authorization", "Bearer " + token)
                        .header("Content-Type", "application/json")
                        .method(method, BodyPublishers.ofString(body))
                        .build();
        return JSON.readTree(http.send(request, BodyHandlers.ofString()).body());
    }

    private int cli(String... words) {
        PrintWriter out = new PrintWriter(said, true);
        Terminal terminal =
                new Terminal(
                        new BufferedReader(Reader.nullReader()),
                        out,
                        out,
                        100,
                        false,
                        false,
                        false);
        return new Cli(new Tools(app, terminal, around)).run(words);
    }

    /** What git said; it must end so. */
    private String git(Path where, int code, String... words) throws Exception {
        List<String> command =
                new ArrayList<>(
                        List.of("git", "-c", "user.name=a", "-c", "user.email=a@example.com"));
        command.addAll(List.of(words));
        Path output = Files.createTempFile(folder, "git", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command).directory(where.toFile());
        builder.environment().put("HOME", folder.toString());
        builder.environment().put("GIT_CONFIG_NOSYSTEM", "1");
        builder.redirectErrorStream(true).redirectOutput(output.toFile());
        int ended = builder.start().waitFor();
        String text = Files.readString(output);
        assertThat(ended).as(text).isEqualTo(code);
        return text;
    }

    private void commit(String text) throws Exception {
        Files.writeString(work.resolve("file"), text);
        git(work, 0, "add", "file");
        git(work, 0, "commit", "-q", "-m", text);
    }

    /** Has a call decided as the agent, and agrees where people are asked. */
    private JsonNode allowed(String command) throws Exception {
        ObjectNode call = JSON.createObjectNode().put("client", "t").put("tool", "Bash");
        call.put("cwd", work.toString()).putObject("input").put("command", command);
        JsonNode decision = send("POST", "/v1/decisions", agent, call.toString());
        if (decision.path("effect").asText().equals("ask")) {
            JsonNode voted =
                    send(
                            "POST",
                            "/v1/approvals/"
                                    + decision.path("approval").path("id").asText()
                                    + "/votes",
                            person,
                            "{\"answer\":\"approve\",\"scope\":\"once\"}");
            assertThat(voted.path("status").asText()).as(voted.toString()).isEqualTo("approved");
            decision = send("POST", "/v1/decisions", agent, call.toString());
        }
        assertThat(decision.path("effect").asText()).as(decision.toString()).isEqualTo("allow");
        return decision;
    }

    private JsonNode records(String kind) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(server.url() + "/v1/audit?kind=" + kind))
                        .header("Authorization", "Bearer " + person)
                        .build();
        return JSON.readTree(http.send(request, BodyHandlers.ofString()).body()).path("records");
    }

    @Test
    void onlyTheVeryCommitThatWasAllowedIsTaken() throws Exception {
        assertThat(git(work, 1, "push", "origin", "main"))
                .contains("no push to it was allowed", "countersign run -- git push");
        JsonNode decision = allowed("git push origin main");
        git(work, 0, "push", "origin", "main");
        JsonNode taken = records("push").get(0).path("record");
        assertThat(taken.path("decision")).isEqualTo(decision.path("id"));
        assertThat(taken.path("body").path("accepted").asBoolean()).isTrue();
        assertThat(records("push").get(1).path("record").path("body").path("accepted").asBoolean())
                .isFalse();

        commit("two");
        assertThat(git(work, 1, "push", "origin", "main")).contains("another commit");
        allowed("git status && git push");
        git(work, 0, "push", "origin", "main");
    }

    @Test
    void aPushThatAlsoCommittedSaysWhatToDo() throws Exception {
        allowed("git commit -q --allow-empty -m x; git push origin main");
        assertThat(git(work, 1, "push", "origin", "main")).contains("push in a call of its own");
    }

    @Test
    void takingAwayNeedsAForcedPushThatWasAllowedAndGoesOnce() throws Exception {
        allowed("git push origin main");
        git(work, 0, "push", "origin", "main");
        String first = git(work, 0, "rev-parse", "HEAD").strip();
        commit("two");
        allowed("git push origin main");
        git(work, 0, "push", "origin", "main");

        // Back to what was once allowed there: as a plain push, and long used.
        git(work, 0, "reset", "-q", "--hard", first);
        assertThat(git(work, 1, "push", "--force", "origin", "main")).contains("no forced push");
        allowed("git push --force origin main");
        git(work, 0, "push", "--force", "origin", "main");
        git(work, 0, "reset", "-q", "--hard", "HEAD@{1}");
        allowed("git push origin main");
        git(work, 0, "push", "origin", "main");
        git(work, 0, "reset", "-q", "--hard", first);
        git(work, 0, "commit", "-q", "--amend", "-m", "other");
        assertThat(git(work, 1, "push", "--force", "origin", "main")).contains("another commit");
    }

    @Test
    void branchesTagsAndDeletionsAreChangesLikeOthers() throws Exception {
        git(work, 0, "tag", "-a", "v1", "-m", "v1");
        git(work, 0, "branch", "new");
        assertThat(git(work, 1, "push", "origin", "new", "v1")).contains("refs/tags/v1");
        allowed("git push origin new v1 HEAD:refs/heads/third");
        git(work, 0, "pack-refs", "--all");
        git(work, 0, "push", "origin", "new", "v1", "HEAD:refs/heads/third");
        assertThat(git(work, 1, "push", "origin", "--delete", "new")).contains("refs/heads/new");
        allowed("git push origin --delete new");
        git(work, 0, "push", "origin", "--delete", "new");
        // One that is not allowed keeps the others out, too.
        allowed("git push origin main");
        assertThat(git(work, 1, "push", "origin", "main", "new")).contains("refs/heads/new");
        assertThat(git(bare, 0, "for-each-ref", "--format=%(refname)").lines())
                .containsExactlyInAnyOrder("refs/tags/v1", "refs/heads/third");
    }

    @Test
    void anotherRepositorysReceiptOpensNothing() throws Exception {
        git(work, 0, "remote", "add", "other", "git@example.com:org/other.git");
        allowed("git push other main");
        assertThat(git(work, 1, "push", "origin", "main")).contains("no push to it was allowed");
        assertThat(
                        cli(
                                "git-gate",
                                "install",
                                bare.toString(),
                                "--address",
                                "https://example.com/org/other",
                                "--data",
                                data.toString()))
                .isZero();
        git(work, 0, "push", "origin", "main");
    }

    @Test
    void aPushThatIsSteeredElsewhereOpensNothingHere() throws Exception {
        allowed("git -c remote.origin.url=/tmp/sandbox.git push origin main");
        allowed("git --git-dir=" + work + "/.git push origin main");
        allowed("GIT_DIR=" + work + "/.git git push origin main");
        assertThat(git(work, 1, "push", "origin", "main")).contains("refs/heads/main");
    }

    @Test
    void replacedObjectsAreNotTaken() throws Exception {
        allowed("git push origin main:refs/replace/0123456789012345678901234567890123456789");
        assertThat(
                        git(
                                work,
                                1,
                                "push",
                                "origin",
                                "main:refs/replace/0123456789012345678901234567890123456789"))
                .contains("refs/replace");
    }

    @Test
    void itIsNotSaidToStandWhereItWouldNotRun() throws Exception {
        git(bare, 0, "config", "core.hooksPath", folder.toString());
        assertThat(cli("git-gate", "install", bare.toString(), "--data", data.toString()))
                .isEqualTo(1);
        assertThat(said.toString()).contains("core.hooksPath");
    }

    @Test
    void aHostsFolderOfHooksGetsIt() throws Exception {
        assertThat(cli("git-gate", "remove", bare.toString())).isZero();
        Path own = bare.resolve("hooks/pre-receive");
        Files.createDirectories(bare.resolve("hooks/pre-receive.d"));
        Files.writeString(own, "#!/bin/sh\nexec \"${0%/*}/pre-receive.d/countersign\"\n");
        Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThat(cli("git-gate", "install", bare.toString(), "--data", data.toString())).isZero();
        assertThat(Files.readString(own)).contains("pre-receive.d/countersign");
        assertThat(git(work, 1, "push", "origin", "main")).contains("no push to it was allowed");
    }

    @Test
    void aPersonsPassIsRecordedAndGoesOnce() throws Exception {
        String commit = git(work, 0, "rev-parse", "HEAD").strip();
        ObjectNode pass = JSON.createObjectNode().put("repository", bare.toString());
        pass.put("ref", "refs/heads/main").put("commit", commit).put("reason", "the build is red");
        assertThat(send("POST", "/v1/git/passes", agent, pass.toString()).path("title").asText())
                .isNotEmpty();
        assertThat(git(work, 1, "push", "origin", "main")).contains("no push to it was allowed");
        assertThat(send("POST", "/v1/git/passes", person, pass.toString()).path("id").asText())
                .isNotEmpty();
        git(work, 0, "push", "origin", "main");
        assertThat(records("push-pass").get(0).path("record").path("summary").asText())
                .contains("owner@localhost", "the build is red");
    }

    @Test
    void withoutAnAnswerNothingIsTaken() throws Exception {
        allowed("git push origin main");
        Files.move(bare.resolve("countersign-gate"), folder.resolve("token"));
        assertThat(git(work, 1, "push", "origin", "main")).contains("token of the gate");
        Files.writeString(
                bare.resolve("countersign-gate"), "header = \"Authorization: Bearer csa_x\"\n");
        assertThat(git(work, 1, "push", "origin", "main")).contains("refuses the token");
        Files.delete(bare.resolve("countersign-gate"));
        Files.move(folder.resolve("token"), bare.resolve("countersign-gate"));
        server.close();
        assertThat(git(work, 1, "push", "origin", "main")).contains("no answer from");
        assertThat(git(bare, 0, "for-each-ref")).isEmpty();
    }

    private String gatesToken() throws Exception {
        String text = Files.readString(bare.resolve("countersign-gate"));
        return text.substring(text.indexOf("Bearer ") + 7, text.lastIndexOf('"'));
    }

    @Test
    void aGatesTokenMayAskAndNothingElseAndNoOtherMayAsk() throws Exception {
        String push =
                "{\"repository\":[\"git@example.com:a/b.git\"],\"changes\":[{\"ref\":\"refs/heads/main\","
                        + "\"before\":\"%s\",\"after\":\"%s\"}]}"
                                .formatted("0".repeat(40), "1".repeat(40));
        JsonNode asked = send("POST", "/v1/git/pushes", gatesToken(), push);
        assertThat(asked.path("accepted").isBoolean()).as(asked.toString()).isTrue();
        assertThat(send("POST", "/v1/git/pushes", agent, push).path("detail").asText())
                .contains("the scope `gate`");
        ObjectNode call = JSON.createObjectNode().put("client", "t").put("tool", "Read");
        call.put("cwd", work.toString()).putObject("input").put("file_path", "x");
        assertThat(
                        send("POST", "/v1/decisions", gatesToken(), call.toString())
                                .path("detail")
                                .asText())
                .contains("the scope `decide`");
        assertThat(send("GET", "/v1/me", gatesToken(), "").toString())
                .doesNotContain("owner@localhost");
        ObjectNode personal = JSON.createObjectNode().put("kind", "personal").put("name", "g");
        personal.putArray("scopes").add("gate");
        assertThat(send("POST", "/v1/tokens", person, personal.toString()).path("detail").asText())
                .contains("`scopes` names `gate`");
    }

    @Test
    void aGateThatIsMadeAnewOrTakenAwayLeavesNoTokenBehind() throws Exception {
        String first = gatesToken();
        assertThat(cli("git-gate", "install", bare.toString(), "--data", data.toString())).isZero();
        String second = gatesToken();
        assertThat(second).isNotEqualTo(first);
        assertThat(send("POST", "/v1/git/pushes", first, "{}").path("status").asInt())
                .isEqualTo(401);
        assertThat(send("POST", "/v1/git/pushes", second, "{}").path("status").asInt())
                .isEqualTo(400);
        assertThat(cli("git-gate", "remove", bare.toString(), "--data", data.toString())).isZero();
        assertThat(said.toString()).contains("The token it had is revoked");
        assertThat(send("POST", "/v1/git/pushes", second, "{}").path("status").asInt())
                .isEqualTo(401);
    }

    @Test
    void whatWasAllowedDoesNotCountWhileItsAgentIsStopped() throws Exception {
        allowed("git push origin main");
        String stop =
                send(
                                "POST",
                                "/v1/stops",
                                person,
                                "{\"agent\":\"claude\",\"reason\":\"it runs wild\"}")
                        .path("id")
                        .asText();
        assertThat(git(work, 1, "push", "origin", "main"))
                .contains("stopped agent claude: it runs wild", "does not count");
        send("DELETE", "/v1/stops/" + stop, person, "");
        git(work, 0, "push", "origin", "main");
    }

    @Test
    void stopsOfTheProjectAndOfAllReachWhatWasAllowedBefore() throws Exception {
        allowed("git push origin main");
        String stop =
                send("POST", "/v1/stops", person, "{\"project\":\"shop\",\"reason\":\"x\"}")
                        .path("id")
                        .asText();
        assertThat(git(work, 1, "push", "origin", "main")).contains("stopped project shop");
        send("DELETE", "/v1/stops/" + stop, person, "");
        commit("two");
        ObjectNode pass = JSON.createObjectNode().put("repository", bare.toString());
        pass.put("ref", "refs/heads/main").put("reason", "the build is red");
        pass.put("commit", git(work, 0, "rev-parse", "HEAD").strip());
        send("POST", "/v1/git/passes", person, pass.toString());
        send("POST", "/v1/stops", person, "{\"all\":true,\"reason\":\"x\"}");
        assertThat(git(work, 1, "push", "origin", "main")).contains("stopped all work");
        // Who lets something through while everything stands still means it.
        send("POST", "/v1/git/passes", person, pass.toString());
        git(work, 0, "push", "origin", "main");
    }

    @Test
    void aHookThatWasThereRunsAfterAndComesBack() throws Exception {
        assertThat(cli("git-gate", "remove", bare.toString())).isZero();
        Path hook = bare.resolve("hooks/pre-receive");
        assertThat(hook).doesNotExist();
        Files.writeString(hook, "#!/bin/sh\ncat > seen\n");
        Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThat(cli("git-gate", "install", bare.toString(), "--data", data.toString())).isZero();
        git(work, 1, "push", "origin", "main");
        assertThat(bare.resolve("seen")).doesNotExist();
        allowed("git push origin main");
        git(work, 0, "push", "origin", "main");
        assertThat(Files.readString(bare.resolve("seen"))).endsWith(" refs/heads/main\n");
        assertThat(cli("git-gate", "remove", bare.toString())).isZero();
        assertThat(Files.readString(hook)).contains("cat > seen");
    }

    /** What a folder holds that no hook looks into would never run. */
    @Test
    void aFolderThatNobodyLooksIntoIsNoPlaceForIt() throws Exception {
        assertThat(cli("git-gate", "remove", bare.toString())).isZero();
        Files.createDirectories(bare.resolve("hooks/pre-receive.d"));
        assertThat(cli("git-gate", "install", bare.toString(), "--data", data.toString())).isZero();
        assertThat(git(work, 1, "push", "origin", "main")).contains("no push to it was allowed");
        assertThat(cli("git-gate", "remove", bare.toString())).isZero();

        Path hook = bare.resolve("hooks/pre-receive");
        Files.writeString(hook, "#!/bin/sh\nexit 0\n");
        Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThat(cli("git-gate", "install", bare.toString(), "--data", data.toString())).isZero();
        assertThat(git(work, 1, "push", "origin", "main")).contains("no push to it was allowed");
    }
}
