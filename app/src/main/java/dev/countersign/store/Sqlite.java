package dev.countersign.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteOpenMode;

/** A database file in the data folder. */
final class Sqlite implements Engine {
    private static final System.Logger LOG = System.getLogger(Sqlite.class.getName());
    private static final int BUSY_MILLIS = 2_000;

    /** Pages that one transaction gives back to the file system. */
    private static final int PAGES = 500;

    /** Marks a database as ours: "CSGN". */
    private static final int APPLICATION_ID = 0x4353474e;

    /** SQLITE_TOOBIG, SQLITE_CONSTRAINT, SQLITE_MISMATCH. */
    private static final Set<Integer> OWN_FAULT = Set.of(18, 19, 20);

    /** What is a column of the ledger, computed from the record. */
    private static final Set<String> INDEXED =
            Set.of("kind", "decision", "agent", "person", "project", "session", "call");

    private final Path folder;
    private final Path file;

    Sqlite(Path folder) {
        this.folder = folder;
        this.file = folder.resolve(DataFolder.DATABASE);
    }

    @Override
    public void prepare() throws SQLException, IOException {
        DataFolder.createFile(file);
        if (Files.size(file) > 0) {
            try (Connection connection = visitor()) {
                Schema.version(this, connection);
            }
        }
    }

    @Override
    public Connection writer() throws SQLException {
        Connection connection = open("rw", false);
        try {
            // Only a file without tables takes it; it can give back the room of what was taken out.
            Rows.run(connection, "PRAGMA auto_vacuum = INCREMENTAL");
            String journal = text(connection, "PRAGMA journal_mode = WAL");
            if (!"wal".equals(journal)) {
                throw new SQLException(
                        "the file system of `" + file + "` cannot hold a write-ahead log");
            }
            // fullfsync: what an ordinary fsync means everywhere but on macOS
            Rows.run(
                    connection,
                    "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON;"
                            + " PRAGMA checkpoint_fullfsync = ON; PRAGMA foreign_keys = ON;"
                            // What is replaced is overwritten, so that nothing left out stays in
                            // the file.
                            + " PRAGMA secure_delete = ON;"
                            // What undoes a statement stays in memory: written to a file, it would
                            // cost more than the record.
                            + " PRAGMA temp_store = MEMORY;"
                            // What is replaced is deleted, which triggers then refuse.
                            + " PRAGMA recursive_triggers = ON;"
                            + " PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF;");
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** A file answers or fails by itself. */
    @Override
    public void bound(Connection writer, Duration most) {}

    @Override
    public Connection reader() throws SQLException {
        return open("ro", true);
    }

    /**
     * SQLite would create its side files when a stopped server has removed them, so the file alone
     * is read then.
     */
    @Override
    public Connection visitor() throws SQLException {
        return open(live() ? "ro" : "ro&immutable=1", true);
    }

    /** Whether somebody writes, or has left something that is not in the file yet. */
    private boolean live() {
        return Files.exists(file.resolveSibling(file.getFileName() + "-wal"));
    }

    @Override
    public Optional<Path> still() {
        return live() ? Optional.empty() : Optional.of(file);
    }

    private Connection open(String mode, boolean readOnly) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_MILLIS);
        // Nobody asks for them, and the driver would look them up after each insert.
        config.setGetGeneratedKeys(false);
        if (readOnly) {
            config.setReadOnly(true);
        } else {
            config.resetOpenMode(SQLiteOpenMode.CREATE);
        }
        return config.createConnection(
                "jdbc:sqlite:file:" + file.toUri().getRawPath() + "?mode=" + mode);
    }

    @Override
    public String begin() {
        return "BEGIN IMMEDIATE";
    }

    @Override
    public boolean failsAlone() {
        return true;
    }

    @Override
    public boolean ownFault(SQLException failure) {
        return OWN_FAULT.contains(failure.getErrorCode() & 0xff);
    }

    @Override
    public boolean lost(SQLException failure) {
        return false;
    }

    @Override
    public boolean mayVanish() {
        return false;
    }

    /** Rows come one by one as it is. */
    @Override
    public <T> T search(Connection connection, Query<T> query) throws SQLException {
        return query.ask(connection);
    }

    @Override
    public String within(String... path) {
        return "l.record ->> '$." + String.join(".", path) + "'";
    }

    @Override
    public String field(String name) {
        return INDEXED.contains(name) ? "l." + name : within(name);
    }

    @Override
    public String each(String list) {
        return "json_each(l.record, '$." + list + "')";
    }

    @Override
    public String emptyTree() {
        return "DROP TRIGGER IF EXISTS tree_keeps; DELETE FROM tree;"
                + " CREATE TRIGGER tree_keeps BEFORE DELETE ON tree BEGIN"
                + " SELECT RAISE(ABORT, 'a hash of the tree is never deleted'); END;";
    }

    /** By itself it goes on after the highest. */
    @Override
    public void goOnNumbering(Connection writer, String table) {}

    @Override
    public String greatest() {
        return "max";
    }

    @Override
    public String snapshot() {
        return "BEGIN";
    }

    @Override
    public boolean shrink(Connection writer) throws SQLException {
        int free = pragma(writer, "freelist_count");
        if (free == 0 || pragma(writer, "auto_vacuum") != 2) {
            return false;
        }
        Rows.run(writer, "PRAGMA incremental_vacuum(" + PAGES + ")");
        return pragma(writer, "freelist_count") < free && free > PAGES;
    }

    /** A file that an older version made cannot give pages back: it is rewritten. */
    @Override
    public void rewrite(Connection writer) {
        try {
            if (pragma(writer, "auto_vacuum") == 0
                    && pragma(writer, "freelist_count") * 2 > pragma(writer, "page_count")) {
                Rows.run(writer, "PRAGMA auto_vacuum = INCREMENTAL; VACUUM;");
            }
        } catch (SQLException e) {
            // There is no room for a second one: it stays as large as it is.
            LOG.log(System.Logger.Level.INFO, "the database was not made smaller", e);
        }
    }

    @Override
    public List<String> scripts() {
        return List.of(
                "001-first.sql",
                "002-policies.sql",
                "003-approvals.sql",
                "004-grants.sql",
                "005-deferred.sql",
                "006-absence.sql",
                "007-alarms.sql",
                "008-tree.sql",
                "009-defaults.sql",
                "010-teams.sql",
                "011-ledger-team.sql",
                "012-privacy.sql",
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
        return "sqlite";
    }

    @Override
    public int version(Connection connection) throws SQLException, DataFolderException {
        int application = pragma(connection, "application_id");
        int version = pragma(connection, "user_version");
        boolean fresh = application == 0 && version == 0 && pragma(connection, "page_count") <= 1;
        if (application != APPLICATION_ID && !fresh) {
            throw new DataFolderException(
                    "`"
                            + file
                            + "` is not a database of Countersign; name another folder with --data");
        }
        return version;
    }

    @Override
    public String note(int version) {
        return "PRAGMA application_id = "
                + APPLICATION_ID
                + "; PRAGMA user_version = "
                + version
                + ";";
    }

    @Override
    public String howToEmpty() {
        return "remove the file `" + file + "`";
    }

    private static int pragma(Connection connection, String name) throws SQLException {
        String value = text(connection, "PRAGMA " + name);
        return value.isEmpty() ? 0 : Integer.parseInt(value);
    }

    private static String text(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : "";
        }
    }

    @Override
    public String toString() {
        return "data folder `" + folder + "`";
    }
}
