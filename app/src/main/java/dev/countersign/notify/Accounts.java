package dev.countersign.notify;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Whose accounts in chats are whose. Only who was signed in here has linked one. */
public interface Accounts {

    /**
     * An account.
     *
     * @param channel by which it answers
     * @param account as the chat names it, with its workspace
     */
    record Account(String channel, String account, String email) {}

    /**
     * The e-mail of whose it is.
     *
     * @param seal of the channel now: an account that was linked under another is nobody's
     */
    Optional<String> person(String channel, String account, String seal);

    List<Account> of(String email);

    /**
     * Links one; whoever had it before has it no more.
     *
     * @param seal by which it is known that what comes by the channel is the chat's
     */
    void link(Account account, String seal, Instant now, AuditRecord event) throws NotRecorded;

    void unlink(Account account, AuditRecord event) throws NotRecorded;
}
