package dev.countersign.web;

import dev.countersign.audit.AuditQuery;
import dev.countersign.audit.AuditQuery.Recorded;
import dev.countersign.decision.SessionCoverage;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A session of a client, step by step. */
final class ReplayPages {
    private static final int RECORDS = 200;

    private final Site site;
    private final AuditQuery audit;
    private final Clock clock;

    ReplayPages(Site site, AuditQuery audit, Clock clock) {
        this.site = site;
        this.audit = audit;
        this.clock = clock;
    }

    void session(Visit visit) {
        String id = visit.query("id").orElse("");
        long before = visit.query("before").map(Visit::number).orElse(Long.MAX_VALUE);
        Map<String, String> filters = new HashMap<>(Map.of("session", id));
        String own = visit.person().rights().project();
        if (own != null) {
            filters.put("project", own);
        }
        List<Recorded> records = id.isEmpty() ? List.of() : audit.list(filters, before, RECORDS);
        if (records.isEmpty()) {
            site.message(
                    visit.request(),
                    visit.response(),
                    404,
                    Texts.say("replay.no-such-session"),
                    Texts.say("replay.the-ledger-has-no"),
                    "");
            return;
        }
        String here = "/activity/session?id=" + Visit.part(id);
        boolean more = records.size() == RECORDS;
        site.page(
                visit.response(),
                200,
                "session",
                Map.of(
                        "frame",
                        site.frame(visit, Texts.say("replay.session", id), "activity", false),
                        "coverage",
                        SessionCoverage.of(audit, filters),
                        "session",
                        ReplayView.of(
                                id,
                                records.reversed(),
                                more ? here + "&before=" + records.getLast().index() : "",
                                before == Long.MAX_VALUE ? "" : here,
                                clock.instant())));
    }
}
