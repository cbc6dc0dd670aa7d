package dev.countersign.web;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.api.Places;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.Stop;
import dev.countersign.audit.AuditQuery;
import dev.countersign.people.Permission;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Tasks: what is worked on, and one of them with its sessions, questions and decisions. */
public final class TaskPages {
    private static final int DECISIONS = 30;
    private static final int MOST_SESSIONS = 10;

    private final Site site;
    private final WorkViews work;
    private final Approvals approvals;
    private final AuditQuery audit;
    private final Places places;
    private final Clock clock;

    TaskPages(
            Site site,
            WorkViews work,
            Approvals approvals,
            AuditQuery audit,
            Places places,
            Clock clock) {
        this.site = site;
        this.work = work;
        this.approvals = approvals;
        this.audit = audit;
        this.places = places;
        this.clock = clock;
    }

    static String href(String task) {
        return "/tasks/task?name=" + Visit.part(task);
    }

    void list(Visit visit) {
        Instant now = clock.instant();
        Map<String, Integer> open = new HashMap<>();
        AtomicInteger looked = new AtomicInteger();
        approvals.eachPending(request -> {
            open.merge(name(request), 1, Integer::sum);
            return looked.incrementAndGet() < PersonalViews.MOST_LOOKED_AT;
        });
        List<WorkViews.TaskRow> rows =
                RecentWork.of(audit).tasks().stream()
                        .map(task -> work.row(task, open.getOrDefault(task.name(), 0), now))
                        .limit(100)
                        .toList();
        site.page(
                visit.response(),
                200,
                "tasks",
                Map.of(
                        "frame",
                        site.frame(visit, Texts.say("task.tasks"), "agents", false),
                        "rows",
                        rows));
    }

    /** What people call the work of a request. */
    private static String name(ApprovalRequest request) {
        return request.call().path("task").asText(request.call().path("session").asText(""));
    }

    private static boolean of(JsonNode call, String task) {
        return call.path("task").asText("").equals(task)
                || call.path("session").asText("").equals(task);
    }

    void task(Visit visit) {
        String name = visit.query("name").orElse("");
        Instant now = clock.instant();
        // A task that its caller named has its records under its sessions.
        Optional<RecentWork.Task> named = RecentWork.of(audit).task(name);
        Set<String> sessions =
                new LinkedHashSet<>(named.map(RecentWork.Task::sessions).orElse(Set.of()));
        sessions.add(name);
        Optional<RecentWork.Task> task =
                named.or(() ->
                        RecentWork.of(audit, Map.of("kind", "decision", "session", name))
                                .task(name));
        List<RequestView> open = work.open(visit.person(), request -> of(request.call(), name));
        if (name.isEmpty() || (task.isEmpty() && open.isEmpty())) {
            site.message(
                    visit.request(),
                    visit.response(),
                    404,
                    Texts.say("task.no-such-task"),
                    Texts.say("task.nothing-lately-asked-for"),
                    "");
            return;
        }
        List<ActivityView.Row> decisions = new ArrayList<>();
        List<Session> shown = new ArrayList<>();
        for (String session : sessions.stream().limit(MOST_SESSIONS).toList()) {
            List<ActivityView.Row> some =
                    work.decisions(Map.of("kind", "decision", "session", session), DECISIONS);
            decisions.addAll(some);
            if (!some.isEmpty()) {
                shown.add(
                        new Session(
                                Drawing.of(session),
                                "/activity/session?id=" + Visit.part(session),
                                some.getFirst().client(),
                                some.getFirst().at()));
            }
        }
        decisions.sort((a, b) -> Long.compare(b.index(), a.index()));
        Map<String, @Nullable Object> model = new HashMap<>();
        model.put("frame", site.frame(visit, Texts.say("task.title", name), "agents", true));
        model.put("name", Drawing.of(name));
        model.put("row", task.map(each -> work.row(each, open.size(), now)).orElse(null));
        model.put("agents", task.map(each -> List.copyOf(each.agents())).orElse(List.of()));
        model.put("sessions", shown);
        model.put("open", open);
        model.put("decisions", decisions.stream().limit(DECISIONS).toList());
        model.put(
                "grants",
                work.grants(visit.person(), grant -> grant.offer().task().equals("task " + name)));
        model.put(
                "stop",
                work.stopView(
                        visit.person(),
                        Stop.Kind.TASK,
                        name,
                        href(name),
                        Site.barred(
                                visit.person(), Permission.STOP, places.of(Stop.Kind.TASK, name))));
        site.page(visit.response(), 200, "task", model);
    }

    /**
     * One run of a client.
     *
     * @param href its records
     */
    public record Session(List<Drawing.Piece> name, String href, String client, Moment last) {}
}
