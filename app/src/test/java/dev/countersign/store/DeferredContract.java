package dev.countersign.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.Deferred;
import dev.countersign.approval.Deferred.State;
import dev.countersign.approval.DeferredStore;
import dev.countersign.approval.Vote;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.Receipt;
import dev.countersign.policy.Requirement;
import dev.countersign.policy.Requirement.Quorum;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every store of deferred calls does, whatever it is kept in. */
abstract class DeferredContract {
    abstract DeferredStore deferred();

    static Deferred call(long number) {
        ObjectNode call = JsonNodeFactory.instance.objectNode();
        call.put("client", "claude-code").put("tool", "Bash").put("session", "s");
        call.putObject("input").put("command", "npm run deploy");
        ObjectNode explanation = JsonNodeFactory.instance.objectNode();
        explanation.putArray("operations").addObject().put("action", "shell_run");
        return Deferred.queued(
                "DEF-" + number,
                "D" + number,
                "digest" + number,
                call,
                explanation,
                List.of(
                        new Requirement(
                                "tenant/rules",
                                List.of("role:maintainer@core"),
                                new Quorum.AtLeast(2),
                                true)),
                "builder",
                "ana@example.com",
                "task s",
                Events.NOON,
                Events.NOON.plusSeconds(36_000));
    }

    private Deferred opened() throws NotRecorded {
        Deferred call = call(deferred().nextNumber());
        deferred().open(call, Events.numbered(0));
        return call;
    }

    @Test
    void aCallReadsBackAsItWas() throws Exception {
        Deferred first = opened();
        assertThat(deferred().find(first.id())).contains(first);
        assertThat(deferred().ofDecision(first.decision())).contains(first);
        assertThat(deferred().find("DEF-0")).isEmpty();
        Deferred voted =
                first.with(new Vote("ana@example.com", true, "fine — go", false, Events.NOON));
        Deferred asked = voted.asking(Events.NOON, "APR-3");
        Deferred ended = asked.ended(State.DENIED, Events.NOON, "denied");
        for (Deferred next : List.of(voted, asked, ended)) {
            assertThat(deferred().replace(next, Events.numbered(1))).isPresent();
            assertThat(deferred().find(first.id())).contains(next);
        }
        Deferred ready = opened().ready(Events.NOON, Events.NOON.plusSeconds(60));
        assertThat(deferred().replace(ready, Events.numbered(2))).isPresent();
        assertThat(deferred().find(ready.id())).contains(ready);
    }

    @Test
    void whatIsOverAndKnownIsNotKept() throws Exception {
        Deferred one = opened();
        Deferred two = opened();
        Deferred three = opened();
        assertThat(deferred().kept()).containsExactly(one, two, three);
        Deferred withdrawn = one.ended(State.WITHDRAWN, Events.NOON, "over");
        Deferred cancelled = two.ended(State.CANCELLED, Events.NOON, "no");
        deferred().replace(withdrawn, Events.numbered(1));
        deferred().replace(cancelled, Events.numbered(2));
        assertThat(deferred().kept()).containsExactly(cancelled, three);
        deferred().replace(cancelled.knownToAgent(), Events.numbered(3));
        assertThat(deferred().kept()).containsExactly(three);
        assertThat(deferred().recent(2)).containsExactly(three, cancelled.knownToAgent());
    }

    @Test
    void ofManyChangesFromOneVersionExactlyOneWins() throws Exception {
        Deferred ready = opened().ready(Events.NOON, Events.NOON.plusSeconds(60));
        deferred().replace(ready, Events.numbered(1));
        Deferred used = ready.ended(State.USED, Events.NOON, "ran");
        List<Optional<Receipt>> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Optional<Receipt>>> all = new ArrayList<>();
            for (int i = 0; i < 32; i++) {
                all.add(threads.submit(() -> deferred().replace(used, Events.numbered(2))));
            }
            for (Future<Optional<Receipt>> one : all) {
                results.add(one.get());
            }
        }
        assertThat(results.stream().filter(Optional::isPresent)).hasSize(1);
    }
}
