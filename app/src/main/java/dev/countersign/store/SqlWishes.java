package dev.countersign.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Receipt;
import dev.countersign.config.Rota;
import dev.countersign.config.ToldHow;
import dev.countersign.config.ToldHow.Whose;
import dev.countersign.notify.Routing;
import dev.countersign.notify.Wishes;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** How people and teams are told, and who is on call, in SQL. */
final class SqlWishes implements Wishes {
    private static final String ON_CALL = "on-call";
    private static final String FILE = "file";
    private static final int MOST_ROTAS = 10_000;
    private static final String SAID =
            "SELECT name, body FROM told_how WHERE kind = ? ORDER BY name LIMIT ?";
    private static final String PUT =
            "INSERT INTO told_how (kind, name, body) VALUES (?, ?, ?)"
                    + " ON CONFLICT (kind, name) DO UPDATE SET body = excluded.body";
    private static final String REMOVE = "DELETE FROM told_how WHERE kind = ? AND name = ?";

    private final Database database;

    SqlWishes(Database database) {
        this.database = database;
    }

    /** A name with what was said of it. */
    private record Said<T>(String name, T what) {}

    private <T> List<Said<T>> said(String kind, Function<JsonNode, T> read, int most) {
        return database.all(SAID, row -> said(row, read), kind, most);
    }

    private static <T> Said<T> said(ResultSet row, Function<JsonNode, T> read) throws SQLException {
        return new Said<>(
                row.getString(1), Database.read("how one is told", row.getString(2), read));
    }

    private Optional<String> body(String kind, String name) {
        return database.first(
                "SELECT body FROM told_how WHERE kind = ? AND name = ?",
                row -> row.getString(1),
                kind,
                name);
    }

    @Override
    public Optional<ToldHow> told(Whose whose) {
        return database.first(
                "SELECT body FROM told_how WHERE kind = ? AND name = ?",
                row -> Database.read("how one is told", row.getString(1), Routing::read),
                whose.kind().wire(),
                whose.name());
    }

    @Override
    public Map<Whose, ToldHow> all(int most) {
        Map<Whose, ToldHow> all = new LinkedHashMap<>();
        for (Whose.Kind kind : Whose.Kind.values()) {
            said(kind.wire(), Routing::read, most)
                    .forEach(each -> all.put(new Whose(kind, each.name()), each.what()));
        }
        return all;
    }

    @Override
    public void put(Whose whose, ToldHow how, AuditRecord event) throws NotRecorded {
        Receipt _ =
                database.change(
                        event,
                        PUT,
                        whose.kind().wire(),
                        whose.name(),
                        Routing.json(how).toString());
    }

    @Override
    public void remove(Whose whose, AuditRecord event) throws NotRecorded {
        Receipt _ = database.change(event, REMOVE, whose.kind().wire(), whose.name());
    }

    @Override
    public Map<String, Rota> rotas() {
        Map<String, Rota> rotas = new LinkedHashMap<>();
        said(ON_CALL, Routing::readRota, MOST_ROTAS)
                .forEach(each -> rotas.put(each.name(), each.what()));
        return rotas;
    }

    @Override
    public void put(String team, Rota rota, AuditRecord event) throws NotRecorded {
        Receipt _ = database.change(event, PUT, ON_CALL, team, Routing.json(rota).toString());
    }

    @Override
    public void end(String team, AuditRecord event) throws NotRecorded {
        Receipt _ = database.change(event, REMOVE, ON_CALL, team);
    }

    /** Takes somebody who is removed or erased out of all rotas; one of theirs alone ends. */
    static void gone(Connection connection, String email) throws SQLException {
        List<Said<Rota>> all =
                Rows.all(
                        connection, SAID, row -> said(row, Routing::readRota), ON_CALL, MOST_ROTAS);
        for (Said<Rota> each : all) {
            if (!each.what().people().contains(email)) {
                continue;
            }
            Optional<Rota> left = each.what().without(email);
            int _ =
                    left.isPresent()
                            ? Rows.change(
                                    connection,
                                    PUT,
                                    ON_CALL,
                                    each.name(),
                                    Routing.json(left.get()).toString())
                            : Rows.change(connection, REMOVE, ON_CALL, each.name());
        }
    }

    /** Forgets how a team that is removed was told, and who was on call for it. */
    static void teamGone(Connection connection, String team) throws SQLException {
        int _ = Rows.change(connection, REMOVE, Whose.Kind.TEAM.wire(), team);
        int _ = Rows.change(connection, REMOVE, ON_CALL, team);
    }

    @Override
    public void ofFile(List<String> said, AuditRecord event) throws NotRecorded {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        said.forEach(list::add);
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.set("says", list);
        String before = body(FILE, "notify").orElse("{\"says\":[]}");
        if (!before.equals(body.toString())) {
            Receipt _ = database.change(event, PUT, FILE, "notify", body.toString());
        }
    }
}
