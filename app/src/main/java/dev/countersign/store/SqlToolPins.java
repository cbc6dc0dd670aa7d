package dev.countersign.store;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.RecordJson;
import dev.countersign.decision.ToolPinStore;
import dev.countersign.decision.ToolPins.Pin;
import dev.countersign.decision.ToolPins.State;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What was said of tools, in SQL. */
final class SqlToolPins implements ToolPinStore {
    /** Beyond what people look through; what comes after it waits without being kept. */
    private static final int MOST = 20_000;

    /** So that one agent leaves room for the others. */
    private static final int MOST_OF_AGENT = 2_000;

    private static final String ROW =
            "SELECT server, tool, sha256, state, definition, agent, at FROM tool_pin";

    private final Database database;

    SqlToolPins(Database database) {
        this.database = database;
    }

    @Override
    public Optional<State> find(String server, String tool, String sha256) {
        return database.first(
                "SELECT state FROM tool_pin WHERE server = ? AND tool = ? AND sha256 = ?",
                row -> State.of(row.getString(1)).orElse(State.WAITING),
                server,
                tool,
                sha256);
    }

    @Override
    public Optional<State> keep(Pin pin, AuditRecord first, AuditRecord waiting)
            throws NotRecorded {
        RecordJson.Prepared ofFirst = database.prepare(first);
        RecordJson.Prepared ofWaiting = database.prepare(waiting);
        String definition = database.masked(pin.definition());
        return database.submit(unit -> {
            Connection connection = unit.connection();
            State state = known(connection, pin) ? State.WAITING : State.FIRST;
            int kept =
                    Rows.change(
                            connection,
                            "INSERT INTO tool_pin"
                                    + " (server, tool, sha256, state, definition, agent, at)"
                                    + " SELECT ?, ?, ?, ?, ?, ?, ?"
                                    + " WHERE (SELECT count(*) FROM tool_pin) < "
                                    + MOST
                                    + " AND (SELECT count(*) FROM tool_pin WHERE agent = ?) < "
                                    + MOST_OF_AGENT
                                    + " ON CONFLICT DO NOTHING",
                            pin.server(),
                            pin.tool(),
                            pin.sha256(),
                            state.wire(),
                            definition,
                            pin.agent(),
                            pin.at().toString(),
                            pin.agent());
            if (kept == 0) {
                return Optional.empty();
            }
            unit.append(state == State.FIRST ? ofFirst : ofWaiting);
            return Optional.of(state);
        });
    }

    private static boolean known(Connection connection, Pin pin) throws SQLException {
        return Rows.first(
                        connection,
                        "SELECT 1 FROM tool_pin WHERE server = ? AND tool = ?",
                        row -> row.getInt(1),
                        pin.server(),
                        pin.tool())
                .isPresent();
    }

    @Override
    public boolean accept(String server, String tool, String sha256, AuditRecord event)
            throws NotRecorded {
        return database.changeOne(
                        event,
                        "UPDATE tool_pin SET state = 'accepted'"
                                + " WHERE server = ? AND tool = ? AND sha256 = ?"
                                + " AND state = 'waiting'",
                        server,
                        tool,
                        sha256)
                .isPresent();
    }

    @Override
    public List<Pin> all(Optional<State> state, int most) {
        String ordered = " ORDER BY server, tool, at, sha256 LIMIT " + most;
        return state.isPresent()
                ? database.all(
                        ROW + " WHERE state = ?" + ordered, SqlToolPins::pin, state.get().wire())
                : database.all(ROW + ordered, SqlToolPins::pin);
    }

    @Override
    public List<Pin> of(String server, String tool) {
        return database.all(
                ROW + " WHERE server = ? AND tool = ? ORDER BY at, sha256",
                SqlToolPins::pin,
                server,
                tool);
    }

    private static Pin pin(ResultSet row) throws SQLException {
        return new Pin(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                State.of(row.getString(4)).orElse(State.WAITING),
                row.getString(5),
                row.getString(6),
                Instant.parse(row.getString(7)));
    }
}
