package dev.countersign.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.people.Principal;
import dev.countersign.people.Tenancy;
import dev.countersign.people.Tenant;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Clock;
import java.util.Locale;
import java.util.Optional;

/**
 * {@code /v1/tenants}: the other organisations of a server. There are none to be seen but in the
 * one it was started for.
 */
public final class TenantRoutes {
    private static final int MOST = 1_000;
    private static final int LONGEST = 500;

    private final Optional<HttpApi.Tenants> tenants;
    private final Clock clock;

    TenantRoutes(Optional<HttpApi.Tenants> tenants, Clock clock) {
        this.tenants = tenants;
        this.clock = clock;
    }

    /** Whether there can be any here. */
    public boolean any() {
        return tenants.isPresent();
    }

    private HttpApi.Tenants here() {
        return tenants.orElseThrow(() ->
                Problem.notFound("only the organisation a server was started for has tenants"));
    }

    /** All of them by name; they are not many. */
    public ObjectNode list() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("tenants");
        here().store().all().forEach(each -> list.add(shown(each)));
        return json;
    }

    /** One of them. */
    public ObjectNode get(String name) {
        return shown(known(name));
    }

    private Tenant known(String name) {
        return here().store()
                .find(name)
                .orElseThrow(
                        () -> Problem.notFound("there is no tenant `" + Fields.shown(name) + "`"));
    }

    private ObjectNode shown(Tenant tenant) {
        Optional<String> trouble =
                tenant.open() ? here().tenancy().trouble(tenant.name()) : Optional.empty();
        ObjectNode json =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("name", tenant.name())
                        .put("description", tenant.description())
                        .put("address", tenant.address().toString())
                        .put(
                                "state",
                                !tenant.open() ? "closed" : trouble.isEmpty() ? "open" : "failed");
        trouble.ifPresent(why -> json.put("trouble", why));
        return json;
    }

    /** Adds one, opens it again, or serves it under another address. */
    public synchronized ObjectNode put(String name, ObjectNode body, Principal by)
            throws NotRecorded {
        Fields fields = new Fields(body, "address", "description");
        HttpApi.Tenants here = here();
        if (!Tenant.isName(name) || name.equals(Tenant.FIRST)) {
            throw Problem.badRequest(
                    "a tenant cannot be called `"
                            + Fields.shown(name)
                            + "`; expected up to 31 lower-case letters, digits and hyphens, a"
                            + " letter first, and not `"
                            + Tenant.FIRST
                            + "`");
        }
        Optional<Tenant> before = here.store().find(name);
        if (before.isEmpty() && here.store().all().size() >= MOST) {
            throw Problem.conflict("there are " + MOST + " tenants already; a server has no more");
        }
        URI address =
                fields.text("address", LONGEST)
                        .map(TenantRoutes::address)
                        .or(() -> before.map(Tenant::address))
                        .orElseThrow(() ->
                                Problem.badRequest(
                                        "`address` is missing; expected how people"
                                                + " reach the tenant, such as"
                                                + " `https://acme.example.com`"));
        Tenant tenant =
                new Tenant(
                        name,
                        fields.text("description", LONGEST)
                                .or(() -> before.map(Tenant::description))
                                .orElse(""),
                        address,
                        true);
        requireFree(tenant);
        if (by instanceof Principal.Owner && before.isPresent() && !before.get().equals(tenant)) {
            throw Problem.forbidden(
                    "the owner shortcut adds tenants; one that is there is changed and opened again"
                            + " by an owner who is signed in");
        }
        boolean served =
                before.filter(Tenant::open).isPresent()
                        && before.get().address().equals(address)
                        && here.tenancy().trouble(name).isEmpty();
        if (!served || !before.get().equals(tenant)) {
            here.store().put(tenant, event(tenant, before.isEmpty() ? "added" : "changed", by));
        }
        if (!served) {
            serve(tenant);
        }
        return shown(tenant);
    }

    private static URI address(String text) {
        URI url;
        try {
            url = new URI(text.strip());
        } catch (URISyntaxException e) {
            throw notAnAddress(text);
        }
        boolean whole =
                ("https".equals(url.getScheme()) || "http".equals(url.getScheme()))
                        && url.getHost() != null
                        && (url.getRawPath().isEmpty() || url.getRawPath().equals("/"))
                        && url.getRawQuery() == null
                        && url.getRawFragment() == null
                        && url.getRawUserInfo() == null;
        if (!whole) {
            throw notAnAddress(text);
        }
        return URI.create(url.getScheme() + "://" + url.getRawAuthority().toLowerCase(Locale.ROOT));
    }

    private static Problem notAnAddress(String text) {
        return Problem.badRequest(
                "`address` is `"
                        + Fields.shown(text)
                        + "`; expected an http or https address with a host and no path, such as"
                        + " `https://acme.example.com`");
    }

    private void requireFree(Tenant tenant) {
        if (here().tenancy().isOwn(tenant.host())) {
            throw Problem.conflict(
                    "`"
                            + Fields.shown(tenant.host())
                            + "` is the server's own; a tenant needs a host name of its own");
        }
        for (Tenant other : here().store().all()) {
            if (!other.name().equals(tenant.name()) && other.host().equals(tenant.host())) {
                throw Problem.conflict(
                        "`"
                                + Fields.shown(tenant.host())
                                + "` is the address of the tenant `"
                                + other.name()
                                + "`");
            }
        }
    }

    private void serve(Tenant tenant) {
        try {
            here().tenancy().open(tenant);
        } catch (Tenancy.Unserved e) {
            throw new Problem(
                    Problem.Kind.UNSERVED,
                    "the tenant is added and cannot be served: "
                            + e.why()
                            + "; mend that and add it again");
        }
    }

    /** Serves it no longer. What it has stays in its folder. */
    public synchronized ObjectNode close(String name, Principal by) throws NotRecorded {
        Tenant tenant = known(name);
        if (tenant.open()) {
            here().store().put(tenant.closed(), event(tenant.closed(), "closed", by));
            here().tenancy().close(name);
        }
        return shown(tenant.closed());
    }

    /** A link that signs its first owner in, as long as they have nothing else to sign in with. */
    public synchronized ObjectNode link(String name, Principal by) throws NotRecorded {
        Tenant tenant = known(name);
        if (!(by instanceof Principal.Person person) || !PeopleRoutes.isWhole(person)) {
            throw Problem.forbidden(
                    "whoever uses the link may do all an owner may, and this token is not for all"
                            + " of that");
        }
        if (!tenant.open()) {
            throw Problem.conflict("the tenant `" + tenant.name() + "` is closed");
        }
        String code;
        try {
            code =
                    here().tenancy()
                            .link(name)
                            .orElseThrow(() ->
                                    Problem.conflict(
                                            "the owner of `"
                                                    + tenant.name()
                                                    + "` has set something to sign in with; its"
                                                    + " people help each other now"));
        } catch (Tenancy.Unserved e) {
            throw new Problem(Problem.Kind.UNSERVED, "the tenant is not served: " + e.why());
        }
        here().store().put(tenant, event(tenant, "first owner invited", by));
        return JsonNodeFactory.instance
                .objectNode()
                .put("name", tenant.name())
                .put("sign_in", tenant.address() + "/sign-in?code=" + code);
    }

    private AuditRecord event(Tenant tenant, String what, Principal by) {
        ObjectNode body =
                tenant.body().put("name", tenant.name()).put("of", "tenant").put("by", by.name());
        return AuditRecord.change(
                "organisation",
                clock.instant(),
                by.email(),
                null,
                "tenant " + tenant.name() + " " + what + " by " + by.name(),
                body);
    }
}
