package dev.countersign.audit.export;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditQuery;
import dev.countersign.audit.AuditQuery.Stored;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.LedgerProofs;
import dev.countersign.audit.Pruned;
import dev.countersign.audit.Receipt;
import dev.countersign.audit.RetentionStore;
import dev.countersign.audit.RetentionTrail;
import dev.countersign.audit.Segment;
import dev.countersign.ledger.CanonicalJson;
import dev.countersign.ledger.Checkpoint;
import dev.countersign.ledger.SignedNote;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes records for others, a part at a time, so that memory does not grow with the ledger. An
 * export is recorded before anything leaves; when it has ended, what left is recorded by its
 * SHA-256, and that record with its proof ends the file. So every byte of the file hangs on the
 * signature of the ledger, and a file that is cut off lacks its end.
 */
public final class AuditExports {
    /** The version of the manifest: since 2 its checkpoints are proved to be of one ledger. */
    static final int VERSION = 2;

    /** The member with that proof. */
    static final String CONSISTENCY = "consistency";

    static final String STARTED = "started";
    static final String FINISHED = "finished";

    /** The most characters of the value of a filter, which the record of an export holds. */
    private static final int LONGEST = 1_000;

    /** How long the next signature of a ledger takes at most, where its disk is well. */
    public static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final Duration PAUSE = Duration.ofMillis(20);

    private final AuditLog log;
    private final AuditQuery query;
    private final LedgerProofs proofs;
    private final Clock clock;
    private final Duration patience;

    /** With how long it waits for a signature. */
    public AuditExports(
            AuditLog log, AuditQuery query, LedgerProofs proofs, Clock clock, Duration patience) {
        this.patience = patience;
        this.log = log;
        this.query = query;
        this.proofs = proofs;
        this.clock = clock;
    }

    /**
     * What is wanted.
     *
     * @param filters values by the names of {@link dev.countersign.audit.AuditFilters}; none for
     *     all records
     * @param person who asked, or null for the owner of the data folder
     */
    public record Wanted(
            ExportFormat format, Map<String, String> filters, @Nullable String person) {
        public Wanted {
            filters = Map.copyOf(filters);
            if (filters.values().stream().anyMatch(value -> value.length() > LONGEST)) {
                throw new IllegalArgumentException(
                        "a filter is at most " + LONGEST + " characters long");
            }
        }
    }

    /** An export that is recorded and can leave. */
    public interface Begun {
        /**
         * Writes it; does not close the stream.
         *
         * @throws NotRecorded when its end could not be recorded or signed; what was written then
         *     lacks its end and fails verification
         */
        void to(OutputStream out) throws IOException, NotRecorded;
    }

    /**
     * Records that records are about to leave, and waits until that is signed, so that the export
     * is of everything up to now.
     *
     * @throws IllegalArgumentException when a filter is none
     * @throws NotRecorded when that could not be recorded or signed; then nothing may leave
     */
    public Begun begin(Wanted wanted) throws NotRecorded {
        List<Stored> _ = query.next(wanted.filters, Long.MAX_VALUE - 1, Long.MAX_VALUE);
        ObjectNode body = described(wanted, STARTED);
        Receipt start = log.append(record(wanted, "export of " + described(wanted), body));
        SignedNote note = signed(start.index());
        return out -> write(wanted, start, note, out);
    }

    private void write(Wanted wanted, Receipt start, SignedNote note, OutputStream out)
            throws IOException, NotRecorded {
        Checkpoint checkpoint = Checkpoint.parse(note.text());
        boolean all = wanted.filters.isEmpty();
        Pruned pruned = query.pruned();
        LedgerProofs.@Nullable Prover prover = all ? null : proofs.prover(checkpoint.size());
        ExportLines lines = wanted.format.lines();
        Sink sink = new Sink(out);
        sink.write(lines.head());
        long count = 0;
        long last = pruned.first() - 1;
        while (true) {
            List<Stored> part = query.next(wanted.filters, last, checkpoint.size());
            if (part.isEmpty()) {
                break;
            }
            if (all && part.getFirst().index() != last + 1) {
                throw new IOException("record " + (last + 1) + " was taken out meanwhile");
            }
            for (Stored stored : part) {
                last = stored.index();
                sink.write(
                        lines.line(
                                new ExportLine(
                                        stored, prover == null ? null : prover.inclusion(last))));
            }
            count += part.size();
        }
        String person = wanted.filters.get("person");
        if (person != null) {
            try (Stream<ObjectNode> beside = query.beside(person)) {
                for (Iterator<ObjectNode> each = beside.iterator(); each.hasNext(); ) {
                    sink.write(lines.beside(each.next(), clock.instant()));
                }
            }
        }
        ObjectNode body = described(wanted, FINISHED);
        body.put("start", start.index()).put("records", count).put("sha256", sink.sha256());
        body.put("size", checkpoint.size()).put("root", checkpoint.root().base64());
        if (pruned.first() > 0) {
            body.put("first", pruned.first());
        }
        if (wanted.format == ExportFormat.CSV) {
            body.put("changed_cells", lines.changedCells());
        }
        Receipt end =
                log.append(
                        record(
                                wanted,
                                "exported " + count + " records: " + described(wanted),
                                body));
        ObjectNode manifest = JsonNodeFactory.instance.objectNode();
        manifest.put("version", VERSION).put("format", wanted.format.wire());
        manifest.put("records", count).put("root", checkpoint.root().base64());
        manifest.put("checkpoint", note.toString()).put("key", proofs.key().toString());
        if (pruned.first() > 0) {
            manifest.set("before", pruned.anchor().json());
            pruned.archives().forEach(each -> manifest.withArray("archives").add(each.json()));
        }
        manifest.set("export", recorded(end, checkpoint.size()));
        sink.write(lines.manifest(manifest));
        out.flush();
    }

    /**
     * Writes a run of records to an archive, as they lie in the folder: what is sealed stays
     * locked, so that an erasure reaches archives too. The file is recorded by its SHA-256 as an
     * export is.
     *
     * @param person who asked, or null
     */
    public Begun archive(RetentionStore store, RetentionStore.Span span, @Nullable String person) {
        return out -> {
            Sink sink = new Sink(out);
            long next = span.first();
            while (next < span.size()) {
                List<RetentionStore.Kept> part = store.kept(next, span.size());
                if (part.isEmpty() || part.getFirst().index() != next) {
                    throw new IOException("record " + next + " is missing");
                }
                for (RetentionStore.Kept kept : part) {
                    sink.write(line(kept));
                }
                next = part.getLast().index() + 1;
            }
            Checkpoint checkpoint = Checkpoint.parse(span.note().text());
            Segment segment = new Segment(span.first(), span.size(), span.name(), sink.sha256());
            ObjectNode body = segment.json();
            body.put("state", FINISHED).put("format", ExportFormat.JSON.wire());
            body.put("version", VERSION);
            body.putObject("filters");
            body.put("records", span.size() - span.first());
            body.put("root", checkpoint.root().base64());
            Receipt end =
                    store.archived(
                            AuditRecord.change(
                                    RetentionTrail.ARCHIVE,
                                    clock.instant(),
                                    person,
                                    null,
                                    "records "
                                            + span.first()
                                            + " to "
                                            + (span.size() - 1)
                                            + " were archived in "
                                            + span.name(),
                                    body),
                            segment,
                            span.note());
            ObjectNode manifest = JsonNodeFactory.instance.objectNode();
            manifest.put("version", VERSION).put("format", ExportFormat.JSON.wire());
            manifest.put("records", span.size() - span.first());
            manifest.put("root", checkpoint.root().base64());
            manifest.put("checkpoint", span.note().toString());
            manifest.put("key", proofs.key().toString());
            if (span.first() > 0) {
                manifest.set("before", store.anchorAt(span.first()).json());
            }
            manifest.set("export", recorded(end, checkpoint.size()));
            sink.write(ExportFormat.JSON.lines().manifest(manifest));
            out.flush();
        };
    }

    private static String line(RetentionStore.Kept kept) {
        StringBuilder json = new StringBuilder();
        json.append("{\"index\":").append(kept.index());
        json.append(",\"hash\":\"").append(kept.hash());
        json.append("\",\"record\":").append(kept.record());
        if (kept.payload() != null) {
            json.append(",\"payload\":").append(kept.payload());
        }
        if (kept.locked() != null) {
            json.append(",\"")
                    .append(ArchiveFile.LOCKED)
                    .append("\":\"")
                    .append(kept.locked())
                    .append('"');
        }
        return json.append("}\n").toString();
    }

    /**
     * The record of the end, with what proves it.
     *
     * @param before how many records the export is of: that the ledger only grew since is proved
     *     too, for a checkpoint alone does not say of which ledger it is
     */
    private ObjectNode recorded(Receipt end, long before) throws NotRecorded {
        SignedNote note = signed(end.index());
        Stored stored = query.next(Map.of(), end.index() - 1, end.index() + 1).getFirst();
        long size = Checkpoint.parse(note.text()).size();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("index", end.index()).put("hash", end.hash());
        json.set("record", CanonicalJson.parse(stored.record()));
        json.set("proof", ExportLine.json(proofs.inclusion(end.index(), size)));
        json.set(CONSISTENCY, ExportLine.json(proofs.consistency(before, size)));
        return json.put("checkpoint", note.toString());
    }

    private AuditRecord record(Wanted wanted, String summary, ObjectNode body) {
        return AuditRecord.change("export", clock.instant(), wanted.person, null, summary, body);
    }

    private static ObjectNode described(Wanted wanted, String state) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("state", state).put("format", wanted.format.wire()).put("version", VERSION);
        ObjectNode filters = body.putObject("filters");
        wanted.filters.forEach(filters::put);
        return body;
    }

    private static String described(Wanted wanted) {
        if (wanted.filters.isEmpty()) {
            return "all records as " + wanted.format.wire();
        }
        StringBuilder filters = new StringBuilder();
        new TreeMap<>(wanted.filters)
                .forEach((name, value) ->
                        filters.append(' ').append(name).append('=').append(value));
        return "records with" + filters + " as " + wanted.format.wire();
    }

    /** The first checkpoint that covers a record. */
    private SignedNote signed(long index) throws NotRecorded {
        proofs.hasten();
        long end = System.nanoTime() + patience.toNanos();
        while (System.nanoTime() < end) {
            Optional<SignedNote> note =
                    proofs.checkpoint()
                            .filter(each -> Checkpoint.parse(each.text()).size() > index);
            if (note.isPresent()) {
                return note.get();
            }
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new NotRecorded("interrupted while waiting for the signature", e);
            }
        }
        throw new NotRecorded(
                "the ledger was not signed within " + patience.toMillis() + " ms",
                new IllegalStateException("not signed"));
    }

    /** Counts what leaves into its hash. */
    private static final class Sink {
        private final OutputStream out;
        private final MessageDigest digest;

        Sink(OutputStream out) {
            this.out = out;
            try {
                digest = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java has SHA-256 (this is a bug)", e);
            }
        }

        void write(String text) throws IOException {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            digest.update(bytes);
            out.write(bytes);
        }

        /** Of what was written so far. */
        String sha256() {
            try {
                return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
            } catch (CloneNotSupportedException e) {
                throw new IllegalStateException("SHA-256 can be copied (this is a bug)", e);
            }
        }
    }
}
