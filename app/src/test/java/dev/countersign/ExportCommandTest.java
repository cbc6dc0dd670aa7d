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
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exports as people make and check them: by the command line, with a server and without one. */
@SuppressWarnings("NullAway.Init")
final class ExportCommandTest {
    private @TempDir Path folder;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Surroundings around;
    private App app;
    private Path data;

    @BeforeEach
    void prepare() {
        around = new Surroundings(Map.of(), folder, folder, "linux", Clock.systemUTC());
        app = new App(around);
        data = folder.resolve("data");
    }

    private Product.Server server() {
        return app.start(
                new ServerSettings.Given(
                                Optional.of(data),
                                Optional.of(new Listen("127.0.0.1", 0)),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(false),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty())
                        .complete(data));
    }

    private int run(String... words) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        Terminal terminal =
                new Terminal(
                        new BufferedReader(new StringReader("")),
                        new PrintWriter(out, true),
                        new PrintWriter(err, true),
                        100,
                        false,
                        false,
                        false);
        String[] all =
                Stream.concat(Stream.of(words), Stream.of("--data", data.toString()))
                        .toArray(String[]::new);
        return new Cli(new Tools(app, terminal, around)).run(all);
    }

    @Test
    void aRunningServerExportsAndRecordsIt() throws Exception {
        try (Product.Server _ = server()) {
            for (String format : List.of("json", "csv", "ocsf")) {
                String file = folder.resolve("all." + format).toString();
                assertThat(run("audit", "export", "--format", format, "--out", file))
                        .as(err.toString())
                        .isZero();
                assertThat(out.toString()).contains("verified");
                assertThat(run("audit", "verify", file)).isZero();
                assertThat(out.toString()).contains("INTACT", "COMPLETE", "compare it with");
            }
            assertThat(run("audit", "list", "--kind", "export", "--json")).isZero();
            JsonNode records = new ObjectMapper().readTree(out.toString()).path("records");
            assertThat(records).hasSize(6);
        }
    }

    @Test
    void withoutAServerTheFolderIsOpenedAndItIsRecordedToo() throws Exception {
        server().close();
        Path file = folder.resolve("some.jsonl");
        assertThat(run("audit", "export", "--kind", "people", "--out", file.toString()))
                .as(err.toString())
                .isZero();
        assertThat(run("audit", "checkpoint", "--key")).isZero();
        String key = out.toString().strip();
        assertThat(run("audit", "verify", file.toString(), "--key", key)).isZero();
        assertThat(run("audit", "list", "--kind", "export")).isZero();
        assertThat(out.toString()).contains("export of records with kind=people as json");
        String text = Files.readString(file);
        Files.writeString(file, text.substring(0, text.lastIndexOf("{\"manifest\"")));
        assertThat(run("audit", "verify", file.toString())).isEqualTo(1);
        assertThat(out.toString()).contains("CUT", "the manifest is missing");
    }

    @Test
    void aFileThatIsThereIsNotWrittenOver() throws Exception {
        server().close();
        Path file = Files.writeString(folder.resolve("mine"), "mine");
        assertThat(run("audit", "export", "--out", file.toString())).isEqualTo(2);
        assertThat(run("audit", "export")).isEqualTo(2);
        assertThat(run("audit", "export", "--format", "xml", "--out", "x")).isEqualTo(2);
        assertThat(run("audit", "verify", file.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("no export");
        assertThat(Files.readString(file)).isEqualTo("mine");
    }
}
