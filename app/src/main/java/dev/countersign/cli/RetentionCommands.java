package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.Hold;
import dev.countersign.audit.Segment;
import dev.countersign.audit.retention.ArchiveFolder;
import dev.countersign.audit.retention.ArchivePlaces;
import dev.countersign.audit.retention.Refused;
import dev.countersign.audit.retention.Retention;
import dev.countersign.ledger.NoteKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The commands on old records. A running server does what they say; without one, the data folder is
 * opened.
 */
final class RetentionCommands {
    private static final String ARCHIVES = "/v1/audit/archives";
    private static final String HOLDS = "/v1/audit/holds";

    /** Archives are read and records taken out while the server is asked to. */
    private static final Duration PATIENCE = Duration.ofMinutes(30);

    private RetentionCommands() {}

    private static Instant before(Given given) {
        return time(
                given.value("--before")
                        .orElseThrow(
                                () -> Failure.usage("say before when with `--before 2026-06-01`")));
    }

    /** A day, which begins in UTC, or a time. */
    private static Instant time(String written) {
        try {
            return written.length() == 10
                    ? LocalDate.parse(written).atStartOfDay(ZoneOffset.UTC).toInstant()
                    : Instant.parse(written);
        } catch (DateTimeException e) {
            throw Failure.usage(
                    "`"
                            + Visible.line(written)
                            + "` is no time; expected one such as `2026-06-01` or"
                            + " `2026-06-01T09:00:00Z`");
        }
    }

    /** Does something with a data folder that no server has open. */
    private static <T> T opened(Tools tools, Where where, Product.Retaining<T> doing) {
        try {
            return tools.product().retain(where.place(), doing);
        } catch (Refused e) {
            throw Failure.failed(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw Failure.failed("it broke off: " + e.getMessage());
        }
    }

    /** Writes old records to files. */
    static final class Archive implements Command {
        private final Tools tools;

        Archive(Tools tools) {
            this.tools = tools;
        }

        @Override
        public Syntax syntax() {
            return Syntax.of(
                            "audit archive",
                            "Write what happened before a time to files, one a month, each of"
                                    + " which verifies on its own.")
                    .option("--before", "TIME", "a day or time (UTC)")
                    .option("--to", "DIR", "the folder of the files")
                    .note(
                            "Nothing is taken out of the ledger: "
                                    + Program.command("audit prune")
                                    + " does that.");
        }

        @Override
        public int run(Given given) {
            Instant before = before(given);
            Path folder =
                    given.value("--to")
                            .map(text -> Where.path(text, tools.around()))
                            .orElseThrow(() -> Failure.usage("name a folder with `--to`"));
            Where where = Where.of(given, tools.around());
            List<String> names =
                    ExportCommand.served(where)
                            ? served(ServerClient.of(where), before, folder)
                            : opened(
                                    tools,
                                    where,
                                    retention ->
                                            retention.archive(before, folder, null).stream()
                                                    .map(Segment::name)
                                                    .toList());
            names.forEach(name ->
                    tools.terminal().line("`" + Visible.line(name) + "` written and verified"));
            if (names.isEmpty()) {
                tools.terminal().line("Nothing more to archive before " + before + ".");
            }
            return 0;
        }

        private static List<String> served(ServerClient server, Instant before, Path folder) {
            String query = "?before=" + ServerClient.part(before.toString());
            ObjectNode plan = server.get(ARCHIVES + query);
            NoteKey key = NoteKey.parse(Json.text(plan, "key"));
            List<String> names = new ArrayList<>();
            for (JsonNode each : plan.path("archives")) {
                String name = Json.text(each, "name");
                if (!name.matches("[A-Za-z0-9.-]+")) {
                    throw Failure.failed("the server names no file: `" + Visible.line(name) + "`");
                }
                if (each.path("archived").asBoolean() && Files.exists(folder.resolve(name))) {
                    continue;
                }
                String path = ARCHIVES + "/" + each.path("first").asLong() + query;
                try {
                    ArchiveFolder.write(folder, name, key, out -> server.copy(path, out));
                } catch (Refused e) {
                    throw Failure.failed(String.valueOf(e.getMessage()));
                } catch (IOException | NotRecorded e) {
                    throw Failure.failed("the archive broke off: " + e.getMessage());
                }
                names.add(name);
            }
            return names;
        }
    }

    /** Takes archived records out. */
    static final class Prune implements Command {
        private final Tools tools;

        Prune(Tools tools) {
            this.tools = tools;
        }

        @Override
        public Syntax syntax() {
            return Syntax.of(
                            "audit prune",
                            "Take what happened before a time, is archived and under no hold, out"
                                    + " of the ledger, which goes on to prove the rest.")
                    .option("--before", "TIME", "a day or time (UTC)")
                    .options(
                            "--archive",
                            "PATH",
                            "a folder of archives, or one; they are read again before")
                    .note(
                            "With a running server it needs a signed-in person who may `retain`,"
                                    + " such as an owner, and the paths are on its machine.");
        }

        @Override
        public int run(Given given) {
            Instant before = before(given);
            List<Path> places =
                    given.values("--archive").stream()
                            .map(text -> Where.path(text, tools.around()))
                            .toList();
            Where where = Where.of(given, tools.around());
            boolean served = ExportCommand.served(where);
            if (places.isEmpty() && !served) {
                throw Failure.usage("name the folder of the archives with `--archive`");
            }
            Retention.Taken taken;
            if (served) {
                ObjectNode body = Json.object().put("before", before.toString());
                ArrayNode paths = body.putArray("archives");
                places.forEach(path -> paths.add(path.toString()));
                ObjectNode answer = ServerClient.of(where).post("/v1/audit/prune", body, PATIENCE);
                taken =
                        new Retention.Taken(
                                answer.path("records").asLong(),
                                answer.path("first").asLong(),
                                Optional.of(answer.path("held"))
                                        .filter(JsonNode::isObject)
                                        .map(Hold::of));
            } else {
                taken =
                        opened(
                                tools,
                                where,
                                retention ->
                                        retention.prune(
                                                before, ArchivePlaces.anywhere(places), null));
            }
            tools.terminal()
                    .line(
                            taken.records() == 0
                                    ? "Nothing was taken out."
                                    : taken.records()
                                            + " records were taken out; the ledger begins with"
                                            + " record "
                                            + taken.first()
                                            + " and still verifies.");
            taken.held()
                    .ifPresent(hold ->
                            tools.terminal()
                                    .line(
                                            "The rest stays: "
                                                    + Visible.line(hold.shown())
                                                    + " is in force."));
            return 0;
        }
    }

    /** Lists, places and ends legal holds. */
    static final class Holds implements Command {
        private final Tools tools;

        Holds(Tools tools) {
            this.tools = tools;
        }

        @Override
        public Syntax syntax() {
            return Syntax.of(
                            "audit hold",
                            "Keep records from being taken out or erased: `add`, `list`, or `end"
                                    + " ID`.")
                    .argument("ACTION")
                    .optionalArgument("ID")
                    .option("--person", "EMAIL", "add: what names a person")
                    .option("--project", "P", "add: a project")
                    .option("--task", "T", "add: a task, or a client's session")
                    .flag("--all", "add: everything")
                    .option("--from", "TIME", "add: only what happened from then on")
                    .option("--to", "TIME", "add: only what happened before then")
                    .option("--reason", "TEXT", "add, end: why; it is recorded")
                    .flag("--json", "print JSON")
                    .note(
                            "With a running server, `end` needs a signed-in person who may"
                                    + " `retain`, such as an owner.");
        }

        @Override
        public int run(Given given) {
            Where where = Where.of(given, tools.around());
            String action = given.argument(0);
            Optional<String> id = given.optionalArgument(1);
            if (id.isPresent() != action.equals("end")) {
                throw Failure.usage(
                        action.equals("end") ? "say which hold to end" : "only `end` takes an ID");
            }
            return switch (action) {
                case "list" -> list(where, given.has("--json"));
                case "add" -> add(where, given);
                case "end" -> end(where, given, id.orElse(""));
                default ->
                        throw Failure.usage(
                                "unknown action `"
                                        + Visible.line(action)
                                        + "`"
                                        + Closest.hint(action, List.of("add", "list", "end"))
                                        + "; expected add, list or end");
            };
        }

        private int list(Where where, boolean json) {
            List<Hold> holds = new ArrayList<>();
            if (ExportCommand.served(where)) {
                ServerClient.of(where)
                        .get(HOLDS)
                        .path("holds")
                        .forEach(each -> holds.add(Hold.of(each)));
            } else {
                holds.addAll(opened(tools, where, Retention::holds));
            }
            if (json) {
                ObjectNode listed = Json.object();
                ArrayNode array = listed.putArray("holds");
                holds.forEach(hold -> array.add(hold.json()));
                tools.terminal().line(Json.write(listed));
                return 0;
            }
            Table table = new Table("ID", "HOLDS", "REASON");
            holds.forEach(hold -> table.row(hold.id(), hold.what(), hold.reason()));
            Rows.print(tools.terminal(), table, "Nothing is held.");
            return 0;
        }

        private int add(Where where, Given given) {
            List<Hold.Subject> subjects = new ArrayList<>();
            String name = "";
            ObjectNode body = Json.object();
            for (Hold.Subject subject : Hold.Subject.values()) {
                String option = "--" + subject.wire();
                if (!given.has(option)) {
                    continue;
                }
                subjects.add(subject);
                if (subject == Hold.Subject.ALL) {
                    body.put(subject.wire(), true);
                } else {
                    name = given.value(option).orElse("");
                    body.put(subject.wire(), name);
                }
            }
            if (subjects.size() != 1) {
                throw Failure.usage("say one thing to hold: --person, --project, --task or --all");
            }
            String reason = reason(given);
            body.put("reason", reason);
            @Nullable Instant from =
                    given.value("--from").map(RetentionCommands::time).orElse(null);
            @Nullable Instant to = given.value("--to").map(RetentionCommands::time).orElse(null);
            if (from != null) {
                body.put("from", from.toString());
            }
            if (to != null) {
                body.put("to", to.toString());
            }
            String of = name;
            Hold hold =
                    ExportCommand.served(where)
                            ? Hold.of(ServerClient.of(where).post(HOLDS, body))
                            : opened(
                                    tools,
                                    where,
                                    retention ->
                                            retention.place(
                                                    subjects.getFirst(),
                                                    of,
                                                    from,
                                                    to,
                                                    reason,
                                                    null));
            say(given, hold, " is in force.");
            return 0;
        }

        private int end(Where where, Given given, String id) {
            String reason = reason(given);
            Hold hold =
                    ExportCommand.served(where)
                            ? Hold.of(
                                    ServerClient.of(where)
                                            .post(
                                                    HOLDS + "/" + ServerClient.part(id) + "/end",
                                                    Json.object().put("reason", reason)))
                            : opened(tools, where, retention -> retention.end(id, reason, null))
                                    .orElseThrow(() ->
                                            Failure.failed(
                                                    "no hold `"
                                                            + Visible.line(id)
                                                            + "` is in force"));
            say(given, hold, " has ended.");
            return 0;
        }

        private void say(Given given, Hold hold, String what) {
            tools.terminal()
                    .line(
                            given.has("--json")
                                    ? Json.write(hold.json())
                                    : Visible.line(hold.shown()) + what);
        }

        private static String reason(Given given) {
            return given.value("--reason")
                    .map(String::strip)
                    .filter(text -> !text.isEmpty())
                    .orElseThrow(() -> Failure.usage("say why with `--reason`; it is recorded"));
        }
    }
}
