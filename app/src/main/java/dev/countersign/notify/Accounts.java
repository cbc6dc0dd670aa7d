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

    /** The e-mail of whose it is. */
    Optional<String> person(String channel, String account);

    List<Account> of(String email);

    /** Links one; whoever had it before has it no more. */
    void link(Account account, Instant now, AuditRecord event) throws NotRecorded;

    void unlink(Account account, AuditRecord event) throws NotRecorded;
}
