package dev.countersign.call;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * What an agent asks to do.
 *
 * @param client the program that hosts the agent, such as {@code claude-code}
 * @param tool the client's own name of the tool
 * @param input the exact input; never changed after this record was made
 * @param context where it would run
 * @param subject who asks
 * @param session the client's session, or null when there is none
 * @param task the piece of work; the session unless the caller names one
 * @param callId the client's own id of this call, or null
 */
public record ToolCall(
        String client,
        String tool,
        ObjectNode input,
        Context context,
        Subject subject,
        @Nullable String session,
        @Nullable String task,
        @Nullable String callId) {

    /** The same call with another input. */
    public ToolCall withInput(ObjectNode other) {
        return new ToolCall(client, tool, other, context, subject, session, task, callId);
    }
}
