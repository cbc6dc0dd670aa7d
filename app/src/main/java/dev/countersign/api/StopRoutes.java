package dev.countersign.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.Stop;
import dev.countersign.approval.Stops;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.decision.DecisionPoint;
import dev.countersign.people.Permission;
import dev.countersign.people.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code /v1/stops}: people stop work and let it go on. */
final class StopRoutes {
    private static final int LONGEST_NAME = 1_024;
    private static final int LONGEST_REASON = 500;

    private final DecisionPoint decisions;
    private final Stops stops;
    private final Places places;

    StopRoutes(DecisionPoint decisions, Stops stops, Places places) {
        this.places = places;
        this.decisions = decisions;
        this.stops = stops;
    }

    /** Those that hold; a token for a project sees those that stop what is in it. */
    ObjectNode list(Principal principal) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("stops");
        stops.holding().stream()
                .filter(stop ->
                        stop.kind() == Stop.Kind.ALL
                                || Places.reach(principal, places.of(stop.kind(), stop.name())))
                .forEach(stop -> list.add(json(stop)));
        return json;
    }

    /** Body: one of {@code task}, {@code agent}, {@code project} or {@code all}, and a reason. */
    ObjectNode stop(ObjectNode body, Principal principal) throws NotRecorded {
        Fields fields = new Fields(body, "task", "agent", "project", "all", "reason");
        List<Stop.Kind> kinds = new ArrayList<>();
        String name = "";
        for (Stop.Kind kind : Stop.Kind.values()) {
            Optional<String> given =
                    kind == Stop.Kind.ALL
                            ? fields.yes("all").filter(all -> all).map(_ -> "")
                            : fields.text(kind.wire(), LONGEST_NAME);
            if (given.isPresent()) {
                kinds.add(kind);
                name = given.get();
            }
        }
        if (kinds.size() != 1 || (name.isBlank() && kinds.getFirst() != Stop.Kind.ALL)) {
            throw Problem.badRequest(
                    "say what to stop with one of `task`, `agent`, `project` or `all`");
        }
        Places.require(principal, Permission.STOP, places.of(kinds.getFirst(), name));
        String reason = fields.text("reason", LONGEST_REASON).orElse("").strip();
        return json(decisions.stop(kinds.getFirst(), name, reason, who(principal)));
    }

    ObjectNode resume(String id, Principal principal) throws NotRecorded {
        stops.holding().stream()
                .filter(stop -> stop.id().equals(id))
                .forEach(stop ->
                        Places.require(
                                principal, Permission.RESUME, places.of(stop.kind(), stop.name())));
        return stops.resume(id, who(principal))
                .map(StopRoutes::json)
                .orElseThrow(() -> Problem.notFound("no stop `" + Fields.shown(id) + "` holds"));
    }

    private static String who(Principal principal) {
        String email = principal.email();
        return email == null ? "the owner of the data folder" : email;
    }

    /** A stop as clients see it. */
    static ObjectNode json(Stop stop) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", stop.id());
        json.put("stops", stop.kind().wire());
        json.put("name", stop.name());
        json.put("reason", stop.reason());
        json.put("person", stop.person());
        json.put("at", stop.at().toString());
        if (stop.ended() != null) {
            json.put("ended", stop.ended().toString());
        }
        return json;
    }
}
