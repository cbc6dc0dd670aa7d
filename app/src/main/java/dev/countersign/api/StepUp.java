package dev.countersign.api;

import dev.countersign.people.Principal;
import dev.countersign.people.Sessions;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * What is grave takes more than a browser that was signed in once: its person shows again, every
 * five minutes, that it is them.
 */
public final class StepUp {
    /** Where a person does so. */
    public static final String PLACE = "/confirm";

    private static final HeaderName MODE = HeaderNames.create("Sec-Fetch-Mode");

    private final Sessions sessions;

    public StepUp(Sessions sessions) {
        this.sessions = sessions;
    }

    /**
     * Passes whoever is no browser, and whoever confirmed of late.
     *
     * @throws Problem of the kind {@link Problem.Kind#STEP_UP}
     */
    public void require(Principal principal) {
        if (principal instanceof Principal.Person person && !sessions.recent(person)) {
            throw new Problem(
                    Problem.Kind.STEP_UP,
                    "this takes a sign-in of the last 5 minutes; confirm on the page `"
                            + PLACE
                            + "` that it is you, and try again");
        }
    }

    /** Whether a person opened an address in a browser, who can be led somewhere. */
    static boolean opened(ServerRequest request) {
        return "GET".equals(request.prologue().method().text())
                && request.headers().first(MODE).filter("navigate"::equals).isPresent();
    }

    /** Leads a browser to the page, and from there back to what was opened. */
    static void lead(ServerRequest request, ServerResponse response) {
        String query = request.query().rawValue();
        String here = request.path().rawPath() + (query.isEmpty() ? "" : "?" + query);
        response.header(HeaderNames.CACHE_CONTROL, "no-store");
        response.header(
                HeaderNames.LOCATION,
                PLACE + "?then=" + URLEncoder.encode(here, StandardCharsets.UTF_8));
        response.status(303).send();
    }
}
