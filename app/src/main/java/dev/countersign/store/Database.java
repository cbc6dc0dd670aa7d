package dev.countersign.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Receipt;
import dev.countersign.audit.RecordJson;
import dev.countersign.audit.SecretMasking;
import dev.countersign.ledger.CanonicalJson;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The database as the stores use it: questions beside the writer, and changes that become durable
 * together with their record or not at all. Nothing unmasked goes in.
 */
final class Database {
    private final Writer writer;
    private final Readers readers;
    private final SecretMasking masking;
    private final Privacy privacy;
    private volatile boolean telling;

    Database(Writer writer, Readers readers, SecretMasking masking, Privacy privacy) {
        this.writer = writer;
        this.readers = readers;
        this.masking = masking;
        this.privacy = privacy;
    }

    /** Whether what happens to questions is noted for those who tell people of it. */
    boolean tells() {
        return telling;
    }

    void tell(boolean wanted) {
        telling = wanted;
    }

    /** Adds a record and nothing else. */
    Receipt append(RecordJson.Prepared record) throws NotRecorded {
        return writer.append(record);
    }

    <T> Optional<T> first(String sql, Rows.Reader<T> reader, @Nullable Object... parameters) {
        return readers.lookUp(connection -> Rows.first(connection, sql, reader, parameters));
    }

    <T> List<T> all(String sql, Rows.Reader<T> reader, @Nullable Object... parameters) {
        return readers.lookUp(connection -> Rows.all(connection, sql, reader, parameters));
    }

    <T> T ask(Query<T> query) {
        return readers.lookUp(query);
    }

    /** The next number of a sequence, never given twice. */
    long next(String sequence) throws NotRecorded {
        return writer.submit(unit -> Rows.next(unit.connection(), sequence));
    }

    /** Carries out one statement and its record. */
    Receipt change(AuditRecord event, String sql, @Nullable Object... parameters)
            throws NotRecorded {
        RecordJson.Prepared record = prepare(event);
        return writer.submit(unit -> {
            Rows.change(unit.connection(), sql, parameters);
            return unit.append(record);
        });
    }

    /** The same where there is one row to change; empty, and no record, when there is none. */
    Optional<Receipt> changeOne(AuditRecord event, String sql, @Nullable Object... parameters)
            throws NotRecorded {
        RecordJson.Prepared record = prepare(event);
        return writer.submit(unit ->
                Rows.change(unit.connection(), sql, parameters) == 1
                        ? Optional.of(unit.append(record))
                        : Optional.empty());
    }

    /** A change of several steps. */
    <T> T submit(Change<T> change) throws NotRecorded {
        return writer.submit(change);
    }

    /** Makes a record ready, in the thread of the caller. */
    RecordJson.Prepared prepare(AuditRecord event) throws NotRecorded {
        return privacy.prepare(event, masking);
    }

    /** Somebody is in other teams now, which their records name. */
    void peopleChanged() {
        privacy.peopleChanged();
    }

    /** A line of text, masked. */
    String masked(String text) {
        return masking.mask(TextNode.valueOf(text)).asText();
    }

    /** A person knows of something; empty when they had said so before. */
    Optional<Receipt> acknowledge(String what, String person, AuditRecord event)
            throws NotRecorded {
        return changeOne(
                event,
                "INSERT INTO acknowledged (what, person) VALUES (?, ?) ON CONFLICT DO NOTHING",
                what,
                person);
    }

    /** A thing as the text of a column, masked. */
    <T> String text(String what, T thing, Function<T, ObjectNode> write) throws NotRecorded {
        try {
            return CanonicalJson.text(CanonicalJson.exact(masking.mask(write.apply(thing))));
        } catch (RuntimeException e) {
            throw new NotRecorded(what + " cannot be written: " + e.getMessage(), e);
        }
    }

    /** A thing from the text of a column. */
    static <T> T read(String what, String text, Function<JsonNode, T> read) throws SQLException {
        try {
            return read.apply(CanonicalJson.parse(text));
        } catch (RuntimeException e) {
            throw new SQLException(what + " cannot be read: " + e.getMessage(), e);
        }
    }
}
