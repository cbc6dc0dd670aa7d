package dev.countersign.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.Grants;
import dev.countersign.approval.Terms;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.decision.GrantPreview;
import dev.countersign.people.Permission;
import dev.countersign.people.Principal;
import java.util.Optional;

/** {@code /v1/grants}, and what one would also have allowed. */
final class GrantRoutes {
    private final Grants grants;
    private final Approvals approvals;
    private final GrantPreview preview;
    private final Places places;

    GrantRoutes(Grants grants, Approvals approvals, GrantPreview preview, Places places) {
        this.places = places;
        this.grants = grants;
        this.approvals = approvals;
        this.preview = preview;
    }

    ObjectNode list(Principal principal) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("grants");
        grants.list().stream()
                .filter(grant ->
                        !Places.within(principal) || Places.reach(principal, places.of(grant)))
                .forEach(grant -> list.add(Grants.json(grant)));
        return json;
    }

    ObjectNode revoke(String id, Principal principal) throws NotRecorded {
        String email = principal.email();
        if (email == null) {
            throw Problem.forbidden("only people revoke");
        }
        grants.find(id)
                .ifPresent(grant -> Places.require(principal, Permission.ANSWER, places.of(grant)));
        return grants.revoke(id, email)
                .map(Grants::json)
                .orElseThrow(() -> Problem.notFound("no grant `" + Fields.shown(id) + "` holds"));
    }

    /**
     * What a yes would also have allowed.
     *
     * @param pattern the widest when not given
     */
    ObjectNode preview(
            String id, Optional<String> scope, Optional<String> pattern, Principal principal) {
        ApprovalRequest request =
                approvals
                        .find(id)
                        .filter(r -> ApprovalRoutes.visible(r, principal, approvals))
                        .orElseThrow(
                                () -> Problem.notFound("no approval `" + Fields.shown(id) + "`"));
        Terms terms =
                WantedTerms.of(
                        scope.orElse(request.offer().lasts() ? "task" : "once"),
                        pattern.orElse(
                                scope.orElse("").equals("once") ? "" : request.offer().pattern()),
                        "",
                        "");
        request.offer()
                .problem(terms)
                .ifPresent(why -> {
                    throw Problem.badRequest(why);
                });
        ObjectNode json = preview.of(request, terms).json();
        json.put("scope", terms.scope().wire());
        json.put("pattern", terms.pattern());
        return json;
    }
}
