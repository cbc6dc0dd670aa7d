package dev.countersign.notify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.call.RiskTier;
import dev.countersign.config.Hours;
import java.time.Instant;

/** When people want to be told by channels that tell each of them apart. */
public interface Wishes {

    /** What somebody wants, or {@link Wish#ALL} where they said nothing. */
    Wish wish(String email);

    void wish(String email, Wish wish) throws NotRecorded;

    /**
     * What somebody wants to be told.
     *
     * @param told whether anything at all
     * @param risk questions of that risk and above
     * @param hours only then, or empty; critical questions always
     */
    record Wish(boolean told, RiskTier risk, String hours) {
        /** Everything, at any time. */
        public static final Wish ALL = new Wish(true, RiskTier.NONE, "");

        /** Hours that can be read, or a problem of the settings. */
        public Wish {
            if (!hours.isEmpty()) {
                Hours _ = Hours.of(hours);
            }
        }

        boolean wants(ApprovalRequest request, Instant now) {
            RiskTier asked =
                    RiskTier.of(request.explanation().path("risk").asText())
                            .orElse(RiskTier.CRITICAL);
            return told
                    && asked.atLeast(risk)
                    && (hours.isEmpty()
                            || asked == RiskTier.CRITICAL
                            || Hours.of(hours).contain(now));
        }

        /** As it is kept. */
        public ObjectNode json() {
            return JsonNodeFactory.instance
                    .objectNode()
                    .put("told", told)
                    .put("risk", risk.wire())
                    .put("hours", hours);
        }

        /** What {@link #json} wrote. */
        public static Wish read(JsonNode json) {
            return new Wish(
                    json.path("told").asBoolean(true),
                    RiskTier.of(json.path("risk").asText()).orElse(RiskTier.NONE),
                    json.path("hours").asText());
        }
    }
}
