package dev.countersign.store;

import dev.countersign.config.DatabaseUrl;
import dev.countersign.testing.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The databases that every store is tested in. */
enum Databases {
    SQLITE,
    POSTGRESQL;

    private static final Map<Path, String> URLS = new ConcurrentHashMap<>();

    /** The place that belongs to a folder: the same one each time, and nothing in it at first. */
    Place in(Path folder) {
        return switch (this) {
            case SQLITE -> Place.in(folder);
            case POSTGRESQL ->
                    at(folder, URLS.computeIfAbsent(folder, _ -> PostgresServer.fresh()));
        };
    }

    static Place at(Path folder, String url) {
        DatabaseUrl parsed = DatabaseUrl.of(url);
        return new Place(
                folder,
                Optional.of(
                        new Postgres(
                                parsed.host(),
                                parsed.port(),
                                parsed.database(),
                                parsed.user(),
                                parsed.password(),
                                parsed.options())));
    }

    /** Carries out statements as somebody with all rights would. */
    void sql(Path folder, String... statements) throws SQLException {
        if (this == SQLITE) {
            DataFolderTest.sql(folder, statements);
            return;
        }
        DatabaseUrl url = DatabaseUrl.of(String.valueOf(URLS.get(folder)));
        String jdbc =
                "jdbc:postgresql://localhost:"
                        + url.port()
                        + "/postgres?currentSchema="
                        + url.options().get("schema");
        try (Connection connection = DriverManager.getConnection(jdbc, "postgres", "postgres");
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
