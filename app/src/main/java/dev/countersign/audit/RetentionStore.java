package dev.countersign.audit;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.ledger.Anchor;
import dev.countersign.ledger.SignedNote;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is kept of archives, of what was taken out, and of holds. */
public interface RetentionStore {

    /** What was taken out, and where it is. */
    Pruned pruned();

    /**
     * A run of records that is one file.
     *
     * @param first the index of its first record
     * @param note the checkpoint it ends at
     * @param name how its file is called
     * @param archived the file that was written, or null when none was yet
     */
    record Span(long first, long size, SignedNote note, String name, @Nullable Segment archived) {}

    /**
     * What happened before a time, as runs of at most a calendar month (UTC) that end at a
     * checkpoint, oldest first. The newest checkpoint is not in any.
     */
    List<Span> spans(Instant before);

    /**
     * A record as it lies in the folder.
     *
     * @param hash 64 hexadecimal digits
     * @param record its canonical JSON
     * @param payload the canonical JSON beside it, or null
     * @param locked what is sealed of it, locked, in base64, or null
     */
    record Kept(
            long index,
            String hash,
            String record,
            @Nullable String payload,
            @Nullable String locked) {}

    /** Some records, as many as fit into some megabytes; none only where there are no more. */
    List<Kept> kept(long from, long size);

    /** Records that a run was written to a file. */
    Receipt archived(AuditRecord event, Segment segment, SignedNote note) throws NotRecorded;

    /** Those in force, by their id; people are called as in records. */
    List<Hold> holds();

    /** How records call a person, or empty where none names them. */
    Optional<String> nameOf(String email);

    /** A text with the addresses of people for the names that records have. */
    String shown(String text);

    /** Records a hold; from then on it is in force. */
    Receipt place(AuditRecord event, String id) throws NotRecorded;

    /** Records the end of a hold; empty where there is none of this id. */
    Optional<Receipt> end(AuditRecord event, String id) throws NotRecorded;

    /**
     * Takes records out, all at once for whoever looks; {@link #sweep} then frees their room.
     *
     * @param event says what, and proves the rest
     * @param before how many records were taken out until now
     * @param size how many are from now on
     * @param holds the ids of the holds that were looked at
     * @throws NotRecorded also when there is another hold by now, or something else was taken out
     */
    Receipt prune(AuditRecord event, long before, long size, Set<String> holds) throws NotRecorded;

    /**
     * Frees the room of some of the records that were taken out.
     *
     * @return whether there is more to do
     */
    boolean sweep() throws NotRecorded;

    /** The edge of the tree over the first {@code size} records, and the hash of the last. */
    Anchor anchorAt(long size);
}
