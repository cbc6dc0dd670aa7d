package dev.countersign.store;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.CosignatureStore;
import dev.countersign.ledger.SignedNote;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/** Co-signed checkpoints in SQL. */
final class SqlCosignatures implements CosignatureStore {
    /** Of each witness, and of the older ones one an hour. */
    private static final int KEPT = 100;

    private static final int HOUR = 3_600;

    private final Database database;

    SqlCosignatures(Database database) {
        this.database = database;
    }

    @Override
    public void keep(Cosigned cosigned) throws NotRecorded {
        int _ =
                database.submit(unit -> {
                    Rows.change(
                            unit.connection(),
                            "INSERT INTO cosigned (witness, size, at, note) VALUES (?, ?, ?, ?)",
                            cosigned.witness(),
                            cosigned.records(),
                            cosigned.at().getEpochSecond(),
                            cosigned.note().toString());
                    return tidy(unit.connection(), cosigned.witness());
                });
    }

    /** Each new row makes at most one old one too many, which has its place by the index. */
    private static int tidy(Connection connection, String witness) throws SQLException {
        List<long[]> oldest =
                Rows.all(
                        connection,
                        "SELECT seq, at FROM cosigned WHERE witness = ? ORDER BY seq DESC"
                                + " LIMIT 2 OFFSET ?",
                        row -> new long[] {row.getLong(1), row.getLong(2)},
                        witness,
                        KEPT - 1);
        boolean same =
                oldest.size() == 2 && oldest.getFirst()[1] / HOUR == oldest.getLast()[1] / HOUR;
        return same
                ? Rows.change(connection, "DELETE FROM cosigned WHERE seq = ?", oldest.getLast()[0])
                : 0;
    }

    @Override
    public List<Cosigned> newest() {
        return database.ask(SqlCosignatures::newest);
    }

    static List<Cosigned> newest(Connection connection) throws SQLException {
        return Rows.all(
                connection,
                "SELECT witness, size, at, note FROM cosigned WHERE seq IN"
                        + " (SELECT max(seq) FROM cosigned GROUP BY witness) ORDER BY seq DESC",
                SqlCosignatures::read);
    }

    private static Cosigned read(ResultSet row) throws SQLException {
        try {
            return new Cosigned(
                    row.getString(1),
                    row.getLong(2),
                    Instant.ofEpochSecond(row.getLong(3)),
                    SignedNote.parse(row.getString(4)));
        } catch (IllegalArgumentException e) {
            throw new SQLException("a co-signed checkpoint cannot be read: " + e.getMessage(), e);
        }
    }
}
