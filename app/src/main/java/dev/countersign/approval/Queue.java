package dev.countersign.approval;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Receipt;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The calls that wait for their time. What is not over is at hand in memory, so that a decision
 * about another call costs nothing. Safe for use by many threads.
 */
public final class Queue {
    /** How long an agent that never comes back can still be told how its call ended. */
    private static final Duration NEWS_KEPT = Duration.ofDays(1);

    private final DeferredStore store;
    private final Clock clock;
    private final ConcurrentHashMap<String, Deferred> kept = new ConcurrentHashMap<>();
    private final CopyOnWriteArrayList<Consumer<Deferred>> listeners = new CopyOnWriteArrayList<>();

    public Queue(DeferredStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
        store.kept().forEach(each -> kept.put(each.id(), each));
    }

    /** Called after every change with the call as it stands then; must return quickly. */
    public void onChange(Consumer<Deferred> listener) {
        listeners.add(listener);
    }

    /** Those that are not over, the first to become possible first. */
    public List<Deferred> live() {
        return kept.values().stream()
                .filter(each -> !each.state().over())
                .sorted(Comparator.comparing(Deferred::until).thenComparingLong(Deferred::number))
                .toList();
    }

    /** Newest first, whatever the state. */
    public List<Deferred> recent(int limit) {
        return store.recent(limit);
    }

    public Optional<Deferred> find(String id) {
        return Optional.ofNullable(kept.get(id)).or(() -> store.find(id));
    }

    public Optional<Deferred> ofDecision(String decision) {
        return store.ofDecision(decision);
    }

    /** Whether any call of this agent is not over. */
    public boolean holds(String agent) {
        return kept.values().stream()
                .anyMatch(each -> each.requester().equals(agent) && !each.state().over());
    }

    /** The one for exactly this call that is not over. */
    public Optional<Deferred> live(String digest) {
        return kept.values().stream()
                .filter(each -> each.digest().equals(digest) && !each.state().over())
                .findFirst();
    }

    /** A new id. */
    public String nextId() throws NotRecorded {
        return "DEF-" + store.nextNumber();
    }

    /** Puts a call in the queue. */
    public Receipt open(Deferred deferred, AuditRecord event) throws NotRecorded {
        Receipt receipt = store.open(deferred, event);
        changed(store.find(deferred.id()).orElse(deferred));
        return receipt;
    }

    /**
     * Moves a call on, if nobody was first.
     *
     * @param event what the ledger says of it
     */
    public Optional<Receipt> replace(Deferred next, AuditRecord event) throws NotRecorded {
        Optional<Receipt> receipt = store.replace(next, event);
        if (receipt.isPresent()) {
            changed(next);
        } else {
            store.find(next.id()).ifPresent(this::remember);
        }
        return receipt;
    }

    /**
     * The same with a plain record of the change.
     *
     * @param kind of record: {@code deferred}, {@code vote}, {@code release} or {@code cancel}
     * @param person who did it, or null for time and policy
     * @param summary one line for listings
     * @return whether nobody was first
     */
    public boolean replace(Deferred next, String kind, @Nullable String person, String summary)
            throws NotRecorded {
        return replace(next, event(kind, next, person, summary)).isPresent();
    }

    /** Takes out what waits of work that is over or was stopped. */
    public void withdraw(Predicate<Deferred> of, String why) throws NotRecorded {
        for (Deferred each : live()) {
            if (of.test(each)) {
                Deferred next = each.ended(Deferred.State.WITHDRAWN, clock.instant(), why);
                boolean _ = replace(next, "deferred", null, next.id() + " withdrawn: " + why);
            }
        }
    }

    /** Ends what was not used in time, and forgets what nobody came back to hear. */
    public void expireDue() throws NotRecorded {
        Instant now = clock.instant();
        for (Deferred each : kept.values()) {
            if (each.lapsed(now)) {
                Deferred next =
                        each.ended(
                                Deferred.State.EXPIRED, now, "it might have run, but was not used");
                boolean _ = replace(next, "deferred", null, next.id() + " was not used in time");
            } else if (each.ended() != null && !now.isBefore(each.ended().plus(NEWS_KEPT))) {
                kept.remove(each.id(), each);
            }
        }
    }

    /**
     * What this agent does not know yet of its calls; it is told now and not again.
     *
     * @param session the session that would be told, or null
     */
    public List<Deferred> news(String agent, @Nullable String session) throws NotRecorded {
        List<Deferred> told = new ArrayList<>();
        for (Deferred each : kept.values()) {
            if (each.news()
                    && each.requester().equals(agent)
                    && (each.session() == null || Objects.equals(each.session(), session))
                    && replace(
                            each.knownToAgent(),
                            "deferred",
                            null,
                            agent + " was told of " + each.id())) {
                told.add(each);
            }
        }
        told.sort(Comparator.comparingLong(Deferred::number));
        return told;
    }

    /** One that was put in the queue together with another change. */
    void opened(Deferred deferred) {
        changed(store.find(deferred.id()).orElse(deferred));
    }

    private void changed(Deferred now) {
        remember(now);
        listeners.forEach(listener -> listener.accept(now));
    }

    /** Changes may come to be known in another order than they were made. */
    private void remember(Deferred now) {
        kept.merge(now.id(), now, (known, next) -> known.version() > next.version() ? known : next);
        if (now.state().over() && !now.news()) {
            kept.remove(now.id(), now);
        }
    }

    AuditRecord event(String kind, Deferred deferred, @Nullable String person, String summary) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("deferred", deferred.id());
        body.put("status", deferred.state().wire());
        body.put("digest", deferred.digest());
        body.put("until", deferred.until().toString());
        if (deferred.approval() != null) {
            body.put("approval", deferred.approval());
        }
        if (deferred.ending() != null) {
            body.put("ending", deferred.ending());
        }
        ArrayNode votes = body.putArray("votes");
        deferred.votes().forEach(vote -> vote.writeBrief(votes.addObject()));
        return new AuditRecord(
                kind,
                clock.instant(),
                deferred.decision(),
                deferred.requester(),
                person == null ? deferred.driver() : person,
                deferred.call().path("client").textValue(),
                deferred.call().path("workspace").textValue(),
                deferred.session(),
                null,
                deferred.call().path("tool").textValue(),
                null,
                deferred.explanation().path("risk").textValue(),
                person == null ? null : "person",
                summary,
                body);
    }
}
