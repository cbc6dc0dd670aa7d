package dev.countersign.policy;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Who or what decided.
 *
 * @param kind the kind of decider
 * @param id the rule, grant or person, or null where the kind says all
 */
public record Decider(Kind kind, @Nullable String id) {
    /** What can decide. */
    public enum Kind {
        DEFAULT_POLICY,
        RULE,
        GRANT,
        PERSON,
        FLOOR,
        STOP,
        /** Countersign itself could not judge: never worded as "policy denied". */
        FAILURE;

        public String wire() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
