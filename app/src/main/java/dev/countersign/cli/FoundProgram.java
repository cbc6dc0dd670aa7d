package dev.countersign.cli;

import dev.countersign.agent.Workspaces;
import dev.countersign.config.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The file that a command's first word stands for.
 *
 * @param judged how the server is told of it
 * @param file the file, absolute
 * @param stamp what tells whether it is still the same
 */
record FoundProgram(String judged, Path file, Map<String, Object> stamp) {
    static final int NOT_EXECUTABLE = 126;
    static final int NOT_FOUND = 127;

    /** Where anybody may put a program, so that its name says nothing of what it does. */
    private static final List<String> ANYBODYS = List.of("/tmp", "/var/tmp", "/dev/shm");

    FoundProgram {
        stamp = Map.copyOf(stamp);
    }

    /**
     * Finds it, as a shell does.
     *
     * @throws Failure with the exit code of shells where it is not there or cannot run
     */
    static FoundProgram of(String word, Surroundings around) {
        if (word.isEmpty()) {
            throw Failure.usage("the command is empty");
        }
        if (word.contains("/")) {
            Path file = around.cwd().resolve(path(word)).normalize();
            if (!Files.exists(file)) {
                throw Failure.withCode(NOT_FOUND, "there is no file `" + Visible.line(word) + "`");
            }
            if (!runnable(file)) {
                throw Failure.withCode(
                        NOT_EXECUTABLE, "`" + Visible.line(word) + "` is no program that may run");
            }
            return new FoundProgram(word, file, stampOf(file));
        }
        for (String folder : around.environment().getOrDefault("PATH", "").split(":", -1)) {
            Path place = around.cwd().resolve(path(folder)).normalize();
            Path file = place.resolve(path(word));
            if (runnable(file)) {
                // What lies in the work, or where anybody writes, is judged as that file.
                boolean known = isKnown(folder, around) && !within(file, around);
                return new FoundProgram(known ? word : file.toString(), file, stampOf(file));
            }
        }
        throw Failure.withCode(
                NOT_FOUND,
                "there is no program `"
                        + Visible.line(word)
                        + "`; what only a shell knows runs by `sh -c`");
    }

    /** Whether the programs of a folder of the search path are what their names say. */
    static boolean isKnown(String folder, Surroundings around) {
        return folder.startsWith("/") && !within(path(folder).normalize(), around);
    }

    private static Path path(String written) {
        try {
            return Path.of(written);
        } catch (InvalidPathException e) {
            throw Failure.usage("`" + Visible.line(written) + "` is no path");
        }
    }

    private static boolean runnable(Path file) {
        return Files.isRegularFile(file) && Files.isExecutable(file);
    }

    private static boolean within(Path file, Surroundings around) {
        String workspace =
                Workspaces.below(around.home().toString()).apply(around.cwd().toString());
        List<Path> places = new ArrayList<>(List.of(around.cwd(), Path.of(workspace)));
        ANYBODYS.forEach(folder -> places.add(Path.of(folder)));
        around.variable("TMPDIR").map(FoundProgram::path).ifPresent(places::add);
        // A home or root folder as the work would hold every program there is.
        places.removeIf(place -> around.home().startsWith(place));
        return places.stream().anyMatch(place -> file.startsWith(place));
    }

    /** All that a system notes of a file's content and of when it was touched last. */
    private static Map<String, Object> stampOf(Path file) {
        return stamp(file)
                .orElseThrow(() ->
                        Failure.withCode(NOT_EXECUTABLE, "`" + file + "` cannot be looked at"));
    }

    private static Optional<Map<String, Object>> stamp(Path file) {
        try {
            return Optional.of(
                    Map.of(
                            "file",
                            file.toRealPath(),
                            "noted",
                            Files.readAttributes(file, "unix:dev,ino,size,ctime,mode,uid")));
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    /** Whether it is the very file that was found. */
    boolean isSame() {
        return Objects.equals(stamp(file), Optional.of(stamp));
    }

    /** What is run, for the words that were given. */
    List<String> argv(List<String> words) {
        List<String> argv = new ArrayList<>(words);
        argv.set(0, file.toString());
        return argv;
    }
}
