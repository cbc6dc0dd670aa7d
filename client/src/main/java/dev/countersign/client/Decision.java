package dev.countersign.client;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the server said of a call. Only {@link Allow} is a permission: whatever else there is, known
 * or added later, means that the call is not made.
 */
public sealed interface Decision {
    /** Its id at the server; empty where no decision came about. */
    String id();

    /** Why, for people and for models. */
    String reason();

    /** Whether the call may be made, once, as it was asked about. */
    default boolean allowed() {
        return this instanceof Allow;
    }

    /**
     * The call may be made, and that was written down before.
     *
     * @param receipt the hash of its record in the ledger
     * @param json the whole answer
     */
    record Allow(String id, String reason, String receipt, Map<String, Object> json)
            implements Decision {}

    /**
     * People are asked and have not answered yet.
     *
     * @param approval the id of the question
     * @param url where people answer it
     * @param json the whole answer
     */
    record Ask(String id, String reason, String approval, String url, Map<String, Object> json)
            implements Decision {}

    /**
     * It is refused.
     *
     * @param instead what would be allowed, or empty
     * @param json the whole answer
     */
    record Deny(String id, String reason, String instead, Map<String, Object> json)
            implements Decision {}

    /**
     * Not now: it waits for its time.
     *
     * @param until when it is decided again, or null
     * @param json the whole answer
     */
    record Defer(String id, String reason, @Nullable Instant until, Map<String, Object> json)
            implements Decision {}

    /** The server could not be asked, or its answer not be understood. No decision of policy. */
    record Failed(String reason) implements Decision {
        @Override
        public String id() {
            return "";
        }
    }
}
