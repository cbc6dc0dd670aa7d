package dev.countersign.call;

import java.util.Locale;
import java.util.Optional;

/** The language a command string is written in. */
public enum Shell {
    BASH,
    ZSH,
    SH,
    PWSH,
    CMD;

    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Shell> of(String wire) {
        for (Shell shell : values()) {
            if (shell.wire().equals(wire)) {
                return Optional.of(shell);
            }
        }
        return Optional.empty();
    }
}
