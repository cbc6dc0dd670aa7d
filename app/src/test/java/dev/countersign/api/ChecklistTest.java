package dev.countersign.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the checklist in {@code docs/security.md} names is there: every line, place and test. */
final class ChecklistTest {
    private static final Path PAGE = Path.of("..", "docs", "security.md");
    private static final Path TESTS = Path.of("src", "test", "java");
    private static final Path PROGRAM = Path.of("src", "main", "java", "dev", "countersign");
    private static final Pattern TEST = Pattern.compile("`([A-Z]\\w+Test)(?:\\.(\\w+))?`");
    private static final Pattern PLACE = Pattern.compile("`((?:[a-z]+/)+[A-Z]\\w+)(?:\\.(\\w+))?`");

    private static List<String> lines() throws IOException {
        return Files.readAllLines(PAGE).stream()
                .dropWhile(line -> !line.equals("## Checked against ASVS"))
                .filter(line -> line.matches("\\| [0-9].*"))
                .toList();
    }

    @Test
    void everyLineSaysWhere() throws IOException {
        assertThat(lines())
                .hasSizeGreaterThan(100)
                .allSatisfy(line -> {
                    String[] cells = line.split("\\|", -1);
                    assertThat(cells).as(line).hasSize(5);
                    assertThat(List.of(cells[1], cells[2], cells[3]))
                            .as(line)
                            .noneMatch(String::isBlank);
                });
    }

    @Test
    void theTestsAreThere() throws IOException {
        Map<String, Path> tests;
        try (Stream<Path> files = Files.walk(TESTS)) {
            tests =
                    files.filter(file -> file.toString().endsWith("Test.java"))
                            .collect(
                                    Collectors.toMap(
                                            file -> name(file), file -> file, (one, _) -> one));
        }
        List<String> missing = new ArrayList<>();
        for (String line : lines()) {
            for (Matcher named = TEST.matcher(line); named.find(); ) {
                Path file = tests.get(named.group(1));
                boolean there =
                        file != null
                                && (named.group(2) == null
                                        || Files.readString(file)
                                                .contains("void " + named.group(2) + "("));
                if (!there) {
                    missing.add(named.group());
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName()).replace(".java", "");
    }

    @Test
    void thePlacesAreThere() throws IOException {
        List<String> missing = new ArrayList<>();
        for (String line : lines()) {
            for (Matcher named = PLACE.matcher(line); named.find(); ) {
                Path file = PROGRAM.resolve(named.group(1) + ".java");
                boolean there =
                        Files.exists(file)
                                && (named.group(2) == null
                                        || Files.readString(file)
                                                .contains(" " + named.group(2) + "("));
                if (!there) {
                    missing.add(named.group());
                }
            }
        }
        assertThat(missing).isEmpty();
    }
}
