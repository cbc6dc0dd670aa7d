package dev.countersign.api;

import dev.countersign.people.Identity;
import dev.countersign.people.Principal;
import dev.countersign.people.Sessions;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.Optional;

/** Answers who makes a request, by its bearer token or its browser cookie. */
public final class Callers {
    /** The name of the browser's cookie where pages are served in clear, on this machine. */
    public static final String COOKIE = "countersign_session";

    /**
     * Where they are served by TLS: browsers take a name that begins so from this very host only,
     * and only as what is secure.
     */
    public static final String SECURE_COOKIE = "__Host-" + COOKIE;

    /** Where a page's script shows that the page is ours. */
    static final String CSRF_HEADER = "X-Countersign-CSRF";

    /** Where it shows that this is the browser that signed in. */
    static final String KEY_HEADER = "X-Countersign-Key";

    private static final HeaderName SITE = HeaderNames.create("Sec-Fetch-Site");
    private static final HeaderName MODE = HeaderNames.create("Sec-Fetch-Mode");
    private static final int LONGEST_SECRET = 512;

    private final Identity identity;
    private final Sessions sessions;
    private final String name;

    /**
     * Wires it.
     *
     * @param secure whether browsers reach us by TLS
     */
    public Callers(Identity identity, Sessions sessions, boolean secure) {
        this.identity = identity;
        this.sessions = sessions;
        name = secure ? SECURE_COOKIE : COOKIE;
    }

    /** What the browser's cookie is called here. */
    public String cookieName() {
        return name;
    }

    /** Who asks; a bearer token speaks alone, whatever cookie comes with it. */
    Optional<Principal> of(ServerRequest request) {
        if (request.headers().contains(HeaderNames.AUTHORIZATION)) {
            return bearer(request).flatMap(identity::byBearer);
        }
        Optional<Principal.Person> person = signedIn(request);
        boolean safe = "GET".equals(request.prologue().method().text());
        if (person.isPresent() && !safe) {
            requireSamePage(request, header(request, CSRF_HEADER));
            requireKey(person.get(), header(request, KEY_HEADER));
        }
        return person.map(p -> p);
    }

    private static String header(ServerRequest request, String name) {
        return request.headers().first(HeaderNames.create(name)).orElse("");
    }

    /** Whether a page of this very sign-in carried that; its cookie goes to every port. */
    public boolean holdsKey(Principal.Person person, String shown) {
        return shown.length() <= LONGEST_SECRET && sessions.holds(person, shown);
    }

    private void requireKey(Principal.Person person, String shown) {
        if (!holdsKey(person, shown)) {
            throw Problem.forbidden(
                    "the cookie alone changes nothing: send what the pages carry as `"
                            + KEY_HEADER
                            + "`, or a token");
        }
    }

    /** The signed-in person behind a page; no token is looked at. */
    public Optional<Principal.Person> signedIn(ServerRequest request) {
        Optional<Principal.Person> person = cookie(request).flatMap(sessions::byCookie);
        // A page that keeps itself up to date is no sign of its person.
        boolean byPerson =
                request.headers().first(MODE).map(mode -> mode.equals("navigate")).orElse(true);
        if (byPerson) {
            person.ifPresent(sessions::touch);
        }
        return person;
    }

    /** Who whoever opened a stream is by now; this is no use of their session. */
    Optional<Principal> now(ServerRequest request) {
        return request.headers().contains(HeaderNames.AUTHORIZATION)
                ? bearer(request).flatMap(identity::byBearer)
                : cookie(request).flatMap(sessions::byCookie).map(person -> person);
    }

    /** What a page of ours must show when it changes something, for this browser session. */
    public String csrf(ServerRequest request) {
        return csrf(cookie(request).orElse(""));
    }

    /**
     * Refuses what another site made the browser send.
     *
     * @param shown the token the form carried
     */
    public void requireSamePage(ServerRequest request, String shown) {
        boolean known =
                MessageDigest.isEqual(
                        csrf(request).getBytes(StandardCharsets.UTF_8),
                        shown.getBytes(StandardCharsets.UTF_8));
        if (!known || !sameSite(request)) {
            throw elsewhere();
        }
    }

    /**
     * Refuses what another site made the browser send where nobody is signed in yet, so that no
     * site signs its visitors in as somebody else.
     */
    public static void requireOwnPage(ServerRequest request) {
        if (!sameSite(request)) {
            throw elsewhere();
        }
    }

    private static Problem elsewhere() {
        return Problem.forbidden(
                "this did not come from a page of this server; reload the page and try again");
    }

    private static boolean sameSite(ServerRequest request) {
        String site = request.headers().first(SITE).orElse("same-origin");
        String host = request.headers().first(HeaderNames.HOST).orElse("");
        boolean sameOrigin =
                request.headers()
                        .first(HeaderNames.ORIGIN)
                        .map(origin -> origin.replaceFirst("^https?://", "").equals(host))
                        .orElse(true);
        return sameOrigin && (site.equals("same-origin") || site.equals("none"));
    }

    /** The secret of a bearer token; empty where there is none in a usable form. */
    static Optional<String> bearer(ServerRequest request) {
        return request.headers().first(HeaderNames.AUTHORIZATION).flatMap(Callers::bearer);
    }

    private static Optional<String> bearer(String header) {
        String[] parts = header.strip().split(" +", 2);
        return parts.length == 2
                        && parts[0].toLowerCase(Locale.ROOT).equals("bearer")
                        && parts[1].length() <= LONGEST_SECRET
                ? Optional.of(parts[1])
                : Optional.empty();
    }

    private Optional<String> cookie(ServerRequest request) {
        return cookie(request, name, LONGEST_SECRET);
    }

    /** The value of a cookie, unless it is empty or longer than anything we ever gave. */
    public static Optional<String> cookie(ServerRequest request, String name, int longest) {
        return request.headers().cookies().contains(name)
                ? request.headers().cookies().all(name).stream()
                        .findFirst()
                        .filter(value -> !value.isEmpty() && value.length() <= longest)
                : Optional.empty();
    }

    /**
     * Derived from the cookie, which no other site can read, by a function nobody can turn round.
     */
    public static String csrf(String cookie) {
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
