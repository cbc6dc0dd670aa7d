package dev.countersign.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Receipt;
import dev.countersign.audit.RecordJson;
import dev.countersign.ledger.CanonicalJson;
import dev.countersign.people.PeopleStore;
import dev.countersign.people.Person;
import dev.countersign.people.Token;
import dev.countersign.people.TokenScope;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** People, tokens and accepted files in SQL. */
final class SqlPeople implements PeopleStore {
    private static final String TOKEN_COLUMNS =
            "id, name, kind, hash, agent, person, project, confirmed, created, expires, revoked,"
                    + " scopes, used, made_by";
    private static final String PUT_TOKEN =
            "INSERT INTO token ("
                    + TOKEN_COLUMNS
                    + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                    + " ON CONFLICT (id) DO UPDATE SET name = excluded.name,"
                    + " kind = excluded.kind, hash = excluded.hash, agent = excluded.agent,"
                    + " person = excluded.person, project = excluded.project,"
                    + " confirmed = excluded.confirmed, created = excluded.created,"
                    + " expires = excluded.expires,"
                    + " revoked = coalesce(token.revoked, excluded.revoked),"
                    + " scopes = excluded.scopes, made_by = excluded.made_by";
    private static final String PEOPLE =
            "SELECT p.email, p.name, p.roles, p.teams, p.held FROM person p";

    private final Database database;

    SqlPeople(Database database) {
        this.database = database;
    }

    @Override
    public Optional<Person> person(String email) {
        return database.first(PEOPLE + " WHERE p.email = ?", SqlPeople::person, email);
    }

    @Override
    public List<Person> found(String term, int most) {
        return database.all(
                PEOPLE
                        + " JOIN term t ON t.kind = 'person' AND t.name = p.email"
                        + " WHERE t.term = ? ORDER BY t.name LIMIT ?",
                SqlPeople::person,
                term,
                most);
    }

    @Override
    public List<Person> found(String term, String other, int most) {
        return database.all(
                PEOPLE
                        + " JOIN term t ON t.kind = 'person' AND t.name = p.email"
                        + " JOIN term o ON o.kind = 'person' AND o.name = p.email"
                        + " WHERE t.term = ? AND o.term = ? ORDER BY t.name LIMIT ?",
                SqlPeople::person,
                term,
                other,
                most);
    }

    @Override
    public boolean put(Person person, AuditRecord event) throws NotRecorded {
        RecordJson.Prepared record = database.prepare(event);
        boolean done =
                database.submit(unit -> {
                    if (!SqlOrganisation.leavesAnOwner(unit.connection(), List.of(person))) {
                        return false;
                    }
                    SqlOrganisation.put(unit.connection(), person);
                    Receipt _ = unit.append(record);
                    return true;
                });
        database.peopleChanged();
        return done;
    }

    static Set<String> names(String list) {
        Set<String> names = new TreeSet<>();
        for (JsonNode name : CanonicalJson.parse(list)) {
            names.add(name.asText());
        }
        return names;
    }

    @Override
    public List<Token> tokens(String after, int most) {
        return database.all(
                "SELECT "
                        + TOKEN_COLUMNS
                        + " FROM token"
                        + (after.isEmpty()
                                ? " WHERE '' = ?"
                                : " WHERE (created, id) > (SELECT created, id FROM token WHERE id"
                                        + " = ?)")
                        + " ORDER BY created, id LIMIT ?",
                SqlPeople::token,
                after,
                most);
    }

    @Override
    public List<Token> tokensOf(String email) {
        return tokensWhere("person = ?", email);
    }

    @Override
    public List<Token> tokensMadeBy(String maker) {
        return tokensWhere("made_by = ?", maker);
    }

    @Override
    public List<Token> tokensOfAgent(String agent) {
        return tokensWhere("agent = ?", agent);
    }

    private List<Token> tokensWhere(String condition, String... parameters) {
        List<Token> tokens =
                database.all(
                        "SELECT " + TOKEN_COLUMNS + " FROM token WHERE " + condition,
                        SqlPeople::token,
                        (Object[]) parameters);
        return tokens.stream()
                .sorted(Comparator.comparing(Token::created).thenComparing(Token::id))
                .toList();
    }

    @Override
    public Optional<Token> token(String id) {
        return database.first(
                "SELECT " + TOKEN_COLUMNS + " FROM token WHERE id = ?", SqlPeople::token, id);
    }

    @Override
    public Optional<Token> tokenByHash(String hash) {
        return database.first(
                "SELECT " + TOKEN_COLUMNS + " FROM token WHERE hash = ?", SqlPeople::token, hash);
    }

    @Override
    public void put(Token token, AuditRecord event) throws NotRecorded {
        Receipt _ = database.change(event, PUT_TOKEN, row(token));
    }

    @Override
    public boolean add(Token token, AuditRecord event) throws NotRecorded {
        RecordJson.Prepared record = database.prepare(event);
        return database.submit(unit -> {
            boolean there =
                    token.person() == null
                            || Rows.first(
                                            unit.connection(),
                                            PEOPLE + " WHERE p.email = ?",
                                            SqlPeople::person,
                                            token.person())
                                    .isPresent();
            if (there && lasts(unit.connection(), token.madeBy())) {
                int _ = Rows.change(unit.connection(), PUT_TOKEN, row(token));
                Receipt _ = unit.append(record);
                return true;
            }
            return false;
        });
    }

    /** Whether what something is made with is no token that has ended. */
    static boolean lasts(Connection connection, @Nullable String maker) throws SQLException {
        return maker == null
                || Rows.first(
                                connection,
                                "SELECT 1 FROM token WHERE id = ? AND revoked IS NOT NULL",
                                row -> row.getInt(1),
                                maker)
                        .isEmpty();
    }

    private static @Nullable Object[] row(Token token) {
        return new @Nullable Object[] {
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
            text(token.revoked()),
            scopes(token.scopes()),
            text(token.used()),
            token.madeBy()
        };
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

    /** E-mail, name, roles, teams and what is held in one of them. */
    static Person person(ResultSet row) throws SQLException {
        return new Person(
                row.getString(1),
                row.getString(2),
                names(row.getString(3)),
                names(row.getString(4)),
                Person.held(CanonicalJson.parse(row.getString(5))));
    }

    private static String scopes(Set<TokenScope> scopes) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        scopes.stream().sorted().forEach(scope -> list.add(scope.wire()));
        return CanonicalJson.text(list);
    }

    /** Of those that were made before tokens said what they are for, all that their kind can. */
    private static Set<TokenScope> scopes(String list, Token.Kind kind) {
        Set<TokenScope> scopes = EnumSet.noneOf(TokenScope.class);
        names(list).forEach(name -> TokenScope.of(name).ifPresent(scopes::add));
        return list.equals("[]") ? TokenScope.all(kind) : scopes;
    }

    private static Token token(ResultSet row) throws SQLException {
        Token.Kind kind = Token.Kind.valueOf(row.getString(3).toUpperCase(Locale.ROOT));
        return new Token(
                row.getString(1),
                row.getString(2),
                kind,
                row.getString(4),
                row.getString(5),
                row.getString(6),
                row.getString(7),
                row.getBoolean(8),
                Instant.parse(row.getString(9)),
                instant(row.getString(10)),
                instant(row.getString(11)),
                scopes(row.getString(12), kind),
                instant(row.getString(13)),
                row.getString(14));
    }

    private static @Nullable String text(@Nullable Instant at) {
        return at == null ? null : at.toString();
    }

    private static @Nullable Instant instant(@Nullable String text) {
        return text == null ? null : Instant.parse(text);
    }
}
