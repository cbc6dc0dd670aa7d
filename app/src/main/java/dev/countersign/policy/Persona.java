package dev.countersign.policy;

import dev.countersign.call.Action;
import dev.countersign.call.Domain;
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
        return Glob.any(agents, subject.agent())
                || (type != null && Glob.any(agents, type))
                || (subject.affiliation() != null && name.equals(subject.affiliation().persona()));
    }

    /** What it says of an operation; {@link Effect#ALLOW} leaves it to the rest. */
    Effect effect(Subjected subjected) {
        Operation operation = subjected.operation();
        Action action = operation.action();
        if (actions.contains(action)) {
            return Effect.ALLOW;
        }
        return switch (action.domain()) {
            case FILESYSTEM -> file(operation, subjected);
            case GIT ->
                    action == Action.GIT_READ && covers(read, workspace(subjected), subjected)
                            ? Effect.ALLOW
                            : others;
            case SHELL,
                    WEB,
                    BROWSER,
                    TASKS,
                    PROJECTS,
                    COMMS,
                    TEAMS,
                    WORKFLOWS,
                    AGENTS,
                    SKILLS,
                    MCP ->
                    others;
        };
    }

    /** What may be written may be read; whatever is more than reading needs a path to write. */
    private Effect file(Operation operation, Subjected subjected) {
        boolean reads = operation.action() == Action.FILE_READ;
        if (!(operation.resource() instanceof Resource.Path path)) {
            return reads && hostFact(operation) ? Effect.ALLOW : others;
        }
        boolean inside = covers(write, path, subjected) || (reads && covers(read, path, subjected));
        return inside ? Effect.ALLOW : Effect.DENY;
    }

    /** Whether any operation of this action may be within the envelope. */
    boolean permits(Action action) {
        if (actions.contains(action) || others != Effect.DENY) {
            return true;
        }
        boolean reads = action == Action.FILE_READ || action == Action.GIT_READ;
        return (reads && !read.isEmpty())
                || (!write.isEmpty() && (reads || action.domain() == Domain.FILESYSTEM));
    }

    /** Such as the date, or the version of a program. */
    private static boolean hostFact(Operation operation) {
        return operation.risk() == RiskTier.NONE
                && operation.resource() instanceof Resource.Named named
                && named.kind().equals("host");
    }

    private static boolean covers(
            List<PathPattern> patterns, Resource.Path path, Subjected subjected) {
        return coversOne(patterns, path, subjected)
                && (path.from() == null || coversOne(patterns, path.from(), subjected));
    }

    private static boolean coversOne(
            List<PathPattern> patterns, Resource.Path path, Subjected subjected) {
        // A folder with all below it is also the folder itself, to be listed or made; it goes only
        // with a pattern that names it.
        boolean itself = subjected.operation().action() != Action.FILE_DELETE;
        for (PathPattern pattern : patterns) {
            if (pattern.covers(path, itself, subjected.call().context())) {
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
