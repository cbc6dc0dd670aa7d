package dev.countersign.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.OrganisationRoutes;
import dev.countersign.api.PeopleRoutes;
import dev.countersign.api.Problem;
import dev.countersign.api.TenantRoutes;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.Emails;
import dev.countersign.call.Place;
import dev.countersign.people.Entity;
import dev.countersign.people.Permission;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** People, teams, projects, agents and roles: lists of them, each of them, and their forms. */
final class OrganisationPages {
    /** As many as a page shows at once. */
    private static final String MOST = "200";

    private final Site site;
    private final OrganisationRoutes organisation;
    private final PeopleRoutes people;
    private final EntityForms forms;
    private final TenantRoutes tenants;

    /** What is said around the list of a kind. */
    private record Words(String title, String lead, String add, List<String> heads) {}

    /**
     * What a list says that has nothing in it.
     *
     * @param none what will appear
     * @param command what makes it appear
     */
    private record Empty(String none, String command) {
        static Empty of(Entity.Kind kind) {
            return switch (kind) {
                case PERSON ->
                        new Empty(
                                Texts.say("organisation.whoever-may-sign-in"),
                                "countersign people add ana@example.com --role maintainer");
                case TEAM ->
                        new Empty(
                                Texts.say("organisation.a-team-groups-people"),
                                "countersign teams add payments");
                case PROJECT ->
                        new Empty(
                                Texts.say("organisation.a-repository-becomes-a"),
                                "countersign projects add shop --workspace /src/shop");
                case AGENT ->
                        new Empty(
                                Texts.say("organisation.an-agent-that-is"),
                                "countersign agents add migrations --owner ana@example.com");
                case ROLE ->
                        new Empty(
                                Texts.say("organisation.what-people-may-do"),
                                "countersign roles add auditor --permission see --permission"
                                        + " export");
            };
        }
    }

    OrganisationPages(
            Site site,
            OrganisationRoutes organisation,
            PeopleRoutes people,
            EntityForms forms,
            TenantRoutes tenants) {
        this.site = site;
        this.organisation = organisation;
        this.people = people;
        this.forms = forms;
        this.tenants = tenants;
    }

    void start(Visit visit) {
        visit.redirect("/organisation/people");
    }

    private static Entity.Kind kind(Visit visit) {
        String plural = visit.parameter("kind");
        return Arrays.stream(Entity.Kind.values())
                .filter(kind -> kind.plural().equals(plural))
                .findFirst()
                .orElseThrow(() ->
                        new Problem(
                                Problem.Kind.NOT_FOUND,
                                Texts.say("organisation.there-is-no-such")));
    }

    private static Words words(Entity.Kind kind) {
        return switch (kind) {
            case PERSON ->
                    new Words(
                            Texts.say("organisation.people"),
                            Texts.say("organisation.who-can-sign-in"),
                            Texts.say("organisation.add-a-person"),
                            List.of(
                                    Texts.say("organisation.person"),
                                    Texts.say("organisation.roles"),
                                    Texts.say("organisation.teams")));
            case TEAM ->
                    new Words(
                            Texts.say("organisation.teams"),
                            Texts.say("organisation.groups-of-people-agents"),
                            Texts.say("organisation.add-a-team"),
                            List.of(
                                    Texts.say("organisation.team"),
                                    Texts.say("organisation.description")));
            case PROJECT ->
                    new Words(
                            Texts.say("organisation.projects"),
                            Texts.say("organisation.repositories-agents-work-in"),
                            Texts.say("organisation.add-a-project"),
                            List.of(
                                    Texts.say("organisation.project"),
                                    Texts.say("organisation.teams"),
                                    Texts.say("organisation.main-working-tree")));
            case AGENT ->
                    new Words(
                            Texts.say("organisation.agents"),
                            Texts.say("organisation.who-answers-for-which"),
                            Texts.say("organisation.add-an-agent"),
                            List.of(
                                    Texts.say("organisation.agent"),
                                    Texts.say("organisation.owner"),
                                    Texts.say("organisation.teams"),
                                    Texts.say("organisation.project"),
                                    Texts.say("organisation.state")));
            case ROLE ->
                    new Words(
                            Texts.say("organisation.roles"),
                            Texts.say("organisation.what-people-may-do-five"),
                            Texts.say("organisation.add-a-role"),
                            List.of(
                                    Texts.say("organisation.role"),
                                    Texts.say("organisation.permits")));
        };
    }

    void list(Visit visit) {
        Entity.Kind kind = kind(visit);
        list(visit, kind, 200, JsonNodeFactory.instance.objectNode(), "");
    }

    /**
     * A list with the form under it.
     *
     * @param typed what the form holds
     * @param problem why it was not taken, or empty
     */
    private void list(Visit visit, Entity.Kind kind, int status, JsonNode typed, String problem) {
        Words words = words(kind);
        ObjectNode listed = organisation.list(kind, visit.query("after"), Optional.of(MOST));
        List<EntityRow> rows = new ArrayList<>();
        listed.path(kind.plural()).forEach(each -> rows.add(row(kind, each)));
        Map<String, @Nullable Object> model = new HashMap<>();
        model.put("frame", site.frame(visit, words.title(), "organisation", false));
        model.put("tabs", tabs(tenants));
        model.put("kind", kind.plural());
        model.put("title", words.title());
        model.put("lead", words.lead());
        model.put("heads", words.heads());
        model.put("rows", rows);
        model.put("next", listed.path("next").asText());
        model.put("add", words.add());
        model.put("fields", forms.fields(kind, typed));
        model.put("barred", Site.barred(visit.person(), Permission.PEOPLE, Place.NOWHERE));
        model.put(
                "notice",
                visit.query("gone")
                        .map(name -> Texts.say("organisation.removed", name))
                        .orElse(""));
        model.put("secret", "");
        model.put("none", Empty.of(kind).none());
        model.put("command", Empty.of(kind).command());
        model.put("problem", problem);
        site.page(visit.response(), status, "organisation", model);
    }

    /** The lists there are. */
    static List<ListTab> tabs(TenantRoutes tenants) {
        List<String> kinds =
                new ArrayList<>(
                        List.of("people", "teams", "projects", "agents", "roles", "tokens"));
        if (tenants.any()) {
            kinds.add("tenants");
        }
        return kinds.stream().map(ListTab::of).toList();
    }

    private static EntityRow row(Entity.Kind kind, JsonNode each) {
        String id = each.path(EntityForms.key(kind)).asText();
        List<String> cells =
                switch (kind) {
                    case PERSON -> List.of(roles(each), EntityForms.names(each.path("teams")));
                    case TEAM -> List.of(text(each, "description"));
                    case PROJECT ->
                            List.of(EntityForms.names(each.path("teams")), text(each, "workspace"));
                    case AGENT ->
                            List.of(
                                    text(each, "owner_team").isEmpty()
                                            ? text(each, "owner")
                                            : Texts.say(
                                                    "organisation.team-of-name",
                                                    text(each, "owner_team")),
                                    EntityForms.names(each.path("teams")),
                                    text(each, "project"),
                                    text(each, "state"));
                    case ROLE -> List.of(EntityForms.names(each.path("permissions")));
                };
        return new EntityRow(
                "/organisation/" + kind.plural() + "/" + Visit.part(id).replace("+", "%20"),
                id,
                cells,
                "",
                "",
                kind == Entity.Kind.AGENT && !text(each, "state").equals("enabled"));
    }

    private static String roles(JsonNode person) {
        String held = EntityForms.held(person.path("held"));
        String everywhere = EntityForms.names(person.path("roles"));
        return everywhere.isEmpty() || held.isEmpty()
                ? everywhere + held
                : everywhere + ", " + held;
    }

    private static String text(JsonNode json, String field) {
        return json.path(field).isNull() ? "" : json.path(field).asText();
    }

    void one(Visit visit) {
        one(visit, kind(visit), visit.parameter("id"), 200, null, "", "");
    }

    private void one(
            Visit visit,
            Entity.Kind kind,
            String id,
            int status,
            @Nullable JsonNode typed,
            String problem,
            String link) {
        ObjectNode now = organisation.get(kind, id, Optional.empty());
        boolean builtIn = now.path("built_in").asBoolean();
        Map<String, @Nullable Object> model = new HashMap<>();
        model.put("frame", site.frame(visit, id, "organisation", false));
        model.put("kind", kind.plural());
        model.put("title", words(kind).title());
        model.put("id", id);
        model.put(
                "href",
                "/organisation/" + kind.plural() + "/" + Visit.part(id).replace("+", "%20"));
        model.put("members", members(kind, now));
        model.put("more", more(kind, id));
        model.put("fields", forms.fields(kind, typed == null ? now : typed));
        model.put("builtIn", builtIn);
        model.put("person", kind == Entity.Kind.PERSON);
        model.put("barred", Site.barred(visit.person(), Permission.PEOPLE, Place.NOWHERE));
        model.put(
                "notice", visit.query("saved").isPresent() ? Texts.say("organisation.saved") : "");
        model.put("link", link);
        model.put("problem", problem);
        site.page(visit.response(), status, "entity", model);
    }

    /** Where else something is said of it, or empty. */
    private static String more(Entity.Kind kind, String id) {
        return switch (kind) {
            case AGENT -> AgentPages.href(id);
            case TEAM, PROJECT ->
                    "/policies/document?level=" + kind.wire() + "&of=" + Visit.part(id);
            case PERSON, ROLE -> "";
        };
    }

    /** Who and what is in it, by kind. */
    private static Map<String, List<EntityRow>> members(Entity.Kind kind, ObjectNode now) {
        Map<String, List<EntityRow>> members = new LinkedHashMap<>();
        if (kind == Entity.Kind.PERSON || kind == Entity.Kind.AGENT) {
            return members;
        }
        for (Entity.Kind of : List.of(Entity.Kind.PERSON, Entity.Kind.AGENT, Entity.Kind.PROJECT)) {
            if (now.has(of.plural())) {
                List<EntityRow> rows = new ArrayList<>();
                now.path(of.plural())
                        .forEach(name ->
                                rows.add(
                                        new EntityRow(
                                                "/organisation/"
                                                        + of.plural()
                                                        + "/"
                                                        + Visit.part(name.asText())
                                                                .replace("+", "%20"),
                                                name.asText(),
                                                List.of(),
                                                "",
                                                "",
                                                false)));
                members.put(words(of).title(), rows);
            }
        }
        return members;
    }

    /** Adds one. */
    void put(Visit visit) throws NotRecorded {
        Entity.Kind kind = kind(visit);
        String id = visit.text(EntityForms.key(kind), 254);
        try {
            if (id.isEmpty()) {
                throw new Problem(
                        Problem.Kind.BAD_REQUEST,
                        Texts.say("organisation.is-missing", EntityForms.key(kind)));
            }
            if (exists(kind, id)) {
                throw new Problem(Problem.Kind.CONFLICT, Texts.say("organisation.is-there", id));
            }
            String link = save(kind, id, visit);
            if (link.isEmpty()) {
                visit.redirect("/organisation/" + kind.plural());
            } else {
                one(visit, kind, normal(kind, id), 200, null, "", link);
            }
        } catch (Problem problem) {
            refused(problem);
            ObjectNode typed = typed(kind, id, visit);
            list(visit, kind, problem.kind().status(), typed, Site.sentence(problem.detail()));
        }
    }

    private static String normal(Entity.Kind kind, String id) {
        return kind == Entity.Kind.PERSON ? Emails.normal(id) : id;
    }

    private boolean exists(Entity.Kind kind, String id) {
        try {
            ObjectNode _ = organisation.get(kind, normal(kind, id), Optional.empty());
            return true;
        } catch (Problem notThere) {
            return false;
        }
    }

    /** What only a page of its own can say, such as that a sign-in has to be confirmed. */
    private static void refused(Problem problem) {
        if (problem.kind() == Problem.Kind.STEP_UP || problem.kind() == Problem.Kind.TOO_MANY) {
            throw problem;
        }
    }

    private static ObjectNode typed(Entity.Kind kind, String id, Visit visit) {
        ObjectNode typed = EntityForms.body(kind, visit);
        if (kind == Entity.Kind.PERSON) {
            typed.set("held", JsonNodeFactory.instance.arrayNode());
        }
        return typed.put(EntityForms.key(kind), id);
    }

    /** The link for a person who was added, or empty. */
    private String save(Entity.Kind kind, String id, Visit visit) throws NotRecorded {
        ObjectNode body = EntityForms.body(kind, visit);
        if (kind == Entity.Kind.PERSON) {
            return people.put(body.put("email", id), visit.person()).path("sign_in").asText();
        }
        ObjectNode _ = organisation.put(kind, id, body, visit.person());
        return "";
    }

    /** Changes, disables, invites or removes one, as the button says. */
    void change(Visit visit) throws NotRecorded {
        Entity.Kind kind = kind(visit);
        String id = visit.parameter("id");
        String here = "/organisation/" + kind.plural();
        try {
            switch (visit.field("answer")) {
                case "remove" -> {
                    ObjectNode _ = organisation.remove(kind, id, visit.person());
                    visit.redirect(here + "?gone=" + Visit.part(id));
                }
                case "link" ->
                        one(
                                visit,
                                kind,
                                id,
                                200,
                                null,
                                "",
                                people.link(id, visit.person()).path("sign_in").asText());
                default -> {
                    if (!exists(kind, id)) {
                        throw new Problem(
                                Problem.Kind.NOT_FOUND,
                                Texts.say("organisation.it-is-gone-meanwhile"));
                    }
                    String _ = save(kind, id, visit);
                    visit.redirect(here + "/" + Visit.part(id).replace("+", "%20") + "?saved=yes");
                }
            }
        } catch (Problem problem) {
            refused(problem);
            if (problem.kind() == Problem.Kind.NOT_FOUND) {
                throw problem;
            }
            one(
                    visit,
                    kind,
                    id,
                    problem.kind().status(),
                    null,
                    Site.sentence(problem.detail()),
                    "");
        }
    }
}
