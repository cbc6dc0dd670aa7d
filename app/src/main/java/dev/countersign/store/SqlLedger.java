package dev.countersign.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.countersign.audit.AuditFilters;
import dev.countersign.audit.AuditLog;
import dev.countersign.audit.AuditQuery;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Pruned;
import dev.countersign.audit.Receipt;
import dev.countersign.audit.RecordEvents;
import dev.countersign.audit.RecordJson;
import dev.countersign.call.Action;
import dev.countersign.call.LowerCase;
import dev.countersign.ledger.CanonicalJson;
import dev.countersign.ledger.Disclosure;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The ledger in SQL, both sides. */
final class SqlLedger implements AuditLog {
    private final Database database;

    SqlLedger(Database database) {
        this.database = database;
    }

    @Override
    public Receipt append(AuditRecord event) throws NotRecorded {
        return database.append(database.prepare(event));
    }

    /** The read side, on the writing process or beside it. */
    static final class Reading implements AuditQuery {
        private static final int MOST = 1_000;
        private static final int PART = 1_000;
        private static final int PART_CHARACTERS = 2_000_000;
        private static final Set<String> FIELDS =
                Set.of(
                        "agent",
                        "project",
                        "client",
                        "session",
                        "call",
                        "kind",
                        "tool",
                        "effect",
                        "risk",
                        "decider",
                        "decision");

        /** The most bytes of what is sealed that a listing opens; the rest is shown one by one. */
        private static final int LISTED_BOX = 90_000;

        private final Readers readers;
        private final Privacy privacy;

        Reading(Readers readers, Privacy privacy) {
            this.readers = readers;
            this.privacy = privacy;
        }

        /** A row as it stands: a record and what is beside it. */
        private static final class Row {
            private final long index;
            private final String hash;
            private final String record;
            private final @Nullable String payload;
            private final byte @Nullable [] box;

            private Row(
                    long index,
                    String hash,
                    String record,
                    @Nullable String payload,
                    byte @Nullable [] box) {
                this.index = index;
                this.hash = hash;
                this.record = record;
                this.payload = payload;
                this.box = box;
            }

            static Row of(ResultSet row) throws SQLException {
                return new Row(
                        row.getLong(1),
                        hex(row.getBytes(2)),
                        row.getString(3),
                        row.getString(4),
                        row.getBytes(5));
            }

            int size() {
                return record.length()
                        + (payload == null ? 0 : payload.length())
                        + (box == null ? 0 : box.length);
            }
        }

        /** What was taken out may still wait for its room to be freed. */
        private static final String FIRST = "(SELECT coalesce(max(size), 0) FROM anchor)";

        /** So many entries of an index are looked through for the first record since a time. */
        private static final int MOST_SINCE = 200_000;

        /**
         * The first record since a time, from the index alone, so that the records before it need
         * not be looked at one by one. Clocks go back: it is the least of all since then.
         */
        private static final String SINCE =
                "(SELECT CASE WHEN count(*) > "
                        + MOST_SINCE
                        + " THEN 0 ELSE coalesce(min(idx), 0) END FROM"
                        + " (SELECT idx FROM ledger WHERE at >= ? LIMIT "
                        + (MOST_SINCE + 1)
                        + ") since)";

        private static final String OWN = " AND l.person = ?";

        private static final String WHOLE =
                "SELECT l.idx, l.hash, l.record, p.body, s.box FROM ledger l"
                        + " LEFT JOIN payload p ON p.idx = l.idx"
                        + " LEFT JOIN sealed s ON s.idx = l.idx WHERE ";
        private static final String LISTED =
                "SELECT l.idx, l.hash, l.record, NULL, s.box FROM ledger l"
                        + " LEFT JOIN sealed s ON s.idx = l.idx AND length(s.box) <= "
                        + LISTED_BOX
                        + " WHERE ";

        @Override
        public List<Recorded> list(Map<String, String> filters, long before, int limit) {
            int most = Math.clamp(limit, 0, MOST);
            Wanted wanted = wanted(filters);
            if (!wanted.opens()) {
                return all(rows(LISTED, wanted, -1, before, "DESC", most));
            }
            List<Recorded> found = new ArrayList<>();
            long below = before;
            while (found.size() < most) {
                List<Row> rows = rows(WHOLE, wanted, -1, below, "DESC", PART);
                if (rows.isEmpty()) {
                    break;
                }
                below = rows.getLast().index;
                for (Recorded each : all(rows)) {
                    if (found.size() < most && wanted.fits(each.body())) {
                        found.add(each);
                    }
                }
            }
            return found;
        }

        @Override
        public long count(Map<String, String> filters, long before) {
            Wanted wanted = wanted(filters);
            if (wanted.opens()) {
                return AuditQuery.super.count(filters, before);
            }
            List<Object> parameters = new ArrayList<>(List.of(before));
            parameters.addAll(wanted.parameters);
            String sql = "SELECT count(*) FROM ledger l WHERE l.idx < ?" + wanted.where;
            return readers.search(connection ->
                            Rows.first(
                                    connection, sql, row -> row.getLong(1), parameters.toArray()))
                    .orElse(0L);
        }

        /**
         * What SQL chooses by, and what is looked for in records that are open.
         *
         * @param text lower case as it stands within JSON, or null
         * @param event a word of {@link RecordEvents}, or null
         * @param since only what happened since then, or null
         */
        private record Wanted(
                String where,
                List<Object> parameters,
                @Nullable String text,
                @Nullable String event,
                @Nullable String since) {
            /** Also what is somebody else's act and about this person. */
            Wanted andSealed(boolean person, Engine engine) {
                return person
                        ? new Wanted(
                                where.replace(
                                        OWN,
                                        " AND ? IN (l.person, "
                                                + engine.within("sealed", "person")
                                                + ")"),
                                parameters,
                                text,
                                event,
                                since)
                        : this;
            }

            /** Whether records must be opened to be chosen. */
            boolean opens() {
                return text != null || event != null;
            }

            boolean fits(ObjectNode body) {
                return (event == null || RecordEvents.of(body).contains(event))
                        && (text == null || LowerCase.of(CanonicalJson.text(body)).contains(text));
            }
        }

        private Wanted wanted(Map<String, String> filters) {
            StringBuilder where = new StringBuilder();
            List<Object> parameters = new ArrayList<>();
            String text = null;
            String event = null;
            for (Map.Entry<String, String> each : filters.entrySet()) {
                if (each.getKey().equals("q")) {
                    text = LowerCase.of(inJson(each.getValue()));
                } else if (each.getKey().equals("event")) {
                    event = each.getValue();
                    String kind = RecordEvents.kind(event);
                    if (!kind.isEmpty()) {
                        filter("kind", kind, where, parameters);
                    }
                } else if (each.getKey().equals("person")) {
                    where.append(OWN);
                    parameters.add(privacy.nameOf(each.getValue()).orElse(each.getValue()));
                } else {
                    filter(each.getKey(), each.getValue(), where, parameters);
                }
            }
            String from = filters.get("from");
            return new Wanted(
                    where.toString(),
                    parameters,
                    text,
                    event,
                    from == null ? null : time("from", from));
        }

        private List<Row> rows(
                String select, Wanted wanted, long after, long before, String order, int limit) {
            String sql =
                    select
                            // One lower bound: an index takes only one.
                            + "l.idx >= "
                            + readers.engine().greatest()
                            + "(?, "
                            + FIRST
                            + (wanted.since == null ? "" : ", " + SINCE)
                            + ") AND l.idx < ?"
                            + wanted.where
                            + " ORDER BY l.idx "
                            + order
                            + " LIMIT "
                            + limit;
            List<Object> parameters = new ArrayList<>();
            parameters.add(after + 1);
            if (wanted.since != null) {
                parameters.add(wanted.since);
            }
            parameters.add(before);
            parameters.addAll(wanted.parameters);
            return readers.search(connection -> part(connection, sql, parameters));
        }

        private List<Recorded> all(List<Row> rows) {
            return rows.stream().map(this::opened).toList();
        }

        private Recorded opened(Row row) {
            return new Recorded(row.index, row.hash, view(row, record(row)));
        }

        private static ObjectNode record(Row row) {
            return object(row.index, row.record);
        }

        /** The record as people read it, with what is beside it. */
        private ObjectNode view(Row row, ObjectNode record) {
            if (row.payload != null) {
                record.set("body", object(row.index, row.payload));
            }
            return privacy.opened(record, disclosure(row, record));
        }

        private Optional<Disclosure> disclosure(Row row, ObjectNode record) {
            try {
                return privacy.disclosure(record, row.box);
            } catch (IllegalArgumentException e) {
                throw new StoreException(
                        "what is sealed of record " + row.index + " cannot be opened", e);
            }
        }

        private void filter(
                String name, String value, StringBuilder where, List<Object> parameters) {
            if (FIELDS.contains(name)) {
                where.append(" AND ").append(readers.engine().field(name)).append(" = ?");
                parameters.add(value);
                return;
            }
            switch (name) {
                case "from" -> {
                    // Not by the index of times, which has another order.
                    where.append(" AND l.at || '' >= ?");
                    parameters.add(time(name, value));
                }
                case "to" -> {
                    where.append(" AND l.at < ?");
                    parameters.add(time(name, value));
                }
                case "team" -> {
                    where.append(
                            " AND EXISTS (SELECT 1 FROM "
                                    + readers.engine().each("teams")
                                    + " t WHERE t.value = ?)");
                    parameters.add(value);
                }
                case "action" -> {
                    where.append(
                            " AND EXISTS (SELECT 1 FROM "
                                    + readers.engine().each("actions")
                                    + " a WHERE a.value IN (?, '*'))");
                    parameters.add(value);
                }
                case "domain" -> {
                    List<String> actions =
                            Arrays.stream(Action.values())
                                    .filter(action -> action.domain().wire().equals(value))
                                    .map(Action::wire)
                                    .toList();
                    where.append(
                                    " AND EXISTS (SELECT 1 FROM "
                                            + readers.engine().each("actions")
                                            + " a WHERE a.value IN (")
                            .append("?, ".repeat(actions.size()))
                            .append("'*'))");
                    parameters.addAll(actions);
                }
                case "rule" -> {
                    // The name alone is the end of `document/name`.
                    where.append(
                            " AND EXISTS (SELECT 1 FROM "
                                    + readers.engine().each("rules")
                                    + " r WHERE r.value IN (?, '*') OR substr('/' || r.value,"
                                    + " length(r.value) + 2 - length(?)) = ?)");
                    parameters.add(value);
                    parameters.add("/" + value);
                    parameters.add("/" + value);
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

        /** Text as it stands within JSON. */
        private static String inJson(String text) {
            String json = CanonicalJson.text(CanonicalJson.exact(TextNode.valueOf(text)));
            return json.substring(1, json.length() - 1);
        }

        @Override
        public List<Stored> next(Map<String, String> filters, long after, long before) {
            Wanted wanted =
                    wanted(filters).andSealed(filters.containsKey("person"), readers.engine());
            long last = after;
            while (true) {
                List<Row> rows = rows(WHOLE, wanted, last, before, "ASC", PART);
                List<Stored> found = new ArrayList<>();
                for (Row row : rows) {
                    Stored stored = stored(row);
                    if (wanted.fits(stored.view())) {
                        found.add(stored);
                    }
                }
                if (rows.isEmpty() || !found.isEmpty()) {
                    return found;
                }
                last = rows.getLast().index;
            }
        }

        private Stored stored(Row row) {
            ObjectNode record = record(row);
            Optional<Disclosure> disclosure = disclosure(row, record);
            String whole = row.record + disclosure.map(each -> each.value().toString()).orElse("");
            return new Stored(
                    row.index,
                    row.hash,
                    row.record,
                    row.payload,
                    disclosure.map(Disclosure::text).orElse(null),
                    privacy.people(row.payload == null ? whole : whole + row.payload),
                    view(row, record));
        }

        /** As many rows as fit into some megabytes; at least one where there are any. */
        private static List<Row> part(Connection connection, String sql, List<Object> parameters)
                throws SQLException {
            List<Row> part = new ArrayList<>();
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                for (int i = 0; i < parameters.size(); i++) {
                    statement.setObject(i + 1, parameters.get(i));
                }
                try (ResultSet found = statement.executeQuery()) {
                    for (int size = 0; size < PART_CHARACTERS && found.next(); ) {
                        Row row = Row.of(found);
                        part.add(row);
                        size += row.size();
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
                                    WHOLE + "l.idx = ? AND l.idx >= " + FIRST,
                                    Row::of,
                                    index))
                    .map(this::opened);
        }

        @Override
        public List<Written> written(long from, long before, int limit) {
            return readers.search(connection ->
                    Rows.all(
                            connection,
                            "SELECT idx, record FROM ledger WHERE idx >= "
                                    + readers.engine().greatest()
                                    + "(?, "
                                    + FIRST
                                    + ") AND idx < ? ORDER BY idx DESC LIMIT "
                                    + limit,
                            row -> new Written(row.getLong(1), row.getString(2)),
                            from,
                            before));
        }

        @Override
        public List<Recorded> of(List<Long> indexes, Map<String, String> filters) {
            if (indexes.isEmpty()) {
                return List.of();
            }
            Wanted wanted = wanted(filters);
            List<Recorded> found = new ArrayList<>();
            // What is large comes in parts.
            List<Long> left = indexes;
            while (!left.isEmpty()) {
                List<Row> rows = among(left, wanted);
                for (Recorded each : all(rows)) {
                    if (wanted.fits(each.body())) {
                        found.add(each);
                    }
                }
                long last = rows.isEmpty() ? -1 : rows.getLast().index;
                left = left.stream().filter(index -> index < last).toList();
            }
            return found;
        }

        private List<Row> among(List<Long> indexes, Wanted wanted) {
            String sql =
                    (wanted.opens() ? WHOLE : LISTED)
                            + "l.idx >= "
                            + FIRST
                            + " AND l.idx IN ("
                            + "?, ".repeat(indexes.size() - 1)
                            + "?)"
                            + wanted.where
                            + " ORDER BY l.idx DESC";
            List<Object> parameters = new ArrayList<>(indexes);
            parameters.addAll(wanted.parameters);
            return readers.search(connection -> part(connection, sql, parameters));
        }

        @Override
        public Map<String, String> stored(Map<String, String> filters) {
            Map<String, String> stored = new HashMap<>(filters);
            stored.computeIfPresent("person", (_, email) -> privacy.nameOf(email).orElse(email));
            return stored;
        }

        @Override
        public String shown(String text) {
            return privacy.withAddresses(text);
        }

        @Override
        public List<Recorded> ofDecision(String decision) {
            return all(
                    readers.lookUp(connection ->
                            Rows.all(
                                    connection,
                                    WHOLE
                                            + "l.decision = ? AND l.idx >= "
                                            + FIRST
                                            + " ORDER BY l.idx",
                                    Row::of,
                                    decision)));
        }

        @Override
        public Stream<ObjectNode> beside(String email) {
            return new SqlBeside(readers, email).all();
        }

        @Override
        public Pruned pruned() {
            return readers.lookUp(SqlRetention::pruned);
        }

        private static ObjectNode object(long index, String json) {
            try {
                if (CanonicalJson.parse(json) instanceof ObjectNode object) {
                    return object;
                }
            } catch (IllegalArgumentException e) {
                throw new StoreException("record " + index + " was changed: " + e.getMessage(), e);
            }
            throw new StoreException(
                    "record " + index + " was changed: it is no JSON object",
                    new IllegalStateException("no object"));
        }

        private static String hex(byte @Nullable [] hash) {
            return hash == null ? "" : HexFormat.of().formatHex(hash);
        }
    }
}
