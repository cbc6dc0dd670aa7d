package dev.countersign.api;

import dev.countersign.people.SignIn;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a request comes from, as far as that can be told. */
public final class Remote {
    private static final HeaderName FORWARDED_FOR = HeaderNames.create("X-Forwarded-For");
    private static final int LONGEST_ADDRESS = 64;
    private static final String UNKNOWN = "unknown";
    private static final Pattern WITH_PORT =
            Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)\\]|([0-9.]+))(?::[0-9]{1,5})?");

    /** The first that fits counts: most browsers also name those they stand in for. */
    private static final Map<String, String> BROWSERS = new LinkedHashMap<>();

    private static final Map<String, String> SYSTEMS = new LinkedHashMap<>();

    static {
        BROWSERS.put("Edg/", "Edge");
        BROWSERS.put("OPR/", "Opera");
        BROWSERS.put("Firefox/", "Firefox");
        BROWSERS.put("Chrome/", "Chrome");
        BROWSERS.put("Safari/", "Safari");
        SYSTEMS.put("iPhone", "iPhone");
        SYSTEMS.put("iPad", "iPad");
        SYSTEMS.put("Android", "Android");
        SYSTEMS.put("Windows", "Windows");
        SYSTEMS.put("Mac OS X", "macOS");
        SYSTEMS.put("Linux", "Linux");
    }

    private final boolean behindProxy;

    /**
     * Reads requests.
     *
     * @param behindProxy whether a proxy of ours stands in front, which says for whom it asks
     */
    public Remote(boolean behindProxy) {
        this.behindProxy = behindProxy;
    }

    /**
     * The sender's address; of IPv6 the first 64 bits, since whoever has one has all of those. With
     * a proxy it is what the proxy itself added, last; what a sender claims stands before that.
     */
    public String address(ServerRequest request) {
        if (isForwarded(request)) {
            String by = forwarded(request);
            return literal(by).map(Remote::network).orElse(by);
        }
        return peer(request).map(Remote::network).orElse(UNKNOWN);
    }

    private static String network(InetAddress address) {
        return address instanceof Inet6Address
                ? HexFormat.of().formatHex(Arrays.copyOf(address.getAddress(), 8))
                : address.getHostAddress();
    }

    /** An address written as such, with or without a port; no name is ever looked up. */
    private static Optional<InetAddress> literal(String written) {
        Matcher port = WITH_PORT.matcher(written);
        String address = written;
        if (port.matches()) {
            address = port.group(1) == null ? port.group(2) : port.group(1);
        }
        try {
            return Optional.of(InetAddress.ofLiteral(address));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private boolean isForwarded(ServerRequest request) {
        return behindProxy && request.headers().contains(FORWARDED_FOR);
    }

    /** What the proxy itself added. */
    private static String forwarded(ServerRequest request) {
        String all = String.join(",", request.headers().get(FORWARDED_FOR).allValues());
        String last = all.substring(all.lastIndexOf(',') + 1).strip();
        return last.length() <= LONGEST_ADDRESS ? last : last.substring(0, LONGEST_ADDRESS);
    }

    /** The sender's address as people read it. */
    public String shown(ServerRequest request) {
        if (isForwarded(request)) {
            return forwarded(request);
        }
        return peer(request).map(InetAddress::getHostAddress).orElse(UNKNOWN);
    }

    /** Whether the sender is on the machine that the server runs on. */
    public boolean here(ServerRequest request) {
        if (isForwarded(request)) {
            return literal(forwarded(request)).filter(InetAddress::isLoopbackAddress).isPresent();
        }
        return peer(request).filter(InetAddress::isLoopbackAddress).isPresent();
    }

    private static Optional<InetAddress> peer(ServerRequest request) {
        return request.remotePeer().address() instanceof InetSocketAddress peer
                ? Optional.ofNullable(peer.getAddress())
                : Optional.empty();
    }

    /** The browser in a few words, such as {@code Firefox on Linux}. */
    public static String client(ServerRequest request) {
        String agent = request.headers().first(HeaderNames.USER_AGENT).orElse("");
        String browser = named(BROWSERS, agent).orElse("a browser");
        return named(SYSTEMS, agent).map(system -> browser + " on " + system).orElse(browser);
    }

    private static Optional<String> named(Map<String, String> names, String agent) {
        return names.entrySet().stream()
                .filter(each -> agent.contains(each.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /**
     * For the throttle and the session.
     *
     * @param browser what an earlier sign-in gave this browser, or empty
     */
    public SignIn.From from(ServerRequest request, String browser) {
        return new SignIn.From(address(request), client(request), browser);
    }
}
