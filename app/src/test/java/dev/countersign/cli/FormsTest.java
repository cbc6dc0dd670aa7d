package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The small forms that all output shares. */
final class FormsTest {
    @Test
    void aTableIsAlignedAndItsLastColumnCut() {
        Table table =
                new Table("ID", "RISK", "WHAT")
                        .row("APR-1", "critical", "git push --force origin main and then some more")
                        .row("APR-22", "low", "ls");
        assertThat(table.lines(40))
                .containsExactly(
                        "ID      RISK      WHAT",
                        "APR-1   critical  git push --force orig…",
                        "APR-22  low       ls");
        assertThat(table.lines(100).get(1))
                .isEqualTo("APR-1   critical  git push --force origin main and then some more");
    }

    @Test
    void aCutNeverLeavesHalfACharacter() {
        assertThat(Table.cut("abc😀def", 5)).isEqualTo("abc…");
        assertThat(Table.cut("abc😀", 5)).isEqualTo("abc😀");
    }

    @Test
    void whatCannotBeSeenIsDrawn() {
        assertThat(Visible.line("a\u202eb\u200bc\td\r\ne\u001b[2Jf\u00a0g\ufeff"))
                .isEqualTo(
                        "a<U+202E>b<U+200B>c<U+0009>d<U+000D><U+000A>e<U+001B>[2Jf<U+00A0>g<U+FEFF>");
        assertThat(Visible.lines("a\tb\nc\rd")).isEqualTo("a\tb\nc<U+000D>d");
        assertThat(Visible.line("\ud800 \u3164 \ufe0f \u2800"))
                .isEqualTo("<U+D800> <U+3164> <U+FE0F> <U+2800>");
        assertThat(Visible.line("größer 😀 日本")).isEqualTo("größer 😀 日本");
    }

    @Test
    void aPrintedCommandCanBeTyped() {
        assertThat(Program.name("")).isEqualTo("countersign");
        assertThat(Program.name("../countersign")).isEqualTo("../countersign");
        assertThat(Program.name("/a folder/countersign")).isEqualTo("'/a folder/countersign'");
        assertThat(Program.name("/it's/c")).isEqualTo("'/it'\\''s/c'");
        assertThat(Program.name("/a\u001b[2J/countersign")).isEqualTo("countersign");
    }

    @Test
    void theWidthIsWhatThePersonOrTheTerminalSays() {
        assertThat(Terminal.width("90", "120", true)).isEqualTo(90);
        assertThat(Terminal.width("", "120", true)).isEqualTo(120);
        assertThat(Terminal.width("wide", "0", true)).isEqualTo(80);
        assertThat(Terminal.width("", "", false)).isEqualTo(100);
    }

    @Test
    void commandsBreakBetweenWordsAndLoseNothing() {
        String command = "find . -name '*.java'  -exec grep -n " + "x".repeat(40) + " {} +";
        List<String> parts = ApprovalCard.breakBetweenWords(command, 30);
        assertThat(String.join("", parts)).isEqualTo(command);
        assertThat(parts).hasSizeGreaterThan(2).contains("x".repeat(40) + " ");
    }

    @ParameterizedTest
    @CsvSource({
        "2026-03-29T10:04:30Z,4 min left",
        "2026-03-29T10:00:30Z,30 s left",
        "2026-03-29T13:00:00Z,3 h left",
        "2026-04-02T10:00:00Z,4 days left",
        "2026-03-29T10:00:00Z,expired",
        "soon,-"
    })
    void timeLeftIsInPlainWords(String until, String words) {
        assertThat(Rows.left(until, Desk.NOW)).isEqualTo(words);
    }

    @Test
    void proseWrapsBesideItsTerm() {
        assertThat(Text.beside("  --a", 8, "one two three four five six", 20))
                .containsExactly("  --a   one two three four", "        five six");
    }
}
