package dev.countersign.people;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A browser session as kept.
 *
 * @param hash SHA-256 of the cookie's value, 64 hexadecimal digits
 * @param id what listings call it; it opens nothing
 * @param email whose
 * @param way how they signed in
 * @param client the browser, in a few words
 * @param created when they signed in
 * @param expires when it ends however much it is used
 * @param used when it was last used, to the minute
 * @param confirmed when its person last showed that it is them, or null where nothing but a link of
 *     their own did
 * @param page SHA-256 of what its pages carry, or null where its cookie alone is enough
 * @param madeBy the id of the token, or the hash of the session, with which the link was made that
 *     it began with, or null; it ends with the former
 */
public record WebSession(
        String hash,
        String id,
        String email,
        Way way,
        String client,
        Instant created,
        Instant expires,
        Instant used,
        @Nullable Instant confirmed,
        @Nullable String page,
        @Nullable String madeBy) {

    /** The same after its person used it. */
    public WebSession usedAt(Instant at) {
        return new WebSession(
                hash, id, email, way, client, created, expires, at, confirmed, page, madeBy);
    }

    /** The same after its person showed again that it is them. */
    WebSession confirmedAt(Instant at) {
        return new WebSession(hash, id, email, way, client, created, expires, at, at, page, madeBy);
    }

    /** The same, for a browser that runs no scripts. */
    WebSession withoutPage() {
        return new WebSession(
                hash, id, email, way, client, created, expires, used, confirmed, null, madeBy);
    }
}
