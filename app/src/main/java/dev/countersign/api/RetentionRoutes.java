package dev.countersign.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.Hold;
import dev.countersign.audit.RetentionStore.Span;
import dev.countersign.audit.export.ExportFormat;
import dev.countersign.audit.retention.ArchivePlaces;
import dev.countersign.audit.retention.Refused;
import dev.countersign.audit.retention.Retention;
import dev.countersign.people.Principal;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code /v1/audit/archives}, {@code /prune} and {@code /holds}: what becomes of old records. */
final class RetentionRoutes {
    private static final System.Logger LOG = System.getLogger(RetentionRoutes.class.getName());
    private static final int LONGEST_PATH = 4_096;
    private static final int MOST_PLACES = 100;

    private final Retention retention;
    private final List<Path> folders;

    /**
     * Wires it.
     *
     * @param folders where the server's archives are; no others are read for whoever asks
     */
    RetentionRoutes(Retention retention, List<Path> folders) {
        this.retention = retention;
        this.folders = List.copyOf(folders);
    }

    /** What happened before a time, as the files it is or will be archived in. */
    ObjectNode archives(Optional<String> before) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("key", retention.key().toString());
        ArrayNode list = json.putArray("archives");
        for (Span span : retention.spans(time("before", before.orElse(null)))) {
            list.addObject()
                    .put("first", span.first())
                    .put("size", span.size())
                    .put("name", span.name())
                    .put("archived", span.archived() != null);
        }
        return json;
    }

    /** One archive, recorded when it has ended. */
    AuditRoutes.Export archive(String first, Optional<String> before, Principal principal) {
        long index;
        try {
            index = Long.parseLong(first);
        } catch (NumberFormatException e) {
            throw Problem.notFound("no archive begins with record `" + Fields.shown(first) + "`");
        }
        return new AuditRoutes.Export(
                ExportFormat.JSON,
                retention
                        .archive(time("before", before.orElse(null)), index, principal.email())
                        .orElseThrow(
                                () -> Problem.notFound("no archive begins with record " + index)));
    }

    /**
     * Body: {@code before}, and {@code archives}, folders or files among the server's archives, or
     * none of them for all.
     */
    ObjectNode prune(ObjectNode body, Principal principal) throws NotRecorded {
        Fields fields = new Fields(body, "before", "archives");
        Instant before = time("before", fields.text("before", 64).orElse(null));
        List<Path> places = new ArrayList<>();
        for (String text : fields.texts("archives", MOST_PLACES)) {
            places.add(path(text));
        }
        ArchivePlaces archives;
        try {
            archives = ArchivePlaces.within(folders, places);
        } catch (Refused e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        }
        try {
            Retention.Taken taken = retention.prune(before, archives, principal.email());
            // Nobody needs to wait for that; what is not done when the server ends, its next start
            // does.
            Thread _ = Thread.ofPlatform().name("sweep").daemon(true).start(this::sweep);
            ObjectNode json = JsonNodeFactory.instance.objectNode();
            json.put("records", taken.records()).put("first", taken.first());
            taken.held().ifPresent(hold -> json.set("held", hold.json()));
            return json;
        } catch (Refused e) {
            throw refused(e);
        } catch (IOException e) {
            throw new Problem(
                    Problem.Kind.CONFLICT, "an archive cannot be read: " + e.getMessage());
        }
    }

    private void sweep() {
        try {
            retention.sweep();
        } catch (NotRecorded | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "the room of old records was not freed", e);
        }
    }

    private static Path path(String text) {
        try {
            Path path = Path.of(text);
            if (path.isAbsolute() && text.length() <= LONGEST_PATH) {
                return path;
            }
        } catch (InvalidPathException _) {
            // said below
        }
        throw Problem.badRequest("`" + Fields.shown(text) + "` is no absolute path");
    }

    ObjectNode holds() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("holds");
        retention.holds().forEach(hold -> list.add(hold.json()));
        return json;
    }

    /** Body: one of {@code person}, {@code project}, {@code task} or {@code all}, and a reason. */
    ObjectNode place(ObjectNode body, Principal principal) throws NotRecorded {
        Fields fields =
                new Fields(body, "person", "project", "task", "all", "from", "to", "reason");
        List<Hold.Subject> subjects = new ArrayList<>();
        String name = "";
        for (Hold.Subject subject : Hold.Subject.values()) {
            Optional<String> given =
                    subject == Hold.Subject.ALL
                            ? fields.yes("all").filter(all -> all).map(_ -> "")
                            : fields.text(subject.wire(), Retention.LONGEST_NAME);
            if (given.isPresent()) {
                subjects.add(subject);
                name = given.get();
            }
        }
        if (subjects.size() != 1) {
            throw Problem.badRequest(
                    "say what to hold with one of `person`, `project`, `task` or `all`");
        }
        Optional<String> from = fields.text("from", 64);
        Optional<String> to = fields.text("to", 64);
        try {
            return retention
                    .place(
                            subjects.getFirst(),
                            name,
                            from.isEmpty() ? null : time("from", from.get()),
                            to.isEmpty() ? null : time("to", to.get()),
                            fields.required("reason", Retention.LONGEST_REASON),
                            principal.email())
                    .json();
        } catch (Refused e) {
            throw refused(e);
        }
    }

    /** Body: a reason. */
    ObjectNode end(String id, ObjectNode body, Principal principal) throws NotRecorded {
        String reason = new Fields(body, "reason").required("reason", Retention.LONGEST_REASON);
        try {
            return retention
                    .end(id, reason, principal.email())
                    .map(Hold::json)
                    .orElseThrow(() ->
                            Problem.notFound("no hold `" + Fields.shown(id) + "` is in force"));
        } catch (Refused e) {
            throw refused(e);
        }
    }

    private static Problem refused(Refused e) {
        return new Problem(Problem.Kind.CONFLICT, String.valueOf(e.getMessage()));
    }

    private static Instant time(String name, @Nullable String value) {
        try {
            return Instant.parse(String.valueOf(value));
        } catch (DateTimeParseException e) {
            throw Problem.badRequest(
                    "`"
                            + name
                            + "` is `"
                            + Fields.shown(String.valueOf(value))
                            + "`; expected a time such as `2026-11-21T09:00:00Z`");
        }
    }
}
