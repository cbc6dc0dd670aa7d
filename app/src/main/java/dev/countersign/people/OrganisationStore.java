package dev.countersign.people;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps the organisation: own roles, teams, projects, agents and people, found by what they are.
 */
public interface OrganisationStore {

    /** One step of a change. */
    sealed interface Step {
        /** What the ledger says of it. */
        AuditRecord event();

        /** Adds, or replaces what has its kind and id. */
        record Put(Entity entity, AuditRecord event) implements Step {}

        /** Takes out; of people their browser sessions too. */
        record Remove(Entity.Kind kind, String id, AuditRecord event) implements Step {}

        /** Ends a token; it says so itself. */
        record EndToken(Token token, AuditRecord event) implements Step {}

        /**
         * Puts a policy in force, beside what goes with it.
         *
         * @param row level, of, name, file, text, person and time, as the policies keep them
         */
        record Policy(List<String> row, AuditRecord event) implements Step {
            public Policy {
                row = List.copyOf(row);
            }
        }
    }

    /**
     * An agent that asked and that nobody has added.
     *
     * @param name as its token says it
     * @param first when it was seen first, by the minute
     * @param last when it was seen last, by the minute
     */
    record Sighting(String name, Instant first, Instant last) {}

    Optional<Entity> find(Entity.Kind kind, String id);

    /** Those after an id, in their order. */
    List<Entity> list(Entity.Kind kind, String after, int most);

    /** The ids of those that a term finds, after an id, in their order. */
    List<String> found(Entity.Kind kind, String term, String after, int most);

    /** Who is found by a term: of any kind, as {@code kind id}. */
    List<String> needing(String term, int most);

    /**
     * Carries out all of it, with its records, or nothing.
     *
     * @return false, and nothing happens, where that leaves no owner
     */
    default boolean change(List<Step> steps) throws NotRecorded {
        return change(steps, List.of()) == Made.DONE;
    }

    /**
     * Something as it was when a change was judged.
     *
     * @param as how it was, or empty where it was not there
     */
    record Seen(Entity.Kind kind, String id, Optional<Entity> as) {}

    /** What became of a change. */
    enum Made {
        DONE,
        /** Nobody would be an owner any more; nothing was changed. */
        OWNERLESS,
        /** Something was changed since it was looked at; nothing was changed by this. */
        OVERTAKEN
    }

    /**
     * Changes all of it or nothing, where everything still is as it was seen: who may do what was
     * judged by that.
     */
    Made change(List<Step> steps, List<Seen> seen) throws NotRecorded;

    /** Those after a name, in their order. */
    List<Sighting> sightings(String after, int most);

    /** Notes when agents were seen and tokens used; it needs no record. */
    void seen(Map<String, Instant> agents, Map<String, Instant> tokens) throws NotRecorded;
}
