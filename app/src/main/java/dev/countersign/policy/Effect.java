package dev.countersign.policy;

import java.util.Locale;
import java.util.Optional;

/** What is answered to a call, from most to least permissive. */
public enum Effect {
    ALLOW,
    ASK,
    DEFER,
    DENY;

    private final String wire = name().toLowerCase(Locale.ROOT);

    /** The less permissive of the two. */
    public Effect strictest(Effect other) {
        return compareTo(other) >= 0 ? this : other;
    }

    /** The name as it is written in policies and JSON: lower case. */
    public String wire() {
        return wire;
    }

    public static Optional<Effect> of(String wire) {
        for (Effect effect : values()) {
            if (effect.wire().equals(wire)) {
                return Optional.of(effect);
            }
        }
        return Optional.empty();
    }
}
