package dev.countersign.witness;

/** A witness cannot work; the message is for people, lower case, without full stop. */
public final class WitnessException extends Exception {
    private static final long serialVersionUID = 1L;

    public WitnessException(String message) {
        super(message);
    }

    public WitnessException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The message. */
    public String text() {
        return String.valueOf(getMessage());
    }
}
