package dev.countersign.audit.report;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditQuery;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.LedgerCheck;
import dev.countersign.audit.Receipt;
import dev.countersign.ledger.Checkpoint;
import dev.countersign.ledger.Fault;
import dev.countersign.ledger.NoteKey;
import dev.countersign.ledger.Sha256;
import dev.countersign.ledger.SignedNote;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes reports for auditors. The whole ledger is verified first, and the figures count only what
 * was found good. A report is recorded, by its SHA-256, before it leaves.
 */
public final class AuditReports {
    /** The header by which an answer says whether the ledger is {@code intact}. */
    public static final String INTEGRITY = "Countersign-Integrity";

    /** How long the next signature takes at most, where the disk is well. */
    public static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Duration PAUSE = Duration.ofMillis(20);

    private final Source source;
    private final @Nullable AuditLog log;
    private final Supplier<String> address;
    private final Function<Report, String> paper;
    private final Clock clock;

    /**
     * What reports are made from.
     *
     * @param hasten asks for a checkpoint sooner than the next is due
     * @param patience how long one is waited for
     */
    public record Source(
            AuditQuery query,
            LedgerCheck check,
            Supplier<Optional<SignedNote>> checkpoint,
            Supplier<Optional<NoteKey>> key,
            Runnable hasten,
            Duration patience) {}

    /**
     * Wires it.
     *
     * @param log where reports are recorded, or null where the ledger can take no record; the
     *     report says so then
     * @param address how people reach the server, without a slash at the end
     * @param paper draws a report as a page
     */
    public AuditReports(
            Source source,
            @Nullable AuditLog log,
            Supplier<String> address,
            Function<Report, String> paper,
            Clock clock) {
        this.source = source;
        this.log = log;
        this.address = address;
        this.paper = paper;
        this.clock = clock;
    }

    /** The forms of a report. */
    public enum Form {
        HTML("html", "text/html; charset=utf-8"),
        JSON("json", "application/json");

        private final String wire;
        private final String mediaType;

        Form(String wire, String mediaType) {
            this.wire = wire;
            this.mediaType = mediaType;
        }

        public String wire() {
            return wire;
        }

        public String mediaType() {
            return mediaType;
        }

        /**
         * The one of this name.
         *
         * @throws IllegalArgumentException when there is none; the message is for people
         */
        public static Form of(String wire) {
            for (Form form : values()) {
                if (form.wire.equals(wire)) {
                    return form;
                }
            }
            throw new IllegalArgumentException(
                    "`format` is `" + wire + "`; a report is html or json");
        }
    }

    /**
     * What is wanted.
     *
     * @param framework by its name
     * @param from a day or a time, or empty for the first record
     * @param to a day, which is meant whole, or a time; or empty for now
     * @param person who asked, or null for the owner of the data folder
     */
    public record Wanted(
            String framework, String from, String to, Form form, @Nullable String person) {}

    /**
     * A report as it leaves.
     *
     * @param intact whether the ledger was found good
     */
    public record Made(Form form, String text, boolean intact) {}

    /**
     * Makes a report and records it.
     *
     * @throws IllegalArgumentException when something wanted is none; the message is for people
     * @throws NotRecorded when it could not be recorded; then nothing leaves
     */
    public Made make(Wanted wanted) throws NotRecorded {
        Report report = report(wanted);
        String text =
                switch (wanted.form) {
                    case HTML -> paper.apply(report);
                    case JSON -> ReportJson.of(report).toPrettyString() + "\n";
                };
        if (log != null) {
            Receipt _ = log.append(record(wanted, report, Sha256.hex(text)));
        }
        return new Made(wanted.form, text, report.integrity().intact());
    }

    /** The report as data; nothing is recorded. */
    Report report(Wanted wanted) {
        Framework framework = Framework.of(wanted.framework);
        Optional<Instant> from = written(wanted.from).map(written -> Period.from("from", written));
        Optional<Instant> to = written(wanted.to).map(written -> Period.to("to", written));
        if (from.isPresent() && to.isPresent()) {
            Period _ = new Period(from.get(), to.get(), 0);
        }
        Report.Integrity integrity = integrity();
        Instant made = clock.instant();
        // What was found broken is not read.
        Optional<Instant> begin =
                integrity.records() == 0
                        ? Optional.empty()
                        : source.query.byIndex(0).map(AuditReports::at);
        List<String> notes = new ArrayList<>();
        Instant end = to.filter(each -> !each.isAfter(made)).orElse(made);
        if (to.isPresent() && to.get().isAfter(made)) {
            notes.add(
                    "The period is not over: it ends at "
                            + to.get()
                            + ", and this report goes up to when it was made.");
        }
        Instant first =
                from.or(() -> begin.filter(at -> to.isPresent() || at.isBefore(made)))
                        .orElse(made.minusSeconds(1));
        if (!first.isBefore(end) && (from.isEmpty() || from.get().isAfter(made))) {
            throw new IllegalArgumentException(
                    from.isEmpty()
                            ? "the ledger begins at " + first + ", after the end of the period"
                            : "the period begins at " + first + ", which has not come yet");
        }
        Period period = new Period(first, end, integrity.records());
        begin.filter(first::isBefore)
                .ifPresent(at ->
                        notes.add(
                                "The ledger begins at "
                                        + at
                                        + ": nothing was recorded in the part of the period before"
                                        + " that."));
        ReportReader read = new ReportReader(source.query, period, begin.orElse(end));
        say(read, integrity, notes);
        return read.report(
                framework,
                made,
                wanted.person == null ? "" : wanted.person,
                address.get(),
                notes,
                integrity);
    }

    private void say(ReportReader read, Report.Integrity integrity, List<String> notes) {
        if (read.count("records") == 0) {
            notes.add("Nothing was recorded in this period. Every figure is zero.");
        }
        if (!integrity.intact()) {
            notes.add(
                    "The figures count the first "
                            + integrity.records()
                            + " records only, which are as they were written. What comes after"
                            + " them is not counted.");
        }
        if (log == null) {
            notes.add(
                    "That this report was made is not in the ledger: a ledger that is not what was"
                            + " written takes no records.");
        }
        long erased = read.count("erased");
        if (erased > 0) {
            notes.add(
                    erased
                            + " records belong to a person who was erased. They count in the"
                            + " figures by kind, effect, risk, domain and decider; what their"
                            + " content said is gone.");
        }
    }

    private static Optional<String> written(String text) {
        return text.isBlank() ? Optional.empty() : Optional.of(text.strip());
    }

    private static Instant at(AuditQuery.Recorded recorded) {
        return Instant.parse(recorded.body().path("at").asText());
    }

    private Report.Integrity integrity() {
        waitForSignature();
        LedgerCheck.Verdict verdict = source.check.verify();
        List<String> problems = new ArrayList<>();
        verdict.fault()
                .ifPresent(fault ->
                        problems.add("Broken at record " + fault.index() + ": " + fault.text()));
        verdict.missing().map(Fault::text).ifPresent(problems::add);
        Optional<SignedNote> note = source.checkpoint.get();
        Optional<NoteKey> key = source.key.get();
        String own = key.map(NoteKey::name).orElse("");
        return new Report.Integrity(
                problems,
                verdict.records(),
                Math.min(verdict.signed(), verdict.records()),
                verdict.root().hex(),
                verdict.head(),
                key.map(NoteKey::toString).orElse(""),
                key.map(each -> HexFormat.of().toHexDigits(each.id())).orElse(""),
                note.map(SignedNote::toString).orElse(""),
                note.map(each ->
                                each.lines().stream()
                                        .map(SignedNote.Line::name)
                                        .filter(name -> !name.equals(own))
                                        .distinct()
                                        .toList())
                        .orElse(List.of()));
    }

    /** So that the newest records are under a signature as well, where that can be had. */
    private void waitForSignature() {
        List<AuditQuery.Recorded> newest;
        try {
            newest = source.query.list(Map.of(), Long.MAX_VALUE, 1);
        } catch (RuntimeException _) {
            // It cannot be read, which the check will say.
            return;
        }
        source.hasten.run();
        long end = System.nanoTime() + source.patience.toNanos();
        while (!newest.isEmpty()
                && source.checkpoint
                        .get()
                        .filter(note ->
                                Checkpoint.parse(note.text()).size() > newest.getFirst().index())
                        .isEmpty()
                && System.nanoTime() < end) {
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private AuditRecord record(Wanted wanted, Report report, String sha256) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("state", "finished").put("format", wanted.form.wire);
        body.put("framework", wanted.framework);
        body.putObject("filters")
                .put("from", report.period().from().toString())
                .put("to", report.period().to().toString());
        body.put("records", report.figure("records").count());
        body.put("size", report.period().before()).put("root", report.integrity().root());
        body.put("intact", report.integrity().intact()).put("sha256", sha256);
        return AuditRecord.change(
                "export",
                clock.instant(),
                wanted.person,
                null,
                "report "
                        + wanted.framework
                        + " of "
                        + report.figure("records").count()
                        + " records, "
                        + report.period().from()
                        + " to "
                        + report.period().to(),
                body);
    }
}
