package dev.countersign.store;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Receipt;
import dev.countersign.audit.RecordJson;
import dev.countersign.ledger.Checkpoint;
import dev.countersign.ledger.MerkleTree;
import dev.countersign.ledger.NoteKey;
import dev.countersign.ledger.NoteSigner;
import dev.countersign.ledger.SignedNote;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Signs how long the ledger is and what it holds. The newest signature also lies beside the
 * database, so that a database put back from a copy is known to be older than what was signed.
 */
final class Checkpoints implements AutoCloseable {
    static final String KEY = "ledger.key";
    static final String PUBLIC_KEY = "ledger.vkey";
    static final String NEWEST = "checkpoint";

    /** So many records, or so much time, are never without a signature for longer than a tick. */
    private static final int MOST_RECORDS = 1_000;

    private static final Duration MOST_TIME = Duration.ofSeconds(1);

    /** So long nothing is recorded before that is recorded. */
    static final Duration HEARTBEAT = Duration.ofHours(1);

    /** Less than this is a clock that is kept right, not one that was put back. */
    private static final Duration STEP = Duration.ofSeconds(1);

    private static final Duration TICK = Duration.ofMillis(100);
    private static final Duration PATIENCE_AT_END = Duration.ofSeconds(1);

    /** Of older checkpoints one an hour is kept. */
    private static final int KEPT = 1_000;

    private static final int HOUR = 3_600_000;

    private static final System.Logger LOG = System.getLogger(Checkpoints.class.getName());

    private final Path folder;
    private final Clock clock;
    private final NoteSigner signer;
    private final Thread thread;
    private volatile @Nullable SignedNote newest;
    private volatile @Nullable String trouble;
    private volatile boolean closing;
    private volatile boolean hastened;
    private final MerkleTree.Edge opened;
    private @Nullable Writer writer;
    private @Nullable Function<AuditRecord, RecordJson.Prepared> prepare;
    private long seen = -1;
    private Instant changed = Instant.EPOCH;
    private long signed;
    private Instant at = Instant.EPOCH;
    private Instant latest = Instant.EPOCH;

    private Checkpoints(
            Path folder,
            Clock clock,
            NoteSigner signer,
            MerkleTree.Edge opened,
            @Nullable SignedNote newest) {
        this.opened = opened;
        this.folder = folder;
        this.clock = clock;
        this.signer = signer;
        this.newest = newest;
        this.signed = newest == null ? 0 : Checkpoint.parse(newest.text()).size();
        this.thread = Thread.ofPlatform().name("checkpoints").daemon(true).unstarted(this::run);
    }

    /**
     * Compares what was signed with what is there.
     *
     * @throws DataFolderException when the ledger is shorter than it was, or holds something else;
     *     the message is for people
     */
    static Checkpoints open(Path folder, Connection connection, Clock clock)
            throws IOException, SQLException {
        List<SignedNote> known = known(folder, connection);
        boolean fresh = Files.notExists(folder.resolve(KEY));
        if (fresh && !known.isEmpty()) {
            throw new DataFolderException(
                    "`"
                            + folder.resolve(KEY)
                            + "` is missing, with which this ledger was signed; put it back, or"
                            + wayOn(folder));
        }
        NoteSigner signer = fresh ? made(folder) : signer(folder);
        if (Files.notExists(folder.resolve(PUBLIC_KEY))) {
            DataFolder.replace(folder, PUBLIC_KEY, signer.key() + "\n");
        }
        SqlTree tree = new SqlTree(connection);
        long size = tree.size();
        SignedNote newest = null;
        long most = 0;
        for (SignedNote note : known) {
            Checkpoint checkpoint = signedHere(folder, note, signer.key());
            if (checkpoint.size() > size) {
                throw new DataFolderException(
                        "the ledger in `"
                                + folder
                                + "` has "
                                + size
                                + " records, but "
                                + checkpoint.size()
                                + " were signed: it was put back from an older copy, or its end"
                                + " was lost; put the newer copy back"
                                + (size == 0 ? ", name its database with --database-url" : "")
                                + ", or, where there is none,"
                                + wayOn(folder));
            }
            if (checkpoint.size() >= most) {
                most = checkpoint.size();
                newest = note;
            }
        }
        if (newest != null && !tree.root(most).equals(Checkpoint.parse(newest.text()).root())) {
            throw new DataFolderException(
                    "the first "
                            + most
                            + " records of the ledger in `"
                            + folder
                            + "` are not those that were signed; put the true copy back, or,"
                            + " where there is none,"
                            + wayOn(folder));
        }
        if (newest != null && Files.notExists(folder.resolve(NEWEST))) {
            // A new folder for a database that is elsewhere: whoever checks must not miss it.
            DataFolder.replace(folder, NEWEST, newest.toString());
        }
        return new Checkpoints(folder, clock, signer, tree.edge(size), newest);
    }

    private static String wayOn(Path folder) {
        return " go on under a new key with `countersign audit resume --data "
                + folder
                + " --reason …`, which is recorded";
    }

    private static Checkpoint signedHere(Path folder, SignedNote note, NoteKey key)
            throws DataFolderException {
        try {
            if (!note.signers(List.of(key)).isEmpty()) {
                return Checkpoint.parse(note.text());
            }
        } catch (IllegalArgumentException _) {
            // said below
        }
        throw new DataFolderException(
                "the newest checkpoint in `"
                        + folder
                        + "` was not signed with its key; put the true copy back, or, where there"
                        + " is none,"
                        + wayOn(folder));
    }

    /** The newest in the database and the one beside it. */
    private static List<SignedNote> known(Path folder, Connection connection)
            throws IOException, SQLException {
        List<SignedNote> known = new ArrayList<>();
        try {
            known.addAll(
                    Rows.all(
                            connection,
                            "SELECT note FROM checkpoint ORDER BY seq DESC LIMIT 1",
                            row -> SignedNote.parse(row.getString(1))));
        } catch (IllegalArgumentException e) {
            throw new DataFolderException(
                    "the newest checkpoint in `"
                            + folder
                            + "` was changed: "
                            + e.getMessage()
                            + "; put the true copy back, or, where there is none,"
                            + wayOn(folder),
                    e);
        }
        beside(folder).ifPresent(known::add);
        return known;
    }

    /** What lies beside the database. */
    static Optional<SignedNote> beside(Path folder) throws IOException {
        Path file = folder.resolve(NEWEST);
        if (Files.notExists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(SignedNote.parse(Files.readString(file)));
        } catch (IllegalArgumentException e) {
            throw new DataFolderException(
                    "`"
                            + file
                            + "` is no signed checkpoint: "
                            + e.getMessage()
                            + "; put the true copy back, or, where there is none,"
                            + wayOn(folder),
                    e);
        }
    }

    private static NoteSigner made(Path folder) throws IOException {
        SecureRandom random = new SecureRandom();
        byte[] id = new byte[8];
        random.nextBytes(id);
        String origin = "countersign/" + HexFormat.of().formatHex(id);
        NoteSigner made = NoteSigner.random(origin, NoteKey.Kind.LOG, random);
        DataFolder.replace(folder, KEY, made.secretText() + "\n");
        return made;
    }

    private static NoteSigner signer(Path folder) throws IOException {
        Path file = folder.resolve(KEY);
        try {
            return NoteSigner.parse(Files.readString(file).strip());
        } catch (IllegalArgumentException e) {
            throw new DataFolderException(
                    "`" + file + "` is not the key of a ledger: " + e.getMessage(), e);
        }
    }

    /** The key to check signatures with, for whoever reads the folder. */
    static Optional<NoteKey> key(Path folder) throws IOException {
        Path file = folder.resolve(PUBLIC_KEY);
        if (Files.notExists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(NoteKey.parse(Files.readString(file).strip()));
        } catch (IllegalArgumentException e) {
            throw new DataFolderException(
                    "`" + file + "` is not the key of a ledger: " + e.getMessage(), e);
        }
    }

    /**
     * Sets the old key and what it signed aside, so that the ledger can go on under a new one. What
     * was signed also stays where it is, until something is signed with the new key: whoever is
     * interrupted in between finds a ledger that is refused as before.
     *
     * @return what was signed last, if that is known
     */
    static Optional<SignedNote> setAside(Path folder, Connection connection, Instant now)
            throws IOException, SQLException {
        List<SignedNote> known;
        try {
            known = known(folder, connection);
        } catch (DataFolderException | IllegalArgumentException _) {
            known = List.of();
        }
        if (Files.exists(folder.resolve(NEWEST))) {
            Files.copy(folder.resolve(NEWEST), aside(folder, NEWEST, now));
        }
        for (String name : List.of(KEY, PUBLIC_KEY)) {
            if (Files.exists(folder.resolve(name))) {
                Files.move(folder.resolve(name), aside(folder, name, now));
            }
        }
        return known.isEmpty() ? Optional.empty() : Optional.of(known.getLast());
    }

    private static Path aside(Path folder, String name, Instant now) {
        return folder.resolve(name + "." + now.toEpochMilli() + ".old");
    }

    /** Under a new key, whatever was signed before. */
    static Checkpoints afresh(Path folder, Connection connection, Clock clock)
            throws IOException, SQLException {
        NoteSigner signer = made(folder);
        DataFolder.replace(folder, PUBLIC_KEY, signer.key() + "\n");
        SqlTree tree = new SqlTree(connection);
        return new Checkpoints(folder, clock, signer, tree.edge(tree.size()), null);
    }

    /** What was signed before is no longer of this ledger; part of a change that says why. */
    static void forget(Connection connection) throws SQLException {
        Rows.run(connection, "DELETE FROM checkpoint");
        Rows.run(connection, "DELETE FROM cosigned");
    }

    /**
     * Begins to sign.
     *
     * @param prepare makes a record ready: that nothing was recorded for a while, so that a ledger
     *     whose end was cut off is told from one where nothing happened, and that the clock was put
     *     back
     */
    void start(Writer with, Function<AuditRecord, RecordJson.Prepared> prepare) {
        writer = with;
        this.prepare = prepare;
        thread.start();
    }

    private void run() {
        while (!closing) {
            try {
                Thread.sleep(TICK);
                tick(false);
            } catch (InterruptedException _) {
                // It is to end, and what was asked for meanwhile is still signed.
            }
        }
        boolean _ = Thread.interrupted();
        tick(true);
        // Who closes it may interrupt only now that it is at the last one.
        if (Thread.interrupted() || trouble != null) {
            tick(true);
        }
    }

    /** What was signed last, or empty in a ledger nobody wrote to. */
    Optional<SignedNote> newest() {
        return Optional.ofNullable(newest);
    }

    /** Signs at the next tick, whether or not that is due. */
    void hasten() {
        hastened = true;
    }

    NoteKey key() {
        return signer.key();
    }

    /** Why the ledger could not be signed, or null when it could. */
    @Nullable String trouble() {
        return trouble;
    }

    private void tick(boolean last) {
        if (writer == null) {
            return;
        }
        MerkleTree.Edge written = writer.edge();
        MerkleTree.Edge edge = written == null ? opened : written;
        Instant now = clock.instant();
        look(now);
        if (edge.size() != seen) {
            seen = edge.size();
            changed = now;
        }
        // What was signed is signed once more after a failure: that shows whether the disk is well
        // again, and nobody who waits for that has to try.
        boolean again = !last && edge.size() > 0 && (writer.trouble() != null || trouble != null);
        if (edge.size() <= signed && !again) {
            if (!last && edge.size() > 0) {
                beat(now);
            }
            return;
        }
        boolean due = hastened || Duration.between(at, now).abs().compareTo(MOST_TIME) >= 0;
        if (!last && !due && !again && edge.size() - signed < MOST_RECORDS) {
            return;
        }
        Checkpoint checkpoint = new Checkpoint(signer.key().name(), edge.size(), edge.root());
        SignedNote note = signer.sign(checkpoint.note(), now);
        try {
            writer.submit(unit -> keep(unit.connection(), checkpoint, note, now));
            DataFolder.replace(folder, NEWEST, note.toString());
            newest = note;
            signed = checkpoint.size();
            hastened = false;
            at = now;
            trouble = null;
        } catch (NotRecorded | IOException | RuntimeException e) {
            String why = "the ledger cannot be signed: " + e.getMessage();
            // Who closes it interrupts what is under way, and it is tried once more.
            if (!why.equals(trouble) && (last || !closing)) {
                LOG.log(System.Logger.Level.WARNING, why);
            }
            trouble = why;
        }
    }

    private void beat(Instant now) {
        if (Duration.between(changed, now).abs().compareTo(HEARTBEAT) >= 0) {
            changed = now;
            ObjectNode nothing = JsonNodeFactory.instance.objectNode();
            record("heartbeat", now, "nothing was recorded for an hour", nothing);
        }
    }

    /** Where the clock was put back, the times of records are not in their order from here on. */
    private void look(Instant now) {
        if (now.plus(STEP).isBefore(latest)) {
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            body.put("from", RecordJson.time(latest)).put("to", RecordJson.time(now));
            String back = "the clock was put back by " + Duration.between(now, latest).toSeconds();
            latest = now;
            // How long nothing was recorded is not known then.
            changed = now;
            record("clock", now, back + " s", body);
        } else if (now.isAfter(latest)) {
            latest = now;
        }
    }

    private void record(String kind, Instant now, String summary, ObjectNode body) {
        if (writer == null || prepare == null) {
            return;
        }
        try {
            Receipt _ =
                    writer.append(
                            prepare.apply(
                                    AuditRecord.change(kind, now, null, null, summary, body)));
        } catch (NotRecorded e) {
            LOG.log(System.Logger.Level.WARNING, "no " + kind + " record: " + e.getMessage());
        }
    }

    private static int keep(
            Connection connection, Checkpoint checkpoint, SignedNote note, Instant now)
            throws SQLException {
        Rows.change(
                connection,
                "INSERT INTO checkpoint (size, at, note) VALUES (?, ?, ?)",
                checkpoint.size(),
                now.toEpochMilli(),
                note.toString());
        return Rows.change(
                connection,
                "DELETE FROM checkpoint WHERE seq <= (SELECT max(seq) FROM checkpoint) - ?"
                        + " AND EXISTS (SELECT 1 FROM checkpoint later WHERE later.seq ="
                        + " checkpoint.seq + 1 AND later.at / ? = checkpoint.at / ?)",
                KEPT,
                HOUR,
                HOUR);
    }

    /** Signs what is there, while the writer still runs; a disk that hangs is not waited for. */
    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        try {
            boolean _ = thread.join(PATIENCE_AT_END);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (IllegalThreadStateException _) {
            // It was never started.
        }
    }
}
