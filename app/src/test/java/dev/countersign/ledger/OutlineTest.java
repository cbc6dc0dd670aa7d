package dev.countersign.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the bytes alone tell is what a tree of them tells, or nothing. */
final class OutlineTest {
    private static final String START = "{\"index\":3,\"kind\":\"decision\",";
    private static final String END = "\"previous\":\"" + "a".repeat(64) + "\"}";

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static ObjectNode record() {
        ObjectNode record = JsonNodeFactory.instance.objectNode();
        record.put("index", 12).put("previous", "b".repeat(64)).put("kind", "decision");
        record.put("format", 1).put("agent", "a \"quoted\" one\n\u0001\u000f\u001f é 😀 \\ /");
        record.putObject("sealed").put("digest", "d").put("person", "p");
        record.putObject("payload").put("sha256", "f").put("bytes", 77);
        record.putArray("actions").add("x").add(-5).add(0).addNull().add(true).addObject();
        record.putObject("empty");
        record.putArray("none").addArray().addArray();
        return record;
    }

    @Test
    void itIsFoundWithoutATree() {
        byte[] record = CanonicalJson.bytes(record());
        assertThat(Outline.scan(record))
                .contains(new Outline(12, "b".repeat(64), "decision", true, "d", "p", "f"))
                .contains(Outline.of(CanonicalJson.parse(record)));
    }

    /** One that is scanned wrongly would be a record changed unseen. */
    @Test
    void whateverIsScannedIsCanonicalAndSaysTheSameAsATree() {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(11);
        byte[] good = CanonicalJson.bytes(record());
        byte[] likely = bytes("{}[]\",:\\0123456789-+.eEu bfnrtaz\u0000\u001f");
        int scanned = 0;
        for (int i = 0; i < 300_000; i++) {
            byte[] changed = good.clone();
            for (int edits = random.nextInt(1, 4); edits > 0; edits--) {
                int at = random.nextInt(changed.length);
                int other = random.nextInt(changed.length);
                changed[at] =
                        switch (random.nextInt(4)) {
                            case 0 -> (byte) random.nextInt(256);
                            case 1 -> changed[other];
                            default -> likely[random.nextInt(likely.length)];
                        };
            }
            if (Outline.scan(changed).isPresent()) {
                scanned++;
                assertThat(CanonicalJson.bytes(CanonicalJson.parse(changed)))
                        .as(new String(changed, StandardCharsets.UTF_8))
                        .isEqualTo(changed);
                assertThat(Outline.scan(changed))
                        .contains(Outline.of(CanonicalJson.parse(changed)));
            }
        }
        assertThat(scanned).isGreaterThan(10_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"n\":1.5,",
                "\"n\":1e3,",
                "\"n\":-0,",
                "\"n\":01,",
                "\"n\":1234567890123456,",
                "\"n\":\"\\u0008\",",
                "\"n\":\"\\u000A\",",
                "\"n\":\"\\u001F\",",
                "\"n\":\"\\u0020\",",
                "\"n\":\"\\/\",",
                "\"n\":\"\\ud83d\\ude00\",",
                "\"n\":\"\u0001\",",
                "\"n\": 1,",
                "\"n\":1,\"n\":2,",
                "\"o\":1,\"n\":2,",
                "\"j\":1,",
                "\"n\":{\"b\":1,\"a\":2},",
                "\"n\":[1,],",
                "\"n\":nul,",
                "\"n\":truex,",
                "\"é\":1,",
                "\"n\\n\":1,",
                "\"payload\":5,",
                "\"payload\":{},",
                "\"payload\":{\"sha256\":5},",
            })
    void whatIsNotPlainIsLeftToATree(String member) {
        assertThat(Outline.scan(bytes(START + END))).isPresent();
        assertThat(Outline.scan(bytes(START + member + END))).isEmpty();
    }

    @Test
    void bytesThatAreNoTextAreLeftToATree() {
        byte[] record = bytes(START + "\"n\":\"??\"," + END);
        int at = new String(record, StandardCharsets.US_ASCII).indexOf("??");
        for (int[] pair : new int[][] {{0xc0, 0x80}, {0xff, 0x20}, {0x80, 0x20}, {0xc3, 0x22}}) {
            record[at] = (byte) pair[0];
            record[at + 1] = (byte) pair[1];
            assertThat(Outline.scan(record)).isEmpty();
        }
    }

    @Test
    void itEndsWhereTheBytesEnd() {
        byte[] whole = CanonicalJson.bytes(record());
        for (int length = 0; length < whole.length; length++) {
            assertThat(Outline.scan(Arrays.copyOf(whole, length))).isEmpty();
        }
        assertThat(Outline.scan(bytes(START + END + " "))).isEmpty();
        assertThat(
                        Outline.scan(
                                bytes(
                                        START
                                                + "\"n\":"
                                                + "[".repeat(300)
                                                + "]".repeat(300)
                                                + ","
                                                + END)))
                .isEmpty();
    }
}
