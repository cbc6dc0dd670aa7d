package dev.countersign.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Every sentence about policy is shown by cases that exist, and every file of cases shows one. */
final class SentencesTest {
    private static final Path CASES = Path.of("src/test/resources/cases");

    @Test
    void everySentenceNamesItsCasesAndEveryFileShowsOne() throws IOException {
        Set<String> cases = new HashSet<>();
        Set<String> files = new TreeSet<>();
        try (Stream<Path> all = Files.list(CASES.resolve("decide"))) {
            for (Path path : all.sorted().toList()) {
                String file = String.valueOf(path.getFileName()).replace(".yaml", "");
                files.add(file);
                Map<?, ?> spec = (Map<?, ?>) load(path);
                for (String key : List.of("cases", "refused")) {
                    if (spec.get(key) instanceof List<?> list) {
                        list.forEach(one -> cases.add(file + "/" + ((Map<?, ?>) one).get("name")));
                    }
                }
            }
        }
        Set<String> said = new HashSet<>();
        Set<String> shown = new TreeSet<>();
        List<String> missing = new ArrayList<>();
        for (Object item : (List<?>) load(CASES.resolve("decide-sentences.yaml"))) {
            Map<?, ?> sentence = (Map<?, ?>) item;
            String says = String.valueOf(sentence.get("says"));
            assertThat(said.add(says)).as(says).isTrue();
            List<?> named = (List<?>) Objects.requireNonNull(sentence.get("cases"), says);
            assertThat(named).as(says).isNotEmpty();
            for (Object one : named) {
                String name = String.valueOf(one);
                if (!cases.contains(name)) {
                    missing.add(name);
                }
                shown.add(name.substring(0, name.indexOf('/')));
            }
        }
        assertThat(missing).as("cases that do not exist").isEmpty();
        assertThat(said).hasSizeGreaterThanOrEqualTo(50);
        files.removeAll(shown);
        assertThat(files).as("files that show no sentence").isEmpty();
    }

    private static Object load(Path file) throws IOException {
        return new Load(LoadSettings.builder().setLabel(file.toString()).build())
                .loadFromString(Files.readString(file));
    }
}
