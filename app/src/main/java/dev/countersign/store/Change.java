package dev.countersign.store;

import java.sql.SQLException;

/** A change of the database and its ledger record: both become durable, or neither. */
@FunctionalInterface
interface Change<T> {
    T apply(Unit unit) throws SQLException;
}
