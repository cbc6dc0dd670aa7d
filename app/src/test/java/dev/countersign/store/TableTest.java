package dev.countersign.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The list of tables is that of every database. */
final class TableTest {
    private @TempDir Path temporary;

    /** A table that is made later must be copied too. */
    @ParameterizedTest
    @EnumSource
    void noTableAndNoColumnIsForgotten(Databases database) throws Exception {
        Place place = database.in(temporary.resolve("data"));
        Store.open(place, Clock.systemUTC()).close();
        try (Connection connection = place.engine(place.folder().toRealPath()).visitor()) {
            List<String> stored =
                    Rows.all(
                            connection,
                            database == Databases.SQLITE
                                    ? "SELECT m.name || '.' || c.name FROM sqlite_schema m"
                                            + " JOIN pragma_table_info(m.name) c"
                                            + " WHERE m.type = 'table'"
                                    : "SELECT table_name || '.' || column_name FROM"
                                            + " information_schema.columns WHERE table_schema ="
                                            + " current_schema() AND table_name <>"
                                            + " 'countersign_data' AND (table_name <> 'ledger' OR"
                                            + " is_nullable = 'NO')",
                            row -> row.getString(1));
            List<String> copied = new ArrayList<>();
            for (Table table : Table.ALL) {
                table.columns().forEach(column -> copied.add(table.name() + "." + column));
            }
            assertThat(stored).containsExactlyInAnyOrderElementsOf(copied);
        }
    }
}
