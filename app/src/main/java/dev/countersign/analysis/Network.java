package dev.countersign.analysis;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What an address on the network is: its host, whether it is this machine, whether it is ours. */
final class Network {

    /**
     * A network target.
     *
     * @param url as written with a scheme, or null when it is not constant
     * @param host without port, lower case, or null when it is not constant
     * @param port as written or by scheme, or empty
     * @param loopback whether it is this machine
     * @param own whether it is an address of Countersign
     */
    record Target(
            @Nullable String url,
            @Nullable String host,
            String port,
            boolean loopback,
            boolean own) {}

    private static final Target UNKNOWN = new Target(null, null, "", false, false);

    private final Set<String> addresses;

    Network(Guarded guarded) {
        this.addresses = guarded.addresses();
    }

    Target target(@Nullable String written) {
        if (written == null || written.isBlank()) {
            return UNKNOWN;
        }
        String url = written.strip();
        int scheme = url.indexOf("://");
        String rest = scheme >= 0 ? url.substring(scheme + 3) : url;
        String protocol = scheme >= 0 ? url.substring(0, scheme).toLowerCase(Locale.ROOT) : "http";
        int end = rest.length();
        for (int i = 0; i < rest.length(); i++) {
            if ("/?#\\".indexOf(rest.charAt(i)) >= 0) {
                end = i;
                break;
            }
        }
        String authority = rest.substring(0, end);
        authority = authority.substring(authority.lastIndexOf('@') + 1);
        String host = authority;
        String port = "";
        if (authority.startsWith("[")) {
            int close = authority.indexOf(']');
            if (close > 0) {
                host = authority.substring(1, close);
                port = authority.startsWith("]:", close) ? authority.substring(close + 2) : "";
            }
        } else {
            int colon = authority.indexOf(':');
            if (colon >= 0 && colon == authority.lastIndexOf(':')) {
                host = authority.substring(0, colon);
                port = authority.substring(colon + 1);
            }
        }
        if (port.isEmpty()) {
            port =
                    switch (protocol) {
                        case "https", "wss" -> "443";
                        case "http", "ws" -> "80";
                        default -> "";
                    };
        }
        String shown = scheme >= 0 ? url : "http://" + url;
        return of(shown, host, port);
    }

    /** A host and a port that were given apart. */
    Target of(@Nullable String url, String givenHost, String port) {
        String host = givenHost.toLowerCase(Locale.ROOT);
        while (host.endsWith(".")) {
            host = host.substring(0, host.length() - 1);
        }
        boolean loopback = isLoopback(host);
        return new Target(url, host, port, loopback, isOwn(host, port, loopback));
    }

    private boolean isOwn(String host, String port, boolean loopback) {
        if (loopback && Places.ownPorts().contains(port)) {
            return true;
        }
        for (String address : addresses) {
            int colon = address.lastIndexOf(':');
            String ownHost = colon < 0 ? address : address.substring(0, colon);
            String ownPort = colon < 0 ? "" : address.substring(colon + 1);
            ownHost = ownHost.replace("[", "").replace("]", "").toLowerCase(Locale.ROOT);
            boolean sameHost =
                    ownHost.equals(host)
                            || (loopback && (isLoopback(ownHost) || ownHost.equals("0.0.0.0")))
                            || (loopback && ownHost.equals("::"));
            if (sameHost && (ownPort.isEmpty() || ownPort.equals(port))) {
                return true;
            }
        }
        return false;
    }

    /** Text of a program or a script that names one of our addresses. */
    boolean mentionsOwn(String text) {
        for (String port : Places.ownPorts()) {
            int at = text.indexOf(port);
            while (at >= 0) {
                boolean number =
                        (at > 0 && Character.isDigit(text.charAt(at - 1)))
                                || (at + port.length() < text.length()
                                        && Character.isDigit(text.charAt(at + port.length())));
                String before = text.substring(Math.max(0, at - 40), at).toLowerCase(Locale.ROOT);
                boolean local =
                        before.contains("localhost")
                                || before.contains("127.")
                                || before.contains("::1")
                                || before.contains("0.0.0.0");
                if (!number && local) {
                    return true;
                }
                at = text.indexOf(port, at + 1);
            }
        }
        for (String address : addresses) {
            if (text.contains(address)) {
                return true;
            }
        }
        return false;
    }

    static boolean isLoopback(String host) {
        if (host.equals("localhost")
                || host.endsWith(".localhost")
                || host.equals("ip6-localhost")
                || host.equals("ip6-loopback")
                || host.equals("localhost.localdomain")
                || host.equals("0")
                || host.equals("::")) {
            return true;
        }
        if (host.indexOf(':') >= 0) {
            return isLoopbackV6(host);
        }
        return isLoopbackV4(host);
    }

    private static boolean isLoopbackV6(String host) {
        String text = host;
        int zone = text.indexOf('%');
        if (zone >= 0) {
            text = text.substring(0, zone);
        }
        int mapped = text.lastIndexOf(':');
        String last = text.substring(mapped + 1);
        if (last.indexOf('.') >= 0) {
            return text.startsWith("::ffff:") && isLoopbackV4(last);
        }
        if (text.startsWith("::ffff:7f")) {
            return true;
        }
        if (!last.matches("0*1")) {
            return false;
        }
        return text.substring(0, mapped).chars().allMatch(c -> c == ':' || c == '0');
    }

    /** Decimal, octal and hexadecimal forms of one to four parts, as the resolver takes them. */
    private static boolean isLoopbackV4(String host) {
        String[] parts = host.split("\\.", -1);
        if (parts.length == 0 || parts.length > 4) {
            return false;
        }
        long[] numbers = new long[parts.length];
        for (int i = 0; i < parts.length; i++) {
            long number = number(parts[i]);
            if (number < 0) {
                return false;
            }
            numbers[i] = number;
        }
        long first = parts.length == 1 ? numbers[0] >> 24 : numbers[0];
        if (parts.length == 4 && numbers[0] + numbers[1] + numbers[2] + numbers[3] == 0) {
            return true;
        }
        return first == 127;
    }

    private static long number(String part) {
        try {
            if (part.isEmpty() || part.length() > 12) {
                return -1;
            }
            if (part.startsWith("0x") || part.startsWith("0X")) {
                return Long.parseLong(part.substring(2), 16);
            }
            if (part.length() > 1 && part.charAt(0) == '0') {
                return Long.parseLong(part, 8);
            }
            return Character.isDigit(part.charAt(0)) ? Long.parseLong(part) : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
