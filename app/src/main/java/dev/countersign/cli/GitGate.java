package dev.countersign.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.call.GitAddress;
import dev.countersign.config.PrivateFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** The commands on the gate in front of a repository. */
final class GitGate {
    private static final String MADE = "countersign git-gate install";
    private static final String HOOK = "pre-receive";
    private static final String FOLDER = HOOK + ".d";
    private static final String OURS = "countersign";
    private static final String BEFORE = "countersign.before/pre-receive";
    private static final String TOKEN = "countersign-gate";

    private GitGate() {}

    /** The folder of a repository as its host has it. */
    private static Path repository(Given given, Tools tools) {
        Path folder =
                given.optionalArgument(0)
                        .map(text -> Where.path(text, tools.around()))
                        .orElse(tools.around().cwd());
        for (Path each : List.of(folder, folder.resolve(".git"))) {
            if (Files.isRegularFile(each.resolve("HEAD"))
                    && Files.isDirectory(each.resolve("objects"))) {
                return each;
            }
        }
        throw Failure.usage("`" + folder + "` is no git repository");
    }

    /**
     * Where the hook belongs. Hosts that have a folder of hooks run what is in it.
     *
     * @throws Failure where git runs the hooks of another folder
     */
    private static Path hook(Path repository) throws IOException {
        Path hooks = Files.createDirectories(repository.resolve("hooks")).toRealPath();
        Path run = repository.resolve(asked(repository, "rev-parse", "--git-path", "hooks"));
        if (!Files.isDirectory(run) || !run.toRealPath().equals(hooks)) {
            throw Failure.failed(
                    "git runs the hooks in `"
                            + run
                            + "` here (`core.hooksPath`), so none in `"
                            + hooks
                            + "` would run; take the setting away first");
        }
        Path hook = hooks.resolve(HOOK);
        Path folder = hooks.resolve(FOLDER);
        // A folder that no hook of the host looks into would never run.
        boolean looked =
                Files.isDirectory(folder)
                        && Files.isExecutable(hook)
                        && Files.readString(hook).contains(".d/");
        return looked ? folder.resolve(OURS) : hook;
    }

    /** Where ours stands, whatever was laid beside it since. */
    private static Optional<Path> installed(Path repository) throws IOException {
        Path hooks = repository.resolve("hooks");
        for (Path each : List.of(hooks.resolve(FOLDER).resolve(OURS), hooks.resolve(HOOK))) {
            if (isOurs(each)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    /** What git says of a repository, on one line. */
    private static String asked(Path repository, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of("git", "--git-dir=" + repository));
        command.addAll(List.of(words));
        Process git =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (said.isBlank()) {
            throw Failure.failed("git says nothing of `" + repository + "`");
        }
        return said.strip();
    }

    private static boolean isOurs(Path hook) throws IOException {
        return Files.isRegularFile(hook) && Files.readString(hook).contains(MADE);
    }

    /** Puts the hook into a repository. */
    static final class Install implements Command {
        private final Tools tools;

        Install(Tools tools) {
            this.tools = tools;
        }

        @Override
        public Syntax syntax() {
            return Syntax.of("git-gate install", "Take only pushes that the ledger allows.")
                    .optionalArgument("REPOSITORY")
                    .options("--address", "URL", "an address people push to it by")
                    .note(
                            "Writes the hook `pre-receive` of a repository on the machine that"
                                    + " serves it, as the user who runs its hooks. It takes `sh` and"
                                    + " `curl`. Its own path is an address of it too.");
        }

        @Override
        public int run(Given given) {
            Path repository = repository(given, tools);
            ServerClient server = ServerClient.of(Where.of(given, tools.around()));
            ArrayNode addresses = Json.object().putArray("all");
            TreeSet<String> all = new TreeSet<>();
            GitAddress.normal(repository.toString()).ifPresent(all::add);
            try {
                GitAddress.normal(repository.toRealPath().toString()).ifPresent(all::add);
                for (String written : given.values("--address")) {
                    all.add(address(written));
                }
                all.forEach(addresses::add);
                install(repository, server, Json.write(addresses));
            } catch (IOException e) {
                throw Failure.failed("`" + repository + "` cannot be changed: " + Reading.why(e));
            }
            tools.terminal().line("The gate stands in front of " + repository);
            all.forEach(each -> tools.terminal().line("  known as " + each));
            tools.terminal().line("It asks " + server.base());
            return 0;
        }

        private void install(Path repository, ServerClient server, String addresses)
                throws IOException {
            Path hook = hook(repository);
            Path hooks = hook.resolveSibling(".").normalize();
            Path before = hooks.resolve(BEFORE);
            if (Files.exists(hook) && !isOurs(hook)) {
                if (Files.exists(before)) {
                    throw Failure.failed(
                            "there are `" + hook + "` and `" + before + "`; one has to go");
                }
                Files.createDirectories(before.resolveSibling(".").normalize());
                Files.move(hook, before);
            }
            Path config = repository.resolve(TOKEN);
            Optional<GateToken> last = GateToken.in(config);
            ObjectNode wanted = Json.object().put("kind", "agent").put("agent", "git-gate");
            wanted.put("name", "git-gate " + repository.getFileName());
            wanted.putArray("scopes").add("gate");
            ObjectNode made = server.post("/v1/tokens", wanted);
            String base = server.base().toString();
            PrivateFile.write(
                    config,
                    new GateToken(base, Json.text(made, "id")).file(Json.text(made, "token")));
            String text =
                    text().replace("@SERVER@", quoted(base.substring(0, base.length() - 1)))
                            .replace("@CONFIG@", quoted(config.toRealPath().toString()))
                            .replace("@REPOSITORY@", quoted(addresses));
            Path fresh = repository.resolve(TOKEN + ".new");
            Files.writeString(fresh, text);
            Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.move(fresh, hook, StandardCopyOption.REPLACE_EXISTING);
            last.ifPresent(token -> token.revoke(Optional.of(server), tools.terminal()));
        }

        private static String quoted(String text) {
            return "'" + text.replace("'", "'\\''") + "'";
        }

        private static String text() throws IOException {
            try (InputStream in = GitGate.class.getResourceAsStream("pre-receive.sh")) {
                if (in == null) {
                    throw new IllegalStateException("pre-receive.sh is missing (this is a bug)");
                }
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
        }
    }

    private static String address(String written) {
        return GitAddress.normal(written)
                .orElseThrow(() ->
                        Failure.usage(
                                "`"
                                        + Visible.line(written)
                                        + "` is no address of a repository; expected such as"
                                        + " `git@example.com:org/shop.git`"));
    }

    /** Takes the hook out again. */
    static final class Remove implements Command {
        private final Tools tools;

        Remove(Tools tools) {
            this.tools = tools;
        }

        @Override
        public Syntax syntax() {
            return Syntax.of("git-gate remove", "Take the gate of a repository away.")
                    .optionalArgument("REPOSITORY")
                    .note(
                            "Revokes the token of the gate, too, where the server can be reached"
                                    + " and the sign-in may do that.");
        }

        @Override
        public int run(Given given) {
            Path repository = repository(given, tools);
            Optional<GateToken> last;
            try {
                last = GateToken.in(repository.resolve(TOKEN));
                Path hook =
                        installed(repository)
                                .orElseThrow(() ->
                                        Failure.failed(
                                                "there is no gate of ours in `"
                                                        + repository
                                                        + "`"));
                Path before = hook.resolveSibling(BEFORE);
                Files.delete(hook);
                if (Files.exists(before)) {
                    Files.move(before, hook);
                }
                Files.deleteIfExists(repository.resolve(TOKEN));
            } catch (IOException e) {
                throw Failure.failed("`" + repository + "` cannot be changed: " + Reading.why(e));
            }
            tools.terminal().line("Nothing stands in front of " + repository + " any more.");
            last.ifPresent(token -> token.revoke(server(given, tools), tools.terminal()));
            return 0;
        }
    }

    /**
     * The token of a gate, as the file with its secret names it.
     *
     * @param server where it was made, ending in a slash
     * @param id its public id
     */
    private record GateToken(String server, String id) {
        private static final String MARK = "# Of the gate of Countersign: ";

        /** The one in a file; empty where none is, or one that was made before files named it. */
        static Optional<GateToken> in(Path file) throws IOException {
            if (!Files.isRegularFile(file)) {
                return Optional.empty();
            }
            return Files.readString(file)
                    .lines()
                    .filter(line -> line.startsWith(MARK))
                    .map(line -> line.substring(MARK.length()).split(" "))
                    .filter(words -> words.length == 2)
                    .map(words -> new GateToken(words[0], words[1]))
                    .findFirst()
                    .or(() -> Optional.of(new GateToken("", "")));
        }

        /** What curl reads. */
        String file(String secret) {
            return MARK
                    + server
                    + " "
                    + id
                    + "\nheader = \"Authorization: Bearer "
                    + secret
                    + "\"\n";
        }

        /** Whoever has copied it has nothing any more; where that fails a person is told. */
        void revoke(Optional<ServerClient> asked, Terminal terminal) {
            Optional<ServerClient> own =
                    asked.filter(client -> client.base().toString().equals(server));
            String why = "it was made elsewhere, or before gates knew their tokens";
            if (own.isPresent()) {
                try {
                    own.get().delete("/v1/tokens/" + ServerClient.part(id));
                    terminal.line("The token it had is revoked.");
                    return;
                } catch (Failure e) {
                    why = e.text();
                }
            }
            terminal.note(
                    "the token it had is good until it is revoked, see `tokens list`: " + why);
        }
    }

    /** The server, where somebody may ask it. */
    private static Optional<ServerClient> server(Given given, Tools tools) {
        try {
            return Optional.of(ServerClient.of(Where.of(given, tools.around())));
        } catch (Failure e) {
            return Optional.empty();
        }
    }

    /** Lets one change through. */
    static final class Pass implements Command {
        private final Tools tools;

        Pass(Tools tools) {
            this.tools = tools;
        }

        @Override
        public Syntax syntax() {
            return Syntax.of("git-gate pass", "Let one push through the gate; it is recorded.")
                    .option("--address", "URL", "the repository")
                    .option("--ref", "REF", "the branch or whole reference")
                    .option("--commit", "ID", "what it is to name; zeros to delete it")
                    .option("--reason", "TEXT", "why")
                    .note("For a person who signed in and may change policies.");
        }

        @Override
        public int run(Given given) {
            String ref = needed(given, "--ref");
            ObjectNode body = Json.object().put("repository", address(needed(given, "--address")));
            body.put("ref", ref.startsWith("refs/") ? ref : "refs/heads/" + ref);
            body.put("commit", needed(given, "--commit")).put("reason", needed(given, "--reason"));
            ObjectNode made =
                    ServerClient.of(Where.of(given, tools.around())).post("/v1/git/passes", body);
            tools.terminal()
                    .line(
                            "Let through for the next hour, and recorded as "
                                    + Visible.line(Json.text(made, "id")));
            return 0;
        }

        private static String needed(Given given, String option) {
            return Optional.of(given.value(option).orElse(""))
                    .filter(value -> !value.isBlank())
                    .orElseThrow(() -> Failure.usage("`" + option + "` is missing"));
        }
    }
}
