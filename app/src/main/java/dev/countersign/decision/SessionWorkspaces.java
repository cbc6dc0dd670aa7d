package dev.countersign.decision;

import dev.countersign.call.Context;
import dev.countersign.call.ToolCall;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The workspace each session began in. What lies outside it stays outside, wherever the agent
 * changes its working directory to: otherwise a {@code cd} in one call would make the next call's
 * target "inside". Bounded.
 */
final class SessionWorkspaces {
    private static final int MOST = 10_000;

    private record Key(String client, String agent, String session) {}

    private final Map<Key, String> workspaces =
            new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<Key, String> eldest) {
                    return size() > MOST;
                }
            };

    /** The call with the workspace its session began in. */
    synchronized ToolCall pinned(ToolCall call) {
        if (call.session() == null) {
            return call;
        }
        Context c = call.context();
        String first =
                workspaces.computeIfAbsent(
                        new Key(call.client(), call.subject().agent(), call.session()),
                        _ -> c.workspace());
        return first.equals(c.workspace()) ? call : call.in(c.withWorkspace(first));
    }
}
