package dev.countersign.policy;

import dev.countersign.call.RiskTier;
import java.util.List;

/**
 * Why a call was decided so; the same for the agent, the approver and the ledger.
 *
 * @param operations every operation with what spoke about it
 * @param risk the worst of them
 * @param instead what would be allowed instead, or empty text
 * @param decider what decided
 * @param policyVersion {@code sha256:…} of the documents in force
 * @param personas the envelopes the agent is in
 * @param obligations what must be done besides
 */
public record Explanation(
        List<Judged> operations,
        RiskTier risk,
        String instead,
        Decider decider,
        String policyVersion,
        List<String> personas,
        Obligations obligations) {
    public Explanation {
        operations = List.copyOf(operations);
        personas = List.copyOf(personas);
    }
}
