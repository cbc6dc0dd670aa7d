package dev.countersign.approval;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The piece of work a call belongs to, under every name a person may know it by.
 *
 * @param agent who asks
 * @param task the task the caller named, or null
 * @param session the client's session, or null
 * @param projects the project of the token, the repository, its folder and the workspace, as known
 */
public record Work(
        String agent, @Nullable String task, @Nullable String session, Set<String> projects) {
    public Work {
        projects = Set.copyOf(projects);
    }

    /** What is remembered within one piece of work is kept under this. */
    public String key() {
        String name = task == null ? session : task;
        return name == null ? "agent " + agent : "task " + name;
    }
}
