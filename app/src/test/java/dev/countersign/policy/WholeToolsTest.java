package dev.countersign.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Which tools a client may hide. */
final class WholeToolsTest {
    private static List<String> denied(String file, String text) {
        Policy policy = PolicyReader.read(file, text, Level.PROJECT, true).policy().orElseThrow();
        return WholeTools.denied(PolicySnapshot.of(List.of(policy)), "main").stream()
                .map(WholeTools.Denied::tool)
                .toList();
    }

    private static List<String> rules(String rules) {
        return denied("p.yaml", "policy: p\nrules:\n" + rules);
    }

    @Test
    void aDenyOnAWholeToolIsReported() {
        assertThat(
                        denied(
                                "opencode.json",
                                "{\"permission\": {\"bash\": \"deny\", \"edit\": \"deny\"}}"))
                .containsExactly("Bash", "Edit", "Write", "NotebookEdit");
        assertThat(rules("  - deny: web_fetch\n  - deny: {tool: \"mcp__x__*\"}\n"))
                .containsExactly("WebFetch", "mcp__x__*");
        assertThat(rules("  - deny: {shell_run: \"*\", agent: main}\n")).containsExactly("Bash");
    }

    @Test
    void aDenyOfSomeOfItIsNot() {
        assertThat(rules("  - deny: {shell_run: \"rm *\"}\n")).isEmpty();
        assertThat(rules("  - deny: web_send\n  - ask: shell_run\n")).isEmpty();
        assertThat(rules("  - deny: {shell_run: \"*\", agent: other}\n")).isEmpty();
        assertThat(rules("  - deny: {shell_run: \"*\"}\n  - allow: {shell_run: ls}\n")).isEmpty();
        assertThat(
                        rules(
                                "  - deny: web_fetch\n    during: w\nwindows: {w: {days: mon, zone: UTC}}\n"))
                .isEmpty();
    }
}
