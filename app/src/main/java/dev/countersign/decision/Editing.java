package dev.countersign.decision;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.Approvals.Cast;
import dev.countersign.approval.Approvals.VoteResult;
import dev.countersign.approval.Ballot;
import dev.countersign.approval.Edit;
import dev.countersign.approval.Electorate;
import dev.countersign.approval.Voter;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.call.RiskTier;
import dev.countersign.call.ToolCall;
import dev.countersign.policy.Decision;
import dev.countersign.policy.DecisionJson;
import dev.countersign.policy.Requirement;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Approvals with a change: the call is analysed and decided anew as it would run, and whoever had
 * agreed to the call as it was has not agreed to this one.
 */
public final class Editing {
    private static final ObjectWriter SPELLED_OUT =
            new ObjectMapper().writer().with(JsonWriteFeature.ESCAPE_NON_ASCII);

    private final Approvals approvals;
    private final Electorate voters;
    private final Judge judge;
    private final Predicate<ObjectNode> secret;
    private final Clock clock;

    /** Says what policy says now of a call that people are asked about. */
    interface Judge {
        Verdict judge(ToolCall call, ApprovalRequest request) throws PolicySource.Unreadable;
    }

    /** What a change would come to. */
    public sealed interface Preview {
        /**
         * It can be approved.
         *
         * @param request as it would stand, with the new input and its analysis, and no vote
         */
        record Possible(ApprovalRequest request) implements Preview {}

        /**
         * It cannot.
         *
         * @param why in words for who changed it
         */
        record Refused(String why) implements Preview {}
    }

    /**
     * Made by the decision point.
     *
     * @param secret whether an input holds a secret, which is never kept and so cannot be given
     *     back to the client
     */
    Editing(
            Approvals approvals,
            Electorate voters,
            Judge judge,
            Predicate<ObjectNode> secret,
            Clock clock) {
        this.approvals = approvals;
        this.voters = voters;
        this.judge = judge;
        this.secret = secret;
        this.clock = clock;
    }

    /** The text field of an input that a page lets people change, if there is just one. */
    public static Optional<String> field(JsonNode input) {
        if (input.path("command").isTextual()) {
            return Optional.of("command");
        }
        return input.size() == 1 && input.iterator().next().isTextual()
                ? Optional.of(input.fieldNames().next())
                : Optional.empty();
    }

    /** Approves a request with another input; counts when nobody changed the request meanwhile. */
    public VoteResult vote(String id, Voter voter, Cast cast, ObjectNode input)
            throws NotRecorded, PolicySource.Unreadable {
        Optional<ApprovalRequest> found = approvals.find(id);
        if (found.isEmpty()) {
            return new VoteResult.Unknown();
        }
        ApprovalRequest request = found.get();
        if (request.call().path("input").equals(input)) {
            return approvals.vote(id, voter, cast);
        }
        if (request.state() != ApprovalRequest.State.PENDING) {
            return new VoteResult.TooLate(request);
        }
        Optional<String> obstacle =
                Ballot.obstacle(
                        request.requirements(),
                        request.driverOrNone(),
                        voter.at(approvals.place(request)));
        if (obstacle.isPresent()) {
            return new VoteResult.NotYours(obstacle.get());
        }
        if (cast.version().isPresent() && request.saidSince(cast.version().getAsInt())) {
            return new VoteResult.Changed(request);
        }
        return switch (preview(request, voter.email(), input)) {
            case Preview.Possible(ApprovalRequest changed) ->
                    approvals.voteEdited(changed, voter, cast);
            case Preview.Refused(String why) -> new VoteResult.NotYours(why);
        };
    }

    /** What would come of it. */
    public Preview preview(ApprovalRequest request, String person, ObjectNode input)
            throws PolicySource.Unreadable {
        if (secret.test(input) || input.toString().contains("[masked ")) {
            return new Preview.Refused(
                    "it holds a secret, and secrets are not kept; deny it and tell the agent what"
                            + " to do instead");
        }
        ToolCall call = CallJson.read(request.call()).withInput(input);
        Verdict verdict = judge.judge(call, request);
        Decision decision = verdict.decision();
        if (decision instanceof Decision.Deny || decision instanceof Decision.Defer) {
            return new Preview.Refused(
                    "policy does not let people approve that: " + decision.reason());
        }
        RiskTier before =
                RiskTier.of(request.explanation().path("risk").asText()).orElse(RiskTier.NONE);
        RiskTier after = decision.explanation().risk();
        if (after.compareTo(before) > 0) {
            return new Preview.Refused(
                    "it is riskier than what was asked: "
                            + after.wire()
                            + " instead of "
                            + before.wire()
                            + " ("
                            + decision.reason()
                            + ")");
        }
        List<Requirement> all = requirements(request, decision);
        String driver = request.driverOrNone();
        if (!Ballot.answerable(all, driver, voters.among(all, driver, approvals.place(request)))) {
            return new Preview.Refused(
                    "nobody can approve that: it needs "
                            + String.join(", ", Ballot.approvers(all)));
        }
        ObjectNode asked =
                request.edit() == null
                        ? request.call().withObject("/input").deepCopy()
                        : request.edit().asked();
        Edit edit =
                new Edit(person, asked, CallDigest.of(call, verdict.analysis()), clock.instant());
        return new Preview.Possible(
                request.edited(
                        edit,
                        CallJson.of(call),
                        DecisionJson.of(request.decision(), decision),
                        all,
                        decision instanceof Decision.Ask ask
                                ? Intents.asked(verdict.analysis(), ask, call.context())
                                : Set.of()));
    }

    /** Those of the call that was asked about, and those of what it became. */
    private static List<Requirement> requirements(ApprovalRequest request, Decision decision) {
        if (!(decision instanceof Decision.Ask ask) || ask.requirements().isEmpty()) {
            return request.requirements();
        }
        Set<Requirement> all = new LinkedHashSet<>(Ballot.effective(request.requirements()));
        all.addAll(ask.requirements());
        return new ArrayList<>(all);
    }

    /** The input that a person approved instead of what was asked, or null. */
    static @Nullable ObjectNode instead(ApprovalRequest request) {
        return request.edit() == null ? null : request.call().withObject("/input");
    }

    /** What an agent is told that must send the changed call itself. */
    static String told(ApprovalRequest request) {
        ObjectNode input = request.call().withObject("/input");
        Optional<String> text =
                field(input)
                        .filter(name -> name.equals("command") || input.size() == 1)
                        .map(name -> input.path(name).asText())
                        .filter(Editing::seen);
        return (request.edit() == null ? "somebody" : request.edit().person())
                + " approved this with a change as "
                + request.id()
                + ". Call it again with exactly this"
                + (text.isPresent() ? ": `" + text.get() + "`" : " input: " + spelledOut(input));
    }

    /** Whether all of a text survives being told: a refusal shows no character that hides. */
    private static boolean seen(String text) {
        return text.codePoints()
                .allMatch(c ->
                        switch (Character.getType(c)) {
                            case Character.CONTROL -> c == '\n';
                            case Character.FORMAT, Character.SURROGATE -> false;
                            default -> true;
                        });
    }

    private static String spelledOut(ObjectNode input) {
        try {
            return SPELLED_OUT.writeValueAsString(input);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
