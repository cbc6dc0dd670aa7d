package dev.countersign.notify;

/** Carries messages to the other side of one channel. Safe for use by many threads. */
public interface Carrier extends AutoCloseable {

    /**
     * Says it. Returns once the other side has it.
     *
     * @throws Undelivered when it has not, or when that is not known
     */
    void send(Message message) throws Undelivered, InterruptedException;

    /** Says that this is a test. */
    void test() throws Undelivered, InterruptedException;

    /** Whether each person who can answer is told apart. */
    default boolean personal() {
        return false;
    }

    /** Whether it has something to say of that. */
    default boolean tells(Notice notice) {
        return true;
    }

    @Override
    default void close() {}
}
