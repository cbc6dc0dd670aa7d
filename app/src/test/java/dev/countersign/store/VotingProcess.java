package dev.countersign.store;

import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.Approvals.Cast;
import dev.countersign.approval.Approvals.VoteResult;
import dev.countersign.approval.Grants;
import dev.countersign.approval.Voter;
import dev.countersign.call.Organisation;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Another process in which many people vote on the same requests and many agents use what is
 * approved, all at once. It prints a line for each vote that counted and each use that succeeded,
 * after it did, and {@code done} at the end.
 */
final class VotingProcess implements AutoCloseable {
    static final int VOTERS = 64;
    static final int USERS = 8;
    static final int NEEDED = 2;

    private final Process process;
    private final BufferedReader output;

    private VotingProcess(Process process) {
        this.process = process;
        this.output =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    }

    static VotingProcess on(Path data, int requests, long seed) throws IOException {
        return new VotingProcess(
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                VotingProcess.class.getName(),
                                data.toString(),
                                Integer.toString(requests),
                                Long.toString(seed))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start());
    }

    /** The other process. */
    public static void main(String[] arguments) throws Exception {
        PrintStream out = System.out;
        Store store = Store.open(Path.of(arguments[0]), Clock.systemUTC());
        Approvals approvals =
                new Approvals(
                        store.approvals(),
                        Clock.systemUTC(),
                        email -> Optional.of(new Voter(email, Set.of("maintainer"), Set.of())),
                        new Grants(
                                store.grants(),
                                Clock.systemUTC(),
                                _ -> Optional.empty(),
                                Organisation.NONE),
                        Organisation.NONE);
        List<String> ids = new ArrayList<>();
        for (int i = 1; i <= Integer.parseInt(arguments[1]); i++) {
            ids.add("APR-" + i);
        }
        long seed = Long.parseLong(arguments[2]);
        CountDownLatch ready = new CountDownLatch(VOTERS + USERS);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < VOTERS; i++) {
            String person = "p" + i + "@example.com";
            List<String> mine = shuffled(ids, seed + i);
            threads.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                together(ready);
                                mine.forEach(id -> vote(approvals, id, person, out));
                            }));
        }
        for (int i = 0; i < USERS; i++) {
            List<String> mine = shuffled(ids, seed - i - 1);
            threads.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                together(ready);
                                useAll(approvals, mine, out);
                            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        print(out, "done");
        store.close();
    }

    private static List<String> shuffled(List<String> ids, long seed) {
        List<String> mine = new ArrayList<>(ids);
        Collections.shuffle(mine, new Random(seed));
        return mine;
    }

    private static void together(CountDownLatch ready) {
        ready.countDown();
        try {
            ready.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void vote(Approvals approvals, String id, String person, PrintStream out) {
        Voter voter = new Voter(person, Set.of("maintainer"), Set.of());
        try {
            if (approvals.vote(id, voter, Cast.yes("")) instanceof VoteResult.Counted) {
                print(out, "vote " + id + " " + person);
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Goes round until every request was used, by this agent or by another. */
    private static void useAll(Approvals approvals, List<String> ids, PrintStream out) {
        List<String> left = new ArrayList<>(ids);
        while (!left.isEmpty()) {
            left.removeIf(id -> {
                ApprovalRequest request = approvals.find(id).orElseThrow();
                if (request.state() == State.APPROVED) {
                    try {
                        if (approvals.end(request, State.USED, "used", null).isPresent()) {
                            print(out, "used " + id);
                        }
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                }
                return request.state() == State.USED;
            });
        }
    }

    private static void print(PrintStream out, String line) {
        synchronized (out) {
            out.println(line);
            out.flush();
        }
    }

    /** The next line, or null at the end; a line cut by the end of the process is none. */
    @Nullable String line() throws IOException {
        String line = output.readLine();
        while (line != null
                && !line.matches("done|used APR-\\d+|vote APR-\\d+ p\\d+@example.com")) {
            line = output.readLine();
        }
        return line;
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
