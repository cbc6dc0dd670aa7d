package dev.countersign.audit.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Puts what was recorded of each question to people together: who was asked, who answered when, and
 * what came of it. Only the newest are kept.
 */
public final class Chains {
    private final int most;
    private final LinkedHashMap<String, Draft> chains = new LinkedHashMap<>();
    private long dropped;

    /** Keeps so many. */
    Chains(int most) {
        this.most = most;
    }

    /**
     * A question to people.
     *
     * @param id such as {@code APR-12}
     * @param decision the decision it is about, by which all its records are found
     * @param what the call in a line, or empty where it was asked before the period
     * @param agent who asked
     * @param driver whose session it was, or empty
     * @param risk of the call
     * @param needs who had to agree, one requirement each
     * @param asked when, or empty where before the period
     * @param links what happened after that, oldest first
     * @param state such as {@code used} or {@code denied}; {@code open} where nothing ended it yet
     */
    public record Chain(
            String id,
            String decision,
            String what,
            String agent,
            String driver,
            String risk,
            List<String> needs,
            String asked,
            List<Link> links,
            String state) {}

    /**
     * One thing that happened to it.
     *
     * @param at when
     * @param index its record
     * @param text in a few words
     * @param flag what an auditor looks at twice, such as {@code by the driver}, or empty
     */
    public record Link(Instant at, long index, String text, String flag) {}

    private static final class Draft {
        private final String id;
        private String decision = "";
        private String what = "";
        private String agent = "";
        private String driver = "";
        private String risk = "";
        private List<String> needs = List.of();
        private String asked = "";
        private final List<Link> links = new ArrayList<>();
        private String state = "open";

        private Draft(String id) {
            this.id = id;
        }

        private Chain done() {
            return new Chain(id, decision, what, agent, driver, risk, needs, asked, links, state);
        }
    }

    /** The most things that are kept of one question; it can be tried again without end. */
    private static final int MOST_LINKS = 40;

    void add(ObjectNode record, Instant at, long index) {
        JsonNode body = record.path("body");
        String id = body.path("approval").asText();
        String kind = record.path("kind").asText();
        boolean ours =
                switch (kind) {
                    case "decision", "vote", "approval", "escalation" -> !id.isEmpty();
                    default -> false;
                };
        if (!ours || number(id) <= dropped) {
            return;
        }
        Draft chain = chains.computeIfAbsent(id, Draft::new);
        if (chain.decision.isEmpty()) {
            chain.decision = record.path("decision").asText();
            chain.agent = record.path("agent").asText();
            chain.risk = record.path("risk").asText();
        }
        switch (kind) {
            case "decision" -> decision(chain, record, body, at, index);
            case "vote" -> vote(chain, record, body, at, index);
            case "escalation" -> link(chain, at, index, body.path("notice").asText(), "");
            default -> ended(chain, record, body, at, index);
        }
        if (chains.size() > most) {
            String eldest = chains.firstEntry().getKey();
            chains.remove(eldest);
            dropped = Math.max(dropped, number(eldest));
        }
    }

    private static long number(String id) {
        String digits = id.substring(id.indexOf('-') + 1);
        return digits.matches("\\d{1,18}") ? Long.parseLong(digits) : Long.MAX_VALUE;
    }

    private static void decision(
            Draft chain, ObjectNode record, JsonNode body, Instant at, long index) {
        String effect = record.path("effect").asText();
        chain.driver = body.path("call").path("driver").asText(chain.driver);
        chain.needs = needs(body.path("requirements"));
        chain.what = record.path("summary").asText();
        if (effect.equals("ask")) {
            if (chain.asked.isEmpty()) {
                chain.decision = record.path("decision").asText();
                chain.asked = at.toString();
            }
        } else if (effect.equals("allow")) {
            chain.state = "used";
            link(chain, at, index, "used: the call was allowed", "");
        } else {
            link(chain, at, index, "the call was refused", "");
        }
    }

    private static List<String> needs(JsonNode requirements) {
        List<String> needs = new ArrayList<>();
        for (JsonNode one : requirements) {
            List<String> approvers = new ArrayList<>();
            one.path("approvers").forEach(each -> approvers.add(each.asText()));
            String who = approvers.isEmpty() ? "driver or owner" : String.join(", ", approvers);
            String count = one.path("needs").asText("any");
            needs.add(
                    (count.equals("any") ? "one of " : count + " of ")
                            + who
                            + (one.path("not_requester").asBoolean() ? ", not the driver" : ""));
        }
        return needs;
    }

    private static void vote(
            Draft chain, ObjectNode record, JsonNode body, Instant at, long index) {
        boolean yes = body.path("answer").asText("approve").equals("approve");
        boolean glass = body.path("break_glass").asBoolean();
        boolean self = body.path("self").asBoolean();
        String scope = body.path("scope").asText("once");
        String text =
                record.path("person").asText("somebody")
                        + (yes ? " approved" : " denied")
                        + (scope.equals("once") ? "" : " for this " + scope)
                        + (glass ? " alone: " + body.path("reason").asText() : "");
        link(chain, at, index, text, glass ? "break-glass" : yes && self ? "by the driver" : "");
        String status = body.path("status").asText();
        if (status.equals("approved") || status.equals("denied")) {
            chain.state = status;
        }
    }

    private static void ended(
            Draft chain, ObjectNode record, JsonNode body, Instant at, long index) {
        if (body.has("tried_again") || body.has("event")) {
            link(chain, at, index, record.path("summary").asText(), "");
            return;
        }
        String status = body.path("status").asText();
        if (!status.isEmpty()) {
            chain.state = status;
            link(chain, at, index, status + ": " + body.path("ending").asText(), "");
        }
    }

    private static void link(Draft chain, Instant at, long index, String text, String flag) {
        if (chain.links.size() < MOST_LINKS) {
            chain.links.add(new Link(at, index, text, flag));
        }
    }

    /** The newest last. */
    List<Chain> all() {
        return chains.values().stream().map(Draft::done).toList();
    }

    /** Whether older ones are not among them. */
    boolean more() {
        return dropped > 0;
    }
}
