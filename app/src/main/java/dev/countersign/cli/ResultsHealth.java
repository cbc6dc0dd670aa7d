package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether clients told results of calls that nobody decided, or that were not allowed: something
 * ran past the hooks.
 *
 * @param unmediated how many of the last days
 * @param last the newest of them in words, or empty
 */
record ResultsHealth(int unmediated, String last) {
    private static final Duration LOOKED_BACK = Duration.ofDays(7);
    private static final int MOST = 1_000;

    /**
     * Asks the server, as somebody who may see its ledger.
     *
     * @return empty where there is nobody to ask as: the owner shortcut is not for what agents run
     */
    static Optional<ResultsHealth> of(ServerClient server, Instant now) {
        boolean person =
                switch (server.credential()) {
                    case TOKEN -> server.agentsToken().isEmpty();
                    case SIGN_IN -> true;
                    case OWNER, NONE -> false;
                };
        if (!person) {
            return Optional.empty();
        }
        ServerClient.Answer answer =
                server.exchange(
                        "GET",
                        "/v1/audit?kind=alarm&limit=" + MOST + "&from=" + now.minus(LOOKED_BACK),
                        null);
        return answer.status() == 200 ? Optional.of(counted(answer.body())) : Optional.empty();
    }

    private static ResultsHealth counted(ObjectNode body) {
        int unmediated = 0;
        String last = "";
        for (JsonNode each : body.path("records")) {
            JsonNode record = each.path("record");
            if (record.path("body").has("status")) {
                last = unmediated++ == 0 ? words(record) : last;
            }
        }
        return new ResultsHealth(unmediated, last);
    }

    private static String words(JsonNode record) {
        return Json.text(record, "summary")
                + " ("
                + Json.text(record, "client")
                + ", session "
                + Json.text(record, "session")
                + ", "
                + Json.text(record, "at")
                + ")";
    }

    boolean problem() {
        return unmediated > 0;
    }

    String text() {
        return problem()
                ? unmediated
                        + " results within seven days of calls that were not allowed or that nobody"
                        + " decided; the last: "
                        + last
                : "no client told a result within seven days that nobody had allowed";
    }
}
