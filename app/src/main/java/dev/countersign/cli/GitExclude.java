package dev.countersign.cli;

import dev.countersign.cli.ClientProgram.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Keeps files of ours out of a repository through its private exclude file. */
final class GitExclude {
    private static final int PATIENCE_SECONDS = 10;
    private static final String MARK = "# countersign connect";
    private static final List<String> PATTERNS =
            List.of(
                    ".claude/settings.local.json",
                    ".claude/settings.json.countersign-backup-*",
                    ".claude/settings.local.json.countersign-backup-*");

    private GitExclude() {}

    /** Whether git keeps a file under version control, so that excluding it changes nothing. */
    static boolean tracked(Path file) {
        Path folder = file.getParent();
        return folder != null
                && Files.isDirectory(folder)
                && Processes.output(
                                List.of(
                                        "git",
                                        "-C",
                                        folder.toString(),
                                        "ls-files",
                                        "--error-unmatch",
                                        "--",
                                        file.toString()),
                                PATIENCE_SECONDS)
                        .isPresent();
    }

    /** Adds our patterns; true when the project is a repository. */
    static boolean add(Path project) throws IOException {
        Optional<Path> exclude = file(project);
        if (exclude.isEmpty()) {
            return false;
        }
        List<String> lines = lines(exclude.get());
        if (!lines.contains(MARK)) {
            List<String> more = new ArrayList<>(lines);
            more.add(MARK);
            more.addAll(PATTERNS);
            Path folder = exclude.get().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            Files.write(exclude.get(), more);
        }
        return true;
    }

    /** Takes our patterns out again. */
    static void remove(Path project) throws IOException {
        Optional<Path> exclude = file(project);
        if (exclude.isEmpty()) {
            return;
        }
        List<String> lines = new ArrayList<>(lines(exclude.get()));
        int mark = lines.indexOf(MARK);
        if (mark >= 0) {
            lines.remove(mark);
            for (String pattern : PATTERNS) {
                if (mark < lines.size() && lines.get(mark).equals(pattern)) {
                    lines.remove(mark);
                }
            }
            Files.write(exclude.get(), lines);
        }
    }

    private static List<String> lines(Path exclude) throws IOException {
        return Files.exists(exclude) ? Files.readAllLines(exclude) : List.of();
    }

    private static Optional<Path> file(Path project) {
        return Processes.output(
                        List.of(
                                "git",
                                "-C",
                                project.toString(),
                                "rev-parse",
                                "--git-path",
                                "info/exclude"),
                        PATIENCE_SECONDS)
                .map(String::strip)
                .filter(path -> !path.isEmpty())
                .map(project::resolve);
    }
}
