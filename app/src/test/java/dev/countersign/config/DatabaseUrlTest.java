package dev.countersign.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DatabaseUrlTest {
    private static Surroundings with(Map<String, String> environment) {
        return new Surroundings(
                environment, Path.of("/h"), Path.of("/h"), "linux", Clock.systemUTC());
    }

    @Test
    void everyPartIsRead() {
        assertThat(
                        DatabaseUrl.of(
                                "postgres://a%40b:p%3A%2F+%25@[::1]:99/x%2Fy?schema=s&sslmode=require"))
                .isEqualTo(
                        new DatabaseUrl(
                                "[::1]",
                                99,
                                "x/y",
                                "a@b",
                                Optional.of("p:/+%"),
                                Map.of("schema", "s", "sslmode", "require")));
        assertThat(DatabaseUrl.of("postgresql://me@db/x"))
                .isEqualTo(new DatabaseUrl("db", 5432, "x", "me", Optional.empty(), Map.of()));
    }

    @Test
    void itsPasswordIsNotPrinted() {
        assertThat(DatabaseUrl.of("postgresql://me:hidden@db/x"))
                .hasToString("postgresql://me@db:5432/x");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mysql://me:hidden@db/x|begins with another word",
                "postgresql://me:hidden@/x|names no host",
                "postgresql://me:hidden@db:70000/x|names no host and port",
                "postgresql://me:hidden@db|names no database",
                "postgresql://me:hidden@db/|names no database",
                "postgresql://me:hidden@db/x/y|names no database",
                "postgresql://db/x?password=hidden|names no user",
                "postgresql://me@db/x?password=hidden|unknown option",
                "postgresql://me@db/x?schema|unknown option",
                "postgresql://me:hidden@db/x?sslmode=hidden|unknown sslmode",
                "postgresql://me:hid#hidden@db/x|names no host",
                "postgresql://me:hidden@db/x#y|has a `#`",
                "postgresql://me:hid den@db/x|is no URL",
                "postgresql://me:hidden%zz@db/x|is no URL",
            })
    void whatIsWrongIsToldWithoutThePassword(String url, String why) {
        assertThatThrownBy(() -> DatabaseUrl.of(url))
                .isInstanceOf(SettingsProblem.class)
                .hasMessageContaining(why)
                .hasMessageContaining("postgresql://user:password@host:port/database")
                .hasMessageNotContaining("hid");
    }

    @Test
    void theVariablesCountLast() {
        Surroundings around =
                with(Map.of("COUNTERSIGN_DATABASE_URL", "postgresql://v@db/v", "PGPASSWORD", "p"));
        assertThat(DatabaseUrl.named(Optional.empty(), around))
                .contains(new DatabaseUrl("db", 5432, "v", "v", Optional.of("p"), Map.of()));
        assertThat(DatabaseUrl.named(Optional.of("postgresql://o:own@db/o"), around))
                .contains(new DatabaseUrl("db", 5432, "o", "o", Optional.of("own"), Map.of()));
        assertThat(DatabaseUrl.named(Optional.empty(), with(Map.of()))).isEmpty();
    }
}
