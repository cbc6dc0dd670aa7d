package dev.countersign.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.Approvals.VoteResult;
import dev.countersign.approval.Similar;
import dev.countersign.approval.Terms;
import dev.countersign.approval.Vote;
import dev.countersign.audit.Alarm;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.people.Principal;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** {@code /v1/approvals}. */
final class ApprovalRoutes {
    private static final int MOST_LISTED = 500;
    private static final int LONGEST_GUIDANCE = 2_000;
    private static final int LONGEST_ID = 64;

    private final Approvals approvals;
    private final Voting voting;
    private final BatchVotes batches;
    private final Views views;
    private final Counters counters;

    ApprovalRoutes(Approvals approvals, Voting voting, Views views, Counters counters) {
        this.approvals = approvals;
        this.voting = voting;
        batches = new BatchVotes(approvals, voting);
        this.views = views;
        this.counters = counters;
    }

    /**
     * @param lane {@code pending} (all that is open), {@code mine} (what the caller may answer),
     *     {@code others} (open, but not for the caller), {@code done}
     * @param from only those that expire then or later: what {@code next} of a listing says, or
     *     empty for the first
     */
    ObjectNode list(Optional<String> lane, Optional<String> from, Principal principal) {
        Predicate<ApprovalRequest> visible = r -> visible(r, principal);
        Instant begin = from.map(ApprovalRoutes::time).orElse(Instant.EPOCH);
        List<ApprovalRequest> chosen =
                switch (lane.orElse("pending")) {
                    case "pending" -> pending(begin, visible);
                    case "mine" -> pending(begin, visible.and(r -> mine(r, principal)));
                    case "others" -> pending(begin, visible.and(r -> !mine(r, principal)));
                    case "done" -> approvals.ended(MOST_LISTED).stream().filter(visible).toList();
                    default ->
                            throw Problem.badRequest(
                                    "`lane` is `"
                                            + Fields.shown(lane.orElse(""))
                                            + "`; expected pending, mine, others or done");
                };
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("approvals");
        chosen.forEach(r -> list.add(personal(r, principal)));
        json.put(
                "pending",
                Places.within(principal)
                        ? pending(Instant.EPOCH, visible).size()
                        : approvals.countPending());
        if (chosen.size() >= MOST_LISTED && !"done".equals(lane.orElse(""))) {
            json.put("next", millisecond(chosen.getLast()).plusMillis(1).toString());
        }
        List<ApprovalRequest> broken = voting.broken(principal).stream().filter(visible).toList();
        if (!broken.isEmpty()) {
            ArrayNode alone = json.putArray("break_glass");
            broken.forEach(r -> alone.add(views.of(r)));
        }
        List<Alarm> alarms = Places.within(principal) ? List.of() : voting.alarms(principal);
        if (!alarms.isEmpty()) {
            ArrayNode all = json.putArray("alarms");
            alarms.forEach(alarm -> all.add(json(alarm)));
        }
        return json;
    }

    /** Says, too, whether this person may answer it alone for everybody. */
    private ObjectNode personal(ApprovalRequest request, Principal principal) {
        ObjectNode json = views.of(request);
        if (principal instanceof Principal.Person person
                && request.state() == ApprovalRequest.State.PENDING
                && voting.breakGlassObstacle(person, request).isEmpty()) {
            json.put("may_break_glass", true);
        }
        return json;
    }

    private static ObjectNode json(Alarm alarm) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", alarm.id())
                .put("text", alarm.text())
                .put("times", alarm.times())
                .put("last", alarm.last().toString());
    }

    /** Body: {@code to}, the e-mail of somebody who can answer. */
    ObjectNode pass(String id, ObjectNode body, Principal principal) throws NotRecorded {
        String to = new Fields(body, "to").required("to", 320);
        if (!(principal instanceof Principal.Person person)) {
            throw Problem.forbidden("only people pass a question on");
        }
        VoteResult result = voting.pass(person, id, to);
        return result instanceof VoteResult.Counted ? get(id, person) : voted(id, result);
    }

    /** A person knows of an alarm, or an owner that another answered alone. */
    ObjectNode acknowledge(String id, Principal principal) throws NotRecorded {
        if (!(principal instanceof Principal.Person person)) {
            throw Problem.forbidden("only people know of something");
        }
        if (!voting.acknowledge(person, id)) {
            throw Problem.notFound(
                    "nothing under `" + Fields.shown(id) + "` waits for you to know of it");
        }
        return id.startsWith(Alarm.PREFIX)
                ? JsonNodeFactory.instance.objectNode().put("id", id)
                : get(id, principal);
    }

    private static Instant time(String from) {
        try {
            return Instant.parse(from);
        } catch (DateTimeParseException e) {
            throw Problem.badRequest(
                    "`from` is `"
                            + Fields.shown(from)
                            + "`; expected a time such as 2026-11-22T05:56:15Z");
        }
    }

    private static Instant millisecond(ApprovalRequest request) {
        return request.expires().truncatedTo(ChronoUnit.MILLIS);
    }

    /**
     * The first to expire first, as many as a listing holds; those that expire in the millisecond
     * of the last one are there too, so that the next listing begins behind them.
     */
    private List<ApprovalRequest> pending(Instant from, Predicate<ApprovalRequest> wanted) {
        List<ApprovalRequest> found = new ArrayList<>();
        approvals.eachPending(
                from,
                request -> {
                    boolean full = found.size() >= MOST_LISTED;
                    if (full && !millisecond(request).equals(millisecond(found.getLast()))) {
                        return false;
                    }
                    if (wanted.test(request)) {
                        found.add(request);
                    }
                    return true;
                });
        return found;
    }

    private boolean mine(ApprovalRequest request, Principal principal) {
        return principal instanceof Principal.Person person
                && voting.obstacle(person, request).isEmpty();
    }

    ObjectNode get(String id, Principal principal) {
        return approvals
                .find(id)
                .filter(r -> visible(r, principal))
                .map(views::of)
                .orElseThrow(() -> Problem.notFound("no approval `" + Fields.shown(id) + "`"));
    }

    private boolean visible(ApprovalRequest request, Principal principal) {
        return visible(request, principal, approvals);
    }

    /** An agent sees its own questions only, and a token for a project those in it. */
    static boolean visible(ApprovalRequest request, Principal principal, Approvals approvals) {
        return principal instanceof Principal.Agent agent
                ? agent.asked(request.requester(), request.driver())
                : !Places.within(principal) || Places.reach(principal, approvals.place(request));
    }

    ObjectNode vote(String id, ObjectNode body, Principal principal) throws NotRecorded {
        Fields fields =
                new Fields(
                        body,
                        "answer",
                        "scope",
                        "pattern",
                        "expires",
                        "uses",
                        "guidance",
                        "may_ask_again",
                        "version",
                        "edited_input",
                        "break_glass",
                        "reason");
        boolean approve = "approve".equals(fields.choice("answer", "approve", "deny"));
        Terms terms = WantedTerms.of(fields);
        if (!approve && !terms.equals(Terms.ONCE)) {
            throw Problem.badRequest("`scope` goes with the answer `approve`");
        }
        String guidance = fields.text("guidance", LONGEST_GUIDANCE).orElse("").strip();
        if (!(principal instanceof Principal.Person person)) {
            throw Problem.forbidden("only people vote");
        }
        Approvals.Cast plain =
                approve ? Approvals.Cast.yes(guidance).on(terms) : Approvals.Cast.no(guidance);
        Approvals.Cast cast = fields.yes("may_ask_again").map(plain::mayAskAgain).orElse(plain);
        Approvals.Cast seen = version(fields, cast);
        Optional<Approvals.Cast> alone = alone(fields, body, approve, terms);
        if (alone.isPresent()) {
            return voted(id, voting.vote(person, id, version(fields, alone.get())));
        }
        if (!approve && body.has("edited_input")) {
            throw Problem.badRequest("`edited_input` goes with `approve` only");
        }
        return voted(
                id,
                body.has("edited_input")
                        ? voting.vote(person, id, seen, fields.object("edited_input"))
                        : voting.vote(person, id, seen));
    }

    private static Approvals.Cast version(Fields fields, Approvals.Cast cast) {
        return fields.count("version", Integer.MAX_VALUE)
                .map(version -> cast.seen(version.intValue()))
                .orElse(cast);
    }

    /** An owner's answer for everybody who is asked, if it is one. */
    private static Optional<Approvals.Cast> alone(
            Fields fields, ObjectNode body, boolean approve, Terms terms) {
        Optional<String> reason = fields.text("reason", LONGEST_GUIDANCE).map(String::strip);
        if (!fields.yes("break_glass").orElse(false)) {
            if (reason.isPresent()) {
                throw Problem.badRequest("`reason` goes with `break_glass: true`");
            }
            return Optional.empty();
        }
        if (!approve) {
            throw Problem.badRequest("`break_glass` goes with the answer `approve`");
        }
        if (body.has("edited_input")) {
            throw Problem.badRequest(
                    "`break_glass` is for the call as it is, not for another input");
        }
        if (!terms.equals(Terms.ONCE)) {
            throw Problem.badRequest("`break_glass` is for one call: the scope is `once`");
        }
        if (reason.isEmpty() || reason.get().isEmpty()) {
            throw Problem.badRequest("`break_glass` needs a `reason`; every owner is told it");
        }
        return Optional.of(Approvals.Cast.breakGlass(reason.get()));
    }

    private ObjectNode voted(String id, VoteResult result) {
        return switch (result) {
            case VoteResult.Counted(ApprovalRequest request) -> {
                counters.voted();
                yield views.of(request);
            }
            case VoteResult.NotYours(String why) -> throw Problem.forbidden(why);
            case VoteResult.NotOffered(String why) -> throw Problem.badRequest(why);
            case VoteResult.Changed(ApprovalRequest request) ->
                    throw new Problem(
                            Problem.Kind.TOO_LATE,
                            "somebody answered "
                                    + request.id()
                                    + " in between; look again, then answer");
            case VoteResult.TooLate(ApprovalRequest request) ->
                    throw new Problem(Problem.Kind.TOO_LATE, tooLate(request));
            case VoteResult.Unknown _ ->
                    throw Problem.notFound("no approval `" + Fields.shown(id) + "`");
        };
    }

    /** One answer to several requests, with a result for each in their order. */
    ObjectNode votes(ObjectNode body, Principal principal) {
        Fields fields = new Fields(body, "answer", "guidance", "may_ask_again", "requests");
        boolean approve = "approve".equals(fields.choice("answer", "approve", "deny"));
        String guidance = fields.text("guidance", LONGEST_GUIDANCE).orElse("").strip();
        if (!(principal instanceof Principal.Person person)) {
            throw Problem.forbidden("only people vote");
        }
        Approvals.Cast plain = approve ? Approvals.Cast.yes(guidance) : Approvals.Cast.no(guidance);
        Approvals.Cast cast = fields.yes("may_ask_again").map(plain::mayAskAgain).orElse(plain);
        List<BatchVotes.Result> results = batches.vote(person, read(fields), cast);
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("counted", (int) results.stream().filter(BatchVotes.Result::counted).count());
        ArrayNode list = json.putArray("results");
        for (BatchVotes.Result result : results) {
            ObjectNode one = list.addObject().put("id", result.id());
            one.put("result", result.outcome().wire());
            if (result.counted()) {
                counters.voted();
            } else {
                one.put("why", result.why());
            }
            if (result.request() != null && visible(result.request(), principal)) {
                one.set("approval", views.of(result.request()));
            }
        }
        return json;
    }

    private static List<BatchVotes.Read> read(Fields fields) {
        List<BatchVotes.Read> read = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (ObjectNode one : fields.objects("requests", Similar.MOST)) {
            Fields request = new Fields(one, "id", "version");
            String id = request.required("id", LONGEST_ID);
            if (!ids.add(id)) {
                throw Problem.badRequest("`" + Fields.shown(id) + "` is named twice");
            }
            long version =
                    request.count("version", Integer.MAX_VALUE)
                            .orElseThrow(() ->
                                    Problem.badRequest(
                                            "`version` of `"
                                                    + Fields.shown(id)
                                                    + "` is missing: say which one was read"));
            read.add(new BatchVotes.Read(id, (int) version));
        }
        if (read.isEmpty()) {
            throw Problem.badRequest("`requests` is empty");
        }
        return read;
    }

    /** What became of a request before somebody answered it. */
    static String tooLate(ApprovalRequest request) {
        String approvers =
                request.votes().stream()
                        .filter(Vote::approve)
                        .map(Vote::person)
                        .distinct()
                        .collect(Collectors.joining(", "));
        String ending = request.ending() == null ? "" : request.ending();
        return switch (request.state()) {
            case USED -> request.id() + " was approved by " + approvers + " and has run";
            case APPROVED -> request.id() + " was approved by " + approvers;
            case DENIED -> request.id() + " was " + (ending.isEmpty() ? "denied" : ending);
            case PENDING, EXPIRED, WITHDRAWN, SUPERSEDED ->
                    request.id()
                            + " is "
                            + request.state().wire()
                            + (ending.isEmpty() ? "" : ": " + ending);
        };
    }
}
