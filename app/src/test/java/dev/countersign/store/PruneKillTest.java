package dev.countersign.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.audit.LedgerCheck;
import dev.countersign.audit.retention.ArchivePlaces;
import dev.countersign.ledger.Hash;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process killed while it takes records out has taken out all of them or none. */
final class PruneKillTest {
    private static final int KILLS = Integer.getInteger("countersign.kills", 5);
    private static final long SEED = Long.getLong("countersign.seed", System.nanoTime());
    private static final int MOST_MILLIS = 60;

    /** What the other process prints, in order. */
    private static final List<String> STEPS = List.of("open", "pruned", "swept");

    private @TempDir Path folder;

    /** The other process. */
    public static void main(String[] arguments) throws Exception {
        PrintStream out = System.out;
        try (Store store = Store.open(Path.of(arguments[0]), Clock.systemUTC())) {
            out.println(STEPS.get(0));
            FourMonths.retention(store)
                    .prune(
                            FourMonths.APRIL,
                            ArchivePlaces.anywhere(List.of(Path.of(arguments[1]))),
                            null);
            out.println(STEPS.get(1));
            FourMonths.retention(store).sweep();
            out.println(STEPS.get(2));
            TimeUnit.MINUTES.sleep(1);
        }
    }

    @Test
    void allOfItOrNothing() throws Exception {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
        Path made = folder.resolve("made");
        Path archives = Files.createDirectory(folder.resolve("archives"));
        FourMonths.fill(made);
        List<Hash> proof;
        try (Store store = Store.open(made, Clock.systemUTC())) {
            FourMonths.retention(store).archive(FourMonths.APRIL, archives, null);
            proof = store.proofs().inclusion(77, 1_200);
        }
        for (int i = 0; i < KILLS; i++) {
            Path data = folder.resolve("data" + i);
            FourMonths.copy(made, data);
            int step = i % STEPS.size();
            killed(data, archives, STEPS.get(step), random.nextInt(MOST_MILLIS));
            try (Store store = Store.open(data, Clock.systemUTC())) {
                LedgerCheck.Verdict verdict = store.ledgerCheck().verify();
                assertThat(verdict.intact()).as("seed %s", SEED).isTrue();
                assertThat(verdict.first()).as("seed %s", SEED).isIn(0L, 900L);
                if (step > 0) {
                    assertThat(verdict.first()).isEqualTo(900);
                }
                boolean there = verdict.first() == 0;
                assertThat(store.auditQuery().byIndex(0).isPresent()).isEqualTo(there);
                assertThat(store.auditQuery().byIndex(899).isPresent()).isEqualTo(there);
                assertThat(store.proofs().inclusion(77, 1_200)).isEqualTo(proof);
                FourMonths.retention(store).sweep();
                assertThat(store.proofs().inclusion(77, 1_200)).isEqualTo(proof);
                store.auditLog().append(Events.numbered(i));
            }
            try (Store.Reader reader = Store.reader(data)) {
                LedgerCheck.Verdict verdict = reader.ledgerCheck().verify();
                assertThat(verdict.intact()).as("seed %s", SEED).isTrue();
                SecondVerifier.agrees(data, verdict);
            }
        }
    }

    /** Kills the other process some time after it said something. */
    private static void killed(Path data, Path archives, String step, int millis) throws Exception {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                PruneKillTest.class.getName(),
                                data.toString(),
                                archives.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try (BufferedReader output =
                new BufferedReader(
                        new InputStreamReader(
                                process.getInputStream(), StandardCharsets.US_ASCII))) {
            String line = output.readLine();
            while (line != null && !line.equals(step)) {
                line = output.readLine();
            }
            assertThat(line).isEqualTo(step);
            boolean _ = process.waitFor(millis, TimeUnit.MILLISECONDS);
        } finally {
            process.toHandle().destroyForcibly();
            process.onExit().join();
        }
    }
}
