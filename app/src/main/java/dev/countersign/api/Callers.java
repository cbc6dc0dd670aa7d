package dev.countersign.api;

import dev.countersign.people.Identity;
import dev.countersign.people.Principal;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Answers who makes a request, by its bearer token or its browser cookie. */
public final class Callers {
    /** The name of the browser's cookie. */
    public static final String COOKIE = "countersign_session";

    /** Where a page's script shows that the page is ours. */
    static final String CSRF_HEADER = "X-Countersign-CSRF";

    private static final int LONGEST_SECRET = 512;

    private final Identity identity;

    public Callers(Identity identity) {
        this.identity = identity;
    }

    /** Who asks; a bearer token speaks alone, whatever cookie comes with it. */
    Optional<Principal> of(ServerRequest request) {
        Optional<String> header = request.headers().first(HeaderNames.AUTHORIZATION);
        if (header.isPresent()) {
            return bearer(header.get()).flatMap(identity::byBearer);
        }
        Optional<String> cookie = cookie(request);
        Optional<Principal.Person> person = cookie.flatMap(identity::byCookie);
        boolean safe = "GET".equals(request.prologue().method().text());
        if (person.isPresent() && !safe) {
            String shown = request.headers().first(HeaderNames.create(CSRF_HEADER)).orElse("");
            requireSamePage(request, cookie.orElse(""), shown);
        }
        return person.map(p -> p);
    }

    /** The signed-in person behind a page; no token is looked at. */
    public Optional<Principal.Person> signedIn(ServerRequest request) {
        return cookie(request).flatMap(identity::byCookie);
    }

    /** What a page of ours must show when it changes something, for this browser session. */
    public static String csrf(ServerRequest request) {
        return csrf(cookie(request).orElse(""));
    }

    /**
     * Refuses what another site made the browser send.
     *
     * @param shown the token the form carried
     */
    public static void requireSamePage(ServerRequest request, String shown) {
        requireSamePage(request, cookie(request).orElse(""), shown);
    }

    private static void requireSamePage(ServerRequest request, String cookie, String shown) {
        String site =
                request.headers().first(HeaderNames.create("Sec-Fetch-Site")).orElse("same-origin");
        String host = request.headers().first(HeaderNames.HOST).orElse("");
        boolean sameOrigin =
                request.headers()
                        .first(HeaderNames.ORIGIN)
                        .map(origin -> origin.replaceFirst("^https?://", "").equals(host))
                        .orElse(true);
        boolean known =
                MessageDigest.isEqual(
                        csrf(cookie).getBytes(StandardCharsets.UTF_8),
                        shown.getBytes(StandardCharsets.UTF_8));
        if (!sameOrigin || !(site.equals("same-origin") || site.equals("none")) || !known) {
            throw Problem.forbidden(
                    "this did not come from a page of this server; reload the page and try again");
        }
    }

    private static Optional<String> bearer(String header) {
        String[] parts = header.strip().split(" +", 2);
        return parts.length == 2
                        && parts[0].toLowerCase(Locale.ROOT).equals("bearer")
                        && parts[1].length() <= LONGEST_SECRET
                ? Optional.of(parts[1])
                : Optional.empty();
    }

    private static Optional<String> cookie(ServerRequest request) {
        List<String> values =
                request.headers().cookies().contains(COOKIE)
                        ? request.headers().cookies().all(COOKIE)
                        : List.of();
        return values.stream()
                .findFirst()
                .filter(value -> !value.isEmpty() && value.length() <= LONGEST_SECRET);
    }

    /**
     * Derived from the cookie, which no other site can read, by a function nobody can turn round.
     */
    private static String csrf(String cookie) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            byte[] digest =
                    sha256.digest(("page of ours\n" + cookie).getBytes(StandardCharsets.UTF_8));
            return java.util.HexFormat.of().formatHex(digest, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256 (this is a bug)", e);
        }
    }
}
