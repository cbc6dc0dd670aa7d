package dev.countersign.store;

import dev.countersign.audit.Receipt;
import dev.countersign.audit.RecordJson.Prepared;
import java.sql.Connection;
import java.sql.SQLException;

/** What a change works with while the one writer carries it out. */
interface Unit {
    Connection connection();

    /** Adds the next record to the ledger. */
    Receipt append(Prepared record) throws SQLException;
}
