package dev.countersign.api;

import dev.countersign.policy.Effect;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;

/** Figures for {@code /metrics}, in the text format of Prometheus. */
final class Counters {
    private final Map<Effect, LongAdder> decisions = new EnumMap<>(Effect.class);
    private final LongAdder failures = new LongAdder();
    private final LongAdder votes = new LongAdder();
    private final LongAdder outcomes = new LongAdder();
    private final LongAdder decisionNanos = new LongAdder();

    Counters() {
        for (Effect effect : Effect.values()) {
            decisions.put(effect, new LongAdder());
        }
    }

    void decided(Effect effect, boolean failure) {
        LongAdder counter = decisions.get(effect);
        if (counter != null) {
            counter.increment();
        }
        if (failure) {
            failures.increment();
        }
    }

    void tookNanos(long nanos) {
        decisionNanos.add(nanos);
    }

    void voted() {
        votes.increment();
    }

    void outcome() {
        outcomes.increment();
    }

    String text(IntSupplier pending, int watchers) {
        StringBuilder text = new StringBuilder();
        head(text, "countersign_decisions_total", "counter", "Answers given, by effect.");
        decisions.forEach((effect, counter) ->
                text.append("countersign_decisions_total{effect=\"")
                        .append(effect.wire())
                        .append("\"} ")
                        .append(counter.sum())
                        .append('\n'));
        one(
                text,
                "countersign_failures_total",
                "counter",
                "Answers that say Countersign could not judge.",
                failures.sum());
        one(
                text,
                "countersign_decision_seconds_total",
                "counter",
                "Time from a call to its answer, waiting for people included.",
                decisionNanos.sum() / 1e9);
        one(text, "countersign_votes_total", "counter", "Votes that counted.", votes.sum());
        one(text, "countersign_outcomes_total", "counter", "Outcomes reported.", outcomes.sum());
        one(
                text,
                "countersign_approvals_pending",
                "gauge",
                "Questions that wait for people.",
                pending.getAsInt());
        one(text, "countersign_event_watchers", "gauge", "Open event streams.", watchers);
        return text.toString();
    }

    private static void one(
            StringBuilder text, String name, String type, String help, Number value) {
        head(text, name, type, help);
        text.append(name).append(' ').append(value).append('\n');
    }

    private static void head(StringBuilder text, String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }
}
