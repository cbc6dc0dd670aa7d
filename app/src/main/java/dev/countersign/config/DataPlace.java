package dev.countersign.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where data is: the folder with its keys, and the database where that is not in the folder.
 *
 * @param folder absolute
 * @param database on a server, or empty for the file in the folder
 */
public record DataPlace(Path folder, Optional<DatabaseUrl> database) {
    @Override
    public String toString() {
        return database.map(DatabaseUrl::toString).orElse(folder.toString());
    }
}
