package dev.countersign.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A real PostgreSQL server, started once for all tests that want one, with its files in a temporary
 * folder. It ends with this process.
 */
public final class PostgresServer {
    private static final AtomicInteger SCHEMAS = new AtomicInteger();

    private PostgresServer() {}

    /** Made on first use. */
    private static final class Held {
        private static final EmbeddedPostgres SERVER = start();

        private static EmbeddedPostgres start() {
            try {
                return EmbeddedPostgres.builder().setPGStartupWait(Duration.ofSeconds(60)).start();
            } catch (IOException e) {
                throw new UncheckedIOException("no PostgreSQL for the tests", e);
            }
        }
    }

    /** Where it listens. */
    public static int port() {
        return Held.SERVER.getPort();
    }

    /** The URL of a database that nothing was done in. */
    public static String fresh() {
        String schema = "t" + SCHEMAS.incrementAndGet();
        sql("CREATE SCHEMA " + schema);
        return "postgresql://postgres:postgres@localhost:"
                + Held.SERVER.getPort()
                + "/postgres?schema="
                + schema;
    }

    /** Does something to the server as its administrator. */
    public static void sql(String... statements) {
        try (Connection connection = Held.SERVER.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
