package dev.countersign.cli;

import dev.countersign.analysis.Guarded;
import dev.countersign.audit.AuditQuery;
import dev.countersign.audit.export.AuditExports;
import dev.countersign.audit.report.AuditReports;
import dev.countersign.config.DataPlace;
import dev.countersign.config.ServerSettings;
import dev.countersign.config.Surroundings;
import dev.countersign.ledger.NoteKey;
import java.io.BufferedReader;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A command line on a desk: what it is given and what it wrote, with nothing of the machine. */
final class Desk {
    static final Instant NOW = Instant.parse("2026-03-29T10:00:00Z");

    final StringWriter out = new StringWriter();
    final StringWriter err = new StringWriter();
    final Map<String, String> environment = new HashMap<>();
    final Path home;
    Product product = new NoProduct();
    Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
    BufferedReader in = new BufferedReader(new StringReader(""));
    int width = 100;
    boolean screen = true;
    boolean colour;
    boolean interactive;

    Desk(Path home) {
        this.home = home;
    }

    Tools tools() {
        return new Tools(
                product,
                new Terminal(
                        in,
                        new PrintWriter(out, true),
                        new PrintWriter(err, true),
                        width,
                        screen,
                        colour,
                        interactive),
                new Surroundings(environment, home, home, "linux", clock));
    }

    int run(String... arguments) {
        return new Cli(tools()).run(arguments);
    }

    Desk typing(String text) {
        in = new BufferedReader(new StringReader(text));
        return this;
    }

    /** Nothing behind the commands; nothing was ever accepted. */
    static class NoProduct implements Product {
        @Override
        public Server start(ServerSettings settings) {
            throw Failure.failed("no server here");
        }

        @Override
        public Records records(DataPlace data) {
            throw Failure.failed("no records here");
        }

        @Override
        public void export(DataPlace data, AuditExports.Wanted wanted, OutputStream out) {
            throw Failure.failed("no records here");
        }

        @Override
        public AuditReports.Made report(
                DataPlace data, AuditReports.Wanted wanted, String address) {
            throw Failure.failed("no records here");
        }

        @Override
        public Verdict verifyExport(
                Path file,
                Optional<String> key,
                Optional<Path> checkpoint,
                List<NoteKey> witnesses) {
            throw Failure.failed("no export here");
        }

        @Override
        public <T> T retain(DataPlace data, Retaining<T> doing) {
            throw Failure.failed("no records here");
        }

        @Override
        public Optional<Long> erase(DataPlace data, String person, String reason) {
            throw Failure.failed("no records here");
        }

        @Override
        public Optional<String> signInLink(DataPlace data, String email) {
            throw new AssertionError("no link is made here");
        }

        @Override
        public String resume(DataPlace data, String reason) {
            throw Failure.failed("no records here");
        }

        @Override
        public Optional<HeldBack> heldBack(DataPlace data, Guarded guarded) {
            return Optional.empty();
        }

        @Override
        public String copy(DataPlace from, DataPlace to, Consumer<String> progress) {
            throw Failure.failed("no records here");
        }

        @Override
        public boolean accepted(DataPlace data, String path, String sha256) {
            return false;
        }
    }

    /** Records that are given, and found intact or not. */
    record GivenRecords(AuditQuery query, Product.Verdict verdict) implements Product.Records {
        @Override
        public Product.Verdict verify(
                Optional<Path> checkpoints, List<NoteKey> witnesses, List<Path> archives) {
            return verdict;
        }

        @Override
        public Optional<String> checkpoint() {
            return Optional.empty();
        }

        @Override
        public Optional<String> key() {
            return Optional.empty();
        }

        @Override
        public void close() {}
    }
}
