package dev.countersign.web;

import dev.countersign.people.Sessions;
import io.helidon.http.SetCookie;
import io.helidon.webserver.http.ServerResponse;
import java.time.Clock;
import java.time.Duration;

/** The cookies we set: for this host alone, out of the reach of scripts. */
final class Cookies {
    private final String session;
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
