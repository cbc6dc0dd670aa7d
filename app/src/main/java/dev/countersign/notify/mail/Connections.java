package dev.countersign.notify.mail;

import jakarta.mail.MessagingException;
import jakarta.mail.Transport;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Connections to a mail server that stay open for a moment after a message, for the next one: many
 * questions at once are not as many greetings, handshakes and sign-ins.
 */
final class Connections implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Connections.class.getName());

    /** Well below what mail servers grant: Postfix 300 s, others 30 s. */
    private static final Duration KEPT = Duration.ofSeconds(5);

    private static final int MOST = 8;

    private final Deque<Idle> idle = new ArrayDeque<>();
    private boolean watched;
    private boolean closed;

    /**
     * One that nobody uses.
     *
     * @param to the address it was made to, once judged
     * @param until when it is closed ({@link System#nanoTime})
     */
    private record Idle(Transport transport, InetAddress to, long until) {}

    /** One to that address that still works, or null. */
    @Nullable Transport take(InetAddress to) {
        while (true) {
            Transport found;
            synchronized (this) {
                Idle last =
                        idle.stream().filter(each -> each.to().equals(to)).findFirst().orElse(null);
                if (last == null) {
                    return null;
                }
                idle.remove(last);
                found = last.transport();
            }
            // Asks the other side.
            if (found.isConnected()) {
                return found;
            }
            end(found);
        }
    }

    /** Takes one back whose message has arrived. */
    void give(Transport transport, InetAddress to) {
        synchronized (this) {
            if (!closed && idle.size() < MOST) {
                idle.push(new Idle(transport, to, System.nanoTime() + KEPT.toNanos()));
                if (!watched) {
                    watched = true;
                    Thread _ = Thread.ofVirtual().name("mail connections").start(this::watch);
                }
                return;
            }
        }
        end(transport);
    }

    /** Ends those that were idle for too long, until none is left. */
    private void watch() {
        try {
            while (true) {
                long next;
                Transport over;
                synchronized (this) {
                    Idle oldest = idle.peekLast();
                    if (oldest == null) {
                        watched = false;
                        return;
                    }
                    next = oldest.until() - System.nanoTime();
                    if (next <= 0) {
                        idle.removeLast();
                    }
                    over = oldest.transport();
                }
                if (next > 0) {
                    Thread.sleep(Duration.ofNanos(next));
                } else {
                    end(over);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static void end(Transport transport) {
        try {
            transport.close();
        } catch (MessagingException e) {
            LOG.log(System.Logger.Level.DEBUG, "a mail server did not say goodbye", e);
        }
    }

    @Override
    public void close() {
        Deque<Idle> all;
        synchronized (this) {
            closed = true;
            all = new ArrayDeque<>(idle);
            idle.clear();
        }
        all.forEach(each -> end(each.transport()));
    }
}
