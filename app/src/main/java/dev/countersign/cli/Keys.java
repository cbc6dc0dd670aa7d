package dev.countersign.cli;

import dev.countersign.config.Surroundings;
import dev.countersign.ledger.NoteKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Keys of ledgers and witnesses, as people give them. */
final class Keys {
    private Keys() {}

    /** The key of a witness, or what a file of that name holds. */
    static NoteKey witness(String written, Surroundings around) {
        NoteKey key = read(written, around);
        if (key.kind() != NoteKey.Kind.WITNESS) {
            throw Failure.usage("`" + Visible.line(key.name()) + "` is no key of a witness");
        }
        return key;
    }

    /** A key, or what a file of that name holds. */
    static NoteKey read(String written, Surroundings around) {
        try {
            return NoteKey.parse(written.strip());
        } catch (IllegalArgumentException noKey) {
            Path file = Where.path(written, around);
            if (!Files.isRegularFile(file)) {
                throw Failure.usage(
                        "`"
                                + Visible.line(written)
                                + "` is neither a file nor a key: "
                                + noKey.getMessage());
            }
            try {
                return NoteKey.parse(Files.readString(file).strip());
            } catch (IOException | IllegalArgumentException e) {
                throw Failure.usage(
                        "`" + Visible.line(written) + "` holds no key: " + e.getMessage());
            }
        }
    }
}
