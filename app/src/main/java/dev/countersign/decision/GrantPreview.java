package dev.countersign.decision;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.analysis.Analysis;
import dev.countersign.analysis.Analyzer;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.Grant;
import dev.countersign.approval.Offer;
import dev.countersign.approval.Terms;
import dev.countersign.audit.AuditQuery;
import dev.countersign.call.ToolCall;
import dev.countersign.policy.Decision;
import dev.countersign.policy.Evaluator;
import dev.countersign.policy.PolicySnapshot;
import dev.countersign.policy.Redaction;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which calls of the last thirty days a yes would also have allowed, were it remembered: those of
 * the same agent that would be asked about now. Exact on those it tried; it says when it had no
 * time for all.
 */
public final class GrantPreview {
    private static final Duration LOOKED_BACK = Duration.ofDays(30);
    private static final Duration MOST_TIME = Duration.ofMillis(800);
    private static final int MOST_RECORDS = 5_000;
    private static final int PAGE = 500;
    private static final int MOST_SHOWN = 20;

    private final AuditQuery audit;
    private final Analyzer analyzer;
    private final PolicySource policies;
    private final Clock clock;

    public GrantPreview(AuditQuery audit, Analyzer analyzer, PolicySource policies, Clock clock) {
        this.audit = audit;
        this.analyzer = analyzer;
        this.policies = policies;
        this.clock = clock;
    }

    /**
     * A call that would have been allowed.
     *
     * @param times how often it was made
     */
    public record Allowed(String call, int times) {}

    /**
     * What would also have been allowed.
     *
     * @param calls at most twenty of them, the most frequent first
     * @param count how many different ones there are
     * @param tried how many recorded calls were looked at
     * @param cut whether not all of the thirty days were looked at
     */
    public record Report(List<Allowed> calls, int count, int tried, boolean cut) {
        public Report {
            calls = List.copyOf(calls);
        }

        /** As the API shows it. */
        public ObjectNode json() {
            ObjectNode json = JsonNodeFactory.instance.objectNode();
            json.put("count", count);
            json.put("records", tried);
            json.put("limits", cut ? "not all calls of the last thirty days were tried" : "");
            var list = json.putArray("calls");
            calls.forEach(
                    one -> list.addObject().put("call", one.call()).put("times", one.times()));
            return json;
        }
    }

    /** What a yes to this request would also have allowed. */
    public Report of(ApprovalRequest request, Terms terms) {
        Trial trial = new Trial(request, terms, clock.instant());
        boolean all = trial.run();
        return new Report(
                trial.found.entrySet().stream()
                        .map(each -> new Allowed(each.getKey(), each.getValue()))
                        .sorted(Comparator.comparingInt(Allowed::times).reversed())
                        .limit(MOST_SHOWN)
                        .toList(),
                trial.found.size(),
                trial.tried,
                !all);
    }

    private final class Trial {
        private final ApprovalRequest request;
        private final Grant grant;
        private final Instant began;
        private final Map<String, Integer> found = new LinkedHashMap<>();
        private final Set<String> seen = new HashSet<>();
        private int tried;

        Trial(ApprovalRequest request, Terms terms, Instant began) {
            this.request = request;
            this.began = began;
            List<String> patterns = terms.pattern().lines().filter(l -> !l.isBlank()).toList();
            grant =
                    new Grant(
                            "preview",
                            request.id(),
                            request.offer(),
                            terms.scope(),
                            patterns,
                            List.of(),
                            began,
                            null,
                            null,
                            0,
                            began,
                            null,
                            null);
        }

        /** Whether all of the thirty days were looked at. */
        boolean run() {
            if (!request.offer().lasts() || grant.scope() == Grant.Scope.ONCE) {
                return true;
            }
            Map<String, String> filters = Map.of("kind", "decision", "agent", request.requester());
            Instant oldest = began.minus(LOOKED_BACK);
            List<AuditQuery.Recorded> page = audit.list(filters, Long.MAX_VALUE, PAGE);
            while (!page.isEmpty()) {
                for (AuditQuery.Recorded record : page) {
                    if (tried == MOST_RECORDS || clock.instant().isAfter(began.plus(MOST_TIME))) {
                        return false;
                    }
                    if (Instant.parse(record.body().path("at").asText()).isBefore(oldest)) {
                        return true;
                    }
                    look(record.body().has("body") ? record : whole(record));
                }
                page = audit.list(filters, page.getLast().index(), PAGE);
            }
            return true;
        }

        /** A listing leaves out what is kept beside the ledger. */
        private AuditQuery.Recorded whole(AuditQuery.Recorded record) {
            return audit.byIndex(record.index()).orElse(record);
        }

        private void look(AuditQuery.Recorded found) {
            ObjectNode record = found.body();
            String decision = record.path("decision").asText();
            JsonNode kept = record.path("body").path("call");
            // The records of one call count once, and what was left out cannot be judged again.
            if (decision.equals(request.decision())
                    || !seen.add(decision)
                    || !kept.isObject()
                    || kept.toString().contains(Redaction.LEFT_OUT)) {
                return;
            }
            tried++;
            ToolCall call = CallJson.read((ObjectNode) kept);
            if (allows(call)) {
                this.found.merge(CallJson.headline(call), 1, Integer::sum);
            }
        }

        private Verdict judged(ToolCall call) throws PolicySource.Unreadable {
            ToolCall placed = analyzer.placed(call);
            PolicySnapshot snapshot = policies.forCall(placed);
            Analysis analysis = analyzer.analyze(placed, snapshot.programs());
            return new Verdict(analysis, Evaluator.evaluate(snapshot, placed, analysis, began));
        }

        private boolean allows(ToolCall call) {
            String project = analyzer.project(call.context());
            Offer place =
                    new Offer(
                            Granting.whose(call), Granting.task(call, project), project, List.of());
            if (!grant.isFor(place)) {
                return false;
            }
            try {
                Verdict verdict = judged(call);
                Optional<ToolCall> told = call.told();
                if (told.isPresent()) {
                    verdict = verdict.and(judged(told.get()));
                }
                return verdict.decision() instanceof Decision.Ask ask
                        && Granting.covering(List.of(grant), call, verdict.analysis(), ask)
                                .isPresent();
            } catch (PolicySource.Unreadable e) {
                return false;
            }
        }
    }
}
