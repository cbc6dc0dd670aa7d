package dev.countersign.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What differs between two texts. */
final class LineDiffTest {
    private static List<String> lines(String before, String after) {
        return LineDiff.of(before, after).lines().stream()
                .map(line ->
                        line.sign()
                                + line.text().stream()
                                        .map(Drawing.Piece::text)
                                        .collect(Collectors.joining()))
                .toList();
    }

    private static String numbers(int from, int to) {
        return IntStream.rangeClosed(from, to)
                .mapToObj(i -> i + "\n")
                .collect(Collectors.joining());
    }

    @Test
    void aChangeStandsBetweenWhatStays() {
        assertThat(lines("a\nb\nc\n", "a\nB\nc\n")).containsExactly(" a", "-b", "+B", " c");
    }

    @Test
    void whatIsFarFromAChangeIsLeftOut() {
        assertThat(lines(numbers(1, 20), numbers(1, 9) + "x\n" + numbers(11, 20)))
                .containsExactly(
                        " 6 lines stay",
                        " 7",
                        " 8",
                        " 9",
                        "-10",
                        "+x",
                        " 11",
                        " 12",
                        " 13",
                        " 7 lines stay");
    }

    @Test
    void theFirstTextIsAllNew() {
        LineDiff diff = LineDiff.of("", "a\nb\n");
        assertThat(diff.added()).isEqualTo(2);
        assertThat(diff.removed()).isZero();
        assertThat(LineDiff.of("a\n", "a\n").nothing()).isTrue();
    }

    @Test
    void linesAreNumberedOnBothSides() {
        LineDiff.Line last = LineDiff.of("a\nb\n", "x\na\nb\n").lines().getLast();
        assertThat(last.before()).isEqualTo(2);
        assertThat(last.after()).isEqualTo(3);
    }
}
