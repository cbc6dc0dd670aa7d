package dev.countersign.store;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a store is.
 *
 * @param folder what holds the keys, always
 * @param server the database, or empty for the file in the folder
 */
public record Place(Path folder, Optional<Postgres> server) {
    /** A folder that holds everything. */
    public static Place in(Path folder) {
        return new Place(folder, Optional.empty());
    }

    /** With the folder as it is really called. */
    Engine engine(Path real) {
        return server.<Engine>map(there -> there).orElseGet(() -> new Sqlite(real));
    }
}
