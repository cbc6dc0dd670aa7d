package dev.countersign.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What happens, handed to everybody who watches. A watcher that is too slow is let go. */
public final class Events {
    private static final int MOST_UNREAD = 1_000;
    private static final int MOST_WATCHERS = 500;

    private final CopyOnWriteArrayList<Watcher> watchers = new CopyOnWriteArrayList<>();
    private static final Event END =
            new Event("end", JsonNodeFactory.instance.objectNode(), null, null);
    private volatile boolean closed;

    /**
     * Something that happened.
     *
     * @param name {@code approval} or {@code decision}
     * @param data what is sent; {@code agent} says whom it concerns
     * @param project where it happened, or null
     * @param driver the person its agent worked for, or null where that is nobody or no matter
     */
    public record Event(
            String name, ObjectNode data, @Nullable String project, @Nullable String driver) {}

    /** One who watches. */
    public final class Watcher implements AutoCloseable {
        private final BlockingQueue<Event> unread = new ArrayBlockingQueue<>(MOST_UNREAD);
        private final Predicate<Event> interest;
        private volatile boolean over;

        private Watcher(Predicate<Event> interest) {
            this.interest = interest;
        }

        /** The next event, or empty when there was none for so long. */
        public Optional<Event> next(long millis) throws InterruptedException {
            return Optional.ofNullable(unread.poll(millis, TimeUnit.MILLISECONDS));
        }

        public boolean over() {
            return over || closed;
        }

        @Override
        public void close() {
            over = true;
            watchers.remove(this);
        }
    }

    /** Empty when too many watch already. */
    public Optional<Watcher> watch(Predicate<Event> interest) {
        if (watchers.size() >= MOST_WATCHERS || closed) {
            return Optional.empty();
        }
        Watcher watcher = new Watcher(interest);
        watchers.add(watcher);
        return Optional.of(watcher);
    }

    public void publish(Event event) {
        for (Watcher watcher : watchers) {
            if (watcher.interest.test(event) && !watcher.unread.offer(event)) {
                // It reconnects and reads the state anew, which is better than a gap.
                watcher.close();
            }
        }
    }

    int watching() {
        return watchers.size();
    }

    /** Lets everybody go. */
    public void close() {
        closed = true;
        // Wakes those who wait; a full queue is no sleeper's.
        watchers.forEach(watcher -> watcher.unread.offer(END));
    }
}
