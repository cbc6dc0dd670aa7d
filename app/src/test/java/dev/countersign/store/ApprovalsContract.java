package dev.countersign.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.Absence;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.approval.ApprovalStore;
import dev.countersign.approval.Vote;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.LedgerCheck;
import dev.countersign.audit.Receipt;
import dev.countersign.policy.Requirement;
import dev.countersign.policy.Requirement.Quorum;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every store of approvals does, whatever it is kept in. */
abstract class ApprovalsContract {
    abstract ApprovalStore approvals();

    abstract LedgerCheck check();

    static ApprovalRequest request(long number, String digest) {
        return request(
                number,
                digest,
                List.of(
                        new Requirement("tenant/rules", List.of(), new Quorum.Any(), false),
                        new Requirement(
                                "project/payments",
                                List.of("ana@example.com", "role:maintainer@core"),
                                new Quorum.AtLeast(2),
                                true),
                        new Requirement("x", List.of("team:core"), new Quorum.All(), true)),
                Events.NOON.plusSeconds(1_800));
    }

    static ApprovalRequest request(
            long number, String digest, List<Requirement> requirements, Instant expires) {
        return request(number, digest, requirements, expires, Absence.EXPIRES);
    }

    static ApprovalRequest request(
            long number,
            String digest,
            List<Requirement> requirements,
            Instant expires,
            Absence absence) {
        ObjectNode call = JsonNodeFactory.instance.objectNode();
        call.put("client", "claude-code").put("tool", "Bash");
        call.putObject("input").put("command", "git push origin main");
        ObjectNode explanation = JsonNodeFactory.instance.objectNode();
        explanation.putArray("operations").addObject().put("action", "git_push");
        return new ApprovalRequest(
                "APR-" + number,
                0,
                "D" + number,
                digest,
                State.PENDING,
                call,
                explanation,
                requirements,
                List.of(),
                "builder",
                null,
                "task t",
                Set.of("a".repeat(64), "b".repeat(64)),
                GrantsContract.offer("builder", "npm install *", List.of("npm", "install")),
                2,
                Events.NOON.plusNanos(number),
                expires,
                null,
                null,
                null,
                absence);
    }

    private ApprovalRequest opened(String digest) throws NotRecorded {
        ApprovalRequest request = request(approvals().nextNumber(), digest);
        approvals().open(request, Events.numbered(0));
        return request;
    }

    @Test
    void numbersAreNeverGivenTwice() throws Exception {
        Set<Long> numbers = new HashSet<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Long>> all = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                all.add(threads.submit(() -> approvals().nextNumber()));
            }
            for (Future<Long> one : all) {
                numbers.add(one.get());
            }
        }
        assertThat(numbers).hasSize(100);
    }

    @Test
    void aRequestReadsBackAsItWas() throws Exception {
        ApprovalRequest request = opened("digest");
        assertThat(approvals().find(request.id())).contains(request);
        assertThat(approvals().find("APR-0")).isEmpty();

        ApprovalRequest voted =
                request.with(new Vote("ana@example.com", true, "fine — go on", false, Events.NOON))
                        .ended(State.DENIED, Events.NOON, "denied by ana@example.com");
        ApprovalRequest first =
                request.with(new Vote("ana@example.com", true, "fine — go on", false, Events.NOON));
        assertThat(approvals().replace(first, Events.numbered(1))).isPresent();
        assertThat(approvals().replace(voted, Events.numbered(2))).isPresent();
        assertThat(approvals().find(request.id())).contains(voted);
        assertThat(check().verify().records()).isEqualTo(3);
    }

    @Test
    void listsByStateAgeAndDigest() throws Exception {
        ApprovalRequest one = opened("same");
        ApprovalRequest two = opened("other");
        ApprovalRequest three = opened("same");
        ApprovalRequest ended = one.ended(State.EXPIRED, Events.NOON, "nobody answered");
        approvals().replace(ended, Events.numbered(1));

        assertThat(approvals().pending()).containsExactly(two, three);
        assertThat(approvals().countPending()).isEqualTo(2);
        assertThat(approvals().ended(10)).containsExactly(ended);
        assertThat(approvals().live("same")).containsExactly(three);
        ApprovalRequest approved = three.ended(State.APPROVED, Events.NOON, "approved");
        approvals().replace(approved, Events.numbered(2));
        assertThat(approvals().live("same")).containsExactly(approved);
        assertThat(approvals().pending()).containsExactly(two);
        assertThat(approvals().ended(10)).containsExactly(approved, ended);
        assertThat(approvals().ended(1)).containsExactly(approved);
        assertThat(approvals().denied("task t")).isEmpty();
        ApprovalRequest denied = two.ended(State.DENIED, Events.NOON, "no");
        approvals().replace(denied, Events.numbered(3));
        assertThat(approvals().denied("task t")).containsExactly(denied);
        assertThat(approvals().denied("task u")).isEmpty();
    }

    @Test
    void ofManyChangesFromOneVersionExactlyOneWins() throws Exception {
        ApprovalRequest request = opened("digest");
        int voters = 32;
        List<Optional<Receipt>> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Optional<Receipt>>> all = new ArrayList<>();
            for (int i = 0; i < voters; i++) {
                Vote vote = new Vote("p" + i + "@example.com", true, "", false, Events.NOON);
                all.add(
                        threads.submit(
                                () -> approvals().replace(request.with(vote), Events.numbered(1))));
            }
            for (Future<Optional<Receipt>> one : all) {
                results.add(one.get());
            }
        }
        assertThat(results.stream().filter(Optional::isPresent)).hasSize(1);
        assertThat(approvals().find(request.id()).orElseThrow().votes()).hasSize(1);
        assertThat(check().verify().records()).isEqualTo(2);
    }

    @Test
    void aRequestThatIsThereAlreadyIsNotOpenedAgainNorRecorded() throws Exception {
        ApprovalRequest request = opened("digest");
        assertThatThrownBy(() -> approvals().open(request, Events.numbered(1)))
                .isInstanceOf(NotRecorded.class);
        assertThat(check().verify().records()).isEqualTo(1);
        assertThat(opened("next")).isNotNull();
        assertThat(check().verify().records()).isEqualTo(2);
    }

    @Test
    void whatPeopleAreShownIsMasked() throws Exception {
        String secret = "ghp_" + "a1B2".repeat(9);
        ApprovalRequest request = request(approvals().nextNumber(), "digest");
        request.call().putObject("input").put("command", "git push https://" + secret + "@x.y");
        approvals().open(request, Events.numbered(0));

        ApprovalRequest kept = approvals().find(request.id()).orElseThrow();
        assertThat(kept.call().toString()).doesNotContain(secret).contains("[masked github-token");
        assertThat(kept.digest()).isEqualTo("digest");
        assertThat(request.call().toString()).contains(secret);
    }

    @Test
    void thePendingOnesComeByTheirDeadlineAsFarAsTheyAreWanted() throws Exception {
        List<String> byDeadline = new ArrayList<>();
        for (int i = 450; i > 0; i--) {
            ApprovalRequest request =
                    request(i, "d", List.of(), Events.NOON.plusSeconds(i / 3).plusMillis(1));
            approvals().open(request, Events.numbered(i));
            byDeadline.add(request.id());
        }
        List<ApprovalRequest> all = approvals().pending();
        assertThat(all).extracting(ApprovalRequest::expires).isSorted();
        assertThat(all)
                .extracting(ApprovalRequest::id)
                .containsExactlyInAnyOrderElementsOf(byDeadline);
        List<ApprovalRequest> seen = new ArrayList<>();
        approvals()
                .eachPending(request -> {
                    seen.add(request);
                    return seen.size() < 250;
                });
        assertThat(seen).isEqualTo(all.subList(0, 250));
        Instant from = all.get(300).expires();
        List<ApprovalRequest> later = new ArrayList<>();
        approvals().eachPending(from, later::add);
        assertThat(later)
                .isEqualTo(all.stream().filter(each -> !each.expires().isBefore(from)).toList());
        assertThat(approvals().due(Events.NOON)).isEmpty();
        assertThat(approvals().due(Events.NOON.plusSeconds(1))).isEqualTo(all.subList(0, 2));
        assertThat(approvals().due(Events.NOON.plusSeconds(1).plusMillis(1)))
                .isEqualTo(all.subList(0, 5));
    }
}
