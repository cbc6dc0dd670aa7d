package dev.countersign.store;

import dev.countersign.audit.LedgerCheck;
import dev.countersign.ledger.Draft;
import dev.countersign.ledger.Fault;
import dev.countersign.ledger.Verifier;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Verifies the ledger as it stands in SQLite. */
final class SqliteCheck implements LedgerCheck {
    /**
     * One read transaction covers this many records: a longer one would keep the log from being
     * tidied.
     */
    private static final int CHUNK = 5_000;

    private static final String RECORDS =
            "SELECT l.idx, l.record, l.hash, p.body FROM ledger l"
                    + " LEFT JOIN payload p ON p.idx = l.idx"
                    + " WHERE l.idx > ? ORDER BY l.idx LIMIT ?";

    private final Readers readers;

    SqliteCheck(Readers readers) {
        this.readers = readers;
    }

    @Override
    public Verdict verify() {
        Verifier verifier = new Verifier();
        long last = Long.MIN_VALUE;
        while (true) {
            long from = last;
            Chunk chunk = readers.search(connection -> chunk(connection, verifier, from, CHUNK));
            last = chunk.last;
            if (chunk.fault.isPresent() || chunk.count < CHUNK) {
                return new Verdict(verifier.records(), verifier.head(), chunk.fault);
            }
        }
    }

    /** Only the newest records, so that the time does not grow with the ledger. */
    static Optional<Fault> newest(Connection connection, int count) throws SQLException {
        List<Long> anchor =
                Rows.all(
                        connection,
                        "SELECT idx FROM ledger ORDER BY idx DESC LIMIT 1 OFFSET ?",
                        row -> row.getLong(1),
                        count);
        if (anchor.isEmpty()) {
            return chunk(connection, new Verifier(), Long.MIN_VALUE, count).fault;
        }
        long before = anchor.getFirst();
        String head =
                Rows.first(
                                connection,
                                "SELECT hash FROM ledger WHERE idx = ?",
                                row -> HexFormat.of().formatHex(row.getBytes(1)),
                                before)
                        .orElse(Draft.GENESIS);
        return chunk(connection, new Verifier(before + 1, head), before, count).fault;
    }

    private record Chunk(long last, int count, Optional<Fault> fault) {}

    private static Chunk chunk(Connection connection, Verifier verifier, long after, int limit)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(RECORDS)) {
            statement.setLong(1, after);
            statement.setInt(2, limit);
            try (ResultSet row = statement.executeQuery()) {
                long last = after;
                int count = 0;
                while (row.next() && verifier.fault().isEmpty()) {
                    last = row.getLong(1);
                    count++;
                    verifier.accept(last, row.getBytes(2), row.getBytes(3), row.getBytes(4));
                }
                return new Chunk(last, count, verifier.fault());
            }
        }
    }
}
