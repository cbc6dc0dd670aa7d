package dev.countersign.audit;

import dev.countersign.audit.AuditLog.NotRecorded;
import java.util.List;

/** Searches that people keep for themselves. Nothing is decided by them, so no record is made. */
public interface SavedViews {
    /** So many of one person. */
    int MOST = 50;

    int LONGEST_NAME = 60;

    int LONGEST_SEARCH = 1_500;

    /**
     * A search.
     *
     * @param name what its person calls it
     * @param search as {@link FieldSyntax} has it
     */
    record View(String name, String search) {}

    /** In the order of their names. */
    List<View> of(String email);

    /** Keeps one, in the place of what has the same name; false where there are too many. */
    boolean keep(String email, View view) throws NotRecorded;

    /** Removes one; nothing where there is none. */
    void forget(String email, String name) throws NotRecorded;
}
