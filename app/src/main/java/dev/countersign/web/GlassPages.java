package dev.countersign.web;

import dev.countersign.api.Problem;
import dev.countersign.api.Voting;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.Approvals.Cast;
import dev.countersign.audit.AuditLog.NotRecorded;
import java.util.Map;
import java.util.Optional;

/** An owner who answers alone for everybody who is asked, and the others who know of it. */
final class GlassPages {
    private static final int LONGEST_REASON = 2_000;

    private final Site site;
    private final PersonalViews views;
    private final RequestPages requests;
    private final Approvals approvals;
    private final Voting voting;

    GlassPages(
            Site site,
            PersonalViews views,
            RequestPages requests,
            Approvals approvals,
            Voting voting) {
        this.site = site;
        this.views = views;
        this.requests = requests;
        this.approvals = approvals;
        this.voting = voting;
    }

    /** Says first what it means; counts when that is confirmed. */
    void breakGlass(Visit visit) throws NotRecorded {
        String id = visit.parameter("id");
        String reason = visit.field("reason").strip();
        ApprovalRequest asked =
                approvals
                        .find(id)
                        .orElseThrow(() ->
                                new Problem(
                                        Problem.Kind.NOT_FOUND,
                                        Texts.say("glass.there-is-no-such")));
        if (reason.isEmpty() || reason.length() > LONGEST_REASON) {
            requests.show(visit, id, 400, Texts.say("glass.nothing-was-approved-say"));
            return;
        }
        if (visit.form().containsKey("confirm")) {
            Cast cast = Cast.breakGlass(reason).seen(RequestPages.seen(visit));
            requests.answered(visit, id, voting.vote(visit.person(), id, cast));
            return;
        }
        Optional<String> obstacle = voting.breakGlassObstacle(visit.person(), asked);
        RequestView view = views.of(asked, visit.person());
        if (obstacle.isPresent()) {
            requests.show(visit, id, 403, Texts.say("glass.does-not-count", obstacle.get()));
        } else if (!view.open()) {
            requests.show(visit, id, 409, Texts.say("glass.it-was-decided-before"));
        } else {
            site.page(
                    visit.response(),
                    200,
                    "confirm-glass",
                    Map.of(
                            "frame",
                            site.frame(visit, id, "inbox", false),
                            "request",
                            view,
                            "reason",
                            reason));
        }
    }

    /** The person knows; the banner goes. */
    void acknowledge(Visit visit) throws NotRecorded {
        if (!visit.person().votes()) {
            throw new Problem(Problem.Kind.FORBIDDEN, Texts.say("glass.this-sign-in-reads"));
        }
        boolean _ = voting.acknowledge(visit.person(), visit.parameter("id"));
        visit.redirect("/");
    }
}
