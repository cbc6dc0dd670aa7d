package dev.countersign.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.helidon.webserver.http.HttpRouting;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who a request is for, and what is looked up to find out. */
@SuppressWarnings("NullAway.Init")
final class TenantRoutingTest {
    private final HttpRouting first = HttpRouting.create();
    private final HttpRouting acme = HttpRouting.create();
    private final List<String> asked = new ArrayList<>();
    private TenantRouting routing;

    @BeforeEach
    void wire() {
        routing = new TenantRouting(first, secret -> asked("first", false));
        routing.serve("acme", "acme.example", acme, secret -> asked("acme", secret.endsWith("ok")));
    }

    private boolean asked(String store, boolean answer) {
        asked.add(store);
        return answer;
    }

    private HttpRouting addressee(String host, String secret) {
        asked.clear();
        return routing.addressee(host, Optional.of(secret));
    }

    @Test
    void aTokenFindsItsTenantUnderEveryAddress() {
        assertThat(addressee("127.0.0.1:7373", "csa_acme.ok")).isSameAs(acme);
        assertThat(addressee("acme.example", "csa_x")).isSameAs(acme);
        assertThat(addressee("127.0.0.1", "csa_x")).isSameAs(first);
    }

    /** One look-up whether or not there is such a tenant: no stopwatch tells which there are. */
    @Test
    void aWrongTokenCostsTheSameWhetherOrNotThereIsSuchATenant() {
        assertThat(addressee("127.0.0.1", "csa_acme.wrong")).isSameAs(first);
        assertThat(asked).containsExactly("acme");
        assertThat(addressee("127.0.0.1", "csa_nobody.wrong")).isSameAs(first);
        assertThat(asked).containsExactly("first");
    }

    @Test
    void oneThatEndedIsAsUnknownAsAnyOther() {
        routing.end("acme", "acme.example");
        assertThat(addressee("acme.example", "csa_acme.ok")).isSameAs(first);
    }
}
