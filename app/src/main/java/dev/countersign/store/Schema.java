package dev.countersign.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The tables, made by numbered SQL files that each run once, in order; {@code PRAGMA user_version}
 * says how many have run.
 */
final class Schema {
    /** Marks a database as ours: "CSGN". */
    private static final int APPLICATION_ID = 0x4353474e;

    private static final List<String> FILES =
            List.of(
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
                    "013-retention.sql");

    private Schema() {}

    /** Brings the database to this version of the program. */
    static void upgrade(Connection connection, Path folder) throws SQLException, IOException {
        int version = version(connection, folder);
        for (int next = version; next < FILES.size(); next++) {
            String script = script(FILES.get(next));
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate(
                        "BEGIN IMMEDIATE;\n"
                                + script
                                + "\nPRAGMA application_id = "
                                + APPLICATION_ID
                                + ";\nPRAGMA user_version = "
                                + (next + 1)
                                + ";\nCOMMIT;");
            }
        }
    }

    /** Refuses what this version of the program cannot read. */
    static void check(Connection connection, Path folder) throws SQLException, IOException {
        int version = version(connection, folder);
        if (version < FILES.size()) {
            throw new DataFolderException(
                    "data folder `"
                            + folder
                            + "` was written by an older Countersign (data version "
                            + version
                            + ", this one reads "
                            + FILES.size()
                            + "); start the server on it once");
        }
    }

    static int version(Connection connection, Path folder) throws SQLException, IOException {
        int application = pragma(connection, "application_id");
        int version = pragma(connection, "user_version");
        boolean fresh = application == 0 && version == 0 && pragma(connection, "page_count") <= 1;
        if (application != APPLICATION_ID && !fresh) {
            throw new DataFolderException(
                    "`"
                            + folder.resolve(DataFolder.DATABASE)
                            + "` is not a database of Countersign; name another folder with --data");
        }
        if (version > FILES.size()) {
            throw new DataFolderException(
                    "data folder `"
                            + folder
                            + "` was written by a newer Countersign (data version "
                            + version
                            + ", this one knows "
                            + FILES.size()
                            + "); use that version, or name another folder with --data");
        }
        return version;
    }

    private static int pragma(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA " + name)) {
            return row.next() ? row.getInt(1) : 0;
        }
    }

    private static String script(String file) throws IOException {
        try (InputStream in = Schema.class.getResourceAsStream("schema/" + file)) {
            if (in == null) {
                throw new IllegalStateException("schema/" + file + " is missing (this is a bug)");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
