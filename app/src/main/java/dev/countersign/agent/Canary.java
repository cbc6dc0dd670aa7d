package dev.countersign.agent;

import java.util.Optional;

/**
 * The call that proves a wiring: a tool no client has, which is always refused with words that only
 * our server says. Whoever sends it and gets anything else knows that calls are not judged.
 */
public final class Canary {
    /** The tool's name in the call. */
    public static final String TOOL = "CountersignCanary";

    /** How the refusal begins; the nonce follows. */
    public static final String ANSWER = "Countersign canary refused as it should be: ";

    private static final int LONGEST_NONCE = 64;

    private Canary() {}

    /** A nonce that may be repeated in an answer: letters, digits and dashes. */
    static Optional<String> nonce(String text) {
        boolean fits =
                !text.isEmpty()
                        && text.length() <= LONGEST_NONCE
                        && text.chars()
                                .allMatch(c ->
                                        c == '-'
                                                || (c >= '0' && c <= '9')
                                                || (c >= 'a' && c <= 'z')
                                                || (c >= 'A' && c <= 'Z'));
        return fits ? Optional.of(text) : Optional.empty();
    }
}
