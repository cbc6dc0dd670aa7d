package dev.countersign.analysis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The programs the policies in force describe, and the entities they name. A description adds to
 * what a call is found to do and never takes from it, but for one thing: an accepted one makes a
 * program known that the catalogue does not have.
 */
public final class UserPrograms {
    public static final UserPrograms NONE = new UserPrograms(List.of());

    /**
     * A description with its standing.
     *
     * @param program the description
     * @param accepted whether its document was accepted by a person
     */
    public record Described(UserProgram program, boolean accepted) {}

    private final Map<String, List<Tool>> tools = new HashMap<>();
    private final Map<String, Boolean> accepted = new HashMap<>();
    private final KnownEntities entities;

    public UserPrograms(List<Described> described) {
        this(described, KnownEntities.NONE);
    }

    public UserPrograms(List<Described> described, KnownEntities entities) {
        this.entities = entities;
        for (Described one : described) {
            String name = one.program().name();
            tools.computeIfAbsent(name, _ -> new ArrayList<>()).add(one.program().tool());
            accepted.merge(name, one.accepted(), Boolean::logicalOr);
        }
    }

    /** Every description of a program; all of them count. */
    List<Tool> of(String program) {
        return tools.getOrDefault(program, List.of());
    }

    /** What there is in systems of somebody's own. */
    public KnownEntities entities() {
        return entities;
    }

    boolean accepted(String program) {
        return accepted.getOrDefault(program, false);
    }
}
