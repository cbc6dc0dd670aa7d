package dev.countersign.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.web.Drawing.Mark;
import dev.countersign.web.Drawing.Piece;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DrawingTest {
    private static String text(List<Piece> pieces) {
        return pieces.stream().map(Piece::text).collect(Collectors.joining());
    }

    @Test
    void plainTextIsOnePiece() {
        assertThat(Drawing.of("git push\n  now"))
                .containsExactly(new Piece("git push\n  now", "", ""));
        assertThat(Drawing.of("")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                0x00, 0x07, 0x09, 0x0D, 0x1B, 0x7F, 0x85, 0xA0, 0xAD, 0x034F, 0x061C, 0x115F,
                0x180E, 0x2000, 0x200B, 0x200D, 0x200E, 0x2028, 0x202A, 0x202E, 0x2060, 0x2066,
                0x2800, 0x3000, 0x3164, 0xD800, 0xE000, 0xFE0F, 0xFEFF, 0xFFA0, 0xE0041
            })
    void whatCannotBeSeenIsDrawn(int c) {
        List<Piece> pieces = Drawing.of("a" + Character.toString(c) + "b");
        assertThat(pieces).hasSize(3);
        assertThat(pieces.get(1).style()).isEqualTo("unseen");
        assertThat(pieces.get(1).text()).isNotBlank();
        assertThat(pieces.get(1).title()).startsWith("U+");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0430", "\u03BF", "\uFF0F", "\u0578", "\uD835\uDC1A"})
    void whatLooksLikeSomethingElseIsDrawn(String letter) {
        assertThat(Drawing.of("p" + letter + "y"))
                .filteredOn(piece -> piece.style().equals("odd"))
                .extracting(Piece::text)
                .containsExactly(letter);
    }

    @Test
    void lettersOfOtherLanguagesAreLeftAlone() {
        String text = "echo grüße 你好 æ";
        assertThat(text(Drawing.of(text))).isEqualTo(text);
        assertThat(Drawing.of(text)).hasSize(1);
    }

    @Test
    void theWorstMarkShows() {
        assertThat(Drawing.of("abcdef", List.of(new Mark(1, 5, 3), new Mark(2, 3, 5))))
                .containsExactly(
                        new Piece("a", "", ""),
                        new Piece("b", "mark risk-3", ""),
                        new Piece("c", "mark risk-5", ""),
                        new Piece("de", "mark risk-3", ""),
                        new Piece("f", "", ""));
    }

    @Test
    void marksBeyondTheTextDoNoHarm() {
        assertThat(text(Drawing.of("ab", List.of(new Mark(1, 99, 2))))).isEqualTo("ab");
    }

    @Test
    void namesStandBetweenBackticks() {
        assertThat(Drawing.words("pushes `main` to `origin"))
                .containsExactly(
                        new Piece("pushes ", "", ""),
                        new Piece("main", "name", ""),
                        new Piece(" to ", "", ""),
                        new Piece("`origin", "", ""));
    }
}
