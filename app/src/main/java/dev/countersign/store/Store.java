package dev.countersign.store;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.ApprovalStore;
import dev.countersign.approval.DeferredStore;
import dev.countersign.approval.GrantStore;
import dev.countersign.approval.StopStore;
import dev.countersign.audit.AlarmStore;
import dev.countersign.audit.AuditLog;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditQuery;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.CosignatureStore;
import dev.countersign.audit.LedgerCheck;
import dev.countersign.audit.LedgerProofs;
import dev.countersign.audit.Receipt;
import dev.countersign.audit.RecordJson;
import dev.countersign.audit.RetentionStore;
import dev.countersign.audit.SavedViews;
import dev.countersign.audit.SecretMasking;
import dev.countersign.decision.BuiltIn;
import dev.countersign.decision.DefaultsStore;
import dev.countersign.decision.PolicyStore;
import dev.countersign.decision.PushLog;
import dev.countersign.decision.ToolPinStore;
import dev.countersign.ledger.Checkpoint;
import dev.countersign.ledger.Fault;
import dev.countersign.ledger.NoteKey;
import dev.countersign.ledger.SignedNote;
import dev.countersign.ledger.Verifier;
import dev.countersign.notify.Accounts;
import dev.countersign.notify.AnswerLinks;
import dev.countersign.notify.ChannelStore;
import dev.countersign.notify.Outbox;
import dev.countersign.notify.Wishes;
import dev.countersign.notify.push.Subscriptions;
import dev.countersign.people.OrganisationStore;
import dev.countersign.people.PeopleStore;
import dev.countersign.people.SignInStore;
import dev.countersign.people.TenantStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A data folder that is open for writing, by this process alone. */
public final class Store implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final int CHECKED_ON_OPEN = 1_000;

    private final Path folder;
    private final FolderLock lock;
    private final Writer writer;
    private final Readers readers;
    private final SecretMasking masking;
    private final Database database;
    private final SqlPeople people;
    private final SqlSignIns signIns;
    private final Checkpoints checkpoints;
    private final Privacy privacy;

    private Store(
            Path folder,
            FolderLock lock,
            Writer writer,
            Readers readers,
            SecretMasking masking,
            Privacy privacy,
            Checkpoints checkpoints) {
        this.privacy = privacy;
        this.folder = folder;
        this.lock = lock;
        this.writer = writer;
        this.checkpoints = checkpoints;
        this.readers = readers;
        this.masking = masking;
        this.database = new Database(writer, readers, masking, privacy);
        this.people = new SqlPeople(database);
        this.signIns = new SqlSignIns(database);
    }

    /**
     * Opens the folder, makes what is missing, and checks the end of the ledger.
     *
     * @throws DataFolderException when it is in use, from a newer version, or its ledger was
     *     changed; the message is for people
     */
    public static Store open(Place place, Clock clock) throws IOException {
        return open(place, clock, DEADLINE);
    }

    /** With its database in the folder. */
    public static Store open(Path data, Clock clock) throws IOException {
        return open(Place.in(data), clock);
    }

    /** As above, with how long a change may take to become durable. */
    public static Store open(Place place, Clock clock, Duration deadline) throws IOException {
        return open(place, clock, deadline, null);
    }

    private static Store open(
            Place place, Clock clock, Duration deadline, @Nullable Resumed resumed)
            throws IOException {
        Path folder = DataFolder.prepare(place.folder());
        FolderLock lock = FolderLock.acquire(folder);
        Engine engine = place.engine(folder);
        Store store = null;
        Connection connection = null;
        try {
            engine.prepare();
            connection = engine.writer();
            Checkpoints checkpoints = prepare(folder, engine, connection, clock, resumed != null);
            SecretMasking masking =
                    new SecretMasking(DataFolder.maskingKey(folder, new SecureRandom()));
            Writer writer = new Writer(new WriteConnection(engine, connection, deadline), deadline);
            Readers readers = new Readers(engine, engine::reader);
            Privacy privacy =
                    new Privacy(DataFolder.privacyKey(folder, new SecureRandom()), readers, writer);
            store = new Store(folder, lock, writer, readers, masking, privacy, checkpoints);
            writer.start();
            if (resumed != null) {
                RecordJson.Prepared event =
                        RecordJson.prepare(resumed.record(clock, checkpoints.key()), masking);
                Receipt _ =
                        writer.submit(unit -> {
                            Checkpoints.forget(unit.connection());
                            return unit.append(event);
                        });
            }
            checkpoints.start(writer, event -> RecordJson.prepare(event, masking));
            store.signIns.forgetEnded(clock.instant());
            return store;
        } catch (SQLException | NotRecorded e) {
            if (store != null) {
                store.close();
            }
            throw new DataFolderException(engine + " cannot be used: " + e.getMessage(), e);
        } finally {
            if (store == null) {
                close(connection);
                lock.close();
            }
        }
    }

    /** At the end of a failed start; the failure itself is what the person reads. */
    private static void close(@Nullable Connection connection) {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException _) {
            // nothing was done on it that counts
        }
    }

    private static Checkpoints prepare(
            Path folder, Engine engine, Connection connection, Clock clock, boolean afresh)
            throws SQLException, IOException {
        try {
            Schema.upgrade(engine, connection);
            Optional<Fault> fault = SqlCheck.newest(connection, CHECKED_ON_OPEN);
            if (fault.isPresent()) {
                throw new DataFolderException(
                        "the ledger in `"
                                + folder
                                + "` is broken at record "
                                + fault.get().index()
                                + ": "
                                + fault.get().text()
                                + "; nothing was changed; `countersign audit verify --data "
                                + folder
                                + "` checks all of it");
            }
            new SqlTree(connection).complete(engine);
            engine.rewrite(connection);
            return afresh
                    ? Checkpoints.afresh(folder, connection, clock)
                    : Checkpoints.open(folder, connection, clock);
        } catch (StoreException | IllegalStateException e) {
            throw new DataFolderException(
                    "the ledger in `" + folder + "` cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Goes on from a ledger that is not what was signed: the old key and its last checkpoint are
     * set aside in the folder, and the first record under the new key says so.
     *
     * @param reason why a person did this
     * @return what was signed last, if that is known
     * @throws DataFolderException when the folder is in use, or its newest records are broken
     */
    public static Optional<SignedNote> resume(Place place, Clock clock, String reason)
            throws IOException, NotRecorded {
        Path folder = DataFolder.prepare(place.folder());
        Optional<SignedNote> last;
        Engine engine = place.engine(folder);
        try (FolderLock _ = FolderLock.acquire(folder);
                Connection connection = engine.writer()) {
            Schema.upgrade(engine, connection);
            last = Checkpoints.setAside(folder, connection, clock.instant());
            new SqlTree(connection).forget(engine);
        } catch (SQLException e) {
            throw new DataFolderException(engine + " cannot be used: " + e.getMessage(), e);
        }
        open(place, clock, DEADLINE, new Resumed(last, reason)).close();
        return last;
    }

    /** What a ledger that goes on under a new key says first. */
    private record Resumed(Optional<SignedNote> last, String reason) {
        AuditRecord record(Clock clock, NoteKey key) {
            ObjectNode body = JsonNodeFactory.instance.objectNode().put("reason", reason);
            String before = "what was signed is not known";
            if (last.isPresent()) {
                body.put("signed_before", last.get().toString());
                before = Checkpoint.parse(last.get().text()).size() + " records were signed";
            }
            return AuditRecord.change(
                    "ledger",
                    clock.instant(),
                    null,
                    null,
                    "the ledger goes on under a new key; before, " + before,
                    body.put("key", key.toString()));
        }
    }

    /**
     * Reads a folder beside the process that writes it, or when none does. Takes no lock and makes
     * no file.
     *
     * @throws DataFolderException when there is nothing to read; the message is for people
     */
    public static Reader reader(Path data) throws IOException {
        return reader(Place.in(data));
    }

    /** The same with its database anywhere. */
    public static Reader reader(Place place) throws IOException {
        Path folder = place.folder().toAbsolutePath().normalize();
        String known = place.server().isPresent() ? Checkpoints.KEY : DataFolder.DATABASE;
        if (!Files.isRegularFile(folder.resolve(known))) {
            throw new DataFolderException(
                    "`"
                            + folder
                            + "` holds no data of Countersign; `countersign serve` makes it, and"
                            + " --data names another folder"
                            + (Files.exists(folder.resolve(Checkpoints.KEY))
                                    ? "; --database-url names the database whose keys are here"
                                    : ""));
        }
        Engine engine = place.engine(folder.toRealPath());
        try (Connection connection = engine.visitor()) {
            Schema.check(engine, connection);
        } catch (SQLException e) {
            throw new DataFolderException(engine + " cannot be read: " + e.getMessage(), e);
        }
        Readers readers = new Readers(engine, engine::visitor);
        Path key = folder.resolve(DataFolder.PRIVACY_KEY);
        // Without the key nothing that is sealed can be opened, and the check says so.
        byte[] master = Files.exists(key) ? Files.readAllBytes(key) : new byte[Seal.KEY_BYTES];
        return new Reader(folder.toRealPath(), readers, new Privacy(master, readers, null));
    }

    /**
     * Takes a person out of this folder: who they are, their key, what was sealed with it, their
     * tokens and sessions. The ledger still verifies, and says that somebody was erased. What was
     * deleted stands in the write-ahead log until the store is closed.
     *
     * @param email who
     * @param reason why; it is recorded, and must not name them
     * @return how many records held something of theirs, or empty where nobody is called so
     * @throws HeldException when a legal hold keeps that
     */
    public Optional<Long> erase(String email, Instant now, String reason)
            throws NotRecorded, HeldException {
        new HeldPeople(retention(), auditQuery()).check(email);
        Optional<Long> erased =
                writer.submit(unit ->
                        Privacy.erase(
                                unit,
                                email,
                                now,
                                (name, records) -> erasure(name, records, now, reason)));
        privacy.forget(email);
        return erased;
    }

    private RecordJson.Prepared erasure(String name, long records, Instant now, String reason) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("erased", name).put("records", records).put("reason", reason);
        return RecordJson.prepare(
                AuditRecord.change(
                        Verifier.ERASURE,
                        now,
                        null,
                        null,
                        "the data of " + name + " was erased",
                        body),
                masking);
    }

    public AuditLog auditLog() {
        return new SqlLedger(database);
    }

    public AuditQuery auditQuery() {
        return new SqlLedger.Reading(readers, privacy);
    }

    public LedgerCheck ledgerCheck() {
        return new SqlCheck(folder, readers, privacy, false);
    }

    public ApprovalStore approvals() {
        return new SqlApprovals(database);
    }

    public GrantStore grants() {
        return new SqlGrants(database);
    }

    public StopStore stops() {
        return new SqlStops(database);
    }

    public PushLog pushes() {
        return new SqlPushes(database);
    }

    public ToolPinStore toolPins() {
        return new SqlToolPins(database);
    }

    public DeferredStore deferred() {
        return new SqlDeferred(database);
    }

    public AlarmStore alarms() {
        return new SqlAlarms(database);
    }

    public CosignatureStore cosignatures() {
        return new SqlCosignatures(database);
    }

    public PeopleStore people() {
        return people;
    }

    /** Own roles, teams, projects and agents. */
    public OrganisationStore organisation() {
        return new SqlOrganisation(database);
    }

    /** What is to be told to people, until they were told. */
    public Outbox outbox() {
        return new SqlOutbox(database);
    }

    /** Links in messages. */
    public AnswerLinks.Store answerLinks() {
        return new SqlAnswerLinks(database);
    }

    /** Whose accounts in chats are whose. */
    public Accounts accounts() {
        return new SqlAccounts(database);
    }

    /** What people want to be told. */
    public Wishes wishes() {
        return new SqlWishes(database);
    }

    /** In which browsers they are told. */
    public Subscriptions subscriptions() {
        return new SqlSubscriptions(database);
    }

    /** By what ways they are told. */
    public ChannelStore channels() {
        return new SqlChannels(database, privacy.keyOf("channel secrets"));
    }

    /** The other organisations the server serves. */
    public TenantStore tenants() {
        return new SqlTenants(database);
    }

    /** Searches that people keep. */
    public SavedViews savedViews() {
        return new SqlSavedViews(database);
    }

    public SignInStore signIns() {
        return signIns;
    }

    public PolicyStore policies() {
        return new SqlPolicies(database);
    }

    public DefaultsStore defaults() {
        return new SqlDefaults(database, folder);
    }

    /** With the key of this folder. */
    public SecretMasking masking() {
        return masking;
    }

    /** Why records cannot be made durable at the moment, or empty when the last one could. */
    public Optional<String> trouble() {
        String trouble = writer.trouble();
        return Optional.ofNullable(trouble == null ? checkpoints.trouble() : trouble);
    }

    /** Archives, holds, and what was taken out. */
    public RetentionStore retention() {
        return new SqlRetention(database, readers, privacy);
    }

    /** Proofs of what is in the ledger, and its signed checkpoints. */
    public LedgerProofs proofs() {
        return new SqlProofs(readers, checkpoints);
    }

    Writer writer() {
        return writer;
    }

    /** Ends within two seconds: what waits is still written, later changes are refused. */
    @Override
    public void close() throws IOException {
        checkpoints.close();
        readers.close();
        writer.close();
        lock.close();
    }

    /** A data folder that is only read. */
    public static final class Reader implements AutoCloseable {
        private final Path folder;
        private final Readers readers;
        private final Privacy privacy;

        private Reader(Path folder, Readers readers, Privacy privacy) {
            this.folder = folder;
            this.readers = readers;
            this.privacy = privacy;
        }

        public AuditQuery auditQuery() {
            return new SqlLedger.Reading(readers, privacy);
        }

        public LedgerCheck ledgerCheck() {
            return new SqlCheck(folder, readers, privacy, true);
        }

        /** The newest signed checkpoint, or empty in a ledger nobody wrote to. */
        public Optional<SignedNote> checkpoint() throws IOException {
            return Checkpoints.beside(folder);
        }

        /** The key checkpoints are signed with, or empty in a ledger nobody wrote to. */
        public Optional<NoteKey> key() throws IOException {
            return Checkpoints.key(folder);
        }

        /** The built-in defaults in force; empty in a folder that never had any. */
        public Optional<BuiltIn> defaults() {
            return readers.lookUp(SqlDefaults.inForce());
        }

        /** The newest checkpoint each witness co-signed; nothing of it was checked. */
        public List<CosignatureStore.Cosigned> cosigned() {
            return readers.lookUp(SqlCosignatures::newest);
        }

        /** Whether a person accepted this very content of this file. */
        public boolean accepted(String path, String sha256) {
            return readers.lookUp(SqlPeople.acceptance(path, sha256));
        }

        @Override
        public void close() {
            readers.close();
        }
    }
}
