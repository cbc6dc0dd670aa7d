package dev.countersign;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.audit.AuditRecord;
import dev.countersign.cli.Cli;
import dev.countersign.cli.Product;
import dev.countersign.cli.Terminal;
import dev.countersign.cli.Tools;
import dev.countersign.config.DataPlace;
import dev.countersign.config.Listen;
import dev.countersign.config.RetentionSettings;
import dev.countersign.config.ServerSettings;
import dev.countersign.config.Surroundings;
import dev.countersign.store.Store;
import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Old records as people deal with them: by the command line, with a server and without one. */
@SuppressWarnings("NullAway.Init")
final class RetentionCommandTest {
    private static final String ANA = "ana@example.com";
    private @TempDir Path folder;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Surroundings around;
    private App app;
    private Path data;
    private String archives;

    /** Three months, each of which ends at a checkpoint: that of the end of the process. */
    @BeforeEach
    void prepare() throws Exception {
        around = new Surroundings(Map.of(), folder, folder, "linux", Clock.systemUTC());
        app = new App(around);
        data = folder.resolve("data");
        archives = Files.createDirectory(folder.resolve("archives")).toString();
        for (int month = 1; month <= 3; month++) {
            try (Store store = Store.open(data, Clock.systemUTC())) {
                for (int day = 1; day <= 5; day++) {
                    Instant at = Instant.parse("2026-0" + month + "-0" + day + "T00:00:00Z");
                    store.auditLog()
                            .append(
                                    AuditRecord.change(
                                            "policy",
                                            at,
                                            ANA,
                                            null,
                                            "change of " + at,
                                            JsonNodeFactory.instance.objectNode()));
                }
            }
        }
    }

    private Product.Server server(@Nullable RetentionSettings retention) {
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
                                Optional.ofNullable(retention),
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

    private void does(String... words) {
        assertThat(run(words)).as("%s: %s", List.of(words), err).isZero();
    }

    private List<String> files() throws Exception {
        try (Stream<Path> files = Files.list(Path.of(archives))) {
            return files.map(Path::toString).sorted().toList();
        }
    }

    @Test
    void oldRecordsLeaveAndTheRestProvesItself() throws Exception {
        does("audit", "archive", "--before", "2026-03-01", "--to", archives);
        assertThat(out.toString())
                .contains("countersign-2026-01-0-4.jsonl", "countersign-2026-02-5-9.jsonl");
        for (String file : files()) {
            does("audit", "verify", file);
            assertThat(out.toString()).contains("INTACT", "COMPLETE");
        }
        assertThat(run("audit", "prune", "--before", "2026-03-01")).isEqualTo(2);
        does("audit", "prune", "--before", "2026-03-01", "--archive", archives);
        assertThat(out.toString()).contains("10 records were taken out", "begins with record 10");
        does("audit", "verify");
        assertThat(out.toString())
                .contains("INTACT", "COMPLETE", "not read: records 0 to 9 were archived in");
        does("audit", "verify", "--archive", files().get(0), "--archive", files().get(1));
        assertThat(out.toString()).contains("INTACT", "COMPLETE").doesNotContain("not read");
        assertThat(run("audit", "show", "3")).isEqualTo(1);
        assertThat(err.toString()).contains("countersign-2026-01-0-4.jsonl");
        does("audit", "list");
        assertThat(out.toString()).contains("records 0 to 9 were archived in");
        String file = folder.resolve("hers.jsonl").toString();
        does("audit", "export", "--person", ANA, "--out", file);
        assertThat(out.toString()).contains("5 records", "records 0 to 9 were archived in");
        does("audit", "verify", file);
        try (Product.Server _ = server(null)) {
            does("audit", "list", "--kind", "prune");
            assertThat(out.toString()).contains("were taken out");
            file = folder.resolve("all.jsonl").toString();
            does("audit", "export", "--out", file);
            does("audit", "verify", file);
        }
    }

    @Test
    void aRunningServerArchivesAndOnlyPeopleTakeOut() throws Exception {
        try (Product.Server _ = server(null)) {
            does("audit", "archive", "--before", "2026-03-01T00:00:00Z", "--to", archives);
            assertThat(files()).hasSize(2);
            does("audit", "verify", files().get(1));
            does("audit", "archive", "--before", "2026-03-01", "--to", archives);
            assertThat(out.toString()).contains("Nothing more");
            assertThat(run("audit", "prune", "--before", "2026-03-01", "--archive", archives))
                    .isEqualTo(1);
            assertThat(err.toString()).contains("sign in");
        }
        does("audit", "prune", "--before", "2026-03-01", "--archive", archives);
        assertThat(out.toString()).contains("10 records were taken out");
    }

    @Test
    void whatIsHeldStays() throws Exception {
        does("audit", "archive", "--before", "2026-03-01", "--to", archives);
        String id;
        try (Product.Server _ = server(null)) {
            does("audit", "hold", "add", "--person", ANA, "--from", "2026-02-01", "--reason", "x");
            id = out.toString().replaceFirst("(?s)hold (\\S+) .*", "$1");
            assertThat(out.toString()).contains(ANA, "is in force");
            assertThat(run("audit", "hold", "end", id, "--reason", "over")).isEqualTo(1);
            does("audit", "hold", "list");
            assertThat(out.toString()).contains(id, ANA);
        }
        assertThat(run("audit", "erase", "--person", ANA, "--reason", "asked")).isEqualTo(1);
        assertThat(err.toString()).contains(id, "in force");
        does("audit", "prune", "--before", "2026-03-01", "--archive", archives);
        assertThat(out.toString()).contains("5 records were taken out", "The rest stays", id);
        does("audit", "verify");
        assertThat(run("audit", "hold", "end", id)).isEqualTo(2);
        assertThat(run("audit", "hold", "end", "HOLD-0", "--reason", "over")).isEqualTo(1);
        does("audit", "hold", "end", id, "--reason", "over");
        does("audit", "hold", "list", "--json");
        assertThat(out.toString()).isEqualToIgnoringNewLines("{\"holds\":[]}");
        does("audit", "prune", "--before", "2026-03-01", "--archive", archives);
        does("audit", "erase", "--person", ANA, "--reason", "asked");
        does("audit", "verify", "--archive", files().get(0), "--archive", files().get(1));
    }

    @Test
    void theSettingsDoItOnceADay() throws Exception {
        RetentionSettings settings =
                new RetentionSettings(Duration.ofDays(30), Path.of(archives), true);
        Instant end = Instant.now().plusSeconds(60);
        try (Product.Server _ = server(settings)) {
            long first = 0;
            while (first == 0) {
                assertThat(Instant.now()).isBefore(end);
                try (Product.Records records = app.records(new DataPlace(data, Optional.empty()))) {
                    first = records.query().pruned().first();
                }
            }
            // Whether the last month ends before the newest checkpoint, the server's start says.
            assertThat(first).isIn(10L, 15L);
            assertThat(files()).hasSizeGreaterThanOrEqualTo(2);
        }
        does("audit", "verify");
    }

    @Test
    void theNoteOfAServerThatWasKilledIsNoServer() throws Exception {
        Process dead = new ProcessBuilder("true").start();
        assertThat(dead.waitFor()).isZero();
        Path note = data.resolve("owner.json");
        Files.writeString(
                note,
                "{\"pid\":" + dead.pid() + ",\"token\":\"x\",\"url\":\"http://127.0.0.1:9\"}");
        does("audit", "archive", "--before", "2026-03-01", "--to", archives);
        // The number was given to another process since.
        Files.writeString(
                note,
                "{\"pid\":"
                        + ProcessHandle.current().pid()
                        + ",\"token\":\"x\",\"url\":\"http://127.0.0.1:9\"}");
        Files.setLastModifiedTime(note, FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
        does("audit", "hold", "list");
        Files.setLastModifiedTime(note, FileTime.from(Instant.now()));
        assertThat(run("audit", "hold", "list")).isEqualTo(1);
        assertThat(err.toString()).contains("no server answers");
    }

    @Test
    void aFolderThatIsNotThereIsToldToPeople() throws Exception {
        RetentionSettings settings =
                new RetentionSettings(Duration.ofDays(30), folder.resolve("nowhere"), true);
        Instant end = Instant.now().plusSeconds(60);
        try (Product.Server _ = server(settings)) {
            do {
                assertThat(Instant.now()).isBefore(end);
                does("audit", "list", "--kind", "alarm");
            } while (!out.toString().contains("there is no folder"));
        }
        does("audit", "verify");
    }
}
