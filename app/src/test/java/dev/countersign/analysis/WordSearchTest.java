package dev.countersign.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class WordSearchTest {
    @Test
    void findsWhatAnyOfTheWordsFinds() {
        Random random = new Random(7);
        for (int round = 0; round < 20_000; round++) {
            List<String> words = new ArrayList<>();
            for (int i = random.nextInt(6); i >= 0; i--) {
                words.add(text(random, "abc", 1 + random.nextInt(5)));
            }
            String text = text(random, "abc\u0001é", random.nextInt(12));
            assertThat(new WordSearch(words).findsIn(text))
                    .as("%s in %s", words, text)
                    .isEqualTo(words.stream().anyMatch(text::contains));
        }
    }

    private static String text(Random random, String letters, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(letters.charAt(random.nextInt(letters.length())));
        }
        return text.toString();
    }

    @Test
    void refusesWordsItCannotFind() {
        assertThatThrownBy(() -> WordSearch.of("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> WordSearch.of("é")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> WordSearch.of("a\nb"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
