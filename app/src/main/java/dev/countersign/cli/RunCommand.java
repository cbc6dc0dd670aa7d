package dev.countersign.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.config.Surroundings;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Asks the server whether a command may run, waits for people where it says so, and then runs that
 * very command, without a shell: for scripts and CI.
 */
final class RunCommand implements Command {
    /** The piece of work that calls belong to: what a command starts asks under the same one. */
    private static final String SESSION = "COUNTERSIGN_SESSION";

    /** What stands for what the JDK could not read of a word. */
    private static final char UNREADABLE = '\uFFFD';

    private final Tools tools;

    RunCommand(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Syntax syntax() {
        return Syntax.of("run", "Ask whether a command may run, and run it if so.")
                .option("--reason", "TEXT", "what people read beside the command")
                .option("--agent", "NAME", "who asks, unless a token says so (default: run)")
                .option(
                        "--session",
                        "NAME",
                        "the piece of work it belongs to (default: " + SESSION + ")")
                .option(
                        "--wait",
                        "TIME",
                        "how long to wait for people, such as 10m or 0s (default: as long as they"
                                + " may answer)")
                .arguments("-- COMMAND")
                .note(
                        "No shell is in between: pipes and variables are for `sh -c`. What the"
                                + " command starts may ask with a token for nothing but asking.")
                .note(
                        "Exit code: the command's own; without having run it 10 nobody has"
                                + " answered, 20 denied, 30 not now, 1 no server, 126 and 127 as"
                                + " shells have them.");
    }

    @Override
    public int run(Given given) throws InterruptedException {
        Surroundings around = tools.around();
        if (around.platform().equals("windows")) {
            throw Failure.usage("`run` needs a system that hands programs their words apart");
        }
        List<String> words = given.arguments();
        if (words.stream().anyMatch(word -> word.indexOf(UNREADABLE) >= 0)) {
            throw Failure.usage(
                    "a word of the command is no text in this locale, so that another one would"
                            + " run; set LC_ALL=C.UTF-8");
        }
        Optional<Waiting.Patience> patience = given.value("--wait").map(Waiting.Patience::of);
        FoundProgram program = FoundProgram.of(words.getFirst(), around);
        String command = ShellWords.joined(program.judged(), words.subList(1, words.size()));
        Optional<String> session = given.value("--session").or(() -> around.variable(SESSION));
        ChildEnvironment environment = ChildEnvironment.of(around.environment());
        environment.leftOut().ifPresent(tools.terminal()::note);
        ObjectNode call = call(command, session, given.value("--reason"));
        try (Signals signals = Signals.taken();
                WorkToken token =
                        WorkToken.of(
                                ServerClient.of(Where.of(given, around)),
                                given.value("--agent"),
                                tools.terminal())) {
            Waiting waiting = new Waiting(token.server(), tools.terminal(), around.clock());
            signals.until(name -> waiting.interrupted(name, token));
            String decision = Json.text(waiting.decide(call, patience), "id");
            Map<String, String> handed = new HashMap<>(environment.variables());
            handed.put("COUNTERSIGN_URL", token.server().base().toString());
            handed.put("COUNTERSIGN_TOKEN", token.secret());
            session.ifPresent(name -> handed.put(SESSION, name));
            return execute(program, words, handed, new Report(token.server(), decision), signals);
        }
    }

    private ObjectNode call(String command, Optional<String> session, Optional<String> reason) {
        ObjectNode call = Json.object();
        call.put("client", "run").put("tool", CallReader.SHELL_TOOL);
        ObjectNode input = call.putObject("input").put("command", command);
        reason.ifPresent(text -> input.put("description", text));
        call.put("cwd", tools.around().cwd().toString());
        session.ifPresent(name -> call.put("session", name));
        return call;
    }

    private int execute(
            FoundProgram program,
            List<String> words,
            Map<String, String> environment,
            Report report,
            Signals signals)
            throws InterruptedException {
        if (!program.isSame()) {
            report.of(false, 0, "the program changed after it was judged; it was not run")
                    .ifPresent(tools.terminal()::note);
            throw Failure.withCode(
                    FoundProgram.NOT_EXECUTABLE,
                    "`" + program.file() + "` changed after it was judged, so nothing ran");
        }
        ProcessBuilder builder = new ProcessBuilder(program.argv(words)).inheritIO();
        builder.directory(tools.around().cwd().toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        tools.terminal().out().flush();
        long from = System.nanoTime();
        Process child;
        try {
            child = signals.start(builder);
        } catch (IOException e) {
            report.of(false, 0, "it could not be started").ifPresent(tools.terminal()::note);
            throw Failure.withCode(
                    FoundProgram.NOT_EXECUTABLE,
                    "`" + program.file() + "` could not be started: " + e.getMessage());
        }
        int code = child.waitFor();
        long took = (System.nanoTime() - from) / 1_000_000;
        report.of(code == 0, took, "exit code " + code).ifPresent(tools.terminal()::note);
        return code;
    }

    /** Tells the server what came of it. */
    private record Report(ServerClient server, String decision) {
        /** Words for the person where the server could not be told. */
        Optional<String> of(boolean success, long tookMillis, String output) {
            ObjectNode outcome = Json.object().put("decision", decision);
            outcome.put("status", success ? "success" : "failure");
            outcome.put("duration_ms", tookMillis).put("output", output);
            try {
                server.post("/v1/outcomes", outcome);
                return Optional.empty();
            } catch (Failure e) {
                return Optional.of(
                        "countersign: what came of it could not be reported: " + e.text());
            }
        }
    }
}
