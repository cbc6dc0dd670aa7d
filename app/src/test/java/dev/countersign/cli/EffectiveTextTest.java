package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is in force, for people: what can be opened is never cut. */
final class EffectiveTextTest {
    private final Desk desk = new Desk(Path.of("/home/dev"));
    private final ObjectNode answer = new ObjectMapper().createObjectNode().put("agent", "ci");
    private final ArrayNode all = answer.putArray("lines");

    private void line(String subject, String says, String document, String at) {
        ObjectNode line = all.addObject().put("subject", subject).put("says", says);
        line.put("document", document).put("at", at.isEmpty() ? null : at);
    }

    private List<String> lines(int width) {
        desk.width = width;
        Tools tools = desk.tools();
        return new EffectiveText(tools.terminal(), tools.around()).lines(answer);
    }

    @Test
    void whatDocumentsSayComesFirstWithItsPlaceBesideIt() {
        line("profile file_read", "allow", "profile standard/file_read", "");
        line("profile git_push", "ask", "profile standard/git_push", "");
        line("profile git_write", "allow", "profile standard/git_write", "");
        line("autonomy critical", "never", "autonomy partial/critical", "");
        line("rule", "deny shell_run: rm -rf *", "project/shop", "/home/dev/shop/p.yaml:9:5");
        line("persona", "migrations", "project/shop", "/srv/policies/p.yaml:7:3");
        assertThat(lines(80))
                .containsExactly(
                        "In force for the agent ci",
                        "",
                        "project/shop",
                        "  deny shell_run: rm -rf *  shop/p.yaml:9:5",
                        "  persona  migrations       /srv/policies/p.yaml:7:3",
                        "",
                        "profile standard  built in",
                        "  allow  file_read, git_write",
                        "  ask    git_push",
                        "",
                        "autonomy partial  built in",
                        "  never  critical");
    }

    @Test
    void cellsOfOnePlaceStandTogetherWhereverTheyComeFrom() {
        String at = "/home/dev/p.yaml:2:10";
        line("profile file_delete", "ask", "profile coding-standard/file_delete", at);
        line("profile file_read", "allow", "profile coding-standard/file_read", at);
        line("profile file_write", "allow", "profile coding-standard/file_write", at);
        line("profile git_push", "never", "profile coding-standard/git_push", "/w/p.yaml:4:5");
        assertThat(lines(80))
                .containsExactly(
                        "In force for the agent ci",
                        "",
                        "profile coding-standard  p.yaml:2:10",
                        "  allow  file_read, file_write",
                        "  ask    file_delete",
                        "",
                        "profile coding-standard  /w/p.yaml:4:5",
                        "  never  git_push");
    }

    @Test
    void whereItIsNarrowThePlaceStandsBelowAndWhole() {
        String place = "/srv/" + "deep/".repeat(10) + "countersign.yaml:12:5";
        line("rule", "ask git_push: branch=main", "project/shop", place);
        assertThat(lines(60))
                .containsExactly(
                        "In force for the agent ci",
                        "",
                        "project/shop",
                        "  ask git_push: branch=main",
                        "    " + place);
    }

    @Test
    void effectsHaveTheirInk() {
        desk.colour = true;
        line("rule", "deny git_push", "tenant/t", "t.yaml:3:5");
        line("profile git_push", "never", "profile standard/git_push", "");
        assertThat(lines(80))
                .contains(
                        "  \u001b[31mdeny\u001b[0m git_push  \u001b[2mt.yaml:3:5\u001b[0m",
                        "  \u001b[31mnever\u001b[0m  git_push");
    }
}
