package dev.countersign.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.countersign.call.Action;
import dev.countersign.call.RiskTier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** The page about the catalogue says what the data says, and both what the product promises. */
final class CatalogueDocsTest {
    private static final Path PAGE = Path.of("..", "docs", "catalogue.md");
    private static final Set<Deed> LEAVING =
            EnumSet.of(Deed.NET, Deed.UPLOAD, Deed.REMOTE_WRITE, Deed.REMOTE_DESTROY);

    @Test
    void theTableOfEffectsIsTheData() throws Exception {
        List<String> lines =
                new ArrayList<>(
                        List.of(
                                "| effect | action | risk | tags | refinement | silent beside |"
                                        + " says |",
                                "|---|---|---|---|---|---|---|"));
        for (Deed deed : Deed.values()) {
            Deed.Weight weight = deed.weight();
            lines.add(
                    Stream.of(
                                    "`" + deed.wire() + "`",
                                    "`" + weight.action().wire() + "`",
                                    weight.risk().wire(),
                                    String.join(" ", weight.tags()),
                                    weight.refinement().wire(),
                                    String.join(
                                            " ", weight.unless().stream().map(Deed::wire).toList()),
                                    weight.says())
                            .reduce("|", (line, cell) -> line + " " + cell + " |"));
        }
        assertThat(table("| effect |")).isEqualTo(lines);
    }

    /** Section 2 of the product description, effect by effect. */
    @Test
    void everyEffectCountsAsTheProductSays() {
        assertThat(Catalogue.resource("effects.csv").lines().count() - 1)
                .isEqualTo(Deed.values().length);
        Map<Deed, RiskTier> least =
                Map.ofEntries(
                        Map.entry(Deed.WRITE, Action.FILE_WRITE.risk()),
                        Map.entry(Deed.DELETE, Action.FILE_DELETE.risk()),
                        Map.entry(Deed.WRITE_OUTSIDE, RiskTier.HIGH),
                        Map.entry(Deed.DESTROY, RiskTier.HIGH),
                        Map.entry(Deed.NET, RiskTier.HIGH),
                        Map.entry(Deed.UPLOAD, RiskTier.HIGH),
                        Map.entry(Deed.REMOTE_WRITE, RiskTier.HIGH),
                        Map.entry(Deed.REMOTE_DESTROY, RiskTier.CRITICAL),
                        Map.entry(Deed.EXEC, RiskTier.MEDIUM),
                        Map.entry(Deed.CODE, RiskTier.MEDIUM),
                        Map.entry(Deed.INSTALL, RiskTier.HIGH),
                        Map.entry(Deed.SECRET, RiskTier.HIGH),
                        Map.entry(Deed.SYSTEM, RiskTier.HIGH),
                        Map.entry(Deed.ESCALATE, RiskTier.CRITICAL),
                        Map.entry(Deed.KILL, RiskTier.MEDIUM),
                        Map.entry(Deed.TTY, RiskTier.MEDIUM));
        for (Deed deed : Deed.values()) {
            Deed.Weight weight = deed.weight();
            assertThat(weight.risk())
                    .as(deed.wire())
                    .isEqualTo(least.getOrDefault(deed, RiskTier.NONE));
            boolean leaves = LEAVING.contains(deed);
            if (leaves) {
                assertThat(weight.tags()).as(deed.wire()).contains("network");
            }
        }
        assertThat(Deed.SECRET.weight().tags()).containsExactly("secret");
        assertThat(Deed.INSTALL.weight().tags()).contains("package-install");
        assertThat(Deed.DESTROY.weight().tags()).containsExactly("destructive");
        assertThat(Deed.REMOTE_DESTROY.weight().tags()).contains("destructive");
        assertThat(Deed.ESCALATE.weight().tags()).containsExactly("escape");
    }

    @Test
    void everyRefinementIsExplained() throws Exception {
        List<String> words =
                table("| refinement |").stream()
                        .skip(2)
                        .map(line -> line.split("\\|", -1)[1].strip())
                        .toList();
        assertThat(words)
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Deed.Refinement.values())
                                .map(Deed.Refinement::wire)
                                .filter(word -> !word.isEmpty())
                                .toList());
    }

    @Test
    void theSchemaKnowsTheEffectsAndThePageTheKeys() throws Exception {
        JsonNode defs =
                new ObjectMapper().readTree(Catalogue.resource("tools.schema.json")).path("$defs");
        assertThat(
                        StreamSupport.stream(defs.path("effect").path("enum").spliterator(), false)
                                .map(JsonNode::asText))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Deed.values()).map(Deed::wire).toList());
        String page = Files.readString(PAGE);
        List<String> inner =
                List.of(
                        "modules",
                        "read_options",
                        "exec_config",
                        "plain_config",
                        "same_effects_as",
                        "same_as_sub",
                        "assignments");
        defs.path("tool")
                .path("properties")
                .fieldNames()
                .forEachRemaining(key -> {
                    if (!inner.contains(key)) {
                        assertThat(page).contains("`" + key + "`");
                    }
                });
    }

    private static List<String> table(String head) throws Exception {
        List<String> lines = Files.readAllLines(PAGE);
        return lines.stream()
                .dropWhile(line -> !line.startsWith(head))
                .takeWhile(line -> line.startsWith("|"))
                .toList();
    }
}
