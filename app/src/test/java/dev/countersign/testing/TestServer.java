package dev.countersign.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.agent.HookEvent;
import dev.countersign.agent.Scene;
import dev.countersign.analysis.Analyzer;
import dev.countersign.analysis.Facts;
import dev.countersign.analysis.Guarded;
import dev.countersign.api.ClientProcesses;
import dev.countersign.api.Hosts;
import dev.countersign.api.HttpApi;
import dev.countersign.api.OwnerUses;
import dev.countersign.api.Voters;
import dev.countersign.api.Whereabouts;
import dev.countersign.approval.Absence;
import dev.countersign.approval.Absences;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.FloodBreaker;
import dev.countersign.approval.Grants;
import dev.countersign.approval.Offer;
import dev.countersign.approval.Queue;
import dev.countersign.approval.Stops;
import dev.countersign.approval.Voter;
import dev.countersign.audit.Alarms;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Repeats;
import dev.countersign.audit.SecretMasking;
import dev.countersign.audit.Summaries;
import dev.countersign.audit.Witnesses;
import dev.countersign.audit.export.AuditExports;
import dev.countersign.audit.report.AuditReports;
import dev.countersign.audit.retention.Retention;
import dev.countersign.call.Shell;
import dev.countersign.config.Network;
import dev.countersign.config.Processes;
import dev.countersign.config.ServerSettings;
import dev.countersign.decision.BuiltIn;
import dev.countersign.decision.DecisionPoint;
import dev.countersign.decision.DefaultsUpgrade;
import dev.countersign.decision.Deferral;
import dev.countersign.decision.Editing;
import dev.countersign.decision.GrantPreview;
import dev.countersign.decision.Ids;
import dev.countersign.decision.Journal;
import dev.countersign.decision.PushReceipts;
import dev.countersign.decision.RecentAllows;
import dev.countersign.decision.StopOffer;
import dev.countersign.decision.StoredPolicies;
import dev.countersign.decision.ToolPins;
import dev.countersign.decision.WaitingFiles;
import dev.countersign.decision.WaitingFiles.WaitingFile;
import dev.countersign.decision.Widening;
import dev.countersign.gateway.RemoteServer;
import dev.countersign.notify.AccountLinks;
import dev.countersign.notify.Addresses;
import dev.countersign.notify.AnswerLinks;
import dev.countersign.notify.Carriers;
import dev.countersign.notify.Notifications;
import dev.countersign.notify.OnCall;
import dev.countersign.notify.Routing;
import dev.countersign.people.DeviceLogins;
import dev.countersign.people.Directory;
import dev.countersign.people.Identity;
import dev.countersign.people.Links;
import dev.countersign.people.OrganisationStore;
import dev.countersign.people.Passwords;
import dev.countersign.people.Permission;
import dev.countersign.people.Person;
import dev.countersign.people.Principal;
import dev.countersign.people.Role;
import dev.countersign.people.Roles;
import dev.countersign.people.Sessions;
import dev.countersign.people.SignIns;
import dev.countersign.people.Tenant;
import dev.countersign.people.Token;
import dev.countersign.people.TokenLife;
import dev.countersign.people.TokenScope;
import dev.countersign.policy.PolicyReader;
import dev.countersign.policy.PolicySnapshot;
import dev.countersign.policy.Requirement;
import dev.countersign.web.Pages;
import dev.countersign.web.ReportPaper;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A real server on a free port of the loopback, over stores in memory. */
public final class TestServer implements AutoCloseable {
    /** What a password costs is not what tests wait for. */
    private static final Passwords PASSWORDS = new Passwords(new Passwords.Cost(64, 1));

    public static final String ANA = "ana@example.com";
    public static final String LI = "li@example.com";

    public static final int QUESTIONS_PER_MINUTE = 30;

    private static final ObjectMapper JSON = new ObjectMapper();

    public final MemoryLedger ledger = new MemoryLedger();
    public final MemoryGrantStore grantStore = new MemoryGrantStore(ledger);
    public final MemoryDeferredStore deferredStore = new MemoryDeferredStore(ledger);
    public final MemoryApprovalStore approvalStore =
            new MemoryApprovalStore(ledger, grantStore, deferredStore);
    public final Stops stops = new Stops(new MemoryStopStore(ledger), Clock.systemUTC());
    public final Queue queue;
    public final Deferral deferral;
    public final Absences absences;
    public final MemorySignInStore signInStore = new MemorySignInStore(ledger);
    public final MemoryPeopleStore people = new MemoryPeopleStore(ledger, signInStore);
    public final SignIns signIns;
    public final Approvals approvals;
    public final Grants grants;
    public final Identity identity;
    public final Roles roles;
    public final Directory directory;
    public final DeviceLogins logins;
    public final List<WaitingFile> waitingFiles = new CopyOnWriteArrayList<>();
    public final Map<String, String> waitingContent = new ConcurrentHashMap<>();
    public final List<String> settingsProblems = new CopyOnWriteArrayList<>();
    public final Alarms alarms;
    public final OwnerUses ownerUses;
    public final List<Repeats> refusals;
    public final Notifications notifications;
    public final HttpApi api;
    public final WebServer server;
    private final Clock clock;
    private final OnCall onCall;
    private final Voters everybody;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    public TestServer() throws NotRecorded {
        this(false);
    }

    public TestServer(boolean trustSetup) throws NotRecorded {
        this(trustSetup, Clock.systemUTC());
    }

    /** One whose time is the caller's. */
    public TestServer(boolean trustSetup, Clock clock) throws NotRecorded {
        this(trustSetup, clock, Duration.ofMinutes(55));
    }

    /**
     * The same.
     *
     * @param hold how long a hook holds a call for people
     */
    public TestServer(boolean trustSetup, Clock clock, Duration hold) throws NotRecorded {
        this(trustSetup, clock, hold, List.of());
    }

    /** The same in front of remote MCP servers. */
    public TestServer(boolean trustSetup, Clock clock, Duration hold, List<RemoteServer> mcpServers)
            throws NotRecorded {
        this.clock = clock;
        MemoryWishes wishes = new MemoryWishes();
        onCall = new OnCall(Map.of(), wishes, clock);
        everybody = new Voters(people, onCall);
        queue = new Queue(deferredStore, clock);
        roles = new Roles(people);
        directory = new Directory(people, people, false, clock);
        identity =
                new Identity(
                        Tenant.FIRST,
                        people,
                        roles,
                        directory,
                        new TokenLife(Duration.ofDays(365), Duration.ofDays(365)),
                        clock,
                        trustSetup);
        alarms = new Alarms(new MemoryAlarmStore(ledger), clock);
        signIns =
                SignIns.over(
                        signInStore,
                        people,
                        roles,
                        ledger,
                        alarms,
                        Sessions.Limits.USUAL,
                        PASSWORDS,
                        clock);
        grants = new Grants(grantStore, clock, this::voter, directory);
        approvals = new Approvals(approvalStore, clock, this::voter, grants, directory);
        logins = new DeviceLogins(clock);
        signIns.sessions().whenAllEnd(logins::forget);
        add(ANA, "Ana", "owner");
        add(LI, "Li", "member");
        StoredPolicies stored =
                new StoredPolicies(new MemoryPolicyStore(ledger), PolicyReader.Examples.PLAIN);
        Widening widening = new Widening(ledger, new Analyzer(Facts.NONE, Guarded.DEFAULT), clock);
        DefaultsUpgrade upgrade =
                new DefaultsUpgrade(
                        new MemoryDefaultsStore(ledger),
                        BuiltIn.own(),
                        stored,
                        state -> call -> PolicySnapshot.of(state.policies()).applyingTo(call),
                        widening,
                        clock);
        DecisionPoint decisions =
                new DecisionPoint(
                        new Analyzer(Facts.NONE, Guarded.DEFAULT, directory),
                        call -> PolicySnapshot.of(stored.now().policies()).applyingTo(call),
                        upgrade,
                        approvals,
                        grants,
                        everybody,
                        directory,
                        stops,
                        new FloodBreaker(QUESTIONS_PER_MINUTE, clock),
                        new StopOffer(3, alarms, clock),
                        queue,
                        ledger,
                        Duration.ofMinutes(30),
                        clock,
                        new Ids(clock, java.util.random.RandomGenerator.getDefault()));
        deferral = decisions.deferral();
        absences = decisions.absences();
        SecretMasking masking = new SecretMasking(new byte[32]);
        MemoryOutbox outbox = new MemoryOutbox();
        AnswerLinks links = new AnswerLinks(outbox, clock);
        AccountLinks accountLinks = new AccountLinks(clock);
        notifications =
                new Notifications(
                        List.of(),
                        outbox,
                        outbox,
                        approvals,
                        everybody,
                        new Routing(Map.of(), wishes, onCall, clock),
                        new Carriers(
                                new Addresses(List.of(Network.of("127.0.0.1"))),
                                outbox,
                                links,
                                new NoSubscriptions(),
                                URI.create("http://127.0.0.1"),
                                clock),
                        alarms,
                        URI.create("http://127.0.0.1"),
                        clock);
        Editing editing = decisions.editing(input -> !masking.mask(input).equals(input));
        GrantPreview preview =
                new GrantPreview(
                        ledger,
                        new Analyzer(Facts.NONE, Guarded.DEFAULT),
                        call -> PolicySnapshot.of(stored.now().policies()).applyingTo(call),
                        clock);
        Journal journal =
                new Journal(
                        ledger, alarms, ledger, approvals, grants, new Summaries(masking), clock);
        refusals = List.of(decisions.refusals(), journal.refusals());
        ownerUses = new OwnerUses(journal, new ClientProcesses(new Processes()), clock);
        api =
                new HttpApi(
                        new HttpApi.Parts(
                                decisions,
                                approvals,
                                grants,
                                preview,
                                stops,
                                queue,
                                editing,
                                new ToolPins(new MemoryToolPinStore(ledger), alarms, clock),
                                mcpServers,
                                journal,
                                new PushReceipts(
                                        ledger,
                                        ledger,
                                        decisions.haltedPushes(),
                                        clock,
                                        new Ids(
                                                clock,
                                                java.util.random.RandomGenerator.getDefault())),
                                alarms,
                                ownerUses,
                                ledger,
                                exports(),
                                new AuditReports(
                                        new AuditReports.Source(
                                                ledger,
                                                elsewhere -> ledger.verdict(),
                                                Optional::empty,
                                                Optional::empty,
                                                () -> {},
                                                Duration.ZERO),
                                        ledger,
                                        this::address,
                                        report -> new ReportPaper().html(report),
                                        clock),
                                new Retention(
                                        new MemoryRetention(ledger),
                                        ledger,
                                        exports(),
                                        new UnsignedLedger(),
                                        clock),
                                List.of(Path.of("/archives")),
                                new UnsignedLedger(),
                                unwitnessed(),
                                identity,
                                people,
                                people,
                                roles,
                                directory,
                                logins,
                                () -> List.copyOf(waitingFiles),
                                stored,
                                upgrade,
                                state -> _ -> PolicySnapshot.of(state.policies()),
                                widening,
                                new RecentAllows(clock),
                                new Whereabouts(
                                        subject ->
                                                new Scene(
                                                        subject,
                                                        "/home/dev",
                                                        "linux",
                                                        Shell.BASH,
                                                        Map.of(),
                                                        cwd -> cwd),
                                        false),
                                this::problems,
                                Optional.empty(),
                                notifications,
                                outbox,
                                accountLinks,
                                signIns,
                                false,
                                false,
                                false,
                                this::address,
                                () -> true,
                                () -> "intact",
                                hold,
                                clock),
                        new Hosts(Set.of("countersign.example", "0.0.0.0")));
        HttpRouting.Builder routing = HttpRouting.builder();
        api.register(routing);
        new Pages(
                        new Pages.Parts(
                                decisions,
                                approvals,
                                stops,
                                queue,
                                deferral,
                                editing,
                                grants,
                                preview,
                                ledger,
                                new UnsignedLedger(),
                                unwitnessed(),
                                () -> "intact",
                                new MemorySavedViews(),
                                alarms,
                                ownerUses,
                                identity,
                                people,
                                directory,
                                logins,
                                shown(),
                                upgrade,
                                widening,
                                signIns,
                                URI.create("http://127.0.0.1"),
                                false,
                                List.of(),
                                true,
                                api.people(),
                                api.organisation(),
                                api.tenants(),
                                api.channels(),
                                notifications,
                                links,
                                accountLinks,
                                outbox,
                                api.routing(),
                                new NoSubscriptions(),
                                api.policies(),
                                api.trying(),
                                api.tools(),
                                api::isHere,
                                roles,
                                ServerSettings.in(Path.of("/data/countersign")),
                                List.of("claude-code"),
                                clock))
                .register(routing);
        server =
                WebServer.builder()
                        .address(InetAddress.getLoopbackAddress())
                        .port(0)
                        .shutdownHook(false)
                        .routing(routing)
                        .build()
                        .start();
    }

    private AuditExports exports() {
        return new AuditExports(
                ledger, ledger, new UnsignedLedger(), clock, Duration.ofMillis(100));
    }

    private WaitingFiles shown() {
        return new WaitingFiles() {
            @Override
            public List<WaitingFile> waiting() {
                return List.copyOf(waitingFiles);
            }

            @Override
            public Optional<String> content(WaitingFile file) {
                return Optional.ofNullable(waitingContent.get(file.path()));
            }
        };
    }

    private Witnesses unwitnessed() {
        return new Witnesses(
                List.of(),
                Duration.ofHours(1),
                new UnsignedLedger(),
                new MemoryCosignatureStore(),
                alarms,
                clock);
    }

    private List<String> problems(HookEvent.ConfigChange change) {
        return change.file().isEmpty() ? List.of() : List.copyOf(settingsProblems);
    }

    private Optional<Voter> voter(String email) {
        return people.person(email).map(everybody::of);
    }

    public void add(String email, String name, String role) throws NotRecorded {
        people.put(new Person(email, name, Set.of(role)), event("people", email + " added"));
    }

    /** Adds a role beside those that are built in. */
    public void own(String role, Set<Permission> permissions) throws NotRecorded {
        people.change(
                List.of(
                        new OrganisationStore.Step.Put(
                                new Role(role, "", permissions),
                                event("organisation", role + " added"))));
        roles.changed();
    }

    public AuditRecord event(String kind, String summary) {
        return AuditRecord.change(
                kind, clock.instant(), null, null, summary, JSON.createObjectNode());
    }

    public String address() {
        return "http://127.0.0.1:" + server.port();
    }

    /** A token of the agent {@code name}, driven by Ana. */
    public String agent(String name) throws NotRecorded {
        return identity.createToken(Token.Kind.AGENT, name, name, ANA, null, new Principal.Owner())
                .secret();
    }

    /** The same for all that such a token can be for, a gate's right too. */
    public String wholeAgent(String name) throws NotRecorded {
        return identity.createToken(
                        Token.Kind.AGENT,
                        name,
                        name,
                        ANA,
                        null,
                        TokenScope.possible(Token.Kind.AGENT),
                        null,
                        new Principal.Owner())
                .secret();
    }

    /** A personal token, as the device flow makes it or as the owner shortcut does. */
    public String personal(String email, boolean confirmed) throws NotRecorded {
        Principal by =
                confirmed
                        ? identity.signedIn(people.person(email).orElseThrow(), "test")
                        : new Principal.Owner();
        return identity.createToken(Token.Kind.PERSONAL, "cli", null, email, null, by).secret();
    }

    /** A program of another machine that asks to sign in. */
    public static DeviceLogins.Asked asked(String name) {
        return asked(name, null);
    }

    /** The same, or a device that asks for an agent. */
    public static DeviceLogins.Asked asked(String name, @Nullable String agent) {
        return new DeviceLogins.Asked(
                name,
                agent,
                TokenScope.all(agent == null ? Token.Kind.PERSONAL : Token.Kind.DEVICE),
                "192.0.2.7",
                "192.0.2.7",
                false);
    }

    /** The code of a sign-in link for this person. */
    public String link(String email) {
        Links links = signIns.links();
        Person person = people.person(email).orElseThrow();
        try {
            return links.nothingElse(email)
                    ? links.printed(person)
                    : links.invitation(person, email, null);
        } catch (NotRecorded e) {
            throw new IllegalStateException(e);
        }
    }

    /** The cookie of a browser in which this person signed in, and that runs no scripts. */
    public String cookie(String email) throws NotRecorded {
        String cookie = keyed(email).cookie();
        signIns.sessions().keyless(signIns.sessions().byCookie(cookie).orElseThrow());
        return cookie;
    }

    /** What a browser gets in which this person signed in. */
    public Sessions.New keyed(String email) throws NotRecorded {
        return signIns.links().redeem(link(email), "a browser").orElseThrow().session();
    }

    /**
     * Puts a document on the server.
     *
     * @param level with the name behind a slash where it has one
     * @param token of a person who may
     */
    public Reply put(String level, String token, String file, String text) {
        String body = JSON.createObjectNode().put("file", file).put("text", text).toString();
        return send("PUT", "/v1/policies/" + level, token, body, Map.of());
    }

    /** Puts the tenant's policy, which must be taken. */
    public void putPolicy(String token, String file, String text) {
        Reply reply = put("tenant", token, file, text);
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    }

    /** Asks about a command in the session {@code s}, and goes on at once. */
    public ObjectNode decide(String token, String client, String command) {
        ObjectNode call = JSON.createObjectNode();
        call.put("client", client).put("tool", "Bash").put("session", "s");
        call.put("cwd", "/home/dev/payments");
        call.putObject("input").put("command", command);
        Reply reply = post("/v1/decisions", token, call.toString());
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        return reply.json();
    }

    /** Asks people about a command; no requirement means the driver or an owner. */
    public ApprovalRequest ask(String command, String risk, Requirement... requirements)
            throws NotRecorded {
        ObjectNode input = JSON.createObjectNode().put("command", command);
        return ask("Bash", input, risk, explanation(command, risk), requirements);
    }

    public ApprovalRequest ask(
            String tool,
            ObjectNode input,
            String risk,
            ObjectNode explanation,
            Requirement... requirements)
            throws NotRecorded {
        String id = "01TEST" + approvals.nextNumber();
        ObjectNode call = JSON.createObjectNode();
        call.put("client", "claude-code");
        call.put("tool", tool);
        call.set("input", input);
        call.put("cwd", "/home/dev/payments");
        call.put("workspace", "/home/dev/payments");
        call.put("home", "/home/dev");
        call.put("shell", "bash");
        call.put("platform", "linux");
        call.put("tenant", "default");
        call.put("agent", "builder");
        call.put("driver", ANA);
        call.put("session", "s-1");
        Instant now = clock.instant();
        ApprovalRequest request =
                new ApprovalRequest(
                        "APR-" + approvals.nextNumber(),
                        0,
                        id,
                        "d".repeat(64),
                        ApprovalRequest.State.PENDING,
                        call,
                        explanation.put("id", id).put("risk", risk),
                        List.of(requirements),
                        List.of(),
                        "builder",
                        ANA,
                        "task s-1",
                        Set.of(),
                        Offer.ONCE,
                        0,
                        now,
                        now.plus(Duration.ofMinutes(30)),
                        null,
                        null,
                        null,
                        Absence.EXPIRES);
        AuditRecord event =
                new AuditRecord(
                        "decision",
                        now,
                        id,
                        "builder",
                        ANA,
                        "claude-code",
                        "/home/dev/payments",
                        "s-1",
                        null,
                        tool,
                        "ask",
                        risk,
                        "default-policy",
                        input.path("command").asText(tool),
                        explanation.deepCopy().put("approval", request.id()).set("call", call));
        approvals.open(request, event);
        return request;
    }

    /** A decision of one operation, in the shape of the contract. */
    public static ObjectNode explanation(String command, String risk) {
        ObjectNode json = JSON.createObjectNode();
        json.put("effect", "ask");
        json.put("risk", risk);
        json.put("reason", "the mode `partial` asks about operations of this risk");
        ObjectNode operation = json.putArray("operations").addObject();
        operation.put("action", "git_push");
        operation.put("domain", "git");
        operation.putObject("resource").put("remote", "origin").put("branch", "main");
        operation.put("risk", risk);
        operation.putArray("tags");
        operation.put("opaque", false);
        operation.put("effect", "ask");
        operation.put("summary", "pushes `main` to `origin`");
        operation.putObject("source").put("from", 0).put("to", command.length());
        operation
                .putArray("because")
                .addObject()
                .put("document", "project/payments")
                .put("rule", "ask: git_push")
                .put("at", "countersign.yaml:14:5")
                .put("effect", "ask")
                .put("text", "pushes are asked about in this project");
        json.put("instead", "commit locally and let a person push");
        return json;
    }

    /** An answer. */
    public record Reply(int status, String type, String body) {
        public ObjectNode json() {
            try {
                return (ObjectNode) JSON.readTree(body);
            } catch (IOException e) {
                throw new IllegalStateException(body, e);
            }
        }
    }

    public Reply get(String path, @Nullable String token) {
        return send("GET", path, token, null, Map.of());
    }

    public Reply post(String path, @Nullable String token, String body) {
        return send("POST", path, token, body, Map.of());
    }

    public Reply delete(String path, @Nullable String token) {
        return send("DELETE", path, token, null, Map.of());
    }

    public Reply send(
            String method,
            String path,
            @Nullable String token,
            @Nullable String body,
            Map<String, String> headers) {
        List<String> all = new ArrayList<>(List.of("Accept", "*/*"));
        if (token != null) {
            all.addAll(List.of("Authorization", "Bearer " + token));
        }
        headers.forEach((name, value) -> all.addAll(List.of(name, value)));
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(address() + path))
                        .timeout(Duration.ofSeconds(20))
                        .headers(all.toArray(String[]::new))
                        .method(
                                method,
                                body == null
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofString(
                                                body, StandardCharsets.UTF_8))
                        .build();
        try {
            HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
            return new Reply(
                    response.statusCode(),
                    response.headers().firstValue("Content-Type").orElse(""),
                    response.body());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Only the status; the body is not read, so that streams work too. */
    public int status(String method, String path, @Nullable String token, @Nullable String body) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(address() + path))
                        .timeout(Duration.ofSeconds(20))
                        .method(
                                method,
                                body == null
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofString(body));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        try {
            HttpResponse<java.io.InputStream> response =
                    http.send(request.build(), BodyHandlers.ofInputStream());
            response.body().close();
            return response.statusCode();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The status of a GET with a Host header of the caller's choice, which HttpClient forbids. */
    public int rawStatus(String path, String host) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream()
                    .write(
                            ("GET "
                                            + path
                                            + " HTTP/1.1\r\nHost: "
                                            + host
                                            + "\r\nConnection: close\r\n\r\n")
                                    .getBytes(StandardCharsets.ISO_8859_1));
            byte[] line = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
            return Integer.parseInt(new String(line, StandardCharsets.ISO_8859_1).substring(9));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Server-sent events as they come: their names and data, one text each. */
    public BlockingQueue<String> events(String token) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(address() + "/events"))
                        .header("Authorization", "Bearer " + token)
                        .header("Accept", "text/event-stream")
                        .build();
        HttpResponse<Stream<String>> response = http.send(request, BodyHandlers.ofLines());
        if (response.statusCode() != 200) {
            throw new IllegalStateException("status " + response.statusCode());
        }
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        response.body().filter(line -> !line.isEmpty()).forEach(seen::add);
                    } catch (UncheckedIOException e) {
                        seen.add("gone");
                    }
                    seen.add("end");
                });
        return seen;
    }

    @Override
    public void close() {
        notifications.close();
        api.stop();
        server.stop();
        http.close();
    }
}
