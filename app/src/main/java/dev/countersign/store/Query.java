package dev.countersign.store;

import java.sql.Connection;
import java.sql.SQLException;

/** A question to the database. */
@FunctionalInterface
interface Query<T> {
    T ask(Connection connection) throws SQLException;
}
