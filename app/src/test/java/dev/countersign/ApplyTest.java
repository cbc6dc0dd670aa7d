package dev.countersign;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.countersign.cli.Cli;
import dev.countersign.cli.Product;
import dev.countersign.cli.Terminal;
import dev.countersign.cli.Tools;
import dev.countersign.config.Listen;
import dev.countersign.config.ServerSettings;
import dev.countersign.config.Surroundings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An organisation from one file, by the command line on a real server. */
@SuppressWarnings("NullAway.Init")
final class ApplyTest {
    private static final Path PAGE = Path.of("..", "docs", "organisation.md");
    private static final ObjectMapper JSON = new ObjectMapper();

    private @TempDir Path folder;
    private App app;
    private Surroundings around;
    private Product.Server server;
    private String out = "";
    private String err = "";

    @BeforeEach
    void start() throws IOException {
        Path home = Files.createDirectories(folder.resolve("home"));
        around =
                new Surroundings(
                        Map.of("SHELL", "/bin/bash"), home, folder, "linux", Clock.systemUTC());
        app = new App(around);
        Path data = folder.resolve("data");
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
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** A command line of the owner of the data folder. */
    private int run(String... arguments) {
        StringWriter said = new StringWriter();
        StringWriter failed = new StringWriter();
        Terminal terminal =
                new Terminal(
                        new BufferedReader(new StringReader("")),
                        new PrintWriter(said, true),
                        new PrintWriter(failed, true),
                        100,
                        false,
                        false,
                        false);
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--data");
        all.add(folder.resolve("data").toString());
        int status = new Cli(new Tools(app, terminal, around)).run(all.toArray(String[]::new));
        out = said.toString();
        err = failed.toString();
        return status;
    }

    private void file(String name, String... lines) throws IOException {
        Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n");
    }

    /** The files of the page, which name themselves in their first line. */
    private void filesOfThePage() throws IOException {
        String page = Files.readString(PAGE);
        int at = 0;
        while ((at = page.indexOf("```yaml\n# ", at)) >= 0) {
            int from = at + "```yaml\n".length();
            int to = page.indexOf("```", from);
            String text = page.substring(from, to);
            Files.writeString(folder.resolve(text.substring(2, text.indexOf('\n')).strip()), text);
            at = to;
        }
    }

    private JsonNode listed(String kind) throws IOException {
        assertThat(run(kind, "list", "--json")).as(err).isZero();
        return JSON.readTree(out).path(kind);
    }

    @Test
    void theExampleOfThePageIsMadeOnce() throws IOException {
        filesOfThePage();
        assertThat(run("apply", "org.yaml", "--dry-run")).as(err).isZero();
        assertThat(out)
                .contains("added  role release-manager")
                .contains("added  person bo@example.com")
                .contains("added  policy team/payments/payments")
                .contains("8 changes, none made.");
        assertThat(listed("teams")).isEmpty();

        assertThat(run("apply", "org.yaml")).as(err).isZero();
        assertThat(out).contains("8 changes made.");
        assertThat(listed("teams")).hasSize(1);
        assertThat(run("agents", "show", "migrations")).as(err).isZero();
        assertThat(out).contains("owner team: payments").contains("project: shop");

        assertThat(run("apply", "org.yaml")).as(err).isZero();
        assertThat(out).contains("Everything is as the file says.");
    }

    @Test
    void whatIsPrintedIsWhatIsTaken() throws IOException {
        filesOfThePage();
        assertThat(run("apply", "org.yaml")).as(err).isZero();
        assertThat(run("export-org")).as(err).isZero();
        Files.writeString(folder.resolve("again.yaml"), out);
        assertThat(run("apply", "again.yaml", "--prune")).as(err).isZero();
        assertThat(out).contains("Everything is as the file says.");
    }

    @Test
    void whatIsWrongIsNamedAndNothingIsMade() throws IOException {
        file(
                "org.yaml",
                "teams:",
                "  payments:",
                "people:",
                "  bo@example.com:",
                "    teams: [payments]",
                "    roles: [member, chief]");
        assertThat(run("apply", "org.yaml")).isEqualTo(2);
        assertThat(err).contains("org.yaml:6:5: `roles` names `chief`; expected viewer, member,");
        assertThat(listed("teams")).isEmpty();

        file("org.yaml", "teams:", "  payments: {colour: red}");
        assertThat(run("apply", "org.yaml")).isEqualTo(2);
        assertThat(err).contains("org.yaml:2:14: `colour` is not known here; expected description");

        file("org.yaml", "agents:", "  robot:", "    project: nowhere");
        assertThat(run("apply", "org.yaml")).isEqualTo(2);
        assertThat(err).contains("org.yaml:2:3: there is no project `nowhere`");

        file("org.yaml", "teams:", "  a:", "  a:");
        assertThat(run("apply", "org.yaml")).isEqualTo(2);
        assertThat(err).contains("org.yaml:3:3: `a` stands here twice");

        file("org.yaml", "- a");
        assertThat(run("apply", "org.yaml")).isEqualTo(2);
        assertThat(err).contains("org.yaml:1:1: expected sections");

        file("broken.yaml", "policy: p", "rules:", "  - deni: x");
        file(
                "org.yaml",
                "teams:",
                "  a:",
                "policies:",
                "  - {level: team, of: a, file: broken.yaml}");
        assertThat(run("apply", "org.yaml")).isEqualTo(2);
        assertThat(err).contains("org.yaml:4:5:").contains("broken.yaml:3:5");
        assertThat(listed("teams")).isEmpty();
    }

    @Test
    void pruningTakesOutWhatIsNotNamed() throws IOException {
        file("org.yaml", "teams: {a: , b: }", "agents: {one: {teams: [a]}, two: }");
        assertThat(run("apply", "org.yaml")).as(err).isZero();
        file("org.yaml", "teams: {b: }");
        assertThat(run("apply", "org.yaml", "--prune")).isEqualTo(1);
        assertThat(err).contains("the team `a` is in use by one");
        file("org.yaml", "teams: {b: }", "agents: {two: }");
        assertThat(run("apply", "org.yaml", "--prune")).as(err).isZero();
        assertThat(out).contains("removed  agent one").contains("removed  team a");
        assertThat(listed("teams")).hasSize(1);
        assertThat(listed("agents")).hasSize(1);
        assertThat(run("apply", "org.yaml", "--prune")).as(err).isZero();
        assertThat(out).contains("Everything is as the file says.");
    }
}
