package dev.countersign.analysis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The shared corpus, and where this product and a row's source disagree. */
final class Corpus {
    static final Set<String> HARMLESS = Set.of("read_only", "plain");

    /** Classes that claim nothing a verdict could be held against. */
    static final Set<String> REPORTED =
            Set.of(
                    "not_flagged",
                    "not_flagged_partial",
                    "no_flow",
                    "not_matched",
                    "compound",
                    "wrapper",
                    "tampers_with_guard");

    /** A command and the class its source puts it in. */
    record Row(String id, String kind, String command) {}

    private Corpus() {}

    static List<Row> rows() {
        ObjectMapper mapper = new ObjectMapper();
        List<Row> rows = new ArrayList<>();
        try (InputStream in = open("/shell/corpus.jsonl")) {
            BufferedReader reader =
                    new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                JsonNode row = mapper.readTree(line);
                rows.add(
                        new Row(
                                row.get("id").asText(),
                                row.get("expect").asText(),
                                row.get("command").asText()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return rows;
    }

    /** Reasons by row. */
    static Map<String, Object> disagreements() {
        try (InputStream in = open("/cases/analysis-corpus-exceptions.yaml")) {
            return Flow.map(
                    new Load(LoadSettings.builder().build())
                            .loadFromString(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream open(String name) {
        InputStream in = Corpus.class.getResourceAsStream(name);
        if (in == null) {
            throw new IllegalStateException("no resource `" + name + "`");
        }
        return in;
    }
}
