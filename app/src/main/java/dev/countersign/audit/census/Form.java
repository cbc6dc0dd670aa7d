package dev.countersign.audit.census;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.countersign.call.Action;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a record has in common with many others: all it is counted and chosen by but its time and
 * its session. What is absent is empty.
 *
 * @param person as the ledger calls them
 */
public record Form(
        String kind,
        String effect,
        String risk,
        String decider,
        String client,
        String tool,
        String agent,
        String person,
        String project,
        List<String> teams,
        List<String> actions,
        List<String> rules) {

    /** What it answers to, by the names of {@link dev.countersign.audit.AuditFilters}. */
    public static final Set<String> NAMES =
            Set.of(
                    "kind", "effect", "risk", "decider", "client", "tool", "agent", "person",
                    "project", "team", "domain", "action", "rule");

    /** Stands in a record for every action or rule, where there were too many to name. */
    private static final String ANY = "*";

    private static final JsonFactory JSON = new JsonFactory();

    public Form {
        teams = List.copyOf(teams);
        actions = List.copyOf(actions);
        rules = List.copyOf(rules);
    }

    /**
     * A record as it is counted.
     *
     * @param at microseconds since 1970
     * @param session the client's session, or empty
     */
    public record Counted(long at, String session, Form form) {}

    /** Reads the text of a record; nothing of its body. */
    public static Counted read(String record) {
        Reading reading = new Reading();
        try (JsonParser json = JSON.createParser(record)) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                reading.field(json.currentName(), json);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a record that is no JSON", e);
        }
        return reading.counted();
    }

    /** The values it has under a name, each once. */
    List<String> values(String name) {
        return switch (name) {
            case "kind" -> one(kind);
            case "effect" -> one(effect);
            case "risk" -> one(risk);
            case "decider" -> one(decider);
            case "client" -> one(client);
            case "tool" -> one(tool);
            case "agent" -> one(agent);
            case "person" -> one(person);
            case "project" -> one(project);
            case "team" -> teams;
            case "action" -> actions;
            case "rule" -> rules;
            case "domain" -> domains();
            default -> throw new IllegalArgumentException("nothing is counted by " + name);
        };
    }

    /** Whether it is one of those that a filter chooses. */
    boolean is(String name, String value) {
        return switch (name) {
            case "rule" ->
                    rules.stream()
                            .anyMatch(rule ->
                                    rule.equals(value)
                                            || rule.equals(ANY)
                                            || ("/" + rule).endsWith("/" + value));
            case "action" -> actions.contains(value) || actions.contains(ANY);
            case "domain" -> actions.contains(ANY) || domains().contains(value);
            default -> values(name).contains(value);
        };
    }

    private List<String> domains() {
        Set<String> domains = new TreeSet<>();
        for (String action : actions) {
            Action.of(action).ifPresent(known -> domains.add(known.domain().wire()));
        }
        return List.copyOf(domains);
    }

    private static List<String> one(String value) {
        return value.isEmpty() ? Collections.emptyList() : List.of(value);
    }

    /** The fields of a record, one after the other. */
    private static final class Reading {
        private long at;
        private String session = "";
        private String kind = "";
        private String effect = "";
        private String risk = "";
        private String decider = "";
        private String client = "";
        private String tool = "";
        private String agent = "";
        private String person = "";
        private String project = "";
        private List<String> teams = List.of();
        private List<String> actions = List.of();
        private List<String> rules = List.of();

        void field(String name, JsonParser json) throws IOException {
            json.nextToken();
            switch (name) {
                case "at" ->
                        at = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(text(json)));
                case "session" -> session = text(json);
                case "kind" -> kind = text(json);
                case "effect" -> effect = text(json);
                case "risk" -> risk = text(json);
                case "decider" -> decider = text(json);
                case "client" -> client = text(json);
                case "tool" -> tool = text(json);
                case "agent" -> agent = text(json);
                case "person" -> person = text(json);
                case "project" -> project = text(json);
                case "teams" -> teams = texts(json);
                case "actions" -> actions = texts(json);
                case "rules" -> rules = texts(json);
                default -> {
                    var _ = json.skipChildren();
                }
            }
        }

        private static String text(JsonParser json) throws IOException {
            if (json.currentToken() == JsonToken.VALUE_STRING) {
                return json.getText();
            }
            var _ = json.skipChildren();
            return "";
        }

        private static List<String> texts(JsonParser json) throws IOException {
            List<String> texts = new ArrayList<>();
            if (json.currentToken() == JsonToken.START_ARRAY) {
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    texts.add(text(json));
                }
            }
            return texts;
        }

        Counted counted() {
            return new Counted(
                    at,
                    session,
                    new Form(
                            kind, effect, risk, decider, client, tool, agent, person, project,
                            teams, actions, rules));
        }
    }
}
