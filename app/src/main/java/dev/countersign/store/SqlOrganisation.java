package dev.countersign.store;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.RecordJson;
import dev.countersign.ledger.CanonicalJson;
import dev.countersign.people.Entity;
import dev.countersign.people.OrganisationStore;
import dev.countersign.people.Person;
import dev.countersign.people.Roles;
import dev.countersign.people.Token;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The organisation in SQL. People are in a table of their own, everything else in one. */
final class SqlOrganisation implements OrganisationStore {
    private static final String PEOPLE = "SELECT email, name, roles, teams, held FROM person";

    private static final String ENTITY =
            "SELECT name, body FROM entity WHERE kind = ? AND name = ?";

    private final Database database;

    SqlOrganisation(Database database) {
        this.database = database;
    }

    @Override
    public Optional<Entity> find(Entity.Kind kind, String id) {
        return kind == Entity.Kind.PERSON
                ? database.first(PEOPLE + " WHERE email = ?", SqlPeople::person, id)
                        .map(person -> person)
                : database.first(
                        ENTITY,
                        row -> entity(kind, row.getString(1), row.getString(2)),
                        kind.wire(),
                        id);
    }

    @Override
    public List<Entity> list(Entity.Kind kind, String after, int most) {
        return kind == Entity.Kind.PERSON
                ? List.copyOf(
                        database.all(
                                PEOPLE + " WHERE email > ? ORDER BY email LIMIT ?",
                                SqlPeople::person,
                                after,
                                most))
                : database.all(
                        "SELECT name, body FROM entity WHERE kind = ? AND name > ?"
                                + " ORDER BY name LIMIT ?",
                        row -> entity(kind, row.getString(1), row.getString(2)),
                        kind.wire(),
                        after,
                        most);
    }

    private static Entity entity(Entity.Kind kind, String name, String body) throws SQLException {
        return Database.read(
                "the " + kind.wire() + " `" + name + "`",
                body,
                json -> Entity.read(kind, name, json));
    }

    @Override
    public List<String> found(Entity.Kind kind, String term, String after, int most) {
        return database.all(
                "SELECT name FROM term WHERE term = ? AND kind = ? AND name > ?"
                        + " ORDER BY name LIMIT ?",
                row -> row.getString(1),
                term,
                kind.wire(),
                after,
                most);
    }

    @Override
    public List<String> needing(String term, int most) {
        return database.all(
                "SELECT kind, name FROM term WHERE term = ? ORDER BY kind, name LIMIT ?",
                row -> row.getString(1) + " " + row.getString(2),
                term,
                most);
    }

    @Override
    public Made change(List<Step> steps, List<Seen> seen) throws NotRecorded {
        List<RecordJson.Prepared> records = new ArrayList<>();
        for (Step step : steps) {
            records.add(database.prepare(step.event()));
        }
        Made made =
                database.submit(unit -> {
                    for (Seen each : seen) {
                        if (!find(unit.connection(), each.kind(), each.id()).equals(each.as())) {
                            return Made.OVERTAKEN;
                        }
                    }
                    if (!leavesAnOwner(unit.connection(), people(steps))) {
                        return Made.OWNERLESS;
                    }
                    for (int i = 0; i < steps.size(); i++) {
                        carryOut(unit.connection(), steps.get(i));
                        unit.append(records.get(i));
                    }
                    return Made.DONE;
                });
        database.peopleChanged();
        return made;
    }

    private static Optional<Entity> find(Connection connection, Entity.Kind kind, String id)
            throws SQLException {
        return kind == Entity.Kind.PERSON
                ? Rows.first(connection, PEOPLE + " WHERE email = ?", SqlPeople::person, id)
                        .map(person -> person)
                : Rows.first(
                        connection,
                        ENTITY,
                        row -> entity(kind, row.getString(1), row.getString(2)),
                        kind.wire(),
                        id);
    }

    /** The people of a change as they will be; who goes has no role. */
    private static List<Person> people(List<Step> steps) {
        List<Person> people = new ArrayList<>();
        for (Step step : steps) {
            switch (step) {
                case Step.Put(Person person, _) -> people.add(person);
                case Step.Remove(Entity.Kind kind, String id, _) when kind == Entity.Kind.PERSON ->
                        people.add(new Person(id, id, Set.of()));
                case Step.Put _, Step.Remove _, Step.EndToken _, Step.Policy _ -> {}
            }
        }
        return people;
    }

    /**
     * Whether there is an owner after these people are as given. Asked in the transaction that
     * makes them so: two owners may be taking each other out.
     */
    static boolean leavesAnOwner(Connection connection, List<Person> after) throws SQLException {
        Set<String> none = new HashSet<>();
        for (Person person : after) {
            if (person.roles().contains(Roles.OWNER)) {
                return true;
            }
            none.add(person.email());
        }
        if (none.isEmpty()) {
            return true;
        }
        List<String> owners =
                Rows.all(
                        connection,
                        "SELECT name FROM term WHERE term = ? AND kind = 'person' LIMIT ?",
                        row -> row.getString(1),
                        "role:" + Roles.OWNER,
                        none.size() + 1);
        return owners.isEmpty() || !none.containsAll(owners);
    }

    private static void carryOut(Connection connection, Step step) throws SQLException {
        switch (step) {
            case Step.Put(Person person, _) -> put(connection, person);
            case Step.Put(Entity entity, _) -> {
                int _ =
                        Rows.change(
                                connection,
                                "INSERT INTO entity (kind, name, body) VALUES (?, ?, ?)"
                                        + " ON CONFLICT (kind, name) DO UPDATE SET"
                                        + " body = excluded.body",
                                entity.kind().wire(),
                                entity.id(),
                                CanonicalJson.text(entity.body()));
                terms(connection, entity);
            }
            case Step.Remove(Entity.Kind kind, String id, AuditRecord event) -> {
                if (kind == Entity.Kind.PERSON) {
                    // Those that were made since their ends were written down, too.
                    int _ =
                            Rows.change(
                                    connection,
                                    "UPDATE token SET revoked = ?"
                                            + " WHERE person = ? AND revoked IS NULL",
                                    String.valueOf(event.at()),
                                    id);
                    int _ = remove(connection, id);
                } else {
                    int _ =
                            Rows.change(
                                    connection,
                                    "DELETE FROM entity WHERE kind = ? AND name = ?",
                                    kind.wire(),
                                    id);
                    forget(connection, kind, id);
                    if (kind == Entity.Kind.TEAM) {
                        SqlWishes.teamGone(connection, id);
                    }
                }
            }
            case Step.EndToken(Token token, _) -> {
                int _ =
                        Rows.change(
                                connection,
                                "UPDATE token SET revoked = ? WHERE id = ?",
                                String.valueOf(token.revoked()),
                                token.id());
            }
            case Step.Policy(List<String> row, _) -> {
                int _ = Rows.change(connection, SqlPolicies.PUT, row.toArray());
            }
        }
    }

    /** Adds or replaces a person. */
    static void put(Connection connection, Person person) throws SQLException {
        JsonNode body = person.body();
        boolean there =
                Rows.first(
                                connection,
                                "SELECT 1 FROM person WHERE email = ?",
                                row -> row.getInt(1),
                                person.email())
                        .isPresent();
        if (!there) {
            // What came too late for somebody who was removed must not open a door for who comes
            // now.
            signInsGone(connection, person.email());
        }
        int _ =
                Rows.change(
                        connection,
                        "INSERT INTO person (email, name, roles, teams, held)"
                                + " VALUES (?, ?, ?, ?, ?)"
                                + " ON CONFLICT (email) DO UPDATE SET name = excluded.name,"
                                + " roles = excluded.roles, teams = excluded.teams,"
                                + " held = excluded.held",
                        person.email(),
                        person.name(),
                        CanonicalJson.text(body.path("roles")),
                        CanonicalJson.text(body.path("teams")),
                        CanonicalJson.text(body.path("held")));
        terms(connection, person);
    }

    /** Takes a person out, with all they sign in with; how many that were. */
    static int remove(Connection connection, String email) throws SQLException {
        int removed = Rows.change(connection, "DELETE FROM person WHERE email = ?", email);
        signInsGone(connection, email);
        forget(connection, Entity.Kind.PERSON, email);
        return removed;
    }

    private static void signInsGone(Connection connection, String email) throws SQLException {
        for (String sql : SqlSignIns.THEIRS) {
            int _ = Rows.change(connection, sql, email);
        }
        SqlWishes.gone(connection, email);
    }

    private static void terms(Connection connection, Entity entity) throws SQLException {
        forget(connection, entity.kind(), entity.id());
        for (String term : entity.terms()) {
            int _ =
                    Rows.change(
                            connection,
                            "INSERT INTO term (term, kind, name) VALUES (?, ?, ?)",
                            term,
                            entity.kind().wire(),
                            entity.id());
        }
    }

    private static void forget(Connection connection, Entity.Kind kind, String id)
            throws SQLException {
        int _ =
                Rows.change(
                        connection,
                        "DELETE FROM term WHERE kind = ? AND name = ?",
                        kind.wire(),
                        id);
    }

    @Override
    public List<Sighting> sightings(String after, int most) {
        return database.all(
                "SELECT agent, first, last FROM sighting WHERE agent > ? ORDER BY agent LIMIT ?",
                row ->
                        new Sighting(
                                row.getString(1),
                                Instant.parse(row.getString(2)),
                                Instant.parse(row.getString(3))),
                after,
                most);
    }

    @Override
    public void seen(Map<String, Instant> agents, Map<String, Instant> tokens) throws NotRecorded {
        int _ =
                database.submit(unit -> {
                    for (Map.Entry<String, Instant> agent : agents.entrySet()) {
                        String at = RecordJson.time(agent.getValue());
                        int _ =
                                Rows.change(
                                        unit.connection(),
                                        "INSERT INTO sighting (agent, first, last)"
                                                + " VALUES (?, ?, ?) ON CONFLICT (agent) DO UPDATE"
                                                + " SET last = excluded.last",
                                        agent.getKey(),
                                        at,
                                        at);
                    }
                    for (Map.Entry<String, Instant> token : tokens.entrySet()) {
                        int _ =
                                Rows.change(
                                        unit.connection(),
                                        "UPDATE token SET used = ? WHERE id = ?",
                                        RecordJson.time(token.getValue()),
                                        token.getKey());
                    }
                    return agents.size() + tokens.size();
                });
    }
}
