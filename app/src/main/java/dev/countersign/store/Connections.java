package dev.countersign.store;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteOpenMode;

/** Opens the database file in the three ways it is used. */
final class Connections {
    private static final int BUSY_MILLIS = 2_000;

    private final Path file;

    Connections(Path folder) {
        this.file = folder.resolve(DataFolder.DATABASE);
    }

    /** The one that writes: every commit is on the disk before it returns. */
    Connection writer() throws SQLException {
        Connection connection = open("rw", false);
        try {
            // Only a file without tables takes it; it can give back the room of what was taken out.
            run(connection, "PRAGMA auto_vacuum = INCREMENTAL");
            String journal = text(connection, "PRAGMA journal_mode = WAL");
            if (!"wal".equals(journal)) {
                throw new SQLException(
                        "the file system of `" + file + "` cannot hold a write-ahead log");
            }
            // fullfsync: what an ordinary fsync means everywhere but on macOS
            run(
                    connection,
                    "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON;"
                            + " PRAGMA checkpoint_fullfsync = ON; PRAGMA foreign_keys = ON;"
                            // What is replaced is overwritten, so that nothing left out stays in
                            // the file.
                            + " PRAGMA secure_delete = ON;"
                            + " PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF;");
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** One that reads beside the writer of this process. */
    Connection reader() throws SQLException {
        return open("ro", true);
    }

    /**
     * One that reads from outside and creates nothing. SQLite would create its side files when a
     * stopped server has removed them, so the file alone is read then.
     */
    Connection visitor() throws SQLException {
        boolean live = Files.exists(file.resolveSibling(file.getFileName() + "-wal"));
        return open(live ? "ro" : "ro&immutable=1", true);
    }

    private Connection open(String mode, boolean readOnly) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_MILLIS);
        if (readOnly) {
            config.setReadOnly(true);
        } else {
            config.resetOpenMode(SQLiteOpenMode.CREATE);
        }
        return config.createConnection(
                "jdbc:sqlite:file:" + file.toUri().getRawPath() + "?mode=" + mode);
    }

    static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    private static String text(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : "";
        }
    }
}
