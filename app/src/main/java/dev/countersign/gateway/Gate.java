package dev.countersign.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Has a call decided, and holds it while people are asked. */
final class Gate {
    private static final Duration STEP = Duration.ofSeconds(5);

    private final Authority authority;

    Gate(Authority authority) {
        this.authority = authority;
    }

    /** What became of it. */
    sealed interface Outcome {
        /**
         * The call may run.
         *
         * @param decision the id of the decision
         */
        record Allowed(String decision) implements Outcome {}

        /**
         * It must not.
         *
         * @param words for the model
         */
        record Refused(String words) implements Outcome {}
    }

    /**
     * How long somebody waits.
     *
     * @param atMost how long the call is held
     * @param over whether nobody waits any more
     * @param waiting told every few seconds while people are asked, with a line on what for
     */
    record Patience(Duration atMost, BooleanSupplier over, Consumer<String> waiting) {}

    /** Never anything but allowed or refused; what cannot be judged is refused. */
    Outcome decide(ObjectNode call, Patience patience) {
        try {
            return decided(call, patience);
        } catch (Authority.Silent e) {
            return new Outcome.Refused(Words.notJudged(String.valueOf(e.getMessage())));
        } catch (RuntimeException e) {
            return new Outcome.Refused(
                    Words.notJudged(
                            "an error in the gateway (" + e.getClass().getSimpleName() + ")"));
        }
    }

    private Outcome decided(ObjectNode call, Patience patience) throws Authority.Silent {
        long until = System.nanoTime() + patience.atMost().toNanos();
        JsonNode decision = authority.decide(call);
        String id = decision.path("id").asText("");
        while (decision.path("effect").asText("").equals("ask")
                && decision.has("approval")
                && !id.isEmpty()
                && !patience.over().getAsBoolean()) {
            Duration left = Duration.ofNanos(until - System.nanoTime());
            if (!left.isPositive()) {
                break;
            }
            JsonNode approval = decision.path("approval");
            patience.waiting()
                    .accept(
                            "Countersign waits for people: "
                                    + approval.path("id").asText("")
                                    + " "
                                    + approval.path("url").asText(""));
            decision = authority.later(id, left.compareTo(STEP) < 0 ? left : STEP);
        }
        return switch (decision.path("effect").asText("")) {
            case "allow" ->
                    id.isEmpty() || decision.path("receipt").path("hash").asText("").isEmpty()
                            ? new Outcome.Refused(
                                    Words.notJudged("the server allowed it without a receipt"))
                            : new Outcome.Allowed(id);
            case "ask", "deny", "defer" -> new Outcome.Refused(Words.refused(decision));
            default ->
                    new Outcome.Refused(
                            Words.notJudged(
                                    "the server's answer is no decision this gateway knows"));
        };
    }
}
