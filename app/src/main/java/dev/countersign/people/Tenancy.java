package dev.countersign.people;

import dev.countersign.audit.AuditLog.NotRecorded;
import java.util.Optional;

/** Serves tenants while the server runs. Safe for many threads. */
public interface Tenancy {
    /** A tenant that cannot be served, with the reason. */
    final class Unserved extends Exception {
        private static final long serialVersionUID = 1L;

        /** Not served, because of this; lower case, no full stop. */
        public Unserved(String why) {
            super(why);
        }

        /** The reason, for people. */
        public String why() {
            return String.valueOf(getMessage());
        }
    }

    /** Whether a name of a host is one of the server itself. */
    boolean isOwn(String host);

    /** Serves it from now on, under the address it has now. */
    void open(Tenant tenant) throws Unserved;

    /** Answers whoever waits there, and serves it no longer. */
    void close(String name);

    /** Why one that should be open is not; empty while it is served. */
    Optional<String> trouble(String name);

    /**
     * The code of a link that signs its first owner in; empty once they have something else to sign
     * in with.
     */
    Optional<String> link(String name) throws Unserved, NotRecorded;
}
