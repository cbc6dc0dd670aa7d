package dev.countersign.web;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.Acceptance;
import dev.countersign.api.Bodies;
import dev.countersign.api.Callers;
import dev.countersign.api.Problem;
import dev.countersign.api.Voting;
import dev.countersign.api.WantedTerms;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.Approvals.Cast;
import dev.countersign.approval.Approvals.VoteResult;
import dev.countersign.approval.Deferred;
import dev.countersign.approval.Edit;
import dev.countersign.approval.Grant;
import dev.countersign.approval.Grants;
import dev.countersign.approval.Queue;
import dev.countersign.approval.Stop;
import dev.countersign.approval.Stops;
import dev.countersign.approval.Terms;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditQuery;
import dev.countersign.audit.AuditQuery.Recorded;
import dev.countersign.decision.CallJson;
import dev.countersign.decision.DecisionPoint;
import dev.countersign.decision.Deferral;
import dev.countersign.decision.Deferral.Result;
import dev.countersign.decision.Editing;
import dev.countersign.decision.GrantPreview;
import dev.countersign.decision.PolicySource;
import dev.countersign.decision.WaitingFiles;
import dev.countersign.decision.WaitingFiles.WaitingFile;
import dev.countersign.decision.Widening;
import dev.countersign.people.DeviceLogins;
import dev.countersign.people.DeviceLogins.Pending;
import dev.countersign.people.Identity;
import dev.countersign.people.Identity.NewSession;
import dev.countersign.people.PeopleStore;
import dev.countersign.people.Person;
import dev.countersign.people.Principal;
import dev.countersign.people.Token;
import dev.countersign.policy.Effect;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.Utf8ByteOutput;
import io.helidon.http.HeaderNames;
import io.helidon.http.SetCookie;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The pages for people: the inbox, one request, sign-ins, activity, one record. Every form works
 * without scripts; the script only keeps the page up to date and guards against slips.
 */
public final class Pages {
    private static final System.Logger LOG = System.getLogger(Pages.class.getName());
    private static final int RECORDS = 100;

    /** How many records are looked at for one page of them. */
    private static final int LOOKED_AT = 1_000;

    private static final int DONE = 8;

    /** Rows of a lane; a person would not count further. */
    private static final int MOST_SHOWN = 100;

    private static final int MOST_LOOKED_AT = 2_000;
    private static final Map<String, String> STATIC =
            Map.of(
                    "app.css", "text/css; charset=utf-8",
                    "app.js", "text/javascript; charset=utf-8",
                    "icon.svg", "image/svg+xml");
    private static final String POLICY =
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src"
                    + " 'self'; font-src 'self'; form-action 'self'; base-uri 'none';"
                    + " frame-ancestors 'none'";

    private final TemplateEngine templates =
            TemplateEngine.createPrecompiled(
                    null,
                    ContentType.Html,
                    Pages.class.getClassLoader(),
                    "dev.countersign.web.pages");
    private final Map<String, byte[]> files = new HashMap<>();
    private final Parts parts;
    private final Callers callers;
    private final Voting voting;
    private final Acceptance acceptance;
    private final Previews previews;

    /**
     * What the pages work with.
     *
     * @param files the policy files that wait to be accepted
     * @param secure whether browsers reach us by TLS, so that cookies go nowhere else
     */
    public record Parts(
            DecisionPoint decisions,
            Approvals approvals,
            Stops stops,
            Queue queue,
            Deferral deferral,
            Editing editing,
            Grants grants,
            GrantPreview preview,
            AuditQuery audit,
            Identity identity,
            PeopleStore people,
            DeviceLogins logins,
            WaitingFiles files,
            Widening widening,
            boolean secure,
            Clock clock) {}

    public Pages(Parts parts) {
        this.parts = parts;
        callers = new Callers(parts.identity());
        voting = new Voting(parts.approvals(), parts.editing());
        acceptance = new Acceptance(parts.people(), parts.files(), parts.widening(), parts.clock());
        previews = new Previews(parts.preview(), parts.clock());
        STATIC.keySet().forEach(name -> files.put(name, load(name)));
    }

    private static byte[] load(String name) {
        try (InputStream in = Pages.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing (this is a bug)");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Adds the pages; to be called after the interface for programs has added its routes. */
    public void register(HttpRouting.Builder routing) {
        STATIC.forEach((name, type) ->
                routing.get(
                        "/static/" + name,
                        (_, response) -> {
                            headers(response);
                            response.header(HeaderNames.CONTENT_TYPE, type)
                                    .header(HeaderNames.CACHE_CONTROL, "no-cache")
                                    .send(files.get(name));
                        }));
        routing.get("/sign-in", (request, response) -> guarded(request, response, this::signIn));
        get(routing, "/", this::inbox);
        get(routing, "/approvals/{id}", this::request);
        get(routing, "/deferred/{id}", this::later);
        get(routing, "/device", this::device);
        get(routing, "/activity", this::activity);
        get(routing, "/records/{index}", this::record);
        get(routing, "/grants", this::grants);
        post(routing, "/grants/{id}/revoke", this::revoke);
        post(routing, "/approvals/{id}/vote", this::vote);
        post(routing, "/stops", this::stop);
        post(routing, "/stops/{id}/resume", this::resume);
        post(routing, "/approvals/{id}/edit", this::edit);
        post(routing, "/deferred/{id}", this::answerLater);
        post(routing, "/files/accept", this::accept);
        post(routing, "/device", this::confirmDevice);
        post(routing, "/tokens/confirm", this::confirmToken);
        post(routing, "/sign-in/link", this::link);
        post(routing, "/sign-out", this::signOut);
        routing.get("/*", (request, response) -> guarded(request, response, this::nothingHere));
    }

    /** A page for whoever comes. */
    private interface Open {
        void show(ServerRequest request, ServerResponse response) throws NotRecorded;
    }

    /** A page for someone who signed in. */
    private interface SignedIn {
        void show(ServerRequest request, ServerResponse response, Principal.Person person)
                throws NotRecorded;
    }

    /** What a form of ours does. */
    private interface Change {
        void make(
                ServerRequest request,
                ServerResponse response,
                Principal.Person person,
                Map<String, String> form)
                throws NotRecorded;
    }

    private void get(HttpRouting.Builder routing, String path, SignedIn page) {
        routing.get(
                path,
                (request, response) ->
                        guarded(
                                request,
                                response,
                                (in, out) -> {
                                    Optional<Principal.Person> person = callers.signedIn(in);
                                    if (person.isPresent()) {
                                        page.show(in, out, person.get());
                                    } else {
                                        signInFirst(in, out);
                                    }
                                }));
    }

    private void post(HttpRouting.Builder routing, String path, Change change) {
        routing.post(
                path,
                (request, response) ->
                        guarded(
                                request,
                                response,
                                (in, out) -> {
                                    Optional<Principal.Person> person = callers.signedIn(in);
                                    if (person.isEmpty()) {
                                        signInFirst(in, out);
                                        return;
                                    }
                                    Map<String, String> form = Bodies.form(in);
                                    Callers.requireSamePage(in, form.getOrDefault("csrf", ""));
                                    change.make(in, out, person.get(), form);
                                }));
    }

    private void guarded(ServerRequest request, ServerResponse response, Open page) {
        try {
            page.show(request, response);
        } catch (Problem problem) {
            message(
                    request,
                    response,
                    problem.kind().status(),
                    "That did not work",
                    sentence(problem.detail()),
                    "");
        } catch (NotRecorded e) {
            message(
                    request,
                    response,
                    503,
                    "Nothing was changed",
                    "It could not be recorded, and what is not recorded is not done. Look at the"
                            + " server's log: the disk may be full.",
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
                        "An error inside Countersign",
                        "Nothing was approved by it. The log of the server says more.",
                        "");
            }
        }
    }

    private static String sentence(String detail) {
        return detail.isEmpty()
                ? ""
                : Character.toUpperCase(detail.charAt(0)) + detail.substring(1) + ".";
    }

    // Signing in and out

    private void signIn(ServerRequest request, ServerResponse response) throws NotRecorded {
        Optional<String> code = query(request, "code");
        if (code.isEmpty()) {
            signInFirst(request, response);
            return;
        }
        Optional<NewSession> session = parts.identity().redeem(code.get());
        if (session.isEmpty()) {
            if (callers.signedIn(request).isPresent()) {
                // The link was opened twice; the browser is signed in already.
                redirect(response, "/");
                return;
            }
            message(
                    request,
                    response,
                    403,
                    "This link does not work any more",
                    "A sign-in link works once and for twelve hours. Where a browser is signed in, open"
                            + " its Sign-ins page: it makes a new link. Otherwise stop the server"
                            + " and start it again, it prints one:",
                    "countersign serve");
            return;
        }
        Instant now = parts.clock().instant();
        response.headers()
                .addCookie(
                        SetCookie.builder(Callers.COOKIE, session.get().cookie())
                                .path("/")
                                .httpOnly(true)
                                .secure(parts.secure())
                                .sameSite(SetCookie.SameSite.LAX)
                                .maxAge(Duration.between(now, session.get().session().expires()))
                                .build());
        redirect(response, "/");
    }

    private void signInFirst(ServerRequest request, ServerResponse response) {
        message(
                request,
                response,
                401,
                "Sign in first",
                "Open the sign-in link that the server printed when it started. It looks like"
                        + " /sign-in?code=… and works once.",
                "countersign serve");
    }

    private void signOut(
            ServerRequest request,
            ServerResponse response,
            Principal.Person person,
            Map<String, String> form)
            throws NotRecorded {
        parts.identity().signOut(person);
        response.headers()
                .addCookie(
                        SetCookie.builder(Callers.COOKIE, "")
                                .path("/")
                                .httpOnly(true)
                                .secure(parts.secure())
                                .sameSite(SetCookie.SameSite.LAX)
                                .maxAge(Duration.ZERO)
                                .build());
        redirect(response, "/");
    }

    // The inbox

    private void inbox(ServerRequest request, ServerResponse response, Principal.Person person) {
        List<RequestView> mine = new ArrayList<>();
        List<RequestView> others = new ArrayList<>();
        boolean all =
                eachOpen(
                        person,
                        view -> {
                            List<RequestView> lane = view.mine() ? mine : others;
                            if (lane.size() < MOST_SHOWN) {
                                lane.add(view);
                            }
                            return mine.size() < MOST_SHOWN;
                        });
        boolean more = !all || others.size() == MOST_SHOWN;
        List<RequestView> done =
                parts.approvals().ended(DONE).stream().map(r -> view(r, person)).toList();
        Optional<RequestView> picked =
                query(request, "open")
                        .flatMap(id -> parts.approvals().find(id))
                        .map(r -> view(r, person));
        List<WaitingFile> waiting = parts.files().waiting();
        Optional<WaitingFile> file =
                picked.isPresent()
                        ? Optional.empty()
                        : query(request, "file")
                                .flatMap(path ->
                                        waiting.stream()
                                                .filter(f -> f.path().equals(path))
                                                .findFirst());
        Optional<LaterView> waits =
                query(request, "later")
                        .flatMap(id -> parts.queue().find(id))
                        .map(deferred -> view(deferred, person));
        boolean chosen = picked.isPresent() || file.isPresent() || waits.isPresent();
        if (!chosen && mine.isEmpty()) {
            file = waiting.stream().findFirst();
        }
        @Nullable RequestView opened =
                picked.orElseGet(() ->
                        mine.isEmpty()
                                ? (others.isEmpty() ? null : others.getFirst())
                                : mine.getFirst());
        String notice =
                query(request, "answered")
                        .flatMap(id -> parts.approvals().find(id))
                        .map(r -> r.id() + ": " + wording(r))
                        .or(() ->
                                query(request, "settled")
                                        .flatMap(id -> parts.queue().find(id))
                                        .map(deferred -> view(deferred, person))
                                        .map(later -> later.id() + ": " + later.words()))
                        .or(() -> query(request, "accepted").map(_ -> "The file is accepted."))
                        .orElse("");
        Inbox inbox =
                new Inbox(
                        mine,
                        others,
                        more,
                        parts.queue().live().stream().map(d -> view(d, person)).toList(),
                        done,
                        waiting.stream().map(FileView::of).toList(),
                        parts.files().problems().stream().map(FileView.Broken::of).toList(),
                        file.isPresent() || waits.isPresent() ? null : opened,
                        file.isPresent() || waits.isPresent() || opened == null
                                ? null
                                : parts.approvals()
                                        .find(opened.id())
                                        .map(r -> longer(r, opened, Map.of()))
                                        .orElse(null),
                        waits.isPresent() ? null : file.map(this::offered).orElse(null),
                        waits.orElse(null),
                        chosen,
                        notice);
        page(
                response,
                200,
                "inbox",
                Map.of(
                        "frame",
                        frame(request, person, "Inbox", "inbox", waiting(person), true),
                        "inbox",
                        inbox));
    }

    private FileView.Offered offered(WaitingFile file) {
        return FileView.Offered.of(
                FileView.of(file),
                parts.files().content(file).orElse(""),
                acceptance.report(file.path(), file.sha256()).orElse(null));
    }

    private static String wording(ApprovalRequest request) {
        return switch (request.state()) {
            case PENDING -> "your answer counts; more people are needed";
            case APPROVED, USED -> "approved, the agent goes on";
            case DENIED, EXPIRED, WITHDRAWN, SUPERSEDED ->
                    request.ending() == null ? request.state().wire() : request.ending();
        };
    }

    private RequestView view(ApprovalRequest request, Principal.Person person) {
        return RequestView.of(
                request,
                parts.approvals().standing(request),
                voting.obstacle(person, request).map(Pages::plainObstacle).orElse(""),
                parts.clock().instant());
    }

    private LaterView view(Deferred deferred, Principal.Person person) {
        return LaterView.of(
                deferred,
                voting.obstacle(person, deferred).map(Pages::plainObstacle).orElse(""),
                parts.clock().instant());
    }

    private static String plainObstacle(String obstacle) {
        return "You cannot answer this: " + obstacle + ".";
    }

    /** How many wait for this person, as far as a person would count. */
    private int waiting(Principal.Person person) {
        AtomicInteger mine = new AtomicInteger();
        boolean _ = eachOpen(person, view -> !view.mine() || mine.incrementAndGet() < MOST_SHOWN);
        return mine.get() + parts.files().waiting().size();
    }

    /**
     * Shows the open requests, the first to expire first, until the visitor has seen enough or so
     * many were looked at as nobody will look at.
     *
     * @return whether that was all of them
     */
    private boolean eachOpen(Principal.Person person, Predicate<RequestView> more) {
        AtomicInteger looked = new AtomicInteger();
        AtomicBoolean all = new AtomicBoolean(true);
        parts.approvals()
                .eachPending(request -> {
                    all.set(
                            looked.incrementAndGet() <= MOST_LOOKED_AT
                                    && more.test(view(request, person)));
                    return all.get();
                });
        return all.get();
    }

    private void request(ServerRequest request, ServerResponse response, Principal.Person person) {
        show(request, response, person, parameter(request, "id"), 200, "");
    }

    /**
     * How a request may be approved for longer; null when it may not.
     *
     * @param form what the person has typed so far
     */
    private @Nullable Longer longer(
            ApprovalRequest request, RequestView view, Map<String, String> form) {
        if (!view.mine() || !request.offer().lasts()) {
            return null;
        }
        String pattern = form.getOrDefault("pattern", request.offer().pattern()).strip();
        // What is shown is right for either scope: a project holds its tasks.
        Terms terms = new Terms(Grant.Scope.PROJECT, pattern, null, null);
        return Longer.of(
                request,
                pattern,
                form.getOrDefault("expires", ""),
                form.getOrDefault("uses", ""),
                request.offer().problem(terms).isPresent()
                        ? new GrantPreview.Report(List.of(), 0, 0, false)
                        : previews.of(request, terms),
                !form.isEmpty());
    }

    private void show(
            ServerRequest request,
            ServerResponse response,
            Principal.Person person,
            String id,
            int status,
            String problem) {
        show(request, response, person, id, status, problem, Map.of());
    }

    private void show(
            ServerRequest request,
            ServerResponse response,
            Principal.Person person,
            String id,
            int status,
            String problem,
            Map<String, String> form) {
        Optional<ApprovalRequest> found = parts.approvals().find(id);
        if (found.isEmpty()) {
            message(
                    request,
                    response,
                    404,
                    "No such request",
                    "The address names no request. It may come from another server.",
                    "");
            return;
        }
        RequestView view = view(found.get(), person);
        Map<String, @Nullable Object> model = new HashMap<>();
        model.put("frame", frame(request, person, view.id(), "inbox", waiting(person), true));
        model.put("request", view);
        model.put("problem", problem);
        model.put("longer", longer(found.get(), view, form));
        page(response, status, "request", model);
    }

    private void vote(
            ServerRequest request,
            ServerResponse response,
            Principal.Person person,
            Map<String, String> form)
            throws NotRecorded {
        String id = parameter(request, "id");
        String answer = form.getOrDefault("answer", "");
        String scope =
                switch (answer) {
                    case "approve", "deny" -> "once";
                    case "approve-task", "preview" -> "task";
                    case "approve-project" -> "project";
                    default ->
                            throw new Problem(Problem.Kind.BAD_REQUEST, "the form names no answer");
                };
        boolean lasting = !scope.equals("once");
        Terms terms = Terms.ONCE;
        if (lasting) {
            Optional<String> wrong = Optional.empty();
            try {
                terms =
                        WantedTerms.of(
                                scope,
                                form.getOrDefault("pattern", ""),
                                form.getOrDefault("expires", ""),
                                form.getOrDefault("uses", ""));
                Terms wanted = terms;
                wrong = parts.approvals().find(id).flatMap(r -> r.offer().problem(wanted));
            } catch (Problem problem) {
                wrong = Optional.of(problem.detail());
            }
            if (wrong.isPresent() || answer.equals("preview")) {
                show(
                        request,
                        response,
                        person,
                        id,
                        wrong.isPresent() ? 400 : 200,
                        wrong.map(why -> "Nothing was approved: " + why).orElse(""),
                        form);
                return;
            }
        }
        boolean approve = !answer.equals("deny");
        String typed = form.getOrDefault("guidance", "").strip();
        String guidance = typed.length() <= 2_000 ? typed : typed.substring(0, 2_000);
        // No number at all is no version that anybody saw.
        int seen = (int) Math.min(number(form.getOrDefault("version", "")), Integer.MAX_VALUE);
        Cast cast = approve ? Cast.yes("").on(terms) : Cast.no(guidance);
        Optional<ObjectNode> edited =
                approve && form.containsKey("edited")
                        ? parts.approvals()
                                .find(id)
                                .flatMap(r -> edited(r, form.getOrDefault("edited", "")))
                        : Optional.empty();
        if (form.containsKey("edited") && edited.isEmpty()) {
            throw new Problem(Problem.Kind.BAD_REQUEST, "the form changes what cannot be changed");
        }
        VoteResult result =
                edited.isPresent()
                        ? voting.vote(person, id, cast.seen(seen), edited.get())
                        : voting.vote(person, id, cast.seen(seen));
        switch (result) {
            case VoteResult.Counted _ -> redirect(response, "/?answered=" + part(id));
            case VoteResult.NotYours(String why) ->
                    show(request, response, person, id, 403, "Your answer does not count: " + why);
            case VoteResult.NotOffered(String why) ->
                    show(request, response, person, id, 400, "Nothing was approved: " + why);
            case VoteResult.Changed _ ->
                    show(
                            request,
                            response,
                            person,
                            id,
                            409,
                            "Somebody else answered while you read. Your approval does not count"
                                    + " yet: look again, then answer.");
            case VoteResult.TooLate(ApprovalRequest now) ->
                    show(
                            request,
                            response,
                            person,
                            id,
                            409,
                            "It was decided before you answered: " + wording(now));
            case VoteResult.Unknown _ -> show(request, response, person, id, 404, "");
        }
    }

    /** The input of a call with the text a person typed. */
    private static Optional<ObjectNode> edited(ApprovalRequest request, String typed) {
        ObjectNode input = request.call().withObject("/input").deepCopy();
        // Forms send lines as no shell wants them.
        return Editing.field(input).map(name -> input.put(name, typed.replace("\r\n", "\n")));
    }

    /** Shows what a changed call would come to; nothing counts yet. */
    private void edit(
            ServerRequest request,
            ServerResponse response,
            Principal.Person person,
            Map<String, String> form) {
        String id = parameter(request, "id");
        String text = form.getOrDefault("edited", "").replace("\r\n", "\n");
        ApprovalRequest asked =
                parts.approvals()
                        .find(id)
                        .orElseThrow(() ->
                                new Problem(Problem.Kind.NOT_FOUND, "there is no such request"));
        Optional<ObjectNode> input = edited(asked, text);
        if (input.isEmpty()) {
            throw new Problem(Problem.Kind.BAD_REQUEST, "the form changes what cannot be changed");
        }
        if (asked.state() != State.PENDING) {
            show(request, response, person, id, 409, "It was decided before you answered.");
            return;
        }
        if (number(form.getOrDefault("version", "")) != asked.version()) {
            show(
                    request,
                    response,
                    person,
                    id,
                    409,
                    "Somebody else answered while you read: look again, then answer.");
            return;
        }
        String problem = "";
        ApprovalRequest changed = asked;
        if (asked.call().path("input").equals(input.get())) {
            problem = "This is what was asked. Change it, or go back and approve it as it is.";
        } else {
            switch (voting.preview(person, asked, input.get())) {
                case Editing.Preview.Possible(ApprovalRequest possible) -> changed = possible;
                case Editing.Preview.Refused(String why) -> {
                    problem = sentence(why);
                    ObjectNode call = asked.call().deepCopy();
                    call.set("input", input.get());
                    changed =
                            asked.edited(
                                    new Edit(person.email(), input.get(), "", asked.asked()),
                                    call,
                                    JsonNodeFactory.instance.objectNode(),
                                    asked.requirements(),
                                    Set.of());
                }
            }
        }
        page(
                response,
                problem.isEmpty() ? 200 : 409,
                "edit",
                Map.of(
                        "frame",
                        frame(request, person, id, "inbox", waiting(person), false),
                        "request",
                        view(asked, person),
                        "changed",
                        view(changed, person),
                        "text",
                        text,
                        "problem",
                        problem));
    }

    // Calls that wait for their time

    private void later(ServerRequest request, ServerResponse response, Principal.Person person) {
        later(request, response, person, 200, "");
    }

    private void later(
            ServerRequest request,
            ServerResponse response,
            Principal.Person person,
            int status,
            String problem) {
        Deferred deferred =
                parts.queue()
                        .find(parameter(request, "id"))
                        .orElseThrow(() ->
                                new Problem(
                                        Problem.Kind.NOT_FOUND, "there is no such deferred call"));
        page(
                response,
                status,
                "deferred",
                Map.of(
                        "frame",
                        frame(request, person, deferred.id(), "inbox", waiting(person), true),
                        "later",
                        view(deferred, person),
                        "problem",
                        problem));
    }

    private void answerLater(
            ServerRequest request,
            ServerResponse response,
            Principal.Person person,
            Map<String, String> form)
            throws NotRecorded {
        String id = parameter(request, "id");
        String typed = form.getOrDefault("reason", "").strip();
        String reason = typed.length() <= 500 ? typed : typed.substring(0, 500);
        switch (later(person, id, form.getOrDefault("answer", ""), reason)) {
            case Result.Done(Deferred done) ->
                    redirect(
                            response,
                            done.state() == Deferred.State.QUEUED
                                    ? "/?later=" + part(id)
                                    : "/?settled=" + part(id));
            case Result.Refused(String why) ->
                    later(request, response, person, 403, "Nothing was changed: " + why);
            case Result.TooLate _ ->
                    later(request, response, person, 409, "It was settled before you answered.");
            case Result.Unknown _ ->
                    throw new Problem(Problem.Kind.NOT_FOUND, "there is no such deferred call");
        }
    }

    private Result later(Principal.Person person, String id, String answer, String reason)
            throws NotRecorded {
        try {
            return switch (answer) {
                case "approve" -> voting.voter(person, v -> parts.deferral().approve(id, v, ""));
                case "release" -> voting.voter(person, v -> parts.deferral().release(id, v, ""));
                case "cancel" -> voting.voter(person, v -> parts.deferral().cancel(id, v, reason));
                default -> throw new Problem(Problem.Kind.BAD_REQUEST, "the form names no answer");
            };
        } catch (PolicySource.Unreadable e) {
            return new Result.Refused("it cannot be judged now: " + e.getMessage());
        }
    }

    /** The form names what to stop in one field: the kind, a space, and the name. */
    private void stop(
            ServerRequest request,
            ServerResponse response,
            Principal.Person person,
            Map<String, String> form)
            throws NotRecorded {
        String what = form.getOrDefault("stop", "");
        int space = what.indexOf(' ');
        Optional<Stop.Kind> kind = Stop.Kind.of(space < 0 ? what : what.substring(0, space));
        String name = space < 0 ? "" : what.substring(space + 1);
        if (kind.isEmpty() || (name.isBlank() && kind.get() != Stop.Kind.ALL)) {
            throw new Problem(Problem.Kind.BAD_REQUEST, "the form does not say what to stop");
        }
        String typed = form.getOrDefault("reason", "").strip();
        String reason = typed.length() <= 500 ? typed : typed.substring(0, 500);
        Stop _ = parts.decisions().stop(kind.get(), name, reason, person.email());
        redirect(response, "/");
    }

    private void resume(
            ServerRequest request,
            ServerResponse response,
            Principal.Person person,
            Map<String, String> form)
            throws NotRecorded {
        if (!person.votes()) {
            throw new Problem(Problem.Kind.FORBIDDEN, "this sign-in reads only");
        }
        Optional<Stop> _ = parts.stops().resume(parameter(request, "id"), person.email());
        redirect(response, "/");
    }

    // What is approved for longer

    private void grants(ServerRequest request, ServerResponse response, Principal.Person person) {
        Instant now = parts.clock().instant();
        List<GrantView> grants =
                parts.grants().list().reversed().stream()
                        .map(grant ->
                                GrantView.of(
                                        grant,
                                        parts.approvals()
                                                .find(grant.approval())
                                                .map(Pages::headline)
                                                .orElse(grant.approval()),
                                        now))
                        .toList();
        page(
                response,
                200,
                "grants",
                Map.of(
                        "frame",
                        frame(request, person, "Grants", "grants", waiting(person), false),
                        "grants",
                        grants,
                        "notice",
                        query(request, "revoked").isPresent()
                                ? "Revoked. Such calls are asked about again."
                                : ""));
    }

    private static String headline(ApprovalRequest request) {
        return CallJson.headline(
                request.call().path("tool").asText(""), request.call().path("input"));
    }

    private void revoke(
            ServerRequest request,
            ServerResponse response,
            Principal.Person person,
            Map<String, String> form)
            throws NotRecorded {
        if (!person.votes()) {
            throw new Problem(Problem.Kind.FORBIDDEN, "this sign-in reads only");
        }
        if (parts.grants().revoke(parameter(request, "id"), person.email()).isEmpty()) {
            throw new Problem(Problem.Kind.NOT_FOUND, "no grant of that id holds any more");
        }
        redirect(response, "/grants?revoked=yes");
    }

    private void accept(
            ServerRequest request,
            ServerResponse response,
            Principal.Person person,
            Map<String, String> form)
            throws NotRecorded {
        acceptance.accept(
                person, form.getOrDefault("path", ""), form.getOrDefault("sha256", ""), false);
        redirect(response, "/?accepted=yes");
    }

    // Sign-ins of programs

    private void device(ServerRequest request, ServerResponse response, Principal.Person person) {
        device(request, response, person, "");
    }

    /** Signs this person in on another browser. */
    private void link(
            ServerRequest request,
            ServerResponse response,
            Principal.Person person,
            Map<String, String> form) {
        Person self =
                parts.people()
                        .person(person.email())
                        .orElseThrow(() ->
                                new Problem(Problem.Kind.FORBIDDEN, "you are not known any more"));
        device(
                request,
                response,
                person,
                (parts.secure() ? "https://" : "http://")
                        + request.authority()
                        + "/sign-in?code="
                        + part(parts.identity().link(self)));
    }

    private void device(
            ServerRequest request, ServerResponse response, Principal.Person person, String link) {
        String code = query(request, "code").orElse("");
        Optional<Pending> pending =
                code.isEmpty()
                        ? Optional.empty()
                        : parts.logins().find(code).filter(p -> p.person() == null && !p.denied());
        List<Token> tokens =
                parts.people().tokens().stream()
                        .filter(t -> t.kind() == Token.Kind.PERSONAL)
                        .filter(t -> person.email().equals(t.person()))
                        .filter(t -> t.validAt(parts.clock().instant()))
                        .toList();
        Map<String, @Nullable Object> model = new HashMap<>();
        model.put("frame", frame(request, person, "Sign-ins", "device", waiting(person), false));
        model.put("code", code.length() <= 20 ? code : code.substring(0, 20) + "…");
        model.put("pending", pending.orElse(null));
        model.put("unconfirmed", tokens.stream().filter(t -> !t.confirmed()).toList());
        model.put("confirmed", tokens.stream().filter(Token::confirmed).toList());
        model.put("link", link);
        model.put(
                "notice",
                switch (query(request, "done").orElse("")) {
                    case "confirm" -> "Signed in. You can go back to the terminal.";
                    case "deny" -> "Refused. Nobody was signed in.";
                    case "token" -> "The token may vote now.";
                    case "revoked" -> "The token is revoked.";
                    default -> "";
                });
        page(response, 200, "device", model);
    }

    private void confirmDevice(
            ServerRequest request,
            ServerResponse response,
            Principal.Person person,
            Map<String, String> form) {
        String code = form.getOrDefault("code", "");
        boolean confirm = "confirm".equals(form.get("answer"));
        if (parts.logins().answer(code, person.email(), confirm)) {
            redirect(response, "/device?done=" + (confirm ? "confirm" : "deny"));
        } else {
            redirect(response, "/device?code=" + part(code));
        }
    }

    private void confirmToken(
            ServerRequest request,
            ServerResponse response,
            Principal.Person person,
            Map<String, String> form)
            throws NotRecorded {
        String id = form.getOrDefault("id", "");
        boolean own =
                parts.people().tokens().stream()
                        .anyMatch(t -> t.id().equals(id) && person.email().equals(t.person()));
        boolean confirm = "confirm".equals(form.get("answer"));
        if (!own
                || !(confirm
                        ? parts.identity().confirm(id, person)
                        : parts.identity().revoke(id, person))) {
            throw new Problem(Problem.Kind.NOT_FOUND, "no token of yours has that id");
        }
        redirect(response, "/device?done=" + (confirm ? "token" : "revoked"));
    }

    // The ledger

    private void activity(ServerRequest request, ServerResponse response, Principal.Person person) {
        String effect = query(request, "effect").flatMap(Effect::of).map(Effect::wire).orElse("");
        long before = query(request, "before").map(Pages::number).orElse(Long.MAX_VALUE);
        boolean sessions = query(request, "sessions").isPresent();
        Instant now = parts.clock().instant();
        List<Recorded> found = new ArrayList<>();
        long next = before;
        boolean end = false;
        for (int looked = 0; looked < LOOKED_AT && found.size() < RECORDS && !end; ) {
            List<Recorded> some =
                    parts.audit()
                            .list(
                                    effect.isEmpty() ? Map.of() : Map.of("effect", effect),
                                    next,
                                    RECORDS);
            end = some.size() < RECORDS || some.getLast().index() == 0;
            looked += some.size();
            for (Recorded each : some) {
                next = each.index();
                if (sessions || !"session".equals(each.body().path("kind").asText(""))) {
                    found.add(each);
                }
                if (found.size() == RECORDS) {
                    end &= each.equals(some.getLast());
                    break;
                }
            }
        }
        long older = end ? -1 : next;
        page(
                response,
                200,
                "activity",
                Map.of(
                        "frame",
                        frame(request, person, "Activity", "activity", waiting(person), false),
                        "records",
                        found.stream().map(r -> RecordView.of(r, now)).toList(),
                        "effect",
                        effect,
                        "older",
                        older,
                        "sessions",
                        sessions));
    }

    private void record(ServerRequest request, ServerResponse response, Principal.Person person) {
        Optional<Recorded> found = parts.audit().byIndex(number(parameter(request, "index")));
        if (found.isEmpty()) {
            message(
                    request,
                    response,
                    404,
                    "No such record",
                    "The ledger has no record of that index.",
                    "");
            return;
        }
        Instant now = parts.clock().instant();
        RecordView record = RecordView.of(found.get(), now);
        List<RecordView> related =
                record.decision().isEmpty()
                        ? List.of()
                        : parts.audit().ofDecision(record.decision()).stream()
                                .limit(50)
                                .map(r -> RecordView.of(r, now))
                                .toList();
        page(
                response,
                200,
                "record",
                Map.of(
                        "frame",
                        frame(
                                request,
                                person,
                                "Record " + record.index(),
                                "activity",
                                waiting(person),
                                false),
                        "record",
                        record,
                        "related",
                        related));
    }

    private static long number(String digits) {
        return digits.matches("\\d{1,18}") ? Long.parseLong(digits) : -1;
    }

    // What all pages share

    private void nothingHere(ServerRequest request, ServerResponse response) {
        message(
                request,
                response,
                404,
                "There is no such page",
                "The address may be mistyped, or come from another server.",
                "");
    }

    private void message(
            ServerRequest request,
            ServerResponse response,
            int status,
            String heading,
            String text,
            String command) {
        Frame frame =
                callers.signedIn(request)
                        .map(p -> frame(request, p, heading, "", waiting(p), false))
                        .orElseGet(() ->
                                new Frame(
                                        heading,
                                        "",
                                        "",
                                        "",
                                        0,
                                        parts.identity().trustsSetup(),
                                        List.of(),
                                        false));
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

    private Frame frame(
            ServerRequest request,
            Principal.Person person,
            String title,
            String section,
            int waiting,
            boolean live) {
        return new Frame(
                title,
                section,
                person.email(),
                Callers.csrf(request),
                waiting,
                parts.identity().trustsSetup(),
                stops(),
                live);
    }

    private List<StopView> stops() {
        Instant now = parts.clock().instant();
        return parts.stops().holding().stream().map(stop -> StopView.of(stop, now)).toList();
    }

    private void page(
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

    private static void headers(ServerResponse response) {
        response.header("Content-Security-Policy", POLICY);
        response.header("X-Content-Type-Options", "nosniff");
        response.header("X-Frame-Options", "DENY");
        // Not "no-referrer": browsers would then say "Origin: null" for our own forms.
        response.header("Referrer-Policy", "same-origin");
        response.header("Cross-Origin-Opener-Policy", "same-origin");
        response.header("Cross-Origin-Resource-Policy", "same-origin");
    }

    private static void redirect(ServerResponse response, String to) {
        headers(response);
        response.header(HeaderNames.CACHE_CONTROL, "no-store");
        response.header(HeaderNames.LOCATION, to);
        response.status(303).send();
    }

    private static String part(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String parameter(ServerRequest request, String name) {
        return request.path().pathParameters().first(name).orElse("");
    }

    private static Optional<String> query(ServerRequest request, String name) {
        return request.query().first(name).asOptional();
    }
}
