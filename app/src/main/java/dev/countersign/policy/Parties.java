package dev.countersign.policy;

import dev.countersign.call.Operation;
import dev.countersign.call.RiskTier;
import java.util.List;

/**
 * Who speaks about an operation beside the rules.
 *
 * @param subjected the operation
 * @param cell what the profile says
 * @param tier what the autonomy mode says
 * @param envelopes what personas and skills say
 */
record Parties(Subjected subjected, Because cell, Because tier, List<Because> envelopes) {

    boolean floor() {
        return subjected.operation().floor() != null;
    }

    boolean critical() {
        return subjected.risk() == RiskTier.CRITICAL;
    }

    /** What profile and mode say together. */
    Effect base() {
        return cell.effect().strictest(tier.effect());
    }

    /** What comes out when these rules speak. */
    Effect effect(List<Spoken> rules) {
        if (floor()) {
            return Effect.DENY;
        }
        Effect explicit = Effect.ALLOW;
        boolean lifted = false;
        for (int i = 0; i < rules.size(); i++) {
            Spoken spoken = rules.get(i);
            explicit = explicit.strictest(spoken.rule().effect());
            lifted |= spoken.lifts(subjected);
        }
        for (int i = 0; i < envelopes.size(); i++) {
            explicit = explicit.strictest(envelopes.get(i).effect());
        }
        Effect base = base();
        Effect effect = (base == Effect.ASK && lifted ? Effect.ALLOW : base).strictest(explicit);
        Operation operation = subjected.operation();
        return operation.opaque() || critical() ? effect.strictest(Effect.ASK) : effect;
    }
}
