package dev.countersign.api;

import dev.countersign.people.Principal;
import java.util.List;
import java.util.Set;

/** Every address of the interface with who may call it: the one table of authorisation. */
public enum Route {
    DECIDE("POST", "/v1/decisions", Kind.AGENT, Kind.PERSON),
    DECISION("GET", "/v1/decisions/{id}", Kind.AGENT, Kind.PERSON, Kind.UNCONFIRMED, Kind.OWNER),
    OUTCOME("POST", "/v1/outcomes", Kind.AGENT, Kind.PERSON),
    APPROVALS("GET", "/v1/approvals", Kind.AGENT, Kind.PERSON, Kind.UNCONFIRMED, Kind.OWNER),
    APPROVAL("GET", "/v1/approvals/{id}", Kind.AGENT, Kind.PERSON, Kind.UNCONFIRMED, Kind.OWNER),
    VOTE("POST", "/v1/approvals/{id}/votes", Kind.PERSON),
    ACKNOWLEDGE("POST", "/v1/approvals/{id}/acknowledge", Kind.PERSON),
    VOTES("POST", "/v1/approvals/votes", Kind.PERSON),
    EXPLAIN("POST", "/v1/approvals/explain", Kind.PERSON, Kind.UNCONFIRMED, Kind.OWNER),
    DEFERRED("GET", "/v1/deferred", Kind.AGENT, Kind.PERSON, Kind.UNCONFIRMED, Kind.OWNER),
    DEFERRED_APPROVE("POST", "/v1/deferred/{id}/approve", Kind.PERSON),
    DEFERRED_RELEASE("POST", "/v1/deferred/{id}/release", Kind.PERSON),
    DEFERRED_CANCEL("POST", "/v1/deferred/{id}/cancel", Kind.PERSON),
    PREVIEW("GET", "/v1/approvals/{id}/preview", Kind.PERSON, Kind.UNCONFIRMED, Kind.OWNER),
    GRANTS("GET", "/v1/grants", Kind.PERSON, Kind.UNCONFIRMED, Kind.OWNER),
    REVOKE("DELETE", "/v1/grants/{id}", Kind.PERSON),
    STOPS("GET", "/v1/stops", Kind.PERSON, Kind.UNCONFIRMED, Kind.OWNER),
    STOP("POST", "/v1/stops", Kind.PERSON, Kind.OWNER),
    RESUME("DELETE", "/v1/stops/{id}", Kind.PERSON),
    AUDIT("GET", "/v1/audit", Kind.PERSON, Kind.UNCONFIRMED, Kind.OWNER),
    EXPORT("GET", "/v1/audit/export", Kind.PERSON, Kind.UNCONFIRMED, Kind.OWNER),
    ARCHIVES("GET", "/v1/audit/archives", Kind.PERSON, Kind.UNCONFIRMED, Kind.OWNER),
    ARCHIVE("GET", "/v1/audit/archives/{first}", Kind.PERSON, Kind.UNCONFIRMED, Kind.OWNER),
    PRUNE("POST", "/v1/audit/prune", Kind.PERSON),
    HOLDS("GET", "/v1/audit/holds", Kind.PERSON, Kind.UNCONFIRMED, Kind.OWNER),
    HOLD_PLACE("POST", "/v1/audit/holds", Kind.PERSON, Kind.OWNER),
    HOLD_END("POST", "/v1/audit/holds/{id}/end", Kind.PERSON),
    CHECKPOINT("GET", "/v1/ledger/checkpoint", Kind.PERSON, Kind.UNCONFIRMED, Kind.OWNER),
    LEDGER_KEY("GET", "/v1/ledger/key", Kind.PERSON, Kind.UNCONFIRMED, Kind.OWNER),
    INCLUSION("GET", "/v1/ledger/proof/inclusion", Kind.PERSON, Kind.UNCONFIRMED, Kind.OWNER),
    CONSISTENCY("GET", "/v1/ledger/proof/consistency", Kind.PERSON, Kind.UNCONFIRMED, Kind.OWNER),
    PROOF("GET", "/v1/ledger/proof/{index}", Kind.PERSON, Kind.UNCONFIRMED, Kind.OWNER),
    TILE("GET", "/v1/ledger/tile/{+tile}", Kind.PERSON, Kind.UNCONFIRMED, Kind.OWNER),
    TOKENS("GET", "/v1/tokens", Kind.PERSON, Kind.UNCONFIRMED, Kind.OWNER),
    TOKEN_CREATE("POST", "/v1/tokens", Kind.PERSON, Kind.OWNER),
    TOKEN_REVOKE("DELETE", "/v1/tokens/{id}", Kind.PERSON, Kind.OWNER),
    TOKEN_CONFIRM("POST", "/v1/tokens/{id}/confirm", Kind.PERSON),
    PEOPLE("GET", "/v1/people", Kind.PERSON, Kind.UNCONFIRMED, Kind.OWNER),
    PERSON_PUT("POST", "/v1/people", Kind.PERSON, Kind.OWNER),
    PERSON_REMOVE("DELETE", "/v1/people/{id}", Kind.PERSON, Kind.OWNER),
    POLICY_FILES("GET", "/v1/policies/waiting", Kind.PERSON, Kind.UNCONFIRMED, Kind.OWNER),
    POLICY_ACCEPT("POST", "/v1/policies/accept", Kind.PERSON),
    POLICY_EFFECTIVE("GET", "/v1/policies/effective", Kind.PERSON, Kind.UNCONFIRMED, Kind.OWNER),
    POLICY_DEFAULTS("GET", "/v1/policies/defaults", Kind.PERSON, Kind.UNCONFIRMED, Kind.OWNER),
    POLICY_DEFAULTS_ACCEPT("POST", "/v1/policies/defaults", Kind.PERSON),
    POLICIES("GET", "/v1/policies", Kind.PERSON, Kind.UNCONFIRMED, Kind.OWNER),
    POLICY_PUT("PUT", "/v1/policies/{level}", Kind.PERSON, Kind.OWNER),
    POLICY_PUT_OF("PUT", "/v1/policies/{level}/{of}", Kind.PERSON, Kind.OWNER),
    POLICY_REMOVE("DELETE", "/v1/policies/{level}", Kind.PERSON, Kind.OWNER),
    POLICY_REMOVE_OF("DELETE", "/v1/policies/{level}/{of}", Kind.PERSON, Kind.OWNER),
    HOOK("POST", "/hooks/{client}/{event}", Kind.AGENT),
    EVENTS("GET", "/events", Kind.AGENT, Kind.PERSON, Kind.UNCONFIRMED, Kind.OWNER),
    METRICS("GET", "/metrics", Kind.AGENT, Kind.PERSON, Kind.UNCONFIRMED, Kind.OWNER),
    LOGOUT("POST", "/v1/logout", Kind.PERSON, Kind.UNCONFIRMED),
    DEVICE_LOGIN("POST", "/v1/login/device", Kind.ANYBODY),
    DEVICE_TOKEN("POST", "/v1/login/token", Kind.ANYBODY),
    OPENAPI("GET", "/openapi.json", Kind.ANYBODY),
    SCHEMA("GET", "/schemas/policy.json", Kind.ANYBODY),
    LIVE("GET", "/health/live", Kind.ANYBODY),
    READY("GET", "/health/ready", Kind.ANYBODY);

    /** The addresses that never answer a stranger, whether or not there is such a route. */
    static final List<String> GUARDED = List.of("/v1", "/access", "/hooks", "/events", "/metrics");

    /** The kinds of callers. */
    public enum Kind {
        /** Nobody in particular: no credential is asked for. */
        ANYBODY,
        /** An agent or device token. */
        AGENT,
        /** Someone who signed in, so that their answer counts. */
        PERSON,
        /** A personal token that its person has not confirmed: reads only. */
        UNCONFIRMED,
        /** The owner shortcut: reads, sets up and stops. */
        OWNER;

        static Kind of(Principal principal) {
            return switch (principal) {
                case Principal.Agent _ -> AGENT;
                case Principal.Person person -> person.votes() ? PERSON : UNCONFIRMED;
                case Principal.Owner _ -> OWNER;
            };
        }
    }

    private final String method;
    private final String path;

    @SuppressWarnings("ImmutableEnumChecker") // Set.of is immutable; its type cannot say so
    private final Set<Kind> callers;

    Route(String method, String path, Kind... callers) {
        this.method = method;
        this.path = path;
        this.callers = Set.of(callers);
    }

    public String method() {
        return method;
    }

    /** The address with its parameters in braces. */
    public String path() {
        return path;
    }

    public boolean permits(Kind caller) {
        return open() || callers.contains(caller);
    }

    /** Whether no credential is asked for. */
    public boolean open() {
        return callers.contains(Kind.ANYBODY);
    }

    /** Whether only signed-in people do this, and this is none: a person must hear of it. */
    boolean isForPeople(Principal principal) {
        return callers.equals(Set.of(Kind.PERSON)) && !permits(Kind.of(principal));
    }

    /** Passes, or says why not. */
    void check(Principal principal) {
        Kind kind = Kind.of(principal);
        if (permits(kind)) {
            return;
        }
        throw Problem.forbidden(
                switch (kind) {
                    case AGENT -> "an agent's token may not do this; only people may";
                    case OWNER ->
                            callers.contains(Kind.PERSON)
                                    ? "the owner shortcut reads, sets up and stops, but never"
                                            + " votes, accepts or resumes; sign in with `countersign"
                                            + " login`"
                                    : "the owner shortcut is no agent; use an agent's token";
                    case UNCONFIRMED ->
                            "this token was not confirmed by its person; confirm it on the page"
                                    + " `/device`, or sign in with `countersign login`";
                    case PERSON, ANYBODY -> "only an agent's token may do this";
                });
    }
}
