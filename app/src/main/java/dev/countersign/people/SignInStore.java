package dev.countersign.people;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what people sign in with, and their browser sessions. Each change that matters is one
 * transaction with its record. All of a person's goes when the person is removed.
 */
public interface SignInStore {
    /**
     * A link that signs in once.
     *
     * @param hash SHA-256 of its code
     * @param email whom
     * @param expires when it is worthless
     * @param madeBy the id of the token, or the hash of the session, it was made with, or null
     */
    record Link(String hash, String email, Instant expires, @Nullable String madeBy) {}

    /**
     * What a person is to read.
     *
     * @param at when it happened
     * @param text a sentence
     * @param seen whether they have read it
     */
    record Notice(Instant at, String text, boolean seen) {}

    /**
     * The end of other sessions.
     *
     * @param except the hash of the one that stays
     */
    record Ending(String except, AuditRecord event) {}

    /**
     * What a session rests on. What was looked at before may be gone when it begins: a password
     * takes a while to check, and meanwhile its person changes it.
     */
    sealed interface Basis {
        /** A password that was right, by its hash. */
        record Password(String hash) implements Basis {}

        /** A passkey that was shown, by its id. */
        record Key(String id) implements Basis {}

        /** Another session of the same person, by its hash. */
        record Other(String hash) implements Basis {}

        /** A link, of somebody who has neither a password nor a passkey. */
        record LinkAlone() implements Basis {}

        /** The word of somebody else. */
        record Vouched() implements Basis {}
    }

    Optional<WebSession> session(String hash);

    /** Of this person, the newest first; those that ended by themselves may be among them. */
    List<WebSession> sessions(String email);

    /**
     * Begins a session of somebody who is known.
     *
     * @param basis what it rests on
     * @return false, and nothing happens, where that is not so any more
     */
    boolean begin(WebSession session, Basis basis, AuditRecord event) throws NotRecorded;

    /** Those that began with a link that was made with this token or session. */
    List<WebSession> sessionsMadeBy(String maker);

    /** Ends the links that were made with this token or session. */
    void endLinks(String maker) throws NotRecorded;

    /** Changes a session that is still there; false, and no record, where it has ended. */
    boolean replace(WebSession session, AuditRecord event) throws NotRecorded;

    /** Notes the use of a session; no record. */
    void used(String hash, Instant at) throws NotRecorded;

    /** Ends a session; false, and no record, when there is none. */
    boolean end(String hash, AuditRecord event) throws NotRecorded;

    /**
     * Ends all sessions of a person but this one; no record when there are none.
     *
     * @param except the hash of the one that stays, or empty
     * @return how many ended
     */
    int endAll(String email, String except, AuditRecord event) throws NotRecorded;

    /**
     * Keeps a link, unless the token it was made with has ended.
     *
     * @param told what its person is to read of it, or empty
     */
    void put(Link link, Optional<Notice> told, AuditRecord event) throws NotRecorded;

    /** Of this person, the newest first. */
    List<Notice> notices(String email);

    /** This person has read them; no record. */
    void noticesSeen(String email) throws NotRecorded;

    /** Whether this person signed in with that browser before. */
    boolean knows(String hash, String email);

    /** Notes that they did; no record. */
    void know(String hash, String email, Instant at) throws NotRecorded;

    Optional<Link> link(String hash);

    /** Uses up a link for a session; false, and nothing happens, when it was used before. */
    boolean redeem(Link link, WebSession session, AuditRecord event) throws NotRecorded;

    /** The hash of a person's password, in its own format. */
    Optional<String> password(String email);

    /**
     * Sets a password, and with it ends the other sessions and the links, or neither.
     *
     * @param ending of the other sessions, or empty where they stay
     */
    void setPassword(String email, String hash, Optional<Ending> ending, AuditRecord event)
            throws NotRecorded;

    /** False, and no record, when there is none. */
    boolean removePassword(String email, AuditRecord event) throws NotRecorded;

    /** Of this person, the oldest first. */
    List<Passkey> passkeys(String email);

    Optional<Passkey> passkey(String id);

    void put(Passkey passkey, AuditRecord event) throws NotRecorded;

    /**
     * Notes the use of a passkey; no record.
     *
     * @return whether its counter still was as it was read
     */
    boolean used(Passkey read, long counter, Instant at) throws NotRecorded;

    /** False, and no record, when this person has no such passkey. */
    boolean removePasskey(String email, String id, AuditRecord event) throws NotRecorded;

    /** Who an account at a provider is here. */
    Optional<String> account(String issuer, String subject);

    /** Whether any account at a provider is this person. */
    boolean hasAccount(String email);

    /**
     * Makes an account a person's. A person has one at a provider.
     *
     * @return false, and nothing happens, where another account there is this person's
     */
    boolean putAccount(String issuer, String subject, String email, AuditRecord event)
            throws NotRecorded;
}
