package dev.countersign.store;

import dev.countersign.audit.LedgerCheck;
import dev.countersign.ledger.CanonicalJson;
import dev.countersign.ledger.Checkpoint;
import dev.countersign.ledger.Disclosure;
import dev.countersign.ledger.Draft;
import dev.countersign.ledger.Fault;
import dev.countersign.ledger.Hash;
import dev.countersign.ledger.NoteKey;
import dev.countersign.ledger.SignedNote;
import dev.countersign.ledger.Verifier;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Verifies the ledger as it stands in its database. */
final class SqlCheck implements LedgerCheck {
    /**
     * One read transaction covers this many records: a longer one would keep the log from being
     * tidied.
     */
    private static final int CHUNK = 5_000;

    private static final String RECORDS =
            "SELECT l.idx, l.record, l.hash, p.body, s.box FROM ledger l"
                    + " LEFT JOIN payload p ON p.idx = l.idx"
                    + " LEFT JOIN sealed s ON s.idx = l.idx"
                    + " WHERE l.idx > ? ORDER BY l.idx LIMIT ?";

    private final Path folder;
    private final Readers readers;
    private final Privacy privacy;

    SqlCheck(Path folder, Readers readers, Privacy privacy) {
        this.folder = folder;
        this.readers = readers;
        this.privacy = privacy;
    }

    @Override
    public Verdict verify(Optional<SignedNote> elsewhere) {
        Signed signed = agreeing(signed(elsewhere));
        Verifier verifier = new Verifier(signed.checkpoints);
        long last = Long.MIN_VALUE;
        boolean more = true;
        while (more) {
            long from = last;
            Chunk chunk =
                    readers.search(connection -> chunk(connection, verifier, from, CHUNK, privacy));
            last = chunk.last;
            more = chunk.fault.isEmpty() && chunk.count == CHUNK;
        }
        Optional<Fault> fault = verifier.fault().or(verifier::mismatch).or(verifier::unexplained);
        long known = signed.checkpoints.stream().mapToLong(Checkpoint::size).max().orElse(0);
        Optional<Fault> missing = fault.isPresent() ? Optional.empty() : verifier.end(known);
        return new Verdict(
                verifier.records(),
                verifier.head(),
                verifier.root(),
                fault.isPresent() ? fault : signed.fault,
                missing,
                Math.min(known, verifier.records()));
    }

    /** Of two ledgers of one size that were signed nobody can say which is the true one. */
    private static Signed agreeing(Signed signed) {
        Map<Long, Hash> roots = new HashMap<>();
        for (Checkpoint each : signed.checkpoints) {
            Hash other = roots.putIfAbsent(each.size(), each.root());
            if (other != null && !other.equals(each.root())) {
                return new Signed(
                        List.of(),
                        unsigned("two ledgers of " + each.size() + " records were signed"));
            }
        }
        return signed;
    }

    /** What was signed of this ledger, and what is wrong with that. */
    private record Signed(List<Checkpoint> checkpoints, Optional<Fault> fault) {}

    private Signed signed(Optional<SignedNote> elsewhere) {
        List<Checkpoint> checkpoints = new ArrayList<>();
        Optional<Fault> fault = Optional.empty();
        try {
            Optional<NoteKey> key = Checkpoints.key(folder);
            List<String> notes =
                    readers.lookUp(connection ->
                            Rows.all(
                                    connection,
                                    "SELECT note FROM checkpoint ORDER BY seq",
                                    row -> row.getString(1)));
            if (key.isEmpty()) {
                fault =
                        notes.isEmpty()
                                ? fault
                                : unsigned("the key of the ledger is missing, which signed it");
                if (elsewhere.isPresent()) {
                    throw new IllegalArgumentException(
                            "the ledger in `" + folder + "` has no key to check a checkpoint with");
                }
                return new Signed(checkpoints, fault);
            }
            for (String note : notes) {
                checkpoints.add(checked(note, key.get()));
            }
            Optional<SignedNote> beside = Checkpoints.beside(folder);
            if (beside.isPresent()) {
                checkpoints.add(checked(beside.get(), key.get()));
            }
            if (elsewhere.isPresent()) {
                checkpoints.add(given(elsewhere.get(), key.get()));
            }
        } catch (NotSigned | IOException e) {
            fault = unsigned(String.valueOf(e.getMessage()));
        }
        return new Signed(checkpoints, fault);
    }

    private static Optional<Fault> unsigned(String text) {
        return Optional.of(new Fault(0, Fault.Kind.UNSIGNED, text));
    }

    private static final class NotSigned extends Exception {
        private static final long serialVersionUID = 1L;

        NotSigned(String message) {
            super(message);
        }
    }

    private static Checkpoint checked(String note, NoteKey key) throws NotSigned {
        try {
            return checked(SignedNote.parse(note), key);
        } catch (IllegalArgumentException e) {
            throw new NotSigned("a checkpoint of the ledger was changed: " + e.getMessage());
        }
    }

    private static Checkpoint checked(SignedNote note, NoteKey key) throws NotSigned {
        try {
            if (!note.signers(List.of(key)).isEmpty()) {
                return Checkpoint.parse(note.text());
            }
        } catch (IllegalArgumentException _) {
            // said below
        }
        throw new NotSigned("a checkpoint of the ledger was not signed with its key");
    }

    private static Checkpoint given(SignedNote note, NoteKey key) {
        try {
            return checked(note, key);
        } catch (NotSigned e) {
            throw new IllegalArgumentException(
                    "the checkpoint was not signed with the key of this ledger, " + key, e);
        }
    }

    /** Only the newest records, so that the time does not grow with the ledger. */
    static Optional<Fault> newest(Connection connection, int count) throws SQLException {
        List<Long> anchor =
                Rows.all(
                        connection,
                        "SELECT idx FROM ledger ORDER BY idx DESC LIMIT 1 OFFSET ?",
                        row -> row.getLong(1),
                        count);
        if (anchor.isEmpty()) {
            return chunk(connection, new Verifier(), Long.MIN_VALUE, count, null).fault;
        }
        long before = anchor.getFirst();
        String head =
                Rows.first(
                                connection,
                                "SELECT hash FROM ledger WHERE idx = ?",
                                row -> HexFormat.of().formatHex(row.getBytes(1)),
                                before)
                        .orElse(Draft.GENESIS);
        return chunk(connection, new Verifier(before + 1, head), before, count, null).fault;
    }

    private record Chunk(long last, int count, Optional<Fault> fault) {}

    /**
     * Checks some records.
     *
     * @param privacy opens what is sealed, or null where that is not looked at
     */
    private static Chunk chunk(
            Connection connection,
            Verifier verifier,
            long after,
            int limit,
            @Nullable Privacy privacy)
            throws SQLException {
        if (privacy != null) {
            privacy.load(connection);
        }
        try (PreparedStatement statement = connection.prepareStatement(RECORDS)) {
            statement.setLong(1, after);
            statement.setInt(2, limit);
            try (ResultSet row = statement.executeQuery()) {
                long last = after;
                int count = 0;
                while (row.next() && verifier.fault().isEmpty()) {
                    last = row.getLong(1);
                    count++;
                    byte[] record = row.getBytes(2);
                    verifier.accept(
                            last,
                            record,
                            row.getBytes(3),
                            row.getBytes(4),
                            disclosed(record, row.getBytes(5), privacy));
                }
                return new Chunk(last, count, verifier.fault());
            }
        }
    }

    /** What is sealed, or null; what cannot be opened is none that any record holds. */
    private static @Nullable Disclosure disclosed(
            byte[] record, byte @Nullable [] box, @Nullable Privacy privacy) {
        if (box == null || privacy == null) {
            return null;
        }
        try {
            return privacy.disclosure(CanonicalJson.parse(record), box).orElse(new Disclosure(""));
        } catch (IllegalArgumentException _) {
            return new Disclosure("");
        }
    }
}
