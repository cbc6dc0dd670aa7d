package dev.countersign.web;

import java.util.List;

/**
 * What a person fills in.
 *
 * @param name as the form sends it
 * @param label what stands above it
 * @param value what is in it
 * @param hint an example, or empty
 * @param fixed whether it names what is changed and stays as it is
 * @param choices to tick instead of typing; empty where something is typed
 */
public record FormField(
        String name, String label, String value, String hint, boolean fixed, List<Choice> choices) {

    /**
     * Something to tick.
     *
     * @param name as the form sends it
     * @param about what it means, or empty
     */
    public record Choice(String name, String label, String about, boolean ticked) {}

    static FormField text(String name, String label, String value, String hint) {
        return new FormField(name, label, value, hint, false, List.of());
    }

    /** What it is called: typed for a new one, and no more to be changed then. */
    static FormField key(String name, String label, String value, String hint) {
        return new FormField(name, label, value, hint, !value.isEmpty(), List.of());
    }

    static FormField ticks(String label, List<Choice> choices) {
        return new FormField("", label, "", "", false, choices);
    }
}
