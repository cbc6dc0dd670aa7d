package dev.countersign.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A few connections that read, lent to one question at a time. */
final class Readers implements AutoCloseable {
    private static final int CONNECTIONS = 4;
    private static final int PATIENCE_SECONDS = 5;

    /** Whoever ends the server waits no longer than this for a search. */
    private static final int CLOSE_SECONDS = 1;

    private final Engine engine;
    private final Callable<Connection> opener;
    private final Semaphore permits = new Semaphore(CONNECTIONS);
    private final BlockingQueue<Connection> idle = new ArrayBlockingQueue<>(CONNECTIONS);
    private final ExecutorService aside =
            Executors.newFixedThreadPool(
                    CONNECTIONS - 1, Thread.ofPlatform().name("reader-", 0).daemon(true).factory());

    private volatile boolean closed;

    Readers(Engine engine, Callable<Connection> opener) {
        this.engine = engine;
        this.opener = opener;
    }

    /** The database that is asked. */
    Engine engine() {
        return engine;
    }

    /** Looks something up by its key, in the thread of the caller. */
    <T> T lookUp(Query<T> query) {
        try {
            if (!permits.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new StoreException(
                        "the database is too busy to answer", new IllegalStateException("busy"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted while waiting for the database", e);
        }
        try {
            if (closed) {
                throw new StoreException(
                        "the database is closed", new IllegalStateException("closed"));
            }
            return ask(query);
        } finally {
            permits.release();
        }
    }

    /**
     * Searches, on a thread of its own: native code holds the carrier of a virtual thread, and a
     * long search would stop the others.
     */
    <T> T search(Query<T> query) {
        return found(searching(query));
    }

    /** Begins to search. */
    <T> Future<T> searching(Query<T> query) {
        try {
            return aside.submit(() -> lookUp(connection -> engine.search(connection, query)));
        } catch (RejectedExecutionException e) {
            throw new StoreException("the database is closed", e);
        }
    }

    /** What a search found, once it has ended. */
    static <T> T found(Future<T> search) {
        try {
            return search.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StoreException failure) {
                throw failure;
            }
            throw new StoreException("the database could not be read: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted while waiting for the database", e);
        }
    }

    private <T> T ask(Query<T> query) {
        Connection used = idle.poll();
        try {
            if (used != null) {
                try {
                    return ask(query, used);
                } catch (SQLException | StoreException e) {
                    if (!lost(e)) {
                        throw e;
                    }
                    // It broke while it lay idle, and the database may be there again.
                }
            }
            return ask(query, opener.call());
        } catch (Exception e) {
            throw new StoreException("the database could not be read: " + e.getMessage(), e);
        }
    }

    private boolean lost(Exception e) {
        return e instanceof SQLException failure
                ? engine.lost(failure)
                : e.getCause() instanceof SQLException cause && engine.lost(cause);
    }

    private <T> T ask(Query<T> query, Connection connection) throws SQLException {
        boolean kept = false;
        try {
            T answer = query.ask(connection);
            kept = !closed && idle.offer(connection);
            return answer;
        } finally {
            if (!kept) {
                close(connection);
            }
        }
    }

    /** Waits a moment for who still reads: files of the database are theirs until then. */
    @Override
    public void close() {
        closed = true;
        aside.shutdown();
        try {
            if (permits.tryAcquire(CONNECTIONS, CLOSE_SECONDS, TimeUnit.SECONDS)) {
                permits.release(CONNECTIONS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (Connection next = idle.poll(); next != null; next = idle.poll()) {
            close(next);
        }
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException _) {
            // it read nothing that could be lost
        }
    }
}
