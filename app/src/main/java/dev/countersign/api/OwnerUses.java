package dev.countersign.api;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.config.Processes.Peer;
import dev.countersign.decision.Journal;
import io.helidon.webserver.http.ServerRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The owner shortcut in use: refused below a connected client, and on record. What changes
 * something is a record each time; what only reads is one the first time, and one more for all that
 * followed within a minute.
 */
public final class OwnerUses {
    private static final Duration TOGETHER = Duration.ofMinutes(1);
    private static final int MOST_SHOWN = 3;

    private final Journal journal;
    private final ClientProcesses clients;
    private final Clock clock;
    private final Map<Route, Reads> reads = new EnumMap<>(Route.class);
    private final Deque<Use> latest = new ArrayDeque<>();

    /** Watches the processes of this machine. */
    public OwnerUses(Journal journal, ClientProcesses clients, Clock clock) {
        this.journal = journal;
        this.clients = clients;
        this.clock = clock;
    }

    /**
     * A use as people are told of it.
     *
     * @param what method and address
     * @param at when last
     */
    public record Use(String what, Instant at) {}

    /** Reads since one was recorded. */
    private record Reads(Instant since, int more) {
        boolean over(Instant now) {
            return !now.isBefore(since.plus(TOGETHER));
        }
    }

    ClientProcesses clients() {
        return clients;
    }

    /** Passes, or refuses the use and raises an alarm, whatever it was for. */
    void refuseBelowClient(Route route, ServerRequest request) throws NotRecorded {
        String what = what(route, request);
        switch (clients.sender(request)) {
            case Peer.Held(var pids) -> {
                for (long pid : pids) {
                    Optional<String> client =
                            clients.own(pid) ? Optional.empty() : clients.above(pid);
                    if (client.isPresent()) {
                        refuse("a process below " + client.get(), what);
                    }
                }
            }
            case Peer.Gone() -> {
                if (!reads(route)) {
                    refuse("a process that did not wait for its answer", what);
                }
            }
            case Peer.Hidden() -> refuse("a process that cannot be looked at", what);
            case Peer.Unknown() -> {
                // The system does not say who it is: the secret alone must do.
            }
        }
    }

    /**
     * Records the use.
     *
     * @throws NotRecorded when nothing can be recorded: then nothing is done either
     */
    void used(Route route, ServerRequest request) throws NotRecorded {
        used(route, what(route, request));
    }

    private static String what(Route route, ServerRequest request) {
        return Fields.shown(route.method() + " " + request.path().path());
    }

    private void refuse(String who, String what) throws NotRecorded {
        journal.ownerRefused(who, what);
        throw Problem.forbidden(
                "the owner shortcut was used by "
                        + who
                        + "; people were told. A person runs this in a terminal of their own, or"
                        + " signs in with `countersign login`");
    }

    private static boolean reads(Route route) {
        return route.method().equals("GET");
    }

    private synchronized void used(Route route, String what) throws NotRecorded {
        Instant now = clock.instant();
        if (reads(route)) {
            Reads before = reads.get(route);
            if (before != null && !before.over(now)) {
                reads.put(route, new Reads(before.since(), before.more() + 1));
                return;
            }
            flush(route, before);
            journal.ownerUse(what, 1);
            reads.put(route, new Reads(now, 0));
        } else {
            journal.ownerUse(what, 1);
        }
        latest.removeIf(use -> use.what().equals(what));
        latest.addFirst(new Use(what, now));
        if (latest.size() > MOST_SHOWN) {
            latest.removeLast();
        }
    }

    /** Records the reads that came together and whose minute is over; called every second. */
    public synchronized void tick() throws NotRecorded {
        record(false);
    }

    /** Records whatever has not been, when the server ends. */
    public synchronized void finish() throws NotRecorded {
        record(true);
    }

    private void record(boolean all) throws NotRecorded {
        Instant now = clock.instant();
        for (Route route : List.copyOf(reads.keySet())) {
            Reads each = reads.get(route);
            if (each != null && (all || each.over(now))) {
                flush(route, each);
                reads.remove(route);
            }
        }
    }

    private void flush(Route route, @Nullable Reads reads) throws NotRecorded {
        if (reads != null && reads.more() > 0) {
            journal.ownerUse(route.method() + " " + route.path(), reads.more());
        }
    }

    /** The latest since the server started, each once, the newest first. */
    public synchronized List<Use> latest() {
        return new ArrayList<>(latest);
    }
}
