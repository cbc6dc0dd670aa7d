package dev.countersign.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.call.Operation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Every example of {@code catalogue-examples.yaml}: what a command line of a catalogued program is,
 * the worst first and each kind of operation once.
 */
final class CatalogueExamplesTest {
    private static final Comparator<Operation> WORST_FIRST =
            Comparator.comparing(Operation::risk)
                    .reversed()
                    .thenComparing(CatalogueExamplesTest::word);

    private static Map<String, Object> examples() throws IOException {
        try (InputStream in =
                CatalogueExamplesTest.class.getResourceAsStream("/catalogue-examples.yaml")) {
            String text =
                    new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            LoadSettings settings = LoadSettings.builder().setCodePointLimit(10_000_000).build();
            return Flow.map(new Load(settings).loadFromString(text));
        }
    }

    @Test
    void everyExampleIsWhatItSays() throws IOException {
        List<String> wrong = new ArrayList<>();
        int[] run = {0};
        examples()
                .forEach((tool, lines) ->
                        Flow.map(lines)
                                .forEach((command, expected) -> {
                                    run[0]++;
                                    String is = words(command);
                                    if (!is.equals(String.join(", ", Flow.texts(expected)))) {
                                        wrong.add(tool + "\n  \"" + command + "\": [" + is + "]");
                                    }
                                }));
        assertThat(wrong).as("wrong, as it is now").isEmpty();
        assertThat(run[0]).isGreaterThan(1_400);
    }

    @Test
    void everyProgramHasAnExample() throws IOException {
        Map<String, Object> missing = new TreeMap<>();
        Catalogue.shipped().names().forEach(name -> missing.put(name, name));
        Map<String, Object> examples = examples();
        examples.keySet().forEach(missing::remove);
        assertThat(missing.keySet()).as("without an example").isEmpty();
        assertThat(examples.keySet())
                .as("in the catalogue")
                .isSubsetOf(Catalogue.shipped().names());
        examples.forEach((tool, lines) ->
                assertThat(Flow.map(lines).keySet())
                        .as(tool)
                        .isNotEmpty()
                        .anyMatch(line -> line.contains(tool)));
    }

    /** A program that only looks until an option says otherwise is shown doing both. */
    @Test
    void everyProofHasATwinThatIsNotQuiet() throws IOException {
        List<String> without = new ArrayList<>();
        Catalogue catalogue = Catalogue.shipped();
        examples()
                .forEach((name, lines) -> {
                    Tool tool = catalogue.tool(name).orElseThrow();
                    boolean looks = tool.base().equals(EnumSet.of(Deed.READ));
                    boolean own = catalogue.canonical(name).equals(name);
                    if (looks
                            && own
                            && tool.options().values().stream()
                                    .anyMatch(CatalogueExamplesTest::acts)) {
                        List<String> is =
                                Flow.map(lines).keySet().stream()
                                        .map(CatalogueExamplesTest::words)
                                        .toList();
                        boolean pair =
                                is.stream().anyMatch(QUIET::contains) && !QUIET.containsAll(is);
                        if (!pair) {
                            without.add(name);
                        }
                    }
                });
        assertThat(without).isEmpty();
    }

    private static final Set<String> QUIET =
            Set.of("file_read none", "shell_run low", "shell_run low +network", "git_read none");
    private static final Set<Deed> LOOKING =
            EnumSet.of(Deed.READ, Deed.TTY, Deed.SHELLSTATE, Deed.NET);

    private static boolean acts(Tool.Option option) {
        Set<Deed> instead = option.set();
        return !LOOKING.containsAll(option.add())
                || (instead != null && !LOOKING.containsAll(instead));
    }

    private static String words(String command) {
        List<String> words = new ArrayList<>();
        Fixture.operations(command).stream()
                .sorted(WORST_FIRST)
                .map(CatalogueExamplesTest::word)
                .distinct()
                .forEach(words::add);
        return String.join(", ", words);
    }

    private static String word(Operation operation) {
        StringBuilder text =
                new StringBuilder(operation.action().wire() + " " + operation.risk().wire());
        text.append(operation.opaque() ? " opaque" : "");
        text.append(operation.floor() == null ? "" : " floor");
        operation.tags().forEach(tag -> text.append(" +").append(tag));
        return text.toString();
    }
}
