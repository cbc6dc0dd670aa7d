package dev.countersign.store;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.Receipt;
import dev.countersign.audit.RecordJson.Prepared;
import dev.countersign.ledger.MerkleTree;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that writes. Changes that wait together become durable together: one transaction,
 * one flush of the disk. A change that fails by itself takes nothing with it; when the transaction
 * fails, nobody in it gets a receipt.
 */
final class Writer implements AutoCloseable {
    private static final int BATCH = 256;
    private static final int WAITING = 8_192;

    /** How long nothing is written before the writer looks whether it still could. */
    private static final Duration IDLE = Duration.ofSeconds(1);

    private static final long MOST_GATHERING = TimeUnit.MICROSECONDS.toNanos(500);

    private static final Duration PATIENCE_AT_END = Duration.ofMillis(1_500);

    private final BlockingQueue<Job<?>> queue = new ArrayBlockingQueue<>(WAITING);
    private final Duration deadline;
    private final Deadlines deadlines;
    private final WriteConnection connection;
    private final Thread thread;
    private volatile boolean closing;

    /** How many changes the last transaction had, and how long it took in nanoseconds. */
    private int together;

    private long took;
    private volatile @Nullable String trouble;

    /** When the transaction under way began, or 0 where none is. */
    private volatile long began;

    private volatile MerkleTree.@Nullable Edge edge;

    Writer(WriteConnection connection, Duration deadline) {
        this.connection = connection;
        this.deadline = deadline;
        this.deadlines = new Deadlines(deadline);
        this.thread = Thread.ofPlatform().name("ledger-writer").daemon(true).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** The tree over what is durable, or null before the first change of this process. */
    MerkleTree.@Nullable Edge edge() {
        return edge;
    }

    /** Why the last transaction failed, or that one takes too long, or null where all is well. */
    @Nullable String trouble() {
        long since = began;
        Duration taken = Duration.ofNanos(since == 0 ? 0 : System.nanoTime() - since);
        // The next caller waits as long again, so half of what it would wait is too much.
        return taken.compareTo(deadline.dividedBy(2)) > 0
                ? "the disk takes longer than " + taken.toMillis() + " ms"
                : trouble;
    }

    /**
     * Returns once the change is durable.
     *
     * @throws NotRecorded when it is not, or when that is not known within the deadline
     */
    <T> T submit(Change<T> change) throws NotRecorded {
        return await(new Job<>(change, true));
    }

    /** The same for nothing but a record. */
    Receipt append(Prepared record) throws NotRecorded {
        return await(new Job<>(unit -> unit.append(record), false));
    }

    private <T> T await(Job<T> job) throws NotRecorded {
        if (closing) {
            throw new NotRecorded("the ledger is closed", new IllegalStateException("closed"));
        }
        if (!queue.offer(job)) {
            throw new NotRecorded(
                    "the ledger cannot keep up: " + WAITING + " changes are waiting",
                    new IllegalStateException("queue full"));
        }
        if (closing && !thread.isAlive()) {
            job.fail(new IllegalStateException("closed"));
        }
        deadlines.add(job);
        try {
            return job.result.get();
        } catch (InterruptedException e) {
            job.giveUp();
            Thread.currentThread().interrupt();
            throw new NotRecorded("interrupted while waiting for the ledger", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof TimeoutException) {
                throw new NotRecorded(
                        "the ledger did not take the record within " + deadline.toMillis() + " ms",
                        cause);
            }
            throw new NotRecorded(
                    "the ledger did not take the record: " + cause.getMessage(), cause);
        }
    }

    private void run() {
        List<Job<?>> batch = new ArrayList<>(BATCH);
        while (!closing || !queue.isEmpty()) {
            try {
                Job<?> next = queue.poll(IDLE.toNanos(), TimeUnit.NANOSECONDS);
                if (next == null) {
                    probe();
                } else {
                    batch.add(next);
                    queue.drainTo(batch, BATCH - 1);
                    gather(batch);
                    commit(batch);
                }
            } catch (InterruptedException _) {
                // nobody interrupts this thread; it ends by close()
            } finally {
                batch.clear();
            }
        }
    }

    /**
     * Waits a moment for those who were just answered and will be back: a flush of the disk costs
     * the same for one record as for many. Whoever is alone waits for nobody.
     */
    private void gather(List<Job<?>> batch) {
        if (batch.size() < together / 2) {
            LockSupport.parkNanos(Math.min(took / 2, MOST_GATHERING));
            queue.drainTo(batch, BATCH - batch.size());
        }
        together = batch.size();
    }

    /**
     * Notices without a change that the database is gone, or that what was wrong is not any more.
     */
    private void probe() {
        try {
            if (trouble != null) {
                connection.begin();
                connection.writeNothing();
                connection.commit();
                trouble = null;
            } else if (connection.mayVanish()) {
                connection.begin();
                connection.commit();
            }
        } catch (SQLException | IOException | RuntimeException e) {
            trouble = String.valueOf(e.getMessage());
            connection.abandon();
        }
    }

    /** Whatever goes wrong in here, every job ends and the thread goes on. */
    private void commit(List<Job<?>> batch) {
        batch.removeIf(job -> !job.take());
        if (batch.isEmpty()) {
            return;
        }
        began = System.nanoTime();
        try {
            connection.begin();
            for (Job<?> job : batch) {
                job.run(connection);
            }
            connection.commit();
            edge = connection.edge();
            trouble = null;
        } catch (SQLException | IOException | RuntimeException | Error e) {
            trouble = String.valueOf(e.getMessage());
            connection.abandon();
            batch.forEach(job -> job.fail(e));
            return;
        } finally {
            took = System.nanoTime() - began;
            began = 0;
        }
        batch.forEach(Job::complete);
    }

    @Override
    public void close() {
        closing = true;
        Job<Integer> wake = new Job<>(_ -> 0, false);
        wake.giveUp();
        // when there is no room for it the thread is awake
        boolean _ = queue.offer(wake);
        try {
            if (thread.isAlive() && !thread.join(PATIENCE_AT_END)) {
                // A disk that hangs: the process ends without it, as after a loss of power.
                return;
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return;
        }
        for (Job<?> late = queue.poll(); late != null; late = queue.poll()) {
            late.fail(new IllegalStateException("closed"));
        }
        deadlines.close();
        connection.close();
    }

    /** A change that waits, runs, or has ended. */
    private static final class Job<T> implements Deadlines.Wait {
        private enum State {
            WAITING,
            TAKEN,
            GIVEN_UP
        }

        private final Change<T> change;
        private final boolean compound;
        private final CompletableFuture<T> result = new CompletableFuture<>();
        private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
        private final long began = System.nanoTime();
        private @Nullable Outcome<T> outcome;

        /** With whether the change is more than one record, so that half of it could stay. */
        Job(Change<T> change, boolean compound) {
            this.change = change;
            this.compound = compound;
        }

        /** False when its caller has already gone away. */
        boolean take() {
            return state.compareAndSet(State.WAITING, State.TAKEN);
        }

        void giveUp() {
            state.compareAndSet(State.WAITING, State.GIVEN_UP);
        }

        @Override
        public long began() {
            return began;
        }

        @Override
        public boolean ended() {
            return result.isDone();
        }

        @Override
        public void expire() {
            giveUp();
            fail(new TimeoutException());
        }

        /** Throws only what ends the whole transaction. */
        void run(WriteConnection connection) throws SQLException {
            try {
                outcome = new Outcome<>(connection.apart(change, compound), null);
            } catch (WriteConnection.Refused e) {
                outcome = new Outcome<>(null, e.getCause());
            }
        }

        void complete() {
            Outcome<T> end = outcome;
            if (end == null) {
                fail(new IllegalStateException("the change did not run (this is a bug)"));
            } else if (end.failure != null) {
                fail(end.failure);
            } else {
                succeed(end.value);
            }
        }

        @SuppressWarnings(
                "NullAway") // the value is null only where the type of the change allows it
        private void succeed(@Nullable T value) {
            result.complete(value);
        }

        void fail(Throwable cause) {
            result.completeExceptionally(cause);
        }
    }

    private record Outcome<T>(@Nullable T value, @Nullable Throwable failure) {}
}
