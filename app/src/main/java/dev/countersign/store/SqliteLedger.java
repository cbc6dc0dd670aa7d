package dev.countersign.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.countersign.audit.AuditFilters;
import dev.countersign.audit.AuditLog;
import dev.countersign.audit.AuditQuery;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Receipt;
import dev.countersign.audit.RecordJson;
import dev.countersign.audit.SecretMasking;
import dev.countersign.ledger.CanonicalJson;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The ledger in SQLite, both sides. */
final class SqliteLedger implements AuditLog {
    private final Writer writer;
    private final SecretMasking masking;

    SqliteLedger(Writer writer, SecretMasking masking) {
        this.writer = writer;
        this.masking = masking;
    }

    @Override
    public Receipt append(AuditRecord event) throws NotRecorded {
        return writer.append(prepare(event, masking));
    }

    /** Everything that costs time is done here, in the thread of the caller. */
    static RecordJson.Prepared prepare(AuditRecord event, SecretMasking masking)
            throws NotRecorded {
        try {
            return RecordJson.prepare(event, masking);
        } catch (RuntimeException e) {
            throw new NotRecorded("the record cannot be written: " + e.getMessage(), e);
        }
    }

    /** The read side, on the writing process or beside it. */
    static final class Reading implements AuditQuery {
        private static final int MOST = 1_000;
        private static final int PART = 1_000;
        private static final int PART_CHARACTERS = 2_000_000;
        private static final Set<String> COLUMNS =
                Set.of(
                        "agent",
                        "team",
                        "project",
                        "person",
                        "client",
                        "session",
                        "call",
                        "kind",
                        "tool",
                        "effect",
                        "risk",
                        "decider",
                        "decision");

        private final Readers readers;

        Reading(Readers readers) {
            this.readers = readers;
        }

        @Override
        public List<Recorded> list(Map<String, String> filters, long before, int limit) {
            StringBuilder where = new StringBuilder("l.idx < ?");
            List<Object> parameters = new ArrayList<>();
            parameters.add(before);
            filters.forEach((name, value) -> filter(name, value, where, parameters));
            parameters.add(Math.clamp(limit, 0, MOST));
            return readers.search(connection ->
                    Rows.all(
                            connection,
                            "SELECT l.idx, l.hash, l.record, NULL FROM ledger l WHERE "
                                    + where
                                    + " ORDER BY l.idx DESC LIMIT ?",
                            Reading::recorded,
                            parameters.toArray()));
        }

        private static void filter(
                String name, String value, StringBuilder where, List<Object> parameters) {
            if (COLUMNS.contains(name)) {
                where.append(" AND l.").append(name).append(" = ?");
                parameters.add(value);
                return;
            }
            switch (name) {
                case "from" -> {
                    where.append(" AND l.at >= ?");
                    parameters.add(time(name, value));
                }
                case "to" -> {
                    where.append(" AND l.at < ?");
                    parameters.add(time(name, value));
                }
                case "action" -> {
                    where.append(
                            " AND EXISTS (SELECT 1 FROM json_each(l.record, '$.actions') a"
                                    + " WHERE a.value IN (?, '*'))");
                    parameters.add(value);
                }
                case "rule" -> {
                    // The name alone is the end of `document/name`.
                    where.append(
                            " AND EXISTS (SELECT 1 FROM json_each(l.record, '$.rules') r"
                                    + " WHERE r.value IN (?, '*')"
                                    + " OR substr('/' || r.value, -length(?)) = ?)");
                    parameters.add(value);
                    parameters.add("/" + value);
                    parameters.add("/" + value);
                }
                case "q" -> {
                    where.append(
                            " AND (l.record LIKE ? ESCAPE '\\' OR EXISTS (SELECT 1 FROM payload p"
                                    + " WHERE p.idx = l.idx AND p.body LIKE ? ESCAPE '\\'))");
                    String pattern = containing(value);
                    parameters.add(pattern);
                    parameters.add(pattern);
                }
                default -> throw AuditFilters.unknown(name);
            }
        }

        private static String time(String name, String value) {
            try {
                return RecordJson.time(Instant.parse(value));
            } catch (DateTimeException e) {
                throw new IllegalArgumentException(
                        "`"
                                + value
                                + "` is no time for `"
                                + name
                                + "`; a time looks like 2026-11-21T03:30:00Z",
                        e);
            }
        }

        /** Text as it stands within JSON, with nothing in it that LIKE would read otherwise. */
        private static String containing(String text) {
            JsonNode exact = CanonicalJson.exact(TextNode.valueOf(text));
            String json = CanonicalJson.text(exact);
            return "%"
                    + json.substring(1, json.length() - 1)
                            .replace("\\", "\\\\")
                            .replace("%", "\\%")
                            .replace("_", "\\_")
                    + "%";
        }

        @Override
        public List<Stored> next(Map<String, String> filters, long after, long before) {
            StringBuilder where = new StringBuilder("l.idx > ? AND l.idx < ?");
            List<Object> parameters = new ArrayList<>(List.of(after, before));
            filters.forEach((name, value) -> filter(name, value, where, parameters));
            String sql =
                    "SELECT l.idx, l.hash, l.record, p.body FROM ledger l"
                            + " LEFT JOIN payload p ON p.idx = l.idx WHERE "
                            + where
                            + " ORDER BY l.idx LIMIT "
                            + PART;
            return readers.search(connection -> part(connection, sql, parameters));
        }

        private static List<Stored> part(Connection connection, String sql, List<Object> parameters)
                throws SQLException {
            List<Stored> part = new ArrayList<>();
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                for (int i = 0; i < parameters.size(); i++) {
                    statement.setObject(i + 1, parameters.get(i));
                }
                try (ResultSet row = statement.executeQuery()) {
                    for (int size = 0; size < PART_CHARACTERS && row.next(); ) {
                        Stored stored =
                                new Stored(
                                        row.getLong(1),
                                        hex(row.getBytes(2)),
                                        row.getString(3),
                                        row.getString(4));
                        part.add(stored);
                        String payload = stored.payload();
                        size += stored.record().length() + (payload == null ? 0 : payload.length());
                    }
                }
            }
            return part;
        }

        @Override
        public Optional<Recorded> byIndex(long index) {
            return readers.lookUp(connection ->
                    Rows.first(
                            connection,
                            "SELECT l.idx, l.hash, l.record, p.body FROM ledger l"
                                    + " LEFT JOIN payload p ON p.idx = l.idx"
                                    + " WHERE l.idx = ?",
                            Reading::recorded,
                            index));
        }

        @Override
        public List<Recorded> ofDecision(String decision) {
            return readers.lookUp(connection ->
                    Rows.all(
                            connection,
                            "SELECT l.idx, l.hash, l.record, p.body FROM ledger l"
                                    + " LEFT JOIN payload p ON p.idx = l.idx"
                                    + " WHERE l.decision = ? ORDER BY l.idx",
                            Reading::recorded,
                            decision));
        }

        private static Recorded recorded(ResultSet row) throws SQLException {
            long index = row.getLong(1);
            ObjectNode record = object(index, row.getString(3));
            String body = row.getString(4);
            if (body != null) {
                record.set("body", object(index, body));
            }
            return new Recorded(index, hex(row.getBytes(2)), record);
        }

        private static ObjectNode object(long index, String json) throws SQLException {
            try {
                if (CanonicalJson.parse(json) instanceof ObjectNode object) {
                    return object;
                }
            } catch (IllegalArgumentException e) {
                throw new SQLException("record " + index + " was changed: " + e.getMessage(), e);
            }
            throw new SQLException("record " + index + " was changed: it is no JSON object");
        }

        private static String hex(byte @Nullable [] hash) {
            return hash == null ? "" : HexFormat.of().formatHex(hash);
        }
    }
}
