package dev.countersign.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.audit.Receipt;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Another process that appends as fast as it can and prints each receipt it got. */
final class ChildProcess implements AutoCloseable {
    private static final int CALLERS = 16;

    private final Process process;
    private final BufferedReader output;
    private final List<Receipt> receipts = new ArrayList<>();

    private ChildProcess(Process process) {
        this.process = process;
        this.output =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    }

    /**
     * Begins.
     *
     * @param url the database, or empty for the one in the folder
     */
    static ChildProcess appending(Path data, String url) throws IOException {
        return new ChildProcess(
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                ChildProcess.class.getName(),
                                data.toString(),
                                url)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start());
    }

    /** The other process. */
    public static void main(String[] arguments) throws Exception {
        PrintStream out = System.out;
        Path data = Path.of(arguments[0]);
        Place place = arguments[1].isEmpty() ? Place.in(data) : Databases.at(data, arguments[1]);
        Store store = Store.open(place, Clock.systemUTC());
        AtomicInteger number = new AtomicInteger();
        for (int i = 0; i < CALLERS; i++) {
            Thread.ofPlatform()
                    .start(() -> {
                        while (!out.checkError()) {
                            try {
                                Receipt receipt =
                                        store.auditLog()
                                                .append(Events.numbered(number.getAndIncrement()));
                                synchronized (out) {
                                    out.println(receipt.index() + " " + receipt.hash());
                                }
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                        }
                    });
        }
    }

    long pid() {
        return process.pid();
    }

    /** Waits until this many receipts were printed. */
    void receipts(int count) throws IOException {
        while (receipts.size() < count) {
            String line = output.readLine();
            assertThat(line).as("the child ended before it had %s receipts", count).isNotNull();
            add(line);
        }
    }

    /** All receipts that came out before the end. */
    List<Receipt> allReceipts() throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            add(line);
        }
        return List.copyOf(receipts);
    }

    /** A line that was cut by the end of the process is no receipt. */
    private void add(String line) {
        if (line.matches("[0-9]+ [0-9a-f]{64}")) {
            int space = line.indexOf(' ');
            receipts.add(
                    new Receipt(
                            Long.parseLong(line.substring(0, space)), line.substring(space + 1)));
        }
    }

    /** By its handle: killing it as a {@link Process} would close what it has printed. */
    void kill() {
        process.toHandle().destroyForcibly();
        process.onExit().join();
    }

    @Override
    public void close() throws IOException {
        kill();
        output.close();
    }
}
