package dev.countersign.store;

import dev.countersign.audit.LedgerCheck;
import dev.countersign.ledger.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Copies a store to another place, where nothing is yet. Until all of it is there and verifies, the
 * new one is marked as not whole and nothing opens it.
 */
public final class Copy {
    private static final int ROWS_AT_ONCE = 1_000;
    private static final long CHARACTERS_AT_ONCE = 8_000_000;
    private static final List<String> KEYS =
            List.of(
                    Checkpoints.KEY,
                    Checkpoints.PUBLIC_KEY,
                    Checkpoints.NEWEST,
                    DataFolder.MASKING_KEY,
                    DataFolder.PRIVACY_KEY);

    /** Is told how far a table is. */
    @FunctionalInterface
    public interface Progress {
        void reached(String table, long rows, long of);
    }

    private final Place from;
    private final Place to;
    private final Progress progress;

    private Copy(Place from, Place to, Progress progress) {
        this.from = from;
        this.to = to;
        this.progress = progress;
    }

    /**
     * Copies everything, with the keys where the folder is another one.
     *
     * @return what was found of the ledger on both sides
     * @throws DataFolderException when one of them is in use, the old one is broken or the new one
     *     is not empty; the message is for people
     */
    public static LedgerCheck.Verdict all(Place from, Place to, Progress progress)
            throws IOException {
        return new Copy(from, to, progress).all();
    }

    private LedgerCheck.Verdict all() throws IOException {
        Path old = from.folder().toAbsolutePath().normalize();
        if (!Files.isDirectory(old) || Files.notExists(old.resolve(Checkpoints.KEY))) {
            throw new DataFolderException(
                    "`"
                            + old
                            + "` holds no keys of Countersign; --data names the folder that does");
        }
        old = old.toRealPath();
        Path fresh = DataFolder.prepare(to.folder());
        Engine source = from.engine(old);
        Engine target = to.engine(fresh);
        if (from.server().isEmpty() && Files.notExists(old.resolve(DataFolder.DATABASE))) {
            throw new DataFolderException(source + " holds no database");
        }
        try (FolderLock _ = FolderLock.acquire(old);
                @Nullable FolderLock _ = fresh.equals(old) ? null : FolderLock.acquire(fresh);
                Connection _ = source.writer();
                Connection read = source.visitor()) {
            Schema.check(source, read);
            refuseOtherKeys(old, fresh);
            target.prepare();
            try (Connection write = target.writer()) {
                if (Schema.version(target, write) != 0) {
                    throw new DataFolderException(
                            target + " is not empty; copy to a place that is");
                }
                LedgerCheck.Verdict before = verified(source, old);
                Schema.create(target, write);
                copyKeys(old, fresh);
                Rows.run(write, "DELETE FROM sequence");
                for (Table table : Table.ALL) {
                    copy(table, source, read, target, write);
                }
                LedgerCheck.Verdict after = verified(target, fresh);
                if (after.records() != before.records() || !after.root().equals(before.root())) {
                    throw new DataFolderException(
                            "the copy has "
                                    + after.records()
                                    + " records and the root "
                                    + after.root()
                                    + ", not "
                                    + before.records()
                                    + " and "
                                    + before.root());
                }
                Schema.complete(target, write);
                return after;
            }
        } catch (SQLException e) {
            throw new DataFolderException("the copy broke off: " + e.getMessage(), e);
        }
    }

    private static LedgerCheck.Verdict verified(Engine engine, Path folder) throws IOException {
        Readers readers = new Readers(engine, engine::reader);
        try {
            byte[] master = DataFolder.privacyKey(folder, new SecureRandom());
            LedgerCheck.Verdict verdict =
                    new SqlCheck(folder, readers, new Privacy(master, readers, null), true)
                            .verify();
            Optional<Fault> fault = verdict.fault().or(verdict::missing);
            if (fault.isPresent()) {
                throw new DataFolderException(
                        "the ledger of "
                                + engine
                                + " does not verify, record "
                                + fault.get().index()
                                + ": "
                                + fault.get().text());
            }
            return verdict;
        } catch (StoreException e) {
            throw new DataFolderException(String.valueOf(e.getMessage()), e);
        } finally {
            readers.close();
        }
    }

    private static void refuseOtherKeys(Path old, Path fresh) throws IOException {
        for (String name : KEYS) {
            Path there = fresh.resolve(name);
            if (Files.exists(there)
                    && !(Files.exists(old.resolve(name))
                            && Arrays.equals(
                                    Files.readAllBytes(there),
                                    Files.readAllBytes(old.resolve(name))))) {
                throw new DataFolderException(
                        "`" + there + "` belongs to another ledger; copy to a folder without");
            }
        }
    }

    private static void copyKeys(Path old, Path fresh) throws IOException {
        if (fresh.equals(old)) {
            return;
        }
        for (String name : KEYS) {
            if (Files.exists(old.resolve(name))) {
                DataFolder.createFile(fresh.resolve(name));
                Files.copy(
                        old.resolve(name),
                        fresh.resolve(name),
                        StandardCopyOption.REPLACE_EXISTING,
                        StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    private void copy(Table table, Engine source, Connection read, Engine target, Connection write)
            throws SQLException, DataFolderException {
        long of = count(table, read);
        long rows =
                source.search(
                        read,
                        connection -> {
                            try (PreparedStatement select =
                                            connection.prepareStatement(table.select());
                                    PreparedStatement insert =
                                            write.prepareStatement(table.insert());
                                    ResultSet row = select.executeQuery()) {
                                return copy(table, of, row, insert, target, write);
                            }
                        });
        if (rows != of || count(table, write) != of) {
            throw new DataFolderException(
                    "of " + of + " rows of `" + table.name() + "` " + rows + " were copied");
        }
        if (table.numbered()) {
            target.goOnNumbering(write, table.name());
        }
        progress.reached(table.name(), rows, of);
    }

    private long copy(
            Table table,
            long of,
            ResultSet row,
            PreparedStatement insert,
            Engine target,
            Connection write)
            throws SQLException {
        long rows = 0;
        boolean more = row.next();
        while (more) {
            Rows.run(write, target.begin());
            long size = 0;
            for (int i = 0; more && i < ROWS_AT_ONCE && size < CHARACTERS_AT_ONCE; i++) {
                for (int column = 1; column <= table.columns().size(); column++) {
                    Object value = row.getObject(column);
                    insert.setObject(column, value);
                    size += size(value);
                }
                insert.addBatch();
                rows++;
                more = row.next();
            }
            insert.executeBatch();
            Rows.run(write, "COMMIT");
            if (more) {
                progress.reached(table.name(), rows, of);
            }
        }
        return rows;
    }

    private static long size(@Nullable Object value) {
        return switch (value) {
            case String text -> text.length();
            case byte[] bytes -> bytes.length;
            case null, default -> Long.BYTES;
        };
    }

    private static long count(Table table, Connection connection) throws SQLException {
        return Rows.first(connection, "SELECT count(*) FROM " + table.name(), row -> row.getLong(1))
                .orElse(0L);
    }
}
