package dev.countersign.web;

import dev.countersign.api.Places;
import dev.countersign.api.Problem;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.Grants;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.decision.CallJson;
import dev.countersign.people.Permission;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** What is approved for longer. */
final class GrantPages {
    private final Site site;
    private final Grants grants;
    private final Approvals approvals;
    private final Places places;
    private final Clock clock;

    GrantPages(Site site, Grants grants, Approvals approvals, Places places, Clock clock) {
        this.places = places;
        this.site = site;
        this.grants = grants;
        this.approvals = approvals;
        this.clock = clock;
    }

    void grants(Visit visit) {
        Instant now = clock.instant();
        List<GrantView> shown =
                grants.list().reversed().stream()
                        .map(grant ->
                                GrantView.of(
                                        grant,
                                        approvals
                                                .find(grant.approval())
                                                .map(GrantPages::headline)
                                                .orElse(grant.approval()),
                                        Site.barred(
                                                visit.person(),
                                                Permission.ANSWER,
                                                places.of(grant)),
                                        now))
                        .toList();
        site.page(
                visit.response(),
                200,
                "grants",
                Map.of(
                        "frame",
                        site.frame(visit, "Grants", "grants", false),
                        "grants",
                        shown,
                        "notice",
                        visit.query("revoked").isPresent()
                                ? "Revoked. Such calls are asked about again."
                                : ""));
    }

    private static String headline(ApprovalRequest request) {
        return CallJson.headline(
                request.call().path("tool").asText(""), request.call().path("input"));
    }

    void revoke(Visit visit) throws NotRecorded {
        if (!visit.person().votes()) {
            throw new Problem(Problem.Kind.FORBIDDEN, "this sign-in reads only");
        }
        grants.find(visit.parameter("id"))
                .ifPresent(grant ->
                        Places.require(visit.person(), Permission.ANSWER, places.of(grant)));
        if (grants.revoke(visit.parameter("id"), visit.person().email()).isEmpty()) {
            throw new Problem(Problem.Kind.NOT_FOUND, "no grant of that id holds any more");
        }
        visit.redirect("/grants?revoked=yes");
    }
}
