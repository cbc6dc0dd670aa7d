package dev.countersign.policy;

import dev.countersign.call.Affiliation;
import dev.countersign.call.Subject;
import dev.countersign.call.ToolCall;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whom a document applies to. Every list that is not empty must match; within a list any entry.
 *
 * @param agents names of agents; the type of a subagent counts where the document restricts
 * @param projects names of projects: of the token, else of the workspace's folder
 * @param teams names of teams
 * @param people e-mails of drivers
 * @param clients names of clients
 * @param place the team, project or agent it is stored for, or null
 */
record Scope(
        List<Glob> agents,
        List<Glob> projects,
        List<Glob> teams,
        List<Glob> people,
        List<Glob> clients,
        @Nullable Place place) {
    static final Scope EVERYTHING =
            new Scope(List.of(), List.of(), List.of(), List.of(), List.of(), null);

    /** Where a document is stored. */
    record Place(Level level, String of) {}

    public Scope {
        agents = List.copyOf(agents);
        projects = List.copyOf(projects);
        teams = List.copyOf(teams);
        people = List.copyOf(people);
        clients = List.copyOf(clients);
    }

    /** Whether a document speaks: what cannot be known lets it restrict and nothing else. */
    enum Answer {
        NO,
        PERHAPS,
        YES;

        Answer and(Answer other) {
            return compareTo(other) < 0 ? this : other;
        }
    }

    boolean everything() {
        return equals(EVERYTHING);
    }

    Scope placed(Level level, String of) {
        return new Scope(agents, projects, teams, people, clients, new Place(level, of));
    }

    Answer of(ToolCall call) {
        Answer there = place == null ? Answer.YES : stored(place, call);
        return there == Answer.NO ? there : there.and(named(call));
    }

    private static Answer stored(Place place, ToolCall call) {
        return switch (place.level()) {
            case TENANT, CALLER -> Answer.YES;
            case TEAM -> team(place.of(), call.subject().affiliation());
            case PROJECT -> place.of().equals(project(call)) ? Answer.YES : Answer.NO;
            case AGENT ->
                    place.of().equals(call.subject().agent())
                            ? Answer.YES
                            : place.of().equals(call.subject().agentType())
                                    ? Answer.PERHAPS
                                    : Answer.NO;
        };
    }

    private Answer named(ToolCall call) {
        Subject subject = call.subject();
        Answer agent = one(agents, subject.agent());
        if (agent == Answer.NO && subject.agentType() != null) {
            // A subagent has the reach of its parent at most, so its own documents only restrict.
            agent = one(agents, subject.agentType()).and(Answer.PERHAPS);
        }
        return agent.and(one(projects, project(call)))
                .and(teams(subject.affiliation()))
                .and(one(people, subject.person()))
                .and(one(clients, call.client()));
    }

    /**
     * A document of a team speaks where the agent or the project is in it. Where only the driver
     * is, or nobody can say who is in it, it restricts.
     */
    private static Answer team(String team, @Nullable Affiliation affiliation) {
        if (affiliation == null || !affiliation.known().contains(team)) {
            return Answer.PERHAPS;
        }
        return affiliation.teams().contains(team)
                ? Answer.YES
                : affiliation.driversTeams().contains(team) ? Answer.PERHAPS : Answer.NO;
    }

    private Answer teams(@Nullable Affiliation affiliation) {
        if (teams.isEmpty()) {
            return Answer.YES;
        }
        if (affiliation == null
                || teams.stream().anyMatch(pattern -> unknown(pattern, affiliation))) {
            return Answer.PERHAPS;
        }
        return affiliation.teams().stream().anyMatch(team -> Glob.any(teams, team))
                ? Answer.YES
                : affiliation.driversTeams().stream().anyMatch(team -> Glob.any(teams, team))
                        ? Answer.PERHAPS
                        : Answer.NO;
    }

    private static boolean unknown(Glob pattern, Affiliation affiliation) {
        return affiliation.known().stream().noneMatch(pattern::matches);
    }

    /** The project a call is in. */
    static String project(ToolCall call) {
        String bound = call.subject().project();
        if (bound != null) {
            return bound;
        }
        String workspace = call.context().workspace();
        return workspace.substring(
                Math.max(workspace.lastIndexOf('/'), workspace.lastIndexOf('\\')) + 1);
    }

    private static Answer one(List<Glob> patterns, @Nullable String value) {
        if (patterns.isEmpty()) {
            return Answer.YES;
        }
        if (value == null) {
            return Answer.PERHAPS;
        }
        return Glob.any(patterns, value) ? Answer.YES : Answer.NO;
    }
}
