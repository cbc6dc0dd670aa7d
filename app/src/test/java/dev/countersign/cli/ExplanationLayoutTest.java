package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A decision's explanation in the columns there are. */
final class ExplanationLayoutTest {
    private static final String TEXT =
            """
            DENY  deletes `/home/dev/other`, outside the project; the rule of the project says so too
              deny  file_delete  deletes `/home/dev/other/a-rather-long-name`, outside the project
                risk high, tagged destructive, escape
              * deny: Remove files one by one [project/shop: deny shell_run: rm -rf *, p.yaml:9:5]
                ask: autonomy partial asks at risk high
            instead: remove what the build made, one folder after the other, and nothing else
            """;

    private final Desk desk = new Desk(Path.of("/home/dev"));

    private List<String> lines(int width) {
        desk.width = width;
        return new ExplanationLayout(desk.tools().terminal()).lines(TEXT);
    }

    @Test
    void longLinesGoOnBelowTheirText() {
        assertThat(lines(60))
                .containsExactly(
                        "DENY  deletes `/home/dev/other`, outside the project; the rule of the"
                                + " project says so too",
                        "",
                        "  deny  file_delete  deletes",
                        "                     `/home/dev/other/a-rather-long-name`,",
                        "                     outside the project",
                        "    risk high, tagged destructive, escape",
                        "  * deny: Remove files one by one",
                        "      [project/shop: deny shell_run: rm -rf *, p.yaml:9:5]",
                        "    ask: autonomy partial asks at risk high",
                        "",
                        "instead: remove what the build made, one folder after the",
                        "  other, and nothing else");
    }

    @Test
    void whatFitsStaysAsItIs() {
        assertThat(lines(120))
                .filteredOn(line -> !line.isEmpty())
                .containsExactlyElementsOf(TEXT.lines().toList());
    }

    @Test
    void effectsHaveTheirInk() {
        desk.colour = true;
        assertThat(lines(120))
                .contains(
                        "  \u001b[31mdeny\u001b[0m  file_delete  deletes"
                                + " `/home/dev/other/a-rather-long-name`, outside the project",
                        "    \u001b[33mask\u001b[0m: autonomy partial asks at risk high")
                .anySatisfy(
                        line -> assertThat(line).startsWith("\u001b[31mDENY\u001b[0m  deletes"));
    }
}
