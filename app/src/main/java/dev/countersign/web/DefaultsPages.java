package dev.countersign.web;

import dev.countersign.api.DefaultsRoutes;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.decision.DefaultsUpgrade;
import dev.countersign.decision.Widening;
import dev.countersign.people.Permission;
import java.util.Map;

/** Newer built-in defaults: what they would allow, and their acceptance. */
final class DefaultsPages {
    private final Site site;
    private final DefaultsUpgrade upgrade;
    private final DefaultsRoutes routes;

    DefaultsPages(Site site, DefaultsUpgrade upgrade) {
        this.site = site;
        this.upgrade = upgrade;
        routes = new DefaultsRoutes(upgrade);
    }

    void defaults(Visit visit) {
        Widening.Report report =
                upgrade.waiting()
                        .map(DefaultsUpgrade.Waiting::report)
                        .orElse(Widening.Report.NOTHING);
        site.page(
                visit.response(),
                200,
                "defaults",
                Map.of(
                        "frame",
                        site.frame(
                                visit, Texts.say("defaults.built-in-defaults"), "policies", false),
                        "inForce",
                        upgrade.inForce(),
                        "version",
                        upgrade.version(),
                        "count",
                        report.count(),
                        "limits",
                        report.limits(),
                        "allowed",
                        report.allowed().stream()
                                .map(one ->
                                        new AllowedView(
                                                Drawing.of(one.call()),
                                                one.before().wire(),
                                                one.recorded(),
                                                one.because()))
                                .toList(),
                        "mayAccept",
                        visit.person().may(Permission.UPGRADE),
                        "accepted",
                        visit.query("accepted").isPresent()));
    }

    void accept(Visit visit) throws NotRecorded {
        Widening.Report _ = routes.accept(visit.field("version"), visit.person());
        visit.redirect("/policies/defaults?accepted=yes");
    }
}
