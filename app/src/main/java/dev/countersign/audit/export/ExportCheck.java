package dev.countersign.audit.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import dev.countersign.audit.LedgerCheck.Vouched;
import dev.countersign.audit.Pruned;
import dev.countersign.audit.RetentionTrail;
import dev.countersign.audit.Segment;
import dev.countersign.ledger.Anchor;
import dev.countersign.ledger.CanonicalJson;
import dev.countersign.ledger.Checkpoint;
import dev.countersign.ledger.Disclosure;
import dev.countersign.ledger.Fault;
import dev.countersign.ledger.Hash;
import dev.countersign.ledger.MerkleTree;
import dev.countersign.ledger.NoteKey;
import dev.countersign.ledger.SignedNote;
import dev.countersign.ledger.Verifier;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Checks an export by itself: no ledger, no server, constant memory. */
public final class ExportCheck {
    private static final String RECORD = "record";
    private static final String EXPORT = "export";

    private final Path file;
    private final Optional<NoteKey> trusted;
    private final List<SignedNote> elsewhere;
    private final List<NoteKey> witnesses;

    /**
     * What was found.
     *
     * @param records how many are good, from the first on
     * @param fault what is not as it was written, or empty
     * @param missing what is known to have been there and is not, or empty
     * @param what one line for people: what the export is of; empty when it does not say
     * @param key the key whose signature it carries, or empty
     * @param run which records it is all of, or empty where it is of some or does not say
     * @param elsewhere where records are that the ledger had no more, or empty
     * @param vouched what each witness that was asked for co-signed last of it
     */
    public record Verdict(
            long records,
            Optional<String> fault,
            Optional<String> missing,
            String what,
            Optional<NoteKey> key,
            Optional<Run> run,
            String elsewhere,
            List<Vouched> vouched) {
        public Verdict {
            vouched = List.copyOf(vouched);
        }
    }

    /**
     * All records from an anchor on up to a size, one after the other.
     *
     * @param sha256 of the bytes of the file before its last line
     */
    public record Run(Anchor anchor, long size, String sha256) {}

    /** What is wrong; its message is for people. */
    private static final class Bad extends Exception {
        private static final long serialVersionUID = 1L;

        Bad(String message) {
            super(message);
        }
    }

    /**
     * Checks a file.
     *
     * @param trusted the key of the ledger, or empty to take the one the export names
     * @param elsewhere checkpoints the export must agree with; of many, those that can be compared
     *     with it
     */
    public ExportCheck(Path file, Optional<NoteKey> trusted, List<SignedNote> elsewhere) {
        this(file, trusted, elsewhere, List.of());
    }

    /**
     * The same.
     *
     * @param witnesses each of which must have co-signed one of the checkpoints, or that of the
     *     export
     */
    public ExportCheck(
            Path file,
            Optional<NoteKey> trusted,
            List<SignedNote> elsewhere,
            List<NoteKey> witnesses) {
        this.file = file;
        this.trusted = trusted;
        this.elsewhere = List.copyOf(elsewhere);
        this.witnesses = List.copyOf(witnesses);
    }

    /**
     * Reads the file twice: its end says what the rest must be.
     *
     * @throws IllegalArgumentException when it is no export, or no checkpoint can be compared with
     *     it; the message is for people
     */
    public Verdict verify() throws IOException {
        PhysicalLines.End end = PhysicalLines.end(file);
        ExportFormat format = format();
        Manifest manifest;
        try {
            manifest = manifest(format, end);
        } catch (Bad e) {
            return new Verdict(
                    0,
                    Optional.of(String.valueOf(e.getMessage())),
                    Optional.empty(),
                    "",
                    Optional.empty(),
                    Optional.empty(),
                    "",
                    List.of());
        }
        if (manifest == null) {
            return new Verdict(
                    0,
                    Optional.of("nothing says what was signed"),
                    Optional.of("the manifest is missing, which is the last line: it was cut off"),
                    "",
                    Optional.empty(),
                    Optional.empty(),
                    "",
                    List.of());
        }
        Content content = new Content(manifest);
        try (Reader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            Iterator<Row> rows = format == ExportFormat.CSV ? csv(in) : lines(in, format);
            content.read(rows);
        } catch (UncheckedIOException e) {
            content.fault = content.fault == null ? "it cannot be read on" : content.fault;
        }
        return content.verdict(end.sha256());
    }

    /** By its first byte: a CSV export begins with a quote, the others with a brace. */
    private ExportFormat format() throws IOException {
        String start;
        try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            char[] first = new char[200];
            int read = in.read(first);
            start = new String(first, 0, Math.max(read, 0));
        }
        if (start.startsWith("\"" + CsvExport.INDEX + "\"")) {
            return ExportFormat.CSV;
        }
        if (start.startsWith("{\"index\":")
                || start.startsWith("{\"" + JsonExport.BESIDE + "\":")
                || start.startsWith("{\"manifest\":")) {
            return ExportFormat.JSON;
        }
        if (start.startsWith("{\"activity_id\":")) {
            return ExportFormat.OCSF;
        }
        throw new IllegalArgumentException("`" + file + "` is no export of a ledger");
    }

    /**
     * The end of an export, checked.
     *
     * @param note its checkpoint as it was signed
     * @param before where it begins, where it is of all records from there on
     * @param kind of its record in the ledger
     * @param elsewhere where the records are that the ledger had no more, or empty
     * @param described the body of its record in the ledger
     */
    private record Manifest(
            NoteKey key,
            SignedNote note,
            Checkpoint checkpoint,
            long records,
            Anchor before,
            String kind,
            String elsewhere,
            ObjectNode described) {
        /** What is erased later is not in an archive, which ends before. */
        boolean explainsItself() {
            return all() && kind.equals(EXPORT);
        }

        boolean all() {
            return described.path("filters").isEmpty();
        }

        String what() {
            StringBuilder what = new StringBuilder();
            described
                    .path("filters")
                    .properties()
                    .forEach(each ->
                            what.append(' ')
                                    .append(each.getKey())
                                    .append('=')
                                    .append(each.getValue().asText()));
            String all =
                    before.size() == 0 ? "all records" : "records " + before.size() + " and later";
            return (all() ? all : "records with" + what)
                    + " of the first "
                    + checkpoint.size()
                    + " of "
                    + checkpoint.origin();
        }
    }

    /** The manifest, or null where the last line is none. */
    private @Nullable Manifest manifest(ExportFormat format, PhysicalLines.End end) throws Bad {
        JsonNode json;
        try {
            json =
                    switch (format) {
                        case JSON -> CanonicalJson.parse(end.last()).path("manifest");
                        case OCSF ->
                                CanonicalJson.parse(end.last())
                                        .path(OcsfExport.UNMAPPED)
                                        .path(OcsfExport.MANIFEST);
                        case CSV -> ofCsv(end.last());
                    };
        } catch (IllegalArgumentException e) {
            return null;
        }
        if (!json.isObject()) {
            return null;
        }
        try {
            NoteKey key =
                    trusted.isPresent() ? trusted.get() : NoteKey.parse(json.path("key").asText());
            Checkpoint checkpoint = signed(json.path("checkpoint").asText(), key);
            JsonNode export = json.path("export");
            Checkpoint later = signed(export.path("checkpoint").asText(), key);
            byte[] record = CanonicalJson.bytes(export.path(RECORD));
            boolean proved =
                    MerkleTree.includes(
                            export.path("index").asLong(-1),
                            later.size(),
                            MerkleTree.leaf(record),
                            hashes(export.path("proof")),
                            later.root());
            JsonNode body = export.path(RECORD).path("body");
            String kind = export.path(RECORD).path("kind").asText();
            long first = body.path("first").asLong(0);
            boolean whole = body.path("filters").isEmpty();
            Anchor before = whole && first > 0 ? Anchor.of(json.path("before")) : Anchor.NONE;
            boolean agrees =
                    (kind.equals(EXPORT) || (kind.equals(RetentionTrail.ARCHIVE) && whole))
                            && body.path("state").asText().equals(AuditExports.FINISHED)
                            && body.path("format").asText().equals(format.wire())
                            && json.path("format").asText().equals(format.wire())
                            && sameLedger(json, checkpoint, later)
                            && json.path("records").equals(body.path("records"))
                            && json.path("root").equals(body.path("root"))
                            && body.path("root").asText().equals(checkpoint.root().base64())
                            && body.path("size").asLong(-1) == checkpoint.size()
                            && (!whole
                                    || (before.size() == first
                                            && body.path("records").asLong()
                                                    == checkpoint.size() - first));
            if (!proved || !agrees || !(body instanceof ObjectNode described)) {
                throw new Bad("the manifest is not what the ledger recorded of this export");
            }
            return new Manifest(
                    key,
                    SignedNote.parse(json.path("checkpoint").asText()),
                    checkpoint,
                    body.path("records").asLong(),
                    before,
                    kind,
                    elsewhere(json),
                    described);
        } catch (IllegalArgumentException e) {
            throw new Bad("the manifest cannot be read: " + e.getMessage());
        }
    }

    /**
     * Whether both checkpoints are of one ledger, which only grew between them. An export of the
     * first version does not say; the ledger noted of which version it is.
     */
    private static boolean sameLedger(JsonNode manifest, Checkpoint checkpoint, Checkpoint later) {
        JsonNode export = manifest.path("export");
        int version = export.path(RECORD).path("body").path("version").asInt(1);
        if (manifest.path("version").asInt() != version) {
            return false;
        }
        return switch (version) {
            case 1 -> true;
            case AuditExports.VERSION ->
                    MerkleTree.consistent(
                            checkpoint.size(),
                            later.size(),
                            checkpoint.root(),
                            later.root(),
                            hashes(export.path(AuditExports.CONSISTENCY)));
            default -> false;
        };
    }

    private static String elsewhere(JsonNode manifest) {
        if (!manifest.has("archives")) {
            return "";
        }
        Pruned pruned =
                new Pruned(
                        Anchor.of(manifest.path("before")),
                        Segment.list(manifest.path("archives")));
        return pruned.where(pruned.first());
    }

    private static JsonNode ofCsv(String line) {
        try (CsvReader<de.siegmar.fastcsv.reader.CsvRecord> in =
                CsvReader.builder().maxBufferSize(PhysicalLines.LONGEST).ofCsvRecord(line)) {
            List<String> cells = in.iterator().next().getFields();
            if (!cells.contains(CsvExport.MANIFEST)) {
                throw new IllegalArgumentException("no manifest");
            }
            return CanonicalJson.parse(
                    cells.stream().filter(cell -> cell.startsWith("{")).findFirst().orElse(""));
        } catch (IOException | RuntimeException e) {
            throw new IllegalArgumentException("no row of a manifest", e);
        }
    }

    private static Checkpoint signed(String text, NoteKey key) throws Bad {
        SignedNote note = SignedNote.parse(text);
        Checkpoint checkpoint = Checkpoint.parse(note.text());
        if (note.signers(List.of(key)).isEmpty() || !checkpoint.origin().equals(key.name())) {
            throw new Bad("a checkpoint of the manifest was not signed with the key " + key.name());
        }
        return checkpoint;
    }

    private static List<Hash> hashes(JsonNode array) {
        List<Hash> hashes = new ArrayList<>();
        array.forEach(each -> hashes.add(Hash.ofBase64(each.asText())));
        return hashes;
    }

    /**
     * What proves one record.
     *
     * @param index -1 in the row of the manifest and in those of what is beside the ledger
     * @param beside whether it is such a one
     * @param locked what is sealed as it lay in the folder, in base64, or empty
     */
    record Row(
            long index,
            boolean beside,
            String hash,
            JsonNode record,
            JsonNode payload,
            @Nullable Disclosure disclosure,
            String locked,
            JsonNode proof) {}

    private static @Nullable Disclosure disclosed(String text, boolean locked) {
        if (locked) {
            return Disclosure.LOCKED;
        }
        return text.isEmpty()
                ? null
                : text.equals(Disclosure.LOCKED.text()) ? new Disclosure("") : new Disclosure(text);
    }

    static Iterator<Row> lines(Reader in, ExportFormat format) {
        return new BufferedReader(in)
                .lines()
                .map(line -> {
                    JsonNode json = CanonicalJson.parse(line);
                    return row(
                            format == ExportFormat.JSON
                                    ? json
                                    : json.path(OcsfExport.UNMAPPED).path(OcsfExport.CHAIN));
                })
                .iterator();
    }

    private static Row row(JsonNode json) {
        return new Row(
                json.path("index").asLong(-1),
                !json.has("index") && json.has(JsonExport.BESIDE),
                json.path("hash").asText(),
                json.path(RECORD),
                json.path("payload"),
                disclosed(json.path("disclosure").asText(), json.has(ArchiveFile.LOCKED)),
                json.path(ArchiveFile.LOCKED).asText(),
                json.path("proof"));
    }

    private static Iterator<Row> csv(Reader in) {
        Iterator<NamedCsvRecord> rows =
                CsvReader.builder()
                        .maxBufferSize(PhysicalLines.LONGEST)
                        .ofNamedCsvRecord(in)
                        .iterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public Row next() {
                NamedCsvRecord row = rows.next();
                String index = row.getField(CsvExport.INDEX);
                return new Row(
                        index.isEmpty() ? -1 : Long.parseLong(index),
                        index.isEmpty() && row.getField(CsvExport.KIND).equals(CsvExport.BESIDE),
                        row.getField(CsvExport.HASH),
                        json(row.getField(CsvExport.RECORD)),
                        json(row.getField(CsvExport.PAYLOAD)),
                        disclosed(row.getField(CsvExport.DISCLOSURE), false),
                        "",
                        json(row.getField(CsvExport.PROOF)));
            }
        };
    }

    private static JsonNode json(String text) {
        return text.isEmpty()
                ? com.fasterxml.jackson.databind.node.MissingNode.getInstance()
                : CanonicalJson.parse(text);
    }

    /** The records of an export, one after the other. */
    private final class Content {
        private final Manifest manifest;
        private final Verifier chain;
        private @Nullable String fault;
        private @Nullable String sealed;
        private long last;
        private long count;

        Content(Manifest manifest) {
            this.manifest = manifest;
            last = manifest.before.size() - 1;
            List<Checkpoint> known = new ArrayList<>(List.of(manifest.checkpoint));
            known.addAll(comparable());
            chain = agreeing(known);
        }

        private Verifier agreeing(List<Checkpoint> known) {
            try {
                return new Verifier(known, manifest.before);
            } catch (IllegalArgumentException e) {
                fault = String.valueOf(e.getMessage());
                return new Verifier();
            }
        }

        private List<Checkpoint> comparable() {
            List<Checkpoint> others = elsewhere.stream().map(this::given).toList();
            List<Checkpoint> comparable = others.stream().filter(this::comparable).toList();
            if (comparable.isEmpty() && !others.isEmpty()) {
                throw new IllegalArgumentException(
                        "the checkpoint is of "
                                + others.getLast().size()
                                + " records and cannot be compared with this export, which is of "
                                + (manifest.all() ? "" : "some of ")
                                + "the first "
                                + manifest.checkpoint.size());
            }
            return comparable;
        }

        private boolean comparable(Checkpoint other) {
            return other.size() == manifest.checkpoint.size()
                    || (manifest.all()
                            && other.size() >= manifest.before.size()
                            && other.size() < manifest.checkpoint.size());
        }

        private Checkpoint given(SignedNote note) {
            try {
                return signed(note.toString(), manifest.key);
            } catch (Bad e) {
                throw new IllegalArgumentException(
                        "the checkpoint was not signed with the key of this export, "
                                + manifest.key,
                        e);
            }
        }

        void read(Iterator<Row> rows) {
            try {
                while (fault == null && rows.hasNext()) {
                    Row row = rows.next();
                    if (row.index < 0 && !rows.hasNext()) {
                        return;
                    }
                    if (row.beside) {
                        // Its bytes are under the hash of the file.
                        continue;
                    }
                    fault = check(row);
                    if (fault == null) {
                        last = row.index;
                        count++;
                    }
                }
            } catch (IllegalArgumentException e) {
                fault = "what follows record " + last + " cannot be read: " + e.getMessage();
            }
        }

        private @Nullable String check(Row row) {
            byte[] record = CanonicalJson.bytes(row.record);
            byte[] payload = row.payload.isMissingNode() ? null : CanonicalJson.bytes(row.payload);
            byte[] hash;
            try {
                hash = HexFormat.of().parseHex(row.hash);
            } catch (IllegalArgumentException _) {
                return "record " + row.index + " has no hash";
            }
            Verifier verifier =
                    manifest.all()
                            ? chain
                            : new Verifier(row.index, row.record.path("previous").asText());
            if (row.index <= last) {
                return "record " + row.index + " comes after record " + last;
            }
            Optional<Fault> own = verifier.accept(row.index, record, hash, payload, row.disclosure);
            if (sealed == null) {
                sealed = verifier.mismatch().map(Fault::text).orElse(null);
            }
            if (own.isPresent() || manifest.all()) {
                return own.map(Fault::text).orElse(null);
            }
            return MerkleTree.includes(
                            row.index,
                            manifest.checkpoint.size(),
                            MerkleTree.leaf(record),
                            hashes(row.proof),
                            manifest.checkpoint.root())
                    ? null
                    : "record " + row.index + " is not in the ledger that was signed";
        }

        /** The most that a witness vouches for, and the last time it did. */
        private Optional<Vouched> vouched(NoteKey witness) {
            Stream<SignedNote> notes =
                    Stream.concat(
                            Stream.of(manifest.note),
                            elsewhere.stream().filter(note -> comparable(given(note))));
            return notes.flatMap(note ->
                            note
                                    .cosignedAt(witness)
                                    .map(at ->
                                            new Vouched(
                                                    witness.name(),
                                                    Checkpoint.parse(note.text()).size(),
                                                    at))
                                    .filter(each -> each.records() > 0)
                                    .stream())
                    .max(Comparator.comparingLong(Vouched::records).thenComparing(Vouched::at));
        }

        Verdict verdict(String sha256) {
            Optional<String> missing = Optional.empty();
            List<Vouched> vouched = new ArrayList<>();
            if (fault == null) {
                fault = sealed;
            }
            if (fault == null && manifest.explainsItself() && count == manifest.records) {
                fault = chain.unexplained().map(Fault::text).orElse(null);
            }
            if (fault == null && count < manifest.records) {
                missing =
                        Optional.of(
                                (manifest.records - count)
                                        + " of "
                                        + manifest.records
                                        + " records are missing");
            } else if (fault == null
                    && !sha256.equals(manifest.described.path("sha256").asText())) {
                fault =
                        count > manifest.records
                                ? "there are more records than were exported"
                                : "something beside the records was changed: the file is not what"
                                        + " the ledger recorded of this export";
            }
            try {
                boolean whole = fault == null && missing.isEmpty();
                for (NoteKey witness : whole ? witnesses : List.<NoteKey>of()) {
                    Optional<Vouched> most = vouched(witness);
                    most.ifPresent(vouched::add);
                    if (most.isEmpty() && missing.isEmpty()) {
                        missing =
                                Optional.of(
                                        "no checkpoint is co-signed by `" + witness.name() + "`");
                    }
                }
            } catch (IllegalArgumentException e) {
                fault = "a co-signature was changed: " + e.getMessage();
            }
            return new Verdict(
                    count,
                    Optional.ofNullable(fault),
                    missing,
                    manifest.what(),
                    Optional.of(manifest.key),
                    manifest.all()
                            ? Optional.of(
                                    new Run(manifest.before, manifest.checkpoint.size(), sha256))
                            : Optional.empty(),
                    manifest.elsewhere,
                    vouched);
        }
    }
}
