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
        model.put("frame", site.frame(visit, Texts.say("token.tokens"), "organisation", false));
        model.put("tabs", OrganisationPages.tabs(tenants));
        model.put("kind", "tokens");
        model.put("title", Texts.say("token.tokens"));
        model.put("lead", Texts.say("token.what-programs-ask-with"));
        model.put(
                "heads",
                List.of(
                        Texts.say("token.token"),
                        Texts.say("token.for"),
                        Texts.say("token.may"),
                        Texts.say("token.used"),
                        Texts.say("token.ends"),
                        ""));
        model.put("rows", rows);
        model.put("next", listed.path("next").asText());
        model.put("add", Texts.say("token.make-a-token"));
        model.put("fields", fields());
        model.put("barred", Site.barred(visit.person(), Permission.ACT, Place.NOWHERE));
        model.put(
                "notice",
                visit.query("gone").isPresent() ? Texts.say("token.revoked-with-all-that") : "");
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
                        : Texts.say("token.agent", token.path("agent").asText());
        String project = token.path("project").asText("");
        return new EntityRow(
                "",
                token.path("name").asText(),
                List.of(
                        token.path("project").isNull()
                                ? whose
                                : Texts.say("token.only", whose, project),
                        EntityForms.names(token.path("scopes")),
                        at(token, "last_used_at")
                                .map(at -> Moment.since(at, now).words())
                                .orElseGet(() -> Texts.say("token.never")),
                        revoked
                                ? Texts.say("token.revoked")
                                : ends.map(at -> Moment.until(at, now).words())
                                        .orElseGet(() -> Texts.say("token.never"))),
                over ? "" : "/organisation/tokens/" + token.path("id").asText(),
                Texts.say("token.revoke"),
                over);
    }

    private static Optional<Instant> at(JsonNode token, String field) {
        return token.path(field).isTextual()
                ? Optional.of(Instant.parse(token.path(field).asText()))
                : Optional.empty();
    }

    private static List<FormField> fields() {
        return List.of(
                FormField.text("name", Texts.say("token.name"), "", Texts.say("token.anas-laptop")),
                FormField.text("agent", Texts.say("token.agent-it-speaks-for"), "", "claude"),
                FormField.text("project", Texts.say("token.only-for-one-project"), "", "shop"),
                FormField.text("expires", Texts.say("token.good-for"), "", "90d"));
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
