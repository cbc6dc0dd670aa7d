package dev.countersign.call;

import org.jspecify.annotations.Nullable;

/** Whose files and links a call is about, and so who may be asked about them. */
public sealed interface Machine {

    /** The machine this program runs on: it can be looked at. */
    record Here() implements Machine {}

    /**
     * Another machine: the call is judged as it is written.
     *
     * @param told what that machine said of itself; it is judged as {@link AsTold} besides, and the
     *     stricter counts; null when it said nothing
     */
    record Elsewhere(@Nullable Told told) implements Machine {}

    /** Another machine, taken at its word. */
    record AsTold(Told told) implements Machine {}

    Machine HERE = new Here();
    Machine UNKNOWN = new Elsewhere(null);
}
