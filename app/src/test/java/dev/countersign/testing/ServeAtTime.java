package dev.countersign.testing;

import dev.countersign.App;
import dev.countersign.cli.Cli;
import dev.countersign.cli.Terminal;
import dev.countersign.cli.Tools;
import dev.countersign.config.Surroundings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Map;

/**
 * The product's command line with another time than the machine's, for tests that wait for a window
 * to open. The product itself has no such switch: whoever may set the time may open windows.
 */
public final class ServeAtTime {
    private ServeAtTime() {}

    /**
     * Runs one command.
     *
     * @param args a file that holds the offset from the machine's time as ISO 8601, read at every
     *     look at the clock, then the command
     */
    public static void main(String[] args) {
        Surroundings real = Surroundings.ofProcess();
        Map<String, String> environment = real.environment();
        Surroundings around =
                new Surroundings(
                        environment,
                        real.home(),
                        real.cwd(),
                        real.platform(),
                        new Shifted(Path.of(args[0]), ZoneId.of("UTC")));
        Terminal terminal =
                new Terminal(
                        new BufferedReader(Reader.nullReader()),
                        new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                        new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                        80,
                        false,
                        false,
                        false);
        String[] command = Arrays.copyOfRange(args, 1, args.length);
        System.exit(new Cli(new Tools(new App(around), terminal, around)).run(command));
    }

    private static final class Shifted extends Clock {
        private final Path offset;
        private final ZoneId zone;

        Shifted(Path offset, ZoneId zone) {
            this.offset = offset;
            this.zone = zone;
        }

        @Override
        public ZoneId getZone() {
            return zone;
        }

        @Override
        public Clock withZone(ZoneId other) {
            return new Shifted(offset, other);
        }

        @Override
        public Instant instant() {
            try {
                return Instant.now().plus(Duration.parse(Files.readString(offset).strip()));
            } catch (IOException e) {
                throw new IllegalStateException("no offset in " + offset, e);
            }
        }
    }
}
