package dev.countersign.call;

import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the server knows of agents, teams and projects. No method throws. */
public interface Organisation {

    /**
     * The name of the project a call is in.
     *
     * @param agent who asks; it may be bound to one project
     * @param folder the repository's folder, of which all working trees are one, or the workspace
     * @return empty where nobody added such a project
     */
    Optional<String> project(String agent, String folder);

    /** Where the calls of an agent in a project belong; empty where that is not known. */
    Optional<Affiliation> affiliation(
            String agent, @Nullable String project, @Nullable String driver);

    /** Why nothing an agent asks for may be done, in words for it; empty when it may ask. */
    Optional<String> refusal(String agent);

    /** Where the calls of an agent in a project are. */
    default Place place(String agent, @Nullable String project) {
        return affiliation(agent, project, null)
                .map(known -> new Place(project, known.teams()))
                .orElse(new Place(project, Set.of()));
    }

    /** Nothing is known, and every agent may ask. */
    Organisation NONE =
            new Organisation() {
                @Override
                public Optional<String> project(String agent, String folder) {
                    return Optional.empty();
                }

                @Override
                public Optional<Affiliation> affiliation(
                        String agent, @Nullable String project, @Nullable String driver) {
                    return Optional.empty();
                }

                @Override
                public Optional<String> refusal(String agent) {
                    return Optional.empty();
                }
            };
}
