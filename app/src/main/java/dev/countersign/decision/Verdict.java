package dev.countersign.decision;

import dev.countersign.analysis.Analysis;
import dev.countersign.approval.Stop;
import dev.countersign.call.Operation;
import dev.countersign.policy.Decider;
import dev.countersign.policy.Decision;
import dev.countersign.policy.Explanation;
import dev.countersign.policy.Judged;
import dev.countersign.policy.Stricter;
import java.util.ArrayList;
import java.util.List;

/** What policy says now, with what it was said about. */
record Verdict(Analysis analysis, Decision decision) {

    /**
     * The stricter of this and what is said of the same call with what its machine told: all
     * operations of both, those that are alike once.
     */
    Verdict and(Verdict told) {
        List<Judged> mine = decision.explanation().operations();
        List<Judged> theirs = told.decision.explanation().operations();
        boolean paired =
                mine.size() == analysis.operations().size()
                        && theirs.size() == told.analysis.operations().size();
        List<Operation> operations = new ArrayList<>(analysis.operations());
        List<Judged> added = new ArrayList<>();
        for (int i = 0; i < theirs.size(); i++) {
            int at = paired ? mine.indexOf(theirs.get(i)) : -1;
            Operation operation =
                    paired ? told.analysis.operations().get(i) : theirs.get(i).operation();
            if (at < 0 || !analysis.operations().get(at).equals(operation)) {
                operations.add(operation);
                added.add(theirs.get(i));
            }
        }
        return new Verdict(
                new Analysis(operations, analysis.source()),
                Stricter.of(decision, told.decision, added));
    }

    /** The same for work that a person stopped: policy has no say in it. */
    Verdict under(Stop stop) {
        return refused(stop.told(), stop.id());
    }

    /**
     * The same where a person said before that nothing of this may be done.
     *
     * @param by the stop or the agent that this was said of
     */
    Verdict refused(String reason, String by) {
        Explanation because = decision.explanation();
        return new Verdict(
                analysis,
                new Decision.Deny(
                        reason,
                        new Explanation(
                                because.operations(),
                                because.risk(),
                                "",
                                new Decider(Decider.Kind.STOP, by),
                                because.policyVersion(),
                                because.personas(),
                                because.obligations())));
    }
}
