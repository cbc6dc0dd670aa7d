package dev.countersign.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.RecordJson;
import dev.countersign.ledger.CanonicalJson;
import dev.countersign.people.PeopleStore;
import dev.countersign.people.Person;
import dev.countersign.people.Token;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** People, tokens and accepted files in SQL. */
final class SqlPeople implements PeopleStore {
    private static final String TOKEN_COLUMNS =
            "id, name, kind, hash, agent, person, project, confirmed, created, expires, revoked";

    private final Database database;

    SqlPeople(Database database) {
        this.database = database;
    }

    @Override
    public List<Person> people() {
        return database.all(
                "SELECT email, name, roles, teams FROM person ORDER BY email", SqlPeople::person);
    }

    @Override
    public Optional<Person> person(String email) {
        return database.first(
                "SELECT email, name, roles, teams FROM person WHERE email = ?",
                SqlPeople::person,
                email);
    }

    @Override
    public void put(Person person, AuditRecord event) throws NotRecorded {
        database.change(
                event,
                "INSERT INTO person (email, name, roles, teams) VALUES (?, ?, ?, ?)"
                        + " ON CONFLICT (email) DO UPDATE SET name = excluded.name,"
                        + " roles = excluded.roles, teams = excluded.teams",
                person.email(),
                person.name(),
                list(person.roles()),
                list(person.teams()));
        database.peopleChanged();
    }

    @Override
    public void remove(String email, AuditRecord event) throws NotRecorded {
        RecordJson.Prepared record = database.prepare(event);
        database.submit(unit -> {
            int removed =
                    Rows.change(unit.connection(), "DELETE FROM person WHERE email = ?", email);
            if (removed == 0) {
                return Optional.empty();
            }
            for (String sql : SqlSignIns.THEIRS) {
                int _ = Rows.change(unit.connection(), sql, email);
            }
            return Optional.of(unit.append(record));
        });
    }

    private static String list(Set<String> names) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        names.forEach(list::add);
        return CanonicalJson.text(list);
    }

    private static Set<String> names(String list) {
        Set<String> names = new TreeSet<>();
        for (JsonNode name : CanonicalJson.parse(list)) {
            names.add(name.asText());
        }
        return names;
    }

    @Override
    public List<Token> tokens() {
        List<Token> tokens =
                database.all("SELECT " + TOKEN_COLUMNS + " FROM token", SqlPeople::token);
        return tokens.stream()
                .sorted(Comparator.comparing(Token::created).thenComparing(Token::id))
                .toList();
    }

    @Override
    public Optional<Token> tokenByHash(String hash) {
        return database.first(
                "SELECT " + TOKEN_COLUMNS + " FROM token WHERE hash = ?", SqlPeople::token, hash);
    }

    @Override
    public void put(Token token, AuditRecord event) throws NotRecorded {
        database.change(
                event,
                "INSERT INTO token ("
                        + TOKEN_COLUMNS
                        + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                        + " ON CONFLICT (id) DO UPDATE SET name = excluded.name,"
                        + " kind = excluded.kind, hash = excluded.hash, agent = excluded.agent,"
                        + " person = excluded.person, project = excluded.project,"
                        + " confirmed = excluded.confirmed, created = excluded.created,"
                        + " expires = excluded.expires, revoked = excluded.revoked",
                token.id(),
                token.name(),
                token.kind().wire(),
                token.hash(),
                token.agent(),
                token.person(),
                token.project(),
                token.confirmed() ? 1 : 0,
                token.created().toString(),
                text(token.expires()),
                text(token.revoked()));
    }

    @Override
    public boolean accepted(String path, String sha256) {
        return database.ask(acceptance(path, sha256));
    }

    /** Whether a person accepted that very content of a file. */
    static Query<Boolean> acceptance(String path, String sha256) {
        return connection ->
                Rows.first(
                                connection,
                                "SELECT 1 FROM accepted_file WHERE path = ? AND sha256 = ?",
                                row -> row.getInt(1),
                                path,
                                sha256)
                        .isPresent();
    }

    @Override
    public void accept(String path, String sha256, String person, AuditRecord event)
            throws NotRecorded {
        database.change(
                event,
                "INSERT INTO accepted_file (path, sha256, person) VALUES (?, ?, ?)"
                        + " ON CONFLICT (path, sha256) DO UPDATE SET person = excluded.person",
                path,
                sha256,
                person);
    }

    private static Person person(ResultSet row) throws SQLException {
        return new Person(
                row.getString(1),
                row.getString(2),
                names(row.getString(3)),
                names(row.getString(4)));
    }

    private static Token token(ResultSet row) throws SQLException {
        return new Token(
                row.getString(1),
                row.getString(2),
                Token.Kind.valueOf(row.getString(3).toUpperCase(Locale.ROOT)),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                row.getString(7),
                row.getBoolean(8),
                Instant.parse(row.getString(9)),
                instant(row.getString(10)),
                instant(row.getString(11)));
    }

    private static @Nullable String text(@Nullable Instant at) {
        return at == null ? null : at.toString();
    }

    private static @Nullable Instant instant(@Nullable String text) {
        return text == null ? null : Instant.parse(text);
    }
}
