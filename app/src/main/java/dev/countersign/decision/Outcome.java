package dev.countersign.decision;

import org.jspecify.annotations.Nullable;

/**
 * What came of a call.
 *
 * @param decision the decision's id, or null when only the client's call id is known
 * @param callId the client's own id of the call, or null
 * @param session the client's session, or null
 * @param tool the client's name of the tool, or null
 * @param status {@code success} or {@code failure}
 * @param durationMs how long it took, or null
 * @param output what it said, as text; summarised and masked before it is stored
 */
public record Outcome(
        @Nullable String decision,
        @Nullable String callId,
        @Nullable String session,
        @Nullable String tool,
        String status,
        @Nullable Long durationMs,
        String output) {}
