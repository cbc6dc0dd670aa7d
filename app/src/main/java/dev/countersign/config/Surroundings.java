package dev.countersign.config;

import dev.countersign.call.Shell;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The process as the program finds it, handed in so that nothing else reads it.
 *
 * @param environment environment variables
 * @param home the user's home folder
 * @param cwd the working directory
 * @param platform {@code linux}, {@code macos} or {@code windows}
 * @param clock the time
 */
public record Surroundings(
        Map<String, String> environment, Path home, Path cwd, String platform, Clock clock) {
    public Surroundings {
        environment = Map.copyOf(environment);
    }

    /** The real ones of this process. */
    public static Surroundings ofProcess() {
        String platform = platform(System.getProperty("os.name", ""));
        return new Surroundings(
                System.getenv(),
                home(System.getenv(), platform, System.getProperty("user.home", "/")),
                Path.of("").toAbsolutePath(),
                platform,
                Clock.systemUTC());
    }

    /**
     * The home folder as shells and clients see it: the variable, where the JDK asks the password
     * file.
     */
    static Path home(Map<String, String> environment, String platform, String ofUser) {
        String named = environment.getOrDefault("HOME", "");
        return platform.equals("windows") || !named.startsWith("/")
                ? Path.of(ofUser).toAbsolutePath()
                : Path.of(named).normalize();
    }

    static String platform(String osName) {
        String name = osName.toLowerCase(Locale.ROOT);
        if (name.startsWith("windows")) {
            return "windows";
        }
        return name.startsWith("mac") || name.startsWith("darwin") ? "macos" : "linux";
    }

    /** The language of the commands that clients run for this user. */
    public Shell shell() {
        return variable("SHELL")
                .flatMap(path -> Shell.of(path.substring(path.lastIndexOf('/') + 1)))
                .orElse(Shell.BASH);
    }

    /** A variable that is set and not empty. */
    public Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }
}
