package dev.countersign.call;

import java.util.Locale;
import java.util.Optional;

/** How much harm an operation can do, in rising order. */
public enum RiskTier {
    NONE,
    LOW,
    MEDIUM,
    HIGH,
    CRITICAL;

    private final String wire = name().toLowerCase(Locale.ROOT);

    public boolean atLeast(RiskTier other) {
        return compareTo(other) >= 0;
    }

    /** The worse of the two. */
    public RiskTier max(RiskTier other) {
        return atLeast(other) ? this : other;
    }

    /** One tier up; critical stays critical. */
    public RiskTier raised() {
        return switch (this) {
            case NONE -> LOW;
            case LOW -> MEDIUM;
            case MEDIUM -> HIGH;
            case HIGH, CRITICAL -> CRITICAL;
        };
    }

    /** The name as it is written in policies and JSON: lower case. */
    public String wire() {
        return wire;
    }

    public static Optional<RiskTier> of(String wire) {
        for (RiskTier tier : values()) {
            if (tier.wire().equals(wire)) {
                return Optional.of(tier);
            }
        }
        return Optional.empty();
    }
}
