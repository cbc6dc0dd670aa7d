package dev.countersign.call;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
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
 * @param drifted whether its tool is described in another way than was seen first or accepted
 */
public record ToolCall(
        String client,
        String tool,
        ObjectNode input,
        Context context,
        Subject subject,
        @Nullable String session,
        @Nullable String task,
        @Nullable String callId,
        boolean drifted) {

    /** One of a tool that nothing is known of, or that is what it was. */
    public ToolCall(
            String client,
            String tool,
            ObjectNode input,
            Context context,
            Subject subject,
            @Nullable String session,
            @Nullable String task,
            @Nullable String callId) {
        this(client, tool, input, context, subject, session, task, callId, false);
    }

    /** The same call of a tool that is not described as it was. */
    public ToolCall ofDriftedTool() {
        return new ToolCall(client, tool, input, context, subject, session, task, callId, true);
    }

    /** The same call by somebody else. */
    public ToolCall by(Subject other) {
        return new ToolCall(client, tool, input, context, other, session, task, callId, drifted);
    }

    /** The same call with another input. */
    public ToolCall withInput(ObjectNode other) {
        return new ToolCall(client, tool, other, context, subject, session, task, callId, drifted);
    }

    /** The same call in another context. */
    public ToolCall in(Context other) {
        return new ToolCall(client, tool, input, other, subject, session, task, callId, drifted);
    }

    /**
     * The same call of a machine that is taken at its word, for whoever judges it a second time;
     * empty when it said nothing.
     */
    public Optional<ToolCall> told() {
        if (!(context.machine() instanceof Machine.Elsewhere(Told said)) || said == null) {
            return Optional.empty();
        }
        Context there =
                new Context(
                        context.cwd(),
                        said.workspace() == null ? context.workspace() : said.workspace(),
                        said.home(),
                        said.shell(),
                        said.platform(),
                        context.environment(),
                        new Machine.AsTold(said));
        return Optional.of(
                new ToolCall(
                        client,
                        tool,
                        input,
                        there,
                        said.anyProject() ? subject.withoutProject() : subject,
                        session,
                        task,
                        callId,
                        drifted));
    }
}
