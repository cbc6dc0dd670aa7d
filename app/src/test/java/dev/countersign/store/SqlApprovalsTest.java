package dev.countersign.store;

import dev.countersign.approval.ApprovalStore;
import dev.countersign.audit.LedgerCheck;
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

/** Approvals in every database. */
@ParameterizedClass
@EnumSource
final class SqlApprovalsTest extends ApprovalsContract {
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
    ApprovalStore approvals() {
        return store.approvals();
    }

    @Override
    LedgerCheck check() {
        return store.ledgerCheck();
    }
}
