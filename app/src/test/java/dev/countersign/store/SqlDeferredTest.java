package dev.countersign.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.approval.Deferred;
import dev.countersign.approval.DeferredStore;
import dev.countersign.approval.Queue;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Deferred calls in every database. */
@ParameterizedClass
@EnumSource
final class SqlDeferredTest extends DeferredContract {
    private static final Clock NOON = Clock.fixed(Events.NOON, ZoneOffset.UTC);

    @Parameter Databases database = Databases.SQLITE;
    private @TempDir Path data;
    private Store store;

    @BeforeEach
    void open() throws IOException {
        store = Store.open(database.in(data.resolve("data")), NOON);
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    @Override
    DeferredStore deferred() {
        return store.deferred();
    }

    @Test
    void theQueueSurvivesARestart() throws Exception {
        Queue before = new Queue(deferred(), NOON);
        Deferred queued = call(7);
        before.open(queued, Events.numbered(0));
        Deferred ready = call(8).ready(Events.NOON, Events.NOON.plusSeconds(60));
        before.open(call(8), Events.numbered(1));
        before.replace(ready, Events.numbered(2));
        close();
        open();
        Queue after = new Queue(deferred(), NOON);
        assertThat(after.live()).containsExactly(queued, ready);
        assertThat(after.live(queued.digest())).contains(queued);
        assertThat(after.holds("builder")).isTrue();
        assertThat(after.news("builder", "s")).containsExactly(ready);
        assertThat(after.news("builder", "s")).isEmpty();
        close();
        open();
        assertThat(new Queue(deferred(), NOON).news("builder", "s")).isEmpty();
    }

    @Test
    void secretsAreNotKept() throws Exception {
        Deferred call = call(9);
        String token = "ghp_" + "0123456789abcdefABCDEF0123456789abcd";
        call.call().withObject("/input").put("command", "curl -H 'Authorization: " + token + "'");
        Queue queue = new Queue(deferred(), NOON);
        queue.open(call, Events.numbered(0));
        assertThat(queue.live().getFirst().call().toString()).doesNotContain(token);
    }
}
