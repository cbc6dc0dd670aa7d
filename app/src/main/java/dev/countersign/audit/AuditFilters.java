package dev.countersign.audit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What listings and exports choose records by: the name of a filter and what it means. */
public final class AuditFilters {
    private static final Map<String, String> MEANINGS = new LinkedHashMap<>();

    static {
        MEANINGS.put("agent", "who acted");
        MEANINGS.put("person", "who drove or answered");
        MEANINGS.put("project", "the project");
        MEANINGS.put("team", "a team of who drove or answered, at that time");
        MEANINGS.put("client", "the client, such as claude-code");
        MEANINGS.put("session", "the client's session");
        MEANINGS.put("call", "the client's id of a tool call");
        MEANINGS.put("kind", "such as decision, vote or policy");
        MEANINGS.put("tool", "the tool");
        MEANINGS.put("event", "what happened exactly, such as approval-used or break-glass");
        MEANINGS.put("domain", "a domain the call touches, such as git");
        MEANINGS.put("action", "an action of the call, such as git_push");
        MEANINGS.put("effect", "allow, ask, deny or defer");
        MEANINGS.put("risk", "none, low, medium, high or critical");
        MEANINGS.put("rule", "a rule that spoke, by its name or as document/name");
        MEANINGS.put("decider", "default-policy, rule, grant, person, floor, stop or failure");
        MEANINGS.put("decision", "the id of a decision");
        MEANINGS.put("from", "at or after this time");
        MEANINGS.put("to", "before this time");
        MEANINGS.put("q", "a text anywhere in the record");
    }

    private AuditFilters() {}

    /** Their names, in the order a help text shows them. */
    public static List<String> names() {
        return List.copyOf(MEANINGS.keySet());
    }

    /**
     * What a filter means, in a few words.
     *
     * @throws IllegalArgumentException when there is no such filter; the message is for people
     */
    public static String meaning(String name) {
        String meaning = MEANINGS.get(name);
        if (meaning == null) {
            throw unknown(name);
        }
        return meaning;
    }

    /** Says which there are. */
    public static IllegalArgumentException unknown(String name) {
        return new IllegalArgumentException(
                "unknown filter `"
                        + name
                        + "`; there are "
                        + String.join(", ", MEANINGS.keySet().stream().sorted().toList()));
    }
}
