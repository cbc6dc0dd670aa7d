package dev.countersign.cli;

import dev.countersign.config.DataFolder;
import dev.countersign.config.DataPlace;
import dev.countersign.config.DatabaseUrl;
import dev.countersign.config.Surroundings;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Which data folder and which server a command means.
 *
 * @param namedData the data folder if the option names one, absolute
 * @param namedServer the server if the option names one
 * @param namedDatabase the database if the option names one
 * @param around the process
 */
public record Where(
        Optional<Path> namedData,
        Optional<String> namedServer,
        Optional<String> namedDatabase,
        Surroundings around) {

    /** From the options {@code --data}, {@code --server} and {@code --database-url}. */
    public static Where of(Given given, Surroundings around) {
        return new Where(
                given.value("--data").map(text -> path(text, around)),
                given.value("--server"),
                given.value("--database-url"),
                around);
    }

    /** A path a person wrote, absolute. */
    public static Path path(String written, Surroundings around) {
        try {
            return around.cwd().resolve(written).normalize();
        } catch (InvalidPathException e) {
            throw Failure.usage("`" + Visible.line(written) + "` is no path");
        }
    }

    /** The data folder, absolute. */
    public Path data() {
        return namedData.orElseGet(() -> DataFolder.standard(around));
    }

    /** The data folder and its database. */
    public DataPlace place() {
        return new DataPlace(data(), DatabaseUrl.named(namedDatabase, around));
    }

    /** The server if one was named, by option or by variable. */
    public Optional<String> server() {
        return namedServer.or(() -> around.variable("COUNTERSIGN_URL"));
    }
}
