package dev.countersign.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.countersign.call.Operation;
import dev.countersign.call.RiskTier;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The shared corpus: what its sources call dangerous is never quiet, what they call harmless is.
 */
final class CorpusTest {
    private static final Set<String> HARMLESS = Set.of("read_only", "plain");
    private static final Set<String> REPORTED =
            Set.of(
                    "not_flagged",
                    "not_flagged_partial",
                    "no_flow",
                    "not_matched",
                    "compound",
                    "wrapper",
                    "tampers_with_guard");

    private static List<JsonNode> rows() throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        List<JsonNode> rows = new ArrayList<>();
        try (InputStream in = CorpusTest.class.getResourceAsStream("/shell/corpus.jsonl")) {
            assertThat(in).isNotNull();
            BufferedReader reader =
                    new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                rows.add(mapper.readTree(line));
            }
        }
        return rows;
    }

    private static boolean quiet(List<Operation> operations) {
        return operations.stream()
                .allMatch(o ->
                        !o.risk().atLeast(RiskTier.MEDIUM) && !o.opaque() && o.floor() == null);
    }

    @Test
    void dangerousRowsAreNotQuietAndHarmlessOnesAre() throws IOException {
        Map<String, Object> exceptions = exceptions();
        Map<String, int[]> counts = new TreeMap<>();
        List<String> missed = new ArrayList<>();
        List<String> stopped = new ArrayList<>();
        List<String> unneeded = new ArrayList<>();
        for (JsonNode row : rows()) {
            String id = row.get("id").asText();
            String kind = row.get("expect").asText();
            List<Operation> operations = Fixture.operations(row.get("command").asText());
            assertThat(operations).as(id).noneMatch(o -> o.summary().contains("this is a bug"));
            boolean quiet = quiet(operations);
            int[] count = counts.computeIfAbsent(kind, _ -> new int[2]);
            count[0]++;
            count[1] += quiet ? 1 : 0;
            if (HARMLESS.contains(kind)) {
                if (!quiet) {
                    stopped.add(id + " " + row.get("command").asText());
                }
            } else if (!REPORTED.contains(kind)) {
                if (quiet && !exceptions.containsKey(id)) {
                    missed.add(id + " " + kind + " " + row.get("command").asText());
                } else if (!quiet && exceptions.containsKey(id)) {
                    unneeded.add(id);
                }
            }
        }
        StringBuilder report = new StringBuilder("corpus, kind: rows, of them quiet\n");
        counts.forEach((kind, count) ->
                report.append(kind)
                        .append(": ")
                        .append(count[0])
                        .append(", ")
                        .append(count[1])
                        .append('\n'));
        assertThat(missed).as(report.toString()).isEmpty();
        assertThat(unneeded).as("exceptions that are none any more").isEmpty();
        assertThat(stopped).as(report.toString()).hasSizeLessThanOrEqualTo(3);
    }

    private static Map<String, Object> exceptions() throws IOException {
        try (InputStream in =
                CorpusTest.class.getResourceAsStream("/cases/analysis-corpus-exceptions.yaml")) {
            assertThat(in).isNotNull();
            return Flow.map(
                    new Load(LoadSettings.builder().build())
                            .loadFromString(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
        }
    }
}
