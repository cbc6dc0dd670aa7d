package dev.countersign.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditFilters;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditQuery;
import dev.countersign.audit.AuditQuery.Recorded;
import dev.countersign.audit.Pruned;
import dev.countersign.audit.export.AuditExports;
import dev.countersign.audit.export.ExportFormat;
import dev.countersign.audit.report.AuditReports;
import dev.countersign.decision.SessionCoverage;
import dev.countersign.people.Principal;
import dev.countersign.policy.Effect;
import io.helidon.common.uri.UriQuery;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code /v1/audit}. */
final class AuditRoutes {
    private static final int PAGE = 100;
    private static final int LARGEST_PAGE = 1_000;
    private final AuditQuery audit;
    private static final List<String> REPORT = List.of("framework", "from", "to", "format");

    private final AuditExports exports;
    private final AuditReports reports;

    AuditRoutes(AuditQuery audit, AuditExports exports, AuditReports reports) {
        this.audit = audit;
        this.exports = exports;
        this.reports = reports;
    }

    /** A report, recorded and ready to leave. */
    AuditReports.Made report(UriQuery query, Principal principal) throws NotRecorded {
        for (String name : query.names()) {
            if (!REPORT.contains(name)) {
                throw Problem.badRequest(
                        "`"
                                + Fields.shown(name)
                                + "` is nothing a report is made by; expected "
                                + String.join(", ", REPORT));
            }
        }
        String person = principal instanceof Principal.Person one ? one.email() : null;
        try {
            return reports.make(
                    new AuditReports.Wanted(
                            Fields.shown(value(query, "framework")),
                            Fields.shown(value(query, "from")),
                            Fields.shown(value(query, "to")),
                            AuditReports.Form.of(
                                    query.first("format").map(Fields::shown).orElse("html")),
                            person));
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        }
    }

    private static String value(UriQuery query, String name) {
        return query.first(name).orElse("");
    }

    /**
     * An export, recorded and ready to leave.
     *
     * @param format as the answer names it
     */
    record Export(ExportFormat format, AuditExports.Begun begun) {}

    Export export(UriQuery query, Principal principal) throws NotRecorded {
        Map<String, String> filters = new HashMap<>();
        ExportFormat format = ExportFormat.JSON;
        for (String name : query.names()) {
            String value = query.first(name).orElse("");
            if (name.equals("format")) {
                format =
                        ExportFormat.of(value)
                                .orElseThrow(() ->
                                        Problem.badRequest(
                                                "`format` is `"
                                                        + Fields.shown(value)
                                                        + "`; expected json, csv or ocsf"));
            } else {
                filters.put(filter(name), checked(name, value));
            }
        }
        String person = principal instanceof Principal.Person one ? one.email() : null;
        try {
            return new Export(
                    format, exports.begin(new AuditExports.Wanted(format, filters, person)));
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        }
    }

    /** What of a session was mediated. */
    ObjectNode coverage(Optional<String> session, Principal principal) {
        String id =
                session.filter(text -> !text.isBlank())
                        .orElseThrow(() -> Problem.badRequest("`session` is missing"));
        Map<String, String> filters = new HashMap<>(Map.of("session", id));
        if (principal instanceof Principal.Person person && person.rights().project() != null) {
            filters.put("project", person.rights().project());
        }
        SessionCoverage coverage = SessionCoverage.of(audit, filters);
        if (coverage.first() == null) {
            throw Problem.notFound("no session `" + Fields.shown(id) + "`");
        }
        return coverage.json().put("session", id);
    }

    ObjectNode list(UriQuery query, Principal principal) {
        Map<String, String> filters = new HashMap<>();
        long before = Long.MAX_VALUE;
        int limit = PAGE;
        boolean counted = false;
        for (String name : query.names()) {
            String value = query.first(name).orElse("");
            switch (name) {
                case "cursor", "before" -> before = number(name, value, Long.MAX_VALUE);
                case "count" -> counted = yes(value);
                case "limit" -> limit = Math.toIntExact(number(name, value, LARGEST_PAGE));
                default -> filters.put(filter(name), checked(name, value));
            }
        }
        if (principal instanceof Principal.Person person && person.rights().project() != null) {
            String own = person.rights().project();
            if (!own.equals(filters.getOrDefault("project", own))) {
                throw Problem.forbidden(
                        "this token is for the project `" + Fields.shown(own) + "` alone");
            }
            filters.put("project", own);
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
        if (counted) {
            json.put("count", audit.count(filters, before));
        }
        json.put("next", more ? Long.toString(found.getLast().index()) : null);
        Pruned pruned = more ? Pruned.NOTHING : audit.pruned();
        if (pruned.first() > 0) {
            json.put("elsewhere", pruned.where(pruned.first()));
        }
        return json;
    }

    private static boolean yes(String value) {
        if (value.equals("yes") || value.equals("no")) {
            return value.equals("yes");
        }
        throw Problem.badRequest("`count` is `" + Fields.shown(value) + "`; expected yes or no");
    }

    private List<Recorded> found(Map<String, String> filters, long before, int limit) {
        try {
            return audit.list(filters, before, limit);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        }
    }

    private static String filter(String name) {
        if (!AuditFilters.names().contains(name)) {
            throw Problem.badRequest(
                    "`"
                            + Fields.shown(name)
                            + "` is no filter; expected count, cursor, limit, "
                            + String.join(", ", AuditFilters.names().stream().sorted().toList()));
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
