package dev.countersign.notify;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Carries messages to the other side of one channel. Safe for use by many threads. */
public interface Carrier extends AutoCloseable {

    /**
     * Says it. Returns once the other side has it.
     *
     * @throws Undelivered when it has not, or when that is not known
     */
    void send(Message message) throws Undelivered, InterruptedException;

    /**
     * Says of several questions at once how they stand.
     *
     * @param messages at least one, all for one recipient
     * @param inbox where a person reads and answers them
     */
    void send(List<Message> messages, URI inbox) throws Undelivered, InterruptedException;

    /** Says that this is a test. */
    void test() throws Undelivered, InterruptedException;

    /** Whether each person who can answer is told apart. */
    default boolean personal() {
        return false;
    }

    /** To whom it tells what is for a person. */
    default List<String> recipients(String email) {
        return List.of(email);
    }

    /** Whether it has something to say of that. */
    default boolean tells(Notice notice) {
        return true;
    }

    /** Begins to take answers from the other side, where it says them by a way of its own. */
    default void listen(Consumer<JsonNode> taken) {}

    /** Why no answers come from the other side, where that is so. */
    default Optional<String> trouble() {
        return Optional.empty();
    }

    @Override
    default void close() {}
}
