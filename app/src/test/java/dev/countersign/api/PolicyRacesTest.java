package dev.countersign.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.testing.TestServer.Reply;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Changes of policy that meet never leave documents that cannot be used together. */
final class PolicyRacesTest extends AgentAtServer {
    private static final int ROUNDS = 2;

    private Reply put(String path, String text) {
        return server.put(path, ana, "f.yaml", text);
    }

    private Reply remove(String path) {
        return server.send("DELETE", "/v1/policies/" + path, ana, null, Map.of());
    }

    private List<Reply> atOnce(Callable<Reply> one, Callable<Reply> other) throws Exception {
        CyclicBarrier start = new CyclicBarrier(2);
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<Future<Reply>> both =
                    List.of(
                            threads.submit(() -> {
                                start.await();
                                return one.call();
                            }),
                            threads.submit(() -> {
                                start.await();
                                return other.call();
                            }));
            return List.of(both.get(0).get(), both.get(1).get());
        }
    }

    private void assertUsable() {
        assertThat(server.get("/v1/policies", ana).json().path("problems")).isEmpty();
    }

    @Test
    void whatOneUsesCannotBeRemovedBesideIt() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            assertThat(put("tenant", "template: shop\ndenied: [git_push]\n").status())
                    .isEqualTo(200);
            List<Reply> replies =
                    atOnce(
                            () -> put("project/app", "policy: app\nuse: [shop]\n"),
                            () -> remove("tenant?name=shop"));
            assertUsable();
            assertThat(replies).extracting(Reply::status).containsOnlyOnce(200);
            remove("project/app?name=app");
            remove("tenant?name=shop");
        }
    }

    @Test
    void changesThatFitTogetherAreBothMade() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            String one = "policy: one" + i + "\nrules: [{deny: git_push}]\n";
            String two = "policy: two" + i + "\nrules: [{ask: git_write}]\n";
            assertThat(atOnce(() -> put("tenant", one), () -> put("tenant", two)))
                    .extracting(Reply::status)
                    .containsExactly(200, 200);
        }
        assertThat(server.get("/v1/policies", ana).json().path("policies")).hasSize(2 * ROUNDS);
    }

    @Test
    void ofTwoThatDefineOneNameOneIsRefused() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            List<Reply> replies =
                    atOnce(
                            () -> put("tenant", "template: shop\ndenied: [git_push]\n"),
                            () -> put("team/a", "template: shop\ndenied: [git_write]\n"));
            assertUsable();
            assertThat(replies).extracting(Reply::status).containsOnlyOnce(200);
            assertThat(replies)
                    .filteredOn(reply -> reply.status() != 200)
                    .extracting(Reply::status)
                    .containsAnyOf(400, 409);
            remove("tenant?name=shop");
            remove("team/a?name=shop");
        }
    }
}
