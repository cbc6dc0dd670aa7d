package dev.countersign.web;

import dev.countersign.people.Permission;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Every page and form with what it takes to see or send it: the pages' table of authorisation. */
public enum Page {
    SIGN_IN("GET", "/sign-in", null),
    SIGN_IN_PASSWORD("POST", "/sign-in", null),
    SIGN_IN_LINK("POST", "/sign-in/code", null),
    SIGN_IN_PASSKEY("POST", "/sign-in/passkey", null),
    KEYLESS("POST", "/sign-in/keyless", null),
    PROVIDER("GET", "/sign-in/oidc", null),
    PROVIDER_BACK("GET", "/sign-in/oidc/return", null),
    INBOX("GET", "/", Permission.SEE),
    ACCOUNT("GET", "/account", null),
    PASSWORD("POST", "/account/password", null),
    PASSKEY_ADD("POST", "/account/passkeys", null),
    PASSKEY_REMOVE("POST", "/account/passkeys/remove", null),
    SESSION_END("POST", "/account/sessions/end", null),
    SESSIONS_END("POST", "/account/sessions", null),
    CONFIRM("GET", "/confirm", null),
    CONFIRMED("POST", "/confirm", null),
    REQUEST("GET", "/approvals/{id}", Permission.SEE),
    LATER("GET", "/deferred/{id}", Permission.SEE),
    DEVICE("GET", "/device", Permission.SEE),
    OVERVIEW("GET", "/overview", Permission.SEE),
    ACTIVITY("GET", "/activity", Permission.SEE),
    ACTIVITY_NEW("GET", "/activity/new", Permission.SEE),
    EXPORT("GET", "/activity/export", Permission.EXPORT),
    VIEW_KEEP("POST", "/activity/views", Permission.SEE),
    VIEW_FORGET("POST", "/activity/views/remove", Permission.SEE),
    SESSION("GET", "/activity/session", Permission.SEE),
    RECORD("GET", "/records/{index}", Permission.SEE),
    GRANTS("GET", "/grants", Permission.SEE),
    AGENTS("GET", "/agents", Permission.SEE),
    AGENT("GET", "/agents/{id}", Permission.SEE),
    TASKS("GET", "/tasks", Permission.SEE),
    TASK("GET", "/tasks/task", Permission.SEE),
    POLICIES("GET", "/policies", Permission.SEE),
    POLICY("GET", "/policies/document", Permission.SEE),
    POLICY_CHECK("POST", "/policies/check", Permission.POLICY, true),
    POLICY_PUT("POST", "/policies/document", Permission.POLICY, true),
    POLICY_REMOVE("POST", "/policies/remove", Permission.POLICY, true),
    EFFECTIVE("GET", "/policies/effective", Permission.SEE),
    BENCH("GET", "/policies/bench", Permission.SEE),
    TRY("POST", "/policies/bench", Permission.SEE),
    DEFAULTS("GET", "/policies/defaults", Permission.SEE),
    ACCEPT_DEFAULTS("POST", "/policies/defaults", Permission.UPGRADE),
    TOOLS("GET", "/policies/tools", Permission.SEE),
    ACCEPT_TOOL("POST", "/policies/tools", Permission.ACCEPT),
    REVOKE("POST", "/grants/{id}/revoke", Permission.ANSWER, true),
    VOTE("POST", "/approvals/{id}/vote", Permission.ANSWER, true),
    VOTES("POST", "/approvals/votes", Permission.ANSWER, true),
    PASS("POST", "/approvals/{id}/pass", Permission.ANSWER, true),
    EDIT("POST", "/approvals/{id}/edit", Permission.ANSWER, true),
    BREAK_GLASS("POST", "/approvals/{id}/break-glass", Permission.ANSWER, true),
    ACKNOWLEDGE("POST", "/approvals/{id}/acknowledge", Permission.ANSWER),
    STOP("POST", "/stops", Permission.STOP, true),
    RESUME("POST", "/stops/{id}/resume", Permission.RESUME, true),
    ANSWER_LATER("POST", "/deferred/{id}", Permission.ANSWER, true),
    ACCEPT("POST", "/files/accept", Permission.ACCEPT),
    SETTINGS("GET", "/settings", Permission.SEE),
    INTEGRATIONS("GET", "/integrations", Permission.SEE),
    CHANNEL_PUT("POST", "/integrations/channels", Permission.CHANNELS),
    CHANNEL_CHANGE("POST", "/integrations/channels/{id}", Permission.CHANNELS),
    ROUTING_PUT("POST", "/integrations/routing", Permission.CHANNELS),
    ROTA_PUT("POST", "/integrations/on-call", Permission.PEOPLE),
    WELCOME("GET", "/welcome", Permission.SEE),
    ORGANISATION("GET", "/organisation", Permission.SEE),
    ENTITIES("GET", "/organisation/{kind}", Permission.SEE),
    ENTITY("GET", "/organisation/{kind}/{id}", Permission.SEE),
    TOKEN_CREATE("POST", "/organisation/tokens", Permission.ACT),
    TOKEN_REVOKE("POST", "/organisation/tokens/{id}", Permission.SEE),
    TENANT_PUT("POST", "/organisation/tenants", Permission.TENANTS),
    TENANT_CHANGE("POST", "/organisation/tenants/{id}", Permission.TENANTS),
    ENTITY_PUT("POST", "/organisation/{kind}", Permission.PEOPLE),
    ENTITY_CHANGE("POST", "/organisation/{kind}/{id}", Permission.PEOPLE),
    CONFIRM_DEVICE("POST", "/device", Permission.SEE),
    CONFIRM_TOKEN("POST", "/tokens/confirm", Permission.SEE),
    LINK("POST", "/sign-in/link", Permission.SEE),
    SIGN_OUT("POST", "/sign-out", null),
    ACCOUNT_LINK("GET", "/link/{code}", null),
    ACCOUNT_LINKED("POST", "/link/{code}", null),
    PUSH_SUBSCRIBE("POST", "/account/browsers", null),
    PUSH_END("POST", "/account/browsers/end", null),
    ANSWER_LINK("GET", "/a/{token}", null),
    ANSWER_BY_LINK("POST", "/a/{token}", null),
    NOTHING("GET", "/*", null);

    /** What is there for who is not signed in. */
    private static final Set<Page> OPEN =
            EnumSet.of(
                    SIGN_IN,
                    SIGN_IN_PASSWORD,
                    SIGN_IN_LINK,
                    SIGN_IN_PASSKEY,
                    PROVIDER,
                    PROVIDER_BACK,
                    ANSWER_LINK,
                    ANSWER_BY_LINK,
                    NOTHING);

    /** What takes a person who confirmed of late that it is them. */
    private static final Set<Page> GRAVE =
            EnumSet.of(
                    PASSWORD,
                    PASSKEY_ADD,
                    PASSKEY_REMOVE,
                    ACCEPT_DEFAULTS,
                    ACCEPT,
                    ACCEPT_TOOL,
                    POLICY_PUT,
                    POLICY_REMOVE,
                    LINK,
                    TOKEN_CREATE,
                    TENANT_PUT,
                    TENANT_CHANGE,
                    ACCOUNT_LINKED,
                    CHANNEL_PUT,
                    CHANNEL_CHANGE,
                    ROUTING_PUT,
                    ROTA_PUT,
                    ENTITY_PUT,
                    ENTITY_CHANGE,
                    CONFIRMED);

    /** What somebody needs who has nothing to sign in with yet. */
    private static final Set<Page> BARE =
            EnumSet.of(ACCOUNT, PASSWORD, PASSKEY_ADD, CONFIRM, CONFIRMED, KEYLESS, SIGN_OUT);

    /** What ends sign-ins, for which a cookie is enough: who fears a thief is to be fast. */
    private static final Set<Page> BY_COOKIE = EnumSet.of(SESSION_END, SESSIONS_END, SIGN_OUT);

    /** What answers questions. */
    private static final Set<Page> VOTING =
            EnumSet.of(VOTE, VOTES, PASS, EDIT, BREAK_GLASS, ACKNOWLEDGE, ANSWER_LATER);

    /** What goes through many records. */
    private static final Set<Page> COSTLY =
            EnumSet.of(
                    OVERVIEW,
                    ACTIVITY,
                    ACTIVITY_NEW,
                    SESSION,
                    RECORD,
                    AGENTS,
                    AGENT,
                    TASKS,
                    TASK,
                    POLICY,
                    EFFECTIVE,
                    TRY);

    private final String method;
    private final String path;
    private final @Nullable Permission permission;
    private final boolean placed;

    Page(String method, String path, @Nullable Permission permission) {
        this(method, path, permission, false);
    }

    Page(String method, String path, @Nullable Permission permission, boolean placed) {
        this.placed = placed;
        this.method = method;
        this.path = path;
        this.permission = permission;
    }

    public String method() {
        return method;
    }

    /** The address with its parameters in braces. */
    public String path() {
        return path;
    }

    /** What one needs to be permitted; null where it takes none. */
    public @Nullable Permission permission() {
        return permission;
    }

    /** Whether a role in the team or project of what is changed is enough. */
    public boolean placed() {
        return placed;
    }

    /** Whether nobody has to be signed in for it. */
    public boolean open() {
        return OPEN.contains(this);
    }

    /** Whether it is there before a person has set anything to sign in with. */
    boolean bare() {
        return BARE.contains(this);
    }

    /** Whether it takes more than the cookie: what only our own pages carry. */
    public boolean keyed() {
        return !BY_COOKIE.contains(this);
    }

    /** Whether it answers questions. */
    boolean votes() {
        return VOTING.contains(this);
    }

    /** Whether it goes through many records. */
    boolean costly() {
        return COSTLY.contains(this);
    }

    /** Whether it takes a sign-in of the last minutes. */
    public boolean grave() {
        return GRAVE.contains(this);
    }
}
