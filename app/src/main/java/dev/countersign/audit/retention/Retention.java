package dev.countersign.audit.retention;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditQuery;
import dev.countersign.audit.AuditQuery.Stored;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Hold;
import dev.countersign.audit.LedgerProofs;
import dev.countersign.audit.Pruned;
import dev.countersign.audit.Receipt;
import dev.countersign.audit.RetentionStore;
import dev.countersign.audit.RetentionStore.Span;
import dev.countersign.audit.RetentionTrail;
import dev.countersign.audit.Segment;
import dev.countersign.audit.export.ArchiveFile;
import dev.countersign.audit.export.AuditExports;
import dev.countersign.ledger.Anchor;
import dev.countersign.ledger.NoteKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What happens to old records: they are written to archives, and what is in a good archive and
 * under no hold may be taken out of the ledger, which goes on to prove the rest.
 */
public final class Retention {
    /** The most characters of the name a hold is on. */
    public static final int LONGEST_NAME = 500;

    /** The most characters of a reason. */
    public static final int LONGEST_REASON = 500;

    private final RetentionStore store;
    private final AuditQuery query;
    private final AuditExports exports;
    private final LedgerProofs proofs;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    /** Of a ledger that is open for writing. */
    public Retention(
            RetentionStore store,
            AuditQuery query,
            AuditExports exports,
            LedgerProofs proofs,
            Clock clock) {
        this.store = store;
        this.query = query;
        this.exports = exports;
        this.proofs = proofs;
        this.clock = clock;
    }

    /** What happened before a time, as the files it is or will be archived in. */
    public List<Span> spans(Instant before) {
        return store.spans(before);
    }

    /**
     * One archive, to be written.
     *
     * @param first the index of its first record, as {@link #spans} names it
     */
    public Optional<AuditExports.Begun> archive(
            Instant before, long first, @Nullable String person) {
        return spans(before).stream()
                .filter(span -> span.first() == first)
                .findFirst()
                .map(span -> exports.archive(store, span, person));
    }

    /** The key archives are signed with. */
    public NoteKey key() {
        return proofs.key();
    }

    /**
     * Writes what happened before a time to files in a folder, but for those that are there.
     *
     * @return those that were written
     * @throws Refused when one cannot be
     */
    public List<Segment> archive(Instant before, Path folder, @Nullable String person)
            throws IOException, NotRecorded, Refused {
        List<Segment> written = new ArrayList<>();
        for (Span span : spans(before)) {
            if (span.archived() != null && Files.exists(folder.resolve(span.name()))) {
                continue;
            }
            AuditExports.Begun begun = exports.archive(store, span, person);
            ArchiveFolder.write(folder, span.name(), proofs.key(), begun::to);
            written.add(new Segment(span.first(), span.size(), span.name(), ""));
        }
        return List.copyOf(written);
    }

    /**
     * What was taken out.
     *
     * @param records how many
     * @param first the index of the first record that is there now
     * @param held the hold that kept more from being taken out, or empty
     */
    public record Taken(long records, long first, Optional<Hold> held) {}

    /**
     * Takes out what happened before a time, is archived and under no hold. Every archive is read
     * again before. Whoever looks sees all of it gone at once; its room is freed by {@link #sweep}.
     *
     * @param places where the archives are
     * @throws Refused when nothing is archived, or an archive is missing or not good
     */
    public Taken prune(Instant before, ArchivePlaces places, @Nullable String person)
            throws IOException, NotRecorded, Refused {
        Pruned pruned = store.pruned();
        List<Hold> holds = store.holds();
        List<Segment> archives = new ArrayList<>(pruned.archives());
        long size = pruned.first();
        Optional<Hold> held = Optional.empty();
        boolean waiting = false;
        for (Span span : spans(before)) {
            Segment segment = span.archived();
            if (segment == null) {
                waiting = true;
                break;
            }
            held = held(span, holds);
            if (held.isPresent()) {
                break;
            }
            check(segment, places);
            archives.add(segment);
            size = segment.size();
        }
        if (size == pruned.first()) {
            if (waiting) {
                throw new Refused(
                        "records from "
                                + size
                                + " on are not archived yet; `countersign audit archive` does"
                                + " that");
            }
            return new Taken(0, size, held);
        }
        Anchor anchor = store.anchorAt(size);
        ObjectNode body = anchor.json();
        body.put("records", size - pruned.first()).put("before", before.toString());
        ArrayNode files = body.putArray("archives");
        archives.forEach(each -> files.add(each.json()));
        ArrayNode kept = body.putArray("holds");
        holds.forEach(each -> kept.add(each.json()));
        Receipt _ =
                store.prune(
                        AuditRecord.change(
                                RetentionTrail.PRUNE,
                                clock.instant(),
                                person,
                                null,
                                "records "
                                        + pruned.first()
                                        + " to "
                                        + (size - 1)
                                        + " were taken out; they are in "
                                        + archives.getLast().name()
                                        + (size - pruned.first()
                                                        > archives.getLast().size()
                                                                - archives.getLast().first()
                                                ? " and those before it"
                                                : ""),
                                body),
                        pruned.first(),
                        size,
                        holds.stream().map(Hold::id).collect(Collectors.toSet()));
        return new Taken(size - pruned.first(), size, held);
    }

    private Optional<Hold> held(Span span, List<Hold> holds) {
        long last = span.first() - 1;
        while (!holds.isEmpty()) {
            List<Stored> part = query.next(Map.of(), last, span.size());
            if (part.isEmpty()) {
                break;
            }
            for (Stored stored : part) {
                Optional<Hold> held =
                        holds.stream().filter(each -> each.covers(stored)).findFirst();
                if (held.isPresent()) {
                    return held;
                }
                last = stored.index();
            }
        }
        return Optional.empty();
    }

    /** Reads an archive again: it must be what was recorded. */
    private void check(Segment segment, ArchivePlaces places) throws IOException, Refused {
        Path file =
                places.find(segment.name())
                        .orElseThrow(() ->
                                new Refused(
                                        "the archive `"
                                                + segment.name()
                                                + "` is not there; name its folder, or write it"
                                                + " again with `countersign audit archive`"));
        try {
            ArchiveFile archive = ArchiveFile.checked(file, proofs.key());
            if (archive.anchor().size() != segment.first()
                    || archive.size() != segment.size()
                    || !archive.sha256().equals(segment.sha256())) {
                throw new Refused("`" + file + "` is not the archive that was recorded");
            }
        } catch (ArchiveFile.Broken | IllegalArgumentException e) {
            throw new Refused(String.valueOf(e.getMessage()), e);
        }
    }

    /** Frees the room of everything that was taken out, a little at a time. */
    public void sweep() throws NotRecorded {
        while (store.sweep()) {
            // Other changes go in between.
        }
    }

    /** The holds in force, with addresses of people. */
    public List<Hold> holds() {
        return store.holds().stream().map(this::shown).toList();
    }

    private Hold shown(Hold hold) {
        return new Hold(
                hold.id(),
                hold.subject(),
                store.shown(hold.name()),
                hold.from(),
                hold.to(),
                store.shown(hold.reason()));
    }

    /**
     * Places a hold.
     *
     * @param name of the subject; a person by e-mail
     * @throws Refused when a hold cannot be on that
     */
    public Hold place(
            Hold.Subject subject,
            String name,
            @Nullable Instant from,
            @Nullable Instant to,
            String reason,
            @Nullable String person)
            throws NotRecorded, Refused {
        if (reason.isBlank() || reason.length() > LONGEST_REASON) {
            throw new Refused("say why, in at most " + LONGEST_REASON + " characters");
        }
        if (subject != Hold.Subject.ALL && (name.isBlank() || name.length() > LONGEST_NAME)) {
            throw new Refused("say which " + subject.wire() + " the hold is on");
        }
        if (from != null && to != null && !from.isBefore(to)) {
            throw new Refused("a hold ends after it begins");
        }
        String called = name;
        if (subject == Hold.Subject.PERSON) {
            called =
                    store.nameOf(name)
                            .orElseThrow(
                                    () -> new Refused("no record names a person `" + name + "`"));
        }
        String id = "HOLD-" + Integer.toString(random.nextInt(36 * 36 * 36 * 36), 36);
        Hold hold =
                new Hold(id.toUpperCase(Locale.ROOT), subject, called, from, to, reason.strip());
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("state", RetentionTrail.PLACED).set(RetentionTrail.HOLD, hold.json());
        Receipt _ = store.place(record(hold, "placed: " + reason.strip(), person, body), hold.id());
        return shown(hold);
    }

    /** Ends a hold; empty where there is none of this id. */
    public Optional<Hold> end(String id, String reason, @Nullable String person)
            throws NotRecorded, Refused {
        if (reason.isBlank() || reason.length() > LONGEST_REASON) {
            throw new Refused("say why, in at most " + LONGEST_REASON + " characters");
        }
        Optional<Hold> hold =
                store.holds().stream().filter(each -> each.id().equals(id)).findFirst();
        if (hold.isEmpty()) {
            return hold;
        }
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("state", RetentionTrail.ENDED).put("reason", reason.strip());
        body.set(RetentionTrail.HOLD, hold.get().json());
        return store.end(record(hold.get(), "ended: " + reason.strip(), person, body), id)
                .flatMap(_ -> hold.map(this::shown));
    }

    private AuditRecord record(Hold hold, String what, @Nullable String person, ObjectNode body) {
        return AuditRecord.change(
                RetentionTrail.HOLD,
                clock.instant(),
                person,
                null,
                hold.shown() + " " + what,
                body);
    }
}
