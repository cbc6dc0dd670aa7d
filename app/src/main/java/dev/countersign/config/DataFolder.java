package dev.countersign.config;

import java.nio.file.Path;
import java.util.Optional;

/** Where Countersign keeps what it knows and what a user signed in with, by platform. */
public final class DataFolder {
    private DataFolder() {}

    /** The folder of the ledger when {@code --data} is not given. */
    public static Path standard(Surroundings around) {
        return switch (around.platform()) {
            case "windows" ->
                    folder(around, "LOCALAPPDATA")
                            .orElse(around.home().resolve("AppData").resolve("Local"))
                            .resolve("Countersign");
            case "macos" ->
                    around.home()
                            .resolve("Library")
                            .resolve("Application Support")
                            .resolve("Countersign");
            default ->
                    folder(around, "XDG_DATA_HOME")
                            .orElse(around.home().resolve(".local").resolve("share"))
                            .resolve("countersign");
        };
    }

    /** What a witness keeps when {@code --folder} is not given: never in the folder of a ledger. */
    public static Path witness(Surroundings around) {
        Path data = standard(around);
        return data.resolveSibling(data.getFileName() + "-witness");
    }

    /** What an edge keeps: the token of this device, and the tokens of the clients it serves. */
    public static Path edge(Surroundings around) {
        Path data = standard(around);
        return data.resolveSibling(data.getFileName() + "-edge");
    }

    /** The folder of the user's own sign-ins, apart from any server's data. */
    public static Path signIns(Surroundings around) {
        return switch (around.platform()) {
            case "windows" ->
                    folder(around, "APPDATA")
                            .orElse(around.home().resolve("AppData").resolve("Roaming"))
                            .resolve("Countersign");
            case "macos" ->
                    around.home()
                            .resolve("Library")
                            .resolve("Application Support")
                            .resolve("Countersign CLI");
            default ->
                    folder(around, "XDG_CONFIG_HOME")
                            .orElse(around.home().resolve(".config"))
                            .resolve("countersign");
        };
    }

    /** A folder named by a variable; the XDG rules say to ignore relative ones. */
    private static Optional<Path> folder(Surroundings around, String variable) {
        return around.variable(variable).map(Path::of).filter(Path::isAbsolute);
    }
}
