package dev.countersign.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.approval.ApprovalStore;
import dev.countersign.approval.Grant;
import dev.countersign.approval.GrantStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Grants in every database. */
@ParameterizedClass
@EnumSource
final class SqlGrantsTest extends GrantsContract {
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
    GrantStore grants() {
        return store.grants();
    }

    @Override
    ApprovalStore approvals() {
        return store.approvals();
    }

    @Test
    void theyAreThereAfterARestart() throws Exception {
        usedTwice();
        List<Grant> before = grants().holding();
        close();
        open();
        assertThat(grants().holding()).isEqualTo(before).hasSize(1);
        assertThat(before.getFirst().used()).isEqualTo(2);
        assertThat(store.ledgerCheck().verify().fault()).isEmpty();
    }
}
