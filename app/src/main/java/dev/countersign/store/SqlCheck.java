package dev.countersign.store;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.audit.LedgerCheck;
import dev.countersign.audit.Pruned;
import dev.countersign.audit.RetentionTrail;
import dev.countersign.audit.export.ArchiveFile;
import dev.countersign.ledger.Anchor;
import dev.countersign.ledger.Checkpoint;
import dev.countersign.ledger.Disclosure;
import dev.countersign.ledger.Draft;
import dev.countersign.ledger.Examined;
import dev.countersign.ledger.Fault;
import dev.countersign.ledger.Hash;
import dev.countersign.ledger.MerkleTree;
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
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Verifies the ledger as it stands in its database. */
final class SqlCheck implements LedgerCheck {
    /**
     * One read transaction covers this many records: a longer one would keep the log from being
     * tidied.
     */
    private static final int CHUNK = 5_000;

    /** So many records are examined at once before the chain goes on over them. */
    private static final int PART = 1_000;

    private static final String NOT_SIGNED =
            "a checkpoint of the ledger was not signed with its key";

    private static final String RECORDS =
            "SELECT l.idx, l.record, l.hash, p.body, s.box FROM ledger l"
                    + " LEFT JOIN payload p ON p.idx = l.idx"
                    + " LEFT JOIN sealed s ON s.idx = l.idx"
                    + " WHERE l.idx > ? ORDER BY l.idx LIMIT ?";

    private final Path folder;
    private final Readers readers;
    private final Privacy privacy;
    private final boolean parallel;

    /**
     * A check.
     *
     * @param parallel whether all processors examine records; not beside a server that decides
     */
    SqlCheck(Path folder, Readers readers, Privacy privacy, boolean parallel) {
        this.folder = folder;
        this.readers = readers;
        this.privacy = privacy;
        this.parallel = parallel;
    }

    @Override
    public Verdict verify(Against against) {
        Signed signed = agreeing(signed(against));
        while (true) {
            Optional<Verdict> verdict = verify(signed, against);
            if (verdict.isPresent()) {
                return verdict.get();
            }
            // Records were taken out meanwhile: the ledger begins at another place now.
        }
    }

    private Optional<Verdict> verify(Signed signed, Against against) {
        Pruned pruned;
        try {
            pruned = readers.lookUp(SqlRetention::pruned);
        } catch (StoreException e) {
            if (!(e.getCause() instanceof IllegalArgumentException unsaid)) {
                throw e;
            }
            return Optional.of(
                    nothing(
                            new Fault(
                                    0, Fault.Kind.RETENTION, String.valueOf(unsaid.getMessage()))));
        }
        RetentionTrail trail = new RetentionTrail();
        List<ArchiveFile> files = new ArrayList<>();
        try {
            for (Path file : against.archives()) {
                files.add(archive(file));
            }
        } catch (ArchiveFile.Broken e) {
            return Optional.of(
                    nothing(new Fault(0, Fault.Kind.EDITED, String.valueOf(e.getMessage()))));
        }
        Anchor start = files.isEmpty() ? pruned.anchor() : files.getFirst().anchor();
        Verifier verifier = new Verifier(signed.checkpoints, start);
        Optional<Fault> fault = verifier.fault();
        if (fault.isEmpty()) {
            fault = read(files, pruned.anchor(), verifier, trail);
        }
        boolean more = fault.isEmpty();
        Holds holds = new Holds(Map.of());
        while (more) {
            Chunk chunk =
                    readers.search(connection ->
                            together(
                                    connection,
                                    () ->
                                            chunk(
                                                    connection,
                                                    verifier,
                                                    CHUNK,
                                                    privacy,
                                                    trail,
                                                    parallel)));
            if (chunk.first != pruned.first()) {
                return Optional.empty();
            }
            holds = chunk.holds;
            more = chunk.fault.isEmpty() && chunk.count == CHUNK;
        }
        fault = fault.or(verifier::fault).or(verifier::mismatch).or(verifier::unexplained);
        if (fault.isEmpty()) {
            fault = trail.fault(pruned.anchor(), holds.byId);
        }
        long known = signed.checkpoints.stream().mapToLong(Checkpoint::size).max().orElse(0);
        Optional<Fault> missing = fault.isPresent() ? Optional.empty() : verifier.end(known);
        List<Vouched> vouched = List.of();
        if (fault.isEmpty() && signed.fault.isEmpty()) {
            vouched = signed.vouched(against.witnesses(), verifier.records());
            missing = missing.or(unwitnessed(against.witnesses(), vouched));
        }
        return Optional.of(
                new Verdict(
                        verifier.records(),
                        verifier.head(),
                        verifier.root(),
                        fault.isPresent() ? fault : signed.fault,
                        missing,
                        Math.min(known, verifier.records()),
                        vouched,
                        start.size(),
                        start.size() == 0 ? "" : pruned.where(start.size())));
    }

    /** No record could be read. */
    private static Verdict nothing(Fault fault) {
        return new Verdict(
                0,
                Draft.GENESIS,
                MerkleTree.EMPTY,
                Optional.of(fault),
                Optional.empty(),
                0,
                List.of(),
                0,
                "");
    }

    private ArchiveFile archive(Path file) throws ArchiveFile.Broken {
        try {
            NoteKey key =
                    Checkpoints.key(folder)
                            .orElseThrow(() ->
                                    new IllegalArgumentException(
                                            "the ledger in `" + folder + "` has no key"));
            return ArchiveFile.checked(file, key);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read `" + file + "`: " + e.getMessage(), e);
        }
    }

    /** Reads archives, up to where the ledger begins. */
    private Optional<Fault> read(
            List<ArchiveFile> files, Anchor end, Verifier verifier, RetentionTrail trail) {
        for (ArchiveFile file : files) {
            if (file.anchor().size() != verifier.records()) {
                throw new IllegalArgumentException(
                        "`"
                                + file.file()
                                + "` begins with record "
                                + file.anchor().size()
                                + ", but the one before ends before record "
                                + verifier.records());
            }
            readers.search(connection -> {
                privacy.load(connection);
                return true;
            });
            try {
                file.read(line -> {
                    if (verifier.fault().isEmpty()) {
                        Examined record =
                                new Row(
                                                line.index(),
                                                line.record(),
                                                line.hash(),
                                                line.payload(),
                                                line.locked())
                                        .examined(privacy);
                        verifier.accept(record);
                        trail.see(line.index(), record.json(), line.payload());
                    }
                });
            } catch (IOException e) {
                throw new IllegalArgumentException(
                        "cannot read `" + file.file() + "`: " + e.getMessage(), e);
            }
            if (verifier.fault().isPresent()) {
                return verifier.fault();
            }
        }
        if (files.isEmpty()) {
            return Optional.empty();
        }
        if (verifier.records() != end.size()) {
            throw new IllegalArgumentException(
                    "the archives end before record "
                            + verifier.records()
                            + ", but the ledger in `"
                            + folder
                            + "` begins with record "
                            + end.size());
        }
        return verifier.head().equals(end.head()) && verifier.root().equals(end.root())
                ? Optional.empty()
                : Optional.of(
                        new Fault(
                                end.size(),
                                Fault.Kind.FORKED,
                                "the archives do not hold what was taken out before record "
                                        + end.size()));
    }

    /** One moment of the database, whatever others write. */
    private <T> T together(Connection connection, Asking<T> asking) throws SQLException {
        Rows.run(connection, readers.engine().snapshot());
        try {
            return asking.ask();
        } finally {
            Rows.run(connection, "COMMIT");
        }
    }

    @FunctionalInterface
    private interface Asking<T> {
        T ask() throws SQLException;
    }

    /** Of two ledgers of one size that were signed nobody can say which is the true one. */
    private static Signed agreeing(Signed signed) {
        Map<Long, Hash> roots = new HashMap<>();
        for (Checkpoint each : signed.checkpoints) {
            Hash other = roots.putIfAbsent(each.size(), each.root());
            if (other != null && !other.equals(each.root())) {
                return new Signed(
                        List.of(),
                        signed.vouched,
                        unsigned("two ledgers of " + each.size() + " records were signed"));
            }
        }
        return signed;
    }

    /** What was signed of this ledger, and what is wrong with that. */
    private record Signed(
            List<Checkpoint> checkpoints, List<Vouched> vouched, Optional<Fault> fault) {
        /** The most each witness vouches for, and the last time it did. */
        List<Vouched> vouched(List<NoteKey> witnesses, long records) {
            return witnesses.stream()
                    .flatMap(witness ->
                            vouched.stream()
                                    .filter(each -> each.witness().equals(witness.name()))
                                    .filter(each -> each.records() > 0 && each.records() <= records)
                                    .max(
                                            Comparator.comparingLong(Vouched::records)
                                                    .thenComparing(Vouched::at))
                                    .stream())
                    .toList();
        }
    }

    private static Supplier<Optional<Fault>> unwitnessed(
            List<NoteKey> witnesses, List<Vouched> vouched) {
        return () ->
                witnesses.stream()
                        .filter(witness ->
                                vouched.stream()
                                        .noneMatch(each -> each.witness().equals(witness.name())))
                        .findFirst()
                        .map(witness ->
                                new Fault(
                                        0,
                                        Fault.Kind.UNWITNESSED,
                                        "no checkpoint is co-signed by `" + witness.name() + "`"));
    }

    private Signed signed(Against against) {
        List<Checkpoint> checkpoints = new ArrayList<>();
        List<Vouched> vouched = new ArrayList<>();
        Optional<Fault> fault = Optional.empty();
        try {
            Optional<NoteKey> key = Checkpoints.key(folder);
            List<String> notes =
                    readers.lookUp(connection ->
                            Rows.all(
                                    connection,
                                    "SELECT note FROM (SELECT 1 AS place, seq, note FROM checkpoint"
                                            + " UNION ALL SELECT 2, seq, note FROM cosigned) notes"
                                            + " ORDER BY place, seq",
                                    row -> row.getString(1)));
            if (key.isEmpty()) {
                fault =
                        notes.isEmpty()
                                ? fault
                                : unsigned("the key of the ledger is missing, which signed it");
                if (!against.elsewhere().isEmpty()) {
                    throw new IllegalArgumentException(
                            "the ledger in `" + folder + "` has no key to check a checkpoint with");
                }
                return new Signed(checkpoints, vouched, fault);
            }
            for (String note : notes) {
                checkpoints.add(checked(note, key.get(), against.witnesses(), vouched));
            }
            Optional<SignedNote> beside = Checkpoints.beside(folder);
            if (beside.isPresent()) {
                checkpoints.add(checked(beside.get(), key.get(), against.witnesses(), vouched));
            } else if (readers.lookUp(SqlCheck::severalSigned)) {
                // The first one is in the database a moment before it is beside it.
                fault = unsigned("the checkpoint beside the database is missing");
            }
            for (SignedNote note : against.elsewhere()) {
                checkpoints.add(given(note, key.get(), against.witnesses(), vouched));
            }
        } catch (NotSigned | IOException e) {
            fault = unsigned(String.valueOf(e.getMessage()));
        }
        return new Signed(checkpoints, vouched, fault);
    }

    private static boolean severalSigned(Connection connection) throws SQLException {
        String two = "SELECT seq FROM checkpoint ORDER BY seq LIMIT 2";
        return Rows.all(connection, two, row -> row.getLong(1)).size() > 1;
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

    private static Checkpoint checked(
            String note, NoteKey key, List<NoteKey> witnesses, List<Vouched> vouched)
            throws NotSigned {
        try {
            return checked(SignedNote.parse(note), key, witnesses, vouched);
        } catch (IllegalArgumentException e) {
            throw new NotSigned("a checkpoint of the ledger was changed: " + e.getMessage());
        }
    }

    /**
     * What a note says, signed with the key of the ledger.
     *
     * @param vouched gets what the witnesses say of it
     */
    private static Checkpoint checked(
            SignedNote note, NoteKey key, List<NoteKey> witnesses, List<Vouched> vouched)
            throws NotSigned {
        Checkpoint checkpoint;
        try {
            checkpoint = Checkpoint.parse(note.text());
            if (note.signers(List.of(key)).isEmpty()) {
                throw new NotSigned(NOT_SIGNED);
            }
        } catch (IllegalArgumentException _) {
            throw new NotSigned(NOT_SIGNED);
        }
        for (NoteKey witness : witnesses) {
            try {
                note.cosignedAt(witness)
                        .ifPresent(at ->
                                vouched.add(new Vouched(witness.name(), checkpoint.size(), at)));
            } catch (IllegalArgumentException e) {
                throw new NotSigned("a co-signature was changed: " + e.getMessage());
            }
        }
        return checkpoint;
    }

    private static Checkpoint given(
            SignedNote note, NoteKey key, List<NoteKey> witnesses, List<Vouched> vouched) {
        try {
            return checked(note, key, witnesses, vouched);
        } catch (NotSigned e) {
            throw new IllegalArgumentException(
                    String.valueOf(e.getMessage()).equals(NOT_SIGNED)
                            ? "the checkpoint was not signed with the key of this ledger, " + key
                            : String.valueOf(e.getMessage()),
                    e);
        }
    }

    /** Only the newest records, so that the time does not grow with the ledger. */
    static Optional<Fault> newest(Connection connection, int count) throws SQLException {
        Pruned pruned;
        try {
            pruned = SqlRetention.pruned(connection);
        } catch (IllegalArgumentException e) {
            return Optional.of(new Fault(0, Fault.Kind.RETENTION, String.valueOf(e.getMessage())));
        }
        Optional<Long> before =
                Rows.first(
                                connection,
                                "SELECT idx FROM ledger ORDER BY idx DESC LIMIT 1 OFFSET ?",
                                row -> row.getLong(1),
                                count)
                        .filter(index -> index >= pruned.first());
        if (before.isEmpty()) {
            return chunk(
                            connection,
                            new Verifier(pruned.first(), pruned.anchor().head()),
                            count,
                            null,
                            new RetentionTrail(),
                            false)
                    .fault;
        }
        String head =
                Rows.first(
                                connection,
                                "SELECT hash FROM ledger WHERE idx = ?",
                                row -> HexFormat.of().formatHex(row.getBytes(1)),
                                before.get())
                        .orElse(Draft.GENESIS);
        return chunk(
                        connection,
                        new Verifier(before.get() + 1, head),
                        count,
                        null,
                        new RetentionTrail(),
                        false)
                .fault;
    }

    private record Holds(Map<String, JsonNode> byId) {}

    /**
     * What was read.
     *
     * @param first where the ledger begins by now
     */
    private record Chunk(long first, int count, Optional<Fault> fault, Holds holds) {}

    /**
     * Checks some records, from where the verifier is.
     *
     * @param privacy opens what is sealed, or null where that is not looked at
     */
    private static Chunk chunk(
            Connection connection,
            Verifier verifier,
            int limit,
            @Nullable Privacy privacy,
            RetentionTrail trail,
            boolean parallel)
            throws SQLException {
        if (privacy != null) {
            privacy.load(connection);
        }
        long first =
                Rows.first(
                                connection,
                                "SELECT coalesce(max(size), 0) FROM anchor",
                                row -> row.getLong(1))
                        .orElse(0L);
        Holds holds = new Holds(SqlRetention.holds(connection));
        if (first > verifier.records()) {
            return new Chunk(first, 0, verifier.fault(), holds);
        }
        try (PreparedStatement statement = connection.prepareStatement(RECORDS)) {
            // What stands before the first record of all is out of order; before an anchor, it
            // waits for its room to be freed.
            statement.setLong(1, verifier.records() == 0 ? Long.MIN_VALUE : verifier.records() - 1);
            statement.setInt(2, limit);
            List<Row> rows = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    rows.add(
                            new Row(
                                    row.getLong(1),
                                    row.getBytes(2),
                                    row.getBytes(3),
                                    row.getBytes(4),
                                    row.getBytes(5)));
                }
            }
            for (int from = 0; from < rows.size() && verifier.fault().isEmpty(); from += PART) {
                List<Row> part = rows.subList(from, Math.min(from + PART, rows.size()));
                Stream<Row> stream = parallel ? part.parallelStream() : part.stream();
                List<Examined> examined = stream.map(row -> row.examined(privacy)).toList();
                for (int i = 0; i < part.size() && verifier.fault().isEmpty(); i++) {
                    if (verifier.accept(examined.get(i)).isEmpty()) {
                        trail.see(part.get(i).index, examined.get(i).json(), part.get(i).payload);
                    }
                }
            }
            return new Chunk(first, rows.size(), verifier.fault(), holds);
        }
    }

    /** A record as it stands, and what stands beside it. */
    private static final class Row {
        private final long index;
        private final byte[] record;
        private final byte[] hash;
        private final byte @Nullable [] payload;
        private final byte @Nullable [] box;

        Row(
                long index,
                byte[] record,
                byte[] hash,
                byte @Nullable [] payload,
                byte @Nullable [] box) {
            this.index = index;
            this.record = record;
            this.hash = hash;
            this.payload = payload;
            this.box = box;
        }

        Examined examined(@Nullable Privacy privacy) {
            return Examined.of(index, record, hash, payload, json -> disclosed(json, privacy));
        }

        /** What is sealed, or null; what cannot be opened is none that any record holds. */
        private @Nullable Disclosure disclosed(JsonNode json, @Nullable Privacy privacy) {
            if (box == null || privacy == null) {
                return null;
            }
            if (privacy.erased(json.path("sealed").path("person").asText())) {
                // It lies in an archive and nobody opens it any more.
                return null;
            }
            try {
                return privacy.disclosure(json, box).orElse(new Disclosure(""));
            } catch (IllegalArgumentException _) {
                return new Disclosure("");
            }
        }
    }
}
