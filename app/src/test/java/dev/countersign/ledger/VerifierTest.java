package dev.countersign.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every way to change a chain of ten is found at the right place. */
final class VerifierTest {
    private static final int COUNT = 10;

    private static final class Stored {
        private final long index;
        private final byte[] record;
        private final byte[] hash;
        private final byte @Nullable [] payload;

        Stored(long index, byte[] record, byte[] hash, byte @Nullable [] payload) {
            this.index = index;
            this.record = record;
            this.hash = hash;
            this.payload = payload;
        }
    }

    private static ObjectNode fields(int n) {
        ObjectNode fields = JsonNodeFactory.instance.objectNode();
        fields.put("summary", "record " + n);
        fields.put("agent", "ana");
        fields.put("kind", "decision");
        fields.putObject("body").put("n", n);
        return fields;
    }

    private static Stored stored(Entry entry) {
        return new Stored(
                entry.index(),
                entry.text().getBytes(StandardCharsets.UTF_8),
                HexFormat.of().parseHex(entry.hash()),
                null);
    }

    private static List<Stored> chain() {
        List<Stored> chain = new ArrayList<>();
        String previous = Draft.GENESIS;
        for (int i = 0; i < COUNT; i++) {
            Entry entry = Draft.of(fields(i)).at(i, previous);
            previous = entry.hash();
            chain.add(stored(entry));
        }
        return chain;
    }

    private static Optional<Fault> verify(List<Stored> chain) {
        Verifier verifier = new Verifier();
        chain.forEach(s -> verifier.accept(s.index, s.record, s.hash, s.payload));
        return verifier.fault();
    }

    private static void assertFault(List<Stored> chain, long index, Fault.Kind kind) {
        assertThat(verify(chain))
                .hasValueSatisfying(fault -> {
                    assertThat(fault.kind()).isEqualTo(kind);
                    assertThat(fault.index()).isEqualTo(index);
                    assertThat(fault.text()).contains(String.valueOf(index));
                });
    }

    @Test
    void anUnchangedChainVerifies() {
        List<Stored> chain = chain();
        Verifier verifier = new Verifier();
        for (Stored s : chain) {
            assertThat(verifier.accept(s.index, s.record, s.hash, s.payload)).isEmpty();
        }
        assertThat(verifier.records()).isEqualTo(COUNT);
        assertThat(verifier.head()).isEqualTo(HexFormat.of().formatHex(chain.getLast().hash));
        assertThat(verifier.end(COUNT)).isEmpty();
    }

    @Test
    void aDraftIsTheCanonicalRecord() {
        ObjectNode whole = fields(7).put("index", 7).put("previous", Draft.GENESIS);
        Entry entry = Draft.of(fields(7)).at(7, Draft.GENESIS);

        assertThat(entry.text()).isEqualTo(CanonicalJson.text(whole));
        assertThat(entry.hash()).isEqualTo(Sha256.hex(CanonicalJson.bytes(whole)));
        assertThat(Draft.of(fields(7)).size())
                .isGreaterThanOrEqualTo(entry.text().getBytes(StandardCharsets.UTF_8).length);
        assertThatThrownBy(() -> Draft.of(whole)).isInstanceOf(IllegalArgumentException.class);
        assertThat(Draft.of(JsonNodeFactory.instance.objectNode()).at(0, "x").text())
                .isEqualTo("{\"index\":0,\"previous\":\"x\"}");
    }

    @Test
    void anyChangedByteIsFoundWhereItIs() {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
        for (int i = 0; i < 500; i++) {
            List<Stored> chain = chain();
            int at = random.nextInt(COUNT);
            byte[] target = random.nextInt(4) == 0 ? chain.get(at).hash : chain.get(at).record;
            target[random.nextInt(target.length)] ^= (byte) (1 << random.nextInt(8));
            assertFault(chain, at, Fault.Kind.EDITED);
        }
    }

    @Test
    void anEditWithANewHashBreaksTheNextLink() {
        List<Stored> chain = chain();
        String previous = HexFormat.of().formatHex(chain.get(3).hash);
        chain.set(4, stored(Draft.of(fields(99)).at(4, previous)));
        assertFault(chain, 5, Fault.Kind.WRONG_PREVIOUS);
    }

    @Test
    void aDroppedRecordIsNamed() {
        List<Stored> chain = chain();
        chain.remove(4);
        assertFault(chain, 4, Fault.Kind.DROPPED);
    }

    @Test
    void theFirstRecordCannotBeDroppedEither() {
        List<Stored> chain = chain();
        chain.removeFirst();
        assertFault(chain, 0, Fault.Kind.DROPPED);
    }

    @Test
    void aDroppedRecordWithTheRestMovedUpIsNamed() {
        List<Stored> chain = chain();
        chain.remove(4);
        for (int i = 4; i < chain.size(); i++) {
            Stored s = chain.get(i);
            chain.set(i, new Stored(i, s.record, s.hash, null));
        }
        assertFault(chain, 4, Fault.Kind.REORDERED);
    }

    @Test
    void twoRecordsThatChangedPlacesAreNamed() {
        List<Stored> chain = chain();
        Stored four = chain.get(4);
        Stored five = chain.get(5);
        chain.set(4, new Stored(4, five.record, five.hash, null));
        chain.set(5, new Stored(5, four.record, four.hash, null));
        assertFault(chain, 4, Fault.Kind.REORDERED);
    }

    @Test
    void aRecordThatComesTwiceIsNamed() {
        List<Stored> chain = chain();
        chain.add(5, chain.get(4));
        assertFault(chain, 4, Fault.Kind.REORDERED);
    }

    @Test
    void aRecordOfAnotherChainIsNamed() {
        List<Stored> chain = chain();
        chain.set(4, stored(Draft.of(fields(4)).at(4, Sha256.hex("elsewhere"))));
        assertFault(chain, 4, Fault.Kind.WRONG_PREVIOUS);
    }

    @Test
    void aCutEndIsNamedWhenItsLengthIsKnown() {
        Verifier verifier = new Verifier();
        chain().subList(0, 6).forEach(s -> verifier.accept(s.index, s.record, s.hash, null));
        assertThat(verifier.end(COUNT))
                .hasValueSatisfying(fault -> {
                    assertThat(fault.kind()).isEqualTo(Fault.Kind.CUT);
                    assertThat(fault.index()).isEqualTo(6);
                });
    }

    @Test
    void aRecordThatIsNotCanonicalIsNamed() {
        List<Stored> chain = chain();
        for (String text : List.of("{ \"index\": 4 }", "{\"index\":4}", "[", "4")) {
            byte[] record = text.getBytes(StandardCharsets.UTF_8);
            chain.set(4, new Stored(4, record, Sha256.digest(record), null));
            assertFault(chain, 4, Fault.Kind.MALFORMED);
        }
    }

    @Test
    void aPayloadIsWhatTheRecordSays() {
        ObjectNode fields = fields(0);
        fields.remove("body");
        fields.putObject("payload").put("bytes", 2).put("sha256", Sha256.hex("{}"));
        Stored with = stored(Draft.of(fields).at(0, Draft.GENESIS));
        byte[] right = "{}".getBytes(StandardCharsets.UTF_8);
        byte[] wrong = "[]".getBytes(StandardCharsets.UTF_8);

        assertThat(verify(List.of(new Stored(0, with.record, with.hash, right)))).isEmpty();
        assertFault(List.of(with), 0, Fault.Kind.PAYLOAD);
        assertFault(List.of(new Stored(0, with.record, with.hash, wrong)), 0, Fault.Kind.PAYLOAD);
        Stored without = chain().getFirst();
        assertFault(
                List.of(new Stored(0, without.record, without.hash, right)), 0, Fault.Kind.PAYLOAD);
    }

    @Test
    void checksFromTheMiddleOn() {
        List<Stored> chain = chain();
        Verifier verifier = new Verifier(5, HexFormat.of().formatHex(chain.get(4).hash));
        chain.subList(5, COUNT).forEach(s -> verifier.accept(s.index, s.record, s.hash, null));
        assertThat(verifier.fault()).isEmpty();
    }
}
