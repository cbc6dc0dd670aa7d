package dev.countersign.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.countersign.call.Operation;
import dev.countersign.call.ToolCall;
import dev.countersign.policy.Decision;
import dev.countersign.policy.DecisionJson;
import dev.countersign.policy.Evaluator;
import dev.countersign.policy.Level;
import dev.countersign.policy.Policy;
import dev.countersign.policy.PolicyReader;
import dev.countersign.policy.PolicySnapshot;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What a decision costs, whatever is asked: for each shape of command the time and memory for ten
 * thousand characters, and that twice the text takes no more than about twice the time.
 *
 * <p>Time is processor time of the thread and the least of several runs, in units of a fixed piece
 * of work, so that neither a busy machine nor code that is not compiled yet fails the test.
 */
final class CostTest {
    private static final int LENGTH = 10_000;

    /** Milliseconds on a machine that does the {@link #work} in {@link #WORK}. */
    private static final double MOST_TIME = 5;

    private static final double WORK = 4.0;
    private static final long MOST_MEMORY = 20_000_000;
    private static final int MOST_OPERATIONS = 1001;
    private static final int LONGEST_SUMMARY = 400;
    private static final int LONGEST_ANSWER = 2_500_000;
    private static final double MOST_GROWTH = 2.6;

    /** Milliseconds: by then the compiler has caught up, and what is left is what it costs. */
    private static final double LONGEST_TRY = 2_000;

    private static final int SAMPLE = 300;
    private static final int WARM_UP = 8;
    private static final ThreadMXBean THREAD = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final Analyzer ANALYZER = new Analyzer(Facts.NONE, Fixture.GUARDED);
    private static final PolicySnapshot POLICY = policy();
    private static final Map<String, IntFunction<ToolCall>> SHAPES = shapes();

    private static PolicySnapshot policy() {
        Policy policy =
                PolicyReader.read(
                                "countersign.yaml",
                                """
                                policy: costs
                                profile: coding-standard
                                rules:
                                  - deny: {shell_run: "rm -rf *"}
                                  - ask: {shell_run: "git push *"}
                                  - deny: {shell_run: "kubectl * --context prod*"}
                                  - allow: {shell_run: ["npm run build", "npm test *", "echo *"]}
                                  - ask: {file_write: "./db/**"}
                                  - deny: {file_read: "**/secret*/**/*.key"}
                                  - ask: {web_fetch: {host: "*.example.com"}}
                                """,
                                Level.PROJECT,
                                true)
                        .policy()
                        .orElseThrow();
        return PolicySnapshot.of(List.of(policy));
    }

    @BeforeAll
    static void warmUp() {
        for (int round = 0; round < WARM_UP; round++) {
            SHAPES.values().forEach(shape -> decide(shape.apply(1_000)));
            work();
        }
    }

    /** The long run takes every family, the short one some, others each time. */
    private static Map<String, IntFunction<ToolCall>> shapes() {
        Map<String, IntFunction<ToolCall>> all = CallShapes.all();
        if (Integer.getInteger("countersign.tries", 0) >= 10_000) {
            return all;
        }
        long seed = Seeds.next("countersign.seed");
        System.out.println("CostTest: -Dcountersign.seed=" + seed);
        List<String> names = new ArrayList<>(all.keySet());
        Collections.shuffle(names, new Random(seed));
        all.keySet().retainAll(Set.copyOf(names.subList(0, SAMPLE)));
        return all;
    }

    private static Decision decide(ToolCall call) {
        return Evaluator.evaluate(POLICY, call, ANALYZER.analyze(call), Instant.EPOCH);
    }

    @Test
    void noTextOfTenThousandCharactersTakesLong() {
        List<String> slow = new ArrayList<>();
        SHAPES.forEach((name, shape) -> {
            ToolCall call = shape.apply(LENGTH);
            Analysis analysis = ANALYZER.analyze(call);
            within(slow, "analysing " + name, () -> ANALYZER.analyze(call));
            within(
                    slow,
                    "deciding " + name,
                    () -> Evaluator.evaluate(POLICY, call, analysis, Instant.EPOCH));
        });
        assertThat(slow).isEmpty();
    }

    private static void within(List<String> slow, String name, Supplier<Object> what) {
        double least = Double.MAX_VALUE;
        double spent = 0;
        while (least > MOST_TIME && spent < LONGEST_TRY) {
            double before = spent == 0 ? WORK : time(CostTest::work);
            double taken = time(what);
            spent += taken;
            // Only ever in favour: a machine that is faster now must not make it stricter.
            least = Math.min(least, taken * Math.min(1, WORK / before));
        }
        if (least > MOST_TIME) {
            slow.add("%s: %.1f ms".formatted(name, least));
        }
    }

    @Test
    void twiceTheTextTakesTwiceTheTime() {
        List<String> superlinear = new ArrayList<>();
        SHAPES.forEach((name, shape) -> {
            for (int length : new int[] {6_000, 24_000}) {
                ToolCall one = shape.apply(length);
                ToolCall two = shape.apply(2 * length);
                double single = Double.MAX_VALUE;
                double twice = Double.MAX_VALUE;
                double growth = Double.MAX_VALUE;
                double spent = 0;
                while (growth > MOST_GROWTH && spent < LONGEST_TRY) {
                    double half = time(() -> decide(one));
                    double whole = time(() -> decide(two));
                    single = Math.min(single, half);
                    twice = Math.min(twice, whole);
                    spent += half + whole;
                    // Below two milliseconds it is the fixed part that is measured.
                    growth = twice < 2 ? 0 : twice / Math.max(single, 0.5);
                }
                if (growth > MOST_GROWTH && goesOn(shape, length)) {
                    superlinear.add(
                            "%s at %d characters: %.1f times".formatted(name, length, growth));
                }
            }
        });
        assertThat(superlinear).isEmpty();
    }

    /**
     * Whether what grew with twice the text grows on with four times as much. Where another bound
     * ends the work there is a step, which is no growth; what is not linear takes sixteen times as
     * long.
     */
    private static boolean goesOn(IntFunction<ToolCall> shape, int length) {
        ToolCall one = shape.apply(length);
        ToolCall four = shape.apply(4 * length);
        double single = Double.MAX_VALUE;
        double whole = Double.MAX_VALUE;
        double spent = 0;
        while (spent < LONGEST_TRY) {
            double small = time(() -> decide(one));
            double large = time(() -> decide(four));
            single = Math.min(single, small);
            whole = Math.min(whole, large);
            spent += small + large;
            if (whole <= MOST_GROWTH * MOST_GROWTH * Math.max(single, 0.5)) {
                return false;
            }
        }
        return true;
    }

    @Test
    void answersAreBounded() {
        List<String> large = new ArrayList<>();
        SHAPES.forEach((name, shape) -> {
            ToolCall call = shape.apply(LENGTH);
            long before = THREAD.getCurrentThreadAllocatedBytes();
            Decision decision = decide(call);
            long taken = THREAD.getCurrentThreadAllocatedBytes() - before;
            if (taken > MOST_MEMORY) {
                large.add(name + ": " + taken + " bytes");
            }
            List<Operation> operations = ANALYZER.analyze(call).operations();
            if (operations.size() > MOST_OPERATIONS) {
                large.add(name + ": " + operations.size() + " operations");
            }
            for (Operation operation : operations) {
                if (operation.summary().length() > LONGEST_SUMMARY) {
                    large.add(name + ": " + operation.summary());
                }
                if (operation.summary().contains("this is a bug")) {
                    large.add(name + ": " + operation.summary());
                }
            }
            if (DecisionJson.of("D", decision).toString().length() > LONGEST_ANSWER) {
                large.add(name + ": a long answer");
            }
        });
        assertThat(large).isEmpty();
    }

    private static double time(Supplier<Object> what) {
        long before = THREAD.getCurrentThreadCpuTime();
        Object made = what.get();
        long taken = THREAD.getCurrentThreadCpuTime() - before;
        assertThat(made).isNotNull();
        return taken / 1e6;
    }

    /** A fixed piece of work of the kind analysis does: small objects, short texts, hashing. */
    private static Object work() {
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (int i = 0; i < 20_000; i++) {
            counts.merge("word" + (i & 1023), 1, Integer::sum);
        }
        return counts;
    }
}
