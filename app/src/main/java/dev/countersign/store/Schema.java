package dev.countersign.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * The tables, made by numbered SQL files that each run once, in order; the database holds the
 * number of the last. The same number stands for the same tables in every database.
 */
final class Schema {
    /** The sign of the number while they are not whole. */
    private static final int NOT_WHOLE = -1;

    private Schema() {}

    /** Brings the database to this version of the program. */
    static void upgrade(Engine engine, Connection connection) throws SQLException, IOException {
        run(engine, connection, version(engine, connection), 1);
    }

    /** Makes the tables where there are none, marked as not whole. */
    static void create(Engine engine, Connection connection) throws SQLException, IOException {
        run(engine, connection, 0, NOT_WHOLE);
    }

    /** Says that now they are. */
    static void complete(Engine engine, Connection connection) throws SQLException {
        Rows.run(connection, engine.note(newest(engine)));
    }

    private static void run(Engine engine, Connection connection, int version, int sign)
            throws SQLException, IOException {
        for (String file : engine.scripts()) {
            int next = number(file);
            if (next > version) {
                Rows.run(
                        connection,
                        engine.begin()
                                + ";\n"
                                + script(engine.dialect() + "/" + file)
                                + "\n"
                                + engine.note(sign * next)
                                + "\nCOMMIT;");
            }
        }
    }

    /** Refuses what this version of the program cannot read. */
    static void check(Engine engine, Connection connection) throws SQLException, IOException {
        int version = version(engine, connection);
        if (version < newest(engine)) {
            throw new DataFolderException(
                    engine
                            + " was written by an older Countersign (data version "
                            + version
                            + ", this one reads "
                            + newest(engine)
                            + "); start the server on it once");
        }
    }

    /** The data version, one this program knows. */
    static int version(Engine engine, Connection connection) throws SQLException, IOException {
        int version = engine.version(connection);
        if (version < 0) {
            throw new DataFolderException(
                    engine
                            + " holds a copy that was broken off; "
                            + engine.howToEmpty()
                            + " and run `countersign data copy` again");
        }
        if (version > newest(engine)) {
            throw new DataFolderException(
                    engine
                            + " was written by a newer Countersign (data version "
                            + version
                            + ", this one knows "
                            + newest(engine)
                            + "); use that version, or name another folder with --data");
        }
        return version;
    }

    private static int newest(Engine engine) {
        List<String> scripts = engine.scripts();
        return number(scripts.getLast());
    }

    private static int number(String file) {
        return Integer.parseInt(file.substring(0, file.indexOf('-')));
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
