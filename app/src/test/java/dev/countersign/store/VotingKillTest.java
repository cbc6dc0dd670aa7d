package dev.countersign.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.approval.Vote;
import dev.countersign.policy.Requirement;
import dev.countersign.policy.Requirement.Quorum;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sixty-four people vote on a thousand requests at once while eight agents use what is approved,
 * and the process is killed in the middle: no vote that was answered is lost, and nothing is used
 * twice.
 */
final class VotingKillTest {
    private static final int REQUESTS = 1_000;
    private static final int KILLS = 3;
    private static final long SEED = Long.getLong("countersign.seed", System.nanoTime());

    private @TempDir Path data;

    @Test
    void noVoteIsLostAndNothingIsUsedTwice() throws Exception {
        Path folder = data.resolve("data");
        try (Store store = Store.open(folder, Clock.systemUTC())) {
            for (int i = 1; i <= REQUESTS; i++) {
                store.approvals().open(request(i), Events.numbered(i));
            }
        }
        Random random = new Random(SEED);
        Set<String> votes = new HashSet<>();
        List<String> uses = new ArrayList<>();
        for (int run = 0; run <= KILLS; run++) {
            int lines = run == KILLS ? Integer.MAX_VALUE : 200 + random.nextInt(500);
            try (VotingProcess process = VotingProcess.on(folder, REQUESTS, SEED + run)) {
                read(process, lines, votes, uses);
                process.kill();
                read(process, Integer.MAX_VALUE, votes, uses);
            }
            verify(folder, votes, uses);
        }
        assertThat(uses).as("seed %s", SEED).hasSizeBetween(REQUESTS - KILLS * 8, REQUESTS);
        try (Store store = Store.open(folder, Clock.systemUTC())) {
            for (int i = 1; i <= REQUESTS; i++) {
                assertThat(store.approvals().find("APR-" + i).orElseThrow().state())
                        .as("APR-%s, seed %s", i, SEED)
                        .isEqualTo(State.USED);
            }
        }
    }

    private static void read(VotingProcess process, int lines, Set<String> votes, List<String> uses)
            throws Exception {
        int seen = 0;
        for (@Nullable String line = process.line(); line != null; line = process.line()) {
            if (line.startsWith("used ")) {
                uses.add(line.substring(5));
            } else if (line.startsWith("vote ")) {
                votes.add(line.substring(5));
            } else {
                return;
            }
            if (++seen >= lines) {
                return;
            }
        }
    }

    private void verify(Path folder, Set<String> votes, List<String> uses) throws Exception {
        assertThat(uses).as("used twice, seed %s", SEED).doesNotHaveDuplicates();
        Set<String> used = new HashSet<>(uses);
        Set<String> kept = new HashSet<>();
        try (Store store = Store.open(folder, Clock.systemUTC())) {
            assertThat(store.ledgerCheck().verify().fault()).as("seed %s", SEED).isEmpty();
            for (int i = 1; i <= REQUESTS; i++) {
                ApprovalRequest request = store.approvals().find("APR-" + i).orElseThrow();
                List<String> people = request.votes().stream().map(Vote::person).toList();
                people.forEach(person -> kept.add(request.id() + " " + person));
                assertThat(people).as(request.id()).doesNotHaveDuplicates();
                assertThat(people.size()).isLessThanOrEqualTo(VotingProcess.NEEDED);
                if (request.state() != State.PENDING) {
                    assertThat(people).as(request.id()).hasSize(VotingProcess.NEEDED);
                }
                if (used.contains(request.id())) {
                    assertThat(request.state()).as(request.id()).isEqualTo(State.USED);
                }
            }
        }
        assertThat(kept).as("seed %s", SEED).containsAll(votes);
    }

    private static ApprovalRequest request(int number) {
        return ApprovalsContract.request(
                number,
                "d" + number,
                List.of(
                        new Requirement(
                                "tenant/rules",
                                List.of("role:maintainer"),
                                new Quorum.AtLeast(VotingProcess.NEEDED),
                                false)),
                Clock.systemUTC().instant().plusSeconds(3_600));
    }
}
