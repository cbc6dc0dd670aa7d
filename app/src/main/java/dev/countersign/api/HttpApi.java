package dev.countersign.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.agent.HookEvent;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.Grants;
import dev.countersign.approval.Queue;
import dev.countersign.approval.Stops;
import dev.countersign.audit.Alarms;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditQuery;
import dev.countersign.audit.LedgerProofs;
import dev.countersign.audit.Witnesses;
import dev.countersign.audit.export.AuditExports;
import dev.countersign.audit.report.AuditReports;
import dev.countersign.audit.retention.Retention;
import dev.countersign.call.Place;
import dev.countersign.call.ToolCall;
import dev.countersign.decision.DecisionPoint;
import dev.countersign.decision.Decisions;
import dev.countersign.decision.DefaultsUpgrade;
import dev.countersign.decision.DeferredView;
import dev.countersign.decision.Editing;
import dev.countersign.decision.GrantPreview;
import dev.countersign.decision.Journal;
import dev.countersign.decision.PushReceipts;
import dev.countersign.decision.RecentAllows;
import dev.countersign.decision.StoredPolicies;
import dev.countersign.decision.ToolPins;
import dev.countersign.decision.WaitingFiles;
import dev.countersign.decision.Widening;
import dev.countersign.gateway.RemoteServer;
import dev.countersign.notify.AccountLinks;
import dev.countersign.notify.Accounts;
import dev.countersign.notify.Notifications;
import dev.countersign.people.DeviceLogins;
import dev.countersign.people.Directory;
import dev.countersign.people.Entity;
import dev.countersign.people.Identity;
import dev.countersign.people.OrganisationStore;
import dev.countersign.people.PeopleStore;
import dev.countersign.people.Principal;
import dev.countersign.people.Revocation;
import dev.countersign.people.Roles;
import dev.countersign.people.SignIns;
import dev.countersign.people.Tenancy;
import dev.countersign.people.TenantStore;
import dev.countersign.policy.PolicySnapshot;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.sse.SseEvent;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.sse.SseSink;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP interface for programs: every route of {@link Route}, guarded by that table. Errors are
 * problem documents and never say more than their reader may know.
 */
public final class HttpApi {
    private static final System.Logger LOG = System.getLogger(HttpApi.class.getName());

    /** How often a silent event stream says that it is alive. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);

    /** As many people as an explanation names of each source. */
    private static final int MOST_SHOWN = 1_000;

    private static final int MOST_CALLS = Integer.MAX_VALUE / 2;

    private final ObjectMapper json = new ObjectMapper();
    private final Semaphore calls = new Semaphore(MOST_CALLS);
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final Counters counters = new Counters();
    private final Events events = new Events();
    private final Map<String, Asset> documents = new ConcurrentHashMap<>();
    private final Parts parts;
    private final Hosts hosts;
    private final Callers callers;
    private final Acceptance acceptance;
    private final DecisionRoutes decisions;
    private final AccessRoutes access;
    private final AccessSearch searches;
    private final GitRoutes git;
    private final Hooks hooks;
    private final ApprovalRoutes approvals;
    private final AuthorityRoutes authority;
    private final GrantRoutes grants;
    private final StopRoutes stops;
    private final DeferredRoutes deferred;
    private final AuditRoutes audit;
    private final RetentionRoutes retention;
    private final LedgerRoutes ledger;
    private final PeopleRoutes people;
    private final OrganisationRoutes organisation;
    private final ApplyRoute apply;
    private final TenantRoutes tenants;
    private final ChannelRoutes channels;
    private final RoutingRoutes routing;
    private final SlackRoutes slack;
    private final PolicyRoutes policies;
    private final TryRoute trying;
    private final ToolRoutes tools;
    private final McpRoutes mcp;
    private final DefaultsRoutes defaults;
    private final SessionRoutes sessions;
    private final StepUp stepUp;
    private final Limits limits;
    private final LoginRoutes logins;
    private final AutoCloseable subscription;

    /**
     * What the interface works with.
     *
     * @param pushes what gates in front of repositories ask
     * @param mcpServers remote MCP servers in front of which this one stands
     * @param ownerUses watches the owner shortcut
     * @param exports writes records for others
     * @param reports sums up records for auditors
     * @param retention archives old records, takes them out and keeps what is held
     * @param archives the folders in which the server's archives are
     * @param proofs of what is in the ledger
     * @param witnesses who co-signs it
     * @param organisation own roles, teams, projects and agents
     * @param roles what roles permit
     * @param directory where calls belong, and which agents may ask
     * @param files the policy files that wait to be accepted
     * @param stored the documents on the server
     * @param upgrade keeps newer built-in defaults back until an owner accepts them
     * @param snapshots what would be in force for a call under other documents on the server
     * @param widening says what a change of them would newly allow
     * @param whereabouts where an agent's calls would run, as the server knows it
     * @param settings what a changed client settings file would weaken; empty when nothing
     * @param tenants the other organisations, where the server was started for this one
     * @param notifications tells people of questions besides the pages
     * @param accounts whose accounts in chats are whose
     * @param accountLinks by which that is said
     * @param signIns how people sign in
     * @param credential whether everybody has to set something to sign in with before they go on
     * @param secure whether browsers reach us by TLS
     * @param behindProxy whether a proxy of ours stands in front
     * @param address how people reach this server, without a slash at the end
     * @param ready whether decisions can be recorded now
     * @param ledger {@code checking}, {@code intact}, {@code broken} or {@code unchecked}
     * @param hold how long a hook holds a call for people's answer at most
     */
    public record Parts(
            DecisionPoint decisions,
            Approvals approvals,
            Grants grants,
            GrantPreview preview,
            Stops stops,
            Queue queue,
            Editing editing,
            ToolPins toolPins,
            List<RemoteServer> mcpServers,
            Journal journal,
            PushReceipts pushes,
            Alarms alarms,
            OwnerUses ownerUses,
            AuditQuery audit,
            AuditExports exports,
            AuditReports reports,
            Retention retention,
            List<Path> archives,
            LedgerProofs proofs,
            Witnesses witnesses,
            Identity identity,
            PeopleStore people,
            OrganisationStore organisation,
            Roles roles,
            Directory directory,
            DeviceLogins logins,
            WaitingFiles files,
            StoredPolicies stored,
            DefaultsUpgrade upgrade,
            Function<StoredPolicies.State, Function<ToolCall, PolicySnapshot>> snapshots,
            Widening widening,
            RecentAllows recent,
            Whereabouts whereabouts,
            Function<HookEvent.ConfigChange, List<String>> settings,
            Optional<Tenants> tenants,
            Notifications notifications,
            Accounts accounts,
            AccountLinks accountLinks,
            SignIns signIns,
            boolean credential,
            boolean secure,
            boolean behindProxy,
            Supplier<String> address,
            BooleanSupplier ready,
            Supplier<String> ledger,
            Duration hold,
            Clock clock) {}

    /** The other organisations of a server. */
    public record Tenants(TenantStore store, Tenancy tenancy) {}

    /**
     * Wires the routes to what they work with.
     *
     * @param hosts the names the server answers under
     */
    public HttpApi(Parts parts, Hosts hosts) {
        this.parts = parts;
        this.hosts = hosts;
        callers = new Callers(parts.identity(), parts.signIns().sessions(), parts.secure());
        stepUp = new StepUp(parts.signIns().sessions());
        limits = new Limits(parts.clock());
        Views views = new Views(parts.approvals(), parts.queue(), parts.address());
        acceptance = new Acceptance(parts.people(), parts.files(), parts.widening(), parts.clock());
        decisions =
                new DecisionRoutes(
                        parts.decisions(),
                        new Decisions(
                                parts.audit(), parts.approvals(), parts.queue(), parts.decisions()),
                        parts.journal(),
                        parts.audit(),
                        parts.identity().tenant(),
                        parts.whereabouts(),
                        parts.toolPins(),
                        views,
                        events,
                        counters);
        git = new GitRoutes(parts.pushes(), decisions);
        access = new AccessRoutes(decisions, parts.approvals(), views, parts.clock());
        searches = new AccessSearch(decisions);
        hooks =
                new Hooks(
                        decisions,
                        parts.journal(),
                        parts.stops(),
                        parts.queue(),
                        parts.recent(),
                        parts.whereabouts(),
                        parts.settings(),
                        parts.ownerUses().clients(),
                        parts.hold());
        Voting voting =
                new Voting(
                        parts.approvals(),
                        parts.editing(),
                        parts.queue(),
                        parts.decisions().deferral(),
                        parts.alarms(),
                        new Voters(parts.people(), parts.notifications().routing().onCall()),
                        stepUp);
        Places places = new Places(parts.directory(), parts.approvals());
        Voters everybody =
                new Voters(parts.people(), parts.notifications().routing().onCall(), MOST_SHOWN);
        approvals = new ApprovalRoutes(parts.approvals(), voting, views, counters);
        authority =
                new AuthorityRoutes(
                        parts.decisions(), parts.approvals(), everybody, decisions, parts.clock());
        grants = new GrantRoutes(parts.grants(), parts.approvals(), parts.preview(), places);
        stops = new StopRoutes(parts.decisions(), parts.stops(), places);
        deferred = new DeferredRoutes(parts.queue(), parts.decisions().deferral(), voting);
        audit = new AuditRoutes(parts.audit(), parts.exports(), parts.reports());
        retention = new RetentionRoutes(parts.retention(), parts.archives());
        ledger = new LedgerRoutes(parts.proofs(), parts.witnesses());
        Revocation revocation =
                new Revocation(parts.identity(), parts.people(), parts.signIns().sessions());
        organisation =
                new OrganisationRoutes(
                        parts.organisation(),
                        parts.roles(),
                        parts.directory(),
                        parts.identity(),
                        revocation,
                        parts.signIns().links(),
                        parts.clock());
        people =
                new PeopleRoutes(
                        parts.identity(),
                        revocation,
                        parts.signIns(),
                        parts.people(),
                        parts.organisation(),
                        organisation,
                        parts.directory(),
                        views);
        sessions = new SessionRoutes(parts.signIns().sessions(), parts.people(), organisation);
        apply =
                new ApplyRoute(
                        organisation,
                        parts.organisation(),
                        parts.stored(),
                        (before, after) ->
                                parts.widening()
                                        .between(
                                                parts.snapshots().apply(before),
                                                parts.snapshots().apply(after)),
                        parts.clock());
        tenants = new TenantRoutes(parts.tenants(), parts.clock());
        channels = new ChannelRoutes(parts.notifications());
        routing =
                new RoutingRoutes(
                        parts.notifications(), parts.people(), parts.organisation(), parts.clock());
        slack =
                new SlackRoutes(
                        parts.notifications(),
                        parts.accounts(),
                        parts.accountLinks(),
                        parts.approvals(),
                        voting,
                        parts.identity(),
                        parts.people(),
                        parts.address());
        parts.notifications().onAnswer(slack::taken);
        policies =
                new PolicyRoutes(
                        parts.stored(),
                        parts.snapshots(),
                        parts.widening(),
                        parts.files(),
                        source -> everybody.anywhere(source).collect(Collectors.toSet()),
                        places,
                        parts.audit(),
                        parts.clock());
        trying = new TryRoute(parts.decisions(), decisions, policies, parts.snapshots());
        tools = new ToolRoutes(parts.toolPins(), parts.decisions(), decisions);
        mcp = new McpRoutes(parts.mcpServers(), callers, decisions, tools);
        defaults = new DefaultsRoutes(parts.upgrade());
        logins =
                new LoginRoutes(
                        parts.logins(),
                        parts.identity(),
                        parts.people(),
                        new Remote(parts.behindProxy()),
                        parts.directory(),
                        parts.clock(),
                        views);
        subscription =
                parts.approvals()
                        .onChange(request ->
                                events.publish(
                                        new Events.Event(
                                                "approval",
                                                views.of(request),
                                                places.of(request).project(),
                                                request.driver())));
        parts.queue()
                .onChange(deferred ->
                        events.publish(
                                new Events.Event(
                                        "deferred",
                                        DeferredView.full(deferred),
                                        parts.decisions().deferral().place(deferred).project(),
                                        deferred.driver())));
        parts.alarms()
                .onChange(() ->
                        events.publish(
                                new Events.Event(
                                        "alarm",
                                        JsonNodeFactory.instance.objectNode(),
                                        null,
                                        null)));
        parts.stops()
                .onChange(stop ->
                        events.publish(
                                new Events.Event(
                                        "stop",
                                        StopRoutes.json(stop),
                                        places.of(stop.kind(), stop.name()).project(),
                                        null)));
    }

    /** What the pages on people do, too. */
    public PeopleRoutes people() {
        return people;
    }

    /** What the pages on teams, projects, agents and roles do, too. */
    public OrganisationRoutes organisation() {
        return organisation;
    }

    /** What the page on tenants does, too. */
    public TenantRoutes tenants() {
        return tenants;
    }

    /** What the page on who is told does, too. */
    public RoutingRoutes routing() {
        return routing;
    }

    /** What the page on channels does, too. */
    public ChannelRoutes channels() {
        return channels;
    }

    /** What the pages on policies do, too. */
    public PolicyRoutes policies() {
        return policies;
    }

    /** Whether a request comes from this machine, so that what is on it may be shown. */
    public boolean isHere(ServerRequest request) {
        return parts.whereabouts().isHere(request);
    }

    /** What the page on tools does, too. */
    public ToolRoutes tools() {
        return tools;
    }

    /** What the test bench does, too. */
    public TryRoute trying() {
        return trying;
    }

    /** Adds the routes; what they do not take is a problem document. */
    public void register(HttpRouting.Builder routing) {
        routing.addFilter((chain, request, response) -> {
            headers(response);
            if (hosts.answers(request.authority())) {
                chain.proceed();
            } else {
                send(
                        response,
                        new Problem(
                                Problem.Kind.MISDIRECTED,
                                "this server does not answer under the name in the Host"
                                        + " header"));
            }
        });
        for (Route route : Route.values()) {
            routing.route(
                    Method.create(route.method()),
                    route.path(),
                    (request, response) -> guarded(route, request, response));
        }
        for (String prefix : Route.GUARDED) {
            routing.any(prefix, this::unknown);
            routing.any(prefix + "/*", this::unknown);
        }
        routing.error(Problem.class, (_, response, problem) -> send(response, problem));
    }

    /** What every answer says; what may be kept says so itself. */
    private void headers(ServerResponse response) {
        response.header("X-Content-Type-Options", "nosniff");
        response.header(HeaderNames.CACHE_CONTROL, "no-store");
        if (parts.secure()) {
            response.header("Strict-Transport-Security", "max-age=63072000; includeSubDomains");
        }
    }

    private static void text(ServerResponse response, String text) {
        response.header(HeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
                .send(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Answers whoever is held and ends every event stream; returns when they were answered. */
    public void stop() {
        if (!stopped.compareAndSet(false, true)) {
            return;
        }
        parts.approvals().stop();
        events.close();
        try {
            if (!calls.tryAcquire(MOST_CALLS, 1_500, TimeUnit.MILLISECONDS)) {
                LOG.log(System.Logger.Level.WARNING, "some calls were not answered in time");
            }
            subscription.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.log(System.Logger.Level.WARNING, "the event stream did not end cleanly", e);
        }
    }

    private void unknown(ServerRequest request, ServerResponse response) {
        try {
            authenticated(request);
            String method = request.prologue().method().text();
            throw Problem.notFound(
                    "no route `"
                            + Fields.shown(method + " " + request.path().path())
                            + "`; see /openapi.json");
        } catch (Problem problem) {
            send(response, problem);
        }
    }

    private Principal authenticated(ServerRequest request) {
        return callers.of(request)
                .orElseThrow(() ->
                        new Problem(
                                Problem.Kind.UNAUTHORIZED,
                                "send a token that is valid, as `Authorization: Bearer"
                                        + " TOKEN`"));
    }

    /** What the pages ask of who was invited is asked here, too; to sign out takes nothing. */
    private void requireCredential(Route route, Principal principal) {
        if (parts.credential()
                && route != Route.LOGOUT
                && principal instanceof Principal.Person person
                && parts.signIns().isBare(person)) {
            throw Problem.forbidden(
                    "set a password or a passkey on the page `/account` first; until then this"
                            + " sign-in opens nothing else");
        }
    }

    private void guarded(Route route, ServerRequest request, ServerResponse response) {
        boolean counted = route != Route.EVENTS && route != Route.MCP_STREAM && calls.tryAcquire();
        @Nullable Principal principal = null;
        try {
            if (!route.open()) {
                principal = authenticated(request);
                if (principal instanceof Principal.Owner) {
                    parts.ownerUses().refuseBelowClient(route, request);
                }
                if (route.isForPeople(principal)) {
                    parts.journal().triedForPeople(principal.name(), route.method(), route.path());
                }
                route.check(principal);
                requireCredential(route, principal);
                limits.count(route, principal);
                if (route.grave()) {
                    stepUp.require(principal);
                }
                if (principal instanceof Principal.Owner) {
                    parts.ownerUses().used(route, request);
                }
            }
            if (principal == null) {
                open(route, request, response);
            } else {
                answer(route, request, response, principal);
            }
        } catch (Problem problem) {
            if (principal != null) {
                limits.refused(principal, route.toString(), problem);
            }
            if (problem.kind() == Problem.Kind.STEP_UP && StepUp.opened(request)) {
                StepUp.lead(request, response);
            } else {
                send(response, problem);
            }
        } catch (NotRecorded e) {
            send(
                    response,
                    new Problem(
                            Problem.Kind.NOT_RECORDED,
                            "the ledger took no record: " + e.getMessage()));
        } catch (UncheckedIOException e) {
            throw e;
        } catch (RuntimeException | StackOverflowError e) {
            LOG.log(System.Logger.Level.ERROR, "error in " + route, e);
            if (!response.isSent()) {
                send(
                        response,
                        new Problem(
                                Problem.Kind.INTERNAL,
                                "this is a bug; the log of the server says more"));
            }
        } finally {
            if (counted) {
                calls.release();
            }
        }
    }

    private void open(Route route, ServerRequest request, ServerResponse response)
            throws NotRecorded {
        switch (route) {
            case DEVICE_LOGIN -> reply(response, logins.device(request));
            case DEVICE_TOKEN -> reply(response, logins.token(request));
            case ACCESS_METADATA -> send(response, 200, access.metadata());
            case OPENAPI -> resource(request, response, "/dev/countersign/api/openapi.json");
            case SCHEMA ->
                    resource(request, response, "/dev/countersign/policy/policy.schema.json");
            case ORGANISATION_SCHEMA ->
                    resource(request, response, "/dev/countersign/api/organisation.schema.json");
            case SLACK -> {
                slack.interaction(parameter(request, "id"), request);
                response.status(200).send();
            }
            case LIVE -> send(response, 200, status("up"));
            case READY -> {
                String ledger = parts.ledger().get();
                boolean ready =
                        parts.ready().getAsBoolean()
                                && !parts.approvals().stopping()
                                && !ledger.equals("broken")
                                && this.ledger.fits();
                ObjectNode body = status(ready ? "ready" : "not ready").put("ledger", ledger);
                this.ledger.addWitness(body, parts.clock().instant());
                send(response, ready ? 200 : 503, body);
            }
            case DECIDE,
                    DECISION,
                    OUTCOME,
                    APPROVALS,
                    APPROVAL,
                    VOTE,
                    PASS,
                    ACKNOWLEDGE,
                    VOTES,
                    EXPLAIN,
                    DEFERRED,
                    DEFERRED_APPROVE,
                    DEFERRED_RELEASE,
                    DEFERRED_CANCEL,
                    PREVIEW,
                    GRANTS,
                    REVOKE,
                    STOPS,
                    STOP,
                    RESUME,
                    AUDIT,
                    COVERAGE,
                    EXPORT,
                    REPORT,
                    ARCHIVES,
                    ARCHIVE,
                    PRUNE,
                    HOLDS,
                    HOLD_PLACE,
                    HOLD_END,
                    CHECKPOINT,
                    LEDGER_KEY,
                    COSIGN,
                    INCLUSION,
                    CONSISTENCY,
                    PROOF,
                    TILE,
                    TOKENS,
                    TOKEN_CREATE,
                    TOKEN_REVOKE,
                    TOKEN_CONFIRM,
                    SESSIONS,
                    SESSIONS_END,
                    SESSION_END,
                    PEOPLE,
                    PERSON_PUT,
                    PERSON_LINK,
                    PERSON_REMOVE,
                    PERSON,
                    ROLES,
                    ROLE,
                    ROLE_PUT,
                    ROLE_REMOVE,
                    TEAMS,
                    TEAM,
                    TEAM_PUT,
                    TEAM_REMOVE,
                    PROJECTS,
                    PROJECT,
                    PROJECT_PUT,
                    PROJECT_REMOVE,
                    AGENTS,
                    AGENT,
                    AGENT_PUT,
                    AGENT_REMOVE,
                    AGENT_DISABLE,
                    ORGANISATION,
                    ORGANISATION_APPLY,
                    TENANTS,
                    TENANT,
                    TENANT_PUT,
                    TENANT_CLOSE,
                    TENANT_LINK,
                    CHANNELS,
                    CHANNEL_PUT,
                    CHANNEL_REMOVE,
                    CHANNEL_TEST,
                    NOTIFICATIONS,
                    NOTIFICATIONS_BOUNCED,
                    NOTIFICATIONS_REPLAY,
                    ROUTING,
                    ROUTING_MINE,
                    ROUTING_PUT,
                    ROUTING_REMOVE,
                    ON_CALL,
                    ON_CALL_PUT,
                    ON_CALL_REMOVE,
                    POLICY_FILES,
                    POLICY_ACCEPT,
                    POLICY_EFFECTIVE,
                    POLICY_HISTORY,
                    POLICY_TRY,
                    POLICY_DEFAULTS,
                    POLICY_DEFAULTS_ACCEPT,
                    POLICIES,
                    POLICY_PUT,
                    POLICY_PUT_OF,
                    POLICY_REMOVE,
                    POLICY_REMOVE_OF,
                    TOOLS_SEEN,
                    TOOLS,
                    TOOL_ACCEPT,
                    GIT_PUSH,
                    GIT_PASS,
                    EVALUATION,
                    EVALUATIONS,
                    SEARCH_SUBJECT,
                    SEARCH_RESOURCE,
                    SEARCH_ACTION,
                    ACCESS_REQUEST,
                    ACCESS_STATUS,
                    HOOK,
                    MCP,
                    MCP_STREAM,
                    MCP_END,
                    LOGOUT,
                    EVENTS,
                    METRICS ->
                    throw new IllegalStateException(route + " is not open (this is a bug)");
        }
    }

    private void answer(
            Route route, ServerRequest request, ServerResponse response, Principal principal)
            throws NotRecorded {
        switch (route) {
            case DECIDE ->
                    send(
                            response,
                            200,
                            still(
                                    request,
                                    decisions.post(request, Bodies.object(request), principal)));
            case DECISION ->
                    send(
                            response,
                            200,
                            still(
                                    request,
                                    decisions.get(
                                            parameter(request, "id"),
                                            query(request, "wait"),
                                            principal)));
            case OUTCOME ->
                    send(response, 201, decisions.outcome(Bodies.object(request), principal));
            case APPROVALS ->
                    send(
                            response,
                            200,
                            approvals.list(
                                    query(request, "lane"), query(request, "from"), principal));
            case APPROVAL ->
                    send(response, 200, approvals.get(parameter(request, "id"), principal));
            case VOTE ->
                    send(
                            response,
                            200,
                            approvals.vote(
                                    parameter(request, "id"), Bodies.object(request), principal));
            case PASS ->
                    send(
                            response,
                            200,
                            approvals.pass(
                                    parameter(request, "id"), Bodies.object(request), principal));
            case ACKNOWLEDGE ->
                    send(response, 200, approvals.acknowledge(parameter(request, "id"), principal));
            case VOTES -> send(response, 200, approvals.votes(Bodies.object(request), principal));
            case EXPLAIN ->
                    send(
                            response,
                            200,
                            authority.explain(request, Bodies.object(request), principal));
            case DEFERRED -> send(response, 200, deferred.list(query(request, "lane"), principal));
            case DEFERRED_APPROVE ->
                    send(
                            response,
                            200,
                            deferred.approve(
                                    parameter(request, "id"), optional(request), principal));
            case DEFERRED_RELEASE ->
                    send(
                            response,
                            200,
                            deferred.release(
                                    parameter(request, "id"), optional(request), principal));
            case DEFERRED_CANCEL ->
                    send(
                            response,
                            200,
                            deferred.cancel(
                                    parameter(request, "id"), optional(request), principal));
            case PREVIEW ->
                    send(
                            response,
                            200,
                            grants.preview(
                                    parameter(request, "id"),
                                    query(request, "scope"),
                                    query(request, "pattern"),
                                    principal));
            case GRANTS -> send(response, 200, grants.list(principal));
            case REVOKE -> send(response, 200, grants.revoke(parameter(request, "id"), principal));
            case STOPS -> send(response, 200, stops.list(principal));
            case STOP -> send(response, 201, stops.stop(Bodies.object(request), principal));
            case RESUME -> send(response, 200, stops.resume(parameter(request, "id"), principal));
            case AUDIT -> send(response, 200, audit.list(request.query(), principal));
            case COVERAGE ->
                    send(response, 200, audit.coverage(query(request, "session"), principal));
            case EXPORT -> send(response, audit.export(request.query(), principal));
            case REPORT -> send(response, audit.report(request.query(), principal));
            case CHECKPOINT -> text(response, ledger.checkpoint(query(request, "cosigned")));
            case COSIGN -> send(response, 200, ledger.cosign(request));
            case ARCHIVES -> send(response, 200, retention.archives(query(request, "before")));
            case ARCHIVE ->
                    send(
                            response,
                            retention.archive(
                                    parameter(request, "first"),
                                    query(request, "before"),
                                    principal));
            case PRUNE -> send(response, 200, retention.prune(Bodies.object(request), principal));
            case HOLDS -> send(response, 200, retention.holds());
            case HOLD_PLACE ->
                    send(response, 201, retention.place(Bodies.object(request), principal));
            case HOLD_END ->
                    send(
                            response,
                            200,
                            retention.end(
                                    parameter(request, "id"), Bodies.object(request), principal));
            case LEDGER_KEY -> text(response, ledger.key());
            case INCLUSION -> send(response, 200, ledger.inclusion(request.query()));
            case CONSISTENCY -> send(response, 200, ledger.consistency(request.query()));
            case PROOF -> text(response, ledger.proof(parameter(request, "index")));
            case TILE ->
                    response.header(HeaderNames.CONTENT_TYPE, "application/octet-stream")
                            .send(ledger.tile(parameter(request, "tile")));
            case TOKENS ->
                    send(
                            response,
                            200,
                            people.tokens(
                                    principal, query(request, "after"), query(request, "limit")));
            case TOKEN_CREATE ->
                    send(response, 201, people.create(Bodies.object(request), principal));
            case TOKEN_REVOKE -> {
                people.revoke(parameter(request, "id"), principal);
                response.status(204).send();
            }
            case TOKEN_CONFIRM ->
                    send(response, 200, people.confirm(parameter(request, "id"), principal));
            case SESSIONS ->
                    send(response, 200, sessions.list(query(request, "person"), principal));
            case SESSIONS_END ->
                    send(response, 200, sessions.endAll(query(request, "person"), principal));
            case SESSION_END -> {
                sessions.end(parameter(request, "id"), query(request, "person"), principal);
                response.status(204).send();
            }
            case PEOPLE ->
                    send(
                            response,
                            200,
                            people.people(query(request, "after"), query(request, "limit")));
            case PERSON -> one(Entity.Kind.PERSON, request, response);
            case ROLES -> list(Entity.Kind.ROLE, request, response);
            case ROLE -> one(Entity.Kind.ROLE, request, response);
            case ROLE_PUT -> put(Entity.Kind.ROLE, request, response, principal);
            case ROLE_REMOVE -> remove(Entity.Kind.ROLE, request, response, principal);
            case TEAMS -> list(Entity.Kind.TEAM, request, response);
            case TEAM -> one(Entity.Kind.TEAM, request, response);
            case TEAM_PUT -> put(Entity.Kind.TEAM, request, response, principal);
            case TEAM_REMOVE -> remove(Entity.Kind.TEAM, request, response, principal);
            case PROJECTS -> list(Entity.Kind.PROJECT, request, response);
            case PROJECT -> one(Entity.Kind.PROJECT, request, response);
            case PROJECT_PUT -> put(Entity.Kind.PROJECT, request, response, principal);
            case PROJECT_REMOVE -> remove(Entity.Kind.PROJECT, request, response, principal);
            case AGENTS ->
                    send(
                            response,
                            200,
                            organisation.agents(
                                    query(request, "unregistered"),
                                    query(request, "after"),
                                    query(request, "limit")));
            case AGENT -> one(Entity.Kind.AGENT, request, response);
            case AGENT_PUT -> put(Entity.Kind.AGENT, request, response, principal);
            case AGENT_REMOVE -> remove(Entity.Kind.AGENT, request, response, principal);
            case AGENT_DISABLE ->
                    send(response, 200, organisation.disable(parameter(request, "id"), principal));
            case ORGANISATION -> send(response, 200, organisation.export());
            case ORGANISATION_APPLY ->
                    send(response, 200, apply.apply(Bodies.object(request), principal));
            case TENANTS -> send(response, 200, tenants.list());
            case TENANT -> send(response, 200, tenants.get(parameter(request, "id")));
            case TENANT_PUT ->
                    send(
                            response,
                            200,
                            tenants.put(
                                    parameter(request, "id"), Bodies.object(request), principal));
            case TENANT_CLOSE ->
                    send(response, 200, tenants.close(parameter(request, "id"), principal));
            case TENANT_LINK ->
                    send(response, 200, tenants.link(parameter(request, "id"), principal));
            case PERSON_PUT -> send(response, 200, people.put(Bodies.object(request), principal));
            case PERSON_REMOVE -> remove(Entity.Kind.PERSON, request, response, principal);
            case PERSON_LINK ->
                    send(response, 200, people.link(parameter(request, "id"), principal));
            case CHANNELS -> send(response, 200, channels.list(principal));
            case CHANNEL_PUT ->
                    send(
                            response,
                            200,
                            channels.put(
                                    parameter(request, "id"), Bodies.object(request), principal));
            case CHANNEL_REMOVE ->
                    send(response, 200, channels.remove(parameter(request, "id"), principal));
            case CHANNEL_TEST ->
                    send(response, 200, channels.test(parameter(request, "id"), principal));
            case NOTIFICATIONS ->
                    send(
                            response,
                            200,
                            channels.messages(query(request, "status"), query(request, "channel")));
            case NOTIFICATIONS_BOUNCED ->
                    send(response, 200, channels.bounced(Bodies.object(request)));
            case NOTIFICATIONS_REPLAY ->
                    send(response, 200, channels.replay(Bodies.object(request), principal));
            case ROUTING -> send(response, 200, routing.list(principal));
            case ROUTING_MINE ->
                    send(response, 200, routing.mine(Bodies.object(request), principal));
            case ROUTING_PUT ->
                    send(
                            response,
                            200,
                            routing.put(
                                    parameter(request, "kind"),
                                    parameter(request, "id"),
                                    Bodies.object(request),
                                    principal));
            case ROUTING_REMOVE ->
                    send(
                            response,
                            200,
                            routing.remove(
                                    parameter(request, "kind"),
                                    parameter(request, "id"),
                                    principal));
            case ON_CALL -> send(response, 200, routing.onCall());
            case ON_CALL_PUT ->
                    send(
                            response,
                            200,
                            routing.putRota(
                                    parameter(request, "id"), Bodies.object(request), principal));
            case ON_CALL_REMOVE ->
                    send(response, 200, routing.endRota(parameter(request, "id"), principal));
            case POLICY_FILES -> send(response, 200, files());
            case POLICY_ACCEPT -> {
                Optional<ObjectNode> tried = accept(Bodies.object(request), principal);
                if (tried.isPresent()) {
                    send(response, 200, tried.get());
                } else {
                    response.status(204).send();
                }
            }
            case POLICY_EFFECTIVE ->
                    send(
                            response,
                            200,
                            policies.effective(
                                    query(request, "agent"),
                                    query(request, "workspace"),
                                    parts.whereabouts().isHere(request)));
            case POLICY_HISTORY ->
                    send(
                            response,
                            200,
                            policies.history(
                                    query(request, "level"),
                                    query(request, "of"),
                                    query(request, "name")));
            case POLICY_TRY ->
                    send(response, 200, trying.tried(request, Bodies.object(request), principal));
            case POLICY_DEFAULTS -> send(response, 200, defaults.show());
            case POLICY_DEFAULTS_ACCEPT ->
                    send(response, 200, defaults.accept(Bodies.object(request), principal));
            case POLICIES -> send(response, 200, policies.list(problems()));
            case POLICY_PUT, POLICY_PUT_OF ->
                    send(
                            response,
                            200,
                            policies.put(
                                    parameter(request, "level"),
                                    parameter(request, "of"),
                                    Bodies.object(request),
                                    principal));
            case POLICY_REMOVE, POLICY_REMOVE_OF ->
                    send(
                            response,
                            200,
                            policies.remove(
                                    parameter(request, "level"),
                                    parameter(request, "of"),
                                    query(request, "name"),
                                    query(request, "dry_run"),
                                    principal));
            case TOOLS_SEEN ->
                    send(response, 200, tools.seen(request, Bodies.object(request), principal));
            case TOOLS -> send(response, 200, tools.list(query(request, "state")));
            case TOOL_ACCEPT ->
                    send(response, 200, tools.accept(Bodies.object(request), principal));
            case GIT_PUSH -> {
                ObjectNode answer = git.arrive(Bodies.object(request), principal, isHere(request));
                if (request.headers().first(HeaderNames.ACCEPT).orElse("").equals("text/plain")) {
                    text(response, GitRoutes.text(answer));
                } else {
                    send(response, 200, answer);
                }
            }
            case GIT_PASS -> send(response, 201, git.pass(Bodies.object(request), principal));
            case EVALUATION -> {
                AccessRoutes.identified(request, response);
                send(response, 200, access.evaluation(request, principal));
            }
            case EVALUATIONS -> {
                AccessRoutes.identified(request, response);
                send(response, 200, access.evaluations(request, principal));
            }
            case SEARCH_SUBJECT -> {
                AccessRoutes.identified(request, response);
                send(response, 200, searches.subjects(request, principal));
            }
            case SEARCH_RESOURCE -> {
                AccessRoutes.identified(request, response);
                send(response, 200, searches.resources(request, principal));
            }
            case SEARCH_ACTION -> {
                AccessRoutes.identified(request, response);
                send(response, 200, searches.actions(request, principal));
            }
            case ACCESS_REQUEST -> send(response, access.request(request, principal));
            case ACCESS_STATUS ->
                    send(response, access.status(parameter(request, "id"), principal));
            case HOOK -> {
                if (!(principal instanceof Principal.Agent agent)) {
                    throw Problem.forbidden("only an agent's token may do this");
                }
                String client = parameter(request, "client");
                ObjectNode answer =
                        still(
                                request,
                                hooks.handle(client, parameter(request, "event"), request, agent));
                Optional<String> sent = Hooks.forSender(request, client, answer);
                if (sent.isPresent()) {
                    text(response, sent.get());
                } else {
                    send(response, 200, answer);
                }
            }
            case MCP, MCP_STREAM, MCP_END -> {
                if (!(principal instanceof Principal.Agent agent)) {
                    throw Problem.forbidden("only an agent's token may do this");
                }
                mcp.answer(parameter(request, "name"), request, response, agent);
            }
            case LOGOUT -> {
                people.signOut(principal);
                response.status(204).send();
            }
            case EVENTS -> stream(request, response, principal);
            case METRICS ->
                    response.header(
                                    HeaderNames.CONTENT_TYPE,
                                    "text/plain; version=0.0.4; charset=utf-8")
                            .send(
                                    counters.text(
                                                    () -> parts.approvals().countPending(),
                                                    events.watching())
                                            .getBytes(StandardCharsets.UTF_8));
            case DEVICE_LOGIN,
                    DEVICE_TOKEN,
                    ACCESS_METADATA,
                    OPENAPI,
                    SCHEMA,
                    ORGANISATION_SCHEMA,
                    SLACK,
                    LIVE,
                    READY ->
                    throw new IllegalStateException(route + " is open (this is a bug)");
        }
    }

    private void list(Entity.Kind kind, ServerRequest request, ServerResponse response) {
        send(
                response,
                200,
                organisation.list(kind, query(request, "after"), query(request, "limit")));
    }

    private void one(Entity.Kind kind, ServerRequest request, ServerResponse response) {
        send(
                response,
                200,
                organisation.get(kind, parameter(request, "id"), query(request, "after")));
    }

    private void put(
            Entity.Kind kind, ServerRequest request, ServerResponse response, Principal principal)
            throws NotRecorded {
        send(
                response,
                200,
                organisation.put(
                        kind, parameter(request, "id"), Bodies.object(request), principal));
    }

    private void remove(
            Entity.Kind kind, ServerRequest request, ServerResponse response, Principal principal)
            throws NotRecorded {
        send(response, 200, organisation.remove(kind, parameter(request, "id"), principal));
    }

    /** What people must see to before all of policy counts as it is written. */
    private List<String> problems() {
        List<String> problems = new ArrayList<>(parts.files().problems());
        parts.upgrade().problem().ifPresent(problems::add);
        return problems;
    }

    private ObjectNode files() {
        ObjectNode out = JsonNodeFactory.instance.objectNode();
        ArrayNode list = out.putArray("files");
        acceptance
                .files()
                .waiting()
                .forEach(file -> {
                    ObjectNode entry =
                            list.addObject().put("path", file.path()).put("sha256", file.sha256());
                    ArrayNode loosens = entry.putArray("loosens");
                    file.loosens().forEach(loosens::add);
                    acceptance
                            .report(file.path(), file.sha256())
                            .ifPresent(report -> entry.set("newly_allowed", report.json()));
                });
        return out;
    }

    /** What would become allowed, where that was all that was asked for. */
    private Optional<ObjectNode> accept(ObjectNode body, Principal principal) throws NotRecorded {
        Fields fields = new Fields(body, "path", "sha256", "dry_run");
        if (!(principal instanceof Principal.Person person)) {
            throw Problem.forbidden("only people accept files");
        }
        boolean dry = fields.yes("dry_run").orElse(false);
        String path = fields.required("path", 4_096);
        String sha256 = fields.required("sha256", 64);
        Widening.Report report = acceptance.accept(person, path, sha256, dry);
        if (!dry) {
            return Optional.empty();
        }
        ObjectNode answer =
                JsonNodeFactory.instance.objectNode().put("path", path).put("sha256", sha256);
        answer.set("newly_allowed", report.json());
        return Optional.of(answer);
    }

    /** People may have taken a while to answer, and have ended who asks meanwhile. */
    private ObjectNode still(ServerRequest request, ObjectNode answer) {
        Principal _ = authenticated(request);
        return answer;
    }

    /** Server-sent events: an agent gets what concerns it, people get all. */
    private void stream(ServerRequest request, ServerResponse response, Principal principal) {
        Optional<Events.Watcher> watching =
                events.watch(principal, event -> concerns(event, principal));
        if (watching.isEmpty()) {
            throw new Problem(Problem.Kind.TOO_MANY, "too many event streams are open");
        }
        response.header(HeaderNames.CACHE_CONTROL, "no-store");
        try (Events.Watcher watcher = watching.get();
                SseSink sink = response.sink(SseSink.TYPE)) {
            sink.emit(SseEvent.builder().comment("watching").build());
            while (!watcher.over()) {
                Optional<Events.Event> next = watcher.next(HEARTBEAT.toMillis());
                Optional<Principal> now = callers.now(request).filter(HttpApi::watches);
                if (watcher.over() || now.isEmpty()) {
                    break;
                }
                sink.emit(
                        next.filter(event -> concerns(event, now.get()))
                                .map(event ->
                                        SseEvent.builder()
                                                .name(event.name())
                                                .data(event.data().toString())
                                                .build())
                                .orElseGet(() -> SseEvent.builder().comment("alive").build()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            // Nobody reads any more; there is nobody to tell.
            LOG.log(System.Logger.Level.DEBUG, "an event stream broke off", e);
        }
    }

    private static boolean watches(Principal principal) {
        try {
            Route.EVENTS.check(principal);
            return true;
        } catch (Problem notAnyMore) {
            return false;
        }
    }

    private static boolean concerns(Events.Event event, Principal principal) {
        return principal instanceof Principal.Agent agent
                ? agent.subject().agent().equals(event.data().path("agent").textValue())
                        && (event.driver() == null
                                || event.driver().equals(agent.subject().person()))
                : Places.reach(principal, new Place(event.project(), Set.of()));
    }

    /** A body that may be left out. */
    private static ObjectNode optional(ServerRequest request) {
        return request.content().hasEntity()
                ? Bodies.object(request)
                : JsonNodeFactory.instance.objectNode();
    }

    private static String parameter(ServerRequest request, String name) {
        return request.path().pathParameters().first(name).orElse("");
    }

    private static Optional<String> query(ServerRequest request, String name) {
        return request.query().first(name).asOptional();
    }

    private static ObjectNode status(String status) {
        return JsonNodeFactory.instance.objectNode().put("status", status);
    }

    private void reply(ServerResponse response, LoginRoutes.Reply reply) {
        response.header(HeaderNames.CACHE_CONTROL, "no-store");
        send(response, reply.status(), reply.json());
    }

    private void resource(ServerRequest request, ServerResponse response, String path) {
        documents.computeIfAbsent(path, HttpApi::document).send(request, response);
    }

    private static Asset document(String path) {
        try (InputStream in = HttpApi.class.getResourceAsStream(path)) {
            if (in == null) {
                throw Problem.notFound("this build has no such document");
            }
            return Asset.of("application/json", in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void send(ServerResponse response, AccessRoutes.Reply reply) {
        if (reply.location() != null) {
            response.header(HeaderNames.LOCATION, reply.location());
        }
        response.header(
                HeaderNames.CONTENT_TYPE,
                reply.problem() ? "application/problem+json" : "application/json");
        response.status(reply.status()).send(bytes(reply.json()));
    }

    /** Piece by piece; where it cannot be ended, the connection breaks off and so does the file. */
    private static void send(ServerResponse response, AuditRoutes.Export export) {
        response.header(HeaderNames.CONTENT_TYPE, export.format().mediaType());
        response.header(HeaderNames.CACHE_CONTROL, "no-store");
        response.header(
                HeaderNames.CONTENT_DISPOSITION,
                "attachment; filename=\"countersign." + export.format().extension() + "\"");
        try {
            OutputStream out = new BufferedOutputStream(response.outputStream(), 1 << 16);
            export.begun().to(out);
            out.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NotRecorded e) {
            throw new UncheckedIOException(new IOException("the export has no end", e));
        }
    }

    /** A page that needs nothing else, and runs nothing. */
    private static void send(ServerResponse response, AuditReports.Made report) {
        response.header(HeaderNames.CONTENT_TYPE, report.form().mediaType());
        response.header(HeaderNames.CACHE_CONTROL, "no-store");
        response.header(
                "Content-Security-Policy",
                "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none';"
                        + " frame-ancestors 'none'");
        response.header("X-Content-Type-Options", "nosniff");
        response.header("Referrer-Policy", "same-origin");
        response.header(AuditReports.INTEGRITY, report.intact() ? "intact" : "failed");
        response.send(report.text().getBytes(StandardCharsets.UTF_8));
    }

    private void send(ServerResponse response, Problem problem) {
        response.header(HeaderNames.CONTENT_TYPE, "application/problem+json");
        if (problem.kind() == Problem.Kind.UNAUTHORIZED) {
            response.header(HeaderNames.WWW_AUTHENTICATE, "Bearer");
        }
        if (problem.kind() == Problem.Kind.TOO_LARGE) {
            response.header(HeaderNames.CONNECTION, "close");
        }
        problem.retryAfter(response);
        response.status(problem.kind().status()).send(bytes(problem.json()));
    }

    private void send(ServerResponse response, int status, JsonNode body) {
        response.header(HeaderNames.CONTENT_TYPE, "application/json");
        response.status(status).send(bytes(body));
    }

    private byte[] bytes(JsonNode node) {
        try {
            return json.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
