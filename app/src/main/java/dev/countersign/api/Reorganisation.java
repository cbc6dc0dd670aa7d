package dev.countersign.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditRecord;
import dev.countersign.call.Holding;
import dev.countersign.people.Agent;
import dev.countersign.people.Entity;
import dev.countersign.people.OrganisationStore;
import dev.countersign.people.OrganisationStore.Step;
import dev.countersign.people.Permission;
import dev.countersign.people.Person;
import dev.countersign.people.Principal;
import dev.countersign.people.Project;
import dev.countersign.people.Role;
import dev.countersign.people.Roles;
import dev.countersign.people.Team;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A change of the organisation as it is being put together, in the order in which its parts name
 * each other: what it would make, checked at once, and what was there before. Nobody gives or takes
 * away what they do not hold themselves.
 */
final class Reorganisation {
    private static final int MOST_NAMED = 5;

    private final OrganisationStore store;
    private final Roles roles;
    private final Principal by;
    private final Map<Key, Change> changes = new LinkedHashMap<>();

    private record Key(Entity.Kind kind, String id) {}

    /**
     * One part.
     *
     * @param before as it is, or null where it is new
     * @param after as it will be, or null where it goes
     */
    record Change(@Nullable Entity before, @Nullable Entity after) {
        Entity either() {
            Entity one = after == null ? before : after;
            if (one == null) {
                throw new IllegalStateException("a change of nothing (this is a bug)");
            }
            return one;
        }

        boolean some() {
            return before == null || !before.equals(after);
        }
    }

    Reorganisation(OrganisationStore store, Roles roles, Principal by) {
        this.store = store;
        this.roles = roles;
        this.by = by;
    }

    /** What will be there. */
    Optional<Entity> now(Entity.Kind kind, String id) {
        Change change = changes.get(new Key(kind, id));
        return change == null ? store.find(kind, id) : Optional.ofNullable(change.after());
    }

    private void note(Entity.Kind kind, String id, @Nullable Entity after) {
        Key key = new Key(kind, id);
        Change earlier = changes.get(key);
        Entity before = earlier == null ? store.find(kind, id).orElse(null) : earlier.before();
        changes.put(key, new Change(before, after));
    }

    /**
     * The same as somebody wrote it: what it leaves out of whom an agent or a person is stays, so
     * that nobody becomes more, and no agent may ask again, by not being mentioned.
     *
     * @param written what the entity was read from
     */
    void put(Entity entity, ObjectNode written) {
        put(
                switch (entity) {
                    case Agent agent
                            when !written.hasNonNull("enabled")
                                    && was(agent, Agent.class)
                                            .filter(known -> known.state() == Agent.State.DISABLED)
                                            .isPresent() ->
                            agent.with(Agent.State.DISABLED);
                    case Person person ->
                            was(person, Person.class)
                                    .map(known -> completed(person, known, written))
                                    .orElse(person);
                    case Agent _, Role _, Team _, Project _ -> entity;
                });
    }

    private static Person completed(Person person, Person known, ObjectNode written) {
        boolean roles = !written.path("roles").isEmpty();
        return new Person(
                person.email(),
                written.hasNonNull("name") ? person.name() : known.name(),
                roles ? person.roles() : known.roles(),
                written.has("teams") ? person.teams() : known.teams(),
                roles ? person.held() : known.held());
    }

    private <T extends Entity> Optional<T> was(Entity entity, Class<T> as) {
        return now(entity.kind(), entity.id()).filter(as::isInstance).map(as::cast);
    }

    /** Adds, or replaces what has its kind and id. */
    void put(Entity entity) {
        switch (entity) {
            case Role role -> put(role);
            case Team _ -> {}
            case Project project -> put(project);
            case Person person -> put(person);
            case Agent agent -> put(agent);
        }
        note(entity.kind(), entity.id(), entity);
    }

    private void put(Role role) {
        requireOwn(role.name());
        requireHeld(role.permissions(), "give the role `" + role.name() + "`");
        requireHeld(permissions(role.name()), "change the role `" + role.name() + "`");
    }

    private static void requireOwn(String role) {
        if (Roles.builtIn().containsKey(role)) {
            throw Problem.badRequest(
                    "the role `" + role + "` is built in; it can neither be changed nor removed");
        }
    }

    private void put(Person person) {
        Optional<Person> before = was(person, Person.class);
        before.ifPresent(this::requireNoMore);
        before.ifPresent(known -> requireNotOwn(known, person));
        for (String role : person.roles()) {
            boolean kept = before.isPresent() && before.get().roles().contains(role);
            if (!kept || !knows(role)) {
                requireGivable(role);
            }
        }
        for (Holding holding : person.held()) {
            boolean kept = before.isPresent() && before.get().held().contains(holding);
            if (!kept || !knows(holding.role())) {
                requireGivable(holding.role());
            }
            switch (holding.kind()) {
                case TEAM -> requireTeam(holding.of());
                case PROJECT -> requireProject(holding.of());
            }
        }
        // Whoever names a team makes it, as people always could.
        for (String team : person.teams()) {
            if (now(Entity.Kind.TEAM, team).isEmpty()) {
                note(Entity.Kind.TEAM, team, new Team(team, ""));
            }
        }
    }

    private void put(Project project) {
        project.teams().forEach(this::requireTeam);
        requireOwnFolder(project);
        was(project, Project.class)
                .ifPresent(known -> requireNotMine(known.teams(), project.teams(), "a project"));
    }

    /** Two of one folder would each have its calls, by chance of their names. */
    private void requireOwnFolder(Project project) {
        String folder = project.workspace();
        if (folder == null) {
            return;
        }
        Set<String> there =
                new TreeSet<>(
                        store.found(
                                Entity.Kind.PROJECT,
                                Project.workspaceTerm(folder),
                                "",
                                MOST_NAMED));
        changes.values().stream()
                .map(Change::either)
                .filter(Project.class::isInstance)
                .forEach(each -> there.add(each.id()));
        there.remove(project.name());
        for (String other : there) {
            boolean has =
                    now(Entity.Kind.PROJECT, other)
                            .filter(each ->
                                    each instanceof Project known
                                            && folder.equals(known.workspace()))
                            .isPresent();
            if (has) {
                throw Problem.conflict(
                        "`"
                                + Fields.shown(folder)
                                + "` is the workspace of the project `"
                                + other
                                + "`");
            }
        }
    }

    /**
     * Roles held in a team count for what is in it: who manages the organisation must not bring
     * more under their own.
     */
    private void requireNotMine(Set<String> before, Set<String> after, String what) {
        if (!(by instanceof Principal.Person mine) || mine.person().roles().contains(Roles.OWNER)) {
            return;
        }
        for (Holding holding : mine.person().held()) {
            if (holding.kind() == Holding.Kind.TEAM
                    && after.contains(holding.of())
                    && !before.contains(holding.of())) {
                throw Problem.forbidden(
                        "only an owner brings "
                                + what
                                + " that is there into the team `"
                                + holding.of()
                                + "`, in which you hold the role `"
                                + holding.role()
                                + "`");
            }
        }
    }

    private void put(Agent agent) {
        was(agent, Agent.class)
                .ifPresent(known -> {
                    requireNotMine(known.allTeams(), agent.allTeams(), "an agent");
                    if (by instanceof Principal.Owner
                            && known.state() != Agent.State.ENABLED
                            && agent.state() == Agent.State.ENABLED) {
                        throw Problem.forbidden(
                                "to let an agent ask again that is disabled or was removed takes"
                                        + " somebody who is signed in, as ending a stop does");
                    }
                });
        agent.teams().forEach(this::requireTeam);
        if (agent.ownerTeam() != null) {
            requireTeam(agent.ownerTeam());
        }
        if (agent.project() != null) {
            requireProject(agent.project());
        }
        if (agent.owner() != null && now(Entity.Kind.PERSON, agent.owner()).isEmpty()) {
            throw Problem.badRequest(
                    "`owner` is `"
                            + Fields.shown(agent.owner())
                            + "`, whom nobody added; see `countersign people add`");
        }
    }

    private void requireTeam(String team) {
        if (now(Entity.Kind.TEAM, team).isEmpty()) {
            throw Problem.badRequest(
                    "there is no team `" + Fields.shown(team) + "`; see `countersign teams add`");
        }
    }

    private void requireProject(String project) {
        if (now(Entity.Kind.PROJECT, project).isEmpty()) {
            throw Problem.badRequest(
                    "there is no project `"
                            + Fields.shown(project)
                            + "`; see `countersign projects add`");
        }
    }

    private boolean knows(String role) {
        return Roles.builtIn().containsKey(role) || now(Entity.Kind.ROLE, role).isPresent();
    }

    private Set<Permission> permissions(String role) {
        Set<Permission> builtIn = Roles.builtIn().get(role);
        return builtIn != null
                ? builtIn
                : now(Entity.Kind.ROLE, role)
                        .filter(Role.class::isInstance)
                        .map(known -> ((Role) known).permissions())
                        .orElse(Set.of());
    }

    private void requireGivable(String role) {
        if (!knows(role)) {
            Set<String> known = new LinkedHashSet<>(roles.all().keySet());
            throw Problem.badRequest(
                    "`roles` names `"
                            + Fields.shown(role)
                            + "`; expected "
                            + String.join(", ", known));
        }
        requireHeld(permissions(role), "give the role `" + role + "`");
        if (role.equals(Roles.OWNER)
                && by instanceof Principal.Person person
                && !person.person().roles().contains(Roles.OWNER)) {
            throw Problem.forbidden("only an owner makes another one");
        }
    }

    /**
     * Roles and teams name approvers, whatever they permit: who manages people must not make
     * themselves one.
     */
    private void requireNotOwn(Person before, Person after) {
        if (by instanceof Principal.Person mine
                && mine.email().equals(before.email())
                && !mine.person().roles().contains(Roles.OWNER)
                && !(before.roles().containsAll(after.roles())
                        && before.held().containsAll(after.held())
                        && before.teams().containsAll(after.teams()))) {
            throw Problem.forbidden("only an owner gives you more roles or teams");
        }
    }

    /** Nobody changes who may do more than they. */
    private void requireNoMore(Person person) {
        Set<Permission> theirs = EnumSet.noneOf(Permission.class);
        person.roles().forEach(role -> theirs.addAll(permissions(role)));
        person.held().forEach(holding -> theirs.addAll(permissions(holding.role())));
        requireHeld(theirs, "change what `" + person.email() + "` may do");
        if (person.roles().contains(Roles.OWNER)
                && by instanceof Principal.Person mine
                && !mine.person().roles().contains(Roles.OWNER)) {
            throw Problem.forbidden("only an owner changes an owner");
        }
    }

    private void requireHeld(Set<Permission> permissions, String what) {
        if (by instanceof Principal.Person person) {
            Set<String> lacking = new TreeSet<>();
            for (Permission permission : permissions) {
                if (!person.may(permission)) {
                    lacking.add("`" + permission.wire() + "`");
                }
            }
            if (!lacking.isEmpty()) {
                throw Problem.forbidden(
                        "you cannot "
                                + what
                                + ": that takes "
                                + String.join(", ", lacking)
                                + ", which your own roles do not permit");
            }
        }
    }

    /** Whether this caller may do no less than that person. */
    void requireNoMoreThanOwn(Person person) {
        requireNoMore(person);
    }

    /** Takes out what nothing else needs. */
    void remove(Entity.Kind kind, String id) {
        Entity there =
                now(kind, id)
                        .orElseThrow(() ->
                                Problem.notFound(
                                        kind == Entity.Kind.PERSON
                                                ? "nobody is `" + Fields.shown(id) + "`"
                                                : "there is no "
                                                        + kind.wire()
                                                        + " `"
                                                        + Fields.shown(id)
                                                        + "`"));
        switch (there) {
            case Role role -> {
                requireOwn(role.name());
                requireHeld(role.permissions(), "remove the role `" + role.name() + "`");
                note(kind, id, null);
            }
            case Person person -> {
                requireNoMore(person);
                note(kind, id, null);
            }
            // Its name is refused from now on.
            case Agent agent -> note(kind, id, agent.with(Agent.State.REMOVED));
            case Team _, Project _ -> note(kind, id, null);
        }
    }

    /**
     * Everything that changes.
     *
     * @throws Problem where something goes that is still needed, or the last owner
     */
    List<Change> changes() {
        List<Change> some = changes.values().stream().filter(Change::some).toList();
        for (Change change : some) {
            if (change.after() == null && change.either().kind() != Entity.Kind.PERSON) {
                requireUnneeded(change.either());
            }
        }
        requireOwner(some);
        return some;
    }

    private void requireUnneeded(Entity gone) {
        String term = "needs:" + gone.kind().wire() + ":" + gone.id();
        List<String> still = new ArrayList<>();
        for (String each : store.needing(term, changes.size() + MOST_NAMED + 1)) {
            int space = each.indexOf(' ');
            String id = each.substring(space + 1);
            Entity.Kind kind =
                    Entity.Kind.valueOf(each.substring(0, space).toUpperCase(Locale.ROOT));
            if (now(kind, id).filter(then -> then.terms().contains(term)).isPresent()) {
                still.add(id);
            }
        }
        if (!still.isEmpty()) {
            String more = still.size() > MOST_NAMED ? " and more" : "";
            throw Problem.conflict(
                    "the "
                            + gone.kind().wire()
                            + " `"
                            + gone.id()
                            + "` is in use by "
                            + String.join(
                                    ", ", still.subList(0, Math.min(MOST_NAMED, still.size())))
                            + more
                            + "; change them first");
        }
    }

    private void requireOwner(List<Change> some) {
        Set<String> fewer = new TreeSet<>();
        boolean another = false;
        for (Change change : some) {
            boolean was = owner(change.before());
            boolean is = owner(change.after());
            another |= is;
            if (was && !is) {
                fewer.add(change.either().id());
            }
        }
        if (fewer.isEmpty() || another) {
            return;
        }
        List<String> owners =
                new ArrayList<>(
                        store.found(
                                Entity.Kind.PERSON, "role:" + Roles.OWNER, "", fewer.size() + 1));
        owners.removeAll(fewer);
        if (owners.isEmpty()) {
            throw Problem.badRequest(
                    "`" + String.join("`, `", fewer) + "` is the last owner and must stay one");
        }
    }

    private static boolean owner(@Nullable Entity entity) {
        return entity instanceof Person person && person.roles().contains(Roles.OWNER);
    }

    /** What a change is in the store, with its record. */
    Step step(Change change, Instant now) {
        Entity entity = change.either();
        AuditRecord event = event(change, now);
        return change.after() == null
                ? new Step.Remove(entity.kind(), entity.id(), event)
                : new Step.Put(entity, event);
    }

    private AuditRecord event(Change change, Instant now) {
        Entity entity = change.either();
        ObjectNode body = json(entity).put("by", by.name());
        if (change.after() == null) {
            body.put("removed", true);
        }
        if (entity instanceof Person person) {
            return AuditRecord.change(
                    "people", now, person.email(), null, summary(change, person), body);
        }
        body.put("of", entity.kind().wire());
        return AuditRecord.change(
                "organisation",
                now,
                by.email(),
                entity instanceof Agent agent ? agent.name() : null,
                entity.kind().wire() + " " + entity.id() + " " + word(change) + " by " + by.name(),
                body);
    }

    private String summary(Change change, Person person) {
        if (change.after() == null) {
            return person.email() + " removed by " + by.name();
        }
        List<String> all = new ArrayList<>(person.roles());
        person.held().forEach(holding -> all.add(holding.toString()));
        return person.email()
                + " is "
                + String.join(", ", all)
                + (person.teams().isEmpty() ? "" : " in " + String.join(", ", person.teams()))
                + ", by "
                + by.name();
    }

    /** What happens, in a word. */
    static String word(Change change) {
        boolean gone =
                change.after() == null
                        || (change.after() instanceof Agent agent
                                && agent.state() == Agent.State.REMOVED);
        return gone ? "removed" : change.before() == null ? "added" : "changed";
    }

    /** What people read before they say yes. */
    static ArrayNode plan(List<Change> changes) {
        ArrayNode plan = JsonNodeFactory.instance.arrayNode();
        for (Change change : changes) {
            ObjectNode one =
                    plan.addObject()
                            .put("change", word(change))
                            .put("kind", change.either().kind().wire())
                            .put("name", change.either().id());
            if (change.before() != null) {
                one.set("before", change.before().body());
            }
            if (change.after() != null) {
                one.set("after", change.after().body());
            }
        }
        return plan;
    }

    /** A part as the interface shows it. */
    static ObjectNode json(Entity entity) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put(entity instanceof Person ? "email" : "name", entity.id());
        json.setAll(entity.body());
        return json;
    }
}
