package dev.countersign.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A real OpenID provider, {@code oidc-provider} of npm, with the accounts of {@code
 * tools/oidc/provider.mjs}. Needs Node.js and npm.
 *
 * @param port where it answers on the loopback
 */
public record OpenIdProvider(int port, Process process) implements AutoCloseable {
    /** The secret it knows us by. */
    public static final String SECRET = "a secret for the tests only, and long";

    private static final Path TOOLS = Path.of("..", "tools", "oidc").toAbsolutePath().normalize();
    private static final Path PLACE =
            Path.of("..", ".countersign", "oidc").toAbsolutePath().normalize();

    /** Fetches it; whoever does so at the same time waits. */
    public static void install() throws IOException, InterruptedException {
        Files.createDirectories(PLACE);
        try (FileChannel channel =
                FileChannel.open(
                        PLACE.resolve("lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE)) {
            // Freed with the channel.
            FileLock _ = channel.lock();
            for (String file : new String[] {"package.json", "package-lock.json", "provider.mjs"}) {
                Files.copy(
                        TOOLS.resolve(file),
                        PLACE.resolve(file),
                        StandardCopyOption.REPLACE_EXISTING);
            }
            String wanted = Files.readString(TOOLS.resolve("package-lock.json"));
            Path installed = PLACE.resolve("installed");
            if (Files.exists(installed) && Files.readString(installed).equals(wanted)) {
                return;
            }
            Process npm =
                    new ProcessBuilder("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
                            .directory(PLACE.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(PLACE.resolve("npm.log").toFile())
                            .start();
            assertThat(npm.waitFor(5, TimeUnit.MINUTES)).as("npm ci ends").isTrue();
            assertThat(npm.exitValue()).as(Files.readString(PLACE.resolve("npm.log"))).isZero();
            Files.writeString(installed, wanted);
        }
    }

    /** A port nobody uses. */
    public static int free() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /**
     * Starts it, and returns once it answers.
     *
     * @param back the address it leads back to
     * @param skew by how much its clock is ahead
     */
    public static OpenIdProvider start(int port, String back, Duration skew) throws IOException {
        ProcessBuilder node =
                new ProcessBuilder("node", "provider.mjs", Integer.toString(port), back)
                        .directory(PLACE.toFile())
                        .redirectErrorStream(true);
        node.environment().put("SKEW_SECONDS", Long.toString(skew.toSeconds()));
        Process process = node.start();
        BufferedReader out = process.inputReader();
        String line = out.readLine();
        while (line != null && !line.equals("ready")) {
            line = out.readLine();
        }
        assertThat(line).isEqualTo("ready");
        // What it says later must not fill the pipe.
        Thread.ofVirtual().start(() -> out.lines().forEach(_ -> {}));
        return new OpenIdProvider(port, process);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
