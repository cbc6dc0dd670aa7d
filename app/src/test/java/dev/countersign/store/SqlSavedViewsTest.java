package dev.countersign.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.audit.AuditQuery;
import dev.countersign.audit.SavedViews;
import dev.countersign.audit.SavedViews.View;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class SqlSavedViewsTest {
    private static final String ANA = "ana@example.com";
    private static final String BO = "bo@example.com";

    @TempDir Path folder;

    @ParameterizedTest
    @EnumSource
    void aViewIsItsPersonsAndGoesWithThem(Databases database) throws Exception {
        Place data = database.in(folder.resolve("data"));
        try (Store store = Store.open(data, Clock.systemUTC())) {
            SavedViews views = store.savedViews();
            assertThat(views.keep(ANA, new View("mine", "effect:deny"))).isTrue();
            assertThat(views.keep(ANA, new View("mine", "effect:ask"))).isTrue();
            assertThat(views.keep(BO, new View("hers", "person:" + ANA))).isTrue();
            for (int i = 1; i < SavedViews.MOST; i++) {
                assertThat(views.keep(ANA, new View("n" + i, "x"))).isTrue();
            }
            assertThat(views.keep(ANA, new View("too many", "x"))).isFalse();
            assertThat(views.keep(ANA, new View("mine", "effect:defer"))).isTrue();
        }
        try (Store store = Store.open(data, Clock.systemUTC())) {
            SavedViews views = store.savedViews();
            assertThat(views.of(ANA))
                    .hasSize(SavedViews.MOST)
                    .contains(new View("mine", "effect:defer"));
            views.forget(ANA, "n1");
            assertThat(views.of(ANA)).hasSize(SavedViews.MOST - 1);
            AuditQuery audit = store.auditQuery();
            assertThat(audit.beside(ANA).filter(each -> each.toString().contains("saved-view")))
                    .hasSize(SavedViews.MOST - 1);
            store.auditLog().append(Events.numbered(1));
            assertThat(store.erase(ANA, Instant.now(), "asked for it")).isPresent();
        }
        try (Store store = Store.open(data, Clock.systemUTC())) {
            assertThat(store.savedViews().of(ANA)).isEmpty();
            List<View> hers = store.savedViews().of(BO);
            assertThat(hers).hasSize(1);
            assertThat(hers.getFirst().search()).startsWith("person:").doesNotContain("@");
        }
    }
}
