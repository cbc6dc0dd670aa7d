package dev.countersign.gateway;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;

/** Who decides, as the gateway asks: the interface for programs, in its own JSON. */
public interface Authority {

    /** It did not decide; whatever was asked must not happen. */
    final class Silent extends Exception {
        private static final long serialVersionUID = 1L;

        /**
         * @param why one clause for the model and for people
         */
        public Silent(String why) {
            super(why, null, false, false);
        }
    }

    /** {@code POST /v1/decisions}. */
    ObjectNode decide(ObjectNode call) throws Silent;

    /** {@code GET /v1/decisions/{id}?wait=…}: the same decision, after so long at most. */
    ObjectNode later(String id, Duration wait) throws Silent;

    /** {@code POST /v1/mcp/tools}: which definitions are known, and which tools stay hidden. */
    ObjectNode seen(ObjectNode tools) throws Silent;

    /** Whether who asks may still ask: their token may have ended while a call was held. */
    default boolean present() {
        return true;
    }

    /** {@code POST /v1/outcomes}. */
    void outcome(ObjectNode outcome) throws Silent;
}
