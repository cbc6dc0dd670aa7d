package dev.countersign.call;

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
 */
public record Subject(
        String tenant,
        String agent,
        @Nullable String agentType,
        @Nullable String person,
        @Nullable String project) {

    /** Stands for whoever runs the offline commands. */
    public static Subject local(String agent) {
        return new Subject("default", agent, null, null, null);
    }
}
