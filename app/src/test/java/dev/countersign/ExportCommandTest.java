package dev.countersign;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.audit.AuditRecord;
import dev.countersign.cli.Cli;
import dev.countersign.cli.Product;
import dev.countersign.cli.Terminal;
import dev.countersign.cli.Tools;
import dev.countersign.config.Listen;
import dev.countersign.config.ServerSettings;
import dev.countersign.config.Surroundings;
import dev.countersign.store.Store;
import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
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
                                Optional.empty(),
                                Optional.of(new Listen("127.0.0.1", 0)),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(false),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
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
    void aPersonGetsWhatIsTheirsAndIsErased() throws Exception {
        server().close();
        Path file = folder.resolve("theirs.jsonl");
        String owner = "owner@localhost";
        try (Store store = Store.open(data, Clock.systemUTC())) {
            store.auditLog()
                    .append(
                            AuditRecord.change(
                                    "sign-in",
                                    Instant.now(),
                                    owner,
                                    null,
                                    owner + " signed in",
                                    JsonNodeFactory.instance.objectNode()));
        }
        assertThat(run("audit", "export", "--person", owner, "--out", file.toString()))
                .as(err.toString())
                .isZero();
        assertThat(Files.readString(file)).contains(owner, "disclosure");
        assertThat(run("audit", "erase", "--person", owner)).isEqualTo(2);
        assertThat(run("audit", "erase", "--person", owner, "--reason", "for " + owner))
                .isEqualTo(2);
        assertThat(run("audit", "erase", "--person", "x@example.com", "--reason", "asked"))
                .isEqualTo(1);
        assertThat(run("audit", "erase", "--person", owner, "--reason", "asked")).isZero();
        assertThat(run("audit", "verify")).isZero();
        assertThat(run("audit", "list")).isZero();
        assertThat(out.toString()).contains("[erased]", "was erased").doesNotContain(owner);
        assertThat(run("audit", "verify", file.toString())).isZero();
        try (Product.Server _ = server()) {
            assertThat(run("audit", "erase", "--person", owner, "--reason", "x")).isEqualTo(1);
        }
    }

    @Test
    void theWholeLedgerIsCheckedBesideTheServer() throws Exception {
        server().close();
        try (Store store = Store.open(data, Clock.systemUTC())) {
            for (int i = 0; i < 1_100; i++) {
                store.auditLog()
                        .append(
                                AuditRecord.change(
                                        "policy",
                                        Instant.now(),
                                        null,
                                        null,
                                        "change " + i,
                                        JsonNodeFactory.instance.objectNode()));
            }
        }
        try (Product.Server server = server()) {
            await(server, 200, "intact");
        }
        try (Connection connection =
                        DriverManager.getConnection(
                                "jdbc:sqlite:" + data.resolve("countersign.db"));
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("DROP TRIGGER ledger_stays");
            statement.executeUpdate("UPDATE ledger SET hash = zeroblob(32) WHERE idx = 5");
        }
        try (Product.Server server = server()) {
            await(server, 503, "broken");
            assertThat(run("audit", "list", "--kind", "alarm")).isZero();
            assertThat(out.toString()).contains("the ledger is not what was written");
        }
    }

    /** Returns when the health of a server says this. */
    private static void await(Product.Server server, int status, String ledger) throws Exception {
        Instant end = Instant.now().plusSeconds(20);
        try (HttpClient http = HttpClient.newHttpClient()) {
            while (true) {
                HttpResponse<String> answer =
                        http.send(
                                HttpRequest.newBuilder(server.url().resolve("/health/ready"))
                                        .build(),
                                BodyHandlers.ofString());
                if (answer.body().contains("\"ledger\":\"" + ledger + "\"")) {
                    assertThat(answer.statusCode()).isEqualTo(status);
                    return;
                }
                assertThat(Instant.now()).as(answer.body()).isBefore(end);
            }
        }
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
