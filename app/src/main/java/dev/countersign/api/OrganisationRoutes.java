package dev.countersign.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.people.Agent;
import dev.countersign.people.Directory;
import dev.countersign.people.Entity;
import dev.countersign.people.Identity;
import dev.countersign.people.Links;
import dev.countersign.people.OrganisationStore;
import dev.countersign.people.OrganisationStore.Sighting;
import dev.countersign.people.OrganisationStore.Step;
import dev.countersign.people.Permission;
import dev.countersign.people.Person;
import dev.countersign.people.Principal;
import dev.countersign.people.Project;
import dev.countersign.people.Revocation;
import dev.countersign.people.Role;
import dev.countersign.people.Roles;
import dev.countersign.people.Team;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** {@code /v1/roles}, {@code /v1/teams}, {@code /v1/projects} and {@code /v1/agents}. */
public final class OrganisationRoutes {
    private static final int USUAL = 1_000;
    private static final int MOST = 1_000;
    private static final int MOST_EXPORTED = 20_000;
    private static final int MOST_TRIES = 20;

    private final OrganisationStore store;
    private final Roles roles;
    private final Directory directory;
    private final Identity identity;
    private final Revocation revocation;
    private final Links links;
    private final Clock clock;

    OrganisationRoutes(
            OrganisationStore store,
            Roles roles,
            Directory directory,
            Identity identity,
            Revocation revocation,
            Links links,
            Clock clock) {
        this.store = store;
        this.roles = roles;
        this.directory = directory;
        this.identity = identity;
        this.revocation = revocation;
        this.links = links;
        this.clock = clock;
    }

    /** How much of a list is wanted, and after what. */
    record Part(String after, int most) {
        static Part of(Optional<String> after, Optional<String> limit, int usual) {
            int most = usual;
            if (limit.isPresent()) {
                if (!limit.get().matches("[1-9][0-9]{0,3}")
                        || Integer.parseInt(limit.get()) > MOST) {
                    throw Problem.badRequest(
                            "`limit` is `"
                                    + Fields.shown(limit.get())
                                    + "`; expected a number from 1 to "
                                    + MOST);
                }
                most = Integer.parseInt(limit.get());
            }
            return new Part(after.orElse(""), most);
        }
    }

    /** Part of all of a kind by name, with {@code next} where more follow. */
    public ObjectNode list(Entity.Kind kind, Optional<String> after, Optional<String> limit) {
        Part part = Part.of(after, limit, USUAL);
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray(kind.plural());
        if (kind == Entity.Kind.ROLE && part.after().isEmpty()) {
            Roles.builtIn().forEach((name, permissions) -> list.add(builtIn(name, permissions)));
        }
        List<Entity> found = store.list(kind, part.after(), part.most() + 1);
        found.stream()
                .limit(part.most())
                .filter(each -> !removed(each))
                .forEach(each -> list.add(shown(each)));
        next(json, found.size() > part.most() ? found.get(part.most() - 1).id() : "");
        return json;
    }

    private static void next(ObjectNode json, String last) {
        if (!last.isEmpty()) {
            json.put("next", last);
        }
    }

    private static boolean removed(Entity entity) {
        return entity instanceof Agent agent && agent.state() == Agent.State.REMOVED;
    }

    private static ObjectNode builtIn(String name, Set<Permission> permissions) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("name", name);
        ArrayNode list = json.putArray("permissions");
        permissions.forEach(each -> list.add(each.wire()));
        return json.put("built_in", true);
    }

    private static ObjectNode shown(Entity entity) {
        ObjectNode json = Reorganisation.json(entity);
        return entity.kind() == Entity.Kind.ROLE ? json.put("built_in", false) : json;
    }

    /**
     * Agents: those that were added, or those that asked and that nobody added.
     *
     * @param unregistered {@code true} for the latter
     */
    public ObjectNode agents(
            Optional<String> unregistered, Optional<String> after, Optional<String> limit)
            throws NotRecorded {
        if (!unregistered.equals(Optional.of("true"))) {
            return list(Entity.Kind.AGENT, after, limit);
        }
        directory.note();
        Part part = Part.of(after, limit, USUAL);
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("agents");
        List<Sighting> found = store.sightings(part.after(), part.most() + 1);
        for (Sighting each : found.subList(0, Math.min(part.most(), found.size()))) {
            if (store.find(Entity.Kind.AGENT, each.name()).isEmpty()) {
                list.addObject()
                        .put("name", each.name())
                        .put("state", "unregistered")
                        .put("first_seen", each.first().toString())
                        .put("last_seen", each.last().toString());
            }
        }
        next(json, found.size() > part.most() ? found.get(part.most() - 1).name() : "");
        return json;
    }

    /** One, of teams and roles with who is in it. */
    public ObjectNode get(Entity.Kind kind, String id, Optional<String> after) {
        Set<Permission> builtIn = kind == Entity.Kind.ROLE ? Roles.builtIn().get(id) : null;
        ObjectNode json =
                builtIn != null
                        ? builtIn(id, builtIn)
                        : shown(
                                store.find(kind, id)
                                        .filter(found -> !removed(found))
                                        .orElseThrow(() -> unknown(kind, id)));
        switch (kind) {
            case TEAM -> {
                members(json, Entity.Kind.PERSON, "team:" + id, after.orElse(""));
                members(json, Entity.Kind.AGENT, "team:" + id, after.orElse(""));
                members(json, Entity.Kind.PROJECT, "team:" + id, after.orElse(""));
            }
            case ROLE -> members(json, Entity.Kind.PERSON, "needs:role:" + id, after.orElse(""));
            case PROJECT ->
                    members(json, Entity.Kind.AGENT, "needs:project:" + id, after.orElse(""));
            case PERSON, AGENT -> {}
        }
        return json;
    }

    private static Problem unknown(Entity.Kind kind, String id) {
        return Problem.notFound("there is no " + kind.wire() + " `" + Fields.shown(id) + "`");
    }

    private void members(ObjectNode json, Entity.Kind kind, String term, String after) {
        ArrayNode list = json.putArray(kind.plural());
        List<String> found = store.found(kind, term, after, MOST + 1);
        found.stream().limit(MOST).forEach(list::add);
        if (found.size() > MOST) {
            json.put("next", found.get(MOST - 1));
        }
    }

    /** Adds one, or changes the one of that name. */
    public ObjectNode put(Entity.Kind kind, String id, ObjectNode body, Principal by)
            throws NotRecorded {
        make(
                by,
                draft -> {
                    if (kind == Entity.Kind.TEAM) {
                        team(draft, id, body);
                    } else {
                        draft.put(EntityReader.read(kind, id, body), body);
                    }
                });
        return get(kind, id, Optional.empty());
    }

    /** A team with whom it has from now on; a list that is not given leaves them as they are. */
    private void team(Reorganisation draft, String name, ObjectNode body) {
        Fields fields = new Fields(body, "description", "people", "agents", "projects");
        Optional<String> description = fields.text("description", 500);
        String said =
                description.orElseGet(() ->
                        store.find(Entity.Kind.TEAM, name)
                                .map(known -> ((Team) known).description())
                                .orElse(""));
        draft.put(new Team(EntityReader.name(Entity.Kind.TEAM, name), said.strip()));
        for (Entity.Kind kind :
                List.of(Entity.Kind.PERSON, Entity.Kind.PROJECT, Entity.Kind.AGENT)) {
            if (body.hasNonNull(kind.plural())) {
                Set<String> wanted = new LinkedHashSet<>(fields.texts(kind.plural(), MOST));
                members(draft, kind, name, wanted);
            }
        }
    }

    private void members(Reorganisation draft, Entity.Kind kind, String team, Set<String> wanted) {
        List<String> present = store.found(kind, "team:" + team, "", MOST + 1);
        if (present.size() > MOST) {
            throw Problem.badRequest(
                    "the team has more than "
                            + MOST
                            + " "
                            + kind.plural()
                            + "; change each of them instead");
        }
        for (String id : present) {
            if (!wanted.contains(id)) {
                draft.now(kind, id).ifPresent(each -> draft.put(inTeam(each, team, false)));
            }
        }
        for (String id : wanted) {
            Entity member = draft.now(kind, id).orElseThrow(() -> unknown(kind, id));
            draft.put(inTeam(member, team, true));
        }
    }

    private static Entity inTeam(Entity member, String team, boolean is) {
        return switch (member) {
            case Person p ->
                    new Person(p.email(), p.name(), p.roles(), with(p.teams(), team, is), p.held());
            case Agent a ->
                    new Agent(
                            a.name(),
                            a.description(),
                            a.persona(),
                            a.owner(),
                            a.ownerTeam(),
                            with(a.teams(), team, is && !team.equals(a.ownerTeam())),
                            a.project(),
                            a.state());
            case Project p ->
                    new Project(
                            p.name(), p.description(), p.workspace(), with(p.teams(), team, is));
            case Team _, Role _ ->
                    throw new IllegalStateException("no member of teams (this is a bug)");
        };
    }

    private static Set<String> with(Set<String> teams, String team, boolean is) {
        Set<String> changed = new TreeSet<>(teams);
        if (is) {
            changed.add(team);
        } else {
            changed.remove(team);
        }
        return changed;
    }

    /** Lets an agent ask no more, and leaves everything else about it as it is. */
    public ObjectNode disable(String name, Principal by) throws NotRecorded {
        make(
                by,
                draft -> {
                    Agent agent =
                            store.find(Entity.Kind.AGENT, name)
                                    .filter(found -> !removed(found))
                                    .map(Agent.class::cast)
                                    .orElseThrow(() -> unknown(Entity.Kind.AGENT, name));
                    draft.put(agent.with(Agent.State.DISABLED));
                });
        return get(Entity.Kind.AGENT, name, Optional.empty());
    }

    /** Removes one that nothing else needs. */
    public ObjectNode remove(Entity.Kind kind, String id, Principal by) throws NotRecorded {
        Optional<Entity> there = store.find(kind, id).filter(found -> !removed(found));
        if (kind == Entity.Kind.AGENT && there.isEmpty()) {
            throw unknown(kind, id);
        }
        make(by, draft -> draft.remove(kind, id));
        return there.map(Reorganisation::json).orElseThrow(() -> unknown(kind, id));
    }

    Reorganisation draft(Principal by) {
        return new Reorganisation(store, roles, by);
    }

    /**
     * Makes a change, and lets it count at once; nothing is done where nothing changes. Where what
     * it is about was changed since it was looked at, it is judged anew by what is there now: else
     * whoever changes themselves all the time keeps others from changing them. Who does it is not
     * looked up anew, so that whoever lost a right meanwhile is refused.
     *
     * @param parts puts the change together, once for each try
     */
    void make(Principal by, Consumer<Reorganisation> parts) throws NotRecorded {
        for (int tries = 1; ; tries++) {
            Reorganisation draft = draft(by);
            parts.accept(draft);
            if (carriedOut(draft, draft.changes(), List.of(), by)) {
                return;
            }
            if (tries == MOST_TRIES) {
                throw overtaken();
            }
        }
    }

    /**
     * Makes a change with what goes with it, as it was judged.
     *
     * @param beside further steps of the same transaction
     */
    void carryOut(
            Reorganisation draft,
            List<Reorganisation.Change> changes,
            List<Step> beside,
            Principal by)
            throws NotRecorded {
        if (!carriedOut(draft, changes, beside, by)) {
            throw overtaken();
        }
    }

    private static Problem overtaken() {
        return Problem.conflict(
                "nothing was changed: somebody else changed what this is about in the same moment;"
                        + " look again, and try again");
    }

    /** Whether it was made: not where what it was judged by has changed since. */
    private boolean carriedOut(
            Reorganisation draft,
            List<Reorganisation.Change> changes,
            List<Step> beside,
            Principal by)
            throws NotRecorded {
        Instant now = clock.instant();
        List<Step> steps = new ArrayList<>();
        List<Step.EndToken> ending = new ArrayList<>();
        List<String> origins = new ArrayList<>();
        for (Reorganisation.Change change : changes) {
            steps.add(draft.step(change, now));
            if (change.after() instanceof Agent agent && agent.state() != Agent.State.ENABLED) {
                ending.addAll(identity.endingOfAgent(agent.name(), by));
            }
            if (change.after() == null && change.before() instanceof Person person) {
                ending.addAll(identity.endingOf(person, by));
                origins.addAll(revocation.originsOf(person.email()));
            }
        }
        steps.addAll(ending);
        steps.addAll(beside);
        if (steps.isEmpty()) {
            return true;
        }
        switch (store.change(steps, draft.seen())) {
            case DONE -> {}
            case OWNERLESS ->
                    throw Problem.conflict(
                            "nothing was changed: somebody else changed the owners in the same"
                                    + " moment, and nobody would be left");
            case OVERTAKEN -> {
                return false;
            }
        }
        roles.changed();
        directory.changed();
        identity.ended();
        changes.forEach(this::forgetLinks);
        // Who is removed has nothing left in the name of others either.
        for (String origin : origins) {
            revocation.endMadeWith(origin, by);
        }
        return true;
    }

    private void forgetLinks(Reorganisation.Change change) {
        if (change.after() == null && change.before() instanceof Person person) {
            links.forget(person.email());
        }
    }

    /** Everything, as {@code apply} takes it. */
    ObjectNode export() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        for (Entity.Kind kind : Entity.Kind.values()) {
            ObjectNode section = json.putObject(kind.plural());
            String after = "";
            List<Entity> part;
            do {
                part = store.list(kind, after, MOST);
                for (Entity each : part) {
                    if (!removed(each)) {
                        section.set(each.id(), written(each));
                    }
                    after = each.id();
                }
                if (section.size() > MOST_EXPORTED) {
                    throw Problem.badRequest(
                            "there are more than "
                                    + MOST_EXPORTED
                                    + " "
                                    + kind.plural()
                                    + "; list them in parts instead, with `limit` and `after`");
                }
            } while (part.size() == MOST);
        }
        return json;
    }

    /** As people write it. */
    private static JsonNode written(Entity entity) {
        ObjectNode body = entity.body();
        if (entity instanceof Person) {
            ArrayNode all = body.withArray("/roles");
            body.remove("held").forEach(all::add);
        }
        if (entity instanceof Agent agent) {
            body.remove("state");
            body.put("enabled", agent.state() == Agent.State.ENABLED);
            if (body.remove("owner_team") != null && agent.ownerTeam() != null) {
                body.putObject("owner").put("team", agent.ownerTeam());
            }
        }
        List<String> empty = new ArrayList<>();
        for (Map.Entry<String, JsonNode> field : body.properties()) {
            boolean nothing =
                    field.getValue().isNull()
                            || (field.getValue().isTextual() && field.getValue().asText().isEmpty())
                            || (field.getValue().isArray() && field.getValue().isEmpty());
            if (nothing) {
                empty.add(field.getKey());
            }
        }
        return body.without(empty);
    }
}
