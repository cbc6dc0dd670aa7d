package dev.countersign.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is built in never changes without a version of its own and a starred line for people. */
final class DefaultsVersionTest {
    private static final Path RESOURCES = Path.of("src/main/resources/dev/countersign");
    private static final Path VERSIONS = RESOURCES.resolve("policy/defaults.csv");
    private static final Path NOTED = Path.of("src/test/resources/defaults-noted.csv");

    @Test
    void everyChangeOfWhatIsBuiltInHasAVersion() throws Exception {
        List<String> rows = rows();
        List<String> hashes = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            assertThat(rows.get(i)).matches((i + 1) + ",[0-9a-f]{64}");
            hashes.add(rows.get(i).substring(rows.get(i).indexOf(',') + 1));
        }
        assertThat(hashes).doesNotHaveDuplicates();
        assertThat(hash())
                .as("what is built in changed; run `tools/raise-defaults`")
                .isEqualTo(hashes.getLast());
        assertThat(Defaults.BUILT_IN.version()).isEqualTo("defaults " + rows.size());
    }

    /** What a released version was never changes; {@code tools/raise-defaults} notes it twice. */
    @Test
    void rowsAreOnlyEverAdded() throws Exception {
        assertThat(Files.readAllLines(VERSIONS))
                .as("a row was changed or removed; take it back and run `tools/raise-defaults`")
                .isEqualTo(Files.readAllLines(NOTED));
    }

    @Test
    void everyVersionHasAStarredEntry() throws Exception {
        List<String> entries =
                List.of(Files.readString(Path.of("../CHANGELOG.md")).split("\n(?=- )", -1));
        for (int version = 1; version <= rows().size(); version++) {
            String name = "(defaults " + version + ")";
            assertThat(entries)
                    .as("CHANGELOG.md needs an entry `- * … %s`", name)
                    .anySatisfy(entry ->
                            assertThat(entry.replaceAll("\\s+", " "))
                                    .startsWith("- * ")
                                    .contains(name));
        }
    }

    private static List<String> rows() throws IOException {
        List<String> lines = Files.readAllLines(VERSIONS);
        return lines.subList(1, lines.size());
    }

    /** As {@code tools/raise-defaults} does it: over lines such as {@code sha256sum} prints. */
    private static String hash() throws Exception {
        List<String> files = new ArrayList<>();
        for (String folder : List.of("analysis", "call", "policy")) {
            try (Stream<Path> all = Files.walk(RESOURCES.resolve(folder))) {
                all.map(file -> RESOURCES.relativize(file).toString().replace('\\', '/'))
                        .filter(name -> name.endsWith(".yaml") || name.endsWith(".csv"))
                        .filter(name -> !name.equals("policy/defaults.csv"))
                        .forEach(files::add);
            }
        }
        StringBuilder lines = new StringBuilder();
        for (String file : files.stream().sorted().toList()) {
            lines.append(sha256(Files.readAllBytes(RESOURCES.resolve(file))))
                    .append("  ")
                    .append(file)
                    .append('\n');
        }
        return sha256(lines.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
