package dev.countersign.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.analysis.Analyzer;
import dev.countersign.analysis.Facts;
import dev.countersign.analysis.Guarded;
import dev.countersign.policy.Level;
import dev.countersign.policy.PolicyReader;
import dev.countersign.policy.PolicySnapshot;
import dev.countersign.testing.MemoryLedger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a change newly allows is found within bounds, and the report says how far it looked. */
final class WideningTest {
    private static final PolicySnapshot NOTHING = PolicySnapshot.of(List.of());

    private static PolicySnapshot snapshot(String text) {
        PolicyReader.Result read = PolicyReader.read("f.yaml", text, Level.TENANT, true);
        assertThat(read.problems()).isEmpty();
        return PolicySnapshot.of(List.of(read.policy().orElseThrow()));
    }

    private static PolicySnapshot naming(int agents) {
        String names =
                IntStream.range(0, agents)
                        .mapToObj("agent-%04d"::formatted)
                        .collect(Collectors.joining(", "));
        return snapshot(
                "policy: many\napplies_to: {agents: ["
                        + names
                        + "]}\nrules: [{allow: {shell_run: \"npm install\"}}]\n");
    }

    private static Widening.Report report(Clock clock, PolicySnapshot now, PolicySnapshot then) {
        return new Widening(new MemoryLedger(), new Analyzer(Facts.NONE, Guarded.DEFAULT), clock)
                .between(_ -> now, _ -> then);
    }

    @Test
    void ofVeryManyAgentsSomeAreTried() {
        Widening.Report report = report(stopped(), NOTHING, naming(2_000));
        assertThat(report.agents()).isEqualTo(25);
        assertThat(report.named()).isEqualTo(2_001);
        assertThat(report.allowed())
                .extracting(Widening.Allowed::call)
                .contains("time npm install");
        assertThat(report.limits()).isEqualTo("example calls were tried for 25 of 2001 agents");
    }

    @Test
    void agentsOnlyOneOfTheTwoSpeaksOfComeFirst() {
        PolicySnapshot then =
                snapshot(
                        """
                        policy: many
                        rules:
                          - {allow: {shell_run: "npm install", agent: zoe}}
                        personas:
                          all: {agents: [%s], others: allow, write: ["./**"]}
                        """
                                .formatted(
                                        IntStream.range(0, 100)
                                                .mapToObj("agent-%03d"::formatted)
                                                .collect(Collectors.joining(", "))));
        PolicySnapshot now =
                snapshot(
                        """
                        policy: many
                        personas:
                          all: {agents: [%s], others: allow, write: ["./**"]}
                        """
                                .formatted(
                                        IntStream.range(0, 100)
                                                .mapToObj("agent-%03d"::formatted)
                                                .collect(Collectors.joining(", "))));
        assertThat(report(stopped(), now, then).allowed())
                .extracting(Widening.Allowed::agent)
                .contains("zoe");
    }

    @Test
    void afterItsTimeItStopsAndSaysSo() {
        Widening.Report report = report(running(Duration.ofMillis(200)), NOTHING, naming(20));
        assertThat(report.agents()).isLessThan(21);
        assertThat(report.limits()).startsWith("stopped after 2 s; example calls were tried for ");
        assertThat(report.json().path("limits").asText()).isEqualTo(report.limits());
    }

    @Test
    void withinItsBoundsNothingIsSaidOfThem() {
        Widening.Report report = report(stopped(), NOTHING, naming(3));
        assertThat(report.limits()).isEmpty();
        assertThat(report.agents()).isEqualTo(4);
        assertThat(report.count()).isEqualTo(3);
    }

    private static Clock stopped() {
        return Clock.fixed(Instant.parse("2026-11-20T10:00:00Z"), ZoneOffset.UTC);
    }

    /** A clock that goes on whenever somebody looks at it. */
    private static Clock running(Duration step) {
        return new Clock() {
            private Instant now = Instant.parse("2026-11-20T10:00:00Z");

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                now = now.plus(step);
                return now;
            }
        };
    }
}
