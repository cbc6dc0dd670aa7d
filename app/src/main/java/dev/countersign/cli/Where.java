package dev.countersign.cli;

import dev.countersign.config.DataFolder;
import dev.countersign.config.Surroundings;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options every command takes: which data folder, which server. */
public final class Where {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "data folder (default: the platform's folder for the user)")
    private @Nullable Path data;

    @Option(
            names = "--server",
            paramLabel = "URL",
            description =
                    "server to talk to (default: COUNTERSIGN_URL, or the one of the data folder)")
    private @Nullable String server;

    /** The data folder, absolute. */
    public Path data(Surroundings around) {
        return given().map(path -> around.cwd().resolve(path).normalize())
                .orElseGet(() -> DataFolder.standard(around));
    }

    /** The data folder if one was named. */
    public Optional<Path> given() {
        return Optional.ofNullable(data);
    }

    /** The server if one was named, by option or by variable. */
    public Optional<String> server(Surroundings around) {
        return Optional.ofNullable(server).or(() -> around.variable("COUNTERSIGN_URL"));
    }

    /** The server if the option names one. */
    public Optional<String> namedServer() {
        return Optional.ofNullable(server);
    }
}
