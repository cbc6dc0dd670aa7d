package dev.countersign.config;

/** A setting that cannot be used; the message says what would be right. */
public final class SettingsProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SettingsProblem(String message) {
        super(message);
    }
}
