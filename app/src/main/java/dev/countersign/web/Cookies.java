package dev.countersign.web;

import dev.countersign.api.Callers;
import dev.countersign.people.Sessions;
import io.helidon.http.SetCookie;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Clock;
import java.time.Duration;

/** The cookies we set: for this host alone, out of the reach of scripts. */
final class Cookies {
    private static final String BROWSER = "countersign_browser";
    private static final Duration BROWSER_LASTS = Duration.ofDays(365);
    private static final int LONGEST = 2_048;

    private final String session;
    private final String browser;
    private final boolean secure;
    private final Clock clock;

    /**
     * Those of a server.
     *
     * @param session what the cookie of a session is called
     * @param secure whether browsers reach us by TLS
     */
    Cookies(String session, boolean secure, Clock clock) {
        this.session = session;
        this.secure = secure;
        this.clock = clock;
        browser = named(BROWSER);
    }

    /** What a cookie for this host alone is called. */
    String named(String name) {
        return secure ? "__Host-" + name : name;
    }

    /** Signs the browser in. */
    void put(ServerResponse response, Sessions.New made) {
        put(
                response,
                session,
                made.cookie(),
                Duration.between(clock.instant(), made.session().expires()));
    }

    void remove(ServerResponse response) {
        put(response, session, "", Duration.ZERO);
    }

    /** What an earlier sign-in gave this browser, or empty. */
    String browser(ServerRequest request) {
        return Callers.cookie(request, browser, LONGEST).orElse("");
    }

    void putBrowser(ServerResponse response, String mark) {
        put(response, browser, mark, BROWSER_LASTS);
    }

    /** Sets a cookie that lasts for so long; zero removes it. */
    void put(ServerResponse response, String name, String value, Duration lasts) {
        response.headers()
                .addCookie(
                        SetCookie.builder(name, value)
                                .path("/")
                                .httpOnly(true)
                                .secure(secure)
                                .sameSite(SetCookie.SameSite.LAX)
                                .maxAge(lasts)
                                .build());
    }
}
