package dev.countersign.decision;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.policy.PolicySnapshot;
import dev.countersign.policy.WholeTools;
import java.util.Optional;

/** What is in force for an agent, as the command line and the API show it. */
public final class EffectiveJson {
    private EffectiveJson() {}

    /**
     * {@code agent}, {@code version}, {@code lines}, and as {@code hidden} the tools that are
     * denied whatever they are given, for clients that can hide them. Where files of the workspace
     * cannot be used, a first line says so, alone when nothing is allowed for that.
     *
     * @param snapshot of the documents that apply to the agent
     */
    public static ObjectNode of(
            String agent, PolicySnapshot snapshot, Optional<WaitingFiles.Broken> broken) {
        ObjectNode json =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("agent", agent)
                        .put("version", snapshot.version());
        ArrayNode lines = json.putArray("lines");
        broken.ifPresent(b ->
                add(
                        lines,
                        new PolicySnapshot.Line(
                                b.lastGood() ? "what was good last" : "every call",
                                (b.lastGood() ? "is in force: " : "never: ") + b.why(),
                                "broken files",
                                null)));
        if (broken.isEmpty() || broken.get().lastGood()) {
            snapshot.lines().forEach(line -> add(lines, line));
        }
        ArrayNode hidden = json.putArray("hidden");
        for (WholeTools.Denied denied : WholeTools.denied(snapshot, agent)) {
            hidden.addObject()
                    .put("tool", denied.tool())
                    .put("document", denied.document())
                    .put("at", denied.at());
        }
        return json;
    }

    /** Says first of all that files of the workspace count, too, and are not among the lines. */
    public static void unseen(ObjectNode json) {
        json.withArray("lines")
                .insertObject(0)
                .put("subject", "files of the workspace")
                .put("says", "not shown: they are on another machine than the server")
                .put("document", "")
                .put("at", "");
    }

    private static void add(ArrayNode lines, PolicySnapshot.Line line) {
        lines.addObject()
                .put("subject", line.subject())
                .put("says", line.says())
                .put("document", line.document())
                .put("at", line.at());
    }
}
