package dev.countersign.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/** A program that we start in the place of another, and whose lines pass through a relay. */
public final class Child {
    private static final int ENDS_WITHIN_SECONDS = 5;

    /** What stays with us: none of it is for the program behind. */
    private static final String OURS = "COUNTERSIGN_";

    private Child() {}

    /**
     * What a program is started with.
     *
     * @param command the program and its words
     * @param client what whoever started us says
     * @param answers what they hear
     */
    public record Started(
            List<String> command, Path cwd, InputStream client, OutputStream answers) {
        public Started {
            command = List.copyOf(command);
        }
    }

    /** Runs an MCP server until either side ends. */
    public static int mcp(Started started, McpProxy.Settings settings, Authority authority)
            throws IOException, InterruptedException {
        return run(started, (client, server) -> new McpProxy(settings, authority, client, server));
    }

    /** Runs an agent of an editor until either side ends. */
    public static int acp(Started started, AcpProxy.Settings settings, Authority authority)
            throws IOException, InterruptedException {
        return run(started, (editor, agent) -> new AcpProxy(settings, authority, editor, agent));
    }

    private static int run(Started started, BiFunction<Wire, Wire, Relay> between)
            throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(started.command())
                        .directory(started.cwd().toFile())
                        .redirectError(ProcessBuilder.Redirect.INHERIT);
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith(OURS));
        Process process = builder.start();
        Thread ending = new Thread(() -> end(process), "shutdown");
        Runtime.getRuntime().addShutdownHook(ending);
        try {
            Relay relay =
                    between.apply(new Wire(started.answers()), new Wire(process.getOutputStream()));
            Thread behind =
                    Thread.ofVirtual()
                            .start(() -> {
                                pass(process.getInputStream(), relay, false);
                                relay.serverGone();
                                end(process);
                            });
            Thread before =
                    Thread.ofVirtual()
                            .start(() -> {
                                pass(started.client(), relay, true);
                                close(process);
                            });
            int code = process.waitFor();
            behind.join();
            before.interrupt();
            return code;
        } finally {
            end(process);
            removeHook(ending);
        }
    }

    private static void pass(InputStream in, Relay relay, boolean ofClient) {
        Lines lines = new Lines(in);
        try {
            for (Optional<Lines.Line> line = lines.next(); line.isPresent(); line = lines.next()) {
                switch (line.get()) {
                    case Lines.Line.Whole whole when whole.blank() -> {}
                    case Lines.Line.Whole whole when ofClient -> relay.fromClient(whole.bytes());
                    case Lines.Line.Whole whole -> relay.fromServer(whole.bytes());
                    case Lines.Line.TooLong _ -> relay.tooLong(ofClient);
                }
            }
        } catch (IOException e) {
            // It is over, however it ended.
        }
    }

    /** The client says no more: the server may end by itself, and is ended if it does not. */
    private static void close(Process process) {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // It reads no more either.
        }
        try {
            if (!process.waitFor(ENDS_WITHIN_SECONDS, TimeUnit.SECONDS)) {
                end(process);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends it and whatever it started. */
    private static void end(Process process) {
        try (Stream<ProcessHandle> below = process.descendants()) {
            List<ProcessHandle> all = below.toList();
            process.destroy();
            all.forEach(ProcessHandle::destroy);
        }
    }

    private static void removeHook(Thread ending) {
        try {
            boolean _ = Runtime.getRuntime().removeShutdownHook(ending);
        } catch (IllegalStateException e) {
            // The program is ending already, and the hook runs.
        }
    }
}
