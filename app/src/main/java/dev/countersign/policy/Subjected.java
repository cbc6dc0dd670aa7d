package dev.countersign.policy;

import dev.countersign.call.Operation;
import dev.countersign.call.RiskTier;
import dev.countersign.call.ToolCall;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * An operation as the documents in force see it: with the tags they define.
 *
 * @param operation as analysed
 * @param call the call it belongs to
 * @param tags those of the analysis and those the documents add
 * @param risk one tier up when a document made it {@code prod}
 * @param handed words that an allow of the command has to name: those of the analysis, and those a
 *     document calls {@code prod} or {@code secret}
 * @param matches what command patterns said about the commands of this call so far
 */
public record Subjected(
        Operation operation,
        ToolCall call,
        Set<String> tags,
        RiskTier risk,
        Set<String> handed,
        Matches matches) {

    static Subjected of(Operation operation, ToolCall call, Matches matches) {
        return new Subjected(
                operation, call, operation.tags(), operation.risk(), operation.handed(), matches);
    }

    /** Something the operation may do besides, in the same call. */
    Subjected besides(Operation perhaps) {
        return of(perhaps, call, matches);
    }

    /**
     * With the tags these definitions add, which look at what was analysed and not at each other.
     */
    Subjected with(List<Policy.TagDefinition> definitions) {
        Set<String> more = null;
        for (Policy.TagDefinition definition : definitions) {
            if (tags.contains(definition.tag())) {
                continue;
            }
            for (Selector condition : definition.conditions()) {
                if (condition.touches(this)) {
                    more = more == null ? new TreeSet<>(tags) : more;
                    more.add(definition.tag());
                    break;
                }
            }
        }
        Set<String> words = OwnWords.of(operation, call, definitions);
        if (more == null && words.isEmpty()) {
            return this;
        }
        if (!words.isEmpty()) {
            words.addAll(handed);
        }
        Set<String> all = words.isEmpty() ? handed : words;
        if (more == null) {
            return new Subjected(operation, call, tags, risk, all, matches);
        }
        boolean raised = more.contains("prod") && !tags.contains("prod");
        return new Subjected(operation, call, more, raised ? risk.raised() : risk, all, matches);
    }
}
