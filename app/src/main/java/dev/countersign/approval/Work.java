package dev.countersign.approval;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The piece of work a call belongs to, under every name a person may know it by.
 *
 * @param agent who asks
 * @param task the task the caller named, or null
 * @param session the client's session, or null
 * @param project the repository, of which all working trees are one, or the folder; null when it is
 *     not known
 * @param projects the project of the token, the repository, its folder and the workspace, as known
 */
public record Work(
        String agent,
        @Nullable String task,
        @Nullable String session,
        @Nullable String project,
        Set<String> projects) {
    public Work {
        projects = Set.copyOf(projects);
    }

    /**
     * What is remembered within one piece of work is kept under this. Without a task and a session
     * the work is what the agent does in the project.
     */
    public String key() {
        String name = task == null ? session : task;
        String place = project == null ? "" : " in " + project;
        return name == null ? "agent " + agent + place : "task " + name;
    }
}
