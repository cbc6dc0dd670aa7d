package dev.countersign.api;

import dev.countersign.people.Identity;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.HttpSecurity;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Hands each request to the one tenant it is for: the one whose host it names, else the one its
 * token says it is of, else the first. What that tenant does not know is refused there; no other is
 * asked. Safe for many threads.
 */
public final class TenantRouting implements HttpRouting {
    private final HttpRouting first;
    private final Map<String, HttpRouting> byHost = new ConcurrentHashMap<>();
    private final Map<String, HttpRouting> byName = new ConcurrentHashMap<>();

    /** With nobody but the first so far. */
    public TenantRouting(HttpRouting first) {
        this.first = first;
    }

    /**
     * From now on this one answers for a tenant.
     *
     * @param host the name of its host, in lower case
     */
    public void serve(String name, String host, HttpRouting routing) {
        byName.put(name, routing);
        byHost.put(host, routing);
    }

    /** From now on nobody answers for it. */
    public void end(String name, String host) {
        byName.remove(name);
        byHost.remove(host);
    }

    @Override
    public void route(ConnectionContext context, RoutingRequest request, RoutingResponse response) {
        (byName.isEmpty() ? first : addressee(request)).route(context, request, response);
    }

    private HttpRouting addressee(RoutingRequest request) {
        @Nullable HttpRouting there = byHost.get(Hosts.name(request.authority()));
        if (there != null) {
            return there;
        }
        Optional<String> named = Callers.bearer(request).flatMap(Identity::tenantOf);
        return named.isPresent() ? byName.getOrDefault(named.get(), first) : first;
    }

    @Override
    public HttpSecurity security() {
        return first.security();
    }
}
