package dev.countersign.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.Places;
import dev.countersign.api.PolicyRoutes;
import dev.countersign.api.Problem;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.Stop;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditQuery;
import dev.countersign.people.Permission;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Agents: which there are, and what one of them is, may do, did and waits for. */
public final class AgentPages {
    private static final int DECISIONS = 15;

    private final Site site;
    private final Workers workers;
    private final WorkViews work;
    private final Approvals approvals;
    private final AuditQuery audit;
    private final PolicyRoutes policies;
    private final Places places;
    private final Clock clock;

    AgentPages(
            Site site,
            Workers workers,
            WorkViews work,
            Approvals approvals,
            AuditQuery audit,
            PolicyRoutes policies,
            Places places,
            Clock clock) {
        this.site = site;
        this.workers = workers;
        this.work = work;
        this.approvals = approvals;
        this.audit = audit;
        this.policies = policies;
        this.places = places;
        this.clock = clock;
    }

    public static String href(String agent) {
        return "/agents/" + Visit.part(agent).replace("+", "%20");
    }

    /**
     * An agent in a list.
     *
     * @param owner who answers for it, or empty
     * @param seen when it did something last, or null where that is long ago
     * @param open how many of its calls wait for people
     * @param state {@code enabled}, {@code disabled}, {@code unregistered} or {@code stopped}
     */
    public record AgentRow(
            String name,
            String href,
            String persona,
            String owner,
            String project,
            @Nullable Moment seen,
            int open,
            String state) {}

    void list(Visit visit) throws NotRecorded {
        Instant now = clock.instant();
        RecentWork recent = RecentWork.of(audit);
        Map<String, Integer> open = new HashMap<>();
        AtomicInteger looked = new AtomicInteger();
        approvals.eachPending(request -> {
            open.merge(request.requester(), 1, Integer::sum);
            return looked.incrementAndGet() < PersonalViews.MOST_LOOKED_AT;
        });
        Map<String, AgentRow> rows = new LinkedHashMap<>();
        Map<String, ObjectNode> all = workers.all();
        // What is at work comes first.
        recent.agents().forEach(name -> rows.put(name, row(name, all, recent, open, now)));
        all.keySet()
                .forEach(name -> rows.computeIfAbsent(name, n -> row(n, all, recent, open, now)));
        site.page(
                visit.response(),
                200,
                "agents",
                Map.of(
                        "frame",
                        site.frame(visit, Texts.say("agent.agents"), "agents", false),
                        "rows",
                        List.copyOf(rows.values())));
    }

    private AgentRow row(
            String name,
            Map<String, ObjectNode> all,
            RecentWork recent,
            Map<String, Integer> open,
            Instant now) {
        JsonNode known = all.containsKey(name) ? all.get(name) : workers.one(name);
        Instant last = recent.last(name);
        if (last == null && known.path("last_seen").isTextual()) {
            last = Instant.parse(known.path("last_seen").asText());
        }
        return new AgentRow(
                name,
                href(name),
                known.path("persona").asText(""),
                Workers.owner(known),
                known.path("project").asText(""),
                last == null ? null : Moment.since(last, now),
                open.getOrDefault(name, 0),
                work.stop(Stop.Kind.AGENT, name).isPresent()
                        ? "stopped"
                        : known.path("state").asText(""));
    }

    void agent(Visit visit) {
        String name = visit.parameter("id");
        Instant now = clock.instant();
        ObjectNode known = workers.one(name);
        RecentWork recent = RecentWork.of(audit, Map.of("kind", "decision", "agent", name));
        List<RequestView> open =
                work.open(visit.person(), request -> request.requester().equals(name));
        if (known.path("state").asText().equals("unregistered")
                && recent.last(name) == null
                && open.isEmpty()) {
            site.message(
                    visit.request(),
                    visit.response(),
                    404,
                    Texts.say("agent.no-such-agent"),
                    Texts.say("agent.nobody-added-an-agent"),
                    "");
            return;
        }
        Instant last = recent.last(name);
        Map<String, @Nullable Object> model = new HashMap<>();
        model.put("frame", site.frame(visit, name, "agents", true));
        model.put("name", name);
        model.put("query", "?agent=" + Visit.part(name));
        model.put("state", known.path("state").asText(""));
        model.put("description", known.path("description").asText(""));
        model.put("persona", known.path("persona").asText(""));
        model.put("owner", Workers.owner(known));
        model.put("teams", EntityForms.names(known.path("teams")));
        model.put("project", known.path("project").asText(""));
        model.put("seen", last == null ? null : Moment.since(last, now));
        model.put("envelope", envelope(name));
        model.put("open", open);
        model.put(
                "decisions", work.decisions(Map.of("kind", "decision", "agent", name), DECISIONS));
        model.put(
                "grants",
                work.grants(visit.person(), grant -> grant.offer().whose().agent().equals(name)));
        model.put(
                "tasks",
                recent.tasks().stream().limit(8).map(task -> work.row(task, now)).toList());
        model.put(
                "stop",
                work.stopView(
                        visit.person(),
                        Stop.Kind.AGENT,
                        name,
                        href(name),
                        Site.barred(
                                visit.person(),
                                Permission.STOP,
                                places.of(Stop.Kind.AGENT, name))));
        model.put(
                "edit",
                "/organisation/agents"
                        + (known.path("state").asText().equals("unregistered")
                                ? "#add"
                                : "/" + Visit.part(name).replace("+", "%20")));
        site.page(visit.response(), 200, "agent", model);
    }

    /**
     * What an agent may do at most, in short.
     *
     * @param tiers the effect by risk
     * @param rules what else speaks about its calls, the documents' order
     * @param more how many of those are not shown
     */
    public record Envelope(Map<String, String> tiers, List<PolicyPages.Line> rules, int more) {}

    private Envelope envelope(String agent) {
        Map<String, String> tiers = new LinkedHashMap<>();
        List<PolicyPages.Line> rules = new ArrayList<>();
        try {
            ObjectNode effective = policies.effective(Optional.of(agent), Optional.empty(), false);
            for (JsonNode each : effective.path("lines")) {
                PolicyPages.Line line = PolicyPages.Line.of(each, Map.of());
                String subject = each.path("subject").asText();
                if (subject.startsWith("autonomy ")) {
                    tiers.put(subject.substring("autonomy ".length()), line.effect());
                } else if (!subject.startsWith("profile ")) {
                    rules.add(line);
                }
            }
        } catch (Problem unreadable) {
            // Its own page says what is wrong.
        }
        int shown = Math.min(6, rules.size());
        return new Envelope(tiers, List.copyOf(rules.subList(0, shown)), rules.size() - shown);
    }
}
