package dev.countersign.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class GlobTest {
    @Test
    void matchesAsARegularExpressionWould() {
        Random random = new Random(7);
        List<String> parts = List.of("a", "b", "/", "*", "**", "?", "**/", "ab");
        List<String> words = List.of("a", "b", "/", "ab", "ba", "c");
        for (int i = 0; i < 40_000; i++) {
            StringBuilder glob = new StringBuilder();
            for (int n = random.nextInt(6); n >= 0; n--) {
                glob.append(parts.get(random.nextInt(parts.size())));
            }
            StringBuilder word = new StringBuilder();
            for (int n = random.nextInt(7); n >= 0; n--) {
                word.append(words.get(random.nextInt(words.size())));
            }
            String text = glob.toString().replaceAll("\\*{3,}", "**");
            assertThat(Glob.path(text).matches(word.toString()))
                    .as(text + " on " + word)
                    .isEqualTo(regex(text).matcher(word).matches());
        }
    }

    /** The same pattern in another language. */
    private static Pattern regex(String glob) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            boolean starts = i == 0 || glob.charAt(i - 1) == '/';
            if (starts && glob.startsWith("**/", i)) {
                regex.append("(?:[^/]*/)*");
                i += 2;
            } else if (glob.startsWith("**", i)) {
                regex.append(".*");
                i++;
            } else if (glob.charAt(i) == '*') {
                regex.append("[^/]*");
            } else if (glob.charAt(i) == '?') {
                regex.append("[^/]");
            } else {
                regex.append(Pattern.quote(glob.substring(i, i + 1)));
            }
        }
        return Pattern.compile(regex.toString());
    }

    @Test
    void whatCoversAPatternMatchesAllThatItMatches() {
        Random random = new Random(11);
        List<String> parts = List.of("a", "b", "/", "*", "**", "?", "**/");
        List<String> words = List.of("a", "b", "/", "ab");
        for (int i = 0; i < 20_000; i++) {
            Glob wide = random(random, parts);
            Glob narrow = random(random, parts);
            for (int k = 0; k < 5; k++) {
                StringBuilder word = new StringBuilder();
                for (int n = random.nextInt(6); n >= 0; n--) {
                    word.append(words.get(random.nextInt(words.size())));
                }
                if (narrow.matches(word.toString())) {
                    if (wide.covers(narrow, false)) {
                        assertThat(wide.matches(word.toString()))
                                .as(wide + " covers " + narrow + " on " + word)
                                .isTrue();
                    }
                    if (wide.matches(word.toString())) {
                        assertThat(wide.meets(narrow)).as(wide + " meets " + narrow).isTrue();
                    }
                }
            }
        }
    }

    private static Glob random(Random random, List<String> parts) {
        StringBuilder glob = new StringBuilder();
        for (int n = random.nextInt(4); n >= 0; n--) {
            glob.append(parts.get(random.nextInt(parts.size())));
        }
        return Glob.path(glob.toString().replaceAll("\\*{3,}", "**"));
    }

    @Test
    void manyWildcardsDoNotTakeForEver() {
        Glob glob = Glob.path("**a*".repeat(60) + "b");
        String text = "a/".repeat(400) + "a";
        org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(10), () -> assertThat(glob.matches(text)).isFalse());
    }
}
