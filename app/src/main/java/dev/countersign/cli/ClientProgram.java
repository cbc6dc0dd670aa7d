package dev.countersign.cli;

import dev.countersign.agent.ClientVersion;
import dev.countersign.config.Surroundings;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * An installed client.
 *
 * @param file the program
 * @param version what it says of itself, or empty when it says nothing we understand
 */
record ClientProgram(Path file, Optional<ClientVersion> version) {
    private static final int PATIENCE_SECONDS = 10;

    /** Claude Code as the search path or its own installer's places have it. */
    static Optional<ClientProgram> claudeCode(Surroundings around) {
        return find(around, List.of("claude"));
    }

    /** A client by the names of its program. */
    static Optional<ClientProgram> find(Surroundings around, List<String> programs) {
        List<Path> folders = new ArrayList<>();
        for (String folder : around.variable("PATH").orElse("").split(File.pathSeparator, -1)) {
            try {
                if (!folder.isEmpty()) {
                    folders.add(Path.of(folder));
                }
            } catch (InvalidPathException e) {
                // A search path may hold anything; what is no path holds no program.
            }
        }
        folders.add(around.home().resolve(".local").resolve("bin"));
        folders.add(around.home().resolve(".claude").resolve("local"));
        List<String> names =
                around.platform().equals("windows")
                        ? programs.stream().flatMap(p -> Stream.of(p + ".exe", p + ".cmd")).toList()
                        : programs;
        for (Path folder : folders) {
            for (String name : names) {
                Path file = around.cwd().resolve(folder).resolve(name);
                if (Files.isRegularFile(file) && Files.isExecutable(file)) {
                    return Optional.of(new ClientProgram(file, version(file)));
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<ClientVersion> version(Path file) {
        return Processes.output(List.of(file.toString(), "--version"), PATIENCE_SECONDS)
                .flatMap(ClientVersion::in);
    }

    /** Short programs, bounded in time and output. */
    static final class Processes {
        private Processes() {}

        /** What a program prints when it succeeds in time. */
        static Optional<String> output(List<String> command, int seconds) {
            Path out;
            try {
                out = Files.createTempFile("countersign", ".out");
            } catch (IOException e) {
                return Optional.empty();
            }
            try {
                Process process =
                        new ProcessBuilder(command)
                                .redirectInput(ProcessBuilder.Redirect.from(nothing()))
                                .redirectOutput(out.toFile())
                                .redirectError(ProcessBuilder.Redirect.DISCARD)
                                .start();
                if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    return Optional.empty();
                }
                return process.exitValue() == 0 && Files.size(out) < 65_536
                        ? Optional.of(Files.readString(out, StandardCharsets.UTF_8))
                        : Optional.empty();
            } catch (IOException e) {
                return Optional.empty();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            } finally {
                out.toFile().delete();
            }
        }

        private static File nothing() {
            return new File(
                    System.getProperty("os.name", "").startsWith("Windows") ? "NUL" : "/dev/null");
        }
    }
}
