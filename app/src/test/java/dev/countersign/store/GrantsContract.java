package dev.countersign.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.approval.ApprovalStore;
import dev.countersign.approval.Grant;
import dev.countersign.approval.Grant.Scope;
import dev.countersign.approval.GrantStore;
import dev.countersign.approval.GrantStore.Addition;
import dev.countersign.approval.Offer;
import dev.countersign.approval.Part;
import dev.countersign.approval.Terms;
import dev.countersign.approval.Vote;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.call.Action;
import dev.countersign.call.RiskTier;
import dev.countersign.policy.Shape;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What every store of grants does, whatever it is kept in. */
abstract class GrantsContract {
    abstract GrantStore grants();

    abstract ApprovalStore approvals();

    static Offer offer(String agent, String widest, List<String> sample) {
        return new Offer(
                new Offer.Whose("default", agent, null, "claude-code", "Bash"),
                "task t",
                "/home/dev/payments",
                List.of(
                        new Part(
                                Action.SHELL_RUN,
                                RiskTier.HIGH,
                                Set.of("network", "package-install"),
                                false,
                                "\u0001/src",
                                "a".repeat(64),
                                new Shape(
                                        Shape.Open.ARGUMENTS, sample, widest, List.of(".", ".")))));
    }

    private static Grant grant(
            String id, Scope scope, @Nullable Instant expires, @Nullable Integer uses) {
        return new Grant(
                id,
                "APR-1",
                offer("builder", "npm install *", List.of("npm", "install", "a")),
                scope,
                List.of("npm install *"),
                List.of(
                        new Vote(
                                "ana@example.com",
                                true,
                                "",
                                false,
                                new Terms(scope, "npm install *", Duration.ofHours(1), uses),
                                Events.NOON)),
                Events.NOON,
                expires,
                uses,
                0,
                Events.NOON,
                null,
                null);
    }

    /** Stores it as it is always stored: with the approval that it comes from. */
    private Grant made(Scope scope, @Nullable Instant expires, @Nullable Integer uses)
            throws NotRecorded {
        ApprovalRequest request = ApprovalsContract.request(approvals().nextNumber(), "d");
        approvals().open(request, Events.numbered(0));
        Grant grant = grant("GRN-" + grants().nextNumber(), scope, expires, uses);
        assertThat(
                        approvals()
                                .replace(
                                        request.ended(State.APPROVED, Events.NOON, "approved"),
                                        Events.numbered(1),
                                        new Addition(grant, Events.numbered(2))))
                .isPresent();
        return grant;
    }

    private boolean use(Grant grant, Instant now) throws NotRecorded {
        return grants().use(Set.of(grant.id()), now, Events.numbered(3)).isPresent();
    }

    @Test
    void isKeptAsItWasMade() throws Exception {
        Grant grant = made(Scope.PROJECT, Events.NOON.plusSeconds(60), 3);
        assertThat(grants().find(grant.id())).contains(grant);
        assertThat(grants().of("default", "builder")).containsExactly(grant);
        assertThat(grants().holding()).containsExactly(grant);
        assertThat(grants().of("default", "docs")).isEmpty();
        assertThat(grants().of("other", "builder")).isEmpty();
        assertThat(grants().find("GRN-99")).isEmpty();
    }

    @Test
    void comesOnlyWithTheChangeThatWon() throws Exception {
        ApprovalRequest request = ApprovalsContract.request(approvals().nextNumber(), "d");
        approvals().open(request, Events.numbered(0));
        ApprovalRequest next = request.ended(State.APPROVED, Events.NOON, "approved");
        assertThat(approvals().replace(next, Events.numbered(1))).isPresent();
        Grant late = grant("GRN-7", Scope.TASK, null, null);
        assertThat(
                        approvals()
                                .replace(
                                        next,
                                        Events.numbered(1),
                                        new Addition(late, Events.numbered(2))))
                .isEmpty();
        assertThat(grants().holding()).isEmpty();
    }

    @Test
    void isUsedAsOftenAsItSays() throws Exception {
        usedTwice();
    }

    final void usedTwice() throws NotRecorded {
        Grant grant = made(Scope.PROJECT, null, 2);
        assertThat(use(grant, Events.NOON)).isTrue();
        assertThat(use(grant, Events.NOON)).isTrue();
        assertThat(use(grant, Events.NOON)).isFalse();
        assertThat(grants().find(grant.id()).orElseThrow().used()).isEqualTo(2);
    }

    @Test
    void endsInTime() throws Exception {
        Instant end = Events.NOON.plusSeconds(60);
        Grant grant = made(Scope.PROJECT, end, null);
        assertThat(use(grant, end.minusMillis(1))).isTrue();
        assertThat(use(grant, end)).isFalse();
    }

    @Test
    void aTaskThatRestsIsOver() throws Exception {
        Grant grant = made(Scope.TASK, null, null);
        Instant later = Events.NOON.plus(Duration.ofHours(23));
        assertThat(use(grant, later)).isTrue();
        assertThat(use(grant, later.plus(Duration.ofHours(23)))).isTrue();
        assertThat(use(grant, later.plus(Duration.ofHours(47)))).isFalse();
    }

    @Test
    void endsOnce() throws Exception {
        Grant grant = made(Scope.PROJECT, null, null);
        Grant over = grant.over(Events.NOON.plusSeconds(1), "revoked by ana");
        assertThat(grants().end(over, Events.numbered(3))).isTrue();
        assertThat(grants().end(over, Events.numbered(3))).isFalse();
        assertThat(use(grant, Events.NOON)).isFalse();
        assertThat(grants().holding()).isEmpty();
        assertThat(grants().find(grant.id())).contains(over);
    }

    @Test
    void severalAreUsedTogetherOrNotAtAll() throws Exception {
        Grant one = made(Scope.PROJECT, null, 2);
        Grant other = made(Scope.PROJECT, null, 1);
        Set<String> both = Set.of(one.id(), other.id());
        assertThat(grants().use(both, Events.NOON, Events.numbered(3))).isPresent();
        assertThat(grants().use(both, Events.NOON, Events.numbered(3))).isEmpty();
        assertThat(grants().find(one.id()).orElseThrow().used()).isEqualTo(1);
    }

    @Test
    void manyAtOnceUseItNoMoreOften() throws Exception {
        Grant grant = made(Scope.PROJECT, null, 3);
        int used = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> all = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                all.add(threads.submit(() -> use(grant, Events.NOON)));
            }
            for (Future<Boolean> each : all) {
                used += each.get() ? 1 : 0;
            }
        }
        assertThat(used).isEqualTo(3);
        assertThat(grants().find(grant.id()).orElseThrow().used()).isEqualTo(3);
    }
}
