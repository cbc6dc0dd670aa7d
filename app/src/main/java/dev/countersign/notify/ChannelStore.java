package dev.countersign.notify;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import java.util.List;

/** Keeps channels that people added. Their secrets are sealed. */
public interface ChannelStore {
    List<Channel> all();

    /** Adds one or changes it. */
    void put(Channel channel, AuditRecord event) throws NotRecorded;

    void remove(String name, AuditRecord event) throws NotRecorded;
}
