package dev.countersign.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.people.Entity;
import dev.countersign.people.Permission;
import dev.countersign.people.Roles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Forms for people, teams, projects, agents and roles, and what they send as the interface takes
 * it.
 */
final class EntityForms {
    private static final String ROLE = "role.";
    private static final String PERMISSION = "may.";

    private final Roles roles;

    EntityForms(Roles roles) {
        this.roles = roles;
    }

    /** The field that names one of a kind. */
    static String key(Entity.Kind kind) {
        return kind == Entity.Kind.PERSON ? "email" : "name";
    }

    /**
     * The fields of one.
     *
     * @param now as the interface shows it; empty for a new one
     */
    List<FormField> fields(Entity.Kind kind, JsonNode now) {
        String name = now.path(key(kind)).asText();
        FormField description =
                FormField.text(
                        "description",
                        Texts.say("entity.description"),
                        text(now, "description"),
                        Texts.say("entity.one-line"));
        FormField teams =
                FormField.text(
                        "teams",
                        Texts.say("entity.teams"),
                        names(now.path("teams")),
                        Texts.say("entity.payments-platform"));
        return switch (kind) {
            case PERSON ->
                    List.of(
                            FormField.key(
                                    "email", Texts.say("entity.e-mail"), name, "ana@example.com"),
                            FormField.text(
                                    "shown",
                                    Texts.say("entity.name"),
                                    now.path("name").asText().equals(name)
                                            ? ""
                                            : now.path("name").asText(),
                                    Texts.say("entity.ana")),
                            FormField.ticks(Texts.say("entity.roles-everywhere"), roles(now)),
                            FormField.text(
                                    "held",
                                    Texts.say("entity.roles-in-one-team"),
                                    held(now.path("held")),
                                    Texts.say("entity.maintainer-project-shop-viewer")),
                            teams);
            case TEAM ->
                    List.of(
                            FormField.key("name", Texts.say("entity.name"), name, "payments"),
                            description);
            case PROJECT ->
                    List.of(
                            FormField.key("name", Texts.say("entity.name"), name, "shop"),
                            description,
                            FormField.text(
                                    "workspace",
                                    Texts.say("entity.main-working-tree"),
                                    text(now, "workspace"),
                                    "/src/shop"),
                            teams);
            case AGENT ->
                    List.of(
                            FormField.key("name", Texts.say("entity.name"), name, "migrations"),
                            description,
                            FormField.text(
                                    "owner",
                                    Texts.say("entity.owner"),
                                    owner(now),
                                    Texts.say("entity.ana-example-com-or")),
                            teams,
                            FormField.text(
                                    "project",
                                    Texts.say("entity.the-one-project-it"),
                                    text(now, "project"),
                                    "shop"),
                            FormField.text(
                                    "persona",
                                    Texts.say("entity.persona"),
                                    text(now, "persona"),
                                    "migrations"),
                            FormField.ticks(
                                    Texts.say("entity.state"),
                                    List.of(
                                            new FormField.Choice(
                                                    "enabled",
                                                    Texts.say("entity.may-ask"),
                                                    "",
                                                    now.path("state")
                                                            .asText("enabled")
                                                            .equals("enabled")))));
            case ROLE ->
                    List.of(
                            FormField.key("name", Texts.say("entity.name"), name, "auditor"),
                            description,
                            FormField.ticks(Texts.say("entity.permits-to"), permissions(now)));
        };
    }

    private List<FormField.Choice> roles(JsonNode now) {
        Set<String> has = set(now.path("roles"));
        List<FormField.Choice> choices = new ArrayList<>();
        roles.all()
                .keySet()
                .forEach(role ->
                        choices.add(
                                new FormField.Choice(
                                        ROLE + role,
                                        role,
                                        "",
                                        has.contains(role)
                                                || (now.isEmpty() && role.equals(Roles.USUAL)))));
        return choices;
    }

    private static List<FormField.Choice> permissions(JsonNode now) {
        Set<String> has = set(now.path("permissions"));
        return Arrays.stream(Permission.values())
                .map(each ->
                        new FormField.Choice(
                                PERMISSION + each.wire(),
                                each.wire(),
                                each.meaning(),
                                has.contains(each.wire())))
                .toList();
    }

    private static String text(JsonNode now, String field) {
        return now.path(field).isNull() ? "" : now.path(field).asText();
    }

    private static String owner(JsonNode now) {
        String team = text(now, "owner_team");
        return team.isEmpty() ? text(now, "owner") : "team:" + team;
    }

    /** Roles in places, as {@code ROLE@project:NAME}. */
    static String held(JsonNode list) {
        List<String> all = new ArrayList<>();
        for (JsonNode each : list) {
            String kind = each.has("team") ? "team" : "project";
            all.add(each.path("role").asText() + "@" + kind + ":" + each.path(kind).asText());
        }
        return String.join(", ", all);
    }

    static String names(JsonNode list) {
        return String.join(", ", set(list));
    }

    private static Set<String> set(JsonNode list) {
        Set<String> names = new TreeSet<>();
        list.forEach(each -> names.add(each.asText()));
        return names;
    }

    /** What a form says, as the interface takes it; its mistakes are named there. */
    static ObjectNode body(Entity.Kind kind, Visit sent) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        switch (kind) {
            case PERSON -> {
                put(body, "name", sent.text("shown", 200));
                ArrayNode held = body.putArray("roles");
                ticked(sent, ROLE).forEach(held::add);
                for (String each : list(sent.text("held", 4_000))) {
                    place(held, each);
                }
                teams(body, sent);
            }
            case TEAM -> description(body, sent);
            case PROJECT -> {
                description(body, sent);
                put(body, "workspace", sent.text("workspace", 4_096));
                teams(body, sent);
            }
            case AGENT -> {
                description(body, sent);
                String owner = sent.text("owner", 300);
                if (owner.startsWith("team:")) {
                    body.putObject("owner").put("team", owner.substring("team:".length()));
                } else {
                    put(body, "owner", owner);
                }
                teams(body, sent);
                put(body, "project", sent.text("project", 128));
                put(body, "persona", sent.text("persona", 128));
                body.put("enabled", !sent.field("enabled").isEmpty());
            }
            case ROLE -> {
                description(body, sent);
                ArrayNode may = body.putArray("permissions");
                ticked(sent, PERMISSION).forEach(may::add);
            }
        }
        return body;
    }

    private static void description(ObjectNode body, Visit sent) {
        body.put("description", sent.text("description", 500));
    }

    private static void teams(ObjectNode body, Visit sent) {
        ArrayNode teams = body.putArray("teams");
        list(sent.text("teams", 4_000)).forEach(teams::add);
    }

    private static void put(ObjectNode body, String field, String text) {
        if (!text.isEmpty()) {
            body.put(field, text);
        }
    }

    private static List<String> ticked(Visit sent, String prefix) {
        return sent.form().keySet().stream()
                .filter(name -> name.startsWith(prefix))
                .map(name -> name.substring(prefix.length()))
                .sorted()
                .toList();
    }

    private static List<String> list(String text) {
        return Arrays.stream(text.split("[,\\s]+", -1)).filter(each -> !each.isEmpty()).toList();
    }

    /**
     * A role that is held in a team or project; what is neither is a name the interface knows not.
     */
    private static void place(ArrayNode roles, String text) {
        for (String kind : List.of("team", "project")) {
            int at = text.indexOf("@" + kind + ":");
            if (at > 0) {
                roles.addObject()
                        .put("role", text.substring(0, at))
                        .put(kind, text.substring(at + kind.length() + 2));
                return;
            }
        }
        roles.add(text);
    }
}
