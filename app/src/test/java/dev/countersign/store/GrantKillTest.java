package dev.countersign.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.approval.Grant;
import dev.countersign.approval.GrantStore.Addition;
import dev.countersign.audit.AuditQuery.Recorded;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process killed at any moment leaves each approval with its grant or neither, and each use with
 * its record or neither.
 */
final class GrantKillTest {
    private static final int KILLS = Integer.getInteger("countersign.kills", 3);
    private static final long SEED = Long.getLong("countersign.seed", System.nanoTime());

    private @TempDir Path data;

    /** The other process: approves, remembers, uses, and prints what it was told is done. */
    static final class Other {
        private Other() {}

        public static void main(String[] arguments) throws Exception {
            PrintStream out = System.out;
            Store store = Store.open(Path.of(arguments[0]), Clock.systemUTC());
            while (!out.checkError()) {
                ApprovalRequest request =
                        ApprovalsContract.request(store.approvals().nextNumber(), "d");
                store.approvals().open(request, Events.numbered(0));
                Grant grant =
                        new Grant(
                                "GRN-" + store.grants().nextNumber(),
                                request.id(),
                                GrantsContract.offer("builder", "", List.of()),
                                Grant.Scope.PROJECT,
                                List.of(),
                                List.of(),
                                Events.NOON,
                                null,
                                null,
                                0,
                                Events.NOON,
                                null,
                                null);
                ApprovalRequest approved = request.ended(State.APPROVED, Events.NOON, "approved");
                store.approvals()
                        .replace(
                                approved,
                                Events.numbered(1),
                                new Addition(grant, Events.numbered(2)));
                out.println(grant.id() + " 0");
                for (int i = 1; i <= 3; i++) {
                    Optional<?> receipt =
                            store.grants().use(Set.of(grant.id()), Events.NOON, Events.numbered(3));
                    if (receipt.isPresent()) {
                        out.println(grant.id() + " " + i);
                    }
                }
            }
        }
    }

    @Test
    void nothingIsHalfDone() throws Exception {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
        Path folder = data.resolve("data");
        Map<String, Integer> told = new HashMap<>();
        for (int i = 0; i < KILLS; i++) {
            runAndKill(folder, told, 1 + random.nextInt(400));
            try (Store store = Store.open(folder, Clock.systemUTC())) {
                assertThat(store.ledgerCheck().verify().fault()).as("seed %s", SEED).isEmpty();
                told.forEach((id, used) ->
                        assertThat(store.grants().find(id).orElseThrow().used())
                                .as("seed %s", SEED)
                                .isGreaterThanOrEqualTo(used));
                List<Grant> grants = store.grants().holding();
                long approved =
                        store.approvals().ended(100_000).stream()
                                .filter(r -> r.state() == State.APPROVED)
                                .count();
                assertThat(grants).as("seed %s", SEED).hasSize((int) approved);
                int used = grants.stream().mapToInt(Grant::used).sum();
                assertThat(records(store, 3)).as("seed %s", SEED).isEqualTo(used);
                assertThat(records(store, 2)).as("seed %s", SEED).isEqualTo(approved);
            }
        }
        assertThat(told).isNotEmpty();
    }

    private static int records(Store store, int number) {
        String summary = Events.numbered(number).summary();
        int count = 0;
        List<Recorded> page = store.auditQuery().list(Map.of(), Long.MAX_VALUE, 1_000);
        while (!page.isEmpty()) {
            count +=
                    (int)
                            page.stream()
                                    .filter(r -> r.body().path("summary").asText().equals(summary))
                                    .count();
            page = store.auditQuery().list(Map.of(), page.getLast().index(), 1_000);
        }
        return count;
    }

    private static void runAndKill(Path folder, Map<String, Integer> told, int lines)
            throws Exception {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Other.class.getName(),
                                folder.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try (BufferedReader output =
                new BufferedReader(
                        new InputStreamReader(
                                process.getInputStream(), StandardCharsets.US_ASCII))) {
            for (int i = 0; i < lines; i++) {
                String line = output.readLine();
                assertThat(line).as("the child ended early").isNotNull();
                int space = line.indexOf(' ');
                told.put(line.substring(0, space), Integer.parseInt(line.substring(space + 1)));
            }
            process.toHandle().destroyForcibly();
            process.onExit().join();
        }
    }
}
