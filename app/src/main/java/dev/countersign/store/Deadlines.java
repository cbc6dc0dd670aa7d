package dev.countersign.store;

import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Ends waits that last too long. All may last equally long, so they end in the order in which they
 * began, and one thread looks at the oldest: a timer for each would cost more than the record it
 * waits for.
 */
final class Deadlines implements AutoCloseable {
    /** What has ended is let go of that often. */
    private static final long TIDIED = TimeUnit.MILLISECONDS.toNanos(50);

    /** Something somebody waits for. */
    interface Wait {
        /** When it began, by {@link System#nanoTime}. */
        long began();

        boolean ended();

        /** It has lasted too long; does nothing where it has just ended. */
        void expire();
    }

    private final LinkedBlockingQueue<Wait> waits = new LinkedBlockingQueue<>();
    private final long most;
    private final Thread thread;

    /**
     * Bounds waits.
     *
     * @param most how long each may last
     */
    Deadlines(Duration most) {
        this.most = most.toNanos();
        this.thread = Thread.ofPlatform().name("ledger-deadlines").daemon(true).start(this::run);
    }

    void add(Wait wait) {
        waits.add(wait);
    }

    private void run() {
        while (true) {
            try {
                watch(waits.take());
            } catch (InterruptedException _) {
                // Closed: whoever waited has been answered.
                return;
            } catch (RuntimeException | Error _) {
                // Whatever befell this one, such as no memory, the others keep their bound.
            }
        }
    }

    private void watch(Wait oldest) throws InterruptedException {
        while (!oldest.ended()) {
            long left = most - (System.nanoTime() - oldest.began());
            if (left <= 0) {
                oldest.expire();
                return;
            }
            TimeUnit.NANOSECONDS.sleep(Math.min(left, TIDIED));
        }
    }

    /** For when nobody waits any more. */
    @Override
    public void close() {
        thread.interrupt();
    }
}
