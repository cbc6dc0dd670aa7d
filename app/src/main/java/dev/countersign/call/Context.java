package dev.countersign.call;

import java.util.Map;

/**
 * Where a call would run, as far as it is known.
 *
 * @param cwd absolute working directory
 * @param workspace absolute root of the work; what lies below is inside
 * @param home absolute home directory of the user the agent runs as
 * @param shell the language of command strings
 * @param platform {@code linux}, {@code macos} or {@code windows}
 * @param environment variables known to be set; a name that is absent is unknown, not unset
 * @param machine whose files they are
 */
public record Context(
        String cwd,
        String workspace,
        String home,
        Shell shell,
        String platform,
        Map<String, String> environment,
        Machine machine) {
    public Context {
        environment = Map.copyOf(environment);
    }

    /** On the machine this program runs on. */
    public Context(
            String cwd,
            String workspace,
            String home,
            Shell shell,
            String platform,
            Map<String, String> environment) {
        this(cwd, workspace, home, shell, platform, environment, Machine.HERE);
    }

    /** The same with other variables. */
    public Context with(Map<String, String> variables) {
        return new Context(cwd, workspace, home, shell, platform, variables, machine);
    }

    /** The same on another machine. */
    public Context on(Machine other) {
        return new Context(cwd, workspace, home, shell, platform, environment, other);
    }

    public Context withCwd(String directory) {
        return new Context(directory, workspace, home, shell, platform, environment, machine);
    }

    public Context withWorkspace(String root) {
        return new Context(cwd, root, home, shell, platform, environment, machine);
    }
}
