package dev.countersign.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.people.Permission;
import dev.countersign.people.Principal;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;

/**
 * A request that is answered with an error, as {@code application/problem+json} (RFC 9457). Thrown
 * on purpose only; it carries no stack trace.
 */
public final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The kinds of errors; their names are stable, for programs to act on. */
    public enum Kind {
        BAD_REQUEST(400, "bad-request", "the request is not understood"),
        UNAUTHORIZED(401, "unauthorized", "who is asking is not known"),
        FORBIDDEN(403, "forbidden", "this caller may not do this"),
        STEP_UP(403, "step-up", "this takes a sign-in of the last minutes"),
        NOT_FOUND(404, "not-found", "there is no such thing"),
        METHOD(405, "method-not-allowed", "the address does not take this method"),
        CONFLICT(409, "conflict", "something else was changed at the same time"),
        TOO_LATE(409, "too-late", "it was decided before"),
        TOO_LARGE(413, "too-large", "the body is too large"),
        MISDIRECTED(421, "misdirected", "this server does not answer under that name"),
        TOO_MANY(429, "too-many", "too many at once"),
        INTERNAL(500, "internal", "an error inside Countersign"),
        UNREACHABLE(502, "unreachable", "what stands behind this server cannot be reached"),
        UNSERVED(503, "unserved", "it is not served now"),
        NOT_RECORDED(503, "not-recorded", "it could not be recorded, so it was not done");

        private final int status;
        private final String slug;
        private final String title;

        Kind(int status, String slug, String title) {
            this.status = status;
            this.slug = slug;
            this.title = title;
        }

        public int status() {
            return status;
        }

        String type() {
            return TYPE + slug;
        }
    }

    /** How the type of every problem begins. */
    public static final String TYPE = "urn:countersign:problem:";

    private final Kind kind;
    private final String detail;
    private final String pointer;
    private final long retrySeconds;

    /**
     * An error of this kind.
     *
     * @param detail what is wrong and what would be right; lower case, no full stop
     */
    public Problem(Kind kind, String detail) {
        this(kind, detail, "");
    }

    private Problem(Kind kind, String detail, String pointer) {
        this(kind, detail, pointer, 0);
    }

    private Problem(Kind kind, String detail, String pointer, long retrySeconds) {
        super(detail, null, false, false);
        this.retrySeconds = retrySeconds;
        this.kind = kind;
        this.detail = detail;
        this.pointer = pointer;
    }

    /** The same, with where in the body it is (RFC 6901). */
    Problem at(String place) {
        return new Problem(kind, detail, place, retrySeconds);
    }

    public static Problem badRequest(String detail) {
        return new Problem(Kind.BAD_REQUEST, detail);
    }

    static Problem forbidden(String detail) {
        return new Problem(Kind.FORBIDDEN, detail);
    }

    static Problem notFound(String detail) {
        return new Problem(Kind.NOT_FOUND, detail);
    }

    /** Not now, but after so long. */
    public static Problem tooMany(String detail, Duration wait) {
        long seconds = Math.max(1, (wait.toMillis() + 999) / 1_000);
        return new Problem(Kind.TOO_MANY, detail + "; try again in " + seconds + " s", "", seconds);
    }

    static Problem conflict(String detail) {
        return new Problem(Kind.CONFLICT, detail);
    }

    /**
     * Passes somebody whose roles permit this everywhere.
     *
     * @throws Problem that says which roles would
     */
    public static void require(Principal.Person person, Permission permission) {
        if (!person.may(permission)) {
            throw lacks(person, permission);
        }
    }

    /**
     * Passes somebody whose roles permit this somewhere; where, is for whoever knows what it is
     * done with to ask ({@link Places#require}).
     *
     * @throws Problem that says which roles would
     */
    public static void requireSomewhere(Principal.Person person, Permission permission) {
        if (!person.rights().mayAnywhere(permission)) {
            throw lacks(person, permission);
        }
    }

    static Problem lacks(Principal.Person person, Permission permission) {
        return forbidden(why(person, permission));
    }

    /** Why this person may not do that, with what would let them. */
    public static String why(Principal.Person person, Permission permission) {
        if (person.rights().project() != null && person.rights().mayAnywhere(permission)) {
            return "this token is for the project `"
                    + Fields.shown(person.rights().project())
                    + "` alone, and this is not in it";
        }
        return "your roles do not let you "
                + permission.meaning()
                + (person.rights().mayAnywhere(permission) ? " here" : "")
                + "; these would: "
                + String.join(", ", person.rights().granting(permission));
    }

    public Kind kind() {
        return kind;
    }

    public String detail() {
        return detail;
    }

    /** Says when to try again, where that is known. */
    public void retryAfter(ServerResponse response) {
        if (retrySeconds > 0) {
            response.header(HeaderNames.RETRY_AFTER, Long.toString(retrySeconds));
        }
    }

    ObjectNode json() {
        ObjectNode json =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("type", kind.type())
                        .put("title", kind.title)
                        .put("status", kind.status)
                        .put("detail", detail);
        if (kind == Kind.STEP_UP) {
            json.put("where", StepUp.PLACE);
        }
        return pointer.isEmpty() ? json : json.put("pointer", pointer);
    }
}
