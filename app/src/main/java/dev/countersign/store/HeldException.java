package dev.countersign.store;

/** A person's data is under a legal hold; the message says which. */
public final class HeldException extends Exception {
    private static final long serialVersionUID = 1L;

    HeldException(String message) {
        super(message);
    }
}
