package dev.countersign.store;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The database a store is kept in: the few things in which databases differ. Everything else is one
 * set of SQL texts that all of them take. {@code toString} is what people call it.
 */
sealed interface Engine permits Sqlite, Postgres {
    /**
     * Makes what must be there before anything is opened, and changes nothing that is not ours.
     *
     * @throws DataFolderException when it is something else; the message is for people
     */
    void prepare() throws SQLException, IOException;

    /**
     * Opens the connection that writes: every commit is on the disk before it returns.
     *
     * @throws DataFolderException when another program writes there; the message is for people
     */
    Connection writer() throws SQLException, IOException;

    /** Bounds how long one statement of the connection that writes may take from now on. */
    void bound(Connection writer, Duration most) throws SQLException;

    /** Opens one that reads beside the writer of this process. */
    Connection reader() throws SQLException;

    /** Opens one that reads from outside, beside whoever writes, and makes nothing. */
    Connection visitor() throws SQLException;

    /**
     * The file all of it is in, where nobody writes there: who reads all of it may read that as it
     * lies.
     */
    Optional<Path> still();

    /** Begins a transaction that will write. */
    String begin();

    /** Whether a statement that fails undoes itself, and the transaction can go on. */
    boolean failsAlone();

    /** Whether a statement failed by the fault of its own values, and harmed nothing else. */
    boolean ownFault(SQLException failure);

    /** Whether it failed because the connection is gone; another one may do. */
    boolean lost(SQLException failure);

    /** Whether it can be gone, or there again, with nobody asking it anything. */
    boolean mayVanish();

    /** Asks what may have a long answer, row by row and not all of it in memory. */
    <T> T search(Connection connection, Query<T> query) throws SQLException;

    /** An expression: a text within the record of a ledger row {@code l}, by its path. */
    String within(String... path);

    /**
     * An expression: what a ledger row {@code l} has by this name of {@link
     * dev.countersign.audit.RecordJson}.
     */
    String field(String name);

    /** A table with the column {@code value}: the texts in a list of the record {@code l}. */
    String each(String list);

    /** Empties the table of the tree, which is guarded against that. */
    String emptyTree();

    /** The function that gives the greatest of its arguments. */
    String greatest();

    /** Begins a transaction that reads and sees one moment, whatever others write. */
    String snapshot();

    /**
     * Gives back some of the room of what was deleted, within a transaction.
     *
     * @return whether there is more to give back
     */
    boolean shrink(Connection writer) throws SQLException;

    /** Gives back the room of what was deleted, where that has to be done at a start. */
    void rewrite(Connection writer);

    /** Numbers the rows of a table from the last that was put in. */
    void goOnNumbering(Connection writer, String table) throws SQLException;

    /** The scripts that make the tables, in order; each begins with the data version it makes. */
    List<String> scripts();

    /** The folder of the scripts. */
    String dialect();

    /**
     * The data version of the tables, 0 where there are none; below 0 where they are not whole.
     *
     * @throws DataFolderException when the database is something else
     */
    int version(Connection connection) throws SQLException, IOException;

    /** What a person does to be rid of all that is in it, without a full stop. */
    String howToEmpty();

    /** The statement that notes a data version. */
    String note(int version);
}
