package dev.countersign.store;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.Receipt;
import dev.countersign.audit.RecordJson;
import dev.countersign.ledger.Checkpoint;
import dev.countersign.ledger.MerkleTree;
import dev.countersign.ledger.NoteKey;
import dev.countersign.ledger.NoteSigner;
import dev.countersign.ledger.SignedNote;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
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
    private @Nullable Function<Instant, RecordJson.Prepared> heartbeat;
    private long seen = -1;
    private Instant changed = Instant.EPOCH;
    private long signed;
    private Instant at = Instant.EPOCH;

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
            replace(folder, PUBLIC_KEY, signer.key() + "\n");
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
        replace(folder, KEY, made.secretText() + "\n");
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
     * Sets the old key and what it signed aside, so that the ledger goes on under a new one.
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
        for (String name : List.of(KEY, PUBLIC_KEY, NEWEST)) {
            Path file = folder.resolve(name);
            if (Files.exists(file)) {
                Files.move(file, folder.resolve(name + "." + now.toEpochMilli() + ".old"));
            }
        }
        Rows.run(connection, "DELETE FROM checkpoint");
        return known.isEmpty() ? Optional.empty() : Optional.of(known.getLast());
    }

    /**
     * Begins to sign.
     *
     * @param heartbeat the record that nothing was recorded for a while, so that a ledger whose end
     *     was cut off is told from one where nothing happened
     */
    void start(Writer with, Function<Instant, RecordJson.Prepared> heartbeat) {
        writer = with;
        this.heartbeat = heartbeat;
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
        if (edge.size() != seen) {
            seen = edge.size();
            changed = now;
        }
        if (edge.size() <= signed) {
            if (!last && edge.size() > 0) {
                beat(now);
            }
            return;
        }
        boolean due = hastened || Duration.between(at, now).abs().compareTo(MOST_TIME) >= 0;
        if (!last && !due && edge.size() - signed < MOST_RECORDS) {
            return;
        }
        Checkpoint checkpoint = new Checkpoint(signer.key().name(), edge.size(), edge.root());
        SignedNote note = signer.sign(checkpoint.note(), now);
        try {
            writer.submit(unit -> keep(unit.connection(), checkpoint, note, now));
            replace(folder, NEWEST, note.toString());
            newest = note;
            signed = checkpoint.size();
            hastened = false;
            at = now;
            trouble = null;
        } catch (NotRecorded | IOException | RuntimeException e) {
            String why = "the ledger cannot be signed: " + e.getMessage();
            if (!why.equals(trouble)) {
                LOG.log(System.Logger.Level.WARNING, why);
            }
            trouble = why;
        }
    }

    private void beat(Instant now) {
        boolean due = Duration.between(changed, now).abs().compareTo(HEARTBEAT) >= 0;
        if (!due || writer == null || heartbeat == null) {
            return;
        }
        changed = now;
        try {
            Receipt _ = writer.append(heartbeat.apply(now));
        } catch (NotRecorded e) {
            LOG.log(System.Logger.Level.WARNING, "no heartbeat: " + e.getMessage());
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

    /** Replaces a file whole, on the disk before it has its name; only its owner may read it. */
    private static void replace(Path folder, String name, String text) throws IOException {
        Path fresh = folder.resolve("." + name + ".new");
        Files.deleteIfExists(fresh);
        DataFolder.createFile(fresh);
        try (FileChannel out = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
        Files.move(
                fresh,
                folder.resolve(name),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
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
