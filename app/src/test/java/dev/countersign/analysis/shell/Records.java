package dev.countersign.analysis.shell;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.countersign.call.Context;
import dev.countersign.call.Shell;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Recorded shell texts with what bash really did. */
final class Records {
    static final Context CONTEXT =
            new Context("/w", "/w", "/home/u", Shell.BASH, "linux", Map.of());

    /**
     * One text.
     *
     * @param valid whether bash accepts it
     * @param executed the programs started
     */
    record Text(String id, String command, boolean valid, List<List<String>> executed) {}

    private Records() {}

    static List<Text> torture() {
        return read("torture.jsonl", false);
    }

    /** The corpus as far as it was observed. */
    static List<Text> corpus() {
        return read("corpus.jsonl", true);
    }

    static Evaluation evaluate(String command) {
        return ShellText.evaluate(command, CONTEXT);
    }

    private static List<Text> read(String file, boolean nested) {
        ObjectMapper mapper = new ObjectMapper();
        List<Text> texts = new ArrayList<>();
        try (InputStream in =
                        Objects.requireNonNull(
                                Records.class.getResourceAsStream("/shell/" + file), file);
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode node = mapper.readTree(line);
                JsonNode observed = nested ? node.path("observed") : node;
                if (!observed.has("syntax_ok")) {
                    continue;
                }
                List<List<String>> executed = new ArrayList<>();
                for (JsonNode argv : observed.path("executed")) {
                    List<String> words = new ArrayList<>();
                    argv.forEach(word -> words.add(word.asText()));
                    executed.add(words);
                }
                texts.add(
                        new Text(
                                node.path("id").asText(),
                                node.path("command").asText(),
                                observed.path("syntax_ok").asBoolean(),
                                executed));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return texts;
    }
}
