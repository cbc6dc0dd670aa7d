package dev.countersign.analysis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Every command that is written down somewhere: corpora, everyday commands with twins, cases. */
final class Texts {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Texts() {}

    static List<String> all() {
        Set<String> all = new LinkedHashSet<>();
        Corpus.rows().forEach(row -> all.add(row.command()));
        all.addAll(torture());
        for (Everyday.Twins twins : Everyday.all()) {
            all.add(twins.run());
            all.add(twins.twin());
        }
        all.addAll(cases());
        return List.copyOf(all);
    }

    /** The puzzles that bash was asked about. */
    static List<String> torture() {
        List<String> all = new ArrayList<>();
        try (InputStream in =
                        Objects.requireNonNull(
                                Texts.class.getResourceAsStream("/shell/torture.jsonl"));
                BufferedReader reader =
                        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                JsonNode row = JSON.readTree(line);
                all.add(row.get("command").asText());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }

    /** The commands of the cases of {@code cases/analysis}. */
    static List<String> cases() {
        return cases(null);
    }

    /** Those for one shell only, or all. */
    static List<String> cases(@Nullable String shell) {
        List<String> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder("/cases/analysis"))) {
            for (Path file : files.sorted().toList()) {
                Object document =
                        new Load(LoadSettings.builder().build())
                                .loadFromString(Files.readString(file));
                for (Object each : (List<?>) Flow.map(document).getOrDefault("cases", List.of())) {
                    Object command = Flow.map(each).get("command");
                    Object of = Flow.map(each).get("shell");
                    if (command != null && (shell == null || shell.equals(of))) {
                        all.add(String.valueOf(command));
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }

    static Path folder(String name) {
        URL url = Objects.requireNonNull(Texts.class.getResource(name), name);
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
