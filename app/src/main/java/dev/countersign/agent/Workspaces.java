package dev.countersign.agent;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Finds the root of the work around a folder: the nearest folder at or above it that holds {@code
 * .git}, else the folder itself.
 */
public final class Workspaces {
    private Workspaces() {}

    /**
     * The search from a folder upwards.
     *
     * @param home where the search upwards ends: a home folder under version control is no
     *     workspace of what lies below it
     */
    public static UnaryOperator<String> below(String home) {
        return cwd -> {
            try {
                Path end = Path.of(home).normalize();
                Path start = Path.of(cwd).normalize();
                for (@Nullable Path folder = start;
                        folder != null && !folder.equals(end) && folder.getNameCount() > 0;
                        folder = folder.getParent()) {
                    if (Files.exists(folder.resolve(".git"))) {
                        return folder.toString();
                    }
                }
                return start.toString();
            } catch (InvalidPathException notAPathHere) {
                return cwd;
            }
        };
    }
}
