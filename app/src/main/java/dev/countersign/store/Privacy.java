package dev.countersign.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Emails;
import dev.countersign.audit.Receipt;
import dev.countersign.audit.RecordJson;
import dev.countersign.audit.SecretMasking;
import dev.countersign.ledger.CanonicalJson;
import dev.countersign.ledger.Disclosure;
import dev.countersign.ledger.Examiner;
import dev.countersign.ledger.Outline;
import dev.countersign.ledger.Slice;
import dev.countersign.ledger.Trees;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what is somebody's out of the hashed text. A person is called by a random name there; who
 * that is stands beside, and what a record tells of them is sealed with a key of their own. Without
 * both nobody can be found in the ledger, and it still verifies.
 */
final class Privacy {
    private static final String PREFIX = "person:";
    private static final int LETTERS = 24;
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
    private static final Pattern NAME = Pattern.compile(PREFIX + "[a-z2-7]{" + LETTERS + "}");
    private static final int SALT_BYTES = 32;

    /** More addresses than these in one record that nobody had before stay in what is sealed. */
    private static final int MOST_NEW = 100;

    private static final String ERASED = "[erased]";

    /** Whose body an export holds as what the ledger says of it: for everybody to read. */
    private static final Set<String> OPEN = Set.of("export", "archive", "prune", "hold");

    /**
     * Where a person is named beside the ledger; the first parameter is who, the second the name.
     */
    private static final List<String> ELSEWHERE =
            List.of(
                    "UPDATE approval SET request = replace(request, ?, ?)",
                    "UPDATE remembered SET body = replace(body, ?, ?)",
                    "UPDATE deferred SET call = replace(call, ?, ?)",
                    "UPDATE alarm SET text = replace(text, ?, ?)",
                    "UPDATE stop SET person = replace(person, ?, ?)",
                    "UPDATE stop SET reason = replace(reason, ?, ?)",
                    "UPDATE policy SET person = replace(person, ?, ?)",
                    "UPDATE entity SET body = replace(body, '\"' || ? || '\"', '\"' || ? || '\"')",
                    "UPDATE accepted_file SET person = replace(person, ?, ?)",
                    "UPDATE sign_in_notice SET text = replace(text, ?, ?)",
                    "UPDATE saved_view SET search = replace(search, ?, ?)");

    private static final List<String> THEIRS =
            List.of(
                    "DELETE FROM person WHERE email = ?",
                    "DELETE FROM term WHERE kind = 'person' AND name = ?",
                    "DELETE FROM term WHERE term = 'owner:' || ?",
                    "DELETE FROM token WHERE person = ?",
                    "DELETE FROM acknowledged WHERE person = ?");

    private final byte[] master;
    private final Readers readers;
    private final Teams teams;
    private final @Nullable Writer writer;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Person> byEmail = new ConcurrentHashMap<>();
    private final Map<String, Person> byName = new ConcurrentHashMap<>();

    /** A person; without address and key one who was erased. */
    private static final class Person {
        private final String name;
        private final @Nullable String email;
        private final @Nullable SecretKey key;

        Person(String name, @Nullable String email, byte @Nullable [] key) {
            this.name = name;
            this.email = email;
            this.key = key == null ? null : Seal.key(key);
        }
    }

    /**
     * With what the keys of people are locked with.
     *
     * @param writer makes new names, or null where nothing is written
     */
    Privacy(byte[] master, Readers readers, @Nullable Writer writer) {
        this.master = master.clone();
        this.readers = readers;
        this.teams = new Teams(readers);
        this.writer = writer;
    }

    /** A key for something else, which says nothing of this one. */
    byte[] keyOf(String purpose) {
        try {
            return KDF.getInstance("HKDF-SHA256")
                    .deriveData(
                            HKDFParameterSpec.ofExtract()
                                    .addIKM(master)
                                    .thenExpand(
                                            ("countersign " + purpose)
                                                    .getBytes(StandardCharsets.US_ASCII),
                                            Seal.KEY_BYTES));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HKDF-SHA256 (this is a bug)", e);
        }
    }

    /** Makes a record ready, in the thread of the caller. */
    RecordJson.Prepared prepare(AuditRecord event, SecretMasking masking) throws NotRecorded {
        ObjectNode record;
        try {
            record = RecordJson.write(event, masking);
        } catch (RuntimeException e) {
            throw new NotRecorded("the record cannot be written: " + e.getMessage(), e);
        }
        String whose = record.path("body").path("call").path("driver").textValue();
        String owner = whose == null ? record.path("person").textValue() : whose;
        Person person = owner == null || OPEN.contains(event.kind()) ? null : of(owner);
        String actor = record.path("person").textValue();
        if (actor != null) {
            record.put("person", of(actor).name);
        }
        try {
            List<String> own = owner == null ? List.of() : teams.of(owner);
            if (!own.isEmpty()) {
                ArrayNode names = record.putArray("teams");
                own.forEach(names::add);
            }
            ObjectNode named = (ObjectNode) named(record, news(record));
            if (person == null || person.key == null) {
                return RecordJson.prepared(named);
            }
            ObjectNode value = JsonNodeFactory.instance.objectNode();
            value.set("summary", named.remove("summary"));
            value.set("body", named.remove("body"));
            byte[] salt = new byte[SALT_BYTES];
            random.nextBytes(salt);
            Disclosure disclosure = Disclosure.of(salt, value);
            String digest = disclosure.digest();
            named.putObject("sealed").put("digest", digest).put("person", person.name);
            byte[] plain = disclosure.text().getBytes(StandardCharsets.US_ASCII);
            return RecordJson.prepared(
                    named,
                    new RecordJson.Sealed(
                            person.name, Seal.lock(person.key, plain, digest, random)));
        } catch (RuntimeException e) {
            throw new NotRecorded("the record cannot be written: " + e.getMessage(), e);
        }
    }

    /** Makes names for the addresses in a record, all at once. */
    private Set<String> news(ObjectNode record) throws NotRecorded {
        Set<String> found = new HashSet<>();
        collect(record, found);
        Set<String> news = new HashSet<>();
        for (String email : found) {
            if (!byEmail.containsKey(email) && news.size() < MOST_NEW) {
                news.add(email);
            }
        }
        if (!news.isEmpty()) {
            make(news);
        }
        return found;
    }

    private static void collect(JsonNode node, Set<String> found) {
        if (node.isTextual() && node.textValue().indexOf('@') >= 0) {
            String _ =
                    Emails.replaced(
                            node.textValue(),
                            email -> {
                                found.add(email);
                                return email;
                            });
        }
        node.forEach(each -> collect(each, found));
    }

    private JsonNode named(JsonNode node, Set<String> found) {
        if (found.isEmpty()) {
            return node;
        }
        return mapped(
                node,
                text ->
                        text.indexOf('@') < 0
                                ? text
                                : Emails.replaced(
                                        text,
                                        email -> {
                                            Person person = byEmail.get(email);
                                            return person == null ? email : person.name;
                                        }));
    }

    /** The same tree with each text of it put as another. */
    private static JsonNode mapped(JsonNode node, UnaryOperator<String> mapping) {
        return switch (node) {
            case ObjectNode object ->
                    Trees.object(
                            object, UnaryOperator.identity(), (_, each) -> mapped(each, mapping));
            case ArrayNode array -> Trees.array(array, each -> mapped(each, mapping));
            case TextNode text -> {
                String other = mapping.apply(text.textValue());
                yield other.equals(text.textValue()) ? text : TextNode.valueOf(other);
            }
            default -> node;
        };
    }

    private Person of(String email) throws NotRecorded {
        Person known = byEmail.get(email);
        if (known == null) {
            make(Set.of(email));
            known = byEmail.get(email);
        }
        if (known == null) {
            throw new NotRecorded(
                    "a name for a person could not be made", new IllegalStateException("no name"));
        }
        return known;
    }

    private void make(Set<String> emails) throws NotRecorded {
        if (writer == null) {
            throw new IllegalStateException("nothing is written here (this is a bug)");
        }
        Map<String, Person> made =
                writer.submit(unit -> {
                    Map<String, Person> rows = new HashMap<>();
                    for (String email : emails) {
                        byte[] key = new byte[Seal.KEY_BYTES];
                        random.nextBytes(key);
                        String name = name();
                        int _ =
                                Rows.change(
                                        unit.connection(),
                                        "INSERT INTO pseudonym (name, email, key) VALUES (?, ?, ?)"
                                                + " ON CONFLICT (email) DO NOTHING",
                                        name,
                                        email,
                                        Seal.lock(master, key, name, random));
                        Rows.first(
                                        unit.connection(),
                                        "SELECT name, email, key FROM pseudonym WHERE email = ?",
                                        this::person,
                                        email)
                                .ifPresent(person -> rows.put(email, person));
                    }
                    return rows;
                });
        made.forEach((email, person) -> {
            byEmail.put(email, person);
            byName.put(person.name, person);
        });
    }

    private String name() {
        StringBuilder name = new StringBuilder(PREFIX);
        for (int i = 0; i < LETTERS; i++) {
            name.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return name.toString();
    }

    private Person person(ResultSet row) throws SQLException {
        String name = row.getString(1);
        byte[] locked = row.getBytes(3);
        byte[] key = null;
        if (locked != null) {
            try {
                key = Seal.open(master, locked, name);
            } catch (IllegalArgumentException _) {
                // Another master key: what is sealed stays so, and a check says so.
            }
        }
        return new Person(name, row.getString(2), key);
    }

    /** How records call a person, or empty where none names them. */
    Optional<String> nameOf(String email) {
        Person known = byEmail.get(email);
        if (known != null) {
            return Optional.of(known.name);
        }
        return readers.lookUp(connection ->
                Rows.first(
                        connection,
                        "SELECT name FROM pseudonym WHERE email = ?",
                        row -> row.getString(1),
                        email));
    }

    private Optional<Person> called(String name) {
        Person known = byName.get(name);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<Person> found =
                readers.lookUp(connection ->
                        Rows.first(
                                connection,
                                "SELECT name, email, key FROM pseudonym WHERE name = ?",
                                this::person,
                                name));
        found.ifPresent(person -> byName.put(name, person));
        return found;
    }

    /** Learns of everybody at once, for who reads all. */
    void load(Connection connection) throws SQLException {
        for (Person person :
                Rows.all(connection, "SELECT name, email, key FROM pseudonym", this::person)) {
            byName.put(person.name, person);
        }
    }

    /**
     * Takes away who a person is, their key and what was sealed with it.
     *
     * @param event the record of it, without who they were
     * @return how many records held something of theirs, or empty where nobody is called so
     */
    static Optional<Long> erase(
            Unit unit,
            String email,
            Instant now,
            BiFunction<String, Long, RecordJson.Prepared> event)
            throws SQLException {
        Connection connection = unit.connection();
        Optional<String> name =
                Rows.first(
                        connection,
                        "SELECT name FROM pseudonym WHERE email = ?",
                        row -> row.getString(1),
                        email);
        if (name.isEmpty()) {
            return Optional.empty();
        }
        int _ =
                Rows.change(
                        connection,
                        "UPDATE pseudonym SET email = NULL, key = NULL, erased = ? WHERE name = ?",
                        RecordJson.time(now),
                        name.get());
        long records = Rows.change(connection, "DELETE FROM sealed WHERE person = ?", name.get());
        forgetCalls(connection, email);
        for (String sql : ELSEWHERE) {
            int _ = Rows.change(connection, sql, email, name.get());
        }
        for (List<String> theirs : List.of(THEIRS, SqlSignIns.THEIRS)) {
            for (String sql : theirs) {
                int _ = Rows.change(connection, sql, email);
            }
        }
        SqlWishes.gone(connection, email);
        Receipt _ = unit.append(event.apply(name.get(), records));
        return Optional.of(records);
    }

    /** The calls they drove: as questions, in the queue, and as what was remembered of a yes. */
    private static void forgetCalls(Connection connection, String email) throws SQLException {
        Set<String> approvals = driven(connection, "id, request FROM approval", "driver", email);
        for (String id : approvals) {
            for (String grant : driven(connection, "id, body FROM remembered", "approval", id)) {
                int _ = Rows.change(connection, "DELETE FROM remembered WHERE id = ?", grant);
            }
            int _ = Rows.change(connection, "DELETE FROM approval WHERE id = ?", id);
        }
        for (String id : driven(connection, "id, call FROM deferred", "driver", email)) {
            int _ = Rows.change(connection, "DELETE FROM deferred WHERE id = ?", id);
        }
    }

    /** The ids of the rows whose JSON has this member with this value. */
    private static Set<String> driven(
            Connection connection, String columns, String member, String value)
            throws SQLException {
        Set<String> found = new HashSet<>();
        for (Map.Entry<String, String> row :
                Rows.all(
                        connection,
                        "SELECT " + columns,
                        each -> Map.entry(each.getString(1), each.getString(2)))) {
            if (row.getValue().contains(value)
                    && CanonicalJson.parse(row.getValue()).path(member).asText().equals(value)) {
                found.add(row.getKey());
            }
        }
        return found;
    }

    /** Somebody is in other teams now. */
    void peopleChanged() {
        teams.forget();
    }

    /** They were erased: nothing here knows them any more. */
    void forget(String email) {
        Person person = byEmail.remove(email);
        if (person != null) {
            byName.remove(person.name);
        }
    }

    /**
     * What a record discloses, or empty where it holds nothing sealed or its person was erased.
     *
     * @throws IllegalArgumentException when the box is not what was sealed
     */
    Optional<Disclosure> disclosure(JsonNode record, byte @Nullable [] box) {
        JsonNode sealed = record.path("sealed");
        return !sealed.isObject() || box == null
                ? Optional.empty()
                : Optional.of(
                        disclosure(
                                sealed.path("person").asText(),
                                sealed.path("digest").asText(),
                                box));
    }

    /**
     * What is in a box.
     *
     * @param name whose it is
     * @param digest what a record holds of it
     * @throws IllegalArgumentException when the box is not what was sealed
     */
    private Disclosure disclosure(String name, String digest, byte[] box) {
        return new Disclosure(new String(unlocked(name, digest, box), StandardCharsets.US_ASCII));
    }

    private byte[] unlocked(String name, String digest, byte[] box) {
        Person person = called(name).orElse(null);
        if (person == null || person.key == null) {
            throw new IllegalArgumentException("its key is missing");
        }
        return Seal.open(person.key, box, digest);
    }

    /** What a box is to the record that it lies beside. */
    Disclosure.Found found(Outline record, byte @Nullable [] box) {
        if (box == null || erased(record.person())) {
            // Of somebody who was erased it lies in an archive, and nobody opens it any more.
            return Disclosure.Found.NOTHING;
        }
        try {
            byte[] text = unlocked(record.person(), record.digest(), box);
            return Disclosure.digest(text).equals(record.digest())
                    ? Disclosure.Found.IT
                    : Disclosure.Found.ANOTHER;
        } catch (IllegalArgumentException _) {
            // What cannot be opened is none that any record holds.
            return Disclosure.Found.ANOTHER;
        }
    }

    /** Opens one thing after the other, for who reads all of them; of one thread. */
    Examiner.Opener opener() {
        return new Examiner.Opener() {
            private byte[] plain = new byte[1 << 13];
            private byte[] name = new byte[0];
            private @Nullable SecretKey key;

            @Override
            public boolean open(Slice person, Slice about, Slice box, MessageDigest into) {
                // Much of one person comes together.
                if (!person.is(name)) {
                    name = person.toString().getBytes(StandardCharsets.ISO_8859_1);
                    key = called(person.toString()).map(whose -> whose.key).orElse(null);
                }
                if (plain.length < box.length()) {
                    plain = new byte[box.length()];
                }
                int length = key == null ? -1 : Seal.open(key, box, about, plain);
                if (length >= 0) {
                    into.update(plain, 0, length);
                }
                return length >= 0;
            }
        };
    }

    /** A record as people read it: what is sealed is opened, and people have their addresses. */
    ObjectNode opened(ObjectNode record, Optional<Disclosure> disclosure) {
        ObjectNode whole = record.deepCopy();
        if (whole.remove("sealed") != null) {
            disclosure.ifPresentOrElse(
                    known -> whole.setAll(known.value()),
                    () -> {
                        whole.put("summary", ERASED).put("erased", true);
                        whole.putObject("body");
                    });
        }
        return (ObjectNode) mapped(whole, this::withAddresses);
    }

    /** Whether a name stands for nobody any more. */
    boolean erased(String name) {
        return called(name).map(each -> each.email == null && each.key == null).orElse(false);
    }

    /** A text with addresses for the names in it. */
    String withAddresses(String text) {
        if (!text.contains(PREFIX)) {
            return text;
        }
        return NAME.matcher(text)
                .replaceAll(name ->
                        Matcher.quoteReplacement(
                                called(name.group())
                                        .map(person -> person.email)
                                        .orElse(name.group())));
    }

    /** Whom the names in a text stand for, but for those who were erased. */
    Map<String, String> people(String text) {
        Map<String, String> people = new TreeMap<>();
        NAME.matcher(text)
                .results()
                .forEach(name ->
                        called(name.group())
                                .map(person -> person.email)
                                .ifPresent(email -> people.put(name.group(), email)));
        return people;
    }
}
