package dev.countersign.call;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the addresses of a repository have in common, however it is reached: {@code
 * git@example.com:org/shop.git} and {@code https://ana@example.com/org/shop} are both {@code
 * example.com/org/shop}; on the same machine it is the absolute path.
 */
public final class GitAddress {
    private static final Pattern URL =
            Pattern.compile(
                    "(?:ssh|git|https?|git\\+ssh|ssh\\+git)://(?:[^@/]*@)?(\\[[^\\]/]+\\]|[^:/]+)(?::(\\d+))?/(.+)",
                    Pattern.CASE_INSENSITIVE);

    private static final Pattern SCP = Pattern.compile("(?:[^@/:]+@)?([^:/@]+):(?!//)(.+)");

    /** Where the schemes are served when nothing is said; another one may be another server. */
    private static final Set<String> USUAL_PORTS = Set.of("22", "80", "443", "9418");

    private GitAddress() {}

    /** The common form; empty where it is no address, but a name or something odd. */
    public static Optional<String> normal(String written) {
        String text = written.strip();
        if (text.startsWith("file:///")) {
            text = text.substring("file://".length());
        }
        if (text.startsWith("/")) {
            return path(text).map(path -> "/" + path);
        }
        Matcher url = URL.matcher(text);
        if (url.matches()) {
            String port = url.group(2);
            boolean usual = port == null || USUAL_PORTS.contains(port);
            String host = LowerCase.of(url.group(1)) + (usual ? "" : ":" + port);
            return path(url.group(3)).map(path -> host + "/" + path);
        }
        Matcher match = SCP.matcher(text);
        if (text.contains("://") || !match.matches()) {
            return Optional.empty();
        }
        String host = LowerCase.of(match.group(1));
        return path(match.group(2)).map(path -> host + "/" + path);
    }

    /** Without what may be written or not; empty where it leads nowhere in particular. */
    private static Optional<String> path(String written) {
        String path =
                written.replaceAll("/+", "/")
                        .replaceFirst("^/", "")
                        .replaceFirst("/$", "")
                        .replaceFirst("\\.git$", "")
                        .replaceFirst("/$", "");
        boolean odd =
                path.isEmpty()
                        || path.matches("(?s).*(^|/)\\.\\.?(/|$).*")
                        || path.chars().anyMatch(c -> c <= ' ' || c == 127);
        return odd ? Optional.empty() : Optional.of(path);
    }
}
