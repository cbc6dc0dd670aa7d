package dev.countersign.decision;

import dev.countersign.analysis.Analysis;
import dev.countersign.analysis.Analyzer;
import dev.countersign.approval.Grant;
import dev.countersign.approval.Grants;
import dev.countersign.approval.Offer;
import dev.countersign.approval.Part;
import dev.countersign.approval.Work;
import dev.countersign.call.Operation;
import dev.countersign.call.RiskTier;
import dev.countersign.call.Subject;
import dev.countersign.call.ToolCall;
import dev.countersign.policy.Decision;
import dev.countersign.policy.Effect;
import dev.countersign.policy.Judged;
import dev.countersign.policy.Shape;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a remembered yes has to do with a call: what of it could be remembered, and which grants
 * cover all that is asked about it.
 */
final class Granting {
    private final Grants grants;
    private final Analyzer analyzer;

    Granting(Grants grants, Analyzer analyzer) {
        this.grants = grants;
        this.analyzer = analyzer;
    }

    /** What a yes to a call may be made to last for. */
    Offer offer(ToolCall call, Analysis analysis, Decision.Ask ask, Work work) {
        List<Part> parts = new ArrayList<>();
        if (memorable(analysis, ask)) {
            List<String> places = Intents.places(analysis, call.context());
            List<String> identities = Intents.exact(analysis, call);
            List<Judged> judged = ask.explanation().operations();
            for (int i = 0; i < judged.size(); i++) {
                if (judged.get(i).effect() == Effect.ASK) {
                    Operation operation = judged.get(i).operation();
                    parts.add(
                            Part.of(
                                    operation,
                                    places.get(i),
                                    identities.get(i),
                                    Shape.of(operation, call.context())));
                }
            }
        }
        return new Offer(whose(call), work.key(), analyzer.project(call.context()), parts);
    }

    static Offer.Whose whose(ToolCall call) {
        Subject who = call.subject();
        return new Offer.Whose(
                who.tenant(), who.agent(), who.agentType(), call.client(), call.tool());
    }

    /** The piece of work of a call in a project, as {@link Work#key} names it. */
    static String task(ToolCall call, String project) {
        return new Work(call.subject().agent(), call.task(), call.session(), project, Set.of())
                .key();
    }

    /** What is critical, or cannot be read to its end, is approved once or not at all. */
    private static boolean memorable(Analysis analysis, Decision.Ask ask) {
        return ask.explanation().risk() != RiskTier.CRITICAL
                && analysis.risk() != RiskTier.CRITICAL
                && analysis.operations().stream().noneMatch(Operation::opaque)
                && ask.explanation().operations().size() == analysis.operations().size();
    }

    /**
     * The grants that cover everything a call asks about, with the requirements and the people of
     * now; empty when people must be asked.
     *
     * @param spent those that turned out to be over
     */
    Optional<Set<String>> covering(
            ToolCall call, Analysis analysis, Decision.Ask ask, Work work, Set<String> spent) {
        if (!memorable(analysis, ask)) {
            return Optional.empty();
        }
        Offer place =
                new Offer(whose(call), work.key(), analyzer.project(call.context()), List.of());
        String driver = call.subject().person();
        List<Grant> standing =
                grants
                        .standing(
                                place,
                                ask.requirements(),
                                driver == null ? "" : driver,
                                analyzer.placed(call).subject().place())
                        .stream()
                        .filter(grant -> !spent.contains(grant.id()))
                        .toList();
        return standing.isEmpty() ? Optional.empty() : covering(standing, call, analysis, ask);
    }

    /** Of these, those that cover everything a call asks about. */
    static Optional<Set<String>> covering(
            List<Grant> standing, ToolCall call, Analysis analysis, Decision.Ask ask) {
        if (!memorable(analysis, ask)) {
            return Optional.empty();
        }
        List<String> places = Intents.places(analysis, call.context());
        List<String> identities = Intents.exact(analysis, call);
        List<Judged> judged = ask.explanation().operations();
        Set<String> ids = new LinkedHashSet<>();
        for (int i = 0; i < judged.size(); i++) {
            if (judged.get(i).effect() == Effect.ALLOW) {
                continue;
            }
            Operation operation = judged.get(i).operation();
            String where = places.get(i);
            String identity = identities.get(i);
            Optional<Grant> covers =
                    standing.stream()
                            .filter(g -> g.covers(operation, where, identity, call.context()))
                            .findFirst();
            if (covers.isEmpty()) {
                return Optional.empty();
            }
            ids.add(covers.get().id());
        }
        return ids.isEmpty() ? Optional.empty() : Optional.of(ids);
    }
}
