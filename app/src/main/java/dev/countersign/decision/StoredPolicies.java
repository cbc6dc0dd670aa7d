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
import java.util.stream.Stream;

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
     * @param before what was in force when it was tried
     * @param document what it puts or takes out
     * @param puts whether it puts it
     * @param state what would be in force
     * @param problems errors and warnings in the document itself
     */
    public record Draft(
            State before,
            Stored document,
            boolean puts,
            State state,
            List<PolicyProblem> problems) {
        public Draft {
            problems = List.copyOf(problems);
        }

        /** Whether it gives names to rules for every other document, or takes such away. */
        public boolean defines() {
            return Stream.concat(
                            Stream.of(document),
                            before.stored().stream().filter(document::sameDocument))
                    .anyMatch(each -> PolicyReader.defines(each.file(), each.text()));
        }

        /**
         * Whether the document has no error and breaks no other. What was broken before may stay
         * so, or several broken documents could never be mended one after the other.
         */
        public boolean usable() {
            return problems.stream().noneMatch(PolicyProblem::error)
                    && before.problems().containsAll(state.problems());
        }
    }

    /** Another change was made since this one was tried; nothing was stored. */
    public static final class Overtaken extends Exception {
        private static final long serialVersionUID = 1L;

        private Overtaken() {
            super("another policy was changed since this change was tried", null, false, false);
        }
    }

    public StoredPolicies(PolicyStore store, PolicyReader.Examples examples) {
        this.store = store;
        this.examples = examples;
        List<Stored> stored = store.policies();
        this.state = state(0, stored, read(stored));
    }

    public State now() {
        return state;
    }

    /** What would be in force with this document added, or put in place of its namesake. */
    public Draft with(Stored document) {
        State before = state;
        List<Stored> all = new ArrayList<>();
        all.add(document);
        all.addAll(others(before, document));
        List<PolicyReader.Result> results = read(all);
        return new Draft(
                before,
                document,
                true,
                state(before.number() + 1, all, results),
                results.getFirst().problems());
    }

    /** What would be in force without this document. */
    public Draft without(Stored document) {
        State before = state;
        List<Stored> all = others(before, document);
        return new Draft(
                before, document, false, state(before.number() + 1, all, read(all)), List.of());
    }

    private static List<Stored> others(State before, Stored document) {
        return before.stored().stream().filter(other -> !other.sameDocument(document)).toList();
    }

    /**
     * Makes a change as it was tried, and lets it count from now on.
     *
     * @param draft usable
     * @throws Overtaken when something else is in force than when it was tried: what it makes, and
     *     what it newly allows, may be another by now
     */
    public synchronized void put(Draft draft, AuditRecord event) throws NotRecorded, Overtaken {
        if (!draft.usable()) {
            throw new IllegalArgumentException("an unusable draft (this is a bug)");
        }
        if (draft.before().number() != state.number()) {
            throw new Overtaken();
        }
        if (draft.puts()) {
            store.put(draft.document(), event);
        } else {
            store.remove(draft.document(), event);
        }
        List<Stored> stored = store.policies();
        state = state(draft.state().number(), stored, read(stored));
    }

    /**
     * What several documents would make together.
     *
     * @param before what was in force when it was tried
     * @param documents what it puts
     * @param state what would be in force
     * @param problems errors and warnings in each of the documents
     */
    public record Batch(
            State before, List<Stored> documents, State state, List<List<PolicyProblem>> problems) {
        public Batch {
            documents = List.copyOf(documents);
            problems = List.copyOf(problems);
        }

        /** As {@link Draft#usable}. */
        public boolean usable() {
            return problems.stream().flatMap(List::stream).noneMatch(PolicyProblem::error)
                    && before.problems().containsAll(state.problems());
        }

        /** Whether a document takes the place of its namesake. */
        public boolean replaces(Stored document) {
            return before.stored().stream().anyMatch(document::sameDocument);
        }
    }

    /** What would be in force with these documents added, or put in place of their namesakes. */
    public Batch with(List<Stored> documents) {
        State before = state;
        List<Stored> all = new ArrayList<>(documents);
        before.stored().stream()
                .filter(other -> documents.stream().noneMatch(other::sameDocument))
                .forEach(all::add);
        List<PolicyReader.Result> results = read(all);
        return new Batch(
                before,
                documents,
                state(before.number() + 1, all, results),
                results.subList(0, documents.size()).stream()
                        .map(PolicyReader.Result::problems)
                        .toList());
    }

    /** Stores documents together with what goes with them, or nothing. */
    @FunctionalInterface
    public interface Storing {
        void store() throws NotRecorded;
    }

    /**
     * Makes a change as it was tried, and lets it count from now on.
     *
     * @throws Overtaken as for {@link #put(Draft, AuditRecord)}
     */
    public synchronized void put(Batch batch, Storing storing) throws NotRecorded, Overtaken {
        if (!batch.usable()) {
            throw new IllegalArgumentException("unusable documents (this is a bug)");
        }
        if (!batch.documents().isEmpty() && batch.before().number() != state.number()) {
            throw new Overtaken();
        }
        storing.store();
        if (!batch.documents().isEmpty()) {
            List<Stored> stored = store.policies();
            state = state(batch.state().number(), stored, read(stored));
        }
    }

    private List<PolicyReader.Result> read(List<Stored> stored) {
        return PolicyReader.read(texts(stored), examples, PolicyReader.MAX_LENGTH);
    }

    private static List<PolicyReader.Text> texts(List<Stored> stored) {
        return stored.stream()
                .map(s -> new PolicyReader.Text(s.file(), s.text(), s.level(), true))
                .toList();
    }

    private static State state(
            long number, List<Stored> stored, List<PolicyReader.Result> results) {
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
        return new State(number, stored, policies, Library.of(texts(stored)), broken);
    }
}
