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
                        site.frame(visit, Texts.say("grant.grants"), "agents", false),
                        "grants",
                        shown,
                        "notice",
                        visit.query("revoked").isPresent()
                                ? Texts.say("grant.revoked-such-calls-are")
                                : ""));
    }

    void revoke(Visit visit) throws NotRecorded {
        if (!visit.person().votes()) {
            throw new Problem(Problem.Kind.FORBIDDEN, Texts.say("grant.this-sign-in-reads"));
        }
        grants.find(visit.parameter("id"))
                .ifPresent(grant ->
                        Places.require(visit.person(), Permission.ANSWER, places.of(grant)));
        if (grants.revoke(visit.parameter("id"), visit.person().email()).isEmpty()) {
            throw new Problem(Problem.Kind.NOT_FOUND, Texts.say("grant.no-grant-of-that"));
        }
        visit.redirect("/grants?revoked=yes");
    }
}
