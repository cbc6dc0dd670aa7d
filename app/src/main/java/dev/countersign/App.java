package dev.countersign;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.agent.Client;
import dev.countersign.agent.Clients;
import dev.countersign.agent.HookEvent;
import dev.countersign.agent.Scene;
import dev.countersign.agent.SettingsPlaces;
import dev.countersign.agent.Workspaces;
import dev.countersign.analysis.Analyzer;
import dev.countersign.analysis.Guarded;
import dev.countersign.api.ClientProcesses;
import dev.countersign.api.Hosts;
import dev.countersign.api.HttpApi;
import dev.countersign.api.OwnerUses;
import dev.countersign.api.Voters;
import dev.countersign.api.Whereabouts;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.FloodBreaker;
import dev.countersign.approval.Grants;
import dev.countersign.approval.Queue;
import dev.countersign.approval.Stops;
import dev.countersign.approval.Voter;
import dev.countersign.audit.Alarms;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditQuery;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.CosignatureStore;
import dev.countersign.audit.LedgerCheck;
import dev.countersign.audit.LedgerProofs;
import dev.countersign.audit.Receipt;
import dev.countersign.audit.Summaries;
import dev.countersign.audit.Witnesses;
import dev.countersign.audit.export.AuditExports;
import dev.countersign.audit.export.ExportCheck;
import dev.countersign.audit.report.AuditReports;
import dev.countersign.audit.retention.Refused;
import dev.countersign.audit.retention.Retention;
import dev.countersign.call.Shell;
import dev.countersign.call.Subject;
import dev.countersign.cli.Failure;
import dev.countersign.cli.Product;
import dev.countersign.config.DataFolder;
import dev.countersign.config.DataPlace;
import dev.countersign.config.MachineFacts;
import dev.countersign.config.NotifySettings;
import dev.countersign.config.PrivateFile;
import dev.countersign.config.Processes;
import dev.countersign.config.ProviderSettings;
import dev.countersign.config.ServerSettings;
import dev.countersign.config.SettingsProblem;
import dev.countersign.config.Surroundings;
import dev.countersign.config.TenantSettings;
import dev.countersign.config.WitnessSettings;
import dev.countersign.decision.BuiltIn;
import dev.countersign.decision.CallJson;
import dev.countersign.decision.DecisionPoint;
import dev.countersign.decision.DefaultsUpgrade;
import dev.countersign.decision.Documents;
import dev.countersign.decision.Earlier;
import dev.countersign.decision.EarlierLoader;
import dev.countersign.decision.Editing;
import dev.countersign.decision.GrantPreview;
import dev.countersign.decision.Ids;
import dev.countersign.decision.Journal;
import dev.countersign.decision.PolicyFiles;
import dev.countersign.decision.PushReceipts;
import dev.countersign.decision.RecentAllows;
import dev.countersign.decision.StopOffer;
import dev.countersign.decision.StoredPolicies;
import dev.countersign.decision.ToolPins;
import dev.countersign.decision.Widening;
import dev.countersign.gateway.RemoteServer;
import dev.countersign.ledger.Checkpoint;
import dev.countersign.ledger.Fault;
import dev.countersign.ledger.NoteKey;
import dev.countersign.ledger.SignedNote;
import dev.countersign.notify.AccountLinks;
import dev.countersign.notify.Addresses;
import dev.countersign.notify.AnswerLinks;
import dev.countersign.notify.Carriers;
import dev.countersign.notify.Channel;
import dev.countersign.notify.Notifications;
import dev.countersign.notify.OnCall;
import dev.countersign.notify.Routing;
import dev.countersign.people.DeviceLogins;
import dev.countersign.people.Directory;
import dev.countersign.people.Identity;
import dev.countersign.people.Passwords;
import dev.countersign.people.PeopleStore;
import dev.countersign.people.Person;
import dev.countersign.people.Roles;
import dev.countersign.people.Sessions;
import dev.countersign.people.SignIns;
import dev.countersign.people.Tenancy.Unserved;
import dev.countersign.people.Tenant;
import dev.countersign.people.TenantStore;
import dev.countersign.people.TokenLife;
import dev.countersign.policy.Decision;
import dev.countersign.policy.Effect;
import dev.countersign.policy.PolicySnapshot;
import dev.countersign.store.Copy;
import dev.countersign.store.DataFolderException;
import dev.countersign.store.DefaultsNote;
import dev.countersign.store.HeldException;
import dev.countersign.store.Place;
import dev.countersign.store.Postgres;
import dev.countersign.store.Store;
import dev.countersign.web.Pages;
import dev.countersign.web.ReportPaper;
import dev.countersign.witness.Outward;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Makes every object of the program by hand, one method for each part. */
public final class App implements Product {
    private static final System.Logger LOG = System.getLogger(App.class.getName());

    private final Surroundings around;
    private final Clock clock;
    private final Passwords passwords = new Passwords();

    private final ReportPaper paper = new ReportPaper();

    /** Those of all tenants: below a client of one, the shortcut of another is refused, too. */
    private final ClientProcesses clients = new ClientProcesses(new Processes());

    public App(Surroundings around) {
        this.around = around;
        this.clock = around.clock();
    }

    @Override
    public Server start(ServerSettings settings) {
        Store store = open(new DataPlace(settings.data(), settings.database()));
        RunningServer server = null;
        try {
            server = serve(settings, store);
            return server;
        } catch (NotRecorded e) {
            throw Failure.failed("the ledger takes no records: " + e.getMessage());
        } finally {
            if (server == null) {
                closed(store);
            }
        }
    }

    private Store open(DataPlace data) {
        try {
            return Store.open(place(data), clock);
        } catch (DataFolderException e) {
            throw Failure.failed(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw Failure.failed(
                    "data folder `" + data.folder() + "` cannot be used: " + e.getMessage());
        }
    }

    private static Place place(DataPlace data) {
        return new Place(
                data.folder(),
                data.database()
                        .map(url ->
                                new Postgres(
                                        url.host(),
                                        url.port(),
                                        url.database(),
                                        url.user(),
                                        url.password(),
                                        url.options())));
    }

    private RunningServer serve(ServerSettings settings, Store store) throws NotRecorded {
        int port = port(settings);
        Set<String> addresses = addresses(settings, port);
        Tenancies tenancies =
                new Tenancies(
                        tenant -> tenant(settings, tenant, port, addresses),
                        new Hosts(names(settings)),
                        addresses,
                        RunningServer.local(settings, port),
                        new Alarms(store.alarms(), clock));
        TenantStore tenants = store.tenants();
        RunningTenant first =
                tenant(
                        Tenant.FIRST,
                        settings,
                        settings,
                        port,
                        addresses,
                        store,
                        Optional.of(new HttpApi.Tenants(tenants, tenancies)));
        return RunningServer.start(settings, port, first, tenancies, tenants);
    }

    /** What serves another organisation than the first. */
    private RunningTenant tenant(
            ServerSettings server, Tenant tenant, int port, Set<String> addresses) throws Unserved {
        try {
            ServerSettings settings = TenantSettings.of(server, tenant.name(), tenant.address());
            archives(server, settings);
            Store store = open(new DataPlace(settings.data(), settings.database()));
            RunningTenant made = null;
            try {
                made =
                        tenant(
                                tenant.name(),
                                settings,
                                server,
                                port,
                                addresses,
                                store,
                                Optional.empty());
                return made;
            } finally {
                if (made == null) {
                    closed(store);
                }
            }
        } catch (Failure e) {
            throw new Unserved(e.text());
        } catch (NotRecorded | RuntimeException e) {
            throw new Unserved(String.valueOf(e.getMessage()));
        }
    }

    /** Makes the folder of a tenant among the server's archives, where those have a place. */
    private static void archives(ServerSettings server, ServerSettings tenant) {
        if (server.retention().filter(its -> Files.isDirectory(its.archive())).isEmpty()) {
            return;
        }
        Path folder = tenant.retention().orElseThrow().archive();
        if (folder.startsWith(server.retention().get().archive())) {
            try {
                PrivateFile.folder(folder);
            } catch (IOException e) {
                // Retention says every day what it cannot do without it.
                LOG.log(System.Logger.Level.WARNING, "no folder for archives", e);
            }
        }
    }

    /** Where the archives of an organisation may be. */
    private static List<Path> archives(ServerSettings settings) {
        Path own = settings.data().resolve("archives").toAbsolutePath().normalize();
        return settings.retention()
                .map(its -> List.of(its.archive().toAbsolutePath().normalize(), own))
                .orElse(List.of(own));
    }

    /**
     * What serves one organisation.
     *
     * @param server those of the server, whose folder no agent may touch
     * @param addresses of the server and all tenants, which no agent may call
     * @param tenants the others, for the first one alone
     */
    private RunningTenant tenant(
            String name,
            ServerSettings settings,
            ServerSettings server,
            int port,
            Set<String> addresses,
            Store store,
            Optional<HttpApi.Tenants> tenants)
            throws NotRecorded {
        URI address = address(settings, port);
        PeopleStore people = store.people();
        Roles roles = new Roles(store.organisation());
        Directory directory =
                new Directory(
                        store.organisation(),
                        people,
                        settings.organisation().registeredOnly(),
                        clock);
        Identity identity =
                new Identity(
                        name,
                        people,
                        roles,
                        directory,
                        new TokenLife(
                                settings.organisation().tokenExpiry(),
                                settings.organisation().tokenExpiryMost()),
                        clock,
                        settings.trustSetup());
        if (tenants.isPresent()) {
            // Of another tenant, what is wrong there must not keep the server from starting.
            settings.signIn().providers().forEach(each -> requireKnown(each, roles));
        }
        Person owner = identity.firstOwner();
        Alarms alarms = new Alarms(store.alarms(), clock);
        SignIns signIns =
                SignIns.over(
                        store.signIns(),
                        people,
                        roles,
                        store.auditLog(),
                        alarms,
                        new Sessions.Limits(settings.signIn().idle(), settings.signIn().absolute()),
                        passwords,
                        clock);
        boolean secure = "https".equals(address.getScheme());
        OnCall onCall = new OnCall(settings.notifying().rotas(), store.wishes(), clock);
        Voters everybody = new Voters(people, onCall);
        Function<String, Optional<Voter>> voters = email -> people.person(email).map(everybody::of);
        Grants grants = new Grants(store.grants(), clock, voters, directory);
        Approvals approvals = new Approvals(store.approvals(), clock, voters, grants, directory);
        Stops stops = new Stops(store.stops(), clock);
        Queue queue = new Queue(store.deferred(), clock);
        Analyzer analyzer =
                new Analyzer(new MachineFacts(), guarded(settings, server, addresses), directory);
        Documents documents = new Documents(analyzer, people::accepted);
        StoredPolicies stored = new StoredPolicies(store.policies(), documents.examples());
        PolicyFiles policies = new PolicyFiles(documents, stored);
        Widening widening = new Widening(store.auditQuery(), analyzer, clock);
        DefaultsUpgrade upgrade =
                new DefaultsUpgrade(
                        store.defaults(), BuiltIn.own(), stored, policies::under, widening, clock);
        upgrade.start(
                tables -> earlier(tables, guarded(settings, server, addresses), people::accepted),
                alarms);
        DecisionPoint decisions =
                new DecisionPoint(
                        analyzer,
                        policies,
                        upgrade,
                        approvals,
                        grants,
                        everybody,
                        directory,
                        stops,
                        new FloodBreaker(settings.questionsPerMinute(), clock),
                        new StopOffer(settings.stopOfferedAfter(), alarms, clock),
                        queue,
                        store.auditLog(),
                        settings.approvalExpiry(),
                        clock,
                        new Ids(clock, new SecureRandom()));
        Editing editing = decisions.editing(input -> !store.masking().mask(input).equals(input));
        AuditQuery audit = store.auditQuery();
        GrantPreview preview = new GrantPreview(audit, analyzer, policies, clock);
        DeviceLogins logins = new DeviceLogins(clock);
        signIns.sessions().whenAllEnd(logins::forget);
        Journal journal =
                new Journal(
                        store.auditLog(),
                        alarms,
                        audit,
                        approvals,
                        grants,
                        new Summaries(store.masking()),
                        clock);
        BackgroundCheck check = new BackgroundCheck(store.ledgerCheck(), alarms);
        Witnesses witnesses = witnesses(settings.witness(), store, alarms);
        Retention retention = retention(store);
        OwnerUses ownerUses = new OwnerUses(journal, clients, clock);
        AnswerLinks links = new AnswerLinks(store.answerLinks(), clock);
        AccountLinks accountLinks = new AccountLinks(clock);
        Notifications notifications =
                new Notifications(
                        channels(settings.notifying()),
                        store.channels(),
                        store.outbox(),
                        approvals,
                        everybody,
                        new Routing(settings.notifying().told(), store.wishes(), onCall, clock),
                        new Carriers(
                                new Addresses(settings.notifying().allowPrivate()),
                                store.outbox(),
                                links,
                                store.subscriptions(),
                                address,
                                clock),
                        alarms,
                        address,
                        clock);
        HttpApi api =
                new HttpApi(
                        new HttpApi.Parts(
                                decisions,
                                approvals,
                                grants,
                                preview,
                                stops,
                                queue,
                                editing,
                                new ToolPins(store.toolPins(), alarms, clock),
                                remotes(settings),
                                journal,
                                new PushReceipts(
                                        audit,
                                        store.pushes(),
                                        decisions.haltedPushes(),
                                        clock,
                                        new Ids(clock, new SecureRandom())),
                                alarms,
                                ownerUses,
                                audit,
                                exports(store),
                                reports(store, address::toString),
                                retention,
                                archives(settings),
                                store.proofs(),
                                witnesses,
                                identity,
                                people,
                                store.organisation(),
                                roles,
                                directory,
                                logins,
                                policies,
                                stored,
                                upgrade,
                                policies::under,
                                widening,
                                new RecentAllows(clock),
                                new Whereabouts(scenes(), settings.behindProxy()),
                                change -> settingsProblems(change, address, port),
                                tenants,
                                notifications,
                                store.accounts(),
                                accountLinks,
                                signIns,
                                settings.signIn().credential(),
                                secure,
                                settings.behindProxy(),
                                address::toString,
                                () -> store.trouble().isEmpty(),
                                () -> check.state().wire(),
                                settings.hold(),
                                clock),
                        new Hosts(names(settings, server)));
        Pages pages =
                new Pages(
                        new Pages.Parts(
                                decisions,
                                approvals,
                                stops,
                                queue,
                                decisions.deferral(),
                                editing,
                                grants,
                                preview,
                                audit,
                                store.proofs(),
                                witnesses,
                                () -> check.state().wire(),
                                store.savedViews(),
                                alarms,
                                ownerUses,
                                identity,
                                people,
                                directory,
                                logins,
                                policies,
                                upgrade,
                                widening,
                                signIns,
                                address,
                                settings.behindProxy(),
                                providers(settings),
                                !settings.signIn().credential(),
                                api.people(),
                                api.organisation(),
                                api.tenants(),
                                api.channels(),
                                notifications,
                                links,
                                accountLinks,
                                store.accounts(),
                                api.routing(),
                                store.subscriptions(),
                                api.policies(),
                                api.trying(),
                                api.tools(),
                                api::isHere,
                                roles,
                                settings,
                                Clients.all().stream().map(Client::name).toList(),
                                clock));
        return new RunningTenant(
                address,
                settings.data(),
                new RunningTenant.Parts(
                        owner,
                        store,
                        api,
                        pages,
                        decisions.absences(),
                        decisions.deferral(),
                        grants,
                        ownerUses,
                        List.of(decisions.refusals(), journal.refusals()),
                        directory,
                        people,
                        identity,
                        signIns,
                        outward(settings.witness(), store, witnesses, alarms),
                        notifications,
                        new RetentionRun(retention, settings.retention(), alarms, clock),
                        check),
                clock);
    }

    /**
     * A role that nobody has heard of would let nobody in, and say so at the first sign-in only.
     */
    private static void requireKnown(ProviderSettings provider, Roles roles) {
        for (String role : new TreeSet<>(provider.roles().values())) {
            if (!roles.all().containsKey(role)) {
                throw Failure.failed(
                        "the provider `"
                                + provider.name()
                                + "` gives the role `"
                                + role
                                + "`, which nobody added; expected "
                                + String.join(", ", roles.all().keySet()));
            }
        }
    }

    /** With our secrets, from where the settings say they are. */
    private List<Pages.Provider> providers(ServerSettings settings) {
        List<Pages.Provider> providers = new ArrayList<>();
        for (ProviderSettings each : settings.signIn().providers()) {
            Optional<String> secret =
                    each.secretVariable()
                            .flatMap(around::variable)
                            .or(() -> each.secretFile().flatMap(App::secret));
            providers.add(
                    new Pages.Provider(
                            each,
                            secret.map(String::strip)
                                    .filter(text -> !text.isEmpty())
                                    .orElseThrow(() ->
                                            Failure.failed(
                                                    "the client secret for `"
                                                            + each.name()
                                                            + "` is not where the settings say"))));
        }
        return providers;
    }

    /** The channels of a settings file, with their secrets from where it says they are. */
    private List<Channel> channels(NotifySettings settings) {
        List<Channel> channels = new ArrayList<>();
        for (NotifySettings.Named each : settings.channels()) {
            Map<String, String> secrets = new HashMap<>();
            each.secrets()
                    .forEach((field, place) ->
                            secrets.put(
                                    field,
                                    (switch (place) {
                                                case NotifySettings.SecretPlace.File(Path path) ->
                                                        secret(path);
                                                case NotifySettings.SecretPlace.Variable(
                                                                String name) ->
                                                        around.variable(name);
                                            })
                                            .map(String::strip)
                                            .filter(text -> !text.isEmpty())
                                            .orElseThrow(() ->
                                                    Failure.failed(
                                                            "`"
                                                                    + field
                                                                    + "` of the channel `"
                                                                    + each.settings().name()
                                                                    + "` is not where the"
                                                                    + " settings say"))));
            try {
                each.settings().checkSecrets(secrets);
            } catch (SettingsProblem e) {
                throw Failure.failed(
                        "the channel `" + each.settings().name() + "`: " + e.getMessage());
            }
            channels.add(new Channel(each.settings(), secrets, true));
        }
        return channels;
    }

    private static Optional<String> secret(Path file) {
        try {
            return Optional.of(Files.readString(file));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private Witnesses witnesses(WitnessSettings settings, Store store, Alarms alarms) {
        return new Witnesses(
                settings.known().stream().map(WitnessSettings.Known::key).toList(),
                settings.silentAfter(),
                store.proofs(),
                store.cosignatures(),
                alarms,
                clock);
    }

    private Outward outward(
            WitnessSettings settings, Store store, Witnesses witnesses, Alarms alarms) {
        return new Outward(settings, store.proofs(), witnesses, alarms, clock);
    }

    /** What a changed settings file of a client would weaken. */
    private List<String> settingsProblems(HookEvent.ConfigChange change, URI address, int port) {
        return SettingsPlaces.problems(
                change,
                around.home().toString(),
                around.platform(),
                List.of(
                        address.toString(),
                        "http://127.0.0.1:" + port,
                        "http://localhost:" + port));
    }

    /** Of the server itself; those of tenants are added as they are opened. */
    private static Set<String> addresses(ServerSettings settings, int port) {
        Set<String> addresses = ConcurrentHashMap.newKeySet();
        addresses.add(settings.listen().host() + ":" + port);
        addresses.add("127.0.0.1:" + port);
        addresses.add("localhost:" + port);
        addresses.add("[::1]:" + port);
        settings.publicUrl().ifPresent(url -> addresses.add(url.getAuthority()));
        return addresses;
    }

    private Guarded guarded(ServerSettings settings, ServerSettings server, Set<String> addresses) {
        List<String> ours = new ArrayList<>();
        ours.add(server.data().toString());
        ours.add(settings.data().toString());
        ours.add(DataFolder.signIns(around).toString());
        ours.add(DataFolder.witness(around).toString());
        ours.add(DataFolder.edge(around).toString());
        for (ServerSettings each : List.of(settings, server)) {
            each.signIn()
                    .providers()
                    .forEach(its -> its.secretFile().ifPresent(file -> ours.add(file.toString())));
        }
        for (ServerSettings each : List.of(settings, server)) {
            each.notifying().channels().stream()
                    .flatMap(channel -> channel.secrets().values().stream())
                    .forEach(place -> {
                        if (place instanceof NotifySettings.SecretPlace.File(Path path)) {
                            ours.add(path.toString());
                        }
                    });
        }
        settings.witness()
                .anchor()
                .flatMap(WitnessSettings.Anchor::file)
                .ifPresent(file -> ours.add(file.toString()));
        return new Guarded(ours, addresses, Set.of(ProcessHandle.current().pid()));
    }

    /** What other built-in defaults say, judged as here. */
    private static Earlier earlier(
            Map<String, String> tables, Guarded guarded, BiPredicate<String, String> accepted)
            throws ReflectiveOperationException {
        return (Earlier)
                new EarlierLoader(tables)
                        .loadClass(EarlierJudge.class.getName())
                        .getDeclaredConstructor(List.class, Set.class, Set.class, BiPredicate.class)
                        .newInstance(
                                guarded.folders(),
                                guarded.addresses(),
                                guarded.processes(),
                                accepted);
    }

    /** Where an agent's calls would run: on this machine, as this user. */
    private Function<Subject, Scene> scenes() {
        String home = around.home().toString();
        UnaryOperator<String> workspace = Workspaces.below(home);
        Shell shell = around.shell();
        return subject -> new Scene(subject, home, around.platform(), shell, Map.of(), workspace);
    }

    /**
     * The port to listen on. A free one is found beforehand: the floor must know it from the first
     * call on.
     */
    private static int port(ServerSettings settings) {
        if (settings.listen().port() != 0) {
            return settings.listen().port();
        }
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(settings.listen().host(), 0));
            return probe.getLocalPort();
        } catch (IOException e) {
            throw Failure.failed("cannot listen on `" + settings.listen() + "`: " + e.getMessage());
        }
    }

    private static URI address(ServerSettings settings, int port) {
        return settings.publicUrl()
                .orElseGet(() -> {
                    String host = settings.listen().host();
                    return URI.create(
                            "http://"
                                    + (host.indexOf(':') >= 0 ? "[" + host + "]" : host)
                                    + ":"
                                    + port);
                });
    }

    /** A tenant's programs may come by the server's own names, too. */
    private static Set<String> names(ServerSettings settings, ServerSettings server) {
        Set<String> names = new HashSet<>(names(settings));
        names.addAll(names(server));
        return names;
    }

    private static Set<String> names(ServerSettings settings) {
        Set<String> names = new HashSet<>();
        names.add(settings.listen().host());
        settings.publicUrl().ifPresent(url -> names.add(url.getHost()));
        return names;
    }

    private AuditExports exports(Store store) {
        return new AuditExports(
                store.auditLog(), store.auditQuery(), store.proofs(), clock, AuditExports.PATIENCE);
    }

    private AuditReports reports(Store store, Supplier<String> address) {
        LedgerProofs proofs = store.proofs();
        return new AuditReports(
                new AuditReports.Source(
                        store.auditQuery(),
                        store.ledgerCheck(),
                        proofs::checkpoint,
                        () -> Optional.of(proofs.key()),
                        proofs::hasten,
                        AuditReports.PATIENCE),
                store.auditLog(),
                address,
                paper::html,
                clock);
    }

    @Override
    public AuditReports.Made report(DataPlace data, AuditReports.Wanted wanted, String address) {
        if (Files.notExists(data.folder())) {
            throw Failure.failed("there is no data folder `" + data.folder() + "`");
        }
        try (Store store = Store.open(place(data), clock)) {
            return reports(store, () -> address).make(wanted);
        } catch (NotRecorded e) {
            throw Failure.failed("the report could not be recorded: " + e.getMessage());
        } catch (IllegalArgumentException e) {
            throw Failure.usage(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return unrecorded(data, wanted, address)
                    .orElseThrow(() -> Failure.failed(String.valueOf(e.getMessage())));
        }
    }

    /** A report of a ledger that is broken, and so takes no record; empty where it is not. */
    private Optional<AuditReports.Made> unrecorded(
            DataPlace data, AuditReports.Wanted wanted, String address) {
        try (Store.Reader reader = Store.reader(place(data))) {
            AuditReports reports =
                    new AuditReports(
                            new AuditReports.Source(
                                    reader.auditQuery(),
                                    reader.ledgerCheck(),
                                    () -> read(reader::checkpoint),
                                    () -> read(reader::key),
                                    () -> {},
                                    Duration.ZERO),
                            null,
                            () -> address,
                            paper::html,
                            clock);
            AuditReports.Made made = reports.make(wanted);
            return made.intact() ? Optional.empty() : Optional.of(made);
        } catch (IOException | NotRecorded e) {
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            throw Failure.usage(String.valueOf(e.getMessage()));
        }
    }

    @FunctionalInterface
    private interface OfFolder<T> {
        Optional<T> read() throws IOException;
    }

    /** What lies in a folder and may be broken too. */
    private static <T> Optional<T> read(OfFolder<T> file) {
        try {
            return file.read();
        } catch (IOException | IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static List<RemoteServer> remotes(ServerSettings settings) {
        return settings.mcpServers().stream()
                .map(server ->
                        new RemoteServer(
                                server.name(),
                                server.url(),
                                () -> server.tokenFile().map(App::token)))
                .toList();
    }

    /** What a file holds, as of now: it may be another tomorrow. */
    private static String token(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("the token for an MCP server cannot be read", e);
        }
    }

    private Retention retention(Store store) {
        return new Retention(
                store.retention(), store.auditQuery(), exports(store), store.proofs(), clock);
    }

    @Override
    public <T> T retain(DataPlace data, Retaining<T> doing) throws IOException, Refused {
        if (Files.notExists(data.folder())) {
            throw Failure.failed("there is no data folder `" + data.folder() + "`");
        }
        try (Store store = open(data)) {
            Retention retention = retention(store);
            T done = doing.with(retention);
            retention.sweep();
            return done;
        } catch (NotRecorded e) {
            throw Failure.failed("it could not be recorded: " + e.getMessage());
        }
    }

    @Override
    public void export(DataPlace data, AuditExports.Wanted wanted, OutputStream out)
            throws IOException {
        if (Files.notExists(data.folder())) {
            throw Failure.failed("there is no data folder `" + data.folder() + "`");
        }
        try (Store store = open(data)) {
            exports(store).begin(wanted).to(out);
        } catch (NotRecorded e) {
            throw Failure.failed("the export could not be recorded: " + e.getMessage());
        } catch (IllegalArgumentException e) {
            throw Failure.usage(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public Verdict verifyExport(
            Path file, Optional<String> key, Optional<Path> checkpoint, List<NoteKey> witnesses) {
        ExportCheck.Verdict found;
        try {
            found =
                    new ExportCheck(
                                    file,
                                    key.map(NoteKey::parse),
                                    checkpoint.map(App::notes).orElse(List.of()),
                                    witnesses)
                            .verify();
        } catch (IOException e) {
            throw Failure.failed("cannot read `" + file + "`: " + e.getMessage());
        } catch (IllegalArgumentException e) {
            throw Failure.failed(String.valueOf(e.getMessage()));
        }
        String which = found.what().isEmpty() ? "" : ": " + found.what();
        return new Verdict(
                found.fault().isEmpty(),
                found.missing().isEmpty(),
                found.records(),
                "",
                found.fault().orElse("every record is as it was written, and the ledger has it"),
                found.missing()
                        .orElse(
                                found.vouched().stream()
                                        .map(each -> "; " + each.text())
                                        .reduce(
                                                "nothing that was exported is missing" + which,
                                                String::concat)),
                found.key().map(NoteKey::toString),
                found.elsewhere());
    }

    @Override
    public Records records(DataPlace data) {
        try {
            return new LedgerRecords(Store.reader(place(data)));
        } catch (DataFolderException e) {
            throw Failure.failed(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw Failure.failed(
                    "data folder `" + data.folder() + "` cannot be read: " + e.getMessage());
        }
    }

    @Override
    public boolean accepted(DataPlace data, String path, String sha256) {
        try (Store.Reader reader = Store.reader(place(data))) {
            return reader.accepted(path, sha256);
        } catch (IOException | RuntimeException unreadable) {
            return false;
        }
    }

    @Override
    public Optional<HeldBack> heldBack(DataPlace data, Guarded guarded) {
        BuiltIn before;
        String own = PolicySnapshot.DEFAULTS;
        if (DefaultsNote.read(data.folder()).filter(noted -> !noted.equals(own)).isEmpty()) {
            return Optional.empty();
        }
        try (Store.Reader reader = Store.reader(place(data))) {
            Optional<BuiltIn> inForce = reader.defaults();
            if (inForce.isEmpty() || inForce.get().tables().equals(BuiltIn.own().tables())) {
                return Optional.empty();
            }
            before = inForce.get();
        } catch (IOException | RuntimeException unreadable) {
            return Optional.empty();
        }
        Earlier earlier =
                DefaultsUpgrade.earlier(
                        tables ->
                                earlier(
                                        tables,
                                        guarded,
                                        (path, sha256) -> accepted(data, path, sha256)),
                        before);
        return Optional.of((decision, call, at) -> {
            if (!(decision instanceof Decision.Allow)) {
                return decision;
            }
            ObjectNode json = CallJson.of(call);
            boolean here = call.context().platform().equals(around.platform());
            String said = here ? earlier.effect(json, at, false) : earlier.example(json, at);
            Effect effect = Effect.of(said).orElse(Effect.ASK);
            return effect == Effect.ALLOW
                    ? decision
                    : DefaultsUpgrade.held(decision, effect, before.version(), own);
        });
    }

    /** Closing at the end of a failed start; the failure itself is what the person reads. */
    private static void closed(Store store) {
        try {
            store.close();
        } catch (IOException e) {
            System.getLogger(App.class.getName())
                    .log(System.Logger.Level.WARNING, "the store did not close cleanly", e);
        }
    }

    /** One note, or many as an anchor collects them. */
    private static List<SignedNote> notes(Path file) {
        try {
            return SignedNote.parseAll(Files.readString(file));
        } catch (IOException e) {
            throw Failure.failed("cannot read `" + file + "`: " + e.getMessage());
        } catch (IllegalArgumentException e) {
            throw Failure.failed("`" + file + "` is no signed checkpoint: " + e.getMessage());
        }
    }

    @Override
    public String resume(DataPlace data, String reason) {
        try {
            return Store.resume(place(data), clock, reason)
                    .map(note -> Checkpoint.parse(note.text()))
                    .map(last -> last.size() + " records were signed by `" + last.origin() + "`")
                    .orElse("what was signed before is not known");
        } catch (IOException e) {
            throw Failure.failed(String.valueOf(e.getMessage()));
        } catch (NotRecorded e) {
            throw Failure.failed("the record of this could not be written: " + e.getMessage());
        }
    }

    @Override
    public Optional<Long> erase(DataPlace data, String person, String reason) {
        if (Files.notExists(data.folder())) {
            throw Failure.failed("there is no data folder `" + data.folder() + "`");
        }
        try (Store store = open(data)) {
            return store.erase(person, clock.instant(), reason);
        } catch (IOException e) {
            throw Failure.failed(
                    "data folder `" + data.folder() + "` cannot be used: " + e.getMessage());
        } catch (HeldException e) {
            throw Failure.failed(
                    e.getMessage() + "; `countersign audit hold end` ends it, with a reason");
        } catch (NotRecorded e) {
            throw Failure.failed("nothing was erased: " + e.getMessage());
        }
    }

    @Override
    public Optional<String> signInLink(DataPlace data, String email) {
        if (Files.notExists(data.folder())) {
            throw Failure.failed("there is no data folder `" + data.folder() + "`");
        }
        try (Store store = open(data)) {
            Optional<Person> person = store.people().person(email);
            if (person.isEmpty()) {
                return Optional.empty();
            }
            AuditRecord told =
                    AuditRecord.change(
                            "alarm",
                            clock.instant(),
                            email,
                            null,
                            "a sign-in link for "
                                    + email
                                    + " was made on the server's own machine, while the server"
                                    + " stood still",
                            JsonNodeFactory.instance.objectNode().put("email", email));
            Receipt _ = new Alarms(store.alarms(), clock).raise(told);
            return Optional.of(
                    SignIns.over(
                                    store.signIns(),
                                    store.people(),
                                    new Roles(store.organisation()),
                                    store.auditLog(),
                                    new Alarms(store.alarms(), clock),
                                    Sessions.Limits.USUAL,
                                    passwords,
                                    clock)
                            .links()
                            .invitation(person.get(), "the owner of the data folder", null));
        } catch (IOException e) {
            throw Failure.failed(
                    "data folder `" + data.folder() + "` cannot be used: " + e.getMessage());
        } catch (NotRecorded e) {
            throw Failure.failed("no link was made: " + e.getMessage());
        }
    }

    @Override
    public String copy(DataPlace from, DataPlace to, Consumer<String> progress) {
        try {
            LedgerCheck.Verdict both =
                    Copy.all(
                            place(from),
                            place(to),
                            (table, rows, of) ->
                                    progress.accept(table + ": " + rows + " of " + of + " rows"));
            return both.records() + " records verify on both sides, root " + both.root();
        } catch (IOException e) {
            throw Failure.failed(String.valueOf(e.getMessage()));
        }
    }

    /** Records of a folder that this process only reads. */
    private record LedgerRecords(Store.Reader reader) implements Records {
        @Override
        public AuditQuery query() {
            return reader.auditQuery();
        }

        @Override
        public Verdict verify(
                Optional<Path> checkpoints, List<NoteKey> witnesses, List<Path> archives) {
            LedgerCheck.Verdict found;
            try {
                found =
                        reader.ledgerCheck()
                                .verify(
                                        new LedgerCheck.Against(
                                                checkpoints.map(App::notes).orElse(List.of()),
                                                witnesses,
                                                archives));
            } catch (IllegalArgumentException e) {
                throw Failure.failed(String.valueOf(e.getMessage()));
            }
            String integrity =
                    found.fault()
                            .map(fault -> "broken at record " + fault.index() + ": " + fault.text())
                            .orElse("every record is as it was written and follows the one before");
            String completeness = found.missing().map(Fault::text).orElseGet(() -> complete(found));
            return new Verdict(
                    found.fault().isEmpty(),
                    found.missing().isEmpty(),
                    found.records(),
                    found.head(),
                    integrity,
                    completeness,
                    Optional.empty(),
                    found.unread());
        }

        private static String complete(LedgerCheck.Verdict found) {
            if (found.signed() == 0) {
                return "nothing was signed that could be missing";
            }
            String signed =
                    "nothing that was signed is missing: "
                            + found.signed()
                            + " records are under a checkpoint"
                            + (found.unread().isEmpty() ? "" : "; not read: " + found.unread());
            return found.vouched().stream()
                    .map(each ->
                            "; "
                                    + each.text()
                                    + (each.records() == found.records()
                                            ? ""
                                            : ", not for the "
                                                    + (found.records() - each.records())
                                                    + " after them"))
                    .reduce(signed, String::concat);
        }

        @Override
        public List<CosignatureStore.Cosigned> cosigned() {
            return reader.cosigned();
        }

        @Override
        public Optional<String> checkpoint() {
            try {
                return reader.checkpoint().map(SignedNote::toString);
            } catch (IOException e) {
                throw Failure.failed(String.valueOf(e.getMessage()));
            }
        }

        @Override
        public Optional<String> key() {
            try {
                return reader.key().map(NoteKey::toString);
            } catch (IOException e) {
                throw Failure.failed(String.valueOf(e.getMessage()));
            }
        }

        @Override
        public void close() {
            reader.close();
        }
    }
}
