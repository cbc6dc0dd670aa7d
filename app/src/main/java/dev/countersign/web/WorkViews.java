package dev.countersign.web;

import dev.countersign.api.Places;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.Grant;
import dev.countersign.approval.Grants;
import dev.countersign.approval.Stop;
import dev.countersign.approval.Stops;
import dev.countersign.audit.AuditQuery;
import dev.countersign.decision.CallJson;
import dev.countersign.people.Permission;
import dev.countersign.people.Principal;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What pages on agents, tasks and grants show of the work that goes on. */
public final class WorkViews {
    private static final int MOST_OPEN = 50;

    private final PersonalViews views;
    private final Approvals approvals;
    private final Grants grants;
    private final Stops stops;
    private final AuditQuery audit;
    private final Places places;
    private final Clock clock;

    WorkViews(
            PersonalViews views,
            Approvals approvals,
            Grants grants,
            Stops stops,
            AuditQuery audit,
            Places places,
            Clock clock) {
        this.views = views;
        this.approvals = approvals;
        this.grants = grants;
        this.stops = stops;
        this.audit = audit;
        this.places = places;
        this.clock = clock;
    }

    /** The open questions of some work, the first to expire first. */
    List<RequestView> open(Principal.Person person, Predicate<ApprovalRequest> of) {
        List<RequestView> open = new ArrayList<>();
        AtomicInteger looked = new AtomicInteger();
        approvals.eachPending(request -> {
            if (of.test(request)) {
                open.add(views.of(request, person));
            }
            return open.size() < MOST_OPEN
                    && looked.incrementAndGet() < PersonalViews.MOST_LOOKED_AT;
        });
        return open;
    }

    /** The last records, newest first. */
    List<ActivityView.Row> decisions(Map<String, String> filters, int most) {
        Instant now = clock.instant();
        return audit.list(filters, Long.MAX_VALUE, most).stream()
                .map(record -> ActivityView.Row.of(record, "/records/" + record.index(), now))
                .toList();
    }

    /** What is approved for longer, the newest first. */
    List<GrantView> grants(Principal.Person person, Predicate<Grant> of) {
        Instant now = clock.instant();
        return grants.list().reversed().stream()
                .filter(of)
                .map(grant ->
                        GrantView.of(
                                grant,
                                approvals
                                        .find(grant.approval())
                                        .map(WorkViews::headline)
                                        .orElse(grant.approval()),
                                Site.barred(person, Permission.ANSWER, places.of(grant)),
                                now))
                .toList();
    }

    private static String headline(ApprovalRequest request) {
        return CallJson.headline(
                request.call().path("tool").asText(""), request.call().path("input"));
    }

    /** The stop of this very thing that holds. */
    Optional<Stop> stop(Stop.Kind kind, String name) {
        return stops.holding().stream()
                .filter(stop -> stop.kind() == kind && stop.name().equals(name))
                .findFirst();
    }

    /**
     * A button that stops some work, or what stopped it.
     *
     * @param value what the form sends
     * @param label what is written on it
     * @param then where the person goes on afterwards
     * @param barred why this person may not, or empty
     * @param holds the stop that holds already, or null
     */
    public record StopButton(
            String value, String label, String then, String barred, @Nullable StopView holds) {}

    StopButton stopView(
            Principal.Person person, Stop.Kind kind, String name, String then, String barred) {
        Instant now = clock.instant();
        return new StopButton(
                kind.wire() + " " + name,
                label(kind),
                then,
                barred,
                stop(kind, name)
                        .map(stop ->
                                StopView.of(
                                        stop,
                                        Site.barred(
                                                person, Permission.RESUME, places.of(kind, name)),
                                        now))
                        .orElse(null));
    }

    private static String label(Stop.Kind kind) {
        return Texts.say(
                switch (kind) {
                    case TASK -> "stop-button.this-task";
                    case AGENT -> "stop-button.this-agent";
                    case PROJECT -> "stop-button.this-project";
                    case ALL -> "stop-button.everything";
                });
    }

    /**
     * A task in a list.
     *
     * @param who agents that worked on it
     * @param driver in whose sessions, or empty
     * @param project drawn
     * @param open how many of its calls wait for people
     * @param stopped whether it must not go on
     */
    public record TaskRow(
            List<Drawing.Piece> name,
            String href,
            String who,
            String driver,
            String client,
            List<Drawing.Piece> project,
            Moment first,
            Moment last,
            int calls,
            int asked,
            int denied,
            int open,
            boolean stopped) {}

    TaskRow row(RecentWork.Task task, Instant now) {
        return row(task, 0, now);
    }

    TaskRow row(RecentWork.Task task, int open, Instant now) {
        return new TaskRow(
                Drawing.of(task.name()),
                TaskPages.href(task.name()),
                String.join(", ", task.agents()),
                String.join(", ", task.drivers()),
                String.join(", ", task.clients()),
                Drawing.of(task.project()),
                Moment.since(task.first(), now),
                Moment.since(task.last(), now),
                task.calls(),
                task.asked(),
                task.denied(),
                open,
                stop(Stop.Kind.TASK, task.name()).isPresent());
    }
}
