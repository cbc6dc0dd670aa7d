package dev.countersign.api;

import dev.countersign.people.Permission;
import dev.countersign.people.Principal;
import dev.countersign.people.Token;
import dev.countersign.people.TokenScope;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Every address of the interface with who may call it: the one table of authorisation. */
public enum Route {
    DECIDE("POST", "/v1/decisions", Who.ASKERS, Permission.ACT),
    DECISION("GET", "/v1/decisions/{id}", Who.ALL, Permission.SEE),
    OUTCOME("POST", "/v1/outcomes", Who.ASKERS, Permission.ACT),
    APPROVALS("GET", "/v1/approvals", Who.ALL, Permission.SEE),
    APPROVAL("GET", "/v1/approvals/{id}", Who.ALL, Permission.SEE),
    VOTE("POST", "/v1/approvals/{id}/votes", Who.PEOPLE, Permission.ANSWER, true),
    PASS("POST", "/v1/approvals/{id}/pass", Who.PEOPLE, Permission.ANSWER, true),
    ACKNOWLEDGE("POST", "/v1/approvals/{id}/acknowledge", Who.PEOPLE, Permission.ANSWER),
    VOTES("POST", "/v1/approvals/votes", Who.PEOPLE, Permission.ANSWER, true),
    EXPLAIN("POST", "/v1/approvals/explain", Who.READERS, Permission.SEE),
    DEFERRED("GET", "/v1/deferred", Who.ALL, Permission.SEE),
    DEFERRED_APPROVE("POST", "/v1/deferred/{id}/approve", Who.PEOPLE, Permission.ANSWER, true),
    DEFERRED_RELEASE("POST", "/v1/deferred/{id}/release", Who.PEOPLE, Permission.ANSWER, true),
    DEFERRED_CANCEL("POST", "/v1/deferred/{id}/cancel", Who.PEOPLE, Permission.ANSWER, true),
    PREVIEW("GET", "/v1/approvals/{id}/preview", Who.READERS, Permission.SEE),
    GRANTS("GET", "/v1/grants", Who.READERS, Permission.SEE),
    REVOKE("DELETE", "/v1/grants/{id}", Who.PEOPLE, Permission.ANSWER, true),
    STOPS("GET", "/v1/stops", Who.READERS, Permission.SEE),
    STOP("POST", "/v1/stops", Who.SET_UP, Permission.STOP, true),
    RESUME("DELETE", "/v1/stops/{id}", Who.PEOPLE, Permission.RESUME, true),
    AUDIT("GET", "/v1/audit", Who.READERS, Permission.SEE),
    COVERAGE("GET", "/v1/audit/coverage", Who.READERS, Permission.SEE),
    EXPORT("GET", "/v1/audit/export", Who.READERS, Permission.EXPORT),
    REPORT("GET", "/v1/audit/report", Who.READERS, Permission.EXPORT),
    ARCHIVES("GET", "/v1/audit/archives", Who.READERS, Permission.EXPORT),
    ARCHIVE("GET", "/v1/audit/archives/{first}", Who.READERS, Permission.EXPORT),
    PRUNE("POST", "/v1/audit/prune", Who.PEOPLE, Permission.RETAIN),
    HOLDS("GET", "/v1/audit/holds", Who.READERS, Permission.SEE),
    HOLD_PLACE("POST", "/v1/audit/holds", Who.SET_UP, Permission.RETAIN),
    HOLD_END("POST", "/v1/audit/holds/{id}/end", Who.PEOPLE, Permission.RETAIN),
    CHECKPOINT("GET", "/v1/ledger/checkpoint", Who.READERS, Permission.SEE),
    LEDGER_KEY("GET", "/v1/ledger/key", Who.READERS, Permission.SEE),
    COSIGN("POST", "/v1/ledger/cosignatures", Who.READERS, Permission.SEE),
    INCLUSION("GET", "/v1/ledger/proof/inclusion", Who.READERS, Permission.SEE),
    CONSISTENCY("GET", "/v1/ledger/proof/consistency", Who.READERS, Permission.SEE),
    PROOF("GET", "/v1/ledger/proof/{index}", Who.READERS, Permission.SEE),
    TILE("GET", "/v1/ledger/tile/{+tile}", Who.READERS, Permission.SEE),
    TOKENS("GET", "/v1/tokens", Who.READERS, Permission.SEE),
    TOKEN_CREATE("POST", "/v1/tokens", Who.SET_UP, Permission.ACT),
    TOKEN_REVOKE("DELETE", "/v1/tokens/{id}", Who.SET_UP, Permission.SEE),
    TOKEN_CONFIRM("POST", "/v1/tokens/{id}/confirm", Who.PEOPLE, Permission.SEE),
    SESSIONS("GET", "/v1/sessions", Who.READERS, Permission.SEE),
    SESSIONS_END("DELETE", "/v1/sessions", Who.PEOPLE, Permission.SEE),
    SESSION_END("DELETE", "/v1/sessions/{id}", Who.PEOPLE, Permission.SEE),
    PEOPLE("GET", "/v1/people", Who.READERS, Permission.SEE),
    PERSON("GET", "/v1/people/{id}", Who.READERS, Permission.SEE),
    PERSON_PUT("POST", "/v1/people", Who.SET_UP, Permission.PEOPLE),
    PERSON_LINK("POST", "/v1/people/{id}/link", Who.PEOPLE, Permission.PEOPLE),
    PERSON_REMOVE("DELETE", "/v1/people/{id}", Who.SET_UP, Permission.PEOPLE),
    ROLES("GET", "/v1/roles", Who.READERS, Permission.SEE),
    ROLE("GET", "/v1/roles/{id}", Who.READERS, Permission.SEE),
    ROLE_PUT("PUT", "/v1/roles/{id}", Who.SET_UP, Permission.PEOPLE),
    ROLE_REMOVE("DELETE", "/v1/roles/{id}", Who.SET_UP, Permission.PEOPLE),
    TEAMS("GET", "/v1/teams", Who.READERS, Permission.SEE),
    TEAM("GET", "/v1/teams/{id}", Who.READERS, Permission.SEE),
    TEAM_PUT("PUT", "/v1/teams/{id}", Who.SET_UP, Permission.PEOPLE),
    TEAM_REMOVE("DELETE", "/v1/teams/{id}", Who.SET_UP, Permission.PEOPLE),
    PROJECTS("GET", "/v1/projects", Who.READERS, Permission.SEE),
    PROJECT("GET", "/v1/projects/{id}", Who.READERS, Permission.SEE),
    PROJECT_PUT("PUT", "/v1/projects/{id}", Who.SET_UP, Permission.PEOPLE),
    PROJECT_REMOVE("DELETE", "/v1/projects/{id}", Who.SET_UP, Permission.PEOPLE),
    AGENTS("GET", "/v1/agents", Who.READERS, Permission.SEE),
    AGENT("GET", "/v1/agents/{id}", Who.READERS, Permission.SEE),
    AGENT_PUT("PUT", "/v1/agents/{id}", Who.SET_UP, Permission.PEOPLE),
    AGENT_REMOVE("DELETE", "/v1/agents/{id}", Who.SET_UP, Permission.PEOPLE),
    AGENT_DISABLE("POST", "/v1/agents/{id}/disable", Who.SET_UP, Permission.PEOPLE),
    ORGANISATION("GET", "/v1/organisation", Who.READERS, Permission.SEE),
    ORGANISATION_APPLY("POST", "/v1/organisation", Who.SET_UP, Permission.PEOPLE),
    TENANTS("GET", "/v1/tenants", Who.READERS, Permission.TENANTS),
    TENANT("GET", "/v1/tenants/{id}", Who.READERS, Permission.TENANTS),
    TENANT_PUT("PUT", "/v1/tenants/{id}", Who.SET_UP, Permission.TENANTS),
    TENANT_CLOSE("DELETE", "/v1/tenants/{id}", Who.PEOPLE, Permission.TENANTS),
    TENANT_LINK("POST", "/v1/tenants/{id}/link", Who.PEOPLE, Permission.TENANTS),
    CHANNELS("GET", "/v1/channels", Who.READERS, Permission.SEE),
    CHANNEL_PUT("PUT", "/v1/channels/{id}", Who.PEOPLE, Permission.CHANNELS),
    CHANNEL_REMOVE("DELETE", "/v1/channels/{id}", Who.PEOPLE, Permission.CHANNELS),
    CHANNEL_TEST("POST", "/v1/channels/{id}/test", Who.SET_UP, Permission.CHANNELS),
    NOTIFICATIONS("GET", "/v1/notifications", Who.READERS, Permission.SEE),
    NOTIFICATIONS_BOUNCED("POST", "/v1/notifications/bounced", Who.SET_UP, Permission.CHANNELS),
    NOTIFICATIONS_REPLAY("POST", "/v1/notifications/replay", Who.SET_UP, Permission.CHANNELS),
    ROUTING("GET", "/v1/routing", Who.READERS, Permission.SEE),
    ROUTING_MINE("PUT", "/v1/routing/mine", Who.PEOPLE, Permission.ANSWER),
    ROUTING_PUT("PUT", "/v1/routing/{kind}/{id}", Who.PEOPLE, Permission.CHANNELS),
    ROUTING_REMOVE("DELETE", "/v1/routing/{kind}/{id}", Who.PEOPLE, Permission.CHANNELS),
    ON_CALL("GET", "/v1/on-call", Who.READERS, Permission.SEE),
    ON_CALL_PUT("PUT", "/v1/on-call/{id}", Who.SET_UP, Permission.PEOPLE),
    ON_CALL_REMOVE("DELETE", "/v1/on-call/{id}", Who.SET_UP, Permission.PEOPLE),
    POLICY_FILES("GET", "/v1/policies/waiting", Who.READERS, Permission.SEE),
    POLICY_ACCEPT("POST", "/v1/policies/accept", Who.PEOPLE, Permission.ACCEPT),
    POLICY_EFFECTIVE("GET", "/v1/policies/effective", Who.READERS, Permission.SEE),
    POLICY_HISTORY("GET", "/v1/policies/history", Who.READERS, Permission.SEE),
    POLICY_TRY("POST", "/v1/policies/try", Who.READERS, Permission.SEE),
    POLICY_DEFAULTS("GET", "/v1/policies/defaults", Who.READERS, Permission.SEE),
    POLICY_DEFAULTS_ACCEPT("POST", "/v1/policies/defaults", Who.PEOPLE, Permission.UPGRADE),
    POLICIES("GET", "/v1/policies", Who.READERS, Permission.SEE),
    POLICY_PUT("PUT", "/v1/policies/{level}", Who.SET_UP, Permission.POLICY),
    POLICY_PUT_OF("PUT", "/v1/policies/{level}/{of}", Who.SET_UP, Permission.POLICY, true),
    POLICY_REMOVE("DELETE", "/v1/policies/{level}", Who.SET_UP, Permission.POLICY),
    POLICY_REMOVE_OF("DELETE", "/v1/policies/{level}/{of}", Who.SET_UP, Permission.POLICY, true),
    TOOLS_SEEN("POST", "/v1/mcp/tools", Who.ASKERS, Permission.ACT),
    TOOLS("GET", "/v1/mcp/tools", Who.READERS, Permission.SEE),
    TOOL_ACCEPT("POST", "/v1/mcp/tools/accept", Who.PEOPLE, Permission.ACCEPT),
    GIT_PUSH("POST", "/v1/git/pushes", Who.AGENTS, Permission.ACT),
    GIT_PASS("POST", "/v1/git/passes", Who.PEOPLE, Permission.POLICY),
    EVALUATION("POST", "/access/v1/evaluation", Who.ASKERS, Permission.ACT),
    EVALUATIONS("POST", "/access/v1/evaluations", Who.ASKERS, Permission.ACT),
    SEARCH_SUBJECT("POST", "/access/v1/search/subject", Who.ASKERS, Permission.ACT),
    SEARCH_RESOURCE("POST", "/access/v1/search/resource", Who.ASKERS, Permission.ACT),
    SEARCH_ACTION("POST", "/access/v1/search/action", Who.ASKERS, Permission.ACT),
    ACCESS_REQUEST("POST", "/access/v1/requests", Who.ASKERS, Permission.ACT),
    ACCESS_STATUS("GET", "/access/v1/requests/{id}", Who.ASKERS, Permission.ACT),
    HOOK("POST", "/hooks/{client}/{event}", Who.AGENTS, Permission.ACT),
    MCP("POST", "/mcp/{name}", Who.AGENTS, Permission.ACT),
    MCP_STREAM("GET", "/mcp/{name}", Who.AGENTS, Permission.ACT),
    MCP_END("DELETE", "/mcp/{name}", Who.AGENTS, Permission.ACT),
    EVENTS("GET", "/events", Who.ALL, Permission.SEE),
    METRICS("GET", "/metrics", Who.ALL, Permission.SEE),
    LOGOUT("POST", "/v1/logout", Who.SIGNED_IN),
    DEVICE_LOGIN("POST", "/v1/login/device", Who.ANYBODY),
    DEVICE_TOKEN("POST", "/v1/login/token", Who.ANYBODY),
    ACCESS_METADATA("GET", "/.well-known/authzen-configuration", Who.ANYBODY),
    SLACK("POST", "/slack/{id}/interactions", Who.ANYBODY),
    OPENAPI("GET", "/openapi.json", Who.ANYBODY),
    SCHEMA("GET", "/schemas/policy.json", Who.ANYBODY),
    ORGANISATION_SCHEMA("GET", "/schemas/organisation.json", Who.ANYBODY),
    LIVE("GET", "/health/live", Who.ANYBODY),
    READY("GET", "/health/ready", Who.ANYBODY);

    /** The addresses that never answer a stranger, whether or not there is such a route. */
    static final List<String> GUARDED =
            List.of("/v1", "/access", "/hooks", "/mcp", "/events", "/metrics");

    /** What a browser does only when its person confirmed of late that it is them. */
    private static final Set<Route> GRAVE =
            EnumSet.of(
                    EXPORT,
                    REPORT,
                    ARCHIVE,
                    PRUNE,
                    HOLD_END,
                    TOKEN_CREATE,
                    TOKEN_CONFIRM,
                    PERSON_PUT,
                    PERSON_LINK,
                    PERSON_REMOVE,
                    ROLE_PUT,
                    ROLE_REMOVE,
                    TEAM_PUT,
                    TEAM_REMOVE,
                    PROJECT_PUT,
                    PROJECT_REMOVE,
                    AGENT_PUT,
                    AGENT_REMOVE,
                    ORGANISATION_APPLY,
                    TENANT_PUT,
                    TENANT_CLOSE,
                    TENANT_LINK,
                    CHANNEL_PUT,
                    CHANNEL_REMOVE,
                    ROUTING_PUT,
                    ROUTING_REMOVE,
                    ON_CALL_PUT,
                    ON_CALL_REMOVE,
                    POLICY_ACCEPT,
                    TOOL_ACCEPT,
                    POLICY_DEFAULTS_ACCEPT,
                    POLICY_PUT,
                    POLICY_PUT_OF,
                    POLICY_REMOVE,
                    POLICY_REMOVE_OF,
                    GIT_PASS);

    /** Where a personal token for one project comes: what is about one call, question or stop. */
    private static final Set<Route> WITHIN_PROJECT =
            EnumSet.of(
                    DECIDE,
                    DECISION,
                    OUTCOME,
                    TOOLS_SEEN,
                    EVALUATION,
                    EVALUATIONS,
                    SEARCH_SUBJECT,
                    SEARCH_RESOURCE,
                    SEARCH_ACTION,
                    ACCESS_REQUEST,
                    ACCESS_STATUS,
                    APPROVALS,
                    APPROVAL,
                    VOTE,
                    PASS,
                    VOTES,
                    DEFERRED,
                    DEFERRED_APPROVE,
                    DEFERRED_RELEASE,
                    DEFERRED_CANCEL,
                    PREVIEW,
                    GRANTS,
                    REVOKE,
                    STOPS,
                    STOP,
                    RESUME,
                    AUDIT,
                    EVENTS,
                    LOGOUT);

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

    /** Sets of callers. */
    private enum Who {
        ANYBODY(Kind.ANYBODY),
        AGENTS(Kind.AGENT),
        ASKERS(Kind.AGENT, Kind.PERSON),
        PEOPLE(Kind.PERSON),
        SIGNED_IN(Kind.PERSON, Kind.UNCONFIRMED),
        SET_UP(Kind.PERSON, Kind.OWNER),
        READERS(Kind.PERSON, Kind.UNCONFIRMED, Kind.OWNER),
        ALL(Kind.AGENT, Kind.PERSON, Kind.UNCONFIRMED, Kind.OWNER);

        @SuppressWarnings("ImmutableEnumChecker") // Set.of is immutable; its type cannot say so
        private final Set<Kind> kinds;

        Who(Kind... kinds) {
            this.kinds = Set.of(kinds);
        }
    }

    private final String method;
    private final String path;

    @SuppressWarnings("ImmutableEnumChecker") // one of Who's
    private final Set<Kind> callers;

    private final @Nullable Permission permission;
    private final boolean placed;

    /** One that takes no permission. */
    Route(String method, String path, Who callers) {
        this(method, path, callers, null);
    }

    Route(String method, String path, Who callers, @Nullable Permission permission) {
        this(method, path, callers, permission, false);
    }

    Route(
            String method,
            String path,
            Who callers,
            @Nullable Permission permission,
            boolean placed) {
        this.placed = placed;
        this.method = method;
        this.path = path;
        this.callers = callers.kinds;
        this.permission = permission;
    }

    public String method() {
        return method;
    }

    /** The address with its parameters in braces. */
    public String path() {
        return path;
    }

    /** What people need to be permitted for it; null where it takes no permission. */
    public @Nullable Permission permission() {
        return permission;
    }

    /** Whether a role in the team or project of what is changed is enough. */
    public boolean placed() {
        return placed;
    }

    /** What a token must be for; null where it takes none. */
    public @Nullable TokenScope scope() {
        if (permission == null) {
            return null;
        }
        return switch (this) {
            case DECIDE,
                    DECISION,
                    HOOK,
                    TOOLS_SEEN,
                    MCP,
                    MCP_STREAM,
                    MCP_END,
                    EVALUATION,
                    EVALUATIONS,
                    SEARCH_SUBJECT,
                    SEARCH_RESOURCE,
                    SEARCH_ACTION,
                    ACCESS_REQUEST,
                    ACCESS_STATUS ->
                    TokenScope.DECIDE;
            case OUTCOME -> TokenScope.REPORT;
            case GIT_PUSH -> TokenScope.GATE;
            case TOKEN_REVOKE, TOKEN_CONFIRM, SESSION_END, SESSIONS_END -> TokenScope.MANAGE;
            default ->
                    switch (permission) {
                        case SEE -> TokenScope.READ;
                        case ANSWER, STOP, RESUME, ACCEPT -> TokenScope.ANSWER;
                        case ACT, POLICY, EXPORT, RETAIN, PEOPLE, UPGRADE, TENANTS, CHANNELS ->
                                TokenScope.MANAGE;
                    };
        };
    }

    /** Whether such callers come here at all; of people, those with the permission. */
    public boolean permits(Kind caller) {
        return open() || callers.contains(caller);
    }

    /** Whether no credential is asked for. */
    public boolean open() {
        return callers.contains(Kind.ANYBODY);
    }

    /** Whether a personal token for one project comes here, for what is in that project. */
    public boolean withinProject() {
        return open() || WITHIN_PROJECT.contains(this);
    }

    /** Whether it takes a sign-in of the last minutes from who comes with a browser. */
    public boolean grave() {
        return GRAVE.contains(this);
    }

    /** Whether only signed-in people do this, and this is none: a person must hear of it. */
    boolean isForPeople(Principal principal) {
        return callers.equals(Set.of(Kind.PERSON)) && !permits(Kind.of(principal));
    }

    /** Passes, or says why not. */
    void check(Principal principal) {
        Kind kind = Kind.of(principal);
        if (permits(kind)) {
            requireScope(principal);
            if (permission != null && principal instanceof Principal.Person person) {
                if (Places.within(person) && !withinProject()) {
                    throw Problem.forbidden(
                            "this token is for the project `"
                                    + Fields.shown(String.valueOf(person.rights().project()))
                                    + "` alone, and this is about more than it");
                }
                if (placed || Places.within(person)) {
                    Problem.requireSomewhere(person, permission);
                } else {
                    Problem.require(person, permission);
                }
            }
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

    private void requireScope(Principal principal) {
        TokenScope needed = scope();
        if (needed == null) {
            return;
        }
        Set<TokenScope> scopes =
                switch (principal) {
                    case Principal.Agent agent -> agent.scopes();
                    case Principal.Person person -> person.scopes();
                    case Principal.Owner _ -> TokenScope.all(Token.Kind.PERSONAL);
                };
        // Who asks for a decision may also look at what became of it.
        boolean reads = this == DECISION && scopes.contains(TokenScope.READ);
        if (!scopes.contains(needed) && !reads) {
            throw Problem.forbidden(
                    "this token is not made to "
                            + needed.meaning()
                            + "; it needs the scope `"
                            + needed.wire()
                            + "`");
        }
    }
}
