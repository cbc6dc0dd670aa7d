package dev.countersign.web;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.api.Problem;
import dev.countersign.audit.AuditFilters;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditQuery;
import dev.countersign.audit.AuditQuery.Recorded;
import dev.countersign.audit.FieldSyntax;
import dev.countersign.audit.SavedViews;
import dev.countersign.audit.census.Census;
import dev.countersign.audit.census.Choice;
import dev.countersign.audit.census.Counted;
import dev.countersign.audit.census.Figures;
import dev.countersign.audit.census.Slots;
import dev.countersign.audit.export.ExportFormat;
import dev.countersign.call.Place;
import dev.countersign.people.Permission;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The records of the ledger: searched, counted, and followed as they come. */
final class ActivityPages {
    private static final int ROWS = 50;
    private static final int FACET_VALUES = 7;

    /** As long as records are opened for one page where only that shows whether they fit. */
    private static final Duration OPENING = Duration.ofMillis(30);

    /** What is narrowed by, with the key of its title. */
    private static final Map<String, String> FACETS = new LinkedHashMap<>();

    static {
        FACETS.put("effect", "facet.effect");
        FACETS.put("decider", "facet.decider");
        FACETS.put("risk", "facet.risk");
        FACETS.put("agent", "facet.agent");
        FACETS.put("person", "facet.person");
        FACETS.put("project", "facet.project");
        FACETS.put("team", "facet.team");
        FACETS.put("client", "facet.client");
        FACETS.put("tool", "facet.tool");
        FACETS.put("action", "facet.action");
        FACETS.put("rule", "facet.rule");
        FACETS.put("kind", "facet.kind");
    }

    private static final List<String> LASTS = List.of("1h", "24h", "7d", "30d");

    /** Filters that say by themselves whether events of sessions are wanted. */
    private static final Set<String> PLAIN = Set.of("kind", "event", "session", "call", "decision");

    private final Site site;
    private final AuditQuery audit;
    private final Census census;
    private final SavedViews saved;
    private final RecordPages records;
    private final Integrity integrity;
    private final Clock clock;

    ActivityPages(
            Site site,
            AuditQuery audit,
            Census census,
            SavedViews saved,
            RecordPages records,
            Integrity integrity,
            Clock clock) {
        this.site = site;
        this.audit = audit;
        this.census = census;
        this.saved = saved;
        this.records = records;
        this.integrity = integrity;
        this.clock = clock;
    }

    /** What the address asks for. */
    private record Asked(
            Map<String, String> filters, boolean sessions, boolean count, Instant now) {
        Map<String, String> resolved() {
            return FieldSyntax.resolved(filters, now);
        }

        /** Whether events of sessions are among it. */
        boolean all() {
            return sessions || count || filters.keySet().stream().anyMatch(PLAIN::contains);
        }

        String query() {
            return query(filters, sessions);
        }

        String href() {
            return href(query());
        }

        String with(String name, String value) {
            Map<String, String> more = new LinkedHashMap<>(filters);
            more.put(name, value);
            return href(query(more, sessions));
        }

        String without(String... names) {
            Map<String, String> less = new LinkedHashMap<>(filters);
            List.of(names).forEach(less::remove);
            return href(query(less, sessions));
        }

        String during(Instant from, Instant to) {
            Map<String, String> more = new LinkedHashMap<>(filters);
            more.remove(FieldSyntax.LAST);
            more.put("from", from.toString());
            more.put("to", to.toString());
            return href(query(more, sessions));
        }

        static String query(Map<String, String> filters, boolean sessions) {
            String query =
                    filters.entrySet().stream()
                            .map(each -> each.getKey() + "=" + Visit.part(each.getValue()))
                            .collect(Collectors.joining("&"));
            return query + (sessions ? (query.isEmpty() ? "" : "&") + "sessions=yes" : "");
        }

        static String href(String query) {
            return "/activity" + (query.isEmpty() ? "" : "?" + query);
        }
    }

    void activity(Visit visit) {
        Optional<String> search = visit.query("search");
        if (search.isPresent()) {
            searched(visit, search.get());
            return;
        }
        Asked asked = asked(visit);
        show(visit, asked, FieldSyntax.text(asked.filters()), "");
    }

    /** What was typed becomes an address that others can be given. */
    private void searched(Visit visit, String text) {
        boolean sessions = visit.query("sessions").isPresent();
        try {
            visit.redirect(Asked.href(Asked.query(FieldSyntax.parse(text), sessions)));
        } catch (IllegalArgumentException e) {
            Asked nothing = new Asked(Map.of(), sessions, false, clock.instant());
            show(visit, nothing, text, Site.sentence(String.valueOf(e.getMessage())));
        }
    }

    private Asked asked(Visit visit) {
        Map<String, String> filters = new LinkedHashMap<>();
        List<String> names = new ArrayList<>(AuditFilters.names());
        names.add(FieldSyntax.LAST);
        for (String name : names) {
            String value = visit.query(name).orElse("");
            if (!value.isEmpty()) {
                try {
                    filters.put(name, FieldSyntax.checked(name, value));
                } catch (IllegalArgumentException e) {
                    throw Problem.badRequest(String.valueOf(e.getMessage()));
                }
            }
        }
        String own = visit.person().rights().project();
        if (own != null) {
            filters.put("project", own);
        }
        return new Asked(
                filters,
                visit.query("sessions").isPresent(),
                visit.query("count").isPresent(),
                clock.instant());
    }

    private void show(Visit visit, Asked asked, String text, String problem) {
        site.page(
                visit.response(),
                problem.isEmpty() ? 200 : 400,
                "activity",
                Map.of(
                        "frame",
                        site.frame(visit, Texts.say("activity.activity"), "activity", false),
                        "view",
                        view(visit, asked, text, problem)));
    }

    private ActivityView view(Visit visit, Asked asked, String text, String problem) {
        Instant now = asked.now();
        long before = visit.query("before").map(Visit::number).orElse(Long.MAX_VALUE);
        long open = visit.query("open").map(Visit::number).orElse(-1L);
        Map<String, String> filters = asked.resolved();
        Counted counted = census.look();
        Census.Found found = census.find(counted, filters, asked.all(), before, ROWS, OPENING);
        Choice choice = choice(visit, asked, filters);
        boolean bodies =
                filters.keySet().stream()
                        .anyMatch(Set.of("q", "event", "call", "decision")::contains);
        Slots slots = slots(filters, counted, now);
        Set<Long> only = found.records().stream().map(Recorded::index).collect(Collectors.toSet());
        Figures figures =
                bodies
                        ? counted.figures(choice, slots, only::contains)
                        : counted.figures(choice, slots);
        String pages = asked.query() + (asked.count() ? "&count=yes" : "");
        String here = before == Long.MAX_VALUE ? "" : "before=" + before;
        return new ActivityView(
                text,
                problem,
                asked.query(),
                chips(asked),
                ranges(asked),
                counted.size() == 0 ? null : ChartView.of(figures, asked::during),
                facets(asked, figures, choice),
                found.records().stream()
                        .map(each ->
                                ActivityView.Row.of(
                                        each, joined(pages, here, "open=" + each.index()), now))
                        .toList(),
                matches(bodies, found, figures.total()),
                hint(bodies, found, counted),
                counted.going(),
                found.next() < 0 ? "" : joined(pages, "before=" + found.next()),
                found.early()
                        ? Texts.say("activity.look-further-back")
                        : Texts.say("activity.older"),
                before == Long.MAX_VALUE ? "" : asked.href(),
                sessionsHref(asked),
                asked.sessions(),
                asked.count() ? count(filters, before) : -1,
                saved.of(visit.person().email()).stream()
                        .map(each -> new ActivityView.Kept(each.name(), searching(each.search())))
                        .toList(),
                counted.end() - 1,
                before == Long.MAX_VALUE && !filters.containsKey("to"),
                open < 0 ? null : opened(visit, open, now),
                Site.barred(visit.person(), Permission.EXPORT, Place.NOWHERE),
                integrity.badge());
    }

    /** What this person may see of what is asked for. */
    private Choice choice(Visit visit, Asked asked, Map<String, String> filters) {
        Choice choice = Choice.of(audit.stored(filters), asked.all());
        String own = visit.person().rights().project();
        return own == null ? choice : choice.within(own);
    }

    private @Nullable RecordView opened(Visit visit, long index, Instant now) {
        return records.view(visit.person(), index, false, now).orElse(null);
    }

    private static String joined(String... parts) {
        return "/activity?"
                + List.of(parts).stream()
                        .map(each -> each.startsWith("&") ? each.substring(1) : each)
                        .filter(each -> !each.isEmpty())
                        .collect(Collectors.joining("&"));
    }

    private static Slots slots(Map<String, String> filters, Counted counted, Instant now) {
        Instant from =
                filters.containsKey("from")
                        ? Instant.parse(filters.get("from"))
                        : counted.since().orElse(now.minus(Duration.ofHours(1)));
        Instant to = filters.containsKey("to") ? Instant.parse(filters.get("to")) : now;
        return Slots.over(from, to.isAfter(from) ? to : from.plusSeconds(1));
    }

    private static String matches(boolean bodies, Census.Found found, long total) {
        if (!bodies) {
            return records(total);
        }
        return found.next() < 0
                ? records(found.records().size())
                : Texts.say("activity.the-newest", records(found.records().size()));
    }

    private static String records(long count) {
        return Texts.say("activity.so-many", count, ReportPaper.count(count));
    }

    private static String hint(boolean bodies, Census.Found found, Counted counted) {
        List<String> hints = new ArrayList<>();
        if (found.early()) {
            hints.add(Texts.say("activity.looked-through", records(found.looked())));
        }
        if (bodies && found.next() >= 0) {
            hints.add(Texts.say("activity.the-chart-and-the"));
        }
        if (!counted.whole()) {
            hints.add(Texts.say("activity.counted-newest", ReportPaper.count(counted.size())));
        }
        return String.join(" ", hints);
    }

    private static List<ActivityView.Chip> chips(Asked asked) {
        return asked.filters().entrySet().stream()
                .map(each ->
                        new ActivityView.Chip(
                                each.getKey(), each.getValue(), asked.without(each.getKey())))
                .toList();
    }

    private static List<ActivityView.Choice> ranges(Asked asked) {
        List<ActivityView.Choice> ranges = new ArrayList<>();
        String last = asked.filters().getOrDefault(FieldSyntax.LAST, "");
        for (String each : LASTS) {
            Map<String, String> filters = new LinkedHashMap<>(asked.filters());
            filters.remove("from");
            filters.remove("to");
            filters.put(FieldSyntax.LAST, each);
            ranges.add(
                    new ActivityView.Choice(
                            each,
                            Asked.href(Asked.query(filters, asked.sessions())),
                            each.equals(last)));
        }
        boolean all =
                last.isEmpty()
                        && !asked.filters().containsKey("from")
                        && !asked.filters().containsKey("to");
        ranges.add(
                new ActivityView.Choice(
                        Texts.say("activity.all"),
                        asked.without(FieldSyntax.LAST, "from", "to"),
                        all));
        return ranges;
    }

    private List<ActivityView.Facet> facets(Asked asked, Figures figures, Choice choice) {
        List<ActivityView.Facet> facets = new ArrayList<>();
        Map<String, List<Figures.Value>> all = figures.values(FACETS.keySet(), choice);
        FACETS.forEach((name, title) -> {
            List<Figures.Value> values = all.getOrDefault(name, List.of());
            String current = asked.filters().getOrDefault(name, "");
            List<ActivityView.Value> shown = new ArrayList<>();
            for (Figures.Value value : values) {
                String words = audit.shown(value.name());
                boolean chosen = words.equals(current);
                if (shown.size() < FACET_VALUES || chosen) {
                    shown.add(
                            new ActivityView.Value(
                                    words,
                                    ReportPaper.count(value.count()),
                                    chosen ? asked.without(name) : asked.with(name, words),
                                    chosen));
                }
            }
            if (values.size() > 1 || (!current.isEmpty() && !values.isEmpty())) {
                facets.add(
                        new ActivityView.Facet(
                                name, Texts.say(title), shown, values.size() - shown.size()));
            }
        });
        return facets;
    }

    private static String sessionsHref(Asked asked) {
        boolean told = asked.filters().keySet().stream().anyMatch(PLAIN::contains);
        return told || asked.count()
                ? ""
                : Asked.href(Asked.query(asked.filters(), !asked.sessions()));
    }

    private long count(Map<String, String> filters, long before) {
        try {
            return audit.count(filters, before);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        }
    }

    /** How many records came since somebody began to look. */
    void news(Visit visit) {
        Asked asked = asked(visit);
        long after = visit.query("after").map(Visit::number).orElse(Long.MAX_VALUE);
        Counted counted = census.look();
        Map<String, String> filters = asked.resolved();
        Choice choice = choice(visit, asked, filters);
        site.data(
                visit.response(),
                JsonNodeFactory.instance.objectNode().put("new", counted.after(choice, after)));
    }

    /** What leaves the server takes a person who confirmed of late that it is them. */
    void export(Visit visit) {
        String way;
        if (visit.query("framework").isPresent()) {
            way =
                    "/v1/audit/report?"
                            + Stream.of("framework", "from", "to")
                                    .filter(name -> !visit.query(name).orElse("").isEmpty())
                                    .map(name ->
                                            name + "=" + Visit.part(visit.query(name).orElse("")))
                                    .collect(Collectors.joining("&"));
        } else {
            ExportFormat format =
                    ExportFormat.of(visit.query("format").orElse(""))
                            .orElseThrow(() ->
                                    Problem.badRequest(Texts.say("activity.an-export-is-json")));
            String query = Asked.query(asked(visit).resolved(), false);
            way = "/v1/audit/export?format=" + format.wire() + (query.isEmpty() ? "" : "&" + query);
        }
        visit.redirect("/confirm?then=" + Visit.part(way));
    }

    void keep(Visit visit) throws NotRecorded {
        String name = visit.text("name", SavedViews.LONGEST_NAME);
        String search = visit.text("search", SavedViews.LONGEST_SEARCH);
        if (name.isEmpty()) {
            throw Problem.badRequest(Texts.say("activity.a-view-that-is"));
        }
        if (!saved.keep(visit.person().email(), new SavedViews.View(name, search))) {
            throw Problem.badRequest(Texts.say("activity.too-many-views", SavedViews.MOST));
        }
        visit.redirect(searching(search));
    }

    void forget(Visit visit) throws NotRecorded {
        saved.forget(visit.person().email(), visit.field("name"));
        visit.redirect(searching(visit.text("search", SavedViews.LONGEST_SEARCH)));
    }

    private static String searching(String search) {
        return "/activity?search=" + Visit.part(search);
    }
}
