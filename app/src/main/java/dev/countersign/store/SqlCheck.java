package dev.countersign.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.countersign.audit.LedgerCheck;
import dev.countersign.audit.Pruned;
import dev.countersign.audit.RetentionTrail;
import dev.countersign.audit.export.ArchiveFile;
import dev.countersign.ledger.Anchor;
import dev.countersign.ledger.CanonicalJson;
import dev.countersign.ledger.Checkpoint;
import dev.countersign.ledger.Disclosure;
import dev.countersign.ledger.Draft;
import dev.countersign.ledger.Examined;
import dev.countersign.ledger.Fault;
import dev.countersign.ledger.Hash;
import dev.countersign.ledger.MerkleTree;
import dev.countersign.ledger.NoteKey;
import dev.countersign.ledger.SignedNote;
import dev.countersign.ledger.Stretch;
import dev.countersign.ledger.Verifier;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Verifies the ledger as it stands in its database. */
final class SqlCheck implements LedgerCheck {
    /**
     * One read transaction covers this many records: a longer one would keep the log from being
     * tidied.
     */
    private static final int CHUNK = 1_000;

    /** The same of a file that stands still. */
    private static final int STILL_CHUNK = 4_000;

    /** So many records lie in memory with what is beside them, in each chunk that is read. */
    private static final int PART = 500;

    /** So many chunks are read at once. */
    private static final int AHEAD = 3;

    private static final String NOT_SIGNED =
            "a checkpoint of the ledger was not signed with its key";

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
            Optional<Verdict> verdict;
            try (Still still = still()) {
                verdict = verify(signed, against, still);
            }
            if (verdict.isPresent()) {
                return verdict.get();
            }
            // Records were taken out meanwhile: the ledger begins at another place now.
        }
    }

    /** The ledger where it can be read as it lies. */
    private Still still() {
        return parallel
                ? readers.lookUp(connection -> Still.of(readers.engine().still(), connection))
                : Still.NOT;
    }

    private Optional<Verdict> verify(Signed signed, Against against, Still still) {
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
        Map<String, JsonNode> holds = Map.of();
        if (fault.isEmpty()) {
            Optional<Map<String, JsonNode>> read = read(pruned.first(), verifier, trail, still);
            if (read.isEmpty()) {
                return Optional.empty();
            }
            holds = read.get();
        }
        fault = fault.or(verifier::fault).or(verifier::mismatch).or(verifier::unexplained);
        if (fault.isEmpty()) {
            fault = trail.fault(pruned.anchor(), holds);
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

    /**
     * Reads the ledger up to its end or the first fault. Several chunks are read at once, each at
     * its own moment; the end of the ledger is that of the moment of the last.
     *
     * @param first where it began
     * @return the holds in force at its end, or empty where it begins elsewhere by now
     */
    private Optional<Map<String, JsonNode>> read(
            long first, Verifier verifier, RetentionTrail trail, Still still) {
        readers.search(connection -> {
            privacy.load(connection);
            return true;
        });
        Deque<Future<Chunk>> ahead = new ArrayDeque<>();
        // What stands before the first record of all is out of order; before an anchor, it waits
        // for its room to be freed.
        long from = verifier.records() == 0 ? Long.MIN_VALUE : verifier.records();
        int most = still.there() ? STILL_CHUNK : CHUNK;
        long to = verifier.records() + most;
        while (true) {
            while (ahead.size() < (parallel ? AHEAD : 1)) {
                ahead.add(reading(new Range(from, to), still));
                from = to;
                to += most;
            }
            Chunk chunk = Readers.found(ahead.remove());
            if (chunk.first == first && !chunk.good.isEmpty()) {
                if (verifier.accept(chunk.good)) {
                    trail.see(chunk.good.end() - 1, "", null);
                } else {
                    // One by one, so that the first bad one is found.
                    chunk = Readers.found(reading(chunk.range, Still.NOT));
                }
            }
            if (chunk.first != first) {
                return Optional.empty();
            }
            for (Checked record : chunk.records) {
                if (verifier.accept(record.examined).isPresent()) {
                    return Optional.of(chunk.holds);
                }
                record.tell(trail);
            }
            if (chunk.next.isEmpty()) {
                return Optional.of(chunk.holds);
            }
            if (chunk.records.isEmpty() && chunk.good.isEmpty()) {
                // A gap: the record behind it says so.
                ahead.clear();
                from = chunk.next.get();
                to = from + most;
            }
        }
    }

    private Future<Chunk> reading(Range range, Still still) {
        return readers.searching(connection ->
                together(connection, () -> chunk(connection, range, privacy, still, parallel)));
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
                        Checked record =
                                new Row(line.index(), line.record(), line.hash())
                                        .checked(line.payload(), line.locked(), privacy);
                        verifier.accept(record.examined);
                        record.tell(trail);
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
        long from = before.map(index -> index + 1).orElse(pruned.first());
        String head =
                before.isEmpty()
                        ? pruned.anchor().head()
                        : Rows.first(
                                        connection,
                                        "SELECT hash FROM ledger WHERE idx = ?",
                                        row -> HexFormat.of().formatHex(row.getBytes(1)),
                                        before.get())
                                .orElse(Draft.GENESIS);
        Verifier verifier = new Verifier(from, head);
        Range range = new Range(from == 0 ? Long.MIN_VALUE : from, Long.MAX_VALUE);
        for (Checked record : chunk(connection, range, null, Still.NOT, false).records) {
            if (verifier.accept(record.examined).isPresent()) {
                break;
            }
        }
        return verifier.fault();
    }

    /** Places from one on, up to another that is not of it. */
    private record Range(long from, long to) {}

    /**
     * What was read.
     *
     * @param first where the ledger begins by now
     * @param good the first of them, where they could be read as they lie and nothing is wrong
     * @param records those behind these
     * @param next the place of the first record behind these, empty where these are the last
     * @param holds those in force, by id
     */
    private record Chunk(
            Range range,
            long first,
            Stretch good,
            List<Checked> records,
            Optional<Long> next,
            Map<String, JsonNode> holds) {}

    /**
     * Reads and examines some records.
     *
     * @param privacy opens what is sealed, or null where that is not looked at
     */
    private static Chunk chunk(
            Connection connection,
            Range range,
            @Nullable Privacy privacy,
            Still still,
            boolean parallel)
            throws SQLException {
        long first =
                Rows.first(
                                connection,
                                "SELECT coalesce(max(size), 0) FROM anchor",
                                row -> row.getLong(1))
                        .orElse(0L);
        Map<String, JsonNode> holds = SqlRetention.holds(connection);
        List<Checked> records = new ArrayList<>();
        Stretch good =
                privacy == null
                        ? Stretch.NONE
                        : still.stretch(
                                range.from, Math.max(range.from, 0), range.to, privacy.opener());
        long from = good.isEmpty() ? range.from : good.end();
        while (from < range.to) {
            List<Row> rows =
                    Rows.all(
                            connection,
                            "SELECT idx, record, hash FROM ledger WHERE idx >= ? AND idx < ?"
                                    + " ORDER BY idx LIMIT "
                                    + PART,
                            row -> new Row(row.getLong(1), row.getBytes(2), row.getBytes(3)),
                            from,
                            range.to);
            if (rows.isEmpty()) {
                break;
            }
            long last = rows.getLast().index;
            Map<Long, byte[]> payloads = beside(connection, "body FROM payload", from, last);
            Map<Long, byte[]> boxes =
                    privacy == null ? Map.of() : beside(connection, "box FROM sealed", from, last);
            Stream<Row> stream = parallel ? rows.parallelStream() : rows.stream();
            records.addAll(
                    stream.map(row ->
                                    row.checked(
                                            payloads.get(row.index), boxes.get(row.index), privacy))
                            .toList());
            from = last + 1;
        }
        Optional<Long> next =
                Rows.first(
                        connection,
                        "SELECT idx FROM ledger WHERE idx >= ? ORDER BY idx LIMIT 1",
                        row -> row.getLong(1),
                        range.to);
        return new Chunk(range, first, good, records, next, holds);
    }

    /** What lies beside records, by their place. */
    private static Map<Long, byte[]> beside(
            Connection connection, String what, long from, long last) throws SQLException {
        Map<Long, byte[]> found = new HashMap<>();
        try (PreparedStatement statement =
                connection.prepareStatement(
                        "SELECT idx, " + what + " WHERE idx >= ? AND idx <= ?")) {
            statement.setLong(1, from);
            statement.setLong(2, last);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    found.put(row.getLong(1), row.getBytes(2));
                }
            }
        }
        return found;
    }

    /** A record that was examined; of one that tells of holds, what it says. */
    private static final class Checked {
        private final Examined examined;
        private final @Nullable JsonNode body;

        Checked(Examined examined, byte[] record, byte @Nullable [] payload) {
            this.examined = examined;
            this.body =
                    RetentionTrail.tells(examined.kind())
                            ? payload == null ? json(record).path("body") : json(payload)
                            : null;
        }

        /** As a tree, or nothing where it is no JSON, which is a fault of the record. */
        private static JsonNode json(byte[] text) {
            try {
                return CanonicalJson.parse(text);
            } catch (IllegalArgumentException _) {
                return MissingNode.getInstance();
            }
        }

        void tell(RetentionTrail trail) {
            trail.see(examined.index(), examined.kind(), body);
        }
    }

    /** A record as it stands. */
    private static final class Row {
        private final long index;
        private final byte[] record;
        private final byte[] hash;

        Row(long index, byte[] record, byte[] hash) {
            this.index = index;
            this.record = record;
            this.hash = hash;
        }

        /** With what stands beside it. */
        Checked checked(
                byte @Nullable [] payload, byte @Nullable [] box, @Nullable Privacy privacy) {
            return new Checked(
                    Examined.of(
                            index,
                            record,
                            hash,
                            payload,
                            outline ->
                                    privacy == null
                                            ? Disclosure.Found.NOTHING
                                            : privacy.found(outline, box)),
                    record,
                    payload);
        }
    }
}
