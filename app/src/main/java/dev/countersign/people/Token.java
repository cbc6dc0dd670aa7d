package dev.countersign.people;

import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A bearer token as kept: its secret is shown once and only its hash is stored.
 *
 * @param id public id
 * @param name what its maker called it
 * @param kind what it stands for
 * @param hash SHA-256 of the secret, 64 hexadecimal digits
 * @param agent the agent it speaks for, or null
 * @param person the person it belongs to, or null
 * @param project the project it is bound to, or null
 * @param confirmed whether its person confirmed it signed in, so that it may vote
 * @param created when it was made
 * @param expires when it ends, or null
 * @param revoked when it was revoked, or null
 * @param scopes what it is for
 * @param used when it was used last, by the minute and a minute late, or null
 * @param madeBy the id of the token or the hash of the browser session it was made with, or null
 *     where that is on this machine's owner; it ends with the former
 */
public record Token(
        String id,
        String name,
        Kind kind,
        String hash,
        @Nullable String agent,
        @Nullable String person,
        @Nullable String project,
        boolean confirmed,
        Instant created,
        @Nullable Instant expires,
        @Nullable Instant revoked,
        Set<TokenScope> scopes,
        @Nullable Instant used,
        @Nullable String madeBy) {
    public Token {
        scopes = Set.copyOf(scopes);
    }

    /** One that is for all that its kind can be for, and was never used. */
    public Token(
            String id,
            String name,
            Kind kind,
            String hash,
            @Nullable String agent,
            @Nullable String person,
            @Nullable String project,
            boolean confirmed,
            Instant created,
            @Nullable Instant expires,
            @Nullable Instant revoked) {
        this(
                id,
                name,
                kind,
                hash,
                agent,
                person,
                project,
                confirmed,
                created,
                expires,
                revoked,
                TokenScope.all(kind),
                null,
                null);
    }

    /**
     * The same, which its person has confirmed.
     *
     * @param with what they came with: where the token was made with nothing, it ends with that
     */
    Token confirmedByPerson(String with) {
        return new Token(
                id,
                name,
                kind,
                hash,
                agent,
                person,
                project,
                true,
                created,
                expires,
                revoked,
                scopes,
                used,
                madeBy == null ? with : madeBy);
    }

    /** The same, over. */
    Token revokedAt(Instant when) {
        return new Token(
                id, name, kind, hash, agent, person, project, confirmed, created, expires, when,
                scopes, used, madeBy);
    }

    /** The same, used. */
    public Token usedAt(Instant when) {
        return new Token(
                id, name, kind, hash, agent, person, project, confirmed, created, expires, revoked,
                scopes, when, madeBy);
    }

    /** What a token stands for. */
    public enum Kind {
        AGENT,
        PERSONAL,
        DEVICE;

        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public boolean validAt(Instant now) {
        return revoked == null && (expires == null || now.isBefore(expires));
    }
}
