package dev.countersign.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.Emails;
import dev.countersign.call.RiskTier;
import dev.countersign.config.Rota;
import dev.countersign.config.SettingsProblem;
import dev.countersign.config.ToldHow;
import dev.countersign.config.ToldHow.Whose;
import dev.countersign.notify.Notifications;
import dev.countersign.notify.Routing;
import dev.countersign.people.Entity;
import dev.countersign.people.OrganisationStore;
import dev.countersign.people.PeopleStore;
import dev.countersign.people.Permission;
import dev.countersign.people.Principal;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * {@code /v1/routing} and {@code /v1/on-call}: who is told by which channels and when, and whose
 * turn it is.
 */
public final class RoutingRoutes {
    private static final int MOST = 1_000;
    private static final int MOST_CHANNELS = 100;
    private static final int LONGEST = 200;

    private final Notifications notifications;
    private final PeopleStore people;
    private final OrganisationStore organisation;
    private final Clock clock;

    RoutingRoutes(
            Notifications notifications,
            PeopleStore people,
            OrganisationStore organisation,
            Clock clock) {
        this.notifications = notifications;
        this.people = people;
        this.organisation = organisation;
        this.clock = clock;
    }

    private Routing routing() {
        return notifications.routing();
    }

    /** What was said; of people, only oneself for who may not change it. */
    public ObjectNode list(Principal by) {
        boolean all = !(by instanceof Principal.Person person) || person.may(Permission.CHANNELS);
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("routing");
        routing()
                .all(MOST)
                .forEach((whose, how) -> {
                    boolean own =
                            whose.kind() == Whose.Kind.TEAM || whose.name().equals(by.email());
                    if (all || own) {
                        list.add(shown(whose, how));
                    }
                });
        return json;
    }

    private ObjectNode shown(Whose whose, ToldHow how) {
        ObjectNode one = JsonNodeFactory.instance.objectNode();
        one.put("of", whose.toString());
        one.put("from", routing().ofFile(whose) ? "file" : "page");
        one.setAll(Routing.json(how));
        return one;
    }

    /** Says how a team or a person is told. */
    public ObjectNode put(String kind, String name, ObjectNode body, Principal by)
            throws NotRecorded {
        return put(known(kind, name), body, by);
    }

    /** Somebody says how they are told themselves. */
    public ObjectNode mine(ObjectNode body, Principal by) throws NotRecorded {
        return put(Whose.person(String.valueOf(by.email())), body, by);
    }

    private ObjectNode put(Whose whose, ObjectNode body, Principal by) throws NotRecorded {
        requireChangeable(whose);
        ToldHow how = read(body);
        routing().put(whose, how, by(by));
        return shown(whose, how);
    }

    private ToldHow read(ObjectNode body) {
        Fields fields = new Fields(body, "told", "channels", "risk", "hours", "digest");
        Set<String> names = notifications.names();
        for (String channel : fields.texts("channels", MOST_CHANNELS)) {
            if (!names.contains(channel)) {
                throw Problem.badRequest("there is no channel `" + Fields.shown(channel) + "`");
            }
        }
        String risk = fields.text("risk", LONGEST).orElse(RiskTier.NONE.wire());
        try {
            return new ToldHow(
                    fields.yes("told").orElse(true),
                    fields.texts("channels", MOST_CHANNELS),
                    RiskTier.of(risk)
                            .orElseThrow(() ->
                                    Problem.badRequest(
                                            "`risk` must be none, low, medium, high or critical")),
                    fields.text("hours", LONGEST).orElse("").strip(),
                    fields.text("digest", LONGEST).orElse("").strip());
        } catch (SettingsProblem e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        }
    }

    /** Lets all count again for a team or a person. */
    public ObjectNode remove(String kind, String name, Principal by) throws NotRecorded {
        Whose whose = whose(kind, name);
        requireChangeable(whose);
        ToldHow gone =
                routing()
                        .told(whose)
                        .orElseThrow(() ->
                                Problem.notFound(
                                        "nothing is said of how this "
                                                + whose.kind().wire()
                                                + " is told"));
        routing().remove(whose, by(by));
        return shown(whose, gone);
    }

    private void requireChangeable(Whose whose) {
        if (routing().ofFile(whose)) {
            throw Problem.conflict(
                    "how `" + whose + "` is told is in the settings file; change it there");
        }
    }

    private static Whose whose(String kind, String name) {
        return switch (kind) {
            case "team" -> Whose.team(name);
            case "person" -> Whose.person(Emails.normal(name));
            default -> throw Problem.notFound("expected `team` or `person`");
        };
    }

    private Whose known(String kind, String name) {
        Whose whose = whose(kind, name);
        boolean there =
                switch (whose.kind()) {
                    case TEAM -> team(whose.name());
                    case PERSON -> people.person(whose.name()).isPresent();
                };
        if (!there) {
            throw Problem.notFound("there is no " + kind + " `" + Fields.shown(name) + "`");
        }
        return whose;
    }

    private boolean team(String name) {
        return organisation.find(Entity.Kind.TEAM, name).isPresent();
    }

    /** Whose turn it is for each team that has a rota. */
    public ObjectNode onCall() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("on_call");
        routing().onCall().rotas().forEach((team, rota) -> list.add(shown(team, rota)));
        return json;
    }

    private ObjectNode shown(String team, Rota rota) {
        Instant now = clock.instant();
        ObjectNode one = JsonNodeFactory.instance.objectNode().put("team", team);
        one.put("from_file", routing().onCall().ofFile(team));
        one.setAll(Routing.json(rota));
        return one.put("now", rota.who(now))
                .put("until", rota.until(now).toString())
                .put("then", rota.then(now));
    }

    /** Says who is on call for a team. */
    public ObjectNode putRota(String team, ObjectNode body, Principal by) throws NotRecorded {
        requireOwnRota(team);
        if (!team(team)) {
            throw Problem.notFound("there is no team `" + Fields.shown(team) + "`");
        }
        Fields fields = new Fields(body, "people", "every", "at", "from");
        Rota rota;
        try {
            rota =
                    Rota.of(
                            String.join(",", fields.texts("people", MOST_CHANNELS)),
                            fields.required("every", LONGEST),
                            fields.required("at", LONGEST),
                            fields.text("from", LONGEST).orElseGet(() -> today()));
        } catch (SettingsProblem e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        }
        for (String each : rota.people()) {
            if (people.person(each).isEmpty()) {
                throw Problem.badRequest("there is no person `" + Fields.shown(each) + "`");
            }
        }
        routing().put(team, rota, by(by));
        return shown(team, rota);
    }

    private String today() {
        return clock.instant().toString().substring(0, "2026-01-05".length());
    }

    /** Ends the rota of a team. */
    public ObjectNode endRota(String team, Principal by) throws NotRecorded {
        requireOwnRota(team);
        Rota gone =
                Optional.ofNullable(routing().onCall().rotas().get(team))
                        .orElseThrow(() ->
                                Problem.notFound(
                                        "the team `" + Fields.shown(team) + "` has no rota"));
        routing().end(team, by(by));
        return shown(team, gone);
    }

    private void requireOwnRota(String team) {
        if (routing().onCall().ofFile(team)) {
            throw Problem.conflict(
                    "the rota of the team `" + team + "` is in the settings file; change it there");
        }
    }

    private static Notifications.By by(Principal by) {
        return new Notifications.By(by.name(), by.email());
    }
}
