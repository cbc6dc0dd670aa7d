package dev.countersign.web;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.Problem;
import dev.countersign.api.TenantRoutes;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.call.Place;
import dev.countersign.people.Permission;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The other organisations of a server. */
final class TenantPages {
    private final Site site;
    private final TenantRoutes tenants;

    TenantPages(Site site, TenantRoutes tenants) {
        this.site = site;
        this.tenants = tenants;
    }

    void list(Visit visit) {
        show(visit, 200, "", "");
    }

    private void show(Visit visit, int status, String link, String problem) {
        Problem.require(visit.person(), Permission.TENANTS);
        List<EntityRow> rows = new ArrayList<>();
        tenants.list()
                .path("tenants")
                .forEach(each -> {
                    String name = each.path("name").asText();
                    boolean open = !each.path("state").asText().equals("closed");
                    rows.add(
                            new EntityRow(
                                    "",
                                    name,
                                    List.of(
                                            each.path("address").asText(),
                                            each.path("state").asText(),
                                            each.path("trouble")
                                                    .asText(each.path("description").asText())),
                                    "/organisation/tenants/" + name,
                                    open ? Texts.say("tenant.close") : Texts.say("tenant.open"),
                                    !open));
                });
        Map<String, @Nullable Object> model = new HashMap<>();
        model.put("frame", site.frame(visit, Texts.say("tenant.tenants"), "organisation", false));
        model.put("tabs", OrganisationPages.tabs(tenants));
        model.put("kind", "tenants");
        model.put("title", Texts.say("tenant.tenants"));
        model.put("lead", Texts.say("tenant.other-organisations-on-this"));
        model.put(
                "heads",
                List.of(
                        Texts.say("tenant.tenant"),
                        Texts.say("tenant.address"),
                        Texts.say("tenant.state"),
                        "",
                        ""));
        model.put("rows", rows);
        model.put("next", "");
        model.put("add", Texts.say("tenant.add-a-tenant"));
        model.put(
                "fields",
                List.of(
                        FormField.text(
                                "name", Texts.say("tenant.name"), visit.text("name", 31), "acme"),
                        FormField.text(
                                "address",
                                Texts.say("tenant.address"),
                                visit.text("address", 500),
                                "https://acme.example.com"),
                        FormField.text(
                                "description",
                                Texts.say("tenant.description"),
                                visit.text("description", 500),
                                Texts.say("tenant.one-line"))));
        model.put("barred", Site.barred(visit.person(), Permission.TENANTS, Place.NOWHERE));
        model.put("notice", "");
        model.put("secret", link);
        model.put("problem", problem);
        site.page(visit.response(), status, "organisation", model);
    }

    /** Adds one, and shows the link for its first owner. */
    void put(Visit visit) throws NotRecorded {
        try {
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            for (String field : List.of("address", "description")) {
                if (!visit.text(field, 500).isEmpty()) {
                    body.put(field, visit.text(field, 500));
                }
            }
            String name = visit.text("name", 100);
            ObjectNode _ = tenants.put(name, body, visit.person());
            String link = tenants.link(name, visit.person()).path("sign_in").asText();
            show(
                    new Visit(visit.request(), visit.response(), visit.person(), Map.of()),
                    200,
                    link,
                    "");
        } catch (Problem problem) {
            failed(visit, problem);
        }
    }

    private void failed(Visit visit, Problem problem) {
        if (problem.kind() == Problem.Kind.STEP_UP) {
            throw problem;
        }
        show(visit, problem.kind().status(), "", Site.sentence(problem.detail()));
    }

    /** Closes one that is open, and opens one that is closed. */
    void change(Visit visit) throws NotRecorded {
        String name = visit.parameter("id");
        try {
            ObjectNode _ =
                    tenants.get(name).path("state").asText().equals("closed")
                            ? tenants.put(
                                    name, JsonNodeFactory.instance.objectNode(), visit.person())
                            : tenants.close(name, visit.person());
            visit.redirect("/organisation/tenants");
        } catch (Problem problem) {
            failed(visit, problem);
        }
    }
}
