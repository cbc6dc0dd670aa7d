package dev.countersign.store;

import dev.countersign.audit.LedgerCheck;
import dev.countersign.people.PeopleStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** People in every database. */
@ParameterizedClass
@EnumSource
final class SqlPeopleTest extends PeopleContract {
    @Parameter Databases database = Databases.SQLITE;
    private @TempDir Path data;
    private Store store;

    @BeforeEach
    void open() throws IOException {
        store =
                Store.open(
                        database.in(data.resolve("data")),
                        Clock.fixed(Events.NOON, ZoneOffset.UTC));
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    @Override
    PeopleStore people() {
        return store.people();
    }

    @Override
    LedgerCheck check() {
        return store.ledgerCheck();
    }
}
