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

    /** Its URL, or empty for a file in the folder. */
    String url(Path folder) {
        Place _ = in(folder);
        return URLS.getOrDefault(folder, "");
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

    /** All that stands in the tables, as text; bytes as hexadecimal digits. */
    String rows(Path folder) throws Exception {
        StringBuilder rows = new StringBuilder();
        try (Connection connection = in(folder).engine(folder).visitor()) {
            for (Table table : Table.ALL) {
                Rows.all(
                                connection,
                                "SELECT CAST(t AS text) FROM " + table.name() + " t",
                                row -> row.getString(1))
                        .forEach(row -> rows.append(row).append('\n'));
            }
        }
        return rows.toString();
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
