package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditFilters;
import dev.countersign.audit.AuditQuery.Recorded;
import dev.countersign.audit.Pruned;
import dev.countersign.audit.RecordEvents;
import dev.countersign.call.Action;
import dev.countersign.call.Domain;
import dev.countersign.call.RiskTier;
import dev.countersign.ledger.NoteKey;
import dev.countersign.policy.Decider;
import dev.countersign.policy.Effect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The commands on records. They read the data folder itself, so that they work whether a server
 * runs or not, unless {@code --server} names one.
 */
final class Audit {
    private static final int MOST = 1_000;

    private static final List<String> KINDS =
            List.of(
                    "decision",
                    "approval",
                    "vote",
                    "escalation",
                    "deferred",
                    "release",
                    "cancel",
                    "grant",
                    "stop",
                    "resume",
                    "outcome",
                    "push",
                    "push-pass",
                    "session",
                    "sign-in",
                    "token",
                    "people",
                    "policy",
                    "export",
                    "erasure",
                    "archive",
                    "prune",
                    "hold",
                    "heartbeat",
                    "clock",
                    "ledger",
                    "owner",
                    "acknowledged",
                    "alarm",
                    "failure",
                    "refused");

    /** The filters whose values are known words; another word would find nothing, silently. */
    private static final Map<String, List<String>> WORDS =
            Map.of(
                    "effect", words(Effect.values(), Effect::wire),
                    "action", words(Action.values(), Action::wire),
                    "risk", words(RiskTier.values(), RiskTier::wire),
                    "decider", words(Decider.Kind.values(), Decider.Kind::wire),
                    "kind", KINDS,
                    "event", RecordEvents.names(),
                    "domain", words(Domain.values(), Domain::wire));

    private Audit() {}

    private static <T> List<String> words(T[] values, Function<T, String> wire) {
        return Arrays.stream(values).map(wire).toList();
    }

    private static void checkWord(String name, String value) {
        List<String> known = WORDS.getOrDefault(name, List.of(value));
        if (!known.contains(value)) {
            throw Failure.usage(
                    "unknown "
                            + name
                            + " `"
                            + Visible.line(value)
                            + "`"
                            + Closest.hint(value, known)
                            + "; expected one of: "
                            + String.join(", ", known));
        }
    }

    /** An option for each filter. */
    static Syntax withFilters(Syntax syntax) {
        Syntax with = syntax;
        for (String name : AuditFilters.names()) {
            String meaning =
                    switch (name) {
                        case "kind" -> String.join(", ", KINDS);
                        case "event" -> String.join(", ", RecordEvents.names());
                        default -> AuditFilters.meaning(name);
                    };
            with = with.option("--" + name, name.toUpperCase(Locale.ROOT), "only: " + meaning);
        }
        return with;
    }

    /** What was filtered by. */
    static Map<String, String> filters(Given given) {
        Map<String, String> filters = new LinkedHashMap<>();
        for (String name : AuditFilters.names()) {
            given.value("--" + name)
                    .ifPresent(value -> {
                        checkWord(name, value);
                        filters.put(name, value);
                    });
        }
        return filters;
    }

    /** The filters as parameters of an address, each with an ampersand in front. */
    static String query(Map<String, String> filters) {
        StringBuilder query = new StringBuilder();
        filters.forEach((name, value) ->
                query.append('&').append(name).append('=').append(ServerClient.part(value)));
        return query.toString();
    }

    /** Lists records, newest first. */
    static final class Listing implements Command {
        private final Tools tools;

        Listing(Tools tools) {
            this.tools = tools;
        }

        @Override
        public Syntax syntax() {
            Syntax syntax = Syntax.of("audit list", "List what happened, newest first.");
            return withFilters(syntax)
                    .option("--limit", "N", "how many, 1 to 1000 (default: 50)")
                    .option("--before", "INDEX", "only records before this one")
                    .flag("--count", "print how many there are, and none of them")
                    .flag("--json", "print JSON");
        }

        @Override
        public int run(Given given) {
            Map<String, String> filters = filters(given);
            int limit = (int) number(given, "--limit", 50, 1, MOST);
            long before = number(given, "--before", Long.MAX_VALUE, 0, Long.MAX_VALUE);
            Where where = Where.of(given, tools.around());
            if (given.has("--count")) {
                long count =
                        where.namedServer().isPresent()
                                ? remote(where, filters, before, 0, "&count=yes")
                                        .path("count")
                                        .asLong()
                                : counted(where, filters, before);
                tools.terminal()
                        .line(
                                given.has("--json")
                                        ? Json.write(Json.object().put("count", count))
                                        : Long.toString(count));
                return 0;
            }
            ObjectNode page =
                    where.namedServer().isPresent()
                            ? remote(where, filters, before, limit, "")
                            : local(where, filters, before, limit);
            if (given.has("--json")) {
                tools.terminal().line(Json.write(page));
                return 0;
            }
            Rows.print(
                    tools.terminal(),
                    tools.terminal().width() < Terminal.STANDARD_WIDTH ? narrow(page) : wide(page),
                    filters.isEmpty()
                            ? "No records yet. They come with the first call: "
                                    + Program.command("connect claude-code")
                            : "No record fits these filters.");
            if (!page.path("next").isNull() && !page.path("next").isMissingNode()) {
                tools.terminal().line("more: --before " + Json.text(page, "next"));
            }
            if (page.has("elsewhere")) {
                tools.terminal().line(Visible.line(Json.text(page, "elsewhere")));
            }
            return 0;
        }

        private static Table wide(ObjectNode page) {
            Table table = new Table("INDEX", "TIME", "KIND", "EFFECT", "RISK", "AGENT", "WHAT");
            for (JsonNode entry : page.path("records")) {
                JsonNode record = entry.path("record");
                table.row(
                        Json.text(entry, "index"),
                        Rows.second(Json.text(record, "at")),
                        Rows.or(Json.text(record, "kind"), "-"),
                        Rows.or(Json.text(record, "effect"), "-"),
                        Rows.or(Json.text(record, "risk"), "-"),
                        Rows.or(Json.text(record, "agent"), "-"),
                        Rows.or(Json.text(record, "summary"), "-"));
            }
            return table;
        }

        /** What happened gets the room: a decision by its effect, anything else by its kind. */
        private static Table narrow(ObjectNode page) {
            Table table = new Table("INDEX", "TIME (UTC)", "KIND", "RISK", "WHAT");
            for (JsonNode entry : page.path("records")) {
                JsonNode record = entry.path("record");
                String kind = Rows.or(Json.text(record, "kind"), "-");
                String time = Rows.second(Json.text(record, "at"));
                table.row(
                        Json.text(entry, "index"),
                        time.endsWith("Z") ? time.substring(5, time.length() - 1) : time,
                        kind.equals("decision") ? Rows.or(Json.text(record, "effect"), kind) : kind,
                        Rows.or(Json.text(record, "risk"), "-"),
                        Rows.or(Json.text(record, "summary"), "-"));
            }
            return table;
        }

        private long counted(Where where, Map<String, String> filters, long before) {
            try (Product.Records records = tools.product().records(where.place())) {
                return records.query().count(filters, before);
            } catch (IllegalArgumentException e) {
                throw Failure.usage(String.valueOf(e.getMessage()));
            }
        }

        private ObjectNode local(Where where, Map<String, String> filters, long before, int limit) {
            try (Product.Records records = tools.product().records(where.place())) {
                List<Recorded> found = records.query().list(filters, before, limit);
                ObjectNode page = Json.object();
                ArrayNode array = page.putArray("records");
                found.forEach(recorded -> array.add(json(recorded)));
                if (found.size() == limit) {
                    page.put("next", found.getLast().index());
                } else {
                    page.putNull("next");
                    Pruned pruned = records.query().pruned();
                    if (pruned.first() > 0 && before > 0) {
                        page.put("elsewhere", pruned.where(pruned.first()));
                    }
                }
                return page;
            } catch (IllegalArgumentException e) {
                throw Failure.usage(String.valueOf(e.getMessage()));
            }
        }

        private static ObjectNode remote(
                Where where, Map<String, String> filters, long before, int limit, String more) {
            StringBuilder path = new StringBuilder("/v1/audit?limit=").append(limit);
            if (before != Long.MAX_VALUE) {
                path.append("&cursor=").append(before);
            }
            return ServerClient.of(where).get(path + query(filters) + more);
        }
    }

    /** Shows one record, or all of one decision. */
    static final class Show implements Command {
        private final Tools tools;

        Show(Tools tools) {
            this.tools = tools;
        }

        @Override
        public Syntax syntax() {
            return Syntax.of("audit show", "Show one record whole, or all of one decision.")
                    .argument("INDEX-OR-DECISION")
                    .flag("--json", "print JSON, a record a line");
        }

        @Override
        public int run(Given given) {
            String id = given.argument(0);
            boolean index =
                    id.length() < 19 && !id.isEmpty() && id.chars().allMatch(Character::isDigit);
            Where where = Where.of(given, tools.around());
            List<ObjectNode> found =
                    where.namedServer().isPresent()
                            ? remote(where, id, index)
                            : local(where, id, index);
            if (found.isEmpty()) {
                throw Failure.failed(
                        "there is no record or decision `"
                                + Visible.line(id)
                                + "`"
                                + elsewhere(where));
            }
            Terminal terminal = tools.terminal();
            for (ObjectNode entry : found) {
                if (given.has("--json")) {
                    terminal.line(Json.write(entry));
                } else {
                    RecordText.lines(entry, terminal).forEach(terminal::line);
                }
            }
            return 0;
        }

        /** Where it may be. */
        private String elsewhere(Where where) {
            if (where.namedServer().isPresent()) {
                return "";
            }
            try (Product.Records records = tools.product().records(where.place())) {
                Pruned pruned = records.query().pruned();
                return pruned.first() == 0 ? "" : "; " + pruned.where(pruned.first());
            }
        }

        private List<ObjectNode> local(Where where, String id, boolean index) {
            try (Product.Records records = tools.product().records(where.place())) {
                List<Recorded> found =
                        index
                                ? records.query().byIndex(Long.parseLong(id)).stream().toList()
                                : records.query().ofDecision(id);
                return found.stream().map(Audit::json).toList();
            }
        }

        private static List<ObjectNode> remote(Where where, String id, boolean index) {
            String query =
                    index
                            ? "limit=1&cursor=" + (Long.parseLong(id) + 1)
                            : "limit=" + MOST + "&decision=" + ServerClient.part(id);
            List<ObjectNode> found = new ArrayList<>();
            for (JsonNode entry :
                    ServerClient.of(where).get("/v1/audit?" + query).path("records")) {
                if (entry instanceof ObjectNode object
                        && (!index || Json.text(object, "index").equals(id))) {
                    found.addFirst(object);
                }
            }
            return found;
        }
    }

    /** Recomputes every hash of the ledger. */
    static final class Verify implements Command {
        private final Tools tools;

        Verify(Tools tools) {
            this.tools = tools;
        }

        @Override
        public Syntax syntax() {
            return Syntax.of(
                            "audit verify",
                            "Recompute every hash of the ledger, or of an export by itself.")
                    .optionalArgument("EXPORT")
                    .option(
                            "--checkpoint",
                            "FILE",
                            "what the ledger must still contain: a checkpoint kept elsewhere, or"
                                    + " many one after the other")
                    .options(
                            "--witness",
                            "KEY",
                            "the key of a witness that must have co-signed a checkpoint")
                    .options(
                            "--archive",
                            "FILE",
                            "read records that were taken out too; oldest first")
                    .option("--key", "KEY", "the key of the ledger an export must be signed with")
                    .flag("--json", "print JSON");
        }

        @Override
        public int run(Given given) {
            Where where = Where.of(given, tools.around());
            if (where.namedServer().isPresent()) {
                throw Failure.usage(
                        "a ledger is verified where it lies, not by the server that is to be"
                                + " checked; name its folder with `--data`");
            }
            Optional<Path> checkpoint =
                    given.value("--checkpoint").map(file -> Where.path(file, tools.around()));
            Optional<Path> export =
                    given.optionalArgument(0).map(file -> Where.path(file, tools.around()));
            List<NoteKey> witnesses =
                    given.values("--witness").stream()
                            .map(text -> Keys.witness(text, tools.around()))
                            .toList();
            if (export.isEmpty() && given.value("--key").isPresent()) {
                throw Failure.usage("`--key` is for an export; a data folder has its own key");
            }
            List<Path> archives =
                    given.values("--archive").stream()
                            .map(file -> Where.path(file, tools.around()))
                            .toList();
            if (export.isPresent() && !archives.isEmpty()) {
                throw Failure.usage("`--archive` is for a data folder; name one with `--data`");
            }
            Product.Verdict verdict;
            if (export.isPresent()) {
                verdict =
                        tools.product()
                                .verifyExport(
                                        export.get(), given.value("--key"), checkpoint, witnesses);
            } else {
                try (Product.Records records = tools.product().records(where.place())) {
                    verdict = records.verify(checkpoint, witnesses, archives);
                }
            }
            if (given.has("--json")) {
                ObjectNode json =
                        Json.object()
                                .put("intact", verdict.intact())
                                .put("complete", verdict.complete())
                                .put("records", verdict.records())
                                .put("head", verdict.head())
                                .put("integrity", verdict.integrity())
                                .put("completeness", verdict.completeness());
                verdict.key().ifPresent(key -> json.put("key", key));
                tools.terminal().line(Json.write(json));
            } else {
                Terminal terminal = tools.terminal();
                line(terminal, verdict.intact(), "INTACT", "BROKEN", verdict.integrity());
                line(terminal, verdict.complete(), "COMPLETE", "CUT", verdict.completeness());
                terminal.line(
                        "records   "
                                + verdict.records()
                                + (verdict.intact() ? "" : " good, from the first on"));
                if (!verdict.head().isEmpty()) {
                    terminal.line("head      " + Visible.line(verdict.head()));
                }
                verdict.key()
                        .ifPresent(key ->
                                terminal.line(
                                        "key       "
                                                + Visible.line(key)
                                                + (given.value("--key").isPresent()
                                                        ? ""
                                                        : ", as the export says: compare it with"
                                                                + " the one you keep")));
            }
            return verdict.intact() && verdict.complete() ? 0 : 1;
        }

        private static void line(
                Terminal terminal, boolean good, String yes, String no, String text) {
            Terminal.Ink ink = good ? Terminal.Ink.ALLOW : Terminal.Ink.DENY;
            String word = good ? yes : no;
            terminal.line(
                    terminal.paint(ink, word)
                            + " ".repeat("COMPLETE".length() - word.length() + 2)
                            + Visible.line(text));
        }
    }

    private static ObjectNode json(Recorded recorded) {
        ObjectNode json = Json.object().put("index", recorded.index()).put("hash", recorded.hash());
        json.set("record", recorded.body());
        return json;
    }

    private static long number(Given given, String option, long standard, long least, long most) {
        Optional<String> written = given.value(option);
        if (written.isEmpty()) {
            return standard;
        }
        try {
            long number = Long.parseLong(written.get());
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw Failure.usage(
                "`"
                        + option
                        + "` is `"
                        + Visible.line(written.get())
                        + "`; expected a number from "
                        + least
                        + (most == Long.MAX_VALUE ? "" : " to " + most));
    }
}
