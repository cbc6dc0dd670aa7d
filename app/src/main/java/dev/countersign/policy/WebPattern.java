package dev.countersign.policy;

import dev.countersign.call.LowerCase;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A pattern over hosts ({@code *.example.com}) or addresses ({@code https://api.example.com/v1/*}).
 * The host of an address is compared with the host alone, so that no other host can look like it.
 *
 * @param text as written
 * @param scheme {@code https}, or null for any
 * @param host the host
 * @param port the port, or null for any
 * @param path the path with its slash, or null for any
 */
record WebPattern(
        String text,
        @Nullable String scheme,
        Glob host,
        @Nullable String port,
        @Nullable Glob path) {

    static Optional<String> problem(String text) {
        if (text.isEmpty() || !Glob.writable(text) || text.length() > 1000) {
            return Optional.of("a host pattern is empty, too long or holds a control character");
        }
        if (text.contains(" ") || text.contains("@")) {
            return Optional.of(
                    "`"
                            + text
                            + "` is no host; expected such as `*.example.com` or"
                            + " `https://example.com/docs/*`");
        }
        return Optional.empty();
    }

    static WebPattern of(String text) {
        String rest = text;
        String scheme = null;
        int colon = rest.indexOf("://");
        if (colon >= 0) {
            scheme = LowerCase.of(rest.substring(0, colon));
            rest = rest.substring(colon + 3);
        }
        Glob path = null;
        int slash = rest.indexOf('/');
        if (slash >= 0) {
            path = Glob.word(rest.substring(slash));
            rest = rest.substring(0, slash);
        }
        String port = null;
        int last = rest.lastIndexOf(':');
        if (last >= 0 && rest.indexOf(':') == last) {
            port = rest.substring(last + 1);
            rest = rest.substring(0, last);
        }
        return new WebPattern(text, scheme, Glob.word(normal(rest)), port, path);
    }

    private static String normal(String host) {
        String lower = LowerCase.of(host);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    /** Whether a permissive rule covers exactly this address. */
    boolean covers(@Nullable String url, @Nullable String address) {
        if (address == null) {
            return false;
        }
        Parts parts = Parts.of(url, address);
        if (!host.matches(parts.host)) {
            return false;
        }
        if (scheme != null && !scheme.equals(parts.scheme)) {
            return false;
        }
        if (port != null && !port.equals(parts.port)) {
            return false;
        }
        return path == null
                || (parts.path != null && plain(parts.path) && path.matches(parts.path));
    }

    /** Whether a restrictive rule touches this address; what is not known is touched. */
    boolean touches(@Nullable String url, @Nullable String address) {
        if (address == null) {
            return true;
        }
        Parts parts = Parts.of(url, address);
        if (!host.matches(parts.host)) {
            return false;
        }
        if (scheme != null && parts.scheme != null && !scheme.equals(parts.scheme)) {
            return false;
        }
        if (port != null && parts.port != null && !port.equals(parts.port)) {
            return false;
        }
        return path == null
                || parts.path == null
                || !plain(parts.path)
                || path.matches(parts.path)
                || path.matches(parts.path + "/");
    }

    private static boolean plain(String path) {
        return !path.contains("..") && !path.contains("%") && !path.contains("\\");
    }

    boolean within(WebPattern wide) {
        return wide.host.covers(host, false)
                && (wide.scheme == null || wide.scheme.equals(scheme))
                && (wide.port == null || wide.port.equals(port))
                && (wide.path == null || (path != null && wide.path.covers(path, false)));
    }

    boolean blank() {
        return host.blank() && path == null;
    }

    @Override
    public String toString() {
        return text;
    }

    private record Parts(
            @Nullable String scheme, String host, @Nullable String port, @Nullable String path) {

        static Parts of(@Nullable String url, String address) {
            String host = address;
            String port = null;
            int last = host.lastIndexOf(':');
            if (last >= 0 && host.indexOf(':') == last) {
                port = host.substring(last + 1);
                host = host.substring(0, last);
            }
            String scheme = null;
            String path = null;
            if (url != null) {
                int colon = url.indexOf("://");
                String rest = url;
                if (colon >= 0) {
                    scheme = LowerCase.of(url.substring(0, colon));
                    rest = url.substring(colon + 3);
                }
                int end = rest.length();
                for (int i = 0; i < rest.length(); i++) {
                    if ("/?#".indexOf(rest.charAt(i)) >= 0) {
                        end = i;
                        break;
                    }
                }
                String authority = rest.substring(0, end);
                int digits = authority.lastIndexOf(':');
                if (port == null && digits >= 0 && authority.indexOf(']') < digits) {
                    port = authority.substring(digits + 1);
                }
                if (port == null && scheme != null) {
                    port = scheme.equals("https") ? "443" : scheme.equals("http") ? "80" : null;
                }
                int query = rest.length();
                for (int i = end; i < rest.length(); i++) {
                    if (rest.charAt(i) == '?' || rest.charAt(i) == '#') {
                        query = i;
                        break;
                    }
                }
                path = end == query ? "/" : rest.substring(end, query);
            }
            return new Parts(scheme, normal(host), port, path);
        }
    }
}
