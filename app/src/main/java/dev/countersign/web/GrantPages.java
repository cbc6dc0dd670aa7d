package dev.countersign.web;

import dev.countersign.api.Places;
import dev.countersign.api.Problem;
import dev.countersign.approval.Grants;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.people.Permission;
import java.util.List;
import java.util.Map;

/** What is approved for longer. */
final class GrantPages {
    private final Site site;
    private final Grants grants;
    private final WorkViews work;
    private final Places places;

    GrantPages(Site site, Grants grants, WorkViews work, Places places) {
        this.places = places;
        this.site = site;
        this.grants = grants;
        this.work = work;
    }

    void grants(Visit visit) {
        List<GrantView> shown = work.grants(visit.person(), _ -> true);
        site.page(
                visit.response(),
                200,
                "grants",
                Map.of(
                        "frame",
                        site.frame(visit, "Grants", "agents", false),
                        "grants",
                        shown,
                        "notice",
                        visit.query("revoked").isPresent()
                                ? "Revoked. Such calls are asked about again."
                                : ""));
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
