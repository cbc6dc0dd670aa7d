package dev.countersign.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.call.Action;
import dev.countersign.call.Operation;
import dev.countersign.call.RiskTier;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Text that only mentions what is dangerous is judged as text; the same text that runs is not. */
final class PairsTest {
    private static final WholeEngine ENGINE = new WholeEngine(Everyday.disk());

    @TestFactory
    Stream<DynamicTest> whatIsMentionedIsNotDone() {
        return pairs().stream()
                .map(pair ->
                        DynamicTest.dynamicTest(
                                pair.get("shape") + ": " + pair.get("run"), () -> holds(pair)));
    }

    @Test
    void thereAreEnough() {
        Set<Object> shapes = new HashSet<>();
        pairs().forEach(pair -> shapes.add(pair.get("shape")));
        assertThat(pairs()).hasSizeGreaterThanOrEqualTo(60);
        assertThat(shapes).hasSizeGreaterThanOrEqualTo(10);
    }

    private static void holds(Map<String, Object> pair) {
        WholeEngine.Verdict run = ENGINE.judge(String.valueOf(pair.get("run")));
        List<String> does = Flow.texts(pair.get("does"));
        if (does.isEmpty()) {
            assertThat(run.allowed()).as(run.why()).isTrue();
        } else {
            assertThat(
                            run.operations().stream()
                                    .map(Operation::action)
                                    .filter(action -> action != Action.FILE_READ)
                                    .map(Action::wire)
                                    .distinct())
                    .as(run.why())
                    .containsExactlyElementsOf(does);
        }
        assertThat(run.operations())
                .noneMatch(o ->
                        o.opaque()
                                || o.floor() != null
                                || o.tags().contains("destructive")
                                || o.risk() == RiskTier.CRITICAL);
        WholeEngine.Verdict twin = ENGINE.judge(String.valueOf(pair.get("twin")));
        assertThat(twin.allowed()).as(twin.why()).isFalse();
        assertThat(twin.operations()).hasSizeGreaterThanOrEqualTo(1);
    }

    private static List<Map<String, Object>> pairs() {
        return ((List<?>) Everyday.read("pairs").getOrDefault("cases", List.of()))
                .stream().map(Flow::map).toList();
    }
}
