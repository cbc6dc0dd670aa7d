package dev.countersign.people;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.call.Affiliation;
import dev.countersign.call.Organisation;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What calls need to know of the organisation, at the price of a look into memory: where they
 * belong, and whether their agent may ask. It also notes, now and then, who was seen.
 */
public final class Directory implements Organisation {
    private static final int MOST = 20_000;
    private static final int MOST_TEAMS = 100_000;

    private final OrganisationStore store;
    private final PeopleStore people;
    private final boolean registeredOnly;
    private final Clock clock;
    private final Recent<String, Optional<Agent>> agents = new Recent<>(MOST);
    private final Recent<String, Optional<Project>> projects = new Recent<>(MOST);
    private final Recent<String, Optional<String>> workspaces = new Recent<>(MOST);
    private final Recent<Asked, Optional<Affiliation>> affiliations = new Recent<>(MOST);
    private final Recent<String, Set<String>> teams = new Recent<>(1);
    private final Map<String, Instant> seenAgents = new ConcurrentHashMap<>();
    private final Map<String, Instant> usedTokens = new ConcurrentHashMap<>();
    private volatile Instant noted = Instant.EPOCH;

    private record Asked(String agent, @Nullable String project, @Nullable String driver) {}

    /**
     * Over these stores.
     *
     * @param registeredOnly whether an agent that nobody added may not ask
     */
    public Directory(
            OrganisationStore store, PeopleStore people, boolean registeredOnly, Clock clock) {
        this.store = store;
        this.people = people;
        this.registeredOnly = registeredOnly;
        this.clock = clock;
    }

    /** Something of the organisation was changed. */
    public void changed() {
        agents.forget();
        projects.forget();
        workspaces.forget();
        affiliations.forget();
        teams.forget();
    }

    /** An agent that was added, and may have been removed. */
    public Optional<Agent> agent(String name) {
        return agents.get(
                name,
                key ->
                        store.find(Entity.Kind.AGENT, key)
                                .filter(Agent.class::isInstance)
                                .map(Agent.class::cast));
    }

    @Override
    public Optional<String> project(String agent, String folder) {
        Optional<String> bound = agent(agent).map(Agent::project);
        return bound.isPresent()
                ? bound
                : workspaces.get(
                        folder,
                        key ->
                                store
                                        .found(
                                                Entity.Kind.PROJECT,
                                                Project.workspaceTerm(key),
                                                "",
                                                1)
                                        .stream()
                                        .findFirst());
    }

    @Override
    public Optional<Affiliation> affiliation(
            String agent, @Nullable String project, @Nullable String driver) {
        return affiliations.get(new Asked(agent, project, driver), this::look);
    }

    private Optional<Affiliation> look(Asked asked) {
        Optional<Agent> agent =
                agent(asked.agent()).filter(known -> known.state() != Agent.State.REMOVED);
        Set<String> belongs = new HashSet<>(agent.map(Agent::allTeams).orElse(Set.of()));
        if (asked.project() != null) {
            belongs.addAll(
                    projects.get(
                                    asked.project(),
                                    name ->
                                            store.find(Entity.Kind.PROJECT, name)
                                                    .filter(Project.class::isInstance)
                                                    .map(Project.class::cast))
                            .map(Project::teams)
                            .orElse(Set.of()));
        }
        Set<String> drivers =
                asked.driver() == null
                        ? Set.of()
                        : people.person(asked.driver()).map(Person::teams).orElse(Set.of());
        Set<String> known = teams.get("", _ -> allTeams());
        return Optional.of(
                new Affiliation(belongs, drivers, known, agent.map(Agent::persona).orElse(null)));
    }

    private Set<String> allTeams() {
        List<Entity> all = store.list(Entity.Kind.TEAM, "", MOST_TEAMS);
        Set<String> names = new HashSet<>();
        all.forEach(team -> names.add(team.id()));
        return Set.copyOf(names);
    }

    @Override
    public Optional<String> refusal(String name) {
        Optional<Agent> agent = agent(name);
        if (agent.isEmpty()) {
            if (seenAgents.size() >= MOST) {
                seenAgents.clear();
            }
            seenAgents.put(name, clock.instant().truncatedTo(ChronoUnit.MINUTES));
            return registeredOnly
                    ? Optional.of(
                            "nobody added the agent `"
                                    + name
                                    + "` to this organisation, and only agents that were added"
                                    + " may ask; `countersign agents add` adds it")
                    : Optional.empty();
        }
        return switch (agent.get().state()) {
            case ENABLED -> Optional.empty();
            case DISABLED -> Optional.of("the agent `" + name + "` is disabled");
            case REMOVED ->
                    Optional.of("the agent `" + name + "` was removed from this organisation");
        };
    }

    /** A token was used just now. */
    void used(String token) {
        usedTokens.put(token, clock.instant().truncatedTo(ChronoUnit.MINUTES));
    }

    /** Writes down who was seen, once a minute at most. */
    public void tick() throws NotRecorded {
        if (ChronoUnit.SECONDS.between(noted, clock.instant()) >= 60) {
            note();
        }
    }

    /** Writes it down now. */
    public synchronized void note() throws NotRecorded {
        noted = clock.instant();
        Map<String, Instant> seen = taken(seenAgents);
        Map<String, Instant> used = taken(usedTokens);
        if (!seen.isEmpty() || !used.isEmpty()) {
            store.seen(seen, used);
        }
    }

    private static Map<String, Instant> taken(Map<String, Instant> noted) {
        Map<String, Instant> taken = new HashMap<>();
        for (String name : List.copyOf(noted.keySet())) {
            Instant at = noted.remove(name);
            if (at != null) {
                taken.put(name, at);
            }
        }
        return taken;
    }
}
