package dev.countersign.store;

import dev.countersign.audit.Receipt;
import dev.countersign.audit.RecordJson.Prepared;
import dev.countersign.audit.RecordJson.Sealed;
import dev.countersign.ledger.Draft;
import dev.countersign.ledger.Entry;
import dev.countersign.ledger.MerkleTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The connection of the one writer, and the end of the chain and of the tree, which it keeps in
 * memory. After any failure it asks the database again where they end. Not for use by two threads.
 */
final class WriteConnection implements Unit, AutoCloseable {
    private final Engine engine;
    private final Duration deadline;
    private @Nullable Connection first;
    private @Nullable Open open;

    /** Whether a record is in the ledger and what belongs beside it not yet. */
    private boolean half;

    /** Whether the transaction has a savepoint, which the next one takes the place of. */
    private boolean held;

    private Head head = new Head(0, Draft.GENESIS, new MerkleTree.Edge());

    /**
     * With a connection to begin with.
     *
     * @param deadline how long one statement may take
     */
    WriteConnection(Engine engine, Connection first, Duration deadline) {
        this.engine = engine;
        this.first = first;
        this.deadline = deadline;
    }

    /** Where the chain and the tree go on. */
    private record Head(long next, String hash, MerkleTree.Edge edge) {}

    private record Open(
            Connection connection,
            Statement plain,
            PreparedStatement append,
            PreparedStatement seal,
            PreparedStatement tree) {
        void close() throws SQLException {
            plain.close();
            append.close();
            seal.close();
            tree.close();
        }
    }

    /** A change that failed by itself; the transaction goes on without it. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        Refused(Throwable cause) {
            super(cause);
        }

        @Override
        public synchronized Throwable getCause() {
            Throwable cause = super.getCause();
            return cause == null ? this : cause;
        }
    }

    @Override
    public Connection connection() {
        return opened().connection;
    }

    private Open opened() {
        if (open == null) {
            throw new IllegalStateException("no transaction (this is a bug)");
        }
        return open;
    }

    void begin() throws SQLException, IOException {
        held = false;
        if (open != null) {
            try {
                opened().plain.executeUpdate(engine.begin());
                return;
            } catch (SQLException e) {
                if (!engine.lost(e)) {
                    throw e;
                }
                // Nothing was done on it yet, and the database may be there again.
                close();
            }
        }
        open();
        opened().plain.executeUpdate(engine.begin());
    }

    private void open() throws SQLException, IOException {
        Connection connection = first == null ? engine.writer() : first;
        first = null;
        try {
            engine.bound(connection, deadline);
            head = readHead(connection);
            open = prepared(connection);
        } finally {
            if (open == null) {
                connection.close();
            }
        }
    }

    /** After an error: the driver does away with statements that have failed. */
    private void renew() throws SQLException {
        Open last = opened();
        open = prepared(last.connection);
        last.close();
    }

    private static Open prepared(Connection connection) throws SQLException {
        return new Open(
                connection,
                connection.createStatement(),
                connection.prepareStatement(
                        "INSERT INTO ledger (idx, record, hash) VALUES (?, ?, ?)"),
                connection.prepareStatement(
                        "INSERT INTO sealed (idx, person, box) VALUES (?, ?, ?)"),
                SqlTree.insert(connection));
    }

    /** Whether the database can be gone, or there again, with nobody asking it anything. */
    boolean mayVanish() {
        return engine.mayVanish();
    }

    /** A change that leaves everything as it is and must reach the disk as any other. */
    void writeNothing() throws SQLException {
        opened().plain.executeUpdate("UPDATE sequence SET last = last WHERE name = 'approval'");
    }

    void commit() throws SQLException {
        opened().plain.executeUpdate("COMMIT");
    }

    /** The tree as it is after what was committed last. */
    MerkleTree.Edge edge() {
        return head.edge.copy();
    }

    /**
     * After a failure: nothing of the transaction stays, and the chain ends where the disk says.
     */
    void abandon() {
        if (open == null) {
            return;
        }
        try {
            open.plain.executeUpdate("ROLLBACK");
        } catch (SQLException _) {
            // the database may have ended the transaction by itself; whether it has shows below
        }
        try {
            head = readHead(open.connection);
            renew();
            open.plain.executeUpdate(engine.begin());
            open.plain.executeUpdate("ROLLBACK");
        } catch (SQLException | RuntimeException _) {
            close();
        }
    }

    /**
     * Carries out one change so that it can fail alone.
     *
     * <p>A savepoint costs as much as the record: SQLite copies every page that is changed after
     * it. One record alone goes without: where its first statement fails nothing was done, and
     * where a later one does, what lies beside the ledger is not what it was.
     *
     * @param compound whether it is more than one record
     * @throws Refused when it did
     * @throws SQLException when the whole transaction is lost
     */
    <T> T apart(Change<T> change, boolean compound) throws SQLException, Refused {
        half = false;
        boolean apart = compound || !engine.failsAlone();
        if (apart) {
            // Together, so that they are one message where the database is another program.
            opened().plain.executeUpdate((held ? "RELEASE change; " : "") + "SAVEPOINT change");
            held = true;
        }
        Head before = new Head(head.next, head.hash, head.edge.copy());
        try {
            return change.apply(this);
        } catch (SQLException | RuntimeException e) {
            if (e instanceof SQLException failure && !engine.ownFault(failure)) {
                throw failure;
            }
            if (half && !apart) {
                throw e;
            }
            renew();
            if (apart) {
                opened().plain.executeUpdate("ROLLBACK TO change");
            }
            head = before;
            throw new Refused(e);
        }
    }

    @Override
    public Receipt append(Prepared record) throws SQLException {
        Entry entry = record.draft().at(head.next, head.hash);
        byte[] text = entry.text().getBytes(StandardCharsets.UTF_8);
        PreparedStatement append = opened().append;
        append.setLong(1, entry.index());
        append.setString(2, entry.text());
        append.setBytes(3, HexFormat.of().parseHex(entry.hash()));
        append.executeUpdate();
        half = true;
        String payload = record.payload();
        if (payload != null) {
            try (PreparedStatement insert =
                    connection()
                            .prepareStatement("INSERT INTO payload (idx, body) VALUES (?, ?)")) {
                insert.setLong(1, entry.index());
                insert.setString(2, payload);
                insert.executeUpdate();
            }
        }
        Sealed sealed = record.sealed();
        if (sealed != null) {
            PreparedStatement seal = opened().seal;
            seal.setLong(1, entry.index());
            seal.setString(2, sealed.person());
            seal.setBytes(3, sealed.box());
            seal.executeUpdate();
        }
        SqlTree.add(head.edge, MerkleTree.leaf(text), opened().tree);
        head = new Head(entry.index() + 1, entry.hash(), head.edge);
        half = false;
        return new Receipt(entry.index(), entry.hash());
    }

    private static Head readHead(Connection connection) throws SQLException {
        SqlTree tree = new SqlTree(connection);
        long size = tree.size();
        String hash =
                Rows.first(
                                connection,
                                "SELECT hash FROM ledger WHERE idx = ?",
                                row -> HexFormat.of().formatHex(row.getBytes(1)),
                                size - 1)
                        .orElse(Draft.GENESIS);
        return new Head(size, hash, tree.edge(size));
    }

    @Override
    public void close() {
        Connection last = open == null ? first : open.connection;
        open = null;
        first = null;
        if (last == null) {
            return;
        }
        try {
            last.close();
        } catch (SQLException _) {
            // what was answered is durable, and a broken connection has nothing more to give
        }
    }
}
