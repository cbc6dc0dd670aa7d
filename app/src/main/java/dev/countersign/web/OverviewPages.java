package dev.countersign.web;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.api.Problem;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.Vote;
import dev.countersign.audit.AuditQuery;
import dev.countersign.audit.AuditQuery.Recorded;
import dev.countersign.audit.FieldSyntax;
import dev.countersign.audit.census.Answered;
import dev.countersign.audit.census.Census;
import dev.countersign.audit.census.Choice;
import dev.countersign.audit.census.Counted;
import dev.countersign.audit.census.Figures;
import dev.countersign.audit.census.Form;
import dev.countersign.audit.census.Slots;
import dev.countersign.decision.CallJson;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** How things stand, on one page. */
final class OverviewPages {
    private static final int ASKED = 200;
    private static final int DENIED = 100;
    private static final int ANSWERED = 100;
    private static final int RANKED = 6;
    private static final int WAITING = 5;

    /** So many yes within a minute were hardly read. */
    private static final int BURST = 5;

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static final Map<String, String> RANGES = new LinkedHashMap<>();

    static {
        RANGES.put("24h", "overview.24-hours");
        RANGES.put("7d", "overview.7-days");
        RANGES.put("30d", "overview.30-days");
    }

    private static final String USUAL = "7d";

    private final Site site;
    private final PersonalViews views;
    private final AuditQuery audit;
    private final Census census;
    private final Approvals approvals;
    private final Integrity integrity;
    private final Clock clock;

    OverviewPages(
            Site site,
            PersonalViews views,
            AuditQuery audit,
            Census census,
            Approvals approvals,
            Integrity integrity,
            Clock clock) {
        this.site = site;
        this.views = views;
        this.audit = audit;
        this.census = census;
        this.approvals = approvals;
        this.integrity = integrity;
        this.clock = clock;
    }

    void overview(Visit visit) {
        String last = visit.query(FieldSyntax.LAST).filter(RANGES::containsKey).orElse(USUAL);
        if (visit.person().rights().project() != null) {
            throw new Problem(Problem.Kind.FORBIDDEN, Texts.say("overview.this-sign-in-is"));
        }
        Instant now = clock.instant();
        Map<String, String> filters = FieldSyntax.resolved(Map.of(FieldSyntax.LAST, last), now);
        Instant from = Instant.parse(filters.getOrDefault("from", now.toString()));
        Counted counted = census.look();
        Choice choice = Choice.of(filters, true);
        Figures figures = counted.figures(choice, Slots.over(from, now));
        List<ApprovalRequest> open = new ArrayList<>();
        approvals.eachPending(request -> {
            open.add(request);
            return open.size() < WAITING;
        });
        List<Recorded> asks = newest(counted, filters, "ask", ASKED);
        List<Recorded> denials = newest(counted, filters, "deny", DENIED);
        List<ApprovalRequest> ended =
                approvals.ended(ANSWERED).stream()
                        .filter(request -> !request.asked().isBefore(from))
                        .toList();
        int pending = approvals.countPending();
        OverviewView view =
                new OverviewView(
                        RANGES.entrySet().stream()
                                .map(each ->
                                        new ActivityView.Choice(
                                                Texts.say(each.getValue()),
                                                "/overview?last=" + each.getKey(),
                                                each.getKey().equals(last)))
                                .toList(),
                        ChartView.of(
                                figures, (begin, end) -> "/activity?from=" + begin + "&to=" + end),
                        numbers(visit, counted, choice, figures, pending, last, from, now),
                        open.stream().map(request -> waiting(request, now)).toList(),
                        Math.max(0, pending - open.size()),
                        ranked(
                                asks,
                                OverviewPages::shape,
                                _ -> "",
                                each -> "q=" + Visit.part(each),
                                "ask",
                                last),
                        asks.size(),
                        ranked(
                                denials,
                                OverviewPages::rule,
                                OverviewPages::why,
                                each -> "rule=" + Visit.part(each),
                                "deny",
                                last),
                        denials.size(),
                        clients(figures, last),
                        approvers(ended, last),
                        ended.size(),
                        integrity.badges(counted.end(), now),
                        counted.whole()
                                ? ""
                                : Texts.say(
                                        "overview.counted-newest",
                                        ReportPaper.count(counted.size())));
        site.page(
                visit.response(),
                200,
                "overview",
                Map.of(
                        "frame",
                        site.frame(visit, Texts.say("overview.overview"), "overview", false),
                        "view",
                        view));
    }

    private List<Recorded> newest(
            Counted counted, Map<String, String> filters, String effect, int most) {
        Map<String, String> wanted = new TreeMap<>(filters);
        wanted.put("effect", effect);
        return audit.of(counted.newest(Choice.of(wanted, true), most), wanted);
    }

    private List<OverviewView.Figure> numbers(
            Visit visit,
            Counted counted,
            Choice choice,
            Figures figures,
            int pending,
            String last,
            Instant from,
            Instant now) {
        long answered = 0;
        for (Answered how : Answered.values()) {
            answered += how == Answered.ASK ? 0 : figures.sum(how);
        }
        long asked = figures.sum(Answered.ASK);
        long alone = figures.sum(Answered.DEFAULT) + figures.sum(Answered.RULE);
        return List.of(
                new OverviewView.Figure(
                        ReportPaper.count(answered),
                        Texts.say("overview.calls-answered"),
                        "/activity?kind=decision&last=" + last),
                new OverviewView.Figure(
                        answered == 0 ? "–" : 100 * alone / answered + " %",
                        Texts.say("overview.allowed-without-a-person"),
                        "/activity?effect=allow&last=" + last),
                new OverviewView.Figure(
                        perHour(counted, choice, asked, from, now),
                        Texts.say("overview.prompts-per-working-hour"),
                        "/activity?effect=ask&last=" + last),
                new OverviewView.Figure(
                        ReportPaper.count(figures.sum(Answered.DENY) + figures.sum(Answered.STOP)),
                        Texts.say("overview.denied"),
                        "/activity?effect=deny&last=" + last),
                new OverviewView.Figure(ReportPaper.count(pending), waiting(pending, visit), "/"));
    }

    private String waiting(int pending, Visit visit) {
        int mine = views.waiting(visit.person());
        if (pending == 1) {
            return Texts.say("overview.waits");
        }
        return Texts.say(
                mine < PersonalViews.MOST_SHOWN ? "overview.wait" : "overview.wait-or-more", mine);
    }

    /** An hour counts in which an agent asked for anything at all. */
    private static String perHour(
            Counted counted, Choice choice, long asked, Instant from, Instant now) {
        Duration hour = Duration.ofHours(1);
        int hours = Math.toIntExact(Duration.between(from, now).toHours()) + 1;
        long busy =
                counted.figures(choice, new Slots(from, hour, hours)).answered().stream()
                        .filter(slot -> !slot.isEmpty())
                        .count();
        return busy == 0 ? "–" : String.format(Locale.ROOT, "%.1f", (double) asked / busy);
    }

    private static OverviewView.Waiting waiting(ApprovalRequest request, Instant now) {
        JsonNode input = request.call().path("input");
        String headline =
                CallJson.headline(request.call().path("tool").asText(""), input)
                        .replaceAll("\\s+", " ");
        return new OverviewView.Waiting(
                request.id(),
                Drawing.of(headline),
                request.requester(),
                CallView.Risk.of(request.explanation().path("risk").asText("")),
                Moment.until(request.expires(), now));
    }

    private static List<OverviewView.Ranked> ranked(
            List<Recorded> records,
            Function<Recorded, String> kind,
            Function<Recorded, String> note,
            Function<String, String> filter,
            String effect,
            String last) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        Map<String, String> notes = new LinkedHashMap<>();
        for (Recorded each : records) {
            String name = kind.apply(each);
            counts.merge(name, 1, Integer::sum);
            notes.putIfAbsent(name, note.apply(each));
        }
        return counts.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .limit(RANKED)
                .map(each ->
                        new OverviewView.Ranked(
                                Drawing.of(each.getKey()),
                                notes.getOrDefault(each.getKey(), ""),
                                each.getValue(),
                                "/activity?effect="
                                        + effect
                                        + "&last="
                                        + last
                                        + "&"
                                        + filter.apply(each.getKey())))
                .toList();
    }

    /** A command without its arguments, and of another tool its name. */
    private static String shape(Recorded recorded) {
        JsonNode record = recorded.body();
        JsonNode command = record.at("/body/call/input/command");
        if (!command.isTextual()) {
            return record.path("tool").asText(Texts.say("overview.a-tool"));
        }
        String[] words = command.textValue().strip().split("\\s+", 3);
        String program = words[0].substring(words[0].lastIndexOf('/') + 1);
        boolean named = words.length > 1 && words[1].matches("[a-z][a-z0-9-]{0,30}");
        return named ? program + " " + words[1] : program;
    }

    /** What forced the answer first. */
    private static String rule(Recorded recorded) {
        JsonNode because = forced(recorded);
        return because.isMissingNode()
                ? recorded.body().path("decider").asText("")
                : because.path("document").asText("") + "/" + because.path("rule").asText("");
    }

    private static String why(Recorded recorded) {
        JsonNode because = forced(recorded);
        return because.isMissingNode()
                ? recorded.body().at("/body/reason").asText("")
                : because.path("text").asText("");
    }

    private static JsonNode forced(Recorded recorded) {
        JsonNode body = recorded.body().path("body");
        for (JsonNode operation : body.path("operations")) {
            if (!operation.path("effect").asText("").equals("deny")) {
                continue;
            }
            for (JsonNode because : operation.path("because")) {
                if (because.path("effect").asText("").equals("deny")) {
                    return because;
                }
            }
        }
        return body.path("operations").path(-1);
    }

    private static List<OverviewView.Client> clients(Figures figures, String last) {
        Map<String, long[]> counts = new TreeMap<>();
        for (Figures.Many each : figures.forms()) {
            int place = place(each.form());
            String client = each.form().client();
            if (place >= 0 && !client.isEmpty()) {
                counts.computeIfAbsent(client, _ -> new long[3])[place] += each.count();
            }
        }
        return counts.entrySet().stream()
                .map(each -> {
                    String href = "/activity?last=" + last + "&client=" + Visit.part(each.getKey());
                    long[] of = each.getValue();
                    return new OverviewView.Client(
                            each.getKey(), href, of[0], of[1], of[2], href + "&kind=alarm");
                })
                .sorted(Comparator.comparingLong(OverviewView.Client::decisions).reversed())
                .toList();
    }

    private static int place(Form form) {
        return switch (form.kind()) {
            // What was asked is answered by another record.
            case "decision" -> form.effect().equals("ask") ? -1 : 0;
            case "outcome" -> 1;
            case "alarm" -> 2;
            default -> -1;
        };
    }

    /** How somebody answered. */
    private static final class Answers {
        private int yes;
        private int no;
        private final List<Duration> took = new ArrayList<>();
        private final List<Instant> agreed = new ArrayList<>();

        /** The most yes within a minute. */
        int most() {
            List<Instant> times = agreed.stream().sorted().toList();
            int most = 0;
            for (int from = 0, to = 0; to < times.size(); to++) {
                while (Duration.between(times.get(from), times.get(to)).compareTo(MINUTE) > 0) {
                    from++;
                }
                most = Math.max(most, to - from + 1);
            }
            return most;
        }
    }

    private static List<OverviewView.Approver> approvers(List<ApprovalRequest> ended, String last) {
        Map<String, Answers> people = new TreeMap<>();
        for (ApprovalRequest request : ended) {
            for (Vote vote : request.votes()) {
                Answers answers = people.computeIfAbsent(vote.person(), _ -> new Answers());
                answers.took.add(Duration.between(request.asked(), vote.at()));
                if (vote.approve()) {
                    answers.yes++;
                    answers.agreed.add(vote.at());
                } else {
                    answers.no++;
                }
            }
        }
        return people.entrySet().stream()
                .map(each -> {
                    Answers of = each.getValue();
                    List<Duration> took = of.took.stream().sorted().toList();
                    int most = of.most();
                    return new OverviewView.Approver(
                            each.getKey(),
                            "/activity?kind=vote&last="
                                    + last
                                    + "&person="
                                    + Visit.part(each.getKey()),
                            of.yes,
                            of.no,
                            100 * of.yes / (of.yes + of.no),
                            seconds(took.get(took.size() / 2)),
                            most >= BURST ? Texts.say("overview.within-a-minute", most) : "");
                })
                .sorted(
                        Comparator.comparingInt(
                                        (OverviewView.Approver each) -> each.yes() + each.no())
                                .reversed())
                .toList();
    }

    private static String seconds(Duration length) {
        long seconds = Math.max(0, length.toSeconds());
        return seconds < 120
                ? Texts.say("overview.seconds", seconds)
                : seconds < 7_200
                        ? Texts.say("overview.minutes", seconds / 60)
                        : Texts.say("overview.hours", seconds / 3_600);
    }
}
