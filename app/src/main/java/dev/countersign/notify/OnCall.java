package dev.countersign.notify;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.call.Holding;
import dev.countersign.config.Rota;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Who is on call for a team now. They hold the role {@code on-call} there as long as their turn
 * lasts, so that a policy can name them: {@code {role: on-call, team: payments}}.
 */
public final class OnCall {
    /** The role of whoever is on call. */
    public static final String ROLE = "on-call";

    private static final Duration KEPT = Duration.ofSeconds(1);

    private final Map<String, Rota> ofFile;
    private final Wishes store;
    private final Clock clock;
    private volatile @Nullable Known known;

    /**
     * What was read.
     *
     * @param until when it is read again ({@link System#nanoTime}): rotas change with the people in
     *     them, too
     */
    private record Known(Map<String, Rota> rotas, long until) {}

    /**
     * Those of the settings file, which count where both name one, and those that people made.
     *
     * @param ofFile by their teams
     */
    public OnCall(Map<String, Rota> ofFile, Wishes store, Clock clock) {
        this.ofFile = Map.copyOf(ofFile);
        this.store = store;
        this.clock = clock;
    }

    /** All rotas by their teams. */
    public Map<String, Rota> rotas() {
        Known now = known;
        if (now == null || now.until() - System.nanoTime() < 0) {
            Map<String, Rota> read = new TreeMap<>(store.rotas());
            read.putAll(ofFile);
            now = new Known(Collections.unmodifiableMap(read), System.nanoTime() + KEPT.toNanos());
            known = now;
        }
        return now.rotas();
    }

    /** Whether the settings file says it. */
    public boolean ofFile(String team) {
        return ofFile.containsKey(team);
    }

    /** The e-mail of whose turn it is. */
    public Optional<String> of(String team) {
        Rota rota = rotas().get(team);
        return rota == null ? Optional.empty() : Optional.of(rota.who(clock.instant()));
    }

    /** What somebody holds because it is their turn. */
    public Set<Holding> held(String email) {
        Map<String, Rota> all = rotas();
        if (all.isEmpty()) {
            return Set.of();
        }
        Instant now = clock.instant();
        return all.entrySet().stream()
                .filter(each -> each.getValue().who(now).equals(email))
                .map(each -> new Holding(ROLE, Holding.Kind.TEAM, each.getKey()))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Makes one or changes it. */
    public synchronized void put(String team, Rota rota, AuditRecord event) throws NotRecorded {
        try {
            store.put(team, rota, event);
        } finally {
            known = null;
        }
    }

    /** Ends one. */
    public synchronized void end(String team, AuditRecord event) throws NotRecorded {
        try {
            store.end(team, event);
        } finally {
            known = null;
        }
    }
}
