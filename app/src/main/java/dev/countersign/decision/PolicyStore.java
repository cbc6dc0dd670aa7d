package dev.countersign.decision;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.policy.Level;
import java.time.Instant;
import java.util.List;

/** Keeps the documents put on the server. Each change is one transaction with its record. */
public interface PolicyStore {

    /**
     * A document that is stored.
     *
     * @param level where it stands
     * @param of the team, project or agent it is for; empty at the level of the tenant
     * @param name what it calls itself
     * @param file the file's name as it was put
     * @param text its content
     * @param person who put it, or a name of the owner shortcut
     * @param at when
     */
    record Stored(
            Level level,
            String of,
            String name,
            String file,
            String text,
            String person,
            Instant at) {

        boolean sameDocument(Stored other) {
            return level == other.level && of.equals(other.of) && name.equals(other.name);
        }
    }

    /** Every document, from the farthest level to the nearest, then by name. */
    List<Stored> policies();

    /** Adds one, or replaces the one with the same level and name. */
    void put(Stored document, AuditRecord event) throws NotRecorded;

    /** Takes one out. */
    void remove(Stored document, AuditRecord event) throws NotRecorded;
}
