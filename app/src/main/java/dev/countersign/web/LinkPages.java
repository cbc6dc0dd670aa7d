package dev.countersign.web;

import dev.countersign.api.Bodies;
import dev.countersign.api.Callers;
import dev.countersign.api.Voting;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.Approvals.Cast;
import dev.countersign.approval.Approvals.VoteResult;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.call.RiskTier;
import dev.countersign.notify.AnswerLinks;
import dev.countersign.notify.AnswerLinks.Link;
import dev.countersign.people.Identity;
import dev.countersign.people.PeopleStore;
import dev.countersign.people.Principal;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where the links of mails lead. To open one changes nothing. Who is signed in goes on to the
 * question; who is not is shown it and signs in, or answers here where the settings let a link
 * answer for so little a risk.
 */
final class LinkPages {
    private final Site site;
    private final Callers callers;
    private final AnswerLinks links;
    private final Function<String, Optional<RiskTier>> mayAnswer;
    private final Predicate<String> signsIn;
    private final PersonalViews views;
    private final Approvals approvals;
    private final Voting voting;
    private final Identity identity;
    private final PeopleStore people;

    /**
     * Wires it.
     *
     * @param mayAnswer up to which risk links of a channel answer without a sign-in; empty where
     *     none does
     * @param signsIn whether a person has something to sign in with: an address that somebody else
     *     wrote down is nobody yet
     */
    LinkPages(
            Site site,
            Callers callers,
            AnswerLinks links,
            Function<String, Optional<RiskTier>> mayAnswer,
            Predicate<String> signsIn,
            PersonalViews views,
            Approvals approvals,
            Voting voting,
            Identity identity,
            PeopleStore people) {
        this.site = site;
        this.callers = callers;
        this.links = links;
        this.mayAnswer = mayAnswer;
        this.signsIn = signsIn;
        this.views = views;
        this.approvals = approvals;
        this.voting = voting;
        this.identity = identity;
        this.people = people;
    }

    /** A link with whom and what it is for. */
    private record Opened(Link link, Principal.Person person, ApprovalRequest request) {}

    private Optional<Opened> opened(ServerRequest request) {
        String token = request.path().pathParameters().first("token").orElse("");
        return links.find(token)
                .flatMap(link ->
                        people.person(link.email())
                                .flatMap(person ->
                                        approvals
                                                .find(link.approval())
                                                .filter(asked -> AnswerLinks.fits(link, asked))
                                                .map(asked ->
                                                        new Opened(
                                                                link,
                                                                identity.signedIn(person, "link"),
                                                                asked))));
    }

    void open(ServerRequest request, ServerResponse response) {
        Optional<Opened> opened = opened(request);
        if (opened.isEmpty()) {
            gone(request, response);
        } else if (answersHere(opened.get()) && callers.signedIn(request).isEmpty()) {
            show(request, response, 200, opened.get(), "");
        } else {
            // Who is not signed in is asked to there, and comes back to the question.
            Site.redirect(response, "/approvals/" + Visit.part(opened.get().request().id()));
        }
    }

    /** The same for a link that never was, that was used, and that is too old. */
    private void gone(ServerRequest request, ServerResponse response) {
        site.message(
                request,
                response,
                404,
                Texts.say("link.this-link-does-not"),
                Texts.say("link.it-was-used-is"),
                "");
    }

    private void show(
            ServerRequest request,
            ServerResponse response,
            int status,
            Opened opened,
            String problem) {
        Map<String, @Nullable Object> model = new HashMap<>();
        model.put("frame", site.empty(opened.request().id()));
        model.put("request", views.of(opened.request(), opened.person()));
        model.put("action", request.path().rawPath());
        model.put("problem", problem);
        response.header("X-Robots-Tag", "noindex");
        site.page(response, status, "link", model);
    }

    private boolean answersHere(Opened opened) {
        ApprovalRequest request = opened.request();
        Optional<RiskTier> risk = RiskTier.of(request.explanation().path("risk").asText());
        return request.state() == State.PENDING
                && risk.isPresent()
                && mayAnswer
                        .apply(opened.link().channel())
                        .filter(most -> most.atLeast(risk.get()))
                        .isPresent()
                && signsIn.test(opened.person().email());
    }

    /** Answers by a link. It is used up before the answer counts, and is there again if not. */
    void answer(ServerRequest request, ServerResponse response) throws NotRecorded {
        Optional<Opened> opened = opened(request);
        if (opened.isEmpty()) {
            gone(request, response);
            return;
        }
        Map<String, String> form = Bodies.form(request);
        boolean approve = form.getOrDefault("answer", "").equals("approve");
        boolean another =
                callers.signedIn(request)
                        .filter(person -> !person.email().equals(opened.get().person().email()))
                        .isPresent();
        if (another
                || !answersHere(opened.get())
                || !(approve || form.getOrDefault("answer", "").equals("deny"))) {
            Site.redirect(response, "/approvals/" + Visit.part(opened.get().request().id()));
            return;
        }
        Link link = opened.get().link();
        if (!links.use(link)) {
            gone(request, response);
            return;
        }
        String guidance = form.getOrDefault("guidance", "").strip();
        Cast cast =
                approve
                        ? Cast.yes("")
                        : Cast.no(guidance.substring(0, Math.min(2_000, guidance.length())));
        int seen =
                (int) Math.min(Visit.number(form.getOrDefault("version", "")), Integer.MAX_VALUE);
        boolean counted = false;
        try {
            VoteResult result =
                    voting.elsewhere(
                            opened.get().person(), link.approval(), cast.seen(seen).by("link"));
            counted = result instanceof VoteResult.Counted;
            said(request, response, opened.get(), result);
        } finally {
            if (!counted) {
                links.restore(link);
            }
        }
    }

    private void said(
            ServerRequest request, ServerResponse response, Opened opened, VoteResult result) {
        switch (result) {
            case VoteResult.Counted(ApprovalRequest now) ->
                    site.message(
                            request,
                            response,
                            200,
                            Texts.say("link.your-answer-counts"),
                            Texts.say("link.stands", now.id(), RequestView.wording(now)),
                            "");
            case VoteResult.TooLate(ApprovalRequest now) ->
                    site.message(
                            request,
                            response,
                            409,
                            Texts.say("link.it-was-decided-before"),
                            Texts.say("link.stands", now.id(), RequestView.wording(now)),
                            "");
            case VoteResult.NotYours(String why) ->
                    show(request, response, 403, opened, Texts.say("link.does-not-count", why));
            case VoteResult.NotOffered(String why) ->
                    show(
                            request,
                            response,
                            400,
                            opened,
                            Texts.say("link.nothing-was-approved", why));
            case VoteResult.Changed(ApprovalRequest now) ->
                    show(
                            request,
                            response,
                            409,
                            new Opened(opened.link(), opened.person(), now),
                            Texts.say("link.somebody-else-answered-while"));
            case VoteResult.Unknown _ -> gone(request, response);
        }
    }
}
