package dev.countersign.web;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.Problem;
import dev.countersign.api.RoutingRoutes;
import dev.countersign.audit.AuditLog.NotRecorded;

/** Who is told of what, and who is on call: said beside the channels. */
final class RoutingPages {
    private final SettingPages page;
    private final RoutingRoutes routing;

    RoutingPages(SettingPages page, RoutingRoutes routing) {
        this.page = page;
        this.routing = routing;
    }

    private interface Change {
        String made() throws NotRecorded;
    }

    /** Says how a team or a person is told, or takes it back. */
    void put(Visit visit) throws NotRecorded {
        show(
                visit,
                () -> {
                    String of = visit.text("of", 300);
                    int colon = of.indexOf(':');
                    if (colon < 1) {
                        throw new Problem(
                                Problem.Kind.BAD_REQUEST, Texts.say("routing.expected", of));
                    }
                    String kind = of.substring(0, colon);
                    String name = of.substring(colon + 1);
                    if (visit.field("answer").equals("remove")) {
                        ObjectNode _ = routing.remove(kind, name, visit.person());
                        return Texts.say("routing.told-by-all-again", of);
                    }
                    ObjectNode _ = routing.put(kind, name, said(visit), visit.person());
                    return Texts.say("routing.saved", of);
                });
    }

    /** What a form says of how somebody is told. */
    static ObjectNode said(Visit visit) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("told", !visit.field("told").equals("no"));
        ArrayNode channels = body.putArray("channels");
        for (String each : visit.text("channels", 4_000).split("[,\\s]+", -1)) {
            if (!each.isBlank()) {
                channels.add(each);
            }
        }
        return body.put("risk", visit.text("risk", 10).isEmpty() ? "none" : visit.text("risk", 10))
                .put("hours", visit.text("hours", 100))
                .put("digest", visit.text("digest", 100));
    }

    /** Says who is on call for a team, or ends its rota. */
    void rota(Visit visit) throws NotRecorded {
        show(
                visit,
                () -> {
                    String team = visit.text("team", 128);
                    if (visit.field("answer").equals("remove")) {
                        ObjectNode _ = routing.endRota(team, visit.person());
                        return Texts.say("routing.nobody-on-call", team);
                    }
                    ObjectNode body = JsonNodeFactory.instance.objectNode();
                    ArrayNode people = body.putArray("people");
                    for (String each : visit.text("people", 8_000).split("[,\\s]+", -1)) {
                        if (!each.isBlank()) {
                            people.add(each);
                        }
                    }
                    body.put("every", visit.text("every", 40)).put("at", visit.text("at", 100));
                    if (!visit.text("from", 20).isEmpty()) {
                        body.put("from", visit.text("from", 20));
                    }
                    ObjectNode made = routing.putRota(team, body, visit.person());
                    return Texts.say("routing.on-call-now", made.path("now").asText(), team);
                });
    }

    private void show(Visit visit, Change change) throws NotRecorded {
        try {
            page.integrations(visit, 200, change.made(), "", "");
        } catch (Problem problem) {
            if (problem.kind() == Problem.Kind.STEP_UP) {
                throw problem;
            }
            page.integrations(
                    visit, problem.kind().status(), "", "", Site.sentence(problem.detail()));
        }
    }
}
