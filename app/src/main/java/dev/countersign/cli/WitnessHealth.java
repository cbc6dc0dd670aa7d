package dev.countersign.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * How it stands with the witnesses of a server, as its health says.
 *
 * @param state {@code fresh}, {@code waiting}, {@code silent} or {@code refuses}
 * @param seconds how old the last co-signature is, or empty where there is none
 */
record WitnessHealth(String state, Optional<Long> seconds) {
    /** Empty where the server has no witness. */
    static Optional<WitnessHealth> of(ServerClient server) {
        ObjectNode body = server.exchange("GET", "/health/ready", null).body();
        String state = Json.text(body, "witness");
        return state.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new WitnessHealth(
                                state,
                                body.path("witness_seconds").isIntegralNumber()
                                        ? Optional.of(body.path("witness_seconds").longValue())
                                        : Optional.empty()));
    }

    boolean problem() {
        return state.equals("silent") || state.equals("refuses");
    }

    /** In words. */
    String text() {
        String last =
                seconds.map(age -> "co-signed last " + ago(age)).orElse("never co-signed so far");
        return switch (state) {
            case "fresh" -> "every witness co-signs; the last to do so " + last;
            case "waiting" -> "a witness is known and " + last;
            case "refuses" ->
                    "a witness holds another ledger than the server: see the alarms, and"
                            + " `audit verify`; it "
                            + last;
            default -> "a witness is silent: it " + last;
        };
    }

    /** How long something is past, in the unit that fits. */
    static String ago(long seconds) {
        if (seconds < 120) {
            return Math.max(seconds, 0) + " s ago";
        }
        return seconds < 7_200 ? seconds / 60 + " min ago" : seconds / 3_600 + " h ago";
    }
}
