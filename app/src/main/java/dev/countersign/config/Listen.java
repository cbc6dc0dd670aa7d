package dev.countersign.config;

import java.util.Locale;

/**
 * An address to listen on.
 *
 * @param host a name or address, an IPv6 address without brackets
 * @param port 0 for any free one
 */
public record Listen(String host, int port) {
    public static final Listen STANDARD = new Listen("127.0.0.1", 7373);

    /**
     * Reads {@code HOST:PORT}, {@code [IPv6]:PORT} or a bare {@code :PORT} on the loopback.
     *
     * @throws SettingsProblem when it is none of them
     */
    public static Listen of(String written) {
        int colon = written.lastIndexOf(':');
        String host = colon < 0 ? "" : written.substring(0, colon);
        int port = colon < 0 ? -1 : port(written.substring(colon + 1));
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            port = -1;
        }
        if (port < 0) {
            throw new SettingsProblem(
                    "`"
                            + written
                            + "` is no address to listen on; expected HOST:PORT, such as"
                            + " `127.0.0.1:7373`");
        }
        return new Listen(host.isEmpty() ? STANDARD.host : host, port);
    }

    private static int port(String digits) {
        if (digits.isEmpty() || digits.length() > 5) {
            return -1;
        }
        int port = 0;
        for (int i = 0; i < digits.length(); i++) {
            char digit = digits.charAt(i);
            if (digit < '0' || digit > '9') {
                return -1;
            }
            port = port * 10 + digit - '0';
        }
        return port > 65_535 ? -1 : port;
    }

    /** Whether only this machine can reach it. A name that is not known to be so is not. */
    public boolean loopback() {
        String name = host.toLowerCase(Locale.ROOT);
        return name.equals("localhost")
                || name.equals("::1")
                || name.equals("0:0:0:0:0:0:0:1")
                || name.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
