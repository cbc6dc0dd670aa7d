package dev.countersign.agent;

import dev.countersign.call.Machine;
import dev.countersign.call.Shell;
import dev.countersign.call.Subject;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * What a hook body cannot say of itself: who sends it, and the machine it comes from.
 *
 * @param subject who asks, from the token
 * @param home absolute home directory of the user the agent runs as
 * @param platform {@code linux}, {@code macos} or {@code windows}
 * @param shell the language of the client's command strings
 * @param environment variables known to be set there
 * @param workspace from an absolute directory to the root of the work around it; see {@link
 *     Workspaces}
 * @param machine which machine that is
 */
public record Scene(
        Subject subject,
        String home,
        String platform,
        Shell shell,
        Map<String, String> environment,
        UnaryOperator<String> workspace,
        Machine machine) {
    public Scene {
        environment = Map.copyOf(environment);
    }

    /** On the machine this program runs on. */
    public Scene(
            Subject subject,
            String home,
            String platform,
            Shell shell,
            Map<String, String> environment,
            UnaryOperator<String> workspace) {
        this(subject, home, platform, shell, environment, workspace, Machine.HERE);
    }
}
