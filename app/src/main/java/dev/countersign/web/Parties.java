package dev.countersign.web;

import dev.countersign.people.Passkeys;
import io.helidon.webserver.http.ServerRequest;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/**
 * As whom this server speaks to authenticators. A passkey is bound to a host name, and browsers
 * take an address of numbers for none: on this machine pages must be open as {@code localhost}.
 */
final class Parties {
    private static final String LOCAL = "localhost";

    private final URI address;

    /**
     * Those of a server.
     *
     * @param address how people reach it
     */
    Parties(URI address) {
        this.address = address;
    }

    /** As whom we speak on the page of this request; empty where passkeys cannot be used. */
    Optional<Passkeys.Party> of(ServerRequest request) {
        String authority = request.authority().toLowerCase(Locale.ROOT);
        String host = authority.replaceFirst(":\\d+$", "");
        if (host.equals(LOCAL)) {
            // Any port of this machine may say it is us, so ours is the one that was spoken to.
            String own = LOCAL + ":" + request.localPeer().port();
            return authority.equals(own)
                    ? Optional.of(new Passkeys.Party(LOCAL, "http://" + own))
                    : Optional.empty();
        }
        String ours = String.valueOf(address.getHost());
        return host.equals(ours) && named(ours) && "https".equals(address.getScheme())
                ? Optional.of(new Passkeys.Party(ours, "https://" + address.getRawAuthority()))
                : Optional.empty();
    }

    /** Where passkeys work, for who is on a page where they do not; empty where nowhere. */
    String elsewhere(ServerRequest request) {
        if ("https".equals(address.getScheme())) {
            return named(String.valueOf(address.getHost())) ? address.toString() : "";
        }
        String authority = request.authority();
        int colon = authority.lastIndexOf(':');
        return "http://"
                + LOCAL
                + (colon > authority.lastIndexOf(']') ? authority.substring(colon) : "");
    }

    /** Whether it is a name and no address of numbers. */
    private static boolean named(String host) {
        return !host.matches("[0-9.]+") && host.indexOf(':') < 0;
    }
}
