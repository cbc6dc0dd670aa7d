package dev.countersign.audit.export;

import dev.countersign.ledger.Anchor;
import dev.countersign.ledger.CanonicalJson;
import dev.countersign.ledger.NoteKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A file that holds all records of a run, found good by itself. */
public final class ArchiveFile {
    /** The member of a line that has what is sealed as it lay in the folder. */
    static final String LOCKED = "locked";

    private final Path file;
    private final ExportCheck.Run run;

    private ArchiveFile(Path file, ExportCheck.Run run) {
        this.file = file;
        this.run = run;
    }

    /** A file that is not what the ledger recorded of it; the message is for people. */
    public static final class Broken extends Exception {
        private static final long serialVersionUID = 1L;

        Broken(String message) {
            super(message);
        }
    }

    /**
     * Reads and checks all of it.
     *
     * @param key of the ledger
     * @throws Broken when it is not what was written, or not all of it
     * @throws IllegalArgumentException when it is no archive; the message is for people
     */
    public static ArchiveFile checked(Path file, NoteKey key) throws IOException, Broken {
        ExportCheck.Verdict verdict = new ExportCheck(file, Optional.of(key), List.of()).verify();
        Optional<String> wrong = verdict.fault().or(verdict::missing);
        if (wrong.isPresent()) {
            throw new Broken("the archive `" + file + "` is not as it was written: " + wrong.get());
        }
        return new ArchiveFile(
                file,
                verdict.run()
                        .orElseThrow(() ->
                                new IllegalArgumentException(
                                        "`"
                                                + file
                                                + "` holds some records only; name an archive")));
    }

    public Path file() {
        return file;
    }

    /** Where it begins. */
    public Anchor anchor() {
        return run.anchor();
    }

    /** How many records the ledger had where it ends. */
    public long size() {
        return run.size();
    }

    /** Of the bytes before its last line. */
    public String sha256() {
        return run.sha256();
    }

    /** A record as it lay in the folder. */
    public static final class Line {
        private final long index;
        private final byte[] record;
        private final byte[] hash;
        private final byte @Nullable [] payload;
        private final byte @Nullable [] locked;

        Line(ExportCheck.Row row) {
            index = row.index();
            record = CanonicalJson.bytes(row.record());
            hash = HexFormat.of().parseHex(row.hash());
            payload = row.payload().isMissingNode() ? null : CanonicalJson.bytes(row.payload());
            locked = row.locked().isEmpty() ? null : Base64.getDecoder().decode(row.locked());
        }

        public long index() {
            return index;
        }

        public byte[] record() {
            return record.clone();
        }

        public byte[] hash() {
            return hash.clone();
        }

        public byte @Nullable [] payload() {
            return payload == null ? null : payload.clone();
        }

        public byte @Nullable [] locked() {
            return locked == null ? null : locked.clone();
        }
    }

    /** Hands out the records in order. */
    public void read(Consumer<Line> reader) throws IOException {
        try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            ExportCheck.lines(in, ExportFormat.JSON)
                    .forEachRemaining(row -> {
                        if (row.index() >= 0) {
                            reader.accept(new Line(row));
                        }
                    });
        }
    }
}
