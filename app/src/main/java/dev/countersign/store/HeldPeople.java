package dev.countersign.store;

import dev.countersign.audit.AuditQuery;
import dev.countersign.audit.AuditQuery.Stored;
import dev.countersign.audit.Hold;
import dev.countersign.audit.RetentionStore;
import dev.countersign.ledger.CanonicalJson;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Says whether a legal hold keeps what is known of a person. */
final class HeldPeople {
    private final RetentionStore retention;
    private final AuditQuery query;

    HeldPeople(RetentionStore retention, AuditQuery query) {
        this.retention = retention;
        this.query = query;
    }

    /**
     * Refuses where a hold is on the person, or covers a record that names them. Nobody can tell of
     * records that are in archives only, so a hold that may reach those counts too.
     */
    void check(String email) throws HeldException {
        Optional<String> name = retention.nameOf(email);
        List<Hold> holds = retention.holds();
        if (name.isEmpty() || holds.isEmpty()) {
            return;
        }
        for (Hold hold : holds) {
            if (hold.subject() == Hold.Subject.PERSON && hold.name().equals(name.get())) {
                throw held(hold, "");
            }
        }
        boolean pruned = query.pruned().first() > 0;
        long last = -1;
        boolean beginning = true;
        while (true) {
            List<Stored> part = query.next(Map.of(), last, Long.MAX_VALUE);
            if (part.isEmpty()) {
                return;
            }
            for (Stored stored : part) {
                if (beginning && pruned) {
                    beyond(holds, at(stored));
                }
                beginning = false;
                last = stored.index();
                if (stored.record().contains(name.get())
                        || stored.people().containsKey(name.get())) {
                    for (Hold hold : holds) {
                        if (hold.covers(stored)) {
                            throw held(hold, ", which covers record " + last);
                        }
                    }
                }
            }
        }
    }

    private static void beyond(List<Hold> holds, Instant first) throws HeldException {
        for (Hold hold : holds) {
            Instant from = hold.from();
            if (from == null || from.isBefore(first)) {
                throw held(hold, ", which may cover records in archives");
            }
        }
    }

    private static Instant at(Stored stored) {
        return Instant.parse(CanonicalJson.parse(stored.record()).path("at").asText());
    }

    private static HeldException held(Hold hold, String more) {
        return new HeldException("nothing was erased: " + hold.shown() + more + " is in force");
    }
}
