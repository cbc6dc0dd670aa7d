package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** The commands on what people approved for more than one call. */
final class GrantCommands {
    private static final String PATH = "/v1/grants";

    private GrantCommands() {}

    /** Lists what holds. */
    static Command list(Tools tools) {
        return new Listing(
                tools,
                Syntax.of("grants list", "List what is approved for more than one call."),
                _ -> PATH,
                "grants",
                List.of("ID", "AGENT", "FOR", "USED", "UNTIL", "WHAT"),
                grant ->
                        List.of(
                                Json.text(grant, "id"),
                                Json.text(grant, "agent"),
                                Json.text(grant, "scope"),
                                grant.path("used").asInt()
                                        + (grant.path("uses").isNumber()
                                                ? " of " + grant.path("uses").asInt()
                                                : ""),
                                Rows.or(Rows.second(Json.text(grant, "expires_at")), "-"),
                                what(grant)),
                "Nothing is approved for longer. Approve a call with --scope task or project.");
    }

    /** Revokes one. */
    static Command revoke(Tools tools) {
        return new Removal(
                tools,
                Syntax.of("grants revoke", "Revoke a grant; needs a signed-in person.")
                        .argument("ID"),
                PATH,
                grant ->
                        "Revoked "
                                + Visible.line(Json.text(grant, "id"))
                                + ": such calls are asked about again.");
    }

    private static String what(JsonNode grant) {
        List<String> patterns = new ArrayList<>();
        grant.path("patterns").forEach(each -> patterns.add(each.asText()));
        return patterns.isEmpty()
                ? "the very call of " + Json.text(grant, "approval")
                : String.join("; ", patterns);
    }
}
