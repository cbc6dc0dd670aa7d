package dev.countersign.cli;

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
                    .flag("--key", "print the key it was signed with instead");
        }

        @Override
        public int run(Given given) {
            Where where = Where.of(given, tools.around());
            if (where.namedServer().isPresent()) {
                String path = given.has("--key") ? "/v1/ledger/key" : "/v1/ledger/checkpoint";
                tools.terminal().line(ServerClient.of(where).text(path).stripTrailing());
                return 0;
            }
            Optional<String> found;
            try (Product.Records records = tools.product().records(where.place())) {
                found = given.has("--key") ? records.key() : records.checkpoint();
            }
            if (found.isEmpty()) {
                throw Failure.failed(
                        "nothing was signed yet in `"
                                + Visible.line(where.place().toString())
                                + "`");
            }
            tools.terminal().line(found.get().stripTrailing());
            return 0;
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
