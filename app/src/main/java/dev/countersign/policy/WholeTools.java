package dev.countersign.policy;

import dev.countersign.call.Action;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The tools that rules deny whatever they are given: a client may hide them from its agent. */
public final class WholeTools {
    /** Tools under the names of Claude Code, by what each call of them does at least. */
    private static final Map<String, Action> TOOLS = new LinkedHashMap<>();

    static {
        TOOLS.put("Bash", Action.SHELL_RUN);
        TOOLS.put("Read", Action.FILE_READ);
        TOOLS.put("Glob", Action.FILE_READ);
        TOOLS.put("Grep", Action.FILE_READ);
        TOOLS.put("Edit", Action.FILE_WRITE);
        TOOLS.put("Write", Action.FILE_WRITE);
        TOOLS.put("NotebookEdit", Action.FILE_WRITE);
        TOOLS.put("WebFetch", Action.WEB_FETCH);
        TOOLS.put("WebSearch", Action.WEB_SEARCH);
        TOOLS.put("Skill", Action.SKILL_USE);
        TOOLS.put("Task", Action.AGENT_SPAWN);
    }

    private WholeTools() {}

    /**
     * A tool that is denied whole.
     *
     * @param tool its name, or the pattern of names that the rule has
     * @param document {@code level/name}
     * @param at the place of the rule, {@code file:line:column}
     */
    public record Denied(String tool, String document, String at) {}

    /**
     * The tools.
     *
     * @param snapshot of the documents that apply to the agent
     * @param agent whose
     * @return each tool once, under the first rule that denies it
     */
    public static List<Denied> denied(PolicySnapshot snapshot, String agent) {
        Map<String, Denied> found = new LinkedHashMap<>();
        for (RuleSet document : snapshot.ruleSets()) {
            for (Rule rule : document.rules()) {
                if (rule.effect() == Effect.DENY
                        && rule.time() == null
                        && document.rules().stream().noneMatch(other -> loosens(other, rule))) {
                    for (String tool : tools(rule.selector(), agent)) {
                        found.putIfAbsent(
                                tool, new Denied(tool, document.title(), rule.at().toString()));
                    }
                }
            }
        }
        return List.copyOf(found.values());
    }

    private static boolean loosens(Rule other, Rule rule) {
        return other.effect() != Effect.DENY
                && other.selector().narrows(rule.selector(), other.time() != null);
    }

    /** The tools a restrictive selector catches with whatever they are given. */
    private static List<String> tools(Selector selector, String agent) {
        Set<Action> actions = Set.of();
        List<String> named = new ArrayList<>();
        for (Condition condition : selector.conditions()) {
            boolean whole =
                    switch (condition) {
                        case Condition.Actions(var some) -> {
                            actions = some;
                            yield true;
                        }
                        case Condition.Tool(var patterns) -> {
                            patterns.forEach(pattern -> named.add(pattern.toString()));
                            yield true;
                        }
                        case Condition.Command(var patterns, _) ->
                                patterns.stream().anyMatch(p -> p.open() && p.words().isEmpty());
                        case Condition.Who(String role, var patterns) ->
                                role.equals("agent") && Glob.any(patterns, agent);
                        case Condition.Paths _,
                                Condition.Hosts _,
                                Condition.Field _,
                                Condition.Outside _,
                                Condition.Risk _,
                                Condition.Tag _,
                                Condition.InDomain _ ->
                                false;
                    };
            if (!whole) {
                return List.of();
            }
        }
        if (!named.isEmpty()) {
            return actions.isEmpty() ? named : List.of();
        }
        List<String> tools = new ArrayList<>();
        for (Map.Entry<String, Action> tool : TOOLS.entrySet()) {
            if (actions.stream().anyMatch(action -> action.covers(tool.getValue()))) {
                tools.add(tool.getKey());
            }
        }
        return tools;
    }
}
