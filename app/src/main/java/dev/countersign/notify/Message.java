package dev.countersign.notify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.Ballot;
import dev.countersign.approval.Ballot.Standing;
import dev.countersign.approval.Vote;
import dev.countersign.call.RiskTier;
import dev.countersign.decision.CallJson;
import dev.countersign.policy.Redaction;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * What is said of a question, before a channel writes it in its own form. Nothing of it is escaped:
 * a good part was written by an agent.
 *
 * @param delivery what it is said for
 * @param request the question as it stands now
 * @param standing how the votes stand now
 * @param url where a person reads and answers it
 */
public record Message(Delivery delivery, ApprovalRequest request, Standing standing, URI url) {
    /** Longer commands are read in full before anybody answers. */
    public static final int LONGEST = 1_500;

    /** Longer names of places and tools are, too. */
    public static final int LONGEST_NAME = 300;

    /** Whether people are still asked. */
    public boolean open() {
        return request.state() == ApprovalRequest.State.PENDING;
    }

    public String risk() {
        return request.explanation().path("risk").asText("critical");
    }

    /** Whether a yes takes a sign-in of the last minutes, and so the page. */
    public boolean critical() {
        return !RiskTier.of(risk()).filter(risk -> risk != RiskTier.CRITICAL).isPresent();
    }

    public String agent() {
        return request.requester();
    }

    /** Whom the agent works for, or empty. */
    public String driver() {
        return request.driverOrNone();
    }

    /** The last part of the project's name, or empty. */
    public String project() {
        JsonNode call = request.call();
        String named = call.path("project").asText("");
        String path =
                (call.path("project").isTextual() && !named.isEmpty()
                                ? named
                                : call.path("workspace").asText(""))
                        .replaceAll("[/\\\\]+$", "");
        return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
    }

    /**
     * The exact thing the agent wants to do, with whatever goes with it, without what a rule leaves
     * out of what is kept: a message is kept by others.
     */
    public String command() {
        JsonNode input = input();
        if (!input.path("command").isTextual()) {
            return tool() + " " + input.toPrettyString();
        }
        StringBuilder all = new StringBuilder(input.path("command").asText());
        input.properties().stream()
                .filter(field -> !field.getKey().equals("command"))
                .forEach(field ->
                        all.append("\n")
                                .append(TextNode.valueOf(field.getKey()))
                                .append(": ")
                                .append(field.getValue()));
        return all.toString();
    }

    /** What the agent wants to use. */
    public String tool() {
        return request.call().path("tool").asText();
    }

    /** Where it would be done. */
    public String place() {
        return request.call().path("cwd").asText();
    }

    private JsonNode input() {
        return Redaction.of(request.call(), request.explanation()).path("input");
    }

    /** Whether a message shows all of it, and as it is: only then it may be approved there. */
    public boolean whole() {
        String command = command();
        return input().equals(request.call().path("input"))
                && command.lines().count() <= 40
                && Plain.lines(command, LONGEST).equals(command)
                && Plain.line(tool(), LONGEST_NAME).equals(tool())
                && Plain.line(place(), LONGEST_NAME).equals(place());
    }

    /** One line that says what it is about. */
    public String headline() {
        return CallJson.headline(tool(), input()).replaceAll("\\s+", " ");
    }

    /** What it is about and how it stands, in a line for where several are told of at once. */
    public String brief() {
        return risk()
                + " risk, "
                + Plain.line(agent(), 60)
                + ": "
                + Plain.line(headline(), 160)
                + " ("
                + Plain.words(outcome(), 200)
                + ")";
    }

    /** Of how many questions something is told, and how many still wait for an answer. */
    public static String summary(List<Message> messages) {
        long open = messages.stream().filter(Message::open).count();
        return messages.size()
                + (messages.size() == 1 ? " question of an agent, " : " questions of agents, ")
                + (open == 0 ? "none waits" : open + (open == 1 ? " waits" : " wait"));
    }

    /** Why people are asked. */
    public String reason() {
        return request.explanation().path("reason").asText("");
    }

    public List<String> approvers() {
        return Ballot.approvers(request.requirements());
    }

    /** How many have agreed, of how many. */
    public String count() {
        long yes = request.votes().stream().filter(Vote::approve).count();
        return standing instanceof Standing.Open(int needed, int given)
                ? given + " of " + needed
                : yes + " of " + Math.max(1, yes);
    }

    /** The answer it tells of, where it tells of one. */
    public Optional<Vote> vote() {
        int count = delivery.notice().votes();
        return delivery.notice().kind() == Notice.Kind.VOTED
                        && count > 0
                        && count <= request.votes().size()
                ? Optional.of(request.votes().get(count - 1))
                : Optional.empty();
    }

    /** How it stands, in a few words. */
    public String outcome() {
        return switch (request.state()) {
            case PENDING -> "waiting, " + count() + " agreed";
            case APPROVED, USED -> "approved by " + people(true);
            case DENIED, EXPIRED, WITHDRAWN, SUPERSEDED ->
                    request.ending() == null
                            ? request.state().wire()
                            : request.state().wire() + ": " + request.ending();
        };
    }

    private String people(boolean approve) {
        List<String> who =
                request.votes().stream()
                        .filter(vote -> vote.approve() == approve)
                        .map(Vote::person)
                        .distinct()
                        .toList();
        return who.isEmpty() ? "nobody any more" : String.join(" and ", who);
    }

    /** Who changed what the agent asked for, or empty. */
    public String changedBy() {
        return request.edit() == null ? "" : request.edit().person();
    }

    /** What a person compares with what a terminal shows. */
    public String digest() {
        String digest = request.edit() == null ? request.digest() : request.edit().digest();
        String hex = digest.substring(digest.indexOf(':') + 1);
        return hex.substring(0, Math.min(8, hex.length()));
    }
}
