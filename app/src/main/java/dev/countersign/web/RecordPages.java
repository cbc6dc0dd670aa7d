package dev.countersign.web;

import dev.countersign.audit.AuditQuery;
import dev.countersign.audit.AuditQuery.Recorded;
import dev.countersign.audit.AuditQuery.Stored;
import dev.countersign.audit.LedgerProofs;
import dev.countersign.audit.RecordCheck;
import dev.countersign.people.Principal;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One record of the ledger, with all that was hashed of it. */
final class RecordPages {
    /** Records of one decision that are shown. */
    private static final int AROUND = 50;

    private final Site site;
    private final AuditQuery audit;
    private final RecordCheck check;
    private final Clock clock;

    RecordPages(Site site, AuditQuery audit, LedgerProofs proofs, Clock clock) {
        this.site = site;
        this.audit = audit;
        this.check = new RecordCheck(audit, proofs);
        this.clock = clock;
    }

    void record(Visit visit) {
        boolean verify = visit.query("verify").isPresent();
        Optional<RecordView> found =
                view(
                        visit.person(),
                        Visit.number(visit.parameter("index")),
                        verify,
                        clock.instant());
        if (found.isEmpty()) {
            site.message(
                    visit.request(),
                    visit.response(),
                    404,
                    Texts.say("record.no-such-record"),
                    Texts.say("record.the-ledger-has-no"),
                    "");
            return;
        }
        site.page(
                visit.response(),
                200,
                "record",
                Map.of(
                        "frame",
                        site.frame(
                                visit,
                                Texts.say("record.title", found.get().index()),
                                "activity",
                                false),
                        "record",
                        found.get()));
    }

    /**
     * A record as a person sees it, or empty where there is none for them.
     *
     * @param verify whether it is checked anew
     */
    Optional<RecordView> view(Principal.Person person, long index, boolean verify, Instant now) {
        return stored(index)
                .filter(stored -> reaches(person, stored))
                .map(stored -> {
                    String decision = stored.view().path("decision").asText("");
                    List<Recorded> around =
                            decision.isEmpty()
                                    ? List.of()
                                    : audit.ofDecision(decision).stream().limit(AROUND).toList();
                    return RecordView.of(
                            stored,
                            audit.byIndex(index - 1).isPresent(),
                            audit.byIndex(index + 1).isPresent(),
                            around,
                            verify ? check.check(index) : List.of(),
                            now);
                });
    }

    private static boolean reaches(Principal.Person person, Stored stored) {
        String own = person.rights().project();
        return own == null || own.equals(stored.view().path("project").asText());
    }

    private Optional<Stored> stored(long index) {
        return index < 0
                ? Optional.empty()
                : audit.next(Map.of(), index - 1, index + 1).stream().findFirst();
    }
}
