package dev.countersign.call;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who acts: an agent on behalf of a person. Every field comes from the token of the caller, never
 * from the body.
 *
 * @param tenant the organisation
 * @param agent the agent's name
 * @param agentType the kind of subagent the client reports, or null in the main agent
 * @param person the e-mail of the driver, in whose session the agent runs, or null when unknown
 * @param project the project the token is bound to, or null when the workspace names it
 * @param affiliation where it belongs in the organisation, or null when that is not known
 */
public record Subject(
        String tenant,
        String agent,
        @Nullable String agentType,
        @Nullable String person,
        @Nullable String project,
        @Nullable Affiliation affiliation) {

    /** One of whom it is not known where it belongs. */
    public Subject(
            String tenant,
            String agent,
            @Nullable String agentType,
            @Nullable String person,
            @Nullable String project) {
        this(tenant, agent, agentType, person, project, null);
    }

    /** The same, whose project the workspace names. */
    public Subject withoutProject() {
        return new Subject(tenant, agent, agentType, person, null, null);
    }

    /** Where its calls are. */
    public Place place() {
        return new Place(project, affiliation == null ? Set.of() : affiliation.teams());
    }

    /** Stands for whoever runs the offline commands. */
    public static Subject local(String agent) {
        return new Subject("default", agent, null, null, null);
    }
}
