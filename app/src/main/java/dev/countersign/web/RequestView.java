package dev.countersign.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.approval.Ballot;
import dev.countersign.approval.Ballot.Standing;
import dev.countersign.approval.Edit;
import dev.countersign.approval.Similar;
import dev.countersign.approval.Stop;
import dev.countersign.approval.Vote;
import dev.countersign.decision.CallJson;
import dev.countersign.decision.Editing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request as a page shows it to one person.
 *
 * @param id such as {@code APR-7}
 * @param version changes with every change
 * @param state where it stands, as its name
 * @param words the same in a word or two
 * @param open whether people are still asked
 * @param headline one line for a row
 * @param call what it is about
 * @param asked when
 * @param expires when it becomes a deny
 * @param needed how many people must agree
 * @param given how many did
 * @param approvers who may
 * @param votes who answered what
 * @param obstacle why this person may not answer, or empty
 * @param ending how it ended, or empty
 * @param decision the decision's id
 * @param repeats how often the same was tried again after a no
 * @param stopBarred why this person may not stop that work, or empty
 * @param stopOffered whether it was tried again so often that a stop is offered
 * @param stoppable what a person may stop because of it; empty when it is over for good
 * @param editable the text a person may change, or null
 * @param edit how somebody changed it, or null
 * @param away what time does to it while nobody answers
 * @param glass that an owner answered it alone, or null
 * @param alone why this person may not answer it alone for everybody, empty when they may; null
 *     when nobody needs to
 * @param kind the same for all that are alike
 * @param apart why it is not approved together with others, or empty
 * @param team whether it is about the work of a team of this person
 * @param project the last part of its project's name
 * @param fuse how much of its time is left, of 100
 * @param passed who asked this person by name to answer, in words; or empty
 */
public record RequestView(
        String id,
        int version,
        String state,
        String words,
        boolean open,
        List<Drawing.Piece> headline,
        CallView call,
        Moment asked,
        Moment expires,
        int needed,
        int given,
        List<String> approvers,
        List<Cast> votes,
        String obstacle,
        List<Drawing.Piece> ending,
        String decision,
        int repeats,
        String stopBarred,
        boolean stopOffered,
        List<Stoppable> stoppable,
        @Nullable Editable editable,
        @Nullable Change edit,
        AwayView away,
        @Nullable NoticeView glass,
        @Nullable String alone,
        String kind,
        String apart,
        boolean team,
        String project,
        int fuse,
        String passed) {

    /**
     * A piece of work that can be stopped.
     *
     * @param kind as {@link Stop.Kind} writes it
     * @param label in words
     * @param name of the task, agent or project, drawn
     * @param value what the form sends: kind, a space, and the name
     */
    public record Stoppable(String kind, String label, List<Drawing.Piece> name, String value) {
        static Stoppable of(Stop.Kind kind, String label, String name) {
            String wire = kind.wire();
            return new Stoppable(wire, label, Drawing.of(name), wire + " " + name);
        }
    }

    /**
     * The one text of a call that can be changed on a page.
     *
     * @param name of the field
     * @param text as it is
     * @param rows how high a box for it is
     */
    public record Editable(String name, String text, int rows) {
        static @Nullable Editable of(ObjectNode call) {
            JsonNode input = call.path("input");
            String name = Editing.field(input).orElse("");
            String text = input.path(name).asText("");
            // What is masked is not there to be changed.
            return name.isEmpty() || text.contains("[masked ")
                    ? null
                    : new Editable(name, text, Math.clamp(text.lines().count() + 1, 2, 12));
        }
    }

    /**
     * How somebody changed the call.
     *
     * @param person who
     * @param before what was asked, drawn
     */
    public record Change(String person, List<Drawing.Piece> before) {
        static @Nullable Change of(@Nullable Edit edit) {
            if (edit == null) {
                return null;
            }
            String text =
                    Editing.field(edit.asked())
                            .map(name -> edit.asked().path(name).asText())
                            .orElse(edit.asked().toString());
            return new Change(edit.person(), Drawing.of(text));
        }
    }

    /**
     * A vote.
     *
     * @param self whether the agent runs in the session of who cast it
     */
    public record Cast(
            String person, boolean approve, boolean self, List<Drawing.Piece> guidance, Moment at) {
        static Cast of(Vote vote, @Nullable String driver, Instant now) {
            return new Cast(
                    vote.person(),
                    vote.approve(),
                    vote.person().equals(driver),
                    Drawing.of(vote.guidance()),
                    Moment.since(vote.at(), now));
        }
    }

    /**
     * Draws a request.
     *
     * @param obstacle why this person may not answer, or empty
     * @param alone why this person may not answer alone for everybody, or empty
     * @param stopBarred why this person may not stop that work, or empty
     * @param stopOffered whether it was tried again so often that a stop is offered
     * @param team whether it is about the work of a team of this person
     * @param passed who asked this person by name to answer, in words; or empty
     */
    static RequestView of(
            ApprovalRequest request,
            Standing standing,
            String obstacle,
            String alone,
            String stopBarred,
            boolean stopOffered,
            boolean team,
            String passed,
            Instant now) {
        CallView call = CallView.of(request.call(), request.explanation());
        int yes = (int) request.votes().stream().filter(Vote::approve).count();
        boolean open = request.state() == State.PENDING && !request.over(now);
        State state = request.state() == State.PENDING && !open ? State.EXPIRED : request.state();
        return new RequestView(
                request.id(),
                request.version(),
                state.wire(),
                words(state),
                open,
                Drawing.of(
                        CallJson.headline(
                                        request.call().path("tool").asText(""),
                                        request.call().path("input"))
                                .replaceAll("\\s+", " ")),
                call,
                Moment.since(request.asked(), now),
                Moment.until(request.expires(), now),
                standing instanceof Standing.Open(int needed, int _) ? needed : Math.max(1, yes),
                standing instanceof Standing.Open(int _, int given) ? given : yes,
                Ballot.approvers(request.requirements()),
                request.votes().stream().map(vote -> Cast.of(vote, request.driver(), now)).toList(),
                obstacle,
                Drawing.words(request.ending() == null ? "" : request.ending()),
                request.decision(),
                request.repeats(),
                stopBarred,
                stopOffered,
                stoppable(request),
                Editable.of(request.call()),
                Change.of(request.edit()),
                AwayView.of(request, now),
                NoticeView.of(request, now),
                // Any owner may answer as it is where nobody is named.
                open && !request.requirements().isEmpty() ? alone : null,
                Similar.key(request),
                Similar.alone(request).map(Site::sentence).orElse(""),
                team,
                project(request.call()),
                fuse(request, now),
                passed);
    }

    private static String project(JsonNode call) {
        String named = call.path("project").asText("");
        String name =
                (call.path("project").isTextual() && !named.isEmpty()
                                ? named
                                : call.path("workspace").asText(""))
                        .replaceAll("[/\\\\]+$", "");
        return name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
    }

    private static int fuse(ApprovalRequest request, Instant now) {
        long whole = Duration.between(request.asked(), request.expires()).toMillis();
        long left = Duration.between(now, request.expires()).toMillis();
        return whole <= 0 ? 0 : Math.clamp(100 * left / whole, 0, 100);
    }

    private static List<Stoppable> stoppable(ApprovalRequest request) {
        JsonNode call = request.call();
        String task = call.path("task").asText(call.path("session").asText(""));
        List<Stoppable> found = new ArrayList<>();
        if (!task.isEmpty()) {
            found.add(Stoppable.of(Stop.Kind.TASK, Texts.say("request.this-task"), task));
        }
        found.add(
                Stoppable.of(Stop.Kind.AGENT, Texts.say("request.the-agent"), request.requester()));
        String workspace = call.path("workspace").asText("");
        if (!workspace.isEmpty()) {
            found.add(Stoppable.of(Stop.Kind.PROJECT, Texts.say("request.the-project"), workspace));
        }
        return found;
    }

    /** What became of it, to somebody who just answered. */
    static String wording(ApprovalRequest request) {
        return switch (request.state()) {
            case PENDING -> Texts.say("request.your-answer-counts-more");
            case APPROVED, USED -> Texts.say("request.approved-the-agent-goes");
            case DENIED, EXPIRED, WITHDRAWN, SUPERSEDED ->
                    request.ending() == null ? request.state().wire() : request.ending();
        };
    }

    private static String words(State state) {
        return switch (state) {
            case PENDING -> Texts.say("request.waiting");
            case APPROVED -> Texts.say("request.approved-not-used-yet");
            case USED -> Texts.say("request.approved-ran");
            case DENIED -> Texts.say("request.denied");
            case EXPIRED -> Texts.say("request.expired");
            case WITHDRAWN -> Texts.say("request.withdrawn");
            case SUPERSEDED -> Texts.say("request.void");
        };
    }

    /** Whether the state wants its reason beside it: nobody's vote says it. */
    public boolean reasoned() {
        return !ending.isEmpty()
                && switch (state) {
                    case "withdrawn", "superseded", "expired" -> true;
                    default -> false;
                };
    }

    /** Whether this person may answer now. */
    public boolean mine() {
        return open && obstacle.isEmpty();
    }
}
