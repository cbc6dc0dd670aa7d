package dev.countersign.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Notes, checkpoints, cosignatures and proofs, by the vectors of their specifications. */
final class SignedNoteTest {
    private final JsonNode notes = Vectors.read("tlog.json").path("note");
    private final JsonNode own = Vectors.read("tlog.json").path("own");

    private NoteSigner log() {
        return NoteSigner.of(
                "log.example.test/audit", NoteKey.Kind.LOG, seed(own.path("log_seed_hex")));
    }

    private NoteSigner witness() {
        return NoteSigner.of(
                "witness.example.test/w1",
                NoteKey.Kind.WITNESS,
                seed(own.path("witness_seed_hex")));
    }

    private static byte[] seed(JsonNode hex) {
        return HexFormat.of().parseHex(hex.textValue());
    }

    @Test
    void readsTheNotesOfOthers() {
        for (String name : List.of("spec_example", "go_example")) {
            JsonNode example = notes.path(name);
            NoteKey key = NoteKey.parse(example.path("vkey").textValue());
            assertThat(key).hasToString(example.path("vkey").textValue());
            String written =
                    example.path("text").textValue()
                            + "\n"
                            + example.path("sigline").textValue()
                            + "\n";
            SignedNote note = SignedNote.parse(written);
            assertThat(note).hasToString(written);
            assertThat(note.signers(List.of(key))).containsExactly(key);
        }
    }

    @Test
    void signsAsOthersDo() {
        JsonNode go = notes.path("go_example");
        NoteSigner signer = NoteSigner.parse(go.path("skey").textValue());
        assertThat(signer.secretText()).isEqualTo(go.path("skey").textValue());
        SignedNote note = signer.sign(SignedNote.of(go.path("text").textValue()), Instant.EPOCH);
        assertThat(note.toString()).endsWith("\n" + go.path("sigline").textValue() + "\n");
        NoteSigner second = NoteSigner.of("EnochRoot", NoteKey.Kind.LOG, new byte[32]);
        assertThat(second.sign(note, Instant.EPOCH).toString())
                .endsWith("\n" + go.path("second_sigline").textValue() + "\n");
    }

    @Test
    void refusesWhatIsNotQuiteAKey() {
        notes.path("go_example")
                .path("go_rejected_vkeys")
                .forEach(text -> isNoKey(text.textValue()));
        notes.path("go_rejected_vkeys").forEach(text -> isNoKey(text.textValue()));
        String key = own.path("log_vkey").textValue();
        for (int from = 0; from < key.length(); from++) {
            for (int to = from; to <= key.length(); to++) {
                if (to - from < key.length()) {
                    isNoKey(key.substring(from, to));
                }
            }
        }
        for (int i = 0; i < key.length(); i++) {
            char other = key.charAt(i) == 'x' ? 'y' : 'x';
            isNoKey(key.substring(0, i) + other + key.substring(i + 1));
        }
    }

    private static void isNoKey(String text) {
        assertThatThrownBy(() -> NoteKey.parse(text))
                .as(text)
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void makesTheCheckpointsOfTheVectors() {
        assertThat(log().key()).hasToString(own.path("log_vkey").textValue());
        assertThat(witness().key()).hasToString(own.path("witness_vkey").textValue());
        for (String name : List.of("empty_checkpoint", "checkpoint_6", "checkpoint_8")) {
            String written = own.path(name).textValue();
            SignedNote note = SignedNote.parse(written);
            Checkpoint checkpoint = Checkpoint.parse(note.text());
            assertThat(checkpoint.origin()).isEqualTo(log().key().name());
            assertThat(log().sign(checkpoint.note(), Instant.EPOCH)).hasToString(written);
            assertThat(note.signers(List.of(log().key()))).hasSize(1);
            assertThat(note.signers(List.of(witness().key()))).isEmpty();
        }
        SignedNote eight = SignedNote.parse(own.path("checkpoint_8").textValue());
        String cosigned = own.path("checkpoint_8_cosigned_at_1700000000").textValue();
        assertThat(witness().sign(eight, Instant.ofEpochSecond(1_700_000_000)))
                .hasToString(cosigned);
        assertThat(SignedNote.parse(cosigned).signers(List.of(witness().key(), log().key())))
                .hasSize(2);
    }

    @Test
    void refusesANoteThatWasChanged() {
        String written = own.path("checkpoint_8_cosigned_at_1700000000").textValue();
        List<NoteKey> known = List.of(log().key(), witness().key());
        for (int i = 0; i < written.length(); i++) {
            String changed =
                    written.substring(0, i)
                            + (written.charAt(i) == '7' ? '8' : '7')
                            + written.substring(i + 1);
            assertThat(bothSigned(changed, known)).as("byte " + i).isFalse();
        }
    }

    private static boolean bothSigned(String written, List<NoteKey> known) {
        try {
            return SignedNote.parse(written).signers(known).size() == known.size();
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "log\n8\n",
                "log\n08\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n",
                "log\n-1\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n",
                "log\n9999999999999999999\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n",
                "log\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg\n",
                "log\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyh=\n",
                "log\n8\nXcna\n",
                "\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n"
            })
    void refusesWhatIsNoCheckpoint(String text) {
        assertThatThrownBy(() -> Checkpoint.parse(text))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void checksAProofFile() {
        String file = own.path("tlog_proof_index_5_size_8").textValue();
        ProofFile proof = ProofFile.parse(file);
        assertThat(proof).hasToString(file);
        byte[] record =
                HexFormat.of()
                        .parseHex(Vectors.read("merkle.json").at("/leafInputsHex/5").textValue());
        List<NoteKey> witnesses = List.of(witness().key());
        assertThat(proof.proves(record, log().key(), witnesses)).isTrue();
        assertThat(proof.proves(new byte[] {1}, log().key(), witnesses)).isFalse();
        NoteKey stranger =
                NoteSigner.random("other.example.test", NoteKey.Kind.LOG, new SecureRandom()).key();
        assertThat(proof.proves(record, stranger, List.of())).isFalse();
        assertThat(proof.proves(record, log().key(), List.of(stranger))).isFalse();
    }

    @Test
    void writesThePathsOfTiles() {
        Vectors.read("tlog.json")
                .at("/tiles/index_paths")
                .properties()
                .forEach(one -> {
                    Tile tile = new Tile(0, Long.parseLong(one.getKey()), 256);
                    assertThat(tile.path()).isEqualTo("0/" + one.getValue().textValue());
                    assertThat(Tile.parse(tile.path())).isEqualTo(tile);
                });
        for (String wrong : List.of("8/000", "0/1", "0/x000/001", "0/000.p/0", "0/000.p/256")) {
            assertThatThrownBy(() -> Tile.parse(wrong))
                    .as(wrong)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
