package dev.countersign.audit;

/** The write side: small on purpose. */
public interface AuditLog {

    /**
     * Returns once the record is durable.
     *
     * @throws NotRecorded when it could not be made durable in time; the caller must then not allow
     *     anything
     */
    Receipt append(AuditRecord event) throws NotRecorded;

    /** The ledger could not take a record: disk full, database gone, too slow. */
    final class NotRecorded extends Exception {
        private static final long serialVersionUID = 1L;

        public NotRecorded(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
