package dev.countersign.audit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened, before it has a place in the ledger. All of it is hashed; the named
 * fields are also what listings filter by.
 *
 * @param kind {@code decision}, {@code approval}, {@code vote}, {@code outcome}, {@code session},
 *     {@code sign-in}, {@code token}, {@code policy}, {@code alarm}, {@code failure}, …
 * @param at when
 * @param decision the decision it belongs to, or null
 * @param agent the agent, or null
 * @param person the person who acted or drives, or null
 * @param client the client, or null
 * @param project the project, or null
 * @param session the client's session, or null
 * @param call the client's own id of the tool call, or null
 * @param tool the tool, or null
 * @param effect {@code allow}, {@code ask}, {@code deny}, {@code defer}, or null
 * @param risk the risk tier, or null
 * @param decider the kind of decider, or null
 * @param summary one line for listings
 * @param body everything else, as JSON
 */
public record AuditRecord(
        String kind,
        Instant at,
        @Nullable String decision,
        @Nullable String agent,
        @Nullable String person,
        @Nullable String client,
        @Nullable String project,
        @Nullable String session,
        @Nullable String call,
        @Nullable String tool,
        @Nullable String effect,
        @Nullable String risk,
        @Nullable String decider,
        String summary,
        ObjectNode body) {

    /**
     * A change to what Countersign itself works with, such as a policy, a person, a sign-in or a
     * token. It belongs to no call, session or decision.
     *
     * @param person who made it or whom it concerns, or null
     * @param agent the agent it concerns, or null
     */
    public static AuditRecord change(
            String kind,
            Instant at,
            @Nullable String person,
            @Nullable String agent,
            String summary,
            ObjectNode body) {
        return new AuditRecord(
                kind, at, null, agent, person, null, null, null, null, null, null, null, null,
                summary, body);
    }
}
