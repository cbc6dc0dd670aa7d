package dev.countersign.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.policy.Effect;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What the sources of the shared corpus call dangerous is never allowed under the built-in profile
 * and mode, and what they call harmless is, the disagreements aside that were looked at.
 */
final class CorpusTest {
    private static final WholeEngine ENGINE = new WholeEngine(Facts.NONE);

    @Test
    void whatIsDangerousIsNotAllowedAndWhatIsHarmlessIs() {
        Map<String, Object> known = Corpus.disagreements();
        List<String> missed = new ArrayList<>();
        List<String> stopped = new ArrayList<>();
        List<String> denied = new ArrayList<>();
        List<String> unneeded = new ArrayList<>(known.keySet());
        for (Corpus.Row row : Corpus.rows()) {
            WholeEngine.Verdict verdict = ENGINE.judge(row.command());
            assertThat(verdict.operations())
                    .as(row.id())
                    .noneMatch(o -> o.summary().contains("this is a bug"));
            boolean harmless = Corpus.HARMLESS.contains(row.kind());
            if (harmless && verdict.effect() == Effect.DENY) {
                denied.add(row.id() + " " + row.command());
            }
            boolean agrees = Corpus.REPORTED.contains(row.kind()) || harmless == verdict.allowed();
            if (!agrees) {
                unneeded.remove(row.id());
                if (!known.containsKey(row.id())) {
                    (harmless ? stopped : missed)
                            .add(row.id() + " " + row.kind() + " " + row.command());
                }
            }
        }
        assertThat(missed).isEmpty();
        assertThat(stopped).isEmpty();
        assertThat(denied).isEmpty();
        assertThat(unneeded).as("disagreements that are none any more").isEmpty();
    }

    /** The measure: of all that is harmless, the everyday set and the corpus together. */
    @Test
    void atMostOneHarmlessCommandInAHundredIsAsked() {
        WholeEngine everyday = new WholeEngine(Everyday.disk());
        int all = 0;
        int asked = 0;
        for (Everyday.Twins twins : Everyday.all()) {
            all++;
            asked += everyday.judge(twins.run()).allowed() ? 0 : 1;
        }
        for (Corpus.Row row : Corpus.rows()) {
            if (Corpus.HARMLESS.contains(row.kind())) {
                all++;
                asked += ENGINE.judge(row.command()).allowed() ? 0 : 1;
            }
        }
        assertThat(asked).as("asked, of " + all).isLessThanOrEqualTo(all / 100);
    }
}
