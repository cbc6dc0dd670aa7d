package dev.countersign.api;

import dev.countersign.agent.Clients;
import dev.countersign.config.Processes;
import dev.countersign.config.Processes.Peer;
import io.helidon.common.socket.PeerInfo;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The processes of the clients that are connected, as their hooks showed them: who posts a hook is
 * the client, or a script that it started and that names it. Kept in memory only: a client shows
 * itself again with its next hook.
 */
public final class ClientProcesses {
    /** Where a script says which of its ancestors is the client. */
    static final String CLAIM = "X-Countersign-Client-Process";

    private static final int MOST_SESSIONS = 10_000;

    /** So long a session is held to be of the process it was of. */
    private static final long FRESH = TimeUnit.MILLISECONDS.toNanos(100);

    /** In place of a process, for a session whose client this machine does not know. */
    private static final long ELSEWHERE = 0;

    private final Processes processes;
    private final long self = ProcessHandle.current().pid();
    private final Map<Long, Connected> connected = new ConcurrentHashMap<>();
    private final Map<String, Long> sessions = new ConcurrentHashMap<>();

    /** When each process was last seen alive: to look costs a tenth of a hook call. */
    private final Map<Long, Long> seen = new ConcurrentHashMap<>();

    /** Of this machine. */
    public ClientProcesses(Processes processes) {
        this.processes = processes;
    }

    /**
     * A client's process.
     *
     * @param started when, so that another process of the same number is not taken for it
     * @param client such as {@code claude-code}
     * @param agent whose token it shows
     * @param session the session it was first seen with, or null
     */
    record Connected(long started, String client, String agent, @Nullable String session) {
        /** For people. */
        String told() {
            return client
                    + " (agent "
                    + agent
                    + (session == null ? "" : ", session " + session)
                    + ")";
        }
    }

    /** Remembers which process sent a hook, unless the session's process is known and lives. */
    void hook(ServerRequest request, String client, String agent, @Nullable String session) {
        String key = session == null ? null : agent + "\n" + session;
        if (!shown(key)) {
            look(request, client, agent, session, key);
        }
    }

    private boolean shown(@Nullable String key) {
        Long known = key == null ? null : sessions.get(key);
        return known != null
                && (known == self || known == ELSEWHERE || lately(known) || lives(known));
    }

    /** One at a time: of many calls of a new session at once the first looks for all. */
    private synchronized void look(
            ServerRequest request,
            String client,
            String agent,
            @Nullable String session,
            @Nullable String key) {
        if (shown(key)) {
            return;
        }
        connected.keySet().removeIf(pid -> !lives(pid));
        Set<Long> likely = new HashSet<>(connected.keySet());
        likely.add(self);
        if (sessions.size() >= MOST_SESSIONS) {
            sessions.clear();
        }
        Set<Long> pids =
                switch (peer(request, likely)) {
                    case Peer.Held(Set<Long> holders) -> holders;
                    case Peer.Gone(), Peer.Hidden() -> Set.of();
                    case Peer.Unknown() -> {
                        // Behind a proxy it would be looked for in vain with every call.
                        if (key != null) {
                            sessions.put(key, ELSEWHERE);
                        }
                        yield Set.of();
                    }
                };
        for (long pid : pids) {
            long owner = claimed(request, pid).orElse(pid);
            OptionalLong started = processes.started(owner);
            // Who posts from within the server, as tests do, is no client.
            if (owner != self && started.isPresent()) {
                connected.putIfAbsent(
                        owner, new Connected(started.getAsLong(), client, agent, session));
            }
            if (key != null) {
                sessions.put(key, owner);
            }
        }
    }

    /** An ancestor of the sender that it names; what is none of them is not believed. */
    private Optional<Long> claimed(ServerRequest request, long sender) {
        return request.headers()
                .first(HeaderNames.create(CLAIM))
                .filter(value -> value.matches("[0-9]{1,9}"))
                .map(Long::parseLong)
                .filter(processes.lineage(sender)::contains);
    }

    private boolean lately(long pid) {
        Long last = seen.get(pid);
        return last != null && System.nanoTime() - last < FRESH;
    }

    private boolean lives(long pid) {
        Connected client = connected.get(pid);
        long now = System.nanoTime();
        boolean lives = client != null && processes.started(pid).orElse(-1) == client.started();
        if (lives) {
            seen.put(pid, now);
        } else {
            seen.remove(pid);
        }
        return lives;
    }

    /** Who sent a request, of all the processes of this machine. */
    Peer sender(ServerRequest request) {
        return peer(request, Set.of());
    }

    /** Whether a process is this server's own. */
    boolean own(long pid) {
        return pid == self;
    }

    /** The client below which a process runs, in words for people, or empty when there is none. */
    Optional<String> above(long pid) {
        // Where a client's program started this server too, its marker says nothing about others.
        List<Long> ours = processes.lineage(self);
        for (long each : processes.lineage(pid)) {
            Connected client = connected.get(each);
            if (client != null && lives(each)) {
                return Optional.of(client.told());
            }
            for (var marked : Clients.markers().entrySet()) {
                if (!ours.contains(each) && processes.carries(each, marked.getValue())) {
                    return Optional.of(marked.getKey());
                }
            }
        }
        return Optional.empty();
    }

    private Peer peer(ServerRequest request, Set<Long> likely) {
        Optional<InetSocketAddress> theirs = address(request.remotePeer());
        Optional<InetSocketAddress> ours = address(request.localPeer());
        return theirs.isPresent() && ours.isPresent()
                ? processes.peer(theirs.get(), ours.get(), likely)
                : new Peer.Unknown();
    }

    private static Optional<InetSocketAddress> address(PeerInfo peer) {
        SocketAddress address = peer.address();
        return address instanceof InetSocketAddress inet && inet.getAddress() != null
                ? Optional.of(inet)
                : Optional.empty();
    }
}
