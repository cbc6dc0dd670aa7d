package dev.countersign.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.ledger.WitnessRule.Answer;
import dev.countersign.ledger.WitnessRule.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A witness signs what grew, and nothing else. */
final class WitnessRuleTest {
    private static final int MOST = 40;

    private final JsonNode own = Vectors.read("tlog.json").path("own");
    private final NoteKey log = NoteKey.parse(own.path("log_vkey").textValue());
    private final NoteKey witness = NoteKey.parse(own.path("witness_vkey").textValue());
    private final NoteSigner signer =
            NoteSigner.of("log.example.test/audit", NoteKey.Kind.LOG, filled(1));

    private static byte[] filled(int with) {
        byte[] seed = new byte[32];
        java.util.Arrays.fill(seed, (byte) with);
        return seed;
    }

    private AddCheckpoint request() {
        return AddCheckpoint.parse(own.path("add_checkpoint_request_6_to_8").textValue());
    }

    private Optional<Checkpoint> known(String name) {
        return Optional.of(Checkpoint.parse(SignedNote.parse(own.path(name).textValue()).text()));
    }

    private static Reason refused(Answer answer) {
        assertThat(answer).isInstanceOf(Answer.Refused.class);
        return ((Answer.Refused) answer).reason();
    }

    private SignedNote signed(long size, Hash root) {
        return signer.sign(new Checkpoint(log.name(), size, root).note(), Instant.EPOCH);
    }

    @Test
    void theRequestOfTheVectorsIsGood() {
        AddCheckpoint request = request();
        assertThat(request).hasToString(own.path("add_checkpoint_request_6_to_8").textValue());
        assertThat(WitnessRule.judge(log, known("checkpoint_6"), request))
                .isEqualTo(new Answer.Good(known("checkpoint_8").orElseThrow()));
        assertThat(refused(WitnessRule.judge(log, Optional.empty(), request)))
                .isEqualTo(Reason.OTHER_OLD_SIZE);
        assertThat(refused(WitnessRule.judge(log, known("checkpoint_8"), request)))
                .isEqualTo(Reason.OTHER_OLD_SIZE);
    }

    @Test
    void anotherLogAndAnotherSignatureAreRefusedFirst() {
        NoteSigner stranger = NoteSigner.of("other", NoteKey.Kind.LOG, filled(3));
        assertThat(refused(WitnessRule.judge(stranger.key(), known("checkpoint_6"), request())))
                .isEqualTo(Reason.OTHER_LOG);
        NoteSigner imposter = NoteSigner.of(log.name(), NoteKey.Kind.LOG, filled(3));
        AddCheckpoint forged =
                new AddCheckpoint(
                        6,
                        request().proof(),
                        imposter.sign(known("checkpoint_8").orElseThrow().note(), Instant.EPOCH));
        assertThat(refused(WitnessRule.judge(log, known("checkpoint_6"), forged)))
                .isEqualTo(Reason.NOT_SIGNED);
    }

    @Test
    void everyGrowthOfATreeIsGoodAndEveryOtherOneIsNot() {
        List<Hash> leaves = Vectors.numbers(MOST);
        List<Hash> others = new ArrayList<>(leaves);
        others.set(0, MerkleTree.leaf(new byte[] {1}));
        for (int old = 1; old <= MOST; old++) {
            Optional<Checkpoint> known =
                    Optional.of(
                            new Checkpoint(log.name(), old, Vectors.root(leaves.subList(0, old))));
            for (int size = old; size <= MOST; size++) {
                List<Hash> proof =
                        MerkleTree.consistency(old, size, Vectors.nodes(leaves.subList(0, size)));
                SignedNote grown = signed(size, Vectors.root(leaves.subList(0, size)));
                assertThat(WitnessRule.judge(log, known, new AddCheckpoint(old, proof, grown)))
                        .isInstanceOf(Answer.Good.class);
                List<Hash> otherProof =
                        MerkleTree.consistency(old, size, Vectors.nodes(others.subList(0, size)));
                SignedNote forked = signed(size, Vectors.root(others.subList(0, size)));
                for (List<Hash> each : List.of(proof, otherProof)) {
                    assertThat(
                                    refused(
                                            WitnessRule.judge(
                                                    log,
                                                    known,
                                                    new AddCheckpoint(old, each, forked))))
                            .isEqualTo(old == size ? Reason.FORKED : Reason.UNPROVED);
                }
            }
        }
    }

    @Test
    void theFirstCheckpointNeedsNoProofAndNoRecordsHaveOneRoot() {
        Checkpoint eight = known("checkpoint_8").orElseThrow();
        SignedNote note = signed(8, eight.root());
        assertThat(WitnessRule.judge(log, Optional.empty(), new AddCheckpoint(0, List.of(), note)))
                .isEqualTo(new Answer.Good(eight));
        assertThat(
                        refused(
                                WitnessRule.judge(
                                        log,
                                        Optional.empty(),
                                        new AddCheckpoint(0, List.of(eight.root()), note))))
                .isEqualTo(Reason.UNPROVED);
        assertThat(
                        refused(
                                WitnessRule.judge(
                                        log,
                                        Optional.empty(),
                                        new AddCheckpoint(0, List.of(), signed(0, eight.root())))))
                .isEqualTo(Reason.UNPROVED);
        assertThat(
                        WitnessRule.judge(
                                log,
                                Optional.empty(),
                                new AddCheckpoint(0, List.of(), signed(0, MerkleTree.EMPTY))))
                .isInstanceOf(Answer.Good.class);
        assertThat(
                        refused(
                                WitnessRule.judge(
                                        log,
                                        known("checkpoint_8"),
                                        new AddCheckpoint(8, List.of(), signed(6, eight.root())))))
                .isEqualTo(Reason.SMALLER);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "old 6\n",
                "old 06\n\nlog\n8\nx\n\n— log AAAAAAAA\n",
                "old -1\n\nlog\n8\nx\n\n— log AAAAAAAA\n",
                "old 6\nno hash\n\nlog\n8\nx\n\n— log AAAAAAAA\n",
                "new 6\n\nlog\n8\nx\n\n— log AAAAAAAA\n"
            })
    void whatIsNoRequestIsRefused(String body) {
        assertThatThrownBy(() -> AddCheckpoint.parse(body))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aProofLongerThanAnyTreeIsRefused() {
        String hash = "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n";
        String rest = "\n" + own.path("checkpoint_8").textValue();
        assertThat(AddCheckpoint.parse("old 6\n" + hash.repeat(63) + rest).proof()).hasSize(63);
        assertThatThrownBy(() -> AddCheckpoint.parse("old 6\n" + hash.repeat(64) + rest))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void notesStandOneAfterTheOther() {
        String six = own.path("checkpoint_6").textValue();
        String cosigned = own.path("checkpoint_8_cosigned_at_1700000000").textValue();
        for (String between : List.of("", "\n", "\n\n\n")) {
            assertThat(SignedNote.parseAll(between + six + between + cosigned + between))
                    .containsExactly(SignedNote.parse(six), SignedNote.parse(cosigned));
        }
        for (String broken :
                List.of(
                        "",
                        "\n",
                        six + "half\n",
                        six.substring(0, six.length() - 1) + "x\n" + cosigned,
                        six.replace("\n", "\r\n"))) {
            assertThatThrownBy(() -> SignedNote.parseAll(broken))
                    .as(broken)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> SignedNote.parseAll(six + "\nhalf\n"))
                .hasMessageStartingWith("line 7: ");
    }

    @Test
    void aCoSignatureSaysWhenItWasMade() {
        SignedNote note =
                SignedNote.parse(own.path("checkpoint_8_cosigned_at_1700000000").textValue());
        assertThat(note.cosignedAt(witness)).contains(Instant.ofEpochSecond(1_700_000_000));
        assertThat(note.only(List.of(log)).cosignedAt(witness)).isEmpty();
        NoteSigner again =
                NoteSigner.of("witness.example.test/w1", NoteKey.Kind.WITNESS, filled(2));
        assertThat(again.sign(note, Instant.ofEpochSecond(1_700_000_060)).cosignedAt(witness))
                .contains(Instant.ofEpochSecond(1_700_000_060));
        // A time that no date is written for is a signature of nothing, though the key made it.
        SignedNote never =
                again.sign(note.only(List.of(log)), Instant.ofEpochSecond(253_402_300_800L));
        assertThatThrownBy(() -> never.cosignedAt(witness))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> note.cosignedAt(log)).isInstanceOf(IllegalArgumentException.class);
    }
}
