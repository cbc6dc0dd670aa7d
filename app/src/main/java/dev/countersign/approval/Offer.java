package dev.countersign.approval;

import dev.countersign.policy.Shape;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a yes to a call may be made to last for.
 *
 * @param whose whose later calls
 * @param task the piece of work: {@link Work#key}
 * @param project the folder that names the project
 * @param parts what was asked about; empty when only this very call may be approved
 */
public record Offer(Whose whose, String task, String project, List<Part> parts) {
    /** Only this very call. */
    public static final Offer ONCE = new Offer(new Whose("", "", null, "", ""), "", "", List.of());

    /**
     * Who makes a call, and by which tool.
     *
     * @param agentType the kind of subagent, or null in the main agent
     */
    public record Whose(
            String tenant, String agent, @Nullable String agentType, String client, String tool) {}

    public Offer {
        parts = List.copyOf(parts);
    }

    /** Whether more than once may be approved. */
    public boolean lasts() {
        return !parts.isEmpty();
    }

    /** The scopes that may be chosen, the narrowest first. */
    public List<Grant.Scope> scopes() {
        return lasts() ? List.of(Grant.Scope.values()) : List.of(Grant.Scope.ONCE);
    }

    /** The widest pattern, a line for each part that has one; may be empty. */
    public String pattern() {
        return parts.stream()
                .map(part -> part.shape().widest())
                .filter(widest -> !widest.isEmpty())
                .distinct()
                .collect(Collectors.joining("\n"));
    }

    /** What is wrong with what a person wants, in words for them; empty when nothing is. */
    public Optional<String> problem(Terms terms) {
        if (terms.scope() == Grant.Scope.ONCE) {
            return terms.patterns().isEmpty() && terms.expires() == null && terms.uses() == null
                    ? Optional.empty()
                    : Optional.of(
                            "`pattern`, `expires` and `uses` go with the scope `task` or"
                                    + " `project`");
        }
        if (!lasts()) {
            return Optional.of(
                    "this call can be approved once only: what is critical, or cannot be read to"
                            + " its end, is never remembered");
        }
        for (String line : terms.patterns()) {
            Set<String> problems = new LinkedHashSet<>();
            boolean fits = false;
            for (Part part : parts) {
                Optional<String> problem = part.shape().problem(line);
                fits |= problem.isEmpty();
                if (part.shape().open() != Shape.Open.NOTHING) {
                    problem.ifPresent(problems::add);
                } else {
                    problem.filter(_ -> problems.isEmpty()).ifPresent(problems::add);
                }
            }
            if (!fits) {
                return Optional.of(new ArrayList<>(problems).getLast());
            }
        }
        return Optional.empty();
    }
}
