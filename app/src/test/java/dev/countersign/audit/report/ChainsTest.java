package dev.countersign.audit.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What is kept of questions to people does not grow with them. */
final class ChainsTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private static ObjectNode record(String kind, String approval) {
        ObjectNode record = JsonNodeFactory.instance.objectNode();
        record.put("kind", kind).put("decision", "D-" + approval).put("agent", "builder");
        record.put("effect", "ask").put("summary", "git push").put("person", "ana@example.com");
        record.putObject("body").put("approval", approval);
        return record;
    }

    @Test
    void theNewestAreKeptAndTheOthersStayOut() {
        Chains chains = new Chains(10);
        for (int i = 1; i <= 1_000; i++) {
            chains.add(record("decision", "APR-" + i), NOON, i);
        }
        // Something more happens to one that was left out.
        chains.add(record("vote", "APR-5"), NOON, 1_001);
        assertThat(chains.more()).isTrue();
        assertThat(chains.all())
                .extracting(Chains.Chain::id)
                .containsExactly(
                        "APR-991",
                        "APR-992",
                        "APR-993",
                        "APR-994",
                        "APR-995",
                        "APR-996",
                        "APR-997",
                        "APR-998",
                        "APR-999",
                        "APR-1000");
    }

    @Test
    void oneQuestionThatIsTriedWithoutEndIsBounded() {
        Chains chains = new Chains(10);
        for (int i = 0; i < 1_000; i++) {
            chains.add(record("vote", "APR-1"), NOON, i);
        }
        assertThat(chains.all().getFirst().links()).hasSize(40);
        assertThat(chains.all().getFirst().asked()).isEmpty();
        assertThat(chains.more()).isFalse();
    }
}
