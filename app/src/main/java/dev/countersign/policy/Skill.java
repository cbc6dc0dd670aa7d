package dev.countersign.policy;

import dev.countersign.call.Action;
import java.util.Set;

/**
 * What a skill says it needs; it is not used where one of these is never allowed.
 *
 * @param name of the skill
 * @param needs the actions
 * @param at where it stands
 */
record Skill(String name, Set<Action> needs, Position at) {
    public Skill {
        needs = Set.copyOf(needs);
    }
}
