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
    REVOKE("POST", "/grants/{id}/revoke", Permission.ANSWER),
    VOTE("POST", "/approvals/{id}/vote", Permission.ANSWER),
    VOTES("POST", "/approvals/votes", Permission.ANSWER),
    EDIT("POST", "/approvals/{id}/edit", Permission.ANSWER),
    BREAK_GLASS("POST", "/approvals/{id}/break-glass", Permission.ANSWER),
    ACKNOWLEDGE("POST", "/approvals/{id}/acknowledge", Permission.ANSWER),
    STOP("POST", "/stops", Permission.STOP),
    RESUME("POST", "/stops/{id}/resume", Permission.RESUME),
    ANSWER_LATER("POST", "/deferred/{id}", Permission.ANSWER),
    ACCEPT("POST", "/files/accept", Permission.ACCEPT),
    CONFIRM_DEVICE("POST", "/device", Permission.SEE),
    CONFIRM_TOKEN("POST", "/tokens/confirm", Permission.SEE),
    LINK("POST", "/sign-in/link", Permission.SEE),
    SIGN_OUT("POST", "/sign-out", null),
    NOTHING("GET", "/*", null);

    private final String method;
    private final String path;
    private final @Nullable Permission permission;

    Page(String method, String path, @Nullable Permission permission) {
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
}
