package dev.countersign.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.PeopleRoutes;
import dev.countersign.api.Problem;
import dev.countersign.api.TenantRoutes;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.call.Place;
import dev.countersign.people.Permission;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The tokens of programs: who they speak for, until when, and when they were used last. */
final class TokenPages {
    private static final String MOST = "200";

    private final Site site;
    private final PeopleRoutes people;
    private final TenantRoutes tenants;
    private final Clock clock;

    TokenPages(Site site, PeopleRoutes people, TenantRoutes tenants, Clock clock) {
        this.site = site;
        this.people = people;
        this.tenants = tenants;
        this.clock = clock;
    }

    void list(Visit visit) {
        show(visit, 200, "", "");
    }

    /**
     * The list.
     *
     * @param secret a token that was just made; it is shown this once
     */
    private void show(Visit visit, int status, String secret, String problem) {
        ObjectNode listed = people.tokens(visit.person(), visit.query("after"), Optional.of(MOST));
        Instant now = clock.instant();
        List<EntityRow> rows = new ArrayList<>();
        listed.path("tokens").forEach(each -> rows.add(row(each, now)));
        Map<String, @Nullable Object> model = new HashMap<>();
        model.put("frame", site.frame(visit, "Tokens", "organisation", false));
        model.put("tabs", OrganisationPages.tabs(tenants));
        model.put("kind", "tokens");
        model.put("title", "Tokens");
        model.put(
                "lead",
                "What programs ask with. Each fixes who is asking, is shown once and ends by"
                        + " itself.");
        model.put("heads", List.of("Token", "For", "May", "Used", "Ends", ""));
        model.put("rows", rows);
        model.put("next", listed.path("next").asText());
        model.put("add", "Make a token");
        model.put("fields", fields());
        model.put("barred", Site.barred(visit.person(), Permission.ACT, Place.NOWHERE));
        model.put(
                "notice",
                visit.query("gone").isPresent() ? "Revoked, with all that was made with it." : "");
        model.put("secret", secret);
        model.put("problem", problem);
        site.page(visit.response(), status, "organisation", model);
    }

    private static EntityRow row(JsonNode token, Instant now) {
        boolean revoked = !token.path("revoked_at").isNull();
        Optional<Instant> ends = at(token, "expires_at");
        boolean over = revoked || ends.filter(end -> !now.isBefore(end)).isPresent();
        String whose =
                token.path("kind").asText().equals("personal")
                        ? token.path("person").asText()
                        : "agent " + token.path("agent").asText();
        String project = token.path("project").asText("");
        return new EntityRow(
                "",
                token.path("name").asText(),
                List.of(
                        token.path("project").isNull() ? whose : whose + ", only " + project,
                        EntityForms.names(token.path("scopes")),
                        at(token, "last_used_at")
                                .map(at -> Moment.since(at, now).words())
                                .orElse("never"),
                        revoked
                                ? "revoked"
                                : ends.map(at -> Moment.until(at, now).words()).orElse("never")),
                over ? "" : "/organisation/tokens/" + token.path("id").asText(),
                "Revoke",
                over);
    }

    private static Optional<Instant> at(JsonNode token, String field) {
        return token.path(field).isTextual()
                ? Optional.of(Instant.parse(token.path(field).asText()))
                : Optional.empty();
    }

    private static List<FormField> fields() {
        return List.of(
                FormField.text("name", "Name", "", "ana's laptop"),
                FormField.text(
                        "agent",
                        "Agent it speaks for; empty for a token of your own",
                        "",
                        "claude"),
                FormField.text("project", "Only for one project", "", "shop"),
                FormField.text("expires", "Good for", "", "90d"));
    }

    /** Makes one for an agent, or one of the person's own. */
    void create(Visit visit) throws NotRecorded {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        String agent = visit.text("agent", 128);
        body.put("kind", agent.isEmpty() ? "personal" : "agent");
        for (String field : List.of("name", "agent", "project", "expires")) {
            if (!visit.text(field, 256).isEmpty()) {
                body.put(field, visit.text(field, 256));
            }
        }
        try {
            show(visit, 200, people.create(body, visit.person()).path("token").asText(), "");
        } catch (Problem problem) {
            if (problem.kind() == Problem.Kind.STEP_UP) {
                throw problem;
            }
            show(visit, problem.kind().status(), "", Site.sentence(problem.detail()));
        }
    }

    void revoke(Visit visit) throws NotRecorded {
        people.revoke(visit.parameter("id"), visit.person());
        visit.redirect("/organisation/tokens?gone=yes");
    }
}
