package dev.countersign;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.api.Hosts;
import dev.countersign.api.TenantRouting;
import dev.countersign.audit.Alarms;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.people.Tenancy;
import dev.countersign.people.Tenant;
import dev.countersign.people.TenantStore;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The tenants of a running server. One that cannot be served keeps nobody else from being served,
 * and people of the first one are told.
 */
final class Tenancies implements Tenancy, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Tenancies.class.getName());

    private final Maker maker;
    private final Hosts own;
    private final Set<String> addresses;
    private final String local;
    private final Alarms alarms;
    private final ConcurrentMap<String, Served> served = new ConcurrentHashMap<>();
    private final Map<String, String> troubles = new ConcurrentHashMap<>();
    private @Nullable TenantRouting routing;
    private boolean closed;

    /** Makes what serves a tenant. */
    @FunctionalInterface
    interface Maker {
        RunningTenant make(Tenant tenant) throws Unserved;
    }

    private record Served(Tenant tenant, RunningTenant running) {}

    /**
     * None so far.
     *
     * @param own the names of the server itself
     * @param addresses what no agent may call; has those of open tenants besides
     * @param local where programs of this machine reach it
     * @param alarms those of the first tenant
     */
    Tenancies(Maker maker, Hosts own, Set<String> addresses, String local, Alarms alarms) {
        this.maker = maker;
        this.own = own;
        this.addresses = addresses;
        this.local = local;
        this.alarms = alarms;
    }

    /** Serves all that are open, before the server answers anybody. */
    synchronized void start(TenantRouting through, TenantStore store) {
        routing = through;
        for (Tenant tenant : store.all()) {
            if (tenant.open()) {
                try {
                    open(tenant);
                } catch (Unserved e) {
                    tell(tenant, e.why());
                }
            }
        }
    }

    private void tell(Tenant tenant, String why) {
        String text = "the tenant " + tenant.name() + " is not served: " + why;
        alarms.tell(
                System.Logger.Level.ERROR,
                text,
                JsonNodeFactory.instance.objectNode().put("tenant", tenant.name()));
    }

    @Override
    public boolean isOwn(String host) {
        return own.answers(host);
    }

    @Override
    public synchronized void open(Tenant tenant) throws Unserved {
        if (routing == null || closed) {
            throw new Unserved("the server is not running");
        }
        close(tenant.name());
        addresses.add(tenant.address().getAuthority());
        try {
            RunningTenant running = maker.make(tenant);
            served.put(tenant.name(), new Served(tenant, running));
            running.start(local);
            routing.serve(tenant.name(), tenant.host(), running.routing(), running::knows);
            troubles.remove(tenant.name());
        } catch (Unserved | IOException | RuntimeException e) {
            close(tenant.name());
            String why = String.valueOf(e.getMessage());
            troubles.put(tenant.name(), why);
            throw new Unserved(why);
        }
    }

    @Override
    public synchronized void close(String name) {
        Served gone = served.remove(name);
        troubles.remove(name);
        if (gone != null && routing != null) {
            addresses.remove(gone.tenant().address().getAuthority());
            routing.end(name, gone.tenant().host());
            try {
                gone.running().quiet();
            } finally {
                end(gone);
            }
        }
    }

    private static void end(Served gone) {
        try {
            gone.running().end();
        } catch (IOException | RuntimeException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the tenant " + gone.tenant().name() + " did not close cleanly",
                    e);
        }
    }

    @Override
    public Optional<String> trouble(String name) {
        return served.containsKey(name)
                ? Optional.empty()
                : Optional.of(troubles.getOrDefault(name, "it was not opened"));
    }

    @Override
    public Optional<String> link(String name) throws Unserved, NotRecorded {
        Served there = served.get(name);
        if (there == null) {
            throw new Unserved(trouble(name).orElse("it was not opened"));
        }
        return there.running().firstLink();
    }

    /** Answers whoever waits, everywhere; no request may come after it. */
    synchronized void quiet() {
        closed = true;
        served.values().forEach(each -> each.running().quiet());
    }

    @Override
    public synchronized void close() {
        served.values().forEach(Tenancies::end);
        served.clear();
    }
}
