package dev.countersign.people;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Another organisation that this server serves, under an address of its own and with data of its
 * own: people, agents, policies and ledger. Nothing of one is seen from another.
 *
 * @param name lower-case letters, digits and hyphens, 31 at most; part of its tokens and the name
 *     of its folder
 * @param description one line for people
 * @param address how its people reach it, a host of its own without a path
 * @param open whether it is served; its data stays when it is not
 */
public record Tenant(String name, String description, URI address, boolean open) {
    /** The organisation the server was started for. */
    public static final String FIRST = "default";

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,30}");

    public Tenant {
        if (!isName(name) || name.equals(FIRST)) {
            throw new IllegalArgumentException("no name of a tenant: " + name);
        }
    }

    /** Whether tenants may be called so; {@link #FIRST} there is already. */
    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** The name of its host, an IPv6 address in brackets. */
    public String host() {
        return address.getHost().toLowerCase(Locale.ROOT);
    }

    /** The same, no longer served. */
    public Tenant closed() {
        return new Tenant(name, description, address, false);
    }

    /** Everything but its name. */
    public ObjectNode body() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("description", description)
                .put("address", address.toString())
                .put("open", open);
    }

    /** What {@link #body} wrote. */
    public static Tenant read(String name, JsonNode body) {
        return new Tenant(
                name,
                body.path("description").asText(),
                URI.create(body.path("address").asText()),
                body.path("open").asBoolean());
    }
}
