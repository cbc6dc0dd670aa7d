package dev.countersign.store;

/** The database could not answer. Whoever asked knows nothing and must not allow anything. */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
