package dev.countersign.api;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * The names this server answers under. A browser that was told that some other name is this machine
 * (DNS rebinding) gets nothing.
 */
public final class Hosts {
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");

    private final Set<String> names;

    /**
     * The loopback's own names and these.
     *
     * @param configured further host names without port, an IPv6 address in brackets
     */
    public Hosts(Set<String> configured) {
        names = new HashSet<>(LOOPBACK);
        configured.forEach(name -> names.add(name.toLowerCase(Locale.ROOT)));
    }

    /**
     * Whether this is one of them.
     *
     * @param host a Host header, with or without a port
     */
    public boolean answers(String host) {
        return names.contains(name(host));
    }

    /** A Host header in lower case and without its port. */
    static String name(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        int colon = name.lastIndexOf(':');
        return colon >= 0 && colon > name.lastIndexOf(']') ? name.substring(0, colon) : name;
    }
}
