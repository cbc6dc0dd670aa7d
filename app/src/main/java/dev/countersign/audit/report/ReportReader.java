package dev.countersign.audit.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditQuery;
import dev.countersign.audit.AuditQuery.Stored;
import dev.countersign.audit.report.Report.Entry;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the records of a period once, oldest first and a part at a time, and keeps what a report
 * shows of them. Records of people and policies are read from the first on: they say what was in
 * force.
 */
final class ReportReader {
    /** How many questions to people are shown one by one. */
    static final int MOST_CHAINS = 100;

    /** How many records a section shows one by one. */
    static final int MOST_ENTRIES = 100;

    private static final int MOST_SILENCES = 20;

    /** Which kinds of records a section shows, the newest of them. */
    private static final Map<String, String> SECTIONS =
            Map.ofEntries(
                    Map.entry("alarm", "exceptions"),
                    Map.entry("refused", "exceptions"),
                    Map.entry("owner", "owner"),
                    Map.entry("grant", "exceptions"),
                    Map.entry("stop", "stops"),
                    Map.entry("resume", "stops"),
                    Map.entry("people", "people"),
                    Map.entry("export", "disclosure"),
                    Map.entry("erasure", "disclosure"),
                    Map.entry("ledger", "continuity"));

    private final AuditQuery query;
    private final Period period;
    private final Slots slots;
    private final Tally tally;
    private final Chains chains = new Chains(MOST_CHAINS);
    private final Roster roster = new Roster();
    private final Map<String, Deque<Entry>> listings = new LinkedHashMap<>();
    private final Silences silences;
    private final Figures figures;

    /** Reads all of it. */
    ReportReader(AuditQuery query, Period period, Instant begin) {
        this.query = query;
        this.period = period;
        slots = new Slots(period.from(), period.to());
        tally = new Tally(slots);
        silences =
                new Silences(begin.isAfter(period.from()) ? begin : period.from(), MOST_SILENCES);
        inForce();
        inPeriod();
        if (begin.isBefore(period.to())) {
            silences.end(period.to());
        }
        figures = new Figures(period, slots, tally);
    }

    private void inForce() {
        Map<String, String> until = Map.of("to", period.to().toString());
        each(with(until, "kind", "people"), (record, at, _) -> roster.people(record, at));
        each(
                with(until, "kind", "policy"),
                (record, at, index) -> {
                    List<String> lines = roster.policy(record, at);
                    if (!at.isBefore(period.from())) {
                        List<String> details = new ArrayList<>(newlyAllowed(record));
                        details.addAll(lines);
                        keep("policies", entry(record, at, index, details));
                    }
                });
    }

    private static Map<String, String> with(
            Map<String, String> filters, String name, String value) {
        Map<String, String> all = new HashMap<>(filters);
        all.put(name, value);
        return all;
    }

    private static List<String> newlyAllowed(ObjectNode record) {
        JsonNode report = record.path("body").path("newly_allowed");
        long count = report.path("count").asLong();
        if (!report.has("count")) {
            return List.of();
        }
        return List.of(
                count == 0
                        ? "None of the calls that were tried became allowed."
                        : count + " of the calls that were tried became allowed.");
    }

    private void inPeriod() {
        Map<String, String> filters =
                Map.of("from", period.from().toString(), "to", period.to().toString());
        each(
                filters,
                (record, at, index) -> {
                    tally.add(record, at);
                    chains.add(record, at, index);
                    silences.add(at);
                    listed(record, at, index);
                });
    }

    private void listed(ObjectNode record, Instant at, long index) {
        String kind = record.path("kind").asText();
        JsonNode body = record.path("body");
        String section = SECTIONS.get(kind);
        boolean vote = kind.equals("vote");
        if (vote && (body.path("break_glass").asBoolean() || selfApproved(body))) {
            section = "exceptions";
        }
        boolean made = !kind.equals("grant") || body.path("event").asText().equals("made");
        boolean done = !kind.equals("export") || body.path("state").asText().equals("finished");
        if (section != null && made && done) {
            List<String> details = new ArrayList<>();
            String reason = body.path("reason").asText();
            if (!reason.isEmpty()) {
                details.add("Reason: " + reason);
            }
            body.path("patterns").forEach(each -> details.add("Covers: " + each.asText()));
            keep(section, entry(record, at, index, details));
        }
    }

    private static boolean selfApproved(JsonNode body) {
        return body.path("self").asBoolean()
                && body.path("answer").asText("approve").equals("approve");
    }

    private static Entry entry(ObjectNode record, Instant at, long index, List<String> details) {
        String person = record.path("person").asText();
        return new Entry(
                index,
                at,
                record.path("kind").asText(),
                person.isEmpty() ? record.path("agent").asText() : person,
                record.path("summary").asText(),
                details);
    }

    private void keep(String section, Entry entry) {
        Deque<Entry> entries = listings.computeIfAbsent(section, _ -> new ArrayDeque<>());
        entries.addLast(entry);
        if (entries.size() > MOST_ENTRIES) {
            entries.removeFirst();
        }
    }

    @FunctionalInterface
    private interface Each {
        void record(ObjectNode record, Instant at, long index);
    }

    private void each(Map<String, String> filters, Each each) {
        long last = -1;
        while (true) {
            List<Stored> part = query.next(filters, last, period.before());
            if (part.isEmpty()) {
                return;
            }
            for (Stored stored : part) {
                last = stored.index();
                ObjectNode record = stored.view();
                each.record(record, Instant.parse(record.path("at").asText()), last);
            }
        }
    }

    /** What a figure counts. */
    long count(String figure) {
        return Optional.ofNullable(figures.all().get(figure)).orElseThrow().count();
    }

    /** All that was read, as a report. */
    Report report(
            Framework framework,
            Instant made,
            String by,
            String address,
            List<String> notes,
            Report.Integrity integrity) {
        Map<String, List<Entry>> shown = new HashMap<>();
        listings.forEach((section, entries) -> shown.put(section, List.copyOf(entries)));
        return new Report(
                framework,
                period,
                made,
                by,
                address,
                List.copyOf(notes),
                integrity,
                figures.all(),
                figures.tables(),
                new Report.State(
                        roster.people(),
                        roster.documents(),
                        roster.authority(),
                        roster.defaults(),
                        roster.accepted()),
                chains.all(),
                chains.more(),
                shown,
                silences.longest(),
                new Report.Silent(silences.count(), silences.total()));
    }
}
