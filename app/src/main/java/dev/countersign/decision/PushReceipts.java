package dev.countersign.decision;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditQuery;
import dev.countersign.audit.AuditQuery.Recorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.call.Action;
import dev.countersign.call.Push;
import dev.countersign.call.Subject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Tells a gate in front of a repository whether what is pushed there was allowed before: by a
 * decision on the call that pushes it, whose record names the very commit, or by a person's pass.
 * Each is for one change of one reference.
 */
public final class PushReceipts {
    /** How long after it was allowed a push may arrive. */
    public static final Duration FRESH = Duration.ofHours(1);

    /** The kind of the records of what came to a gate. */
    public static final String ARRIVED = "push";

    /** The kind of the records of people's passes. */
    private static final String PASS = "push-pass";

    private static final int PART = 500;
    private static final int MOST_PARTS = 20;

    private static final int TRIES = 3;

    private final AuditQuery query;
    private final PushLog log;
    private final Halted halted;
    private final Clock clock;
    private final Ids ids;

    /** So that pushes at one time need not be judged twice; what is written decides. */
    private final ReentrantLock one = new ReentrantLock();

    public PushReceipts(AuditQuery query, PushLog log, Halted halted, Clock clock, Ids ids) {
        this.query = query;
        this.log = log;
        this.halted = halted;
        this.clock = clock;
        this.ids = ids;
    }

    /** Tells what goes on no more. */
    public interface Halted {
        /** Why the work that a recorded call belongs to goes on no more, for who pushes. */
        Optional<String> call(ObjectNode recorded);

        /** The same of what a person let through then: who stops all work after it means it too. */
        Optional<String> pass(Instant made);
    }

    /**
     * A reference that somebody wants to change.
     *
     * @param ref its whole name
     * @param before what it names, zeros for nothing
     * @param after what it is to name, zeros for nothing
     * @param forced whether that takes away what is there
     */
    public record Change(String ref, String before, String after, boolean forced) {
        boolean deletes() {
            return after.chars().allMatch(c -> c == '0');
        }
    }

    /**
     * What is said of one.
     *
     * @param receipt the decision or pass that allows it, or null
     * @param why in words for who pushes
     */
    public record Judged(Change change, @Nullable String receipt, String why) {
        public boolean allowed() {
            return receipt != null;
        }
    }

    /** What is kept with a decision that allows a push. */
    static void write(ObjectNode body, List<Push> pushes) {
        ArrayNode list = body.putArray("pushes");
        for (Push push : pushes) {
            ObjectNode each = list.addObject();
            each.put("to", push.to()).put("ref", push.ref());
            each.put("commit", push.commit()).put("forced", push.forced());
        }
    }

    /**
     * Judges a whole push and records what came of it; unless all of it is allowed, git takes none.
     *
     * @param gate who asks
     * @param repository the common forms of its addresses
     * @param pusher who pushes, as the host of the repository says, or null
     */
    public List<Judged> arrive(
            Subject gate, Set<String> repository, List<Change> changes, @Nullable String pusher)
            throws NotRecorded {
        one.lock();
        try {
            for (int tries = 0; tries < TRIES; tries++) {
                List<Candidate> candidates = candidates();
                Map<String, List<JsonNode>> arrived = new HashMap<>();
                List<Judged> all = new ArrayList<>();
                for (Change change : changes) {
                    all.add(judge(repository, change, candidates, arrived));
                }
                boolean whole = all.stream().allMatch(Judged::allowed);
                List<AuditRecord> records = new ArrayList<>();
                Map<String, Integer> counted = new HashMap<>();
                for (Judged judged : all) {
                    records.add(record(gate, repository, judged, whole, pusher));
                    String receipt = judged.receipt();
                    if (receipt != null) {
                        counted.put(receipt, arrived.getOrDefault(receipt, List.of()).size());
                    }
                }
                if (log.append(records, counted)) {
                    return all;
                }
            }
            throw new NotRecorded(
                    "other pushes came with the same receipts",
                    new IllegalStateException("overtaken"));
        } finally {
            one.unlock();
        }
    }

    /** Something that may allow a change. */
    private record Candidate(JsonNode record, JsonNode push) {
        String id() {
            return record.path("decision").asText("");
        }

        private boolean names(String field, String value) {
            return value.equals(push.path(field).textValue());
        }

        boolean mayBe(Set<String> repository, Change change) {
            String to = push.path("to").textValue();
            return (to == null || repository.contains(to)) && names("ref", change.ref());
        }

        boolean isOf(Change change) {
            String commit = push.path("commit").asText("");
            return change.deletes()
                    ? !commit.isEmpty() && commit.chars().allMatch(c -> c == '0')
                    : commit.equals(change.after());
        }
    }

    private List<Candidate> candidates() {
        List<Candidate> found = new ArrayList<>();
        for (Action action : List.of(Action.GIT_PUSH, Action.GIT_FORCE_PUSH)) {
            gather(Map.of("kind", "decision", "effect", "allow", "action", action.wire()), found);
        }
        gather(Map.of("kind", PASS), found);
        return found;
    }

    private void gather(Map<String, String> filters, List<Candidate> found) {
        Map<String, String> recent = new HashMap<>(filters);
        recent.put("from", clock.instant().minus(FRESH).toString());
        long before = Long.MAX_VALUE;
        for (int part = 0; part < MOST_PARTS; part++) {
            List<Recorded> records = query.list(recent, before, PART);
            for (Recorded record : records) {
                for (JsonNode push : record.body().path("body").path("pushes")) {
                    found.add(new Candidate(record.body(), push));
                }
            }
            if (records.size() < PART) {
                return;
            }
            before = records.getLast().index();
        }
    }

    private Judged judge(
            Set<String> repository,
            Change change,
            List<Candidate> candidates,
            Map<String, List<JsonNode>> arrived) {
        List<Candidate> about =
                candidates.stream().filter(each -> each.mayBe(repository, change)).toList();
        List<Candidate> same = about.stream().filter(each -> each.isOf(change)).toList();
        List<Candidate> here =
                same.stream().filter(each -> each.push().path("to").isTextual()).toList();
        List<Candidate> enough =
                here.stream()
                        .filter(each -> !change.forced() || each.push().path("forced").asBoolean())
                        .toList();
        String stopped = null;
        for (Candidate each : enough) {
            if (unused(arrived.computeIfAbsent(each.id(), this::arrivals), change)) {
                Optional<String> why = halted(each);
                if (why.isEmpty()) {
                    return new Judged(change, each.id(), "allowed by " + each.id());
                }
                stopped = why.get() + "; what was allowed before does not count until it goes on";
            }
        }
        return new Judged(change, null, stopped == null ? why(about, same, here, enough) : stopped);
    }

    private Optional<String> halted(Candidate candidate) {
        JsonNode record = candidate.record();
        return PASS.equals(record.path("kind").asText())
                ? halted.pass(Instant.parse(record.path("at").asText()))
                : record.path("body").path("call") instanceof ObjectNode call
                        ? halted.call(call)
                        : Optional.of("what asked for it cannot be read");
    }

    private static String why(
            List<Candidate> about,
            List<Candidate> same,
            List<Candidate> here,
            List<Candidate> enough) {
        if (!enough.isEmpty()) {
            return "what allowed it was used already; push again through the agent";
        }
        if (!here.isEmpty()) {
            return "it takes away what is there, and what was allowed was no forced push";
        }
        if (!same.isEmpty()) {
            return "a push of it was allowed, but to which repository could not be seen there";
        }
        if (about.stream().anyMatch(each -> each.push().path("commit").isNull())) {
            return "a push was allowed, but which commit could not be seen: push in a call of its"
                    + " own, after the one that commits";
        }
        return about.isEmpty()
                ? "no push to it was allowed within the last hour"
                : "the push that was allowed is of another commit";
    }

    /** What came to gates by a receipt, let through or not. */
    private List<JsonNode> arrivals(String receipt) {
        return query.ofDecision(receipt).stream()
                .map(Recorded::body)
                .map(JsonNode.class::cast)
                .filter(record -> ARRIVED.equals(record.path("kind").asText()))
                .toList();
    }

    /** Whether it let nothing through yet: who pushes again asks again. */
    private static boolean unused(List<JsonNode> arrivals, Change change) {
        return arrivals.stream()
                .map(record -> record.path("body"))
                .noneMatch(body ->
                        body.path("accepted").asBoolean()
                                && change.ref().equals(body.path("ref").asText()));
    }

    private AuditRecord record(
            Subject gate,
            Set<String> repository,
            Judged judged,
            boolean accepted,
            @Nullable String pusher) {
        Change change = judged.change();
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ArrayNode to = body.putArray("repository");
        repository.stream().sorted().forEach(to::add);
        body.put("ref", change.ref()).put("before", change.before());
        body.put("after", change.after()).put("forced", change.forced());
        body.put("accepted", accepted).put("why", judged.why()).put("pusher", pusher);
        String what =
                (change.deletes() ? "deletion" : "push of " + change.after())
                        + " to "
                        + change.ref()
                        + (accepted
                                ? " let through"
                                : judged.allowed() ? " refused with the others" : " refused");
        return new AuditRecord(
                ARRIVED,
                clock.instant(),
                judged.receipt(),
                gate.agent(),
                gate.person(),
                "git-gate",
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                what,
                body);
    }

    /**
     * A person lets a change of a reference through that nothing allowed.
     *
     * @param push what it is, with nothing left open
     * @return the id of the pass
     */
    public String pass(String person, Push push, String reason) throws NotRecorded {
        String id = ids.next();
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("reason", reason);
        write(body, List.of(push));
        boolean _ =
                log.append(
                        List.of(
                                new AuditRecord(
                                        PASS,
                                        clock.instant(),
                                        id,
                                        null,
                                        person,
                                        null,
                                        null,
                                        null,
                                        null,
                                        null,
                                        null,
                                        null,
                                        null,
                                        person
                                                + " lets "
                                                + push.ref()
                                                + " through the gate: "
                                                + reason,
                                        body)),
                        Map.of());
        return id;
    }
}
