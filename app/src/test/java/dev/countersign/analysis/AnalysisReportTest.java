package dev.countersign.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.policy.Effect;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * The report {@code docs/analysis.md} says what a run says. With {@code
 * -Dcountersign.report=write}, as {@code bench/analysis} does, it is written anew.
 */
final class AnalysisReportTest {
    private static final Path PAGE = Path.of("..", "docs", "analysis.md");
    private static final String REMEDY = "the report is out of date; run `bench/analysis`";

    @Test
    void theReportSaysWhatARunSays() throws IOException {
        String page = Files.readString(PAGE);
        String fresh = page;
        fresh = put(fresh, "everyday", everyday());
        fresh = put(fresh, "pairs", pairs());
        fresh = put(fresh, "corpus", corpus());
        fresh = put(fresh, "disagreements", disagreements());
        if ("write".equals(System.getProperty("countersign.report"))) {
            Files.writeString(PAGE, fresh);
        } else {
            assertThat(held(page)).as(REMEDY).isEqualTo(held(fresh));
        }
    }

    /** What the classes without a claim come to is only as of the last writing. */
    private static List<String> held(String page) {
        return page.lines().filter(line -> !line.contains("| report |")).toList();
    }

    /** Replaces what stands between the marks of a part. */
    private static String put(String page, String part, List<String> lines) {
        String start = "<!-- " + part + " -->\n";
        String end = "<!-- end of " + part + " -->";
        int from = page.indexOf(start);
        int to = page.indexOf(end);
        assertThat(from).as(start).isNotNegative();
        assertThat(to).as(end).isGreaterThan(from);
        return page.substring(0, from + start.length())
                + String.join("\n", lines)
                + "\n"
                + page.substring(to);
    }

    private static List<String> everyday() {
        WholeEngine engine = new WholeEngine(Everyday.disk());
        List<String> lines =
                new ArrayList<>(
                        List.of(
                                "| class | commands | asked | denied | twins allowed |",
                                "|---|---|---|---|---|"));
        List<String> asked = new ArrayList<>();
        int[] sum = new int[4];
        for (String kind : Everyday.CLASSES) {
            int[] counts = new int[4];
            for (Everyday.Twins twins : Everyday.of(kind)) {
                counts[0]++;
                Effect effect = engine.judge(twins.run()).effect();
                counts[1] += effect == Effect.ASK ? 1 : 0;
                counts[2] += effect == Effect.DENY ? 1 : 0;
                counts[3] += engine.judge(twins.twin()).allowed() ? 1 : 0;
                if (effect != Effect.ALLOW) {
                    asked.add("- " + code(twins.run()));
                }
            }
            for (int i = 0; i < sum.length; i++) {
                sum[i] += counts[i];
            }
            lines.add(row(kind, counts));
        }
        lines.add(row("all", sum));
        lines.add("");
        lines.add("Asked:");
        lines.add("");
        lines.addAll(asked);
        return lines;
    }

    private static List<String> pairs() {
        Map<String, int[]> shapes = new TreeMap<>();
        for (Object entry : (List<?>) Everyday.read("pairs").getOrDefault("cases", List.of())) {
            String shape = String.valueOf(Flow.map(entry).get("shape"));
            shapes.computeIfAbsent(shape, _ -> new int[1])[0]++;
        }
        List<String> lines = new ArrayList<>(List.of("| shape | pairs |", "|---|---|"));
        shapes.forEach((shape, count) -> lines.add(row(shape, count)));
        return lines;
    }

    private static List<String> corpus() {
        WholeEngine engine = new WholeEngine(Facts.NONE);
        Map<String, int[]> kinds = new TreeMap<>();
        for (Corpus.Row row : Corpus.rows()) {
            int[] counts = kinds.computeIfAbsent(row.kind(), _ -> new int[2]);
            counts[0]++;
            counts[1] += engine.judge(row.command()).allowed() ? 1 : 0;
        }
        List<String> lines =
                new ArrayList<>(
                        List.of("| class | held to | rows | allowed |", "|---|---|---|---|"));
        kinds.forEach((kind, counts) -> {
            String held =
                    Corpus.HARMLESS.contains(kind)
                            ? "allow"
                            : Corpus.REPORTED.contains(kind) ? "report" : "no allow";
            lines.add(row(kind + " | " + held, counts));
        });
        return lines;
    }

    private static List<String> disagreements() {
        Map<String, Object> known = Corpus.disagreements();
        List<String> lines =
                new ArrayList<>(List.of("| row | class | command | reason |", "|---|---|---|---|"));
        for (Corpus.Row row : Corpus.rows()) {
            Object reason = known.get(row.id());
            if (reason != null) {
                lines.add(
                        "| "
                                + row.id()
                                + " | "
                                + row.kind()
                                + " | "
                                + code(row.command()).replace("|", "\\|")
                                + " | "
                                + reason
                                + " |");
            }
        }
        return lines;
    }

    private static String row(String first, int[] counts) {
        StringBuilder line = new StringBuilder("| " + first + " |");
        for (int count : counts) {
            line.append(' ').append(count).append(" |");
        }
        return line.toString();
    }

    private static String code(String command) {
        return "`` " + command.replace("\n", " ⏎ ") + " ``";
    }
}
