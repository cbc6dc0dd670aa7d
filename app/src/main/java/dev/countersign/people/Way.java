package dev.countersign.people;

import java.util.Arrays;

/** How somebody signed in. */
public enum Way {
    LINK("link", "a sign-in link"),
    PASSWORD("password", "password"),
    PASSKEY("passkey", "passkey"),
    BOTH("password+passkey", "password and passkey"),
    PROVIDER("oidc", "single sign-on");

    private final String wire;
    private final String words;

    Way(String wire, String words) {
        this.wire = wire;
        this.words = words;
    }

    /** As it is stored and as the interface writes it. */
    public String wire() {
        return wire;
    }

    /** What follows "signed in by". */
    public String words() {
        return words;
    }

    /**
     * The way of this name.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static Way of(String wire) {
        return Arrays.stream(values())
                .filter(way -> way.wire.equals(wire))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("nobody signs in by " + wire));
    }
}
