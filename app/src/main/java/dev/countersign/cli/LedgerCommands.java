package dev.countersign.cli;

import dev.countersign.audit.CosignatureStore.Cosigned;
import dev.countersign.ledger.SignedNote;
import dev.countersign.witness.AnchorFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The commands on the signature of a ledger. */
final class LedgerCommands {
    private LedgerCommands() {}

    /** Prints what was signed last, for a place where nobody changes it. */
    static final class Newest implements Command {
        private final Tools tools;

        Newest(Tools tools) {
            this.tools = tools;
        }

        @Override
        public Syntax syntax() {
            return Syntax.of(
                            "audit checkpoint",
                            "Print the newest signed checkpoint; kept elsewhere, it shows later"
                                    + " that nothing was cut off or rewritten.")
                    .flag("--key", "print the key it was signed with instead")
                    .flag("--cosigned", "the newest that a witness co-signed")
                    .option(
                            "--append",
                            "FILE",
                            "add it to a file of checkpoints instead of printing it")
                    .note(
                            "How old the last co-signature of a witness is, where there is one, is"
                                    + " said on the error stream.");
        }

        @Override
        public int run(Given given) {
            if (given.has("--key") && (given.has("--cosigned") || given.has("--append"))) {
                throw Failure.usage("`--key` prints the key, which is no checkpoint");
            }
            Where where = Where.of(given, tools.around());
            String found =
                    where.namedServer().isPresent() ? remote(given, where) : local(given, where);
            if (given.has("--append")) {
                append(given.value("--append").orElseThrow(), found);
            } else {
                tools.terminal().line(found.stripTrailing());
            }
            return 0;
        }

        private String remote(Given given, Where where) {
            ServerClient server = ServerClient.of(where);
            if (given.has("--key")) {
                return server.text("/v1/ledger/key");
            }
            WitnessHealth.of(server).ifPresent(health -> aside(health.text()));
            return server.text(
                    "/v1/ledger/checkpoint" + (given.has("--cosigned") ? "?cosigned=true" : ""));
        }

        private String local(Given given, Where where) {
            try (Product.Records records = tools.product().records(where.place())) {
                Optional<String> found;
                if (given.has("--key")) {
                    found = records.key();
                } else {
                    List<Cosigned> cosigned = records.cosigned();
                    cosigned.forEach(this::aside);
                    found =
                            given.has("--cosigned")
                                    ? cosigned.stream()
                                            .max(Comparator.comparingLong(Cosigned::records))
                                            .map(each -> each.note().toString())
                                    : records.checkpoint();
                }
                return found.orElseThrow(() ->
                        Failure.failed(
                                "nothing was "
                                        + (given.has("--cosigned") ? "co-signed" : "signed")
                                        + " yet in `"
                                        + Visible.line(where.place().toString())
                                        + "`"));
            }
        }

        private void aside(Cosigned last) {
            long age = Duration.between(last.at(), tools.around().clock().instant()).toSeconds();
            aside(
                    "`"
                            + last.name()
                            + "` co-signed "
                            + last.records()
                            + " records "
                            + WitnessHealth.ago(age));
        }

        private void aside(String text) {
            tools.terminal().err().println(Visible.line(text));
        }

        private void append(String written, String note) {
            Path file = Where.path(written, tools.around());
            try {
                AnchorFile.append(file, SignedNote.parse(note.stripTrailing() + "\n"));
            } catch (IOException e) {
                throw Failure.failed("cannot add to `" + file + "`: " + e.getMessage());
            }
            tools.terminal().line("added to " + Visible.line(file.toString()));
        }
    }

    /** Goes on from a ledger that was put back from a copy, or broken. */
    static final class Resume implements Command {
        private final Tools tools;

        Resume(Tools tools) {
            this.tools = tools;
        }

        @Override
        public Syntax syntax() {
            return Syntax.of(
                            "audit resume",
                            "Go on from a ledger that is not what was signed, under a new key.")
                    .option("--reason", "TEXT", "why; it becomes the first new record");
        }

        @Override
        public int run(Given given) {
            String reason = given.value("--reason").map(String::strip).orElse("");
            if (reason.isEmpty()) {
                throw Failure.usage("say why with `--reason`; it is recorded");
            }
            Where where = Where.of(given, tools.around());
            if (where.namedServer().isPresent()) {
                throw Failure.usage(
                        "this is done where the ledger lies, with its server stopped; name its"
                                + " folder with `--data`");
            }
            String before = tools.product().resume(where.place(), reason);
            tools.terminal().line("The ledger goes on under a new key. Before, " + before + ".");
            tools.terminal()
                    .line(
                            "Who keeps checkpoints of it needs the new key: "
                                    + Program.command("audit checkpoint --key"));
            return 0;
        }
    }

    /** Takes out what is known of a person. */
    static final class Erase implements Command {
        private final Tools tools;

        Erase(Tools tools) {
            this.tools = tools;
        }

        @Override
        public Syntax syntax() {
            return Syntax.of(
                            "audit erase",
                            "Take a person's data out of the ledger for ever; it still verifies.")
                    .option("--person", "EMAIL", "whose data")
                    .option("--reason", "TEXT", "why; it is recorded and must not name them")
                    .note(
                            "What was exported before, and copies of the data folder, are not"
                                    + " reached: see to them too. Their sign-in and tokens go"
                                    + " as well.");
        }

        @Override
        public int run(Given given) {
            String person =
                    given.value("--person")
                            .map(String::strip)
                            .filter(value -> !value.isEmpty())
                            .orElseThrow(() -> Failure.usage("say whose with `--person`"));
            String reason = given.value("--reason").map(String::strip).orElse("");
            if (reason.isEmpty() || reason.contains(person)) {
                throw Failure.usage(
                        "say why with `--reason`, without naming them; it is recorded and stays");
            }
            Where where = Where.of(given, tools.around());
            if (where.namedServer().isPresent()) {
                throw Failure.usage(
                        "this is done where the ledger lies, with its server stopped; name its"
                                + " folder with `--data`");
            }
            long records =
                    tools.product()
                            .erase(where.place(), person, reason)
                            .orElseThrow(() ->
                                    Failure.failed(
                                            "nobody is called `" + Visible.line(person) + "`"));
            tools.terminal()
                    .line(
                            "Erased. "
                                    + records
                                    + " records held something of theirs; the ledger still"
                                    + " verifies.");
            return 0;
        }
    }
}
