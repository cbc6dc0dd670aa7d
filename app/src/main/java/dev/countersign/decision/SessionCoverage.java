package dev.countersign.decision;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditQuery;
import dev.countersign.audit.AuditQuery.Recorded;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What of a session went through us, as far as the ledger knows: what a client neither asks about
 * nor tells the result of leaves no trace.
 *
 * @param asked how many calls were decided
 * @param allowed how many of them were allowed
 * @param results how many allowed calls the client told the result of
 * @param unmediated how many results it told of calls that nobody decided
 * @param against how many results it told of calls that were not allowed
 * @param canary when a call that must be refused was refused at its start, or null
 * @param first when it was seen first, or null
 */
public record SessionCoverage(
        int asked,
        int allowed,
        int results,
        int unmediated,
        int against,
        @Nullable String canary,
        @Nullable String first) {
    private static final int PART = 1_000;

    /**
     * Counts.
     *
     * @param filters of the session, and of what its reader may see
     */
    public static SessionCoverage of(AuditQuery audit, Map<String, String> filters) {
        Counting counting = new Counting();
        long before = Long.MAX_VALUE;
        while (true) {
            List<Recorded> part = audit.list(new HashMap<>(filters), before, PART);
            part.forEach(each -> counting.add(each.body()));
            if (part.size() < PART) {
                return counting.done();
            }
            before = part.getLast().index();
        }
    }

    private static final class Counting {
        private final Set<String> asked = new HashSet<>();
        private final Set<String> allowed = new HashSet<>();
        private final Set<String> told = new HashSet<>();
        private int unmediated;
        private int against;
        private @Nullable String canary;
        private @Nullable String first;

        /** The newest come first. */
        void add(JsonNode record) {
            String decision = record.path("decision").asText("");
            JsonNode body = record.path("body");
            first = record.path("at").asText("");
            switch (record.path("kind").asText("")) {
                case "decision" -> {
                    asked.add(decision);
                    if (record.path("effect").asText("").equals("allow")) {
                        allowed.add(decision);
                    }
                }
                case "failure" -> asked.add(decision);
                case "outcome" -> told.add(decision);
                // Alarms about results have what came of the call.
                case "alarm" -> {
                    if (body.has("status") && decision.isEmpty()) {
                        unmediated++;
                    } else if (body.has("status")) {
                        against++;
                    }
                }
                case "session" -> {
                    if (body.path("event").asText("").equals("canary")) {
                        canary = record.path("at").asText("");
                    }
                }
                default -> {}
            }
        }

        SessionCoverage done() {
            told.retainAll(allowed);
            return new SessionCoverage(
                    asked.size(), allowed.size(), told.size(), unmediated, against, canary, first);
        }
    }

    /** Whether something is known to have run past us. */
    public boolean broken() {
        return unmediated > 0 || against > 0;
    }

    /** How many allowed calls the client told no result of. */
    public int untold() {
        return allowed - results;
    }

    /** As JSON. */
    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("decided", asked).put("allowed", allowed).put("results", results);
        json.put("allowed_without_result", untold());
        json.put("results_without_decision", unmediated).put("results_not_allowed", against);
        json.put("canary_at", canary).put("first_at", first);
        return json.put("ok", !broken());
    }
}
