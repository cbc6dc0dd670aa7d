package dev.countersign.web;

import dev.countersign.api.Problem;
import dev.countersign.audit.AuditFilters;
import dev.countersign.audit.AuditQuery;
import dev.countersign.audit.AuditQuery.Recorded;
import dev.countersign.people.Permission;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the ledger says. */
final class RecordPages {
    private static final int RECORDS = 100;

    /** How many records are looked at for one page of them. */
    private static final int LOOKED_AT = 1_000;

    private final Site site;
    private final AuditQuery audit;
    private final Clock clock;

    RecordPages(Site site, AuditQuery audit, Clock clock) {
        this.site = site;
        this.audit = audit;
        this.clock = clock;
    }

    void activity(Visit visit) {
        Map<String, String> filters = filters(visit);
        String effect = filters.getOrDefault("effect", "");
        long before = visit.query("before").map(Visit::number).orElse(Long.MAX_VALUE);
        boolean narrowed = !filters.isEmpty() && !filters.keySet().equals(Set.of("effect"));
        // Who asks for certain records wants these, whatever they are.
        boolean sessions = narrowed || visit.query("sessions").isPresent();
        Instant now = clock.instant();
        List<Recorded> found = new ArrayList<>();
        long next = before;
        boolean end = false;
        for (int looked = 0; looked < LOOKED_AT && found.size() < RECORDS && !end; ) {
            List<Recorded> some = list(filters, next);
            end = some.size() < RECORDS || some.getLast().index() == 0;
            looked += some.size();
            for (Recorded each : some) {
                next = each.index();
                if (sessions || !"session".equals(each.body().path("kind").asText(""))) {
                    found.add(each);
                }
                if (found.size() == RECORDS) {
                    end &= each.equals(some.getLast());
                    break;
                }
            }
        }
        long older = end ? -1 : next;
        site.page(
                visit.response(),
                200,
                "activity",
                Map.of(
                        "frame",
                        site.frame(visit, "Activity", "activity", false),
                        "records",
                        found.stream().map(r -> RecordView.of(r, now)).toList(),
                        "effect",
                        effect,
                        "filters",
                        narrowed ? filters : Map.of(),
                        "count",
                        visit.query("count").isPresent() ? count(filters, before) : -1L,
                        "query",
                        query(filters, !narrowed && sessions),
                        "mayReport",
                        visit.person().may(Permission.EXPORT),
                        "older",
                        older,
                        "sessions",
                        sessions));
    }

    /** Every filter of the ledger that the address names, in the order of their help. */
    private static Map<String, String> filters(Visit visit) {
        Map<String, String> filters = new LinkedHashMap<>();
        for (String name : AuditFilters.names()) {
            visit.query(name)
                    .filter(value -> !value.isEmpty())
                    .ifPresent(value -> filters.put(name, value));
        }
        return filters;
    }

    private static String query(Map<String, String> filters, boolean sessions) {
        StringBuilder query = new StringBuilder();
        filters.forEach((name, value) ->
                query.append('&').append(name).append('=').append(Visit.part(value)));
        return query + (sessions ? "&sessions=yes" : "");
    }

    private List<Recorded> list(Map<String, String> filters, long before) {
        try {
            return audit.list(filters, before, RECORDS);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        }
    }

    private long count(Map<String, String> filters, long before) {
        try {
            return audit.count(filters, before);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        }
    }

    void record(Visit visit) {
        Optional<Recorded> found = audit.byIndex(Visit.number(visit.parameter("index")));
        if (found.isEmpty()) {
            site.message(
                    visit.request(),
                    visit.response(),
                    404,
                    "No such record",
                    "The ledger has no record of that index.",
                    "");
            return;
        }
        Instant now = clock.instant();
        RecordView record = RecordView.of(found.get(), now);
        List<RecordView> related =
                record.decision().isEmpty()
                        ? List.of()
                        : audit.ofDecision(record.decision()).stream()
                                .limit(50)
                                .map(r -> RecordView.of(r, now))
                                .toList();
        site.page(
                visit.response(),
                200,
                "record",
                Map.of(
                        "frame",
                        site.frame(visit, "Record " + record.index(), "activity", false),
                        "record",
                        record,
                        "related",
                        related));
    }
}
