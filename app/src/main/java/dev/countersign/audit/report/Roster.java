package dev.countersign.audit.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.policy.AuthorityText;
import dev.countersign.policy.Level;
import dev.countersign.policy.PolicyReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Who there was and which documents were in force at the end of a period: what the records of
 * people and policies say, read from the first on.
 */
public final class Roster {
    private final Map<String, Person> people = new TreeMap<>();
    private final Map<String, Stored> documents = new TreeMap<>();
    private final List<String> accepted = new ArrayList<>();
    private String defaults = "";

    Roster() {}

    /**
     * Somebody who could sign in.
     *
     * @param since when they got these roles
     * @param by who gave them, or empty
     */
    public record Person(
            String email,
            String name,
            List<String> roles,
            List<String> teams,
            Instant since,
            String by) {}

    /**
     * A document on the server.
     *
     * @param place its level, and of what
     * @param sha256 of its text
     * @param since when it was put there
     * @param by who did
     */
    public record Document(String place, String name, String sha256, Instant since, String by) {}

    /**
     * Who may answer what, by one statement of a document.
     *
     * @param document its place and name
     */
    public record Authority(String document, String what, String who, String at) {}

    private record Stored(Document document, String file, Level level, String text) {}

    /** A record of a person's roles. */
    void people(ObjectNode record, Instant at) {
        JsonNode body = record.path("body");
        String email = body.path("email").asText(record.path("person").asText());
        String summary = record.path("summary").asText();
        boolean first = !body.has("email") && summary.startsWith("first owner ");
        // Older records say in words only that somebody was removed.
        boolean gone =
                body.path("removed").asBoolean()
                        || (!body.has("email") && summary.contains(" removed by "));
        if (record.path("erased").asBoolean() || gone || email.isEmpty()) {
            people.remove(email);
            return;
        }
        people.put(
                email,
                new Person(
                        email,
                        body.path("name").asText(email),
                        first ? List.of("owner") : roles(body),
                        texts(body.path("teams")),
                        at,
                        body.path("by").asText()));
    }

    /**
     * Those of the tenant, then those held in one team or project, as {@code ROLE in team NAME}.
     */
    private static List<String> roles(JsonNode body) {
        List<String> roles = new ArrayList<>(texts(body.path("roles")));
        for (JsonNode held : body.path("held")) {
            for (String kind : List.of("team", "project")) {
                if (held.has(kind)) {
                    roles.add(
                            held.path("role").asText()
                                    + " in "
                                    + kind
                                    + " "
                                    + held.path(kind).asText());
                }
            }
        }
        return roles;
    }

    /**
     * A record of a policy.
     *
     * @return which lines of the document changed, each with its sign; empty elsewhere
     */
    List<String> policy(ObjectNode record, Instant at) {
        JsonNode body = record.path("body");
        if (body.has("path")) {
            accepted.add(body.path("path").asText() + " " + body.path("sha256").asText());
            return List.of();
        }
        if (!body.has("change")) {
            defaults = body.path("version").asText(defaults);
            return List.of();
        }
        String of = body.path("of").asText();
        String place = body.path("level").asText() + (of.isEmpty() ? "" : " " + of);
        String name = body.path("name").asText();
        String key = place + "/" + name;
        Stored before = documents.get(key);
        String text = body.path("text").asText();
        if (body.path("change").asText().equals("removed")) {
            documents.remove(key);
            return Lines.changed(text, "");
        }
        documents.put(
                key,
                new Stored(
                        new Document(
                                place,
                                name,
                                body.path("sha256").asText(),
                                at,
                                body.path("by").asText()),
                        body.path("file").asText(name),
                        Level.of(body.path("level").asText()).orElse(Level.TENANT),
                        text));
        return Lines.changed(before == null ? "" : before.text, text);
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(each -> texts.add(each.asText()));
        return texts;
    }

    /** Owners first. */
    List<Person> people() {
        return people.values().stream()
                .sorted(
                        Comparator.comparing((Person one) -> !one.roles().contains("owner"))
                                .thenComparing(Person::email))
                .toList();
    }

    List<Document> documents() {
        return documents.values().stream().map(Stored::document).toList();
    }

    /** How many files of repositories were accepted so far. */
    int accepted() {
        return accepted.size();
    }

    /** The built-in defaults in force, such as {@code defaults 40}; empty where not recorded. */
    String defaults() {
        return defaults;
    }

    /** Who may answer what by the documents in force; the rest is up to drivers and owners. */
    List<Authority> authority() {
        List<Stored> all = List.copyOf(documents.values());
        List<PolicyReader.Result> read =
                PolicyReader.read(
                        all.stream()
                                .map(one ->
                                        new PolicyReader.Text(one.file, one.text, one.level, true))
                                .toList(),
                        PolicyReader.Examples.PLAIN,
                        PolicyReader.MAX_LENGTH);
        List<Authority> authority = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            Document document = all.get(i).document;
            String name = document.place() + "/" + document.name();
            read.get(i)
                    .policy()
                    .ifPresent(policy ->
                            AuthorityText.of(policy)
                                    .forEach(line ->
                                            authority.add(
                                                    new Authority(
                                                            name,
                                                            line.what(),
                                                            line.who(),
                                                            line.at()))));
        }
        return authority;
    }

    /** The lines by which two texts differ. */
    private static final class Lines {
        private static final int MOST = 24;
        private static final int LONGEST = 160;

        static List<String> changed(String before, String after) {
            List<String> changes = new ArrayList<>();
            missing(before, after).forEach(line -> changes.add("- " + line));
            missing(after, before).forEach(line -> changes.add("+ " + line));
            if (changes.size() <= MOST) {
                return changes;
            }
            int more = changes.size() - MOST;
            List<String> shown = new ArrayList<>(changes.subList(0, MOST));
            shown.add("… and " + more + " more lines");
            return shown;
        }

        /** Those of a text that another has not, or not so often. */
        private static List<String> missing(String text, String other) {
            Map<String, Integer> there = new HashMap<>();
            other.lines().forEach(line -> there.merge(line, 1, Integer::sum));
            List<String> missing = new ArrayList<>();
            text.lines()
                    .filter(line -> !line.isBlank())
                    .forEach(line -> {
                        if (there.merge(line, -1, Integer::sum) < 0) {
                            missing.add(
                                    line.length() <= LONGEST
                                            ? line
                                            : line.substring(0, LONGEST - 1) + "…");
                        }
                    });
            return missing;
        }
    }
}
