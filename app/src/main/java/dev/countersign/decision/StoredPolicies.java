package dev.countersign.decision;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.decision.PolicyStore.Stored;
import dev.countersign.policy.Library;
import dev.countersign.policy.Policy;
import dev.countersign.policy.PolicyProblem;
import dev.countersign.policy.PolicyReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The documents put on the server, read and ready. A change is read as a whole before it is stored,
 * so what is in force is always what was good last; calls that are being decided finish on the
 * documents they started with.
 */
public final class StoredPolicies {
    private final PolicyStore store;
    private final PolicyReader.Examples examples;
    private volatile State state;

    /**
     * What is in force.
     *
     * @param number counts the changes since the start
     * @param stored the documents as stored
     * @param policies the same, read; templates and named rules among them say nothing themselves
     * @param library what they define
     * @param problems why a stored document cannot be used by this version of the program
     */
    public record State(
            long number,
            List<Stored> stored,
            List<Policy> policies,
            Library library,
            List<String> problems) {
        public State {
            stored = List.copyOf(stored);
            policies = List.copyOf(policies);
            problems = List.copyOf(problems);
        }
    }

    /**
     * What a change would make.
     *
     * @param state what would be in force
     * @param problems errors and warnings in the document itself
     */
    public record Draft(State state, List<PolicyProblem> problems) {
        public Draft {
            problems = List.copyOf(problems);
        }

        public boolean usable() {
            return problems.stream().noneMatch(PolicyProblem::error) && state.problems().isEmpty();
        }
    }

    public StoredPolicies(PolicyStore store, PolicyReader.Examples examples) {
        this.store = store;
        this.examples = examples;
        this.state = read(0, store.policies()).state();
    }

    public State now() {
        return state;
    }

    /** What would be in force with this document added, or put in place of its namesake. */
    public Draft with(Stored document) {
        List<Stored> all = new ArrayList<>();
        all.add(document);
        for (Stored other : state.stored()) {
            if (!other.sameDocument(document)) {
                all.add(other);
            }
        }
        return read(state.number() + 1, all);
    }

    /** What would be in force without this document. */
    public Draft without(Stored document) {
        List<Stored> all = new ArrayList<>();
        for (Stored other : state.stored()) {
            if (!other.sameDocument(document)) {
                all.add(other);
            }
        }
        return read(state.number() + 1, all);
    }

    /** Stores a document, and lets it count from now on. */
    public synchronized void put(Stored document, AuditRecord event) throws NotRecorded {
        store.put(document, event);
        state = read(state.number() + 1, store.policies()).state();
    }

    /** Takes a document out. */
    public synchronized void remove(Stored document, AuditRecord event) throws NotRecorded {
        store.remove(document, event);
        state = read(state.number() + 1, store.policies()).state();
    }

    /** Reads all of them together; the problems are those of the first. */
    private Draft read(long number, List<Stored> stored) {
        List<PolicyReader.Text> texts =
                stored.stream()
                        .map(s -> new PolicyReader.Text(s.file(), s.text(), s.level(), true))
                        .toList();
        List<PolicyReader.Result> results =
                PolicyReader.read(texts, examples, PolicyReader.MAX_LENGTH);
        List<Policy> policies = new ArrayList<>();
        List<String> broken = new ArrayList<>();
        for (int i = 0; i < stored.size(); i++) {
            Stored document = stored.get(i);
            Optional<Policy> policy = results.get(i).policy();
            if (policy.isPresent()) {
                policies.add(policy.get().storedAt(document.level(), document.of()));
            } else {
                results.get(i).problems().stream()
                        .filter(PolicyProblem::error)
                        .limit(3)
                        .forEach(problem -> broken.add(problem.toString()));
            }
        }
        return new Draft(
                new State(number, stored, policies, Library.of(texts), broken),
                results.isEmpty() ? List.of() : results.getFirst().problems());
    }
}
