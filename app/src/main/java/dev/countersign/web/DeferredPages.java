package dev.countersign.web;

import dev.countersign.api.Problem;
import dev.countersign.api.Voting;
import dev.countersign.approval.Deferred;
import dev.countersign.approval.Queue;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.decision.Deferral;
import dev.countersign.decision.Deferral.Result;
import dev.countersign.decision.PolicySource;
import java.util.Map;

/** Calls that wait for their time. */
final class DeferredPages {
    private final Site site;
    private final PersonalViews views;
    private final Queue queue;
    private final Deferral deferral;
    private final Voting voting;

    DeferredPages(Site site, PersonalViews views, Queue queue, Deferral deferral, Voting voting) {
        this.site = site;
        this.views = views;
        this.queue = queue;
        this.deferral = deferral;
        this.voting = voting;
    }

    void later(Visit visit) {
        later(visit, 200, "");
    }

    private void later(Visit visit, int status, String problem) {
        Deferred deferred =
                queue.find(visit.parameter("id"))
                        .orElseThrow(() ->
                                new Problem(
                                        Problem.Kind.NOT_FOUND,
                                        Texts.say("deferred.there-is-no-such")));
        site.page(
                visit.response(),
                status,
                "deferred",
                Map.of(
                        "frame",
                        site.frame(visit, deferred.id(), "inbox", true),
                        "later",
                        views.of(deferred, visit.person()),
                        "problem",
                        problem));
    }

    void answer(Visit visit) throws NotRecorded {
        String id = visit.parameter("id");
        if (!visit.field("answer").equals("cancel")) {
            voting.requireRecent(visit.person(), queue.find(id));
        }
        switch (answer(visit, id, visit.text("reason", 500))) {
            case Result.Done(Deferred done) ->
                    visit.redirect(
                            done.state() == Deferred.State.QUEUED
                                    ? "/?later=" + Visit.part(id)
                                    : "/?settled=" + Visit.part(id));
            case Result.Refused(String why) ->
                    later(visit, 403, Texts.say("deferred.nothing-was-changed", why));
            case Result.TooLate _ -> later(visit, 409, Texts.say("deferred.it-was-settled-before"));
            case Result.Unknown _ ->
                    throw new Problem(
                            Problem.Kind.NOT_FOUND, Texts.say("deferred.there-is-no-such"));
        }
    }

    private Result answer(Visit visit, String id, String reason) throws NotRecorded {
        try {
            return switch (visit.field("answer")) {
                case "approve" ->
                        voting.voter(visit.person(), id, v -> deferral.approve(id, v, ""));
                case "release" ->
                        voting.voter(visit.person(), id, v -> deferral.release(id, v, ""));
                case "cancel" ->
                        voting.voter(visit.person(), id, v -> deferral.cancel(id, v, reason));
                default ->
                        throw new Problem(
                                Problem.Kind.BAD_REQUEST, Texts.say("deferred.the-form-names-no"));
            };
        } catch (PolicySource.Unreadable e) {
            return new Result.Refused(
                    Texts.say("deferred.cannot-be-judged", String.valueOf(e.getMessage())));
        }
    }
}
