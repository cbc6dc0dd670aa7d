package dev.countersign.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.ledger.CanonicalJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Secrets are found, and nothing else is. */
final class SecretMaskingTest {
    private static final SecretMasking MASKING = new SecretMasking(new byte[32]);

    /** The files hold this mark within each secret, so that no scanner takes them for a leak. */
    private static final String MARK = "§";

    static List<JsonNode> secrets() throws IOException {
        return lines("secrets.jsonl");
    }

    static List<JsonNode> harmless() throws IOException {
        return lines("harmless.jsonl");
    }

    private static List<JsonNode> lines(String file) throws IOException {
        try (InputStream in = SecretMaskingTest.class.getResourceAsStream(file);
                BufferedReader lines =
                        new BufferedReader(
                                new InputStreamReader(
                                        Objects.requireNonNull(in), StandardCharsets.UTF_8))) {
            return lines.lines().map(line -> CanonicalJson.parse(line.replace(MARK, ""))).toList();
        }
    }

    @ParameterizedTest
    @MethodSource("secrets")
    void masksTheSecretAndKeepsTheRest(JsonNode example) {
        String text = example.path("text").asText();
        String secret = example.path("secret").asText();
        String masked = MASKING.mask(text);

        assertThat(masked).doesNotContain(secret);
        String mask = "\\[masked " + example.path("kind").asText() + " [0-9a-f]{8}]";
        assertThat(masked.replaceAll(mask, MARK)).isEqualTo(text.replace(secret, MARK));
        assertThat(MASKING.mask(masked)).isEqualTo(masked);
    }

    @ParameterizedTest
    @MethodSource("harmless")
    void leavesHarmlessTextAlone(JsonNode text) {
        assertThat(MASKING.mask(text.asText())).isEqualTo(text.asText());
    }

    @Test
    void masksAtMostOneInAThousandHarmlessCommands() throws IOException {
        List<String> commands =
                lines("harmless-commands.jsonl").stream()
                        .map(line -> line.path("command").asText())
                        .toList();
        List<String> masked = commands.stream().filter(c -> !MASKING.mask(c).equals(c)).toList();

        assertThat(commands).hasSizeGreaterThan(2_000);
        assertThat(masked).hasSizeLessThanOrEqualTo(commands.size() / 1_000);
    }

    /**
     * What agents run all day: the sets that the analyser is measured with, the harmful twins too.
     */
    @Test
    void masksAtMostOneInAThousandEverydayCommands() throws IOException {
        List<String> commands = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of("src/test/resources/everyday"))) {
            for (Path file : files.sorted().toList()) {
                Object read =
                        new Load(LoadSettings.builder().build())
                                .loadFromString(Files.readString(file));
                collect(read, commands);
            }
        }
        List<String> masked = commands.stream().filter(c -> !MASKING.mask(c).equals(c)).toList();
        assertThat(commands).hasSizeGreaterThan(2_000);
        assertThat(masked).hasSizeLessThanOrEqualTo(commands.size() / 1_000);
    }

    private static void collect(Object read, List<String> texts) {
        switch (read) {
            case Map<?, ?> map -> map.values().forEach(value -> collect(value, texts));
            case Collection<?> list -> list.forEach(value -> collect(value, texts));
            case String text -> texts.add(text);
            default -> {
                // A number or a truth holds no secret.
            }
        }
    }

    @Test
    void masksEveryStringOfATree() {
        String secret = "glpat-" + "x1Y2z3A4b5".repeat(2);
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        tree.putArray("list").addObject().put("deep", "a " + secret).put("n", 1);
        tree.put("uses " + secret, true);

        assertThat(MASKING.mask(tree).toString()).doesNotContain(secret).contains("\"n\":1");
        assertThat(tree.toString()).contains(secret);
    }

    @ParameterizedTest
    @ValueSource(strings = {"password", "clientSecret", "API-Key", "access_token"})
    void masksTheWholeValueOfAMemberNamedForASecret(String name) {
        ObjectNode tree = JsonNodeFactory.instance.objectNode().put(name, "swordfish");
        JsonNode masked = MASKING.mask(tree);
        assertThat(masked.path(name).asText()).startsWith("[masked secret ");
        assertThat(MASKING.mask(masked)).isEqualTo(masked);

        ObjectNode variable = JsonNodeFactory.instance.objectNode().put(name, "${DB_PASSWORD}");
        assertThat(MASKING.mask(variable)).isEqualTo(variable);
    }

    @Test
    void theDigestTellsSecretsApartAndNeedsTheKey() {
        String one = "PASSWORD=first1 PASSWORD=first1 PASSWORD=other2";
        String[] words = MASKING.mask(one).split(" PASSWORD=", -1);
        assertThat(words[0]).endsWith(words[1]);
        assertThat(words[2]).isNotEqualTo(words[1]);
        byte[] key = new byte[32];
        key[0] = 1;
        assertThat(new SecretMasking(key).mask(one)).isNotEqualTo(MASKING.mask(one));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "eyJ",
                "curl -u a",
                "://a:",
                "password=",
                "-----BEGIN RSA PRIVATE KEY-----",
                "-----BEGIN ",
                "authorization: bearer ",
                "token_token",
                "sk-",
                "&sig=",
                "accountkey=",
                "dapi",
                "sg.hv",
                "a"
            })
    void takesLittleTimeForHostileText(String piece) {
        String text = piece.repeat(1_000_000 / piece.length());
        Assertions.assertTimeout(Duration.ofSeconds(10), () -> MASKING.mask(text));
    }

    @Test
    void summariesAreBoundedAndMasked() {
        Summaries summaries = new Summaries(MASKING);
        assertThat(summaries.of("ok\n")).isEqualTo("ok\n");
        assertThat(summaries.of(JsonNodeFactory.instance.objectNode().put("b", 1).put("a", 2)))
                .isEqualTo("{\"a\":2,\"b\":1}");
        assertThat(summaries.of(JsonNodeFactory.instance.nullNode())).isEmpty();

        for (String filling : List.of("x", "é", "€", "\ud83d\ude02")) {
            String summary = summaries.of("begin" + filling.repeat(5_000) + "end");
            assertThat(summary.getBytes(StandardCharsets.UTF_8))
                    .hasSizeBetween(1_900, Summaries.MAX_BYTES);
            assertThat(summary).startsWith("begin").endsWith("end").doesNotContain("\ufffd");
        }
        String secret = "hf_" + "abcdefghij0123456789".repeat(3);
        String text = "x".repeat(Summaries.MAX_BYTES * 3 / 4 - 80) + " " + secret;
        assertThat(summaries.of(text + "y".repeat(5_000))).doesNotContain("hf_abcdefghij");
    }
}
