package dev.countersign.notify;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Keeps channels that people added. Their secrets are sealed. */
public interface ChannelStore {
    List<Channel> all();

    /**
     * Adds one or changes it.
     *
     * @param elsewhere whether it leads elsewhere than before, so that no account in a chat that
     *     answered by it does so any more
     */
    void put(Channel channel, boolean elsewhere, AuditRecord event) throws NotRecorded;

    /** Why channels have ended by themselves, by their names. */
    Map<String, Ended> ended();

    /**
     * That the other side wants nothing any more.
     *
     * @param of to where the channel led then
     */
    record Ended(String of, String why, Instant at) {}

    /** Notes that a channel has ended by itself. */
    void ended(String name, Ended ended, AuditRecord event) throws NotRecorded;

    /** It works again. */
    void resumed(String name, AuditRecord event) throws NotRecorded;

    /** Ends one, with what it was to send and the accounts that answered by it. */
    void remove(String name, AuditRecord event) throws NotRecorded;
}
