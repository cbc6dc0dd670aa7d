package dev.countersign.witness;

import dev.countersign.config.PrivateFile;
import dev.countersign.ledger.Hash;
import dev.countersign.ledger.NoteKey;
import dev.countersign.ledger.NoteSigner;
import dev.countersign.ledger.SignedNote;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * All a witness keeps: its key, and for each log the newest checkpoint it co-signed. One process
 * uses it at a time.
 *
 * <p>{@code witness.key} and {@code witness.vkey}; {@code <SHA-256 of origin>/checkpoint}, the
 * newest note with both signatures; {@code <SHA-256 of origin>/evidence-…}, two notes that cannot
 * both be true.
 */
public final class WitnessFolder implements AutoCloseable {
    private static final String KEY = "witness.key";
    private static final String PUBLIC_KEY = "witness.vkey";
    private static final String NEWEST = "checkpoint";

    private final Path folder;
    private final FileChannel lock;
    private final NoteSigner signer;

    private WitnessFolder(Path folder, FileChannel lock, NoteSigner signer) {
        this.folder = folder;
        this.lock = lock;
        this.signer = signer;
    }

    /**
     * Opens the folder, and makes it with a new key where there is none.
     *
     * @param name of a new key, or empty for one drawn at random
     */
    public static WitnessFolder open(Path folder, Optional<String> name) throws WitnessException {
        FileChannel lock = null;
        boolean opened = false;
        try {
            NoteSigner signer = signer(folder, name);
            lock =
                    FileChannel.open(
                            folder.resolve("lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
            if (lock.tryLock() == null) {
                throw inUse(folder);
            }
            opened = true;
            return new WitnessFolder(folder, lock, signer);
        } catch (OverlappingFileLockException _) {
            throw inUse(folder);
        } catch (IOException e) {
            throw new WitnessException("`" + folder + "` cannot be used: " + e.getMessage(), e);
        } finally {
            if (!opened && lock != null) {
                closed(lock);
            }
        }
    }

    private static void closed(FileChannel lock) {
        try {
            lock.close();
        } catch (IOException _) {
            // What failed before is what the person reads.
        }
    }

    private static WitnessException inUse(Path folder) {
        return new WitnessException(
                "another witness uses `" + folder + "`; end that one, or name another folder");
    }

    private static NoteSigner signer(Path folder, Optional<String> name)
            throws IOException, WitnessException {
        Path file = folder.resolve(KEY);
        try {
            if (Files.exists(file)) {
                NoteSigner signer = NoteSigner.parse(Files.readString(file).strip());
                if (signer.key().kind() != NoteKey.Kind.WITNESS) {
                    throw new IllegalArgumentException("it is the key of a log");
                }
                if (name.isPresent() && !name.get().equals(signer.key().name())) {
                    throw new WitnessException(
                            "the key in `" + folder + "` is called `" + signer.key().name() + "`");
                }
                return signer;
            }
            NoteSigner made = made(name);
            PrivateFile.write(file, made.secretText() + "\n");
            PrivateFile.write(folder.resolve(PUBLIC_KEY), made.key() + "\n");
            return made;
        } catch (IllegalArgumentException e) {
            throw new WitnessException(
                    "`" + file + "` is not the key of a witness: " + e.getMessage(), e);
        }
    }

    private static NoteSigner made(Optional<String> name) {
        SecureRandom random = new SecureRandom();
        byte[] id = new byte[8];
        random.nextBytes(id);
        return NoteSigner.random(
                name.orElse("countersign-witness/" + HexFormat.of().formatHex(id)),
                NoteKey.Kind.WITNESS,
                random);
    }

    NoteSigner signer() {
        return signer;
    }

    /** What this witness signs with, to hand out. */
    public NoteKey key() {
        return signer.key();
    }

    /** What C2SP tlog-witness calls a log in addresses: the SHA-256 of its origin in hex. */
    static String nameOf(NoteKey log) {
        return HexFormat.of()
                .formatHex(Hash.sha256(log.name().getBytes(StandardCharsets.UTF_8)).bytes());
    }

    private Path of(NoteKey log) {
        return folder.resolve(nameOf(log));
    }

    /**
     * The newest checkpoint of a log that was co-signed here.
     *
     * @throws WitnessException when what lies there was not signed by both: a witness that goes on
     *     without its memory proves nothing
     */
    Optional<SignedNote> newest(NoteKey log) throws WitnessException {
        Path file = of(log).resolve(NEWEST);
        try {
            if (Files.notExists(file)) {
                return Optional.empty();
            }
            SignedNote note = SignedNote.parse(Files.readString(file));
            if (note.cosignedAt(key()).isEmpty() || note.signers(List.of(log)).isEmpty()) {
                throw new IllegalArgumentException(
                        "it was not signed by this log and this witness");
            }
            return Optional.of(note);
        } catch (IllegalArgumentException | IOException e) {
            throw new WitnessException(
                    "`" + file + "` is not what was co-signed last: " + e.getMessage(), e);
        }
    }

    /** On the disk when this returns. */
    void keep(NoteKey log, SignedNote newest) throws IOException {
        PrivateFile.write(of(log).resolve(NEWEST), newest.toString());
    }

    /**
     * Keeps two notes that cannot both be true, unless that is kept already.
     *
     * @param what such as {@code forked-after-12}
     * @return the file
     */
    Path evidence(NoteKey log, String what, SignedNote before, SignedNote after)
            throws IOException {
        Path file = of(log).resolve("evidence-" + what);
        if (Files.notExists(file)) {
            PrivateFile.write(file, before + "\n" + after);
        }
        return file;
    }

    @Override
    public void close() {
        closed(lock);
    }
}
