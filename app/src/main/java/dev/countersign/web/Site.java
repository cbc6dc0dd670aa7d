package dev.countersign.web;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.Asset;
import dev.countersign.api.Bodies;
import dev.countersign.api.Callers;
import dev.countersign.api.Limits;
import dev.countersign.api.Places;
import dev.countersign.api.Problem;
import dev.countersign.approval.Stops;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.call.Place;
import dev.countersign.people.Identity;
import dev.countersign.people.Links;
import dev.countersign.people.Permission;
import dev.countersign.people.Principal;
import dev.countersign.people.Sessions;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.Utf8ByteOutput;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What all pages share: who may see them, what stands around them, and what failures say. */
final class Site {
    private static final System.Logger LOG = System.getLogger(Site.class.getName());

    /** What a form carries where our script put it in. */
    private static final String KEY = "key";

    private static final Map<String, String> STATIC =
            Map.of(
                    "app.css", "text/css; charset=utf-8",
                    "app.js", "text/javascript; charset=utf-8",
                    "activity.js", "text/javascript; charset=utf-8",
                    "editor.js", "text/javascript; charset=utf-8",
                    "worker.js", "text/javascript; charset=utf-8",
                    "app.webmanifest", "application/manifest+json",
                    "icon.svg", "image/svg+xml");
    private static final String POLICY =
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src"
                    + " 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none';"
                    + " frame-ancestors 'none'";

    private final TemplateEngine templates =
            TemplateEngine.createPrecompiled(
                    null,
                    ContentType.Html,
                    Site.class.getClassLoader(),
                    "dev.countersign.web.pages");
    private final Map<String, Asset> files = new HashMap<>();
    private final Callers callers;
    private final PersonalViews views;
    private final Identity identity;
    private final Stops stops;
    private final Places places;
    private final SignInForms forms;
    private final Cookies cookies;
    private final Links links;
    private final Confirmation confirmation;
    private final Clock clock;
    private final Limits limits;

    /** A page for whoever comes. */
    interface Open {
        void show(ServerRequest request, ServerResponse response) throws NotRecorded;
    }

    /** A page for somebody who signed in, or what a form of ours does. */
    interface SignedIn {
        void show(Visit visit) throws NotRecorded;
    }

    /**
     * Wires it.
     *
     * @param confirmation by which people show again that it is them
     */
    Site(
            Callers callers,
            PersonalViews views,
            Identity identity,
            Stops stops,
            Places places,
            SignInForms forms,
            Cookies cookies,
            Links links,
            Confirmation confirmation,
            Clock clock) {
        this.forms = forms;
        this.cookies = cookies;
        this.links = links;
        this.confirmation = confirmation;
        this.callers = callers;
        this.views = views;
        this.identity = identity;
        this.stops = stops;
        this.places = places;
        this.clock = clock;
        limits = new Limits(clock);
        STATIC.forEach((name, type) -> files.put(name, Asset.of(type, load(name))));
    }

    private static byte[] load(String name) {
        try (InputStream in = Site.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing (this is a bug)");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Adds what the pages are drawn with. */
    void files(HttpRouting.Builder routing) {
        files.forEach((name, file) ->
                routing.get(
                        "/static/" + name,
                        (request, response) -> {
                            headers(response);
                            file.send(request, response);
                        }));
    }

    /** Adds what nobody has to sign in for; what changes something comes from a page of ours. */
    void open(HttpRouting.Builder routing, Page page, Open shown) {
        if (page.method().equals("GET")) {
            routing.get(page.path(), (request, response) -> spoken(request, response, shown));
        } else {
            Open fromOurPage =
                    (request, response) -> {
                        Callers.requireOwnPage(request);
                        shown.show(request, response);
                    };
            routing.post(
                    page.path(), (request, response) -> spoken(request, response, fromOurPage));
        }
    }

    void get(HttpRouting.Builder routing, Page page, SignedIn shown) {
        open(routing, page, (request, response) -> signedIn(page, request, response, shown));
    }

    /** Adds what a form does; it must come from a page of this sign-in. */
    void post(HttpRouting.Builder routing, Page page, SignedIn change) {
        SignedIn fromOurPage =
                visit -> {
                    Map<String, String> form = new HashMap<>(Bodies.form(visit.request()));
                    callers.requireSamePage(visit.request(), form.getOrDefault("csrf", ""));
                    String key = String.valueOf(form.getOrDefault(KEY, ""));
                    form.remove(KEY);
                    if (page.keyed() && !callers.holdsKey(visit.person(), key)) {
                        signInAgain(visit);
                        return;
                    }
                    confirmed(
                            page,
                            new Visit(visit.request(), visit.response(), visit.person(), form),
                            change);
                };
        Open answer = (request, response) -> signedIn(page, request, response, fromOurPage);
        routing.post(page.path(), (request, response) -> spoken(request, response, answer));
    }

    /**
     * Does what a form asks; first its person shows that it is them, where that is too long ago.
     */
    private void confirmed(Page page, Visit sent, SignedIn change) throws NotRecorded {
        // A cookie alone is not worth a try of a password.
        Confirmation.Answer answer =
                page.keyed() ? confirmation.take(sent) : new Confirmation.Answer(sent, "");
        String problem = answer.problem();
        if (problem.isEmpty()) {
            try {
                if (page.grave()) {
                    confirmation.require(answer.visit());
                }
                change.show(answer.visit());
                return;
            } catch (Problem needed) {
                if (needed.kind() != Problem.Kind.STEP_UP) {
                    throw needed;
                }
            }
        }
        confirm(answer.visit(), sent.request().path().rawPath(), problem);
    }

    /**
     * Shows the page on which a person shows that it is them.
     *
     * @param to where its form goes, with what the person sent already
     */
    void confirm(Visit visit, String to, String problem) {
        Map<String, @Nullable Object> model = confirmation.model(visit);
        model.put("frame", frame(visit, Texts.say("site.confirm-that-it-is"), "", false));
        model.put("to", to);
        model.put("problem", problem);
        page(visit.response(), problem.isEmpty() ? 200 : 403, "confirm", model);
    }

    /** Passes who confirmed of late that it is them; others are asked to, and the form goes on. */
    void requireRecent(Visit visit) {
        confirmation.require(visit);
    }

    /** What a form of this browser session carries. */
    String csrf(Visit visit) {
        return callers.csrf(visit.request());
    }

    private void signedIn(Page page, ServerRequest request, ServerResponse response, SignedIn shown)
            throws NotRecorded {
        Optional<Visit> visit =
                callers.signedIn(request).map(p -> new Visit(request, response, p, Map.of()));
        if (visit.isPresent()) {
            require(page, visit.get().person());
            if (page.votes()) {
                limits.vote(visit.get().person());
            } else if (page.costly()) {
                limits.reading(visit.get().person());
            }
            if (confirmation.bare(visit.get().person()) && !page.bare()) {
                redirect(response, "/account?welcome=yes");
                return;
            }
            shown.show(visit.get());
        } else {
            signInFirst(request, response);
        }
    }

    private void require(Page page, Principal.Person person) {
        if (page.permission() == null) {
            return;
        }
        try {
            if (page.placed()) {
                Problem.requireSomewhere(person, page.permission());
            } else {
                Problem.require(person, page.permission());
            }
        } catch (Problem problem) {
            limits.refused(person, page.toString(), problem);
            throw problem;
        }
    }

    /** In the language of who reads it. */
    private void spoken(ServerRequest request, ServerResponse response, Open page) {
        String wanted = request.headers().first(HeaderNames.ACCEPT_LANGUAGE).orElse("");
        Texts.in(wanted, () -> guarded(request, response, page));
    }

    private void guarded(ServerRequest request, ServerResponse response, Open page) {
        try {
            page.show(request, response);
        } catch (Problem problem) {
            problem.retryAfter(response);
            message(
                    request,
                    response,
                    problem.kind().status(),
                    Texts.say("site.that-did-not-work"),
                    sentence(problem.detail()),
                    "");
        } catch (NotRecorded e) {
            message(
                    request,
                    response,
                    503,
                    Texts.say("site.nothing-was-changed"),
                    Texts.say("site.it-could-not-be"),
                    "");
        } catch (UncheckedIOException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "error in page " + request.path().path(), e);
            if (!response.isSent()) {
                message(
                        request,
                        response,
                        500,
                        Texts.say("site.an-error-inside-countersign"),
                        Texts.say("site.nothing-was-approved-by"),
                        "");
            }
        }
    }

    /** A problem's text as a sentence on a page. */
    static String sentence(String detail) {
        return detail.isEmpty()
                ? ""
                : Character.toUpperCase(detail.charAt(0)) + detail.substring(1) + ".";
    }

    private void signInAgain(Visit visit) {
        signIn(
                visit.request(),
                visit.response(),
                401,
                Texts.say("site.sign-in-again"),
                Texts.say("site.nothing-was-changed-this"),
                visit.person().email(),
                "");
    }

    /**
     * What somebody gets who just signed in: the cookie, and the page that keeps what shows that it
     * is this browser where no other port of the host gets it.
     *
     * @param browser by what it is known from now on, or empty where it stays as it was
     * @param then where to go on
     */
    void entered(ServerResponse response, Sessions.New made, String browser, String then)
            throws NotRecorded {
        cookies.put(response, made);
        page(
                response,
                200,
                "entered",
                Map.of(
                        "frame", empty(Texts.say("site.signed-in")),
                        "key", made.key(),
                        "browser", browser,
                        "csrf", Callers.csrf(made.cookie()),
                        "then", Visit.local(then).orElse("/"),
                        "notices", links.untold(made.session())));
    }

    void signInFirst(ServerRequest request, ServerResponse response) {
        boolean back =
                request.prologue().method().text().equals("GET")
                        && !request.path().path().equals("/");
        String query = request.query().rawValue();
        signIn(
                request,
                response,
                401,
                Texts.say("site.sign-in-first"),
                "",
                "",
                back ? request.path().rawPath() + (query.isEmpty() ? "" : "?" + query) : "");
    }

    /**
     * The page on which people sign in.
     *
     * @param problem why the last try was none, or empty
     * @param email what was typed
     * @param then where to go on, or empty
     */
    void signIn(
            ServerRequest request,
            ServerResponse response,
            int status,
            String heading,
            String problem,
            String email,
            String then) {
        Map<String, @Nullable Object> model = forms.model(request, email, then);
        model.put("frame", empty(heading));
        model.put("heading", heading);
        model.put("problem", problem);
        page(response, status, "signin", model);
    }

    /** What stands around a page that nobody is signed in for. */
    Frame empty(String title) {
        return new Frame(title, "", "", "", 0, identity.trustsSetup(), List.of(), List.of(), false);
    }

    void nothingHere(ServerRequest request, ServerResponse response) {
        message(
                request,
                response,
                404,
                Texts.say("site.there-is-no-such"),
                Texts.say("site.the-address-may-be"),
                "");
    }

    /**
     * A page of a few words.
     *
     * @param command what to type to go on, or empty
     */
    void message(
            ServerRequest request,
            ServerResponse response,
            int status,
            String heading,
            String text,
            String command) {
        Frame frame =
                callers.signedIn(request)
                        .map(p ->
                                frame(
                                        new Visit(request, response, p, Map.of()),
                                        heading,
                                        "",
                                        false))
                        .orElseGet(() -> empty(heading));
        page(
                response,
                status,
                "message",
                Map.of(
                        "frame",
                        frame,
                        "heading",
                        heading,
                        "text",
                        text,
                        "command",
                        command,
                        "inbox",
                        status == 404));
    }

    /**
     * What stands around a page.
     *
     * @param section the rail's entry that is current
     * @param live whether the page follows the events
     */
    Frame frame(Visit visit, String title, String section, boolean live) {
        Instant now = clock.instant();
        return new Frame(
                title,
                section,
                visit.person().email(),
                callers.csrf(visit.request()),
                views.waiting(visit.person()),
                identity.trustsSetup(),
                stops.holding().stream()
                        .map(stop ->
                                StopView.of(
                                        stop,
                                        barred(
                                                visit.person(),
                                                Permission.RESUME,
                                                places.of(stop.kind(), stop.name())),
                                        now))
                        .toList(),
                views.notices(visit.person()),
                live);
    }

    /** Why a person may not do that there, as a sentence, or empty when they may. */
    static String barred(Principal.Person person, Permission permission, Place place) {
        return person.may(permission, place) ? "" : sentence(Problem.why(person, permission));
    }

    void page(
            ServerResponse response,
            int status,
            String template,
            Map<String, ? extends @Nullable Object> model) {
        Utf8ByteOutput out = new Utf8ByteOutput();
        templates.render(template + ".jte", new HashMap<String, @Nullable Object>(model), out);
        headers(response);
        response.header(HeaderNames.CONTENT_TYPE, "text/html; charset=utf-8");
        response.header(HeaderNames.CACHE_CONTROL, "no-store");
        response.status(status).send(out.toByteArray());
    }

    /** What a script of ours asked for. */
    void data(ServerResponse response, ObjectNode json) {
        headers(response);
        response.header(HeaderNames.CONTENT_TYPE, "application/json");
        response.header(HeaderNames.CACHE_CONTROL, "no-store");
        response.send(json.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static void headers(ServerResponse response) {
        response.header("Content-Security-Policy", POLICY);
        response.header("X-Content-Type-Options", "nosniff");
        response.header("X-Frame-Options", "DENY");
        // Not "no-referrer": browsers would then say "Origin: null" for our own forms.
        response.header("Referrer-Policy", "same-origin");
        response.header("Cross-Origin-Opener-Policy", "same-origin");
        response.header("Cross-Origin-Resource-Policy", "same-origin");
    }

    static void redirect(ServerResponse response, String to) {
        headers(response);
        response.header(HeaderNames.CACHE_CONTROL, "no-store");
        response.header(HeaderNames.LOCATION, to);
        response.status(303).send();
    }
}
