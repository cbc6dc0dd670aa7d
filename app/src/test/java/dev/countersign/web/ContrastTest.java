package dev.countersign.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whether every text can be read on every paper it stands on, in both themes: WCAG 2.2, 1.4.3. */
final class ContrastTest {
    private static final double LEAST = 4.5;
    private static final List<String> TEXT =
            List.of(
                    "ink",
                    "ink-soft",
                    "accent",
                    "allow",
                    "ask",
                    "deny",
                    "defer",
                    "r1",
                    "r2",
                    "r3",
                    "r4",
                    "r5");

    private static final String CSS = css();
    private static final Map<String, String[]> TOKENS = tokens();

    /** A text on a paper. */
    record Pair(String text, String paper) {}

    private static String css() {
        try (InputStream in = Pages.class.getResourceAsStream("app.css")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Each with its light and its dark value. */
    private static Map<String, String[]> tokens() {
        Map<String, String[]> tokens = new HashMap<>();
        Matcher matcher =
                Pattern.compile("--([a-z0-9-]+): light-dark\\(#([0-9a-f]{6}), #([0-9a-f]{6})\\);")
                        .matcher(CSS);
        while (matcher.find()) {
            tokens.put(matcher.group(1), new String[] {matcher.group(2), matcher.group(3)});
        }
        return tokens;
    }

    static Stream<Pair> pairs() {
        Stream<Pair> everywhere =
                Stream.of("paper", "paper-raised", "paper-sunk", "paper-new")
                        .flatMap(paper -> TEXT.stream().map(text -> new Pair(text, paper)));
        Stream<Pair> some =
                Stream.of(
                        new Pair("ink", "paper-current"),
                        new Pair("ink", "paper-added"),
                        new Pair("ink", "paper-removed"),
                        new Pair("ink-soft", "paper-removed"),
                        new Pair("accent", "paper-removed"),
                        new Pair("ink-warn", "paper-warn"),
                        new Pair("ink-unseen", "paper-unseen"),
                        new Pair("ink-unseen", "paper-raised"),
                        new Pair("button-ink", "button"),
                        new Pair("button-ink", "button-hover"),
                        new Pair("part-program", "paper-raised"),
                        new Pair("part-string", "paper-raised"),
                        new Pair("part-variable", "paper-raised"),
                        new Pair("paper", "allow"),
                        new Pair("paper", "deny"),
                        new Pair("paper", "ink"));
        return Stream.concat(everywhere, some);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void textCanBeRead(Pair pair) {
        for (int theme = 0; theme < 2; theme++) {
            assertThat(contrast(colour(pair.text(), theme), colour(pair.paper(), theme)))
                    .as("%s on %s, %s", pair.text(), pair.paper(), theme == 0 ? "light" : "dark")
                    .isGreaterThanOrEqualTo(LEAST);
        }
    }

    @Test
    void everyColourIsAToken() {
        String rules = CSS.substring(CSS.indexOf("}\n", CSS.indexOf(":root")));
        assertThat(rules)
                .doesNotContain("light-dark(")
                .doesNotContainPattern("#[0-9a-fA-F]{3,8}\\b(?=[;,) ])");
    }

    private static String colour(String token, int theme) {
        return Objects.requireNonNull(TOKENS.get(token), token)[theme];
    }

    private static double contrast(String one, String other) {
        double a = luminance(one);
        double b = luminance(other);
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    }

    /** As WCAG defines relative luminance. */
    private static double luminance(String colour) {
        byte[] rgb = HexFormat.of().parseHex(colour);
        double[] weights = {0.2126, 0.7152, 0.0722};
        double sum = 0;
        for (int i = 0; i < 3; i++) {
            double share = (rgb[i] & 0xff) / 255.0;
            sum +=
                    weights[i]
                            * (share <= 0.04045
                                    ? share / 12.92
                                    : Math.pow((share + 0.055) / 1.055, 2.4));
        }
        return sum;
    }
}
