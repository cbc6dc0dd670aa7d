package dev.countersign.web;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.api.Voting;
import dev.countersign.approval.Absence;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.Authority;
import dev.countersign.approval.Electorate;
import dev.countersign.approval.Similar;
import dev.countersign.approval.Vote;
import dev.countersign.audit.AuditQuery;
import dev.countersign.audit.AuditQuery.Recorded;
import dev.countersign.people.Principal;
import dev.countersign.policy.Escalation;
import dev.countersign.policy.Requirement;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Gathers what helps a person to decide about one request. */
final class Evidence {
    private static final int ACTIONS = 5;

    /** How many events of a session are looked at for the last words of a person. */
    private static final int EVENTS = 60;

    /** How many answered requests are looked at for those that are alike. */
    private static final int ANSWERED = 200;

    private static final Duration STAYS = Duration.ofSeconds(5);
    private static final int PEOPLE = 8;
    private static final int WORDS = 600;
    private static final int OUTPUT = 2_000;

    private final AuditQuery audit;
    private final Approvals approvals;
    private final Electorate voters;
    private final Voting voting;
    private final Clock clock;
    private List<Answer> answers = List.of();
    private Instant answersAt = Instant.MIN;

    Evidence(AuditQuery audit, Approvals approvals, Electorate voters, Voting voting, Clock clock) {
        this.voting = voting;
        this.audit = audit;
        this.approvals = approvals;
        this.voters = voters;
        this.clock = clock;
    }

    EvidenceView of(ApprovalRequest request, Principal.Person person) {
        JsonNode call = request.call();
        String session = call.path("session").asText("");
        String task = call.path("task").asText(session);
        EffectsView effects = EffectsView.of(request.explanation());
        List<EvidenceView.Quorum> quorum = quorum(request);
        Optional<Recorded> prompt = session.isEmpty() ? Optional.empty() : lastWords(session);
        return new EvidenceView(
                effects,
                quorum,
                Drawing.of(task),
                task.isEmpty() ? "" : TaskPages.href(task),
                session.isEmpty() ? List.of() : before(session, request.decision()),
                prompt.map(Evidence::words).orElse(List.of()),
                prompt.map(this::at).orElse(null),
                alike(request),
                after(request, effects.undo()),
                passes(request, quorum, person));
    }

    private EvidenceView.Passes passes(
            ApprovalRequest request, List<EvidenceView.Quorum> quorum, Principal.Person person) {
        List<String> to =
                quorum.stream()
                        .flatMap(each -> each.people().stream())
                        .filter(who -> who.vote().isEmpty())
                        .map(EvidenceView.Who::email)
                        .filter(email -> !email.equals(person.email()))
                        .distinct()
                        .toList();
        List<String> done =
                request.absence().notices().stream()
                        .map(Absence.Notice::text)
                        .filter(text -> text.startsWith("passed to "))
                        .toList();
        return new EvidenceView.Passes(
                request.state() == State.PENDING ? to : List.of(),
                done,
                voting.passBarred(person, request).map(Site::sentence).orElse(""));
    }

    private List<ActivityView.Row> before(String session, String decision) {
        Instant now = clock.instant();
        return audit
                .list(Map.of("kind", "decision", "session", session), Long.MAX_VALUE, 20)
                .stream()
                .filter(record -> !decision.equals(record.body().path("decision").asText("")))
                .map(record -> ActivityView.Row.of(record, "/records/" + record.index(), now))
                .limit(ACTIONS)
                .toList();
    }

    private Optional<Recorded> lastWords(String session) {
        return audit
                .list(Map.of("kind", "session", "session", session), Long.MAX_VALUE, EVENTS)
                .stream()
                .filter(record -> {
                    JsonNode body = record.body().path("body");
                    return body.path("event").asText().equals("prompt")
                            && body.at("/details/by_person").asBoolean(false);
                })
                .findFirst();
    }

    private static List<Drawing.Piece> words(Recorded prompt) {
        String text = prompt.body().at("/body/details/text").asText("").strip();
        return Drawing.of(text.length() <= WORDS ? text : text.substring(0, WORDS) + "…");
    }

    private @Nullable Moment at(Recorded record) {
        try {
            return Moment.since(Instant.parse(record.body().path("at").asText()), clock.instant());
        } catch (DateTimeException e) {
            return null;
        }
    }

    /**
     * An answer that people gave.
     *
     * @param shape what was asked for, as {@link Similar#shape} names it
     */
    private record Answer(String id, String shape, boolean yes, List<String> people) {}

    /** Many pages ask at once, whenever something changes. */
    private synchronized List<Answer> answers() {
        Instant now = clock.instant();
        if (answersAt.isBefore(now.minus(STAYS))) {
            answers =
                    approvals.ended(ANSWERED).stream()
                            .filter(r -> yes(r) || r.state() == State.DENIED)
                            .map(r ->
                                    new Answer(
                                            r.id(),
                                            Similar.shape(r),
                                            yes(r),
                                            r.votes().stream().map(Vote::person).toList()))
                            .toList();
            answersAt = now;
        }
        return answers;
    }

    private static boolean yes(ApprovalRequest request) {
        return request.state() == State.APPROVED || request.state() == State.USED;
    }

    /** Of calls that do the same to the same kind of thing, whoever asked. */
    private EvidenceView.Alike alike(ApprovalRequest request) {
        String shape = Similar.shape(request);
        List<Answer> alike =
                answers().stream()
                        .filter(each -> each.shape().equals(shape))
                        .filter(each -> !each.id().equals(request.id()))
                        .toList();
        int approved = (int) alike.stream().filter(Answer::yes).count();
        return new EvidenceView.Alike(
                approved,
                alike.size() - approved,
                alike.stream()
                        .flatMap(each -> each.people().stream())
                        .distinct()
                        .collect(Collectors.joining(", ")),
                alike.isEmpty() ? "" : alike.getFirst().id());
    }

    /** Those asked first, and who may answer in their place since it escalated. */
    private List<EvidenceView.Quorum> quorum(ApprovalRequest request) {
        List<EvidenceView.Quorum> quorum =
                new ArrayList<>(quorum(request, request.requirements(), false));
        for (Requirement each : request.requirements()) {
            for (Escalation step : each.escalations().subList(0, each.reached())) {
                Requirement instead =
                        new Requirement(
                                each.from(), step.approvers(), step.quorum(), each.notRequester());
                quorum.addAll(quorum(request, List.of(instead), true));
            }
        }
        return quorum;
    }

    private List<EvidenceView.Quorum> quorum(
            ApprovalRequest request, List<Requirement> requirements, boolean instead) {
        String driver = request.driverOrNone();
        Authority authority =
                Authority.of(
                        requirements,
                        driver,
                        voters.among(requirements, driver, approvals.place(request)));
        List<EvidenceView.Quorum> quorum = new ArrayList<>();
        for (Authority.Part part : authority.parts()) {
            List<EvidenceView.Who> people =
                    part.people().stream()
                            .map(each ->
                                    new EvidenceView.Who(
                                            each.email(),
                                            each.because(),
                                            vote(request, each.email())))
                            .sorted((a, b) -> b.vote().compareTo(a.vote()))
                            .toList();
            int given = (int) people.stream().filter(who -> who.vote().equals("yes")).count();
            int shown = Math.min(PEOPLE, people.size());
            quorum.add(
                    new EvidenceView.Quorum(
                            part.requirement().from(),
                            instead
                                    ? Texts.say(
                                            "evidence.in-their-place", words(part.requirement()))
                                    : words(part.requirement()),
                            given,
                            part.needed(),
                            people.subList(0, shown),
                            people.size() - shown));
        }
        return quorum;
    }

    private static String vote(ApprovalRequest request, String email) {
        return request.votes().stream()
                .filter(vote -> vote.person().equals(email))
                .map(vote -> vote.approve() ? "yes" : "no")
                .findFirst()
                .orElse("");
    }

    private static String words(Requirement requirement) {
        List<String> approvers = requirement.approvers();
        String whom =
                approvers.isEmpty()
                        ? Texts.say("evidence.driver-or-owner")
                        : String.join(", ", approvers);
        String many =
                switch (requirement.quorum()) {
                    case Requirement.Quorum.Any _ ->
                            approvers.isEmpty() ? whom : Texts.say("evidence.any-one-of", whom);
                    case Requirement.Quorum.AtLeast(int count) ->
                            Texts.say("evidence.people-of", count, whom);
                    case Requirement.Quorum.All _ ->
                            approvers.size() > 1 ? Texts.say("evidence.every-one-of", whom) : whom;
                };
        return requirement.notRequester() ? Texts.say("evidence.not-who-drives", many) : many;
    }

    /** What ran, once people said yes. */
    private EvidenceView.@Nullable After after(ApprovalRequest request, String undo) {
        if (request.state() == State.PENDING) {
            return null;
        }
        List<Recorded> records = audit.ofDecision(request.decision());
        Optional<Recorded> outcome =
                records.stream()
                        .filter(r -> r.body().path("kind").asText().equals("outcome"))
                        .reduce((_, later) -> later);
        Optional<Recorded> decision =
                records.stream()
                        .filter(r -> r.body().path("kind").asText().equals("decision"))
                        .reduce((_, later) -> later);
        long index = outcome.or(() -> decision).map(Recorded::index).orElse(-1L);
        if (outcome.isEmpty()) {
            String words =
                    switch (request.state()) {
                        case USED -> Texts.say("evidence.it-was-allowed-to");
                        case APPROVED -> Texts.say("evidence.the-agent-has-not");
                        case PENDING, DENIED, EXPIRED, WITHDRAWN, SUPERSEDED ->
                                Texts.say("evidence.it-did-not-run");
                    };
            return new EvidenceView.After(words, List.of(), null, index, "");
        }
        JsonNode body = outcome.get().body().path("body");
        long took = body.path("duration_ms").asLong(-1);
        String output = body.path("output").asText("").strip();
        return new EvidenceView.After(
                took < 0
                        ? Texts.say("evidence.it-ran", body.path("status").asText(""))
                        : Texts.say("evidence.it-ran-in", body.path("status").asText(""), took),
                Drawing.of(output.length() <= OUTPUT ? output : output.substring(0, OUTPUT) + "…"),
                at(outcome.get()),
                index,
                undo);
    }
}
