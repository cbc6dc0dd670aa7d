package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.policy.Effect;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CheckTest {
    @TempDir Path home;
    private Desk desk = new Desk(Path.of("/"));

    @BeforeEach
    void desk() {
        desk = new Desk(home);
    }

    @Test
    void theExitCodeIsTheEffect() {
        assertThat(Check.exitCode(Effect.ALLOW)).isZero();
        assertThat(Check.exitCode(Effect.ASK)).isEqualTo(10);
        assertThat(Check.exitCode(Effect.DENY)).isEqualTo(20);
        assertThat(Check.exitCode(Effect.DEFER)).isEqualTo(30);
    }

    @Test
    void textAndJsonAndExitCodeAgree() throws Json.Broken {
        int code = desk.run("check", "--command", "sudo rm -rf /");
        String effect = desk.out.toString().split("  ", 2)[0];
        Desk json = new Desk(home);
        assertThat(json.run("check", "--json", "--command", "sudo rm -rf /")).isEqualTo(code);
        ObjectNode decision = Json.readObject(json.out.toString());
        assertThat(effect).isEqualTo(Json.text(decision, "effect").toUpperCase(Locale.ROOT));
        assertThat(code).isNotZero();
        assertThat(decision.has("approval") || decision.has("receipt")).isFalse();
        assertThat(json.out.toString().lines()).hasSize(1);
    }

    @Test
    void colourOnlyWhereItBelongs() {
        desk.run("check", "--command", "ls");
        assertThat(desk.out.toString()).doesNotContain("\u001b");
        Desk colourful = new Desk(home);
        colourful.colour = true;
        colourful.run("check", "--command", "ls");
        assertThat(colourful.out.toString()).startsWith("\u001b[");
        Desk json = new Desk(home);
        json.colour = true;
        json.run("check", "--json", "--command", "ls");
        assertThat(json.out.toString()).doesNotContain("\u001b");
    }

    @Test
    void aWorkingTreeIsInTheProjectOfItsRepository() throws IOException {
        Path git = home.resolve("payments/.git");
        Path tree = Files.createDirectories(home.resolve("fix-42"));
        Path own = Files.createDirectories(git.resolve("worktrees/fix-42"));
        Files.writeString(git.resolve("HEAD"), "ref: refs/heads/main\n");
        Files.createDirectories(git.resolve("objects"));
        Files.createDirectories(git.resolve("refs"));
        Files.writeString(tree.resolve(".git"), "gitdir: " + own + "\n");
        Files.writeString(own.resolve("commondir"), "../..\n");
        Files.writeString(own.resolve("gitdir"), tree.resolve(".git") + "\n");
        Files.writeString(own.resolve("HEAD"), "ref: refs/heads/fix\n");
        Files.writeString(
                home.resolve("p.yaml"),
                "policy: p\napplies_to: {projects: [payments]}\nrules: [{deny: git_read}]\n");
        String[] in = {"check", "--policy", "p.yaml", "--command", "git log", "--workspace"};
        List<String> there = new ArrayList<>(List.of(in));
        there.add(tree.toString());
        assertThat(desk.run(there.toArray(String[]::new))).isEqualTo(20);
        List<String> elsewhere = new ArrayList<>(List.of(in));
        elsewhere.add(home.toString());
        assertThat(desk.run(elsewhere.toArray(String[]::new))).isZero();
    }

    @Test
    void aPolicyThatCannotBeReadIsExitCodeTwoWithItsPlace() throws IOException {
        Files.writeString(home.resolve("p.yaml"), "policy: p\nrulez: []\n");
        assertThat(desk.run("check", "--command", "ls", "--policy", "p.yaml")).isEqualTo(2);
        assertThat(desk.err.toString()).contains("p.yaml:2:1: ", "rulez");
    }

    @Test
    void aBrokenFileOfTheWorkspaceIsNotPassedOver() throws IOException {
        Files.writeString(home.resolve("countersign.yaml"), "policy: [\n");
        assertThat(desk.run("check", "--command", "ls")).isEqualTo(2);
        assertThat(desk.err.toString()).contains("countersign.yaml:");
    }

    @Test
    void batchAnswersInOrderAndGoesOnAfterABadLine() throws Json.Broken {
        String lines =
                """
                {"id":1,"command":"ls"}
                {broken
                {"id":"three","tool":"Read","input":{"file_path":"a"},"cwd":"/w"}

                {"id":{"five":5},"command":"ls","shell":"fish"}
                {"id":6,"command":"ls","tool":"Bash"}
                {"id":7}
                {"id":8,"command":7}
                {"id":9,"command":"ls","environment":{"A":1}}
                {"id":10,"command":"ls","cwd":"/a\\u0000b"}
                [1]
                {"id":12,"command":"pwd"}\
                """;
        assertThat(desk.typing(lines).run("check", "--batch")).isEqualTo(1);
        List<JsonNode> answers = new ArrayList<>();
        for (String line : desk.out.toString().lines().toList()) {
            answers.add(Json.read(line));
        }
        assertThat(answers.stream().map(a -> a.path("id").toString()))
                .containsExactly(
                        "1",
                        "null",
                        "\"three\"",
                        "{\"five\":5}",
                        "6",
                        "7",
                        "8",
                        "9",
                        "10",
                        "null",
                        "12");
        assertThat(answers.stream().map(a -> a.has("error")))
                .containsExactly(
                        false, true, false, true, true, true, true, true, true, true, false);
        assertThat(answers.stream().filter(a -> a.has("error")))
                .allMatch(a -> Json.text(a, "effect").equals("deny"));
        assertThat(Json.text(answers.get(3), "line")).isEqualTo("5");
    }

    @Test
    void aLineWithoutEndIsNotHeldInMemory() throws Json.Broken {
        String endless = "{\"id\":1,\"command\":\"" + "a".repeat(Json.LONGEST) + "\"}";
        assertThat(desk.typing(endless + "\n{\"id\":2,\"command\":\"ls\"}").run("check", "--batch"))
                .isEqualTo(1);
        List<String> answers = desk.out.toString().lines().toList();
        assertThat(answers).hasSize(2);
        assertThat(Json.text(Json.read(answers.get(0)), "error")).contains("1 MiB");
        assertThat(Json.text(Json.read(answers.get(0)), "id")).isEqualTo("1");
        assertThat(Json.text(Json.read(answers.get(1)), "id")).isEqualTo("2");
    }

    @Test
    void nestingBeyondTheBoundIsAnErrorOfItsLine() {
        String deep = "[".repeat(200) + "]".repeat(200);
        desk.typing("{\"id\":1,\"tool\":\"x\",\"input\":{\"a\":" + deep + "}}\n");
        assertThat(desk.run("check", "--batch")).isEqualTo(1);
        assertThat(desk.out.toString()).contains("\"id\":1", "\"error\":", "\"effect\":\"deny\"");
    }

    @Test
    void analyzeBatchHasNoPolicyInIt() throws Json.Broken {
        assertThat(desk.typing("{\"id\":1,\"command\":\"ls\"}").run("analyze", "--batch")).isZero();
        ObjectNode answer = Json.readObject(desk.out.toString());
        assertThat(answer.path("operations")).isNotEmpty();
        assertThat(answer.has("effect")).isFalse();
    }

    @Test
    void theTimeMakesADecisionRepeatable() throws Json.Broken {
        String[] words = {"check", "--json", "--command", "ls", "--at", "2026-01-01T00:00:00Z"};
        desk.run(words);
        Desk again = new Desk(home);
        again.run(words);
        ObjectNode first = Json.readObject(desk.out.toString());
        ObjectNode second = Json.readObject(again.out.toString());
        first.remove("id");
        second.remove("id");
        assertThat(first).isEqualTo(second);
    }
}
