package dev.countersign.api;

import dev.countersign.people.Identity;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http.ErrorHandler;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.HttpFeature;
import io.helidon.webserver.http.HttpRoute;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.HttpSecurity;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Hands each request to the one tenant it is for: the one whose host it names, else the one its
 * token says it is of, else the first. What that tenant does not know is refused there; no other is
 * asked. Safe for many threads.
 */
public final class TenantRouting implements HttpRouting {
    private final HttpRouting first;
    private final Predicate<String> firstKnows;
    private final Map<String, HttpRouting> byHost = new ConcurrentHashMap<>();
    private final Map<String, Known> byName = new ConcurrentHashMap<>();

    /**
     * One that is found by its tokens.
     *
     * @param knows whether a token is one of its own
     */
    private record Known(HttpRouting routing, Predicate<String> knows) {}

    /**
     * With nobody but the first so far.
     *
     * @param firstKnows whether a token is one of the first's
     */
    public TenantRouting(HttpRouting first, Predicate<String> firstKnows) {
        this.first = first;
        this.firstKnows = firstKnows;
    }

    /** As the web server takes it. */
    public HttpRouting.Builder whole() {
        return new Whole(this);
    }

    /** Built already: what the library would add to it belongs to none of the tenants. */
    private record Whole(TenantRouting routing) implements HttpRouting.Builder {
        @Override
        public HttpRouting build() {
            return routing;
        }

        @Override
        public HttpRouting.Builder copy() {
            return this;
        }

        @Override
        public HttpRouting.Builder register(HttpService... services) {
            throw complete();
        }

        @Override
        public HttpRouting.Builder register(String path, HttpService... services) {
            throw complete();
        }

        @Override
        public HttpRouting.Builder route(HttpRoute route) {
            throw complete();
        }

        @Override
        public HttpRouting.Builder addFilter(Filter filter) {
            throw complete();
        }

        @Override
        public HttpRouting.Builder addFeature(Supplier<? extends HttpFeature> feature) {
            throw complete();
        }

        @Override
        public <T extends Throwable> HttpRouting.Builder error(
                Class<T> kind, ErrorHandler<? super T> handler) {
            throw complete();
        }

        @Override
        public HttpRouting.Builder maxReRouteCount(int most) {
            throw complete();
        }

        @Override
        public HttpRouting.Builder security(HttpSecurity security) {
            throw complete();
        }

        private static UnsupportedOperationException complete() {
            return new UnsupportedOperationException("each tenant has all of its routes already");
        }
    }

    /**
     * From now on this one answers for a tenant.
     *
     * @param host the name of its host, in lower case
     * @param knows whether a token is one of its own
     */
    public void serve(String name, String host, HttpRouting routing, Predicate<String> knows) {
        // The first look-up of a store takes longer than those that follow.
        boolean _ = knows.test(name);
        byName.put(name, new Known(routing, knows));
        byHost.put(host, routing);
    }

    /** From now on nobody answers for it. */
    public void end(String name, String host) {
        byName.remove(name);
        byHost.remove(host);
    }

    @Override
    public void route(ConnectionContext context, RoutingRequest request, RoutingResponse response) {
        addressee(request.authority(), Callers.bearer(request)).route(context, request, response);
    }

    HttpRouting addressee(String host, Optional<String> secret) {
        @Nullable HttpRouting there = byHost.get(Hosts.name(host));
        if (there != null) {
            return there;
        }
        Optional<String> name = secret.flatMap(Identity::tenantOf);
        if (byName.isEmpty() || name.isEmpty()) {
            return first;
        }
        // Who shows a token that is none learns from no answer which tenants there are, nor from
        // how long it took: one store is asked whether or not there is a tenant of that name.
        Known named = byName.getOrDefault(name.get(), new Known(first, firstKnows));
        return named.knows().test(secret.get()) ? named.routing() : first;
    }

    @Override
    public HttpSecurity security() {
        return first.security();
    }
}
