package dev.countersign.call;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where in the organisation something is: a call, a question, a policy.
 *
 * @param project its project, or null
 * @param teams the teams of its agent and of its project
 */
public record Place(@Nullable String project, Set<String> teams) {
    /** In no project and no team: only roles held in the tenant count there. */
    public static final Place NOWHERE = new Place(null, Set.of());

    public Place {
        teams = Set.copyOf(teams);
    }
}
