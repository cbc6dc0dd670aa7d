package dev.countersign.policy;

import dev.countersign.call.Action;
import dev.countersign.call.Operation;
import dev.countersign.call.Resource;
import dev.countersign.call.RiskTier;
import dev.countersign.call.Subject;
import java.util.List;
import java.util.Set;

/**
 * The envelope of some agents: it only ever restricts. An agent that several fit, by its own name
 * or by the type of subagent it is, has what all of them leave.
 *
 * @param name as the document names it
 * @param agents names of agents and types of subagents
 * @param read paths that may be read
 * @param write paths that may be written and deleted, and so also read
 * @param actions what else it may do as far as policy allows it
 * @param others what becomes of everything else
 * @param at where it stands
 */
record Persona(
        String name,
        List<Glob> agents,
        List<PathPattern> read,
        List<PathPattern> write,
        Set<Action> actions,
        Effect others,
        Position at) {
    public Persona {
        agents = List.copyOf(agents);
        read = List.copyOf(read);
        write = List.copyOf(write);
        actions = Set.copyOf(actions);
    }

    boolean fits(Subject subject) {
        String type = subject.agentType();
        return Glob.any(agents, subject.agent()) || (type != null && Glob.any(agents, type));
    }

    /** What it says of an operation; {@link Effect#ALLOW} leaves it to the rest. */
    Effect effect(Subjected subjected) {
        Operation operation = subjected.operation();
        Action action = operation.action();
        if (actions.contains(action)) {
            return Effect.ALLOW;
        }
        return switch (action) {
            case FILE_READ ->
                    operation.resource() instanceof Resource.Path path
                            ? within(
                                    covers(read, path, subjected) || covers(write, path, subjected))
                            : hostFact(operation) ? Effect.ALLOW : others;
            case FILE_WRITE, FILE_DELETE ->
                    operation.resource() instanceof Resource.Path path
                            ? within(covers(write, path, subjected))
                            : others;
            case GIT_READ -> covers(read, workspace(subjected), subjected) ? Effect.ALLOW : others;
            case GIT_WRITE,
                    GIT_PUSH,
                    GIT_FORCE_PUSH,
                    GIT_CREATE_PR,
                    SHELL_RUN,
                    WEB_SEARCH,
                    WEB_FETCH,
                    WEB_SEND,
                    BROWSER_VIEW,
                    BROWSER_ACT,
                    TASK_READ,
                    TASK_WRITE,
                    TASK_DELETE,
                    PROJECT_READ,
                    PROJECT_WRITE,
                    PROJECT_DELETE,
                    COMMS_READ,
                    COMMS_SEND,
                    TEAM_READ,
                    TEAM_MANAGE,
                    WORKFLOW_READ,
                    WORKFLOW_RUN,
                    WORKFLOW_EDIT,
                    AGENT_SPAWN,
                    AGENT_CONFIGURE,
                    SKILL_USE,
                    SKILL_EDIT,
                    MCP_READ,
                    MCP_CALL ->
                    others;
        };
    }

    /** Whether any operation of this action may be within the envelope. */
    boolean permits(Action action) {
        return actions.contains(action)
                || others != Effect.DENY
                || switch (action) {
                    case FILE_READ, GIT_READ -> !read.isEmpty() || !write.isEmpty();
                    case FILE_WRITE, FILE_DELETE -> !write.isEmpty();
                    default -> false;
                };
    }

    /** Such as the date, or the version of a program. */
    private static boolean hostFact(Operation operation) {
        return operation.risk() == RiskTier.NONE
                && operation.resource() instanceof Resource.Named named
                && named.kind().equals("host");
    }

    private static Effect within(boolean inside) {
        return inside ? Effect.ALLOW : Effect.DENY;
    }

    private static boolean covers(
            List<PathPattern> patterns, Resource.Path path, Subjected subjected) {
        return coversOne(patterns, path, subjected)
                && (path.from() == null || coversOne(patterns, path.from(), subjected));
    }

    private static boolean coversOne(
            List<PathPattern> patterns, Resource.Path path, Subjected subjected) {
        for (PathPattern pattern : patterns) {
            if (pattern.covers(path, false, subjected.call().context())) {
                return true;
            }
        }
        return false;
    }

    private static Resource.Path workspace(Subjected subjected) {
        String root = subjected.call().context().workspace();
        return new Resource.Path(root, root, false, true);
    }
}
