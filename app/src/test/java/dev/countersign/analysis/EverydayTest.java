package dev.countersign.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.policy.Effect;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The commands of an ordinary day pass unasked, and each one's dangerous twin does not, under the
 * built-in profile and mode.
 */
final class EverydayTest {
    private final WholeEngine engine = new WholeEngine(Everyday.disk());

    @Test
    void atMostOneInAHundredIsAskedAndNoneDenied() {
        List<String> asked = new ArrayList<>();
        List<String> denied = new ArrayList<>();
        int all = 0;
        for (Everyday.Twins twins : Everyday.all()) {
            all++;
            WholeEngine.Verdict verdict = engine.judge(twins.run());
            if (!verdict.allowed()) {
                (verdict.effect() == Effect.ASK ? asked : denied)
                        .add(twins.run() + "\n  " + verdict.why());
            }
        }
        assertThat(all).isGreaterThanOrEqualTo(400);
        assertThat(denied).isEmpty();
        assertThat(asked).as("asked, of " + all).hasSizeLessThanOrEqualTo(all / 100);
    }

    @Test
    void noTwinIsAllowed() {
        List<String> allowed = new ArrayList<>();
        for (Everyday.Twins twins : Everyday.all()) {
            WholeEngine.Verdict verdict = engine.judge(twins.twin());
            if (verdict.allowed()) {
                allowed.add(twins.twin() + "\n  " + verdict.why());
            }
        }
        assertThat(allowed).isEmpty();
    }

    @Test
    void noCommandStandsTwice() {
        Set<String> seen = new HashSet<>();
        List<String> twice = new ArrayList<>();
        for (Everyday.Twins twins : Everyday.all()) {
            if (!seen.add(twins.run())) {
                twice.add(twins.run());
            }
        }
        assertThat(twice).isEmpty();
    }
}
