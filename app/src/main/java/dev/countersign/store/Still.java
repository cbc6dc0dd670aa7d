package dev.countersign.store;

import dev.countersign.audit.RetentionTrail;
import dev.countersign.ledger.Examiner;
import dev.countersign.ledger.Slice;
import dev.countersign.ledger.Stretch;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The ledger in a file that nobody writes, read as it lies there. It only finds that records are
 * good; where anything is unclear it ends, and SQLite is asked.
 */
final class Still implements AutoCloseable {
    /** Where it cannot be read so. */
    static final Still NOT = new Still(null, 0, 0, 0);

    /** Records that say something of what was taken out are read as a tree. */
    private static final List<String> TOLD = List.of(RetentionTrail.PRUNE, RetentionTrail.HOLD);

    private static final int COLUMNS = 3;
    private static final int RECORD = 1;
    private static final int HASH = 2;
    private static final int BOX = 2;

    private final @Nullable SqliteFile file;
    private final long ledger;
    private final long sealed;
    private final long payload;

    private Still(@Nullable SqliteFile file, long ledger, long sealed, long payload) {
        this.file = file;
        this.ledger = ledger;
        this.sealed = sealed;
        this.payload = payload;
    }

    /** In a file, if there is one and its tables are those that are known here. */
    static Still of(Optional<Path> file, Connection connection) throws SQLException {
        if (file.isEmpty()) {
            return NOT;
        }
        Optional<Long> ledger = root(connection, "ledger", "idx,record,hash");
        Optional<Long> sealed = root(connection, "sealed", "idx,person,box");
        Optional<Long> payload = root(connection, "payload", "idx,body");
        if (ledger.isEmpty() || sealed.isEmpty() || payload.isEmpty()) {
            return NOT;
        }
        try {
            return new Still(
                    SqliteFile.open(file.get()), ledger.get(), sealed.get(), payload.get());
        } catch (IOException _) {
            return NOT;
        }
    }

    /** The page a table begins at, if these are its columns. */
    private static Optional<Long> root(Connection connection, String table, String columns)
            throws SQLException {
        return Rows.first(
                connection,
                "SELECT rootpage FROM sqlite_schema WHERE type = 'table' AND name = ? AND ? ="
                        + " (SELECT group_concat(name) FROM pragma_table_xinfo(?) WHERE hidden = 0)",
                row -> row.getLong(1),
                table,
                columns,
                table);
    }

    /** Whether it can be read so. */
    boolean there() {
        return file != null;
    }

    /**
     * The records from a place on, up to another or the first that is not good beyond doubt; none
     * where the file itself is not.
     *
     * @param after where rows begin that would be out of order
     */
    Stretch stretch(long after, long from, long to, Examiner.Opener opener) {
        if (file == null) {
            return Stretch.NONE;
        }
        Examiner examiner = new Examiner(opener, TOLD, from, (int) (to - from));
        try {
            SqliteFile.Cursor records = file.rows(ledger, COLUMNS, after);
            Beside boxes = new Beside(file.rows(sealed, COLUMNS, from));
            Beside payloads = new Beside(file.rows(payload, 2, from));
            Slice record = new Slice();
            Slice hash = new Slice();
            Slice box = new Slice();
            while (records.next()) {
                long index = records.row();
                records.text(RECORD, record);
                records.blob(HASH, hash);
                boolean has = boxes.has(index);
                if (has) {
                    boxes.rows.blob(BOX, box);
                }
                if (index >= to
                        || payloads.has(index)
                        || !examiner.add(index, record, hash, has ? box : null)) {
                    break;
                }
            }
        } catch (IOException _) {
            // SQLite says what it is, and of no part of it somebody else does.
            return Stretch.NONE;
        }
        return examiner.stretch();
    }

    /** Rows that lie beside some of the records. */
    private static final class Beside {
        private final SqliteFile.Cursor rows;
        private boolean there;

        Beside(SqliteFile.Cursor rows) throws IOException {
            this.rows = rows;
            this.there = rows.next();
        }

        boolean has(long index) throws IOException {
            while (there && rows.row() < index) {
                there = rows.next();
            }
            return there && rows.row() == index;
        }
    }

    @Override
    public void close() {
        if (file != null) {
            file.close();
        }
    }
}
