package dev.countersign.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * The real Claude Code, driven by a scripted model ({@code tools/clients/fake-model.mjs}). Is there
 * once {@code tools/clients/real-client-test --install} ran.
 */
public final class ClaudeCode implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path TOOLS =
            Path.of("..", "tools", "clients").toAbsolutePath().normalize();
    private static final Duration LONGEST = Duration.ofMinutes(3);

    private final Path home;
    private final Path run;
    private final Path program;
    private final List<Process> started = new ArrayList<>();

    /**
     * Puts the client into a home folder.
     *
     * @param run where its run is noted
     */
    public ClaudeCode(Path home, Path run) throws IOException {
        this.home = home;
        this.run = Files.createDirectories(run);
        program = Files.createDirectories(home.resolve("bin")).resolve("claude");
        Files.createSymbolicLink(program, installed());
    }

    private static Path installed() throws IOException {
        String named = System.getenv().getOrDefault("COUNTERSIGN_CLIENTS", "");
        Path store =
                named.isEmpty()
                        ? Path.of("..", ".countersign", "clients").toAbsolutePath().normalize()
                        : Path.of(named);
        try (Stream<Path> found = Files.find(store, 5, (path, _) -> path.endsWith("claude"))) {
            return found.filter(each -> each.toString().contains("claude-code-"))
                    .filter(Files::isRegularFile)
                    .filter(Files::isExecutable)
                    .findFirst()
                    .orElseThrow(() ->
                            new IOException("no Claude Code in it; real-client-test --install"));
        }
    }

    /** What it and whatever it starts has in its environment. */
    public Map<String, String> environment() {
        return Map.of(
                "PATH",
                home.resolve("bin") + ":" + System.getenv("PATH"),
                "HOME",
                home.toString(),
                "LANG",
                "C.UTF-8");
    }

    /**
     * Starts a session in which the model calls Bash with one command after the other, and the
     * client asks nobody itself.
     */
    public void start(Path project, List<String> commands) throws Exception {
        ObjectNode script = JSON.createObjectNode();
        for (String command : commands) {
            ObjectNode call = script.withArray("/main").addArray().addObject().put("name", "Bash");
            call.putObject("input").put("command", command).put("description", "as asked for");
        }
        script.withArray("/main").add("All done.");
        Path file = Files.writeString(run.resolve("script.json"), script.toString());
        Path port = run.resolve("port");
        started.add(
                process(
                        project,
                        Map.of(),
                        "node",
                        TOOLS.resolve("fake-model.mjs").toString(),
                        "--script",
                        file.toString(),
                        "--port-file",
                        port.toString(),
                        "--log",
                        run.resolve("model.jsonl").toString(),
                        "--var",
                        "project=" + project,
                        "--var",
                        "home=" + home));
        for (long end = System.nanoTime() + 20_000_000_000L;
                !Files.exists(port) || Files.size(port) == 0; ) {
            assertThat(System.nanoTime()).as("the model is there").isLessThan(end);
            LockSupport.parkNanos(20_000_000);
        }
        started.add(
                process(
                        project,
                        Map.of(
                                "ANTHROPIC_BASE_URL",
                                "http://127.0.0.1:" + Files.readString(port).trim(),
                                "ANTHROPIC_API_KEY",
                                "dummy",
                                "DISABLE_TELEMETRY",
                                "1",
                                "DISABLE_ERROR_REPORTING",
                                "1",
                                "DISABLE_AUTOUPDATER",
                                "1",
                                "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC",
                                "1",
                                "ENABLE_TOOL_SEARCH",
                                "false",
                                "IS_SANDBOX",
                                "1"),
                        program.toString(),
                        "-p",
                        "go",
                        "--output-format",
                        "json",
                        "--permission-mode",
                        "bypassPermissions"));
    }

    private Process process(Path folder, Map<String, String> more, String... command)
            throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                        .redirectOutput(
                                ProcessBuilder.Redirect.appendTo(run.resolve("said.txt").toFile()));
        builder.environment().clear();
        builder.environment().putAll(environment());
        builder.environment().putAll(more);
        return builder.start();
    }

    /** Waits for the end; what the model was told of each call, in order. */
    public List<Told> told() throws Exception {
        assertThat(started.getLast().waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS))
                .as(Files.readString(run.resolve("said.txt")))
                .isTrue();
        List<Told> told = new ArrayList<>();
        for (String line : Files.readAllLines(run.resolve("model.jsonl"))) {
            JsonNode turn = JSON.readTree(line);
            JsonNode result = turn.path("results").path(0);
            if (turn.path("kind").asText().equals("turn")
                    && turn.path("thread").asText().equals("main")
                    && !result.isMissingNode()) {
                told.add(
                        new Told(
                                result.path("is_error").asBoolean(),
                                result.path("content").toString()));
            }
        }
        return told;
    }

    /**
     * What the model was told of a call.
     *
     * @param error whether as a failure
     */
    public record Told(boolean error, String words) {}

    @Override
    public void close() {
        started.forEach(Process::destroyForcibly);
    }
}
