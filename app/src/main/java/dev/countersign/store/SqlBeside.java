package dev.countersign.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.ledger.CanonicalJson;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a person beside the ledger, for them to read: all of it but what only a sign-in
 * must know, such as hashes of passwords and tokens.
 */
final class SqlBeside {
    private static final int PART = 100;

    /** What stands in columns: a kind, the columns, where it is from. */
    private static final List<Columns> COLUMNS =
            List.of(
                    new Columns("account", "email name roles teams held", "person WHERE email = ?"),
                    new Columns(
                            "token",
                            "id name kind agent person project confirmed created expires revoked"
                                    + " scopes used",
                            "token WHERE person = ? ORDER BY created, id"),
                    new Columns(
                            "session",
                            "id way client created expires used confirmed",
                            "web_session WHERE email = ? ORDER BY created, id"),
                    new Columns("sign-in-link", "expires", "sign_in_link WHERE email = ?"),
                    new Columns("password", "changed", "password WHERE email = ?"),
                    new Columns(
                            "passkey",
                            "id rp name backed_up counter created used",
                            "passkey WHERE email = ? ORDER BY created, id"),
                    new Columns(
                            "provider-account",
                            "issuer subject",
                            "provider_account WHERE email = ?"),
                    new Columns("saved-view", "name search", "saved_view WHERE email = ?"),
                    new Columns(
                            "linked-account",
                            "channel account at",
                            "linked_account WHERE email = ?"),
                    new Columns(
                            "delivery",
                            "channel approval kind at status ended",
                            "delivery WHERE recipient = ?"),
                    new Columns(
                            "push-subscription",
                            "id endpoint label at",
                            "push_subscription WHERE email = ?"),
                    new Columns("told-how", "body", "told_how WHERE kind = 'person' AND name = ?"),
                    new Columns("stop", "id kind name reason at ended", "stop WHERE person = ?"),
                    new Columns("policy", "level of name file at", "policy WHERE person = ?"),
                    new Columns("acknowledged", "what", "acknowledged WHERE person = ?"),
                    new Columns("accepted-file", "path sha256", "accepted_file WHERE person = ?"));

    private record Columns(String kind, String names, String from) {
        String select() {
            return "SELECT " + String.join(", ", names.split(" ", -1)) + " FROM " + from;
        }

        ObjectNode value(ResultSet row) throws SQLException {
            ObjectNode value = JsonNodeFactory.instance.objectNode();
            String[] each = names.split(" ", -1);
            for (int i = 0; i < each.length; i++) {
                String text = row.getString(i + 1);
                if (text != null) {
                    value.put(each[i], text);
                }
            }
            return value;
        }
    }

    private final Readers readers;
    private final String email;

    SqlBeside(Readers readers, String email) {
        this.readers = readers;
        this.email = email;
    }

    /** One after the other, each {@code {"kind": …, "value": …}}. */
    Stream<ObjectNode> all() {
        return Stream.of(
                        COLUMNS.stream().flatMap(this::rows),
                        documents("approval", "request", this::ofRequest),
                        documents("remembered", "body", this::ofGrant),
                        documents("deferred", "call", this::ofDeferred),
                        documents(
                                "alarm",
                                "text",
                                text ->
                                        Stream.of(
                                                one(
                                                        "alarm",
                                                        JsonNodeFactory.instance.textNode(text)))))
                .flatMap(Function.identity());
    }

    private Stream<ObjectNode> rows(Columns columns) {
        return readers
                .search(connection -> Rows.all(connection, columns.select(), columns::value, email))
                .stream()
                .map(value -> one(columns.kind, value));
    }

    private static ObjectNode one(String kind, JsonNode value) {
        ObjectNode one = JsonNodeFactory.instance.objectNode();
        one.put("kind", kind).set("value", CanonicalJson.exact(value));
        return one;
    }

    private record Document(long seq, String text) {}

    /** Of texts that name them, a part at a time. */
    private Stream<ObjectNode> documents(
            String table, String column, Function<String, Stream<ObjectNode>> of) {
        String sql =
                "SELECT seq, "
                        + column
                        + " FROM "
                        + table
                        + " WHERE seq > ? AND "
                        + column
                        + " LIKE ? ORDER BY seq LIMIT "
                        + PART;
        return Stream.iterate(
                        part(sql, -1),
                        part -> !part.isEmpty(),
                        part -> part(sql, part.getLast().seq))
                .flatMap(List::stream)
                .filter(document -> document.text.contains(email))
                .flatMap(document -> of.apply(document.text));
    }

    private List<Document> part(String sql, long after) {
        return readers.search(connection ->
                Rows.all(
                        connection,
                        sql,
                        row -> new Document(row.getLong(1), row.getString(2)),
                        after,
                        "%" + email + "%"));
    }

    /** A question about a call they drove is theirs; of others', what they said to it. */
    private Stream<ObjectNode> ofRequest(String text) {
        JsonNode request = CanonicalJson.parse(text);
        if (theirs(request, "driver")) {
            return Stream.of(one("request", request));
        }
        List<ObjectNode> parts = new ArrayList<>(votes("request", request));
        if (theirs(request.path("edit"), "person")) {
            parts.add(part("edit", "request", request, request.path("edit")));
        }
        return parts.stream();
    }

    private Stream<ObjectNode> ofGrant(String text) {
        return votes("grant", CanonicalJson.parse(text)).stream();
    }

    private Stream<ObjectNode> ofDeferred(String text) {
        JsonNode call = CanonicalJson.parse(text);
        return theirs(call, "driver") ? Stream.of(one("deferred", call)) : Stream.of();
    }

    /** Each of their votes, with what was decided by it. */
    private List<ObjectNode> votes(String of, JsonNode document) {
        List<ObjectNode> votes = new ArrayList<>();
        for (JsonNode vote : document.path("votes")) {
            if (theirs(vote, "person")) {
                votes.add(part("vote", of, document, vote));
            }
        }
        return votes;
    }

    private static ObjectNode part(String kind, String of, JsonNode document, JsonNode what) {
        ObjectNode value = JsonNodeFactory.instance.objectNode();
        value.set(of, document.path("id"));
        copy(value, document, "scope");
        copy(value, document, "patterns");
        value.set(kind, what);
        return one(kind, value);
    }

    private static void copy(ObjectNode to, JsonNode from, String member) {
        JsonNode value = from.get(member);
        if (value != null) {
            to.set(member, value);
        }
    }

    private boolean theirs(JsonNode json, String member) {
        @Nullable String text = json.path(member).textValue();
        return Objects.equals(text, email);
    }
}
