package dev.countersign.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

final class WordsTest {
    private static final List<List<String>> GROUPS =
            List.of(List.of("ab"), List.of("abc", "cab"), List.of("bb", "ca="), List.of("zzzz"));

    /** The slow way: each by itself. */
    private static BitSet contained(String text) {
        BitSet found = new BitSet();
        for (int group = 0; group < GROUPS.size(); group++) {
            if (GROUPS.get(group).stream().anyMatch(text::contains)) {
                found.set(group);
            }
        }
        return found;
    }

    @Test
    void findsWhatLookingForEachFinds() {
        Words words = new Words(GROUPS);
        RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
        String letters = "aabbcz=\u00e9\ud83d";
        for (int n = 0; n < 20_000; n++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(12); i > 0; i--) {
                text.append(letters.charAt(random.nextInt(letters.length())));
            }
            assertThat(words.in(text.toString()))
                    .as("%s", text)
                    .isEqualTo(contained(text.toString()));
        }
    }
}
