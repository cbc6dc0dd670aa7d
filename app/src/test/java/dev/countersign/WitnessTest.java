package dev.countersign;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sun.net.httpserver.HttpServer;
import dev.countersign.audit.AuditRecord;
import dev.countersign.cli.Cli;
import dev.countersign.cli.Product;
import dev.countersign.cli.Terminal;
import dev.countersign.cli.Tools;
import dev.countersign.config.Listen;
import dev.countersign.config.ServerSettings;
import dev.countersign.config.SettingsFile;
import dev.countersign.config.Surroundings;
import dev.countersign.ledger.Checkpoint;
import dev.countersign.ledger.SignedNote;
import dev.countersign.store.Store;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server and its witness: real servers, real HTTP, and real processes where they are killed. */
@SuppressWarnings("NullAway.Init")
final class WitnessTest {
    private @TempDir Path folder;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Process> processes = new ArrayList<>();
    private App app;
    private Path data;
    private Path kept;
    private String token = "";
    private String witness;

    @BeforeEach
    void prepare() {
        app = new App(around());
        data = folder.resolve("data");
        kept = folder.resolve("witness");
        assertThat(run("witness", "--key", "--folder", kept.toString())).isZero();
        witness = out.toString().strip();
        assertThat(witness).startsWith("countersign-witness/");
    }

    @AfterEach
    void stop() {
        http.close();
        processes.forEach(Process::destroyForcibly);
    }

    private Surroundings around() {
        return new Surroundings(
                token.isEmpty() ? Map.of() : Map.of("COUNTERSIGN_TOKEN", token),
                folder,
                folder,
                "linux",
                Clock.systemUTC());
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
        return new Cli(new Tools(app, terminal, around())).run(words);
    }

    private int onData(String... words) {
        return run(
                Stream.concat(Stream.of(words), Stream.of("--data", data.toString()))
                        .toArray(String[]::new));
    }

    /** A server whose settings are these, besides what every one here has. */
    private Product.Server server(String settings) throws Exception {
        ServerSettings.Given given =
                SettingsFile.read("settings.yaml", folder, settings)
                        .over(
                                new ServerSettings.Given(
                                        Optional.of(data),
                                        Optional.empty(),
                                        Optional.of(new Listen("127.0.0.1", 0)),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty()));
        Product.Server server = app.start(given.complete(data));
        token = "";
        assertThat(
                        onData(
                                "tokens",
                                "create",
                                "--kind",
                                "personal",
                                "--name",
                                "auditor",
                                "--person",
                                "owner@localhost",
                                "--json"))
                .as(err.toString())
                .isZero();
        token = new ObjectMapper().readTree(out.toString()).path("token").asText();
        // What was recorded at the start is signed within a second.
        Instant end = Instant.now().plusSeconds(30);
        while (get(server, "/v1/ledger/checkpoint").statusCode() != 200) {
            assertThat(Instant.now()).isBefore(end);
        }
        return server;
    }

    private String known() {
        return "witnesses: [{key: \"" + witness + "\"}]\n";
    }

    private String keyOfLog() throws IOException {
        return Files.readString(data.resolve("ledger.vkey")).strip();
    }

    private int look(Product.Server server) throws IOException {
        return run(
                "witness",
                "--once",
                "--log",
                server.url().toString(),
                "--key-of-log",
                keyOfLog(),
                "--folder",
                kept.toString());
    }

    private HttpResponse<String> get(Product.Server server, String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(server.url().resolve(path))
                        .header("Authorization", "Bearer " + token)
                        .build(),
                BodyHandlers.ofString());
    }

    /** Returns the health of a server once it says this. */
    private HttpResponse<String> awaitHealth(Product.Server server, String part) throws Exception {
        Instant end = Instant.now().plusSeconds(30);
        while (true) {
            HttpResponse<String> answer = get(server, "/health/ready");
            if (answer.body().contains(part)) {
                return answer;
            }
            assertThat(Instant.now()).as(answer.body()).isBefore(end);
        }
    }

    /** Adds records while no server runs; they are signed when this returns. */
    private void add(String what, int count) throws Exception {
        try (Store store = Store.open(data, Clock.systemUTC())) {
            for (int i = 0; i < count; i++) {
                store.auditLog()
                        .append(
                                AuditRecord.change(
                                        "policy",
                                        Instant.now(),
                                        null,
                                        null,
                                        what + " " + i,
                                        JsonNodeFactory.instance.objectNode()));
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(to)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(
                        file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private Path newestKept() throws IOException {
        try (Stream<Path> files = Files.walk(kept)) {
            return files.filter(file -> file.endsWith("checkpoint")).findAny().orElseThrow();
        }
    }

    private List<Path> evidence() throws IOException {
        try (Stream<Path> files = Files.walk(kept)) {
            return files.filter(file -> String.valueOf(file.getFileName()).startsWith("evidence-"))
                    .toList();
        }
    }

    @Test
    void whatOnlyGrewIsCoSignedAndVouchedFor() throws Exception {
        try (Product.Server server = server(known())) {
            assertThat(get(server, "/health/ready").body()).contains("\"witness\":\"waiting\"");
            assertThat(get(server, "/v1/ledger/checkpoint?cosigned=true").statusCode())
                    .isEqualTo(404);
            assertThat(look(server)).as(err.toString()).isZero();
            assertThat(out.toString()).contains("co-signed ");
            assertThat(err.toString()).isEmpty();
            HttpResponse<String> health = get(server, "/health/ready");
            assertThat(health.statusCode()).isEqualTo(200);
            assertThat(health.body()).contains("\"witness\":\"fresh\"", "\"witness_seconds\":");
            SignedNote note =
                    SignedNote.parse(get(server, "/v1/ledger/checkpoint?cosigned=true").body());
            assertThat(note.lines()).hasSize(2);
            assertThat(SignedNote.parse(Files.readString(newestKept()))).isEqualTo(note);
            assertThat(onData("audit", "checkpoint", "--cosigned")).isZero();
            assertThat(SignedNote.parse(out.toString())).isEqualTo(note);
            assertThat(err.toString()).contains("` co-signed ", " s ago");
            assertThat(run("audit", "checkpoint", "--server", server.url().toString()))
                    .as(err.toString())
                    .isZero();
            assertThat(err.toString()).contains("every witness co-signs");
            // What happens meanwhile is proved to follow.
            token = "";
            assertThat(onData("people", "add", "ana@example.com", "--role", "member"))
                    .as(err.toString())
                    .isZero();
            token = note(server);
            assertThat(look(server)).as(err.toString()).isZero();
        }
        assertThat(onData("audit", "verify", "--witness", witness)).isZero();
        assertThat(out.toString())
                .contains("COMPLETE", "` vouches for the first ", ", co-signed at ");
        Path key = Files.writeString(folder.resolve("w.vkey"), witness + "\n");
        assertThat(onData("audit", "verify", "--witness", key.toString())).isZero();
        assertThat(onData("audit", "verify", "--witness", keyOfLog())).isEqualTo(2);
        String stranger = "other+00000000+" + witness.substring(witness.lastIndexOf('+') + 1);
        assertThat(onData("audit", "verify", "--witness", stranger)).isEqualTo(2);
    }

    /** The token of the auditor, once more; it is the same server. */
    private String note(Product.Server server) throws Exception {
        assertThat(server.url()).isNotNull();
        assertThat(
                        onData(
                                "tokens",
                                "create",
                                "--kind",
                                "personal",
                                "--name",
                                "again",
                                "--person",
                                "owner@localhost",
                                "--json"))
                .isZero();
        return new ObjectMapper().readTree(out.toString()).path("token").asText();
    }

    @Test
    void aWitnessNobodyNamedIsNotTakenAndWithoutATokenNothingIsSeen() throws Exception {
        try (Product.Server server = server("")) {
            assertThat(get(server, "/health/ready").body()).doesNotContain("witness");
            assertThat(look(server)).isZero();
            assertThat(err.toString())
                    .contains("the server does not take it", "403", "`witnesses`");
            token = "";
            assertThat(look(server)).isEqualTo(1);
            assertThat(err.toString()).contains("401", "COUNTERSIGN_TOKEN");
        }
        assertThat(onData("audit", "verify", "--witness", witness)).isEqualTo(1);
        assertThat(out.toString()).contains("INTACT", "CUT", "no checkpoint is co-signed by");
        // With what the witness itself keeps, it is vouched for.
        assertThat(
                        onData(
                                "audit",
                                "verify",
                                "--witness",
                                witness,
                                "--checkpoint",
                                newestKept().toString()))
                .isZero();
    }

    @Test
    void aFolderPutBackIsNotCoSignedAndPeopleHearOfIt() throws Exception {
        server(known()).close();
        Path backup = folder.resolve("backup");
        copy(data, backup);
        add("what was lost", 20);
        try (Product.Server server = server(known())) {
            assertThat(look(server)).as(err.toString()).isZero();
        }
        String seen = Files.readString(newestKept());
        copy(backup, data);
        try (Product.Server server = server(known())) {
            assertThat(look(server)).isEqualTo(1);
            assertThat(err.toString())
                    .contains("ALARM: the ledger is not co-signed", "it was rolled back");
            assertThat(Files.readString(newestKept())).isEqualTo(seen);
            HttpResponse<String> health = awaitHealth(server, "\"witness\":\"refuses\"");
            assertThat(health.statusCode()).isEqualTo(503);
            token = "";
            assertThat(onData("audit", "list", "--kind", "alarm")).isZero();
            assertThat(out.toString()).contains("holds another ledger");
            // Again, and again: it is still the same, and one alarm.
            token = note(server);
            assertThat(look(server)).isEqualTo(1);
            assertThat(look(server)).isEqualTo(1);
            token = "";
            assertThat(onData("audit", "list", "--kind", "alarm", "--json")).isZero();
            assertThat(new ObjectMapper().readTree(out.toString()).path("records")).hasSize(1);
        }
        // It grows beyond what was seen, and is a fork now.
        add("written instead", 40);
        try (Product.Server server = server(known())) {
            assertThat(look(server)).isEqualTo(1);
            assertThat(err.toString()).contains("are not those that were co-signed");
            assertThat(awaitHealth(server, "\"witness\":\"refuses\"").statusCode()).isEqualTo(503);
        }
        assertThat(Files.readString(newestKept())).isEqualTo(seen);
        assertThat(evidence()).hasSize(2);
        for (Path file : evidence()) {
            assertThat(SignedNote.parseAll(Files.readString(file))).hasSize(2);
        }
        assertThat(
                        onData(
                                "audit",
                                "verify",
                                "--witness",
                                witness,
                                "--checkpoint",
                                newestKept().toString()))
                .isEqualTo(1);
        assertThat(out.toString()).contains("BROKEN", "are not those that were signed");
    }

    @Test
    void ofTwoForksOnlyTheFirstIsCoSigned() throws Exception {
        server(known()).close();
        Path mine = data;
        Path other = folder.resolve("other");
        copy(data, other);
        add("told to one", 10);
        data = other;
        add("told to another", 10);
        data = mine;
        try (Product.Server server = server(known())) {
            assertThat(look(server)).as(err.toString()).isZero();
        }
        data = other;
        try (Product.Server server = server(known())) {
            token = "";
            assertThat(onData("people", "add", "ana@example.com", "--role", "member")).isZero();
            token = note(server);
            assertThat(look(server)).isEqualTo(1);
            assertThat(err.toString()).contains("ALARM");
        }
        data = mine;
        try (Product.Server server = server(known())) {
            assertThat(look(server)).as(err.toString()).isZero();
        }
    }

    @Test
    void aServerPushesToAWitnessThatListens() throws Exception {
        server("").close();
        Process process =
                start(
                        "--listen",
                        "127.0.0.1:0",
                        "--key-of-log",
                        keyOfLog(),
                        "--folder",
                        kept.toString());
        String port = lineOf(process, "listens  on port ").strip();
        String settings =
                "witnesses: [{key: \"%s\", url: \"http://127.0.0.1:%s/\"}]\n"
                        .formatted(witness, port);
        Path backup = folder.resolve("backup");
        copy(data, backup);
        add("seen", 20);
        try (Product.Server server = server(settings)) {
            assertThat(awaitHealth(server, "\"witness\":\"fresh\"").statusCode()).isEqualTo(200);
        }
        // The witness says how much it saw, and shows what the server signed before.
        copy(backup, data);
        try (Product.Server server = server(settings)) {
            assertThat(awaitHealth(server, "\"witness\":\"refuses\"").statusCode()).isEqualTo(503);
        }
    }

    @Test
    void aWitnessThatIsKilledGoesOnFromWhatItSigned() throws Exception {
        server(known()).close();
        add("first", 300);
        String log = keyOfLog();
        try (Product.Server server = server(known())) {
            String[] words = {
                "--log",
                server.url().toString(),
                "--key-of-log",
                log,
                "--every",
                "1s",
                "--folder",
                kept.toString()
            };
            long before = 0;
            for (int i = 0; i < 4; i++) {
                Process process = start(words);
                long records = Long.parseLong(lineOf(process, "co-signed ").split(" ", 2)[0]);
                assertThat(records).isGreaterThan(before);
                assertThat(
                                Checkpoint.parse(
                                                SignedNote.parse(Files.readString(newestKept()))
                                                        .text())
                                        .size())
                        .isGreaterThanOrEqualTo(records);
                // Two witnesses of one memory could sign two forks.
                Process second = start(words);
                assertThat(second.waitFor(60, TimeUnit.SECONDS)).isTrue();
                assertThat(second.exitValue()).isEqualTo(1);
                assertThat(
                                new String(
                                        second.getErrorStream().readAllBytes(),
                                        StandardCharsets.UTF_8))
                        .contains("another witness uses");
                process.destroyForcibly().waitFor();
                before = records;
                String keep = token;
                token = "";
                assertThat(onData("people", "add", "p" + i + "@example.com", "--role", "member"))
                        .isZero();
                token = keep;
            }
            assertThat(awaitHealth(server, "\"witness\":\"fresh\"").statusCode()).isEqualTo(200);
        }
        assertThat(onData("audit", "verify", "--witness", witness)).isZero();
    }

    private Process start(String... words) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Main.class.getName(),
                                "witness"));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("COUNTERSIGN_TOKEN", token);
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    /** What follows these words in the first line that begins with them. */
    private static String lineOf(Process process, String words) throws IOException {
        BufferedReader lines = process.inputReader();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(words)) {
                return line.substring(words.length());
            }
        }
        throw new AssertionError(
                new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
    }

    @Test
    void aWitnessThatIsSilentIsAnAlarm() throws Exception {
        try (Product.Server server = server(known() + "witness_silent_after: 8s\n")) {
            HttpResponse<String> health = awaitHealth(server, "\"witness\":\"silent\"");
            assertThat(health.statusCode()).isEqualTo(200);
            Instant end = Instant.now().plusSeconds(30);
            token = "";
            do {
                assertThat(Instant.now()).isBefore(end);
                assertThat(onData("audit", "list", "--kind", "alarm")).isZero();
            } while (!out.toString().contains("is silent: it never co-signed"));
            // Once it signs, it is well again.
            token = note(server);
            assertThat(look(server)).as(err.toString()).isZero();
            assertThat(get(server, "/health/ready").body()).contains("\"witness\":\"fresh\"");
        }
    }

    @Test
    void anchorsHoldCheckpointsThatTheLedgerMustStillContain() throws Exception {
        BlockingQueue<String> posted = new LinkedBlockingQueue<>();
        HttpServer hook =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        List<Integer> statuses = new ArrayList<>(List.of(500, 302));
        hook.createContext(
                "/",
                exchange -> {
                    String body =
                            new String(
                                    exchange.getRequestBody().readAllBytes(),
                                    StandardCharsets.UTF_8);
                    posted.add(exchange.getRequestURI().getPath() + "\n" + body);
                    int status = statuses.isEmpty() ? 200 : statuses.removeFirst();
                    exchange.getResponseHeaders().add("Location", "/elsewhere");
                    exchange.sendResponseHeaders(status, -1);
                    exchange.close();
                });
        hook.start();
        URI url = URI.create("http://127.0.0.1:" + hook.getAddress().getPort() + "/hook");
        Path file = folder.resolve("anchor.txt");
        try (Product.Server server =
                server("anchor: {file: anchor.txt, webhook: \"%s\", every: 1s}\n".formatted(url))) {
            assertThat(server.url()).isNotNull();
            for (int i = 0; i < 3; i++) {
                String post = posted.poll(30, TimeUnit.SECONDS);
                assertThat(post).isNotNull().startsWith("/hook\n");
                assertThat(SignedNote.parse(post.substring("/hook\n".length())).lines())
                        .isNotEmpty();
            }
            Instant end = Instant.now().plusSeconds(30);
            while (!Files.exists(file) || SignedNote.parseAll(Files.readString(file)).size() < 2) {
                assertThat(Instant.now()).isBefore(end);
                Thread.onSpinWait();
            }
        } finally {
            hook.stop(0);
        }
        Path backup = folder.resolve("backup");
        copy(data, backup);
        add("later", 3);
        token = "";
        assertThat(onData("audit", "checkpoint", "--append", file.toString())).isZero();
        assertThat(onData("audit", "verify", "--checkpoint", file.toString())).isZero();
        copy(backup, data);
        assertThat(onData("audit", "verify", "--checkpoint", file.toString())).isEqualTo(1);
        assertThat(out.toString()).contains("CUT");
    }
}
