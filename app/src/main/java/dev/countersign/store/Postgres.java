package dev.countersign.store;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A database on a PostgreSQL server. One program may write at a time: the connection that writes
 * holds an advisory lock as long as its session lasts, so that nobody else can go on with the chain
 * while one of its transactions may still be committed.
 */
public final class Postgres implements Engine {
    private static final System.Logger LOG = System.getLogger(Postgres.class.getName());

    /** Names the lock, beside the schema: "CSGN". */
    private static final int LOCK = 0x4353474e;

    private static final int OLDEST = 14;
    private static final int CONNECT_SECONDS = 3;
    private static final int ROWS_AT_ONCE = 64;
    private static final Duration READ_MOST = Duration.ofSeconds(30);
    private static final Duration NETWORK_MORE = Duration.ofSeconds(1);

    /** A client that is gone without a word is noticed by the server within half a minute. */
    private static final String KEEP_ALIVE =
            "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5;"
                    + " SET tcp_keepalives_count = 3;";

    /** For half a second in all: a running server that lost its connection waits here too. */
    private static final int LET_GO_TRIES = 10;

    private static final int LET_GO_MILLIS = 50;

    /** How long the server may take to end a session of ours that broke. */
    private static final int END_MILLIS = 1_000;

    /** Data exception, integrity violation, program limit exceeded. */
    private static final Set<String> OWN_FAULT = Set.of("22", "23", "54");

    /** Ended by an administrator, crashed, not accepting connections. */
    private static final Set<String> GONE = Set.of("57P01", "57P02", "57P03");

    /** A record as the server reads it; it has no NUL in such texts. */
    private static final String BODY = "replace(l.record, '\\u0000', '\\u0001')::jsonb";

    private static final String HOLDER =
            "FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory'"
                    + " AND l.granted AND l.objsubid = 2 AND l.classid::bigint = "
                    + LOCK
                    + " AND l.objid::bigint = hashtext(current_schema())::bigint & 4294967295"
                    + " AND l.database = (SELECT oid FROM pg_database WHERE datname ="
                    + " current_database())";

    private final String host;
    private final int port;
    private final String database;
    private final String user;
    private final Optional<String> password;
    private final Map<String, String> options;

    /** What this process calls itself there. */
    private final String name;

    /**
     * Names a database.
     *
     * @param host a name or an address, IPv6 in brackets
     * @param options {@code schema}, and {@code sslmode} and the like as libpq has them
     */
    public Postgres(
            String host,
            int port,
            String database,
            String user,
            Optional<String> password,
            Map<String, String> options) {
        this.host = host;
        this.port = port;
        this.database = database;
        this.user = user;
        this.password = password;
        this.options = Map.copyOf(options);
        byte[] id = new byte[8];
        new SecureRandom().nextBytes(id);
        this.name = "countersign " + HexFormat.of().formatHex(id);
    }

    @Override
    public void prepare() {
        // An administrator has made the database; all else is seen when it is opened to write.
    }

    @Override
    public Connection writer() throws SQLException, IOException {
        Connection connection = source().getConnection();
        try {
            check(connection);
            Rows.run(connection, KEEP_ALIVE);
            // Whatever else it may be set to waits for the disk.
            var _ =
                    Rows.all(
                            connection,
                            "SELECT set_config('synchronous_commit', 'on', false)"
                                    + " WHERE current_setting('synchronous_commit') = 'off'",
                            row -> row.getString(1));
            if (!locks(connection)) {
                endOwn(connection);
                if (!locksSoon(connection)) {
                    throw inUse(connection);
                }
            }
            return connection;
        } catch (SQLException | IOException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** Refuses a server that cannot hold what is put in. */
    private void check(Connection connection) throws SQLException, DataFolderException {
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "SELECT current_setting('server_encoding'), current_schema(),"
                                        + " current_setting('server_version_num')::int / 10000,"
                                        + " current_setting('fsync')")) {
            row.next();
            if (!"UTF8".equals(row.getString(1))) {
                throw new DataFolderException(
                        this
                                + " has the encoding "
                                + row.getString(1)
                                + "; make one with ENCODING 'UTF8'");
            }
            if (row.getString(2) == null) {
                throw new DataFolderException(
                        this + " has no schema the user may use; make one and grant it");
            }
            if (row.getInt(3) < OLDEST) {
                throw new DataFolderException(
                        this
                                + " is on PostgreSQL "
                                + row.getInt(3)
                                + "; it must be "
                                + OLDEST
                                + " or newer");
            }
            if ("off".equals(row.getString(4))) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        this + " runs with fsync off: after a loss of power receipts may be lost");
            }
        }
    }

    private static boolean locks(Connection connection) throws SQLException {
        return Rows.first(
                        connection,
                        "SELECT pg_try_advisory_lock(?, hashtext(current_schema()))",
                        row -> row.getBoolean(1),
                        LOCK)
                .orElse(false);
    }

    /** The server lets go of a lock a moment after the program that had it has ended. */
    private static boolean locksSoon(Connection connection) throws SQLException {
        for (int tries = 0; tries < LET_GO_TRIES; tries++) {
            if (locks(connection)) {
                return true;
            }
            try {
                TimeUnit.MILLISECONDS.sleep(LET_GO_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return false;
    }

    /** A session of this process that still has the lock is one whose connection broke. */
    private void endOwn(Connection connection) throws SQLException {
        var _ =
                Rows.all(
                        connection,
                        "SELECT pg_terminate_backend(a.pid, ?) "
                                + HOLDER
                                + " AND a.application_name = ?",
                        row -> row.getBoolean(1),
                        END_MILLIS,
                        name);
    }

    private DataFolderException inUse(Connection connection) throws SQLException {
        String holder =
                Rows.first(
                                connection,
                                "SELECT coalesce(host(a.client_addr), 'its own machine'),"
                                        + " to_char(a.backend_start AT TIME ZONE 'UTC',"
                                        + " 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') "
                                        + HOLDER,
                                row ->
                                        " (from "
                                                + row.getString(1)
                                                + " since "
                                                + row.getString(2)
                                                + ")")
                        .orElse("");
        return new DataFolderException(
                this
                        + " is in use by another Countersign"
                        + holder
                        + "; stop that one, or name another database with --database-url");
    }

    @Override
    public void bound(Connection writer, Duration most) throws SQLException {
        Rows.run(
                writer,
                "SET statement_timeout = "
                        + most.toMillis()
                        + "; SET lock_timeout = "
                        + most.toMillis()
                        // A program that hangs must not keep the others from going on.
                        + "; SET idle_in_transaction_session_timeout = "
                        + 2 * most.toMillis());
        writer.setNetworkTimeout(
                Runnable::run, Math.toIntExact(most.plus(NETWORK_MORE).toMillis()));
    }

    @Override
    public Connection reader() throws SQLException {
        PGSimpleDataSource source = source();
        source.setReadOnly(true);
        source.setDefaultRowFetchSize(ROWS_AT_ONCE);
        source.setSocketTimeout(Math.toIntExact(READ_MOST.plus(NETWORK_MORE).toSeconds()));
        Connection connection = source.getConnection();
        try {
            Rows.run(connection, KEEP_ALIVE + " SET statement_timeout = " + READ_MOST.toMillis());
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    @Override
    public Connection visitor() throws SQLException {
        return reader();
    }

    private PGSimpleDataSource source() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setServerNames(new String[] {host});
        source.setPortNumbers(new int[] {port});
        source.setDatabaseName(database);
        source.setUser(user);
        password.ifPresent(source::setPassword);
        source.setApplicationName(name);
        source.setConnectTimeout(CONNECT_SECONDS);
        source.setLoginTimeout(2 * CONNECT_SECONDS);
        source.setTcpKeepAlive(true);
        options.forEach((option, value) -> {
            switch (option) {
                case "schema" -> source.setCurrentSchema(value);
                case "sslmode" -> source.setSslMode(value);
                case "sslrootcert" -> source.setSslRootCert(value);
                case "sslcert" -> source.setSslCert(value);
                case "sslkey" -> source.setSslKey(value);
                default -> throw new IllegalArgumentException("no option `" + option + "`");
            }
        });
        return source;
    }

    @Override
    public Optional<Path> still() {
        return Optional.empty();
    }

    @Override
    public String begin() {
        return "BEGIN";
    }

    /** The whole transaction fails with it. */
    @Override
    public boolean failsAlone() {
        return false;
    }

    @Override
    public boolean ownFault(SQLException failure) {
        return OWN_FAULT.contains(state(failure).substring(0, 2));
    }

    @Override
    public boolean lost(SQLException failure) {
        return state(failure).startsWith("08") || GONE.contains(state(failure));
    }

    private static String state(SQLException failure) {
        String state = failure.getSQLState();
        return state == null || state.length() < 2 ? "??" : state;
    }

    @Override
    public boolean mayVanish() {
        return true;
    }

    /** Rows come in parts within a transaction only. */
    @Override
    public <T> T search(Connection connection, Query<T> query) throws SQLException {
        connection.setAutoCommit(false);
        try {
            return query.ask(connection);
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    @Override
    public String within(String... path) {
        return BODY + " #>> '{" + String.join(",", path) + "}'";
    }

    @Override
    public String field(String name) {
        return "l." + name;
    }

    @Override
    public String each(String list) {
        return "jsonb_array_elements_text(" + BODY + " -> '" + list + "')";
    }

    @Override
    public String greatest() {
        return "greatest";
    }

    /** The driver has begun the transaction. */
    @Override
    public String snapshot() {
        return "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ";
    }

    /** The server's own vacuum does that. */
    @Override
    public boolean shrink(Connection writer) {
        return false;
    }

    @Override
    public void rewrite(Connection writer) {
        // as above
    }

    @Override
    public String emptyTree() {
        return "DROP TRIGGER IF EXISTS tree_keeps ON tree; DELETE FROM tree;"
                + " CREATE TRIGGER tree_keeps BEFORE DELETE ON tree FOR EACH ROW EXECUTE FUNCTION"
                + " countersign_refuses('a hash of the tree is never deleted');";
    }

    @Override
    public void goOnNumbering(Connection writer, String table) throws SQLException {
        var _ =
                Rows.all(
                        writer,
                        "SELECT setval(pg_get_serial_sequence('"
                                + table
                                + "', 'seq'), coalesce(max(seq) + 1, 1), false) FROM "
                                + table,
                        row -> row.getLong(1));
    }

    @Override
    public List<String> scripts() {
        return List.of(
                "012-first.sql",
                "013-retention.sql",
                "014-witness.sql",
                "015-organisation.sql",
                "016-sign-in.sql",
                "017-browsers.sql",
                "018-columns.sql",
                "019-views.sql",
                "020-channels.sql",
                "021-tools.sql",
                "022-routing.sql",
                "024-made-by.sql");
    }

    @Override
    public String dialect() {
        return "postgresql";
    }

    @Override
    public int version(Connection connection) throws SQLException {
        boolean there =
                Rows.first(
                                connection,
                                "SELECT to_regclass('countersign_data') IS NOT NULL",
                                row -> row.getBoolean(1))
                        .orElse(false);
        return there
                ? Rows.first(
                                connection,
                                "SELECT version FROM countersign_data",
                                row -> row.getInt(1))
                        .orElse(0)
                : 0;
    }

    @Override
    public String note(int version) {
        return "INSERT INTO countersign_data (place, version) VALUES (1, "
                + version
                + ") ON CONFLICT (place) DO UPDATE SET version = excluded.version;";
    }

    @Override
    public String howToEmpty() {
        return "drop its tables and functions, or make another database";
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "database `postgresql://" + user + "@" + host + ":" + port + "/" + database + "`";
    }
}
