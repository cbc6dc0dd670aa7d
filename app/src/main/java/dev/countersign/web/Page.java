package dev.countersign.web;

import dev.countersign.people.Permission;
import org.jspecify.annotations.Nullable;

/** Every page and form with what it takes to see or send it: the pages' table of authorisation. */
public enum Page {
    SIGN_IN("GET", "/sign-in", null),
    INBOX("GET", "/", Permission.SEE),
    REQUEST("GET", "/approvals/{id}", Permission.SEE),
    LATER("GET", "/deferred/{id}", Permission.SEE),
    DEVICE("GET", "/device", Permission.SEE),
    ACTIVITY("GET", "/activity", Permission.SEE),
    RECORD("GET", "/records/{index}", Permission.SEE),
    GRANTS("GET", "/grants", Permission.SEE),
    DEFAULTS("GET", "/policies/defaults", Permission.SEE),
    ACCEPT_DEFAULTS("POST", "/policies/defaults", Permission.UPGRADE),
    REVOKE("POST", "/grants/{id}/revoke", Permission.ANSWER, true),
    VOTE("POST", "/approvals/{id}/vote", Permission.ANSWER, true),
    VOTES("POST", "/approvals/votes", Permission.ANSWER, true),
    EDIT("POST", "/approvals/{id}/edit", Permission.ANSWER, true),
    BREAK_GLASS("POST", "/approvals/{id}/break-glass", Permission.ANSWER, true),
    ACKNOWLEDGE("POST", "/approvals/{id}/acknowledge", Permission.ANSWER),
    STOP("POST", "/stops", Permission.STOP, true),
    RESUME("POST", "/stops/{id}/resume", Permission.RESUME, true),
    ANSWER_LATER("POST", "/deferred/{id}", Permission.ANSWER, true),
    ACCEPT("POST", "/files/accept", Permission.ACCEPT),
    CONFIRM_DEVICE("POST", "/device", Permission.SEE),
    CONFIRM_TOKEN("POST", "/tokens/confirm", Permission.SEE),
    LINK("POST", "/sign-in/link", Permission.SEE),
    SIGN_OUT("POST", "/sign-out", null),
    NOTHING("GET", "/*", null);

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
}
