package dev.countersign.policy;

import java.util.Locale;
import java.util.Optional;

/** Where a document stands, from the farthest to the nearest. */
public enum Level {
    TENANT,
    TEAM,
    PROJECT,
    AGENT,
    /** What the caller itself names, such as {@code --profile}; no document has it. */
    CALLER;

    /** The name as it is written in policies and JSON: lower case. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** A level a document may name. */
    public static Optional<Level> of(String wire) {
        for (Level level : values()) {
            if (level != CALLER && level.wire().equals(wire)) {
                return Optional.of(level);
            }
        }
        return Optional.empty();
    }
}
