package dev.countersign.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditQuery;
import dev.countersign.audit.AuditQuery.Recorded;
import dev.countersign.policy.Effect;
import io.helidon.common.uri.UriQuery;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** {@code /v1/audit}. */
final class AuditRoutes {
    private static final int PAGE = 100;
    private static final int LARGEST_PAGE = 1_000;
    private static final Set<String> FILTERS =
            Set.of(
                    "agent",
                    "project",
                    "person",
                    "client",
                    "session",
                    "call",
                    "kind",
                    "tool",
                    "effect",
                    "risk",
                    "decider",
                    "decision",
                    "from",
                    "to",
                    "q");

    private final AuditQuery audit;

    AuditRoutes(AuditQuery audit) {
        this.audit = audit;
    }

    ObjectNode list(UriQuery query) {
        Map<String, String> filters = new HashMap<>();
        long before = Long.MAX_VALUE;
        int limit = PAGE;
        for (String name : query.names()) {
            String value = query.first(name).orElse("");
            switch (name) {
                case "cursor", "before" -> before = number(name, value, Long.MAX_VALUE);
                case "limit" -> limit = Math.toIntExact(number(name, value, LARGEST_PAGE));
                default -> filters.put(filter(name), checked(name, value));
            }
        }
        List<Recorded> found = found(filters, before, limit);
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode records = json.putArray("records");
        for (Recorded each : found) {
            ObjectNode record = records.addObject();
            record.put("index", each.index());
            record.put("hash", each.hash());
            record.set("record", each.body());
        }
        boolean more = limit > 0 && found.size() == limit && found.getLast().index() > 0;
        json.put("next", more ? Long.toString(found.getLast().index()) : null);
        return json;
    }

    private List<Recorded> found(Map<String, String> filters, long before, int limit) {
        try {
            return audit.list(filters, before, limit);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        }
    }

    private static String filter(String name) {
        if (!FILTERS.contains(name)) {
            throw Problem.badRequest(
                    "`"
                            + Fields.shown(name)
                            + "` is no filter; expected cursor, limit, "
                            + String.join(", ", new TreeSet<>(FILTERS)));
        }
        return name;
    }

    private static String checked(String name, String value) {
        if (name.equals("effect") && Effect.of(value).isEmpty()) {
            throw Problem.badRequest(
                    "`effect` is `"
                            + Fields.shown(value)
                            + "`; expected allow, ask, defer or deny");
        }
        if (name.equals("from") || name.equals("to")) {
            try {
                return Instant.parse(value).toString();
            } catch (DateTimeParseException e) {
                throw Problem.badRequest(
                        "`"
                                + name
                                + "` is `"
                                + Fields.shown(value)
                                + "`; expected a time such as `2026-11-21T09:00:00Z`");
            }
        }
        return value;
    }

    private static long number(String name, String value, long most) {
        try {
            long number = Long.parseLong(value);
            if (number >= 0 && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw Problem.badRequest(
                "`" + name + "` is `" + Fields.shown(value) + "`; expected a number up to " + most);
    }
}
