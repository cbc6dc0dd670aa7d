package dev.countersign.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.Approvals.Cast;
import dev.countersign.approval.Approvals.VoteResult;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.notify.AccountLinks;
import dev.countersign.notify.Accounts;
import dev.countersign.notify.Notifications;
import dev.countersign.notify.Undelivered;
import dev.countersign.notify.slack.Asked;
import dev.countersign.notify.slack.Slack;
import dev.countersign.notify.slack.SlackSignature.Verdict;
import dev.countersign.people.Identity;
import dev.countersign.people.PeopleStore;
import dev.countersign.people.Principal;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What people press in Slack. A request is Slack's by its signature; who pressed is a person of
 * ours by the account they linked; and the answer goes through the same door as one of a page.
 */
final class SlackRoutes {
    private static final System.Logger LOG = System.getLogger(SlackRoutes.class.getName());
    private static final HeaderName TIMESTAMP = HeaderNames.create("X-Slack-Request-Timestamp");
    private static final HeaderName SIGNATURE = HeaderNames.create("X-Slack-Signature");
    private static final String PAYLOAD = "payload=";
    private static final int LONGEST_GUIDANCE = 2_000;

    private final ObjectMapper json = new ObjectMapper();
    private final Notifications notifications;
    private final Accounts accounts;
    private final AccountLinks links;
    private final Approvals approvals;
    private final Voting voting;
    private final Identity identity;
    private final PeopleStore people;
    private final Supplier<String> address;

    SlackRoutes(
            Notifications notifications,
            Accounts accounts,
            AccountLinks links,
            Approvals approvals,
            Voting voting,
            Identity identity,
            PeopleStore people,
            Supplier<String> address) {
        this.notifications = notifications;
        this.accounts = accounts;
        this.links = links;
        this.approvals = approvals;
        this.voting = voting;
        this.identity = identity;
        this.people = people;
        this.address = address;
    }

    /** Who pressed something. */
    private record Presser(String channel, Slack slack, String team, String user, String name) {
        /** As an account of a workspace: a name alone is anybody's. */
        String account() {
            return team + "/" + user;
        }

        String seal() {
            return slack.seal();
        }
    }

    /** Takes what Slack sends. It wants to hear at once; what is done is done afterwards. */
    void interaction(String channel, ServerRequest request) {
        Slack slack =
                slack(channel)
                        .filter(each -> each.signature().isPresent())
                        .orElseThrow(() -> Problem.notFound("there is no such channel of Slack"));
        byte[] body;
        try {
            body = Bodies.bytes(request);
        } catch (Bodies.Unusable e) {
            throw e.problem();
        }
        Verdict verdict =
                slack.signature()
                        .orElseThrow()
                        .judge(header(request, TIMESTAMP), header(request, SIGNATURE), body);
        if (verdict == Verdict.FORGED) {
            throw new Problem(
                    Problem.Kind.UNAUTHORIZED,
                    "the request is not signed by Slack, or not just now");
        }
        if (verdict == Verdict.AGAIN) {
            return;
        }
        begin(channel, slack, payload(body));
    }

    private Optional<Slack> slack(String channel) {
        return notifications
                .carrier(channel)
                .filter(Slack.class::isInstance)
                .map(Slack.class::cast);
    }

    /** Takes what Slack says by a connection of its own. */
    void taken(String channel, JsonNode payload) {
        slack(channel)
                .ifPresent(slack -> {
                    try {
                        begin(channel, slack, payload);
                    } catch (Problem e) {
                        LOG.log(System.Logger.Level.WARNING, "Slack said: " + e.detail());
                    }
                });
    }

    private void begin(String channel, Slack slack, JsonNode payload) {
        Presser presser =
                new Presser(
                        channel,
                        slack,
                        payload.at("/team/id").asText(),
                        payload.at("/user/id").asText(),
                        payload.at("/user/username").asText(payload.at("/user/name").asText()));
        if (presser.team().isEmpty() || presser.user().isEmpty()) {
            throw Problem.badRequest("it does not say who pressed");
        }
        Thread _ = Thread.ofVirtual().name("slack").start(() -> taken(payload, presser));
    }

    private static String header(ServerRequest request, HeaderName name) {
        return request.headers().first(name).orElse("");
    }

    private JsonNode payload(byte[] body) {
        try {
            String form = new String(body, StandardCharsets.UTF_8);
            for (String pair : form.split("&", 20)) {
                if (pair.startsWith(PAYLOAD)) {
                    return json.readTree(
                            URLDecoder.decode(
                                    pair.substring(PAYLOAD.length()), StandardCharsets.UTF_8));
                }
            }
        } catch (JsonProcessingException | IllegalArgumentException e) {
            // said below
        }
        throw Problem.badRequest("the body is no interaction of Slack");
    }

    private void taken(JsonNode payload, Presser presser) {
        try {
            switch (payload.path("type").asText()) {
                case "block_actions" -> pressed(payload, presser);
                case "view_submission" -> {
                    JsonNode view = payload.path("view");
                    String why = view.at("/state/values/reason/reason/value").asText("").strip();
                    answer(
                            presser,
                            view.path("private_metadata").asText(),
                            Cast.no(why.substring(0, Math.min(LONGEST_GUIDANCE, why.length()))));
                }
                default -> {}
            }
        } catch (Undelivered e) {
            LOG.log(System.Logger.Level.WARNING, "Slack was not told: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "error in what was pressed in Slack", e);
        }
    }

    private void pressed(JsonNode payload, Presser presser)
            throws Undelivered, InterruptedException {
        if (!presser.slack().isHere(payload.at("/channel/id").asText())) {
            return;
        }
        JsonNode action = payload.path("actions").path(0);
        String value = action.path("value").asText();
        switch (action.path("action_id").asText()) {
            case "approve_once" -> answer(presser, value, Cast.yes(""));
            case "deny" -> answer(presser, value, Cast.no(""));
            case "deny_reason" -> {
                if (person(presser).isPresent()) {
                    presser.slack().askReason(payload.path("trigger_id").asText(), value);
                }
            }
            default -> {}
        }
    }

    /** The person behind an account; who has none yet is told how to link it. */
    private Optional<Principal.Person> person(Presser presser)
            throws Undelivered, InterruptedException {
        Optional<Principal.Person> found =
                accounts.person(presser.channel(), presser.account(), presser.seal())
                        .flatMap(people::person)
                        .map(person -> identity.signedIn(person, "slack"));
        if (found.isEmpty()) {
            String code =
                    links.make(
                            presser.channel(), presser.account(), presser.name(), presser.seal());
            presser.slack()
                    .whisper(
                            presser.user(),
                            "This Slack account is nobody's here yet. <"
                                    + address.get()
                                    + "/link/"
                                    + code
                                    + "|Say that it is yours>, signed in, within 15 minutes; then"
                                    + " press again.");
        }
        return found;
    }

    private void answer(Presser presser, String value, Cast cast)
            throws Undelivered, InterruptedException {
        Optional<Principal.Person> person = person(presser);
        if (person.isEmpty()) {
            return;
        }
        Optional<Asked> asked = Asked.read(value);
        Optional<ApprovalRequest> request =
                asked.flatMap(each -> approvals.find(each.approval()).filter(each::fits));
        if (request.isEmpty()) {
            presser.slack()
                    .whisper(
                            presser.user(),
                            "That is not asked any more, or it was changed; nothing was decided.");
            return;
        }
        try {
            VoteResult result =
                    voting.elsewhere(
                            person.get(),
                            request.get().id(),
                            cast.seen(asked.orElseThrow().version())
                                    .by("slack:" + presser.channel() + "/" + presser.account()));
            Optional<String> said = said(result);
            if (said.isPresent()) {
                presser.slack().whisper(presser.user(), Slack.escaped(said.get()));
            }
        } catch (NotRecorded e) {
            presser.slack()
                    .whisper(
                            presser.user(),
                            "Your answer does not count: it could not be recorded. Try again.");
        }
    }

    /** What only the one who pressed is told; of an answer that counts the message says it. */
    private static Optional<String> said(VoteResult result) {
        return switch (result) {
            case VoteResult.Counted _ -> Optional.empty();
            case VoteResult.NotYours(String why) ->
                    Optional.of("Your answer does not count: " + why + ".");
            case VoteResult.NotOffered(String why) -> Optional.of("Nothing was approved: " + why);
            case VoteResult.Changed _ ->
                    Optional.of(
                            "Somebody else answered while you read. Your approval does not count"
                                    + " yet: look again, then press again.");
            case VoteResult.TooLate(ApprovalRequest now) ->
                    Optional.of(
                            "It was decided before you answered: "
                                    + (now.state() == State.PENDING
                                            ? "it has expired"
                                            : now.ending() == null
                                                    ? now.state().wire()
                                                    : now.ending()));
            case VoteResult.Unknown _ -> Optional.of("There is no such question any more.");
        };
    }
}
