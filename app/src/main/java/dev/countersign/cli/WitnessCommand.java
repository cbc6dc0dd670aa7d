package dev.countersign.cli;

import dev.countersign.config.DataFolder;
import dev.countersign.config.Listen;
import dev.countersign.config.SettingsFile;
import dev.countersign.ledger.NoteKey;
import dev.countersign.witness.Follower;
import dev.countersign.witness.Follower.Round;
import dev.countersign.witness.Witness;
import dev.countersign.witness.WitnessException;
import dev.countersign.witness.WitnessFolder;
import dev.countersign.witness.WitnessServer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Co-signs the checkpoints of a ledger on another machine, and shouts when they do not fit. */
final class WitnessCommand implements Command {
    private static final Duration EVERY = Duration.ofSeconds(10);

    /** What is wrong is said again after this. */
    private static final Duration AGAIN = Duration.ofHours(1);

    private final Tools tools;

    WitnessCommand(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Syntax syntax() {
        return Syntax.of(
                        "witness",
                        "Follow a ledger from another machine and co-sign that it only grew.")
                .option("--log", "URL", "the server whose ledger to follow, or a log's tiles")
                .option(
                        "--key-of-log",
                        "KEY",
                        "the key of that ledger, or a file with it: `audit checkpoint --key`")
                .option(
                        "--folder",
                        "DIR",
                        "what the witness keeps (default: a folder of its own beside the data"
                                + " folder)")
                .option("--name", "NAME", "what a new key of the witness is called")
                .option("--every", "DURATION", "how often to look (default: 10s)")
                .option(
                        "--listen",
                        "HOST:PORT",
                        "let logs push their checkpoints here (C2SP tlog-witness)")
                .flag("--once", "look once; exit code 1 when the ledger does not fit")
                .flag("--key", "print the key of this witness, made on first use, and end")
                .note(
                        "A token of the server that may read goes in COUNTERSIGN_TOKEN. The owner"
                                + " shortcut is not used: a witness belongs to somebody else.");
    }

    @Override
    public int run(Given given) throws InterruptedException {
        if (given.has("--data") || given.has("--server")) {
            throw Failure.usage(
                    "a witness has a folder of its own, `--folder`, and follows the server of"
                            + " `--log`");
        }
        Path folder =
                given.value("--folder")
                        .map(text -> Where.path(text, tools.around()))
                        .orElseGet(() -> DataFolder.witness(tools.around()));
        try (WitnessFolder kept = WitnessFolder.open(folder, given.value("--name"))) {
            if (given.has("--key")) {
                tools.terminal().line(kept.key().toString());
                return 0;
            }
            return watch(given, kept);
        } catch (WitnessException e) {
            throw Failure.failed(e.text());
        }
    }

    private int watch(Given given, WitnessFolder folder)
            throws WitnessException, InterruptedException {
        NoteKey key =
                given.value("--key-of-log")
                        .map(text -> Keys.read(text, tools.around()))
                        .orElseThrow(() ->
                                Failure.usage(
                                        "name the key of the ledger with `--key-of-log`; its owner"
                                                + " prints it with `"
                                                + Program.command("audit checkpoint --key")
                                                + "`"));
        Optional<String> log = given.value("--log");
        Optional<Listen> listen = given.value("--listen").map(Listen::of);
        if (log.isEmpty() && listen.isEmpty()) {
            throw Failure.usage("name the ledger to follow with `--log`, or wait with `--listen`");
        }
        Duration every = given.value("--every").map(SettingsFile::duration).orElse(EVERY);
        if (every.isZero()) {
            throw Failure.usage("`--every` must be at least 1s");
        }
        Witness witness = new Witness(folder, key, tools.around().clock());
        Shouts shouts = new Shouts();
        try (WitnessServer server = listening(witness, listen, shouts)) {
            announce(witness, log, server);
            if (log.isEmpty()) {
                Thread.sleep(Long.MAX_VALUE);
            }
            return follow(witness, log.orElseThrow(), every, given.has("--once"), shouts);
        }
    }

    private static @Nullable WitnessServer listening(
            Witness witness, Optional<Listen> listen, Shouts shouts) throws WitnessException {
        return listen.isEmpty()
                ? null
                : WitnessServer.start(
                        witness,
                        listen.get(),
                        (text, evidence) -> shouts.say(Kind.REFUSED, refusal(text, evidence)));
    }

    private void announce(Witness witness, Optional<String> log, @Nullable WitnessServer server) {
        Terminal terminal = tools.terminal();
        terminal.line("witness  " + witness.key());
        terminal.line("log      " + Visible.line(witness.log().toString()));
        log.ifPresent(address -> terminal.line("follows  " + Visible.line(address)));
        if (server != null) {
            terminal.line("listens  on port " + server.port());
        }
        terminal.out().flush();
    }

    private int follow(Witness witness, String log, Duration every, boolean once, Shouts shouts)
            throws InterruptedException {
        Optional<String> token = tools.around().variable("COUNTERSIGN_TOKEN");
        try (Follower follower =
                new Follower(witness, ServerClient.address(log), token, tools.around().clock())) {
            while (true) {
                Round round = follower.look();
                shouts.say(round);
                if (once) {
                    return round instanceof Round.Signed ? 0 : 1;
                }
                Thread.sleep(every);
            }
        }
    }

    private static String refusal(String text, Optional<Path> evidence) {
        return "ALARM: the ledger is not co-signed: "
                + text
                + evidence.map(file -> "; both checkpoints are in `" + file + "`").orElse("");
    }

    private enum Kind {
        SIGNED,
        AWAY,
        REFUSED
    }

    /** Says what changed, and from time to time what is still wrong. */
    private final class Shouts {
        private Kind last = Kind.SIGNED;
        private String text = "";
        private Instant at = Instant.EPOCH;

        void say(Round round) {
            switch (round) {
                case Round.Signed signed ->
                        say(
                                Kind.SIGNED,
                                signed.trouble()
                                        .map(why ->
                                                "co-signed, but the server does not take it: "
                                                        + why)
                                        .orElse("")
                                        .strip());
                case Round.Away away -> say(Kind.AWAY, "not to be seen: " + away.text());
                case Round.Refused refused ->
                        say(Kind.REFUSED, refusal(refused.text(), refused.evidence()));
            }
            if (round instanceof Round.Signed signed && signed.anew()) {
                tools.terminal().line("co-signed " + signed.records() + " records");
                tools.terminal().out().flush();
            }
        }

        /** What is wrong goes to the error stream, good news to the other. */
        synchronized void say(Kind kind, String said) {
            Instant now = tools.around().clock().instant();
            boolean again = Duration.between(at, now).abs().compareTo(AGAIN) >= 0;
            if (!said.isEmpty() && (!said.equals(text) || again)) {
                tools.terminal().err().println("countersign: " + Visible.line(said));
                tools.terminal().err().flush();
                at = now;
            } else if (said.isEmpty() && last != Kind.SIGNED) {
                tools.terminal().line("the ledger fits again what was co-signed before");
                tools.terminal().out().flush();
            }
            last = kind;
            text = said;
        }
    }
}
