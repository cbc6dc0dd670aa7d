package dev.countersign.store;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.export.AuditExports;
import dev.countersign.audit.retention.Retention;
import dev.countersign.ledger.Checkpoint;
import dev.countersign.ledger.SignedNote;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/** A data folder with the records of four months, each of which ends at a checkpoint. */
final class FourMonths {
    /** Of a month; no multiple of the width of a tile. */
    static final int RECORDS = 300;

    static final Instant APRIL = Instant.parse("2026-04-01T00:00:00Z");
    private static final Clock CLOCK = Clock.systemUTC();

    private FourMonths() {}

    /** Returns the checkpoint at the end of March. */
    static SignedNote fill(Path data) throws Exception {
        SignedNote march = null;
        try (Store store = Store.open(data, CLOCK)) {
            for (int month = 1; month <= 4; month++) {
                Instant start = Instant.parse("2026-0" + month + "-01T00:00:00Z");
                for (int i = 0; i < RECORDS; i++) {
                    store.auditLog().append(made(i, start.plusSeconds(i)));
                }
                SignedNote note = signed(store);
                march = month == 3 ? note : march;
            }
        }
        if (march == null) {
            throw new IllegalStateException("no checkpoint");
        }
        return march;
    }

    private static AuditRecord made(int n, Instant at) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("content", n == 10 ? "long text ".repeat(10_000) : "short " + n);
        AuditRecord made = Events.with(n, "record " + n, body);
        return new AuditRecord(
                made.kind(),
                at,
                made.decision(),
                made.agent(),
                made.person(),
                made.client(),
                n == 299 ? "lawsuit" : made.project(),
                made.session(),
                made.call(),
                made.tool(),
                made.effect(),
                made.risk(),
                made.decider(),
                made.summary(),
                made.body());
    }

    /** The checkpoint of all there is. */
    static SignedNote signed(Store store) throws Exception {
        long size = store.ledgerCheck().verify().records();
        store.proofs().hasten();
        while (true) {
            Optional<SignedNote> note = store.proofs().checkpoint();
            if (note.isPresent() && Checkpoint.parse(note.get().text()).size() >= size) {
                return note.get();
            }
            Thread.onSpinWait();
        }
    }

    static void copy(Path from, Path to) throws IOException {
        Files.createDirectory(
                to,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(
                        file, to.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    static AuditExports exports(Store store) {
        return new AuditExports(
                store.auditLog(), store.auditQuery(), store.proofs(), CLOCK, AuditExports.PATIENCE);
    }

    static Retention retention(Store store) {
        return new Retention(
                store.retention(), store.auditQuery(), exports(store), store.proofs(), CLOCK);
    }
}
