package dev.countersign.store;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Hold;
import dev.countersign.audit.Pruned;
import dev.countersign.audit.Receipt;
import dev.countersign.audit.RecordJson;
import dev.countersign.audit.RetentionStore;
import dev.countersign.audit.RetentionTrail;
import dev.countersign.audit.Segment;
import dev.countersign.ledger.Anchor;
import dev.countersign.ledger.CanonicalJson;
import dev.countersign.ledger.Draft;
import dev.countersign.ledger.MerkleTree;
import dev.countersign.ledger.SignedNote;
import dev.countersign.ledger.Tile;
import java.io.ByteArrayOutputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Archives, holds and what was taken out, in a database. */
final class SqlRetention implements RetentionStore {
    /** Tiles that one transaction frees: a decision waits no longer than for these. */
    private static final int TILES = 4;

    private static final int PART = 1_000;
    private static final int PART_CHARACTERS = 2_000_000;

    private static final String SIZE = "SELECT coalesce(max(size), 0) FROM anchor";

    private final Database database;
    private final Readers readers;
    private final Privacy privacy;

    SqlRetention(Database database, Readers readers, Privacy privacy) {
        this.database = database;
        this.readers = readers;
        this.privacy = privacy;
    }

    /**
     * What was taken out.
     *
     * @throws IllegalArgumentException when no record says so
     */
    static Pruned pruned(Connection connection) throws SQLException {
        record Newest(long size, @Nullable String record, @Nullable String payload) {}
        Optional<Newest> newest =
                Rows.first(
                        connection,
                        "SELECT a.size, l.record, p.body FROM anchor a"
                                + " LEFT JOIN ledger l ON l.idx = a.record"
                                + " LEFT JOIN payload p ON p.idx = l.idx"
                                + " ORDER BY a.size DESC LIMIT 1",
                        row -> new Newest(row.getLong(1), row.getString(2), row.getString(3)));
        if (newest.isEmpty()) {
            return Pruned.NOTHING;
        }
        long size = newest.get().size;
        try {
            String payload = newest.get().payload;
            JsonNode record =
                    CanonicalJson.parse(Optional.ofNullable(newest.get().record).orElse("{}"));
            JsonNode body = payload == null ? record.path("body") : CanonicalJson.parse(payload);
            Anchor anchor = Anchor.of(body);
            if (anchor.size() == size
                    && record.path("kind").asText().equals(RetentionTrail.PRUNE)) {
                return new Pruned(anchor, Segment.list(body.path("archives")));
            }
        } catch (IllegalArgumentException _) {
            // said below
        }
        throw new IllegalArgumentException(
                "records 0 to " + (size - 1) + " were taken out, and no record says so");
    }

    /** The holds of the folder, by their id. */
    static Map<String, JsonNode> holds(Connection connection) throws SQLException {
        Map<String, JsonNode> holds = new TreeMap<>();
        Rows.all(
                        connection,
                        "SELECT id, hold FROM hold ORDER BY id",
                        row -> Map.entry(row.getString(1), row.getString(2)))
                .forEach(each -> holds.put(each.getKey(), CanonicalJson.parse(each.getValue())));
        return holds;
    }

    @Override
    public Pruned pruned() {
        return readers.lookUp(SqlRetention::pruned);
    }

    @Override
    public List<Span> spans(Instant before) {
        return readers.search(connection -> {
            List<Span> spans = new ArrayList<>();
            long next = first(connection);
            long end = reached(connection, next, before);
            for (Row row : rows(connection, next)) {
                if (row.segment.size() <= end && row.segment.first() == next) {
                    spans.add(row.span());
                    next = row.segment.size();
                }
            }
            while (next < end) {
                YearMonth month = YearMonth.from(at(connection, next).atZone(ZoneOffset.UTC));
                Instant after =
                        month.plusMonths(1).atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant();
                long most = after.isBefore(before) ? reached(connection, next, after) : end;
                // Where no checkpoint is in a month, its records go with those up to the next one.
                Optional<Span> span = ending(connection, next, most, month, "DESC");
                if (span.isEmpty()) {
                    span = ending(connection, next, end, month, "ASC");
                }
                if (span.isEmpty()) {
                    break;
                }
                spans.add(span.get());
                next = span.get().size();
            }
            return List.copyOf(spans);
        });
    }

    private static long first(Connection connection) throws SQLException {
        return Rows.first(connection, SIZE, row -> row.getLong(1)).orElse(0L);
    }

    /** The first record from one on that is not before a time; where all are, the next to come. */
    private static long reached(Connection connection, long from, Instant time)
            throws SQLException {
        Optional<Long> found =
                Rows.first(
                        connection,
                        // The order of places, not that of times: clocks go back.
                        "SELECT idx FROM ledger WHERE idx >= ? AND at || '' >= ?"
                                + " ORDER BY idx LIMIT 1",
                        row -> row.getLong(1),
                        from,
                        RecordJson.time(time));
        return found.isPresent() ? found.get() : new SqlTree(connection).size();
    }

    private static Instant at(Connection connection, long index) throws SQLException {
        return Rows.first(
                        connection,
                        "SELECT at FROM ledger WHERE idx = ?",
                        row -> Instant.parse(row.getString(1)),
                        index)
                .orElseThrow(() -> new SQLException("record " + index + " is missing"));
    }

    /** Up to the first or last checkpoint of a range. */
    private static Optional<Span> ending(
            Connection connection, long from, long most, YearMonth month, String order)
            throws SQLException {
        return Rows.first(
                connection,
                "SELECT size, note FROM checkpoint WHERE size > ? AND size <= ?"
                        + " AND size < (SELECT max(size) FROM checkpoint) ORDER BY size "
                        + order
                        + " LIMIT 1",
                row -> {
                    long size = row.getLong(1);
                    return new Span(
                            from,
                            size,
                            SignedNote.parse(row.getString(2)),
                            "countersign-" + month + "-" + from + "-" + (size - 1) + ".jsonl",
                            null);
                },
                from,
                most);
    }

    private record Row(Segment segment, SignedNote note) {
        Span span() {
            return new Span(segment.first(), segment.size(), note, segment.name(), segment);
        }
    }

    private static List<Row> rows(Connection connection, long from) throws SQLException {
        return Rows.all(
                connection,
                "SELECT first, size, name, sha256, note FROM segment WHERE first >= ?"
                        + " ORDER BY first",
                row ->
                        new Row(
                                new Segment(
                                        row.getLong(1),
                                        row.getLong(2),
                                        row.getString(3),
                                        row.getString(4)),
                                SignedNote.parse(row.getString(5))),
                from);
    }

    @Override
    public List<Kept> kept(long from, long size) {
        return readers.search(connection -> {
            List<Kept> kept = new ArrayList<>();
            try (PreparedStatement statement =
                    connection.prepareStatement(
                            "SELECT l.idx, l.hash, l.record, p.body, s.box FROM ledger l"
                                    + " LEFT JOIN payload p ON p.idx = l.idx"
                                    + " LEFT JOIN sealed s ON s.idx = l.idx"
                                    + " WHERE l.idx >= ? AND l.idx < ? ORDER BY l.idx LIMIT "
                                    + PART)) {
                statement.setLong(1, from);
                statement.setLong(2, size);
                try (ResultSet row = statement.executeQuery()) {
                    for (long characters = 0; characters < PART_CHARACTERS && row.next(); ) {
                        String payload = row.getString(4);
                        byte[] box = row.getBytes(5);
                        Kept one =
                                new Kept(
                                        row.getLong(1),
                                        HexFormat.of().formatHex(row.getBytes(2)),
                                        row.getString(3),
                                        payload,
                                        box == null
                                                ? null
                                                : Base64.getEncoder().encodeToString(box));
                        kept.add(one);
                        characters +=
                                one.record().length()
                                        + (payload == null ? 0 : payload.length())
                                        + (box == null ? 0 : box.length);
                    }
                }
            }
            return kept;
        });
    }

    @Override
    public Receipt archived(AuditRecord event, Segment segment, SignedNote note)
            throws NotRecorded {
        RecordJson.Prepared record = database.prepare(event);
        return database.submit(unit -> {
            Receipt receipt = unit.append(record);
            Rows.change(
                    unit.connection(),
                    "INSERT INTO segment (first, size, name, sha256, record, note)"
                            + " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (first) DO UPDATE SET"
                            + " size = excluded.size, name = excluded.name,"
                            + " sha256 = excluded.sha256, record = excluded.record,"
                            + " note = excluded.note",
                    segment.first(),
                    segment.size(),
                    segment.name(),
                    segment.sha256(),
                    receipt.index(),
                    note.toString());
            return receipt;
        });
    }

    @Override
    public List<Hold> holds() {
        return readers.lookUp(
                connection -> holds(connection).values().stream().map(Hold::of).toList());
    }

    @Override
    public Optional<String> nameOf(String email) {
        return privacy.nameOf(email);
    }

    @Override
    public String shown(String text) {
        return privacy.withAddresses(text);
    }

    @Override
    public Receipt place(AuditRecord event, String id) throws NotRecorded {
        RecordJson.Prepared record = database.prepare(event);
        return database.submit(unit -> {
            Receipt receipt = unit.append(record);
            // From the record, so that both say the same.
            String text =
                    Rows.first(
                                    unit.connection(),
                                    "SELECT record FROM ledger WHERE idx = ?",
                                    row -> row.getString(1),
                                    receipt.index())
                            .orElseThrow();
            Rows.change(
                    unit.connection(),
                    "INSERT INTO hold (id, hold) VALUES (?, ?)",
                    id,
                    CanonicalJson.text(CanonicalJson.parse(text).at("/body/hold")));
            return receipt;
        });
    }

    @Override
    public Optional<Receipt> end(AuditRecord event, String id) throws NotRecorded {
        return database.changeOne(event, "DELETE FROM hold WHERE id = ?", id);
    }

    @Override
    public Receipt prune(AuditRecord event, long before, long size, Set<String> holds)
            throws NotRecorded {
        RecordJson.Prepared record = database.prepare(event);
        return database.submit(unit -> {
            Connection connection = unit.connection();
            if (first(connection) != before) {
                throw new IllegalStateException("something else was taken out meanwhile");
            }
            if (!holds(connection).keySet().equals(holds)) {
                throw new IllegalStateException("a hold was placed or ended meanwhile; try again");
            }
            Receipt receipt = unit.append(record);
            Rows.change(
                    connection,
                    "INSERT INTO anchor (size, record) VALUES (?, ?)",
                    size,
                    receipt.index());
            return receipt;
        });
    }

    @Override
    public Anchor anchorAt(long size) {
        return readers.search(connection -> {
            Pruned pruned = pruned(connection);
            if (size == pruned.first()) {
                return pruned.anchor();
            }
            String head =
                    Rows.first(
                                    connection,
                                    "SELECT hash FROM ledger WHERE idx = ?",
                                    row -> HexFormat.of().formatHex(row.getBytes(1)),
                                    size - 1)
                            .orElse(Draft.GENESIS);
            return Anchor.at(new SqlTree(connection).edge(size), head);
        });
    }

    @Override
    public boolean sweep() throws NotRecorded {
        return database.submit(unit -> {
            Connection connection = unit.connection();
            long size = first(connection);
            long next =
                    Rows.first(
                                    connection,
                                    "SELECT coalesce(min(idx), 0) FROM ledger",
                                    row -> row.getLong(1))
                            .orElse(0L);
            if (next >= size) {
                return readers.engine().shrink(connection);
            }
            for (int tile = 0; tile < TILES && next < size; tile++) {
                next = sweep(connection, next, size);
            }
            return true;
        });
    }

    /** Keeps the hashes of the records up to the end of a tile, and deletes the records. */
    private static long sweep(Connection connection, long from, long size) throws SQLException {
        long end = Math.min(size, (Math.floorDiv(from, Tile.WIDTH) + 1) * Tile.WIDTH);
        ByteArrayOutputStream hashes = new ByteArrayOutputStream();
        Rows.all(
                        connection,
                        "SELECT record FROM ledger WHERE idx >= ? AND idx < ? ORDER BY idx",
                        row -> MerkleTree.leaf(row.getBytes(1)).bytes(),
                        from,
                        end)
                .forEach(hashes::writeBytes);
        if (hashes.size() != (end - from) * 32) {
            throw new SQLException("records between " + from + " and " + end + " are missing");
        }
        Rows.change(
                connection,
                "INSERT INTO leaf (idx, hashes) VALUES (?, ?)",
                from,
                hashes.toByteArray());
        for (String table : List.of("sealed", "payload", "ledger")) {
            Rows.change(
                    connection, "DELETE FROM " + table + " WHERE idx >= ? AND idx < ?", from, end);
        }
        return end;
    }
}
