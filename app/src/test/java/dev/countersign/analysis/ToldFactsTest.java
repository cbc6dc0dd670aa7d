package dev.countersign.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.call.Context;
import dev.countersign.call.Machine;
import dev.countersign.call.Shell;
import dev.countersign.call.Told;
import dev.countersign.call.ToolCall;
import dev.countersign.policy.Decision;
import dev.countersign.policy.Effect;
import dev.countersign.policy.Evaluator;
import dev.countersign.policy.PolicySnapshot;
import dev.countersign.policy.Stricter;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a machine tells of itself makes verdicts stricter and nothing else. */
final class ToldFactsTest {
    private static final Instant NOW = Instant.parse("2026-03-27T10:00:00Z");
    private static final PolicySnapshot DEFAULTS = PolicySnapshot.of(List.of());

    /** Of the machine that judges: whoever asks it here asks the wrong one. */
    private static final Facts WRONG =
            (Facts)
                    Proxy.newProxyInstance(
                            Facts.class.getClassLoader(),
                            new Class<?>[] {Facts.class},
                            (_, method, _) -> {
                                throw new AssertionError(method + " of the server's own disk");
                            });

    private final Analyzer server = new Analyzer(WRONG, Fixture.GUARDED);

    private static Told told(String workspace, List<Told.Answer> answers, boolean complete) {
        return new Told(
                "linux",
                "/home/u",
                Shell.BASH,
                workspace,
                Told.Guard.NONE,
                answers,
                complete,
                null,
                true);
    }

    /** What an edge tells of a call on a disk. */
    private static Told told(ToolCall call, Facts disk) {
        NotedFacts noted = new NotedFacts(disk);
        var _ = new Analyzer(noted, Fixture.GUARDED).analyze(call);
        return told(call.context().workspace(), noted.answers(), noted.complete());
    }

    private static ToolCall elsewhere(String command, @Nullable Told told) {
        ToolCall call = Fixture.command(command);
        Context there = call.context().on(new Machine.Elsewhere(told));
        return call.in(there);
    }

    private Decision judged(ToolCall call) {
        return Evaluator.evaluate(DEFAULTS, call, server.analyze(call), NOW);
    }

    /** As the server joins the two looks. */
    private Decision joined(String command, Told told) {
        ToolCall call = elsewhere(command, told);
        Decision other = judged(call.told().orElseThrow());
        return Stricter.of(judged(call), other, other.explanation().operations());
    }

    private static List<Told> lies() {
        List<Told.Answer> inside = new ArrayList<>();
        for (String path : List.of("/", "/etc", "/etc/passwd", "/home/u/.ssh", "/home/u", "/x")) {
            inside.add(new Told.Answer(Told.Ask.RESOLVE, path, List.of("/w/build/x")));
            inside.add(new Told.Answer(Told.Ask.KIND, path, List.of("missing")));
            inside.add(new Told.Answer(Told.Ask.LIST, path, List.of()));
        }
        inside.add(new Told.Answer(Told.Ask.TEXT, "/w/.gitignore", List.of("*\n")));
        return List.of(
                told("/", List.of(), true),
                told("/", inside, true),
                told("/w", inside, true),
                told("/w", List.of(), false));
    }

    @Test
    void noLieLoosensAnyCommandOfTheCorpus() {
        List<Told> lies = lies();
        for (Corpus.Row row : Corpus.rows()) {
            Decision written = judged(elsewhere(row.command(), null));
            Decision lied = joined(row.command(), lies.get(row.id().length() % lies.size()));
            assertThat(lied.effect()).as(row.command()).isGreaterThanOrEqualTo(written.effect());
            assertThat(lied.explanation().risk())
                    .as(row.command())
                    .isGreaterThanOrEqualTo(written.explanation().risk());
            assertThat(lied.explanation().operations())
                    .containsAll(written.explanation().operations());
            if (written instanceof Decision.Ask ask && lied instanceof Decision.Ask other) {
                assertThat(other.requirements()).containsAll(ask.requirements());
            }
        }
    }

    @Test
    void tooMuchToTellIsAskedAbout() {
        assertThat(joined("ls", told("/w", List.of(), false)).effect()).isEqualTo(Effect.ASK);
    }

    /** As quiet as written words are: what lies on an ordinary disk adds no question. */
    @Test
    void anOrdinaryDayStaysQuiet() {
        List<String> written = new ArrayList<>();
        List<String> through = new ArrayList<>();
        Set<String> incomplete = new HashSet<>();
        int all = 0;
        int most = 0;
        for (Everyday.Twins twins : Everyday.all()) {
            all++;
            Told told = told(Fixture.command(twins.run()), Everyday.disk());
            most = Math.max(most, told.answers().size());
            if (!told.complete()) {
                incomplete.add(twins.run());
            }
            if (judged(elsewhere(twins.run(), null)).effect() != Effect.ALLOW) {
                written.add(twins.run());
            }
            if (joined(twins.run(), told).effect() != Effect.ALLOW) {
                through.add(twins.run());
            }
        }
        assertThat(incomplete).isEmpty();
        assertThat(through).as("asked, of " + all).hasSizeLessThanOrEqualTo(all * 7 / 100);
        // What is asked about beside that is what written words alone are asked about.
        assertThat(through).isEqualTo(written);
        assertThat(most).isLessThan(NotedFacts.MOST_ANSWERS / 2);
    }

    @Test
    void dangerousTwinsAreNotAllowedThroughAnEdge() {
        List<String> allowed = new ArrayList<>();
        for (Everyday.Twins twins : Everyday.all()) {
            Told told = told(Fixture.command(twins.twin()), Everyday.disk());
            if (joined(twins.twin(), told).effect() == Effect.ALLOW) {
                allowed.add(twins.twin());
            }
        }
        assertThat(allowed).isEmpty();
    }
}
