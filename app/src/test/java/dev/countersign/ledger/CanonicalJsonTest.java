package dev.countersign.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.quicktheories.QuickTheory.qt;
import static org.quicktheories.generators.SourceDSL.longs;
import static org.quicktheories.generators.SourceDSL.strings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 8785, by its own vectors. */
final class CanonicalJsonTest {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private static String canonical(String json) {
        return CanonicalJson.text(CanonicalJson.parse(json));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[ 56, { \"d\": true, \"10\": null, \"1\": [ ] } ]|[56,{\"1\":[],\"10\":null,\"d\":true}]",
                "{\"1\":{\"f\":{\"f\":\"hi\",\"F\":5},\"\\n\":56.0},\"10\":{},\"\":\"empty\",\"a\":{},\"111\":[{\"e\":\"yes\",\"E\":\"no\"}],\"A\":{}}|{\"\":\"empty\",\"1\":{\"\\n\":56,\"f\":{\"F\":5,\"f\":\"hi\"}},\"10\":{},\"111\":[{\"E\":\"no\",\"e\":\"yes\"}],\"A\":{},\"a\":{}}",
                "{\"numbers\":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],\"string\":\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\",\"literals\":[null,true,false]}|{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}",
                "{\"Unnormalized Unicode\":\"A\\u030a\"}|{\"Unnormalized Unicode\":\"A\u030a\"}",
                "{\"sin\":1,\"p\\u00eache\":2,\"peach\":3,\"p\\u00e9ch\\u00e9\":4}|{\"peach\":3,\"péché\":4,\"pêche\":2,\"sin\":1}",
                "-0.0|0",
                "1.0|1",
                "\"\\u007f\\u2028/\"|\"\u007f\u2028/\"",
            })
    void writesTheVectorsOfTheStandard(String input, String expected) {
        assertThat(canonical(input)).isEqualTo(expected);
    }

    @Test
    void sortsNamesByUtf16CodeUnits() {
        String weird =
                "{\"\\u20ac\":\"Euro Sign\",\"\\r\":\"Carriage Return\",\"\\u000a\":\"Newline\",\"1\":\"One\",\"\\u0080\":\"Control\\u007f\","
                        + "\"\\ud83d\\ude02\":\"Smiley\",\"\\u00f6\":\"Latin Small Letter O With Diaeresis\","
                        + "\"\\ufb33\":\"Hebrew Letter Dalet With Dagesh\",\"</script>\":\"Browser Challenge\"}";

        assertThat(Sha256.hex(canonical(weird)))
                .isEqualTo("6af595a9aa80110b964b4de3f82a05fa6ae7423005019bacfa2620dddc4e94d1");
    }

    @Test
    void writesEveryNumberOfTheVectorFile() throws IOException {
        for (String line : numberVectors()) {
            String[] cells = line.split(",", -1);
            double value = Double.longBitsToDouble(Long.parseUnsignedLong(cells[0], 16));
            assertThat(EcmaNumber.text(value)).as(line).isEqualTo(cells[1]);
        }
    }

    @Test
    void writesTheLongSequenceOfNumbersAsEcmascriptDoes() throws Exception {
        MessageDigest all = MessageDigest.getInstance("SHA-256");
        int lines = 0;
        for (String line : numberVectors().subList(0, 168)) {
            lines += line(all, Long.parseUnsignedLong(line.split(",", -1)[0], 16));
        }
        for (int i = 0; i < 2_000; i++) {
            lines += line(all, 0x0010000000000000L + i);
        }
        byte[] block = new byte[32];
        while (lines < 100_000) {
            block = Sha256.digest(block);
            ByteBuffer doubles = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < 4 && lines < 100_000; i++) {
                long bits = doubles.getLong();
                double value = Double.longBitsToDouble(bits);
                if (value != 0 && Double.isFinite(value)) {
                    lines += line(all, bits);
                }
            }
        }

        assertThat(HexFormat.of().formatHex(all.digest()))
                .isEqualTo("22776e6d4b49fa294a0d0f349268e5c28808fe7e0cb2bcbe28f63894e494d4c7");
    }

    private static int line(MessageDigest all, long bits) {
        String line =
                Long.toHexString(bits)
                        + ","
                        + EcmaNumber.text(Double.longBitsToDouble(bits))
                        + "\n";
        all.update(line.getBytes(StandardCharsets.US_ASCII));
        return 1;
    }

    private static List<String> numberVectors() throws IOException {
        try (InputStream in = CanonicalJsonTest.class.getResourceAsStream("jcs-numbers.csv");
                BufferedReader lines =
                        new BufferedReader(
                                new InputStreamReader(
                                        Objects.requireNonNull(in), StandardCharsets.US_ASCII))) {
            return lines.lines().filter(line -> !line.startsWith("#")).toList();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":1,\"a\":2}",
                "{\"a\":1} 2",
                "",
                "{\"a\":}",
                "[1,]",
                "NaN",
                "{'a':1}",
                "// x\n1",
            })
    void refusesWhatIsNoStrictJson(String json) {
        assertThatThrownBy(() -> CanonicalJson.parse(json))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesDeepNestingInBothDirections() {
        assertThatThrownBy(() -> CanonicalJson.parse("[".repeat(1_000) + "]".repeat(1_000)))
                .isInstanceOf(IllegalArgumentException.class);
        JsonNode deep = NODES.arrayNode();
        for (int i = 0; i < 20_000; i++) {
            deep = NODES.arrayNode().add(deep);
        }
        JsonNode tooDeep = deep;
        assertThatThrownBy(() -> CanonicalJson.exact(tooDeep))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> CanonicalJson.text(tooDeep))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesToChangeANumberSilently() {
        for (JsonNode number :
                List.of(
                        NODES.numberNode(9007199254740993L),
                        NODES.numberNode(new BigInteger("123456789012345678901234567890")),
                        NODES.numberNode(new BigDecimal("0.10000000000000000001")),
                        NODES.numberNode(Double.NaN))) {
            assertThatThrownBy(() -> CanonicalJson.text(number))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(CanonicalJson.text(NODES.numberNode(9007199254740994L)))
                .isEqualTo("9007199254740994");
    }

    @Test
    void makesAnyTreeFit() {
        ObjectNode odd = NODES.objectNode();
        odd.put("big", 9007199254740993L);
        odd.put("half", "a\ud800b");
        odd.put("pair", "\ud83d\ude02");
        odd.put("\udc00", 1.5);
        odd.putArray("list").add(new BigDecimal("0.10000000000000000001"));

        assertThat(CanonicalJson.text(CanonicalJson.exact(odd)))
                .isEqualTo(
                        "{\"\\\\udc00\":1.5,\"big\":{\"$number\":\"9007199254740993\"},\"half\":\"a\\\\ud800b\","
                                + "\"list\":[{\"$number\":\"0.10000000000000000001\"}],\"pair\":\"\ud83d\ude02\"}");
    }

    @Test
    void whatIsWrittenIsCanonicalAndReadsTheSame() {
        qt().forAll(strings().allPossible().ofLengthBetween(0, 20), longs().all(), longs().all())
                .checkAssert((text, number, bits) -> {
                    ObjectNode value = NODES.objectNode();
                    value.put(text, number);
                    double real = Double.longBitsToDouble(bits);
                    value.putArray("list").add(text).add(real);
                    byte[] bytes = CanonicalJson.bytes(CanonicalJson.exact(value));
                    assertThat(isCanonical(bytes)).isTrue();
                    JsonNode last = CanonicalJson.parse(bytes).path("list").path(1);
                    assertThat(
                                    last.isNumber()
                                            ? last.doubleValue()
                                            : Double.parseDouble(last.path("$number").asText()))
                            .isEqualTo(Double.valueOf(real == 0 ? 0.0 : real));
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"{ }", "1.0", "{\"b\":1,\"a\":2}", "\"\\u0041\"", "\ufeff1", "{", " 1"})
    void tellsWhatIsNotCanonical(String json) {
        assertThat(isCanonical(json.getBytes(StandardCharsets.UTF_8))).isFalse();
    }

    /** Whether these bytes are JSON in its canonical form. */
    private static boolean isCanonical(byte[] utf8) {
        try {
            return Arrays.equals(CanonicalJson.bytes(CanonicalJson.parse(utf8)), utf8);
        } catch (IllegalArgumentException _) {
            return false;
        }
    }
}
