package dev.countersign.web;

import dev.countersign.api.Acceptance;
import dev.countersign.api.BatchVotes;
import dev.countersign.api.Callers;
import dev.countersign.api.ChannelRoutes;
import dev.countersign.api.OrganisationRoutes;
import dev.countersign.api.OwnerUses;
import dev.countersign.api.PeopleRoutes;
import dev.countersign.api.Places;
import dev.countersign.api.PolicyRoutes;
import dev.countersign.api.Remote;
import dev.countersign.api.RoutingRoutes;
import dev.countersign.api.StepUp;
import dev.countersign.api.TenantRoutes;
import dev.countersign.api.ToolRoutes;
import dev.countersign.api.TryRoute;
import dev.countersign.api.Voters;
import dev.countersign.api.Voting;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.Grants;
import dev.countersign.approval.Queue;
import dev.countersign.approval.Stops;
import dev.countersign.audit.Alarms;
import dev.countersign.audit.AuditQuery;
import dev.countersign.audit.LedgerProofs;
import dev.countersign.audit.SavedViews;
import dev.countersign.audit.Witnesses;
import dev.countersign.audit.census.Census;
import dev.countersign.call.Organisation;
import dev.countersign.config.ProviderSettings;
import dev.countersign.config.ServerSettings;
import dev.countersign.decision.DecisionPoint;
import dev.countersign.decision.DefaultsUpgrade;
import dev.countersign.decision.Deferral;
import dev.countersign.decision.Editing;
import dev.countersign.decision.GrantPreview;
import dev.countersign.decision.WaitingFiles;
import dev.countersign.decision.Widening;
import dev.countersign.notify.AccountLinks;
import dev.countersign.notify.Accounts;
import dev.countersign.notify.AnswerLinks;
import dev.countersign.notify.Notifications;
import dev.countersign.notify.push.Subscriptions;
import dev.countersign.people.DeviceLogins;
import dev.countersign.people.Identity;
import dev.countersign.people.PeopleStore;
import dev.countersign.people.Revocation;
import dev.countersign.people.Roles;
import dev.countersign.people.SignIns;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The pages for people and their addresses. Every form works without scripts; the script only keeps
 * the page up to date and guards against slips.
 */
public final class Pages {
    private final Site site;
    private final InboxPage inbox;
    private final Guides guides;
    private final SettingPages settings;
    private final ChannelPages channels;
    private final RoutingPages told;
    private final LinkPages links;
    private final AccountLinkPages accounts;
    private final RequestPages requests;
    private final GlassPages glass;
    private final BatchPages batches;
    private final DeferredPages deferred;
    private final StopForms stops;
    private final GrantPages grants;
    private final AgentPages agents;
    private final TaskPages tasks;
    private final SignInPages entry;
    private final ProviderPages provided;
    private final AccountPages account;
    private final DevicePages devices;
    private final ActivityPages activity;
    private final RecordPages records;
    private final OverviewPages overview;
    private final ReplayPages replay;
    private final OrganisationPages organisation;
    private final TokenPages tokens;
    private final TenantPages tenants;
    private final DefaultsPages defaults;
    private final ToolPages tools;
    private final PolicyPages policies;
    private final DocumentPages documents;
    private final BenchPages bench;

    /**
     * What the pages work with.
     *
     * @param proofs of what is in the ledger
     * @param witnesses who co-signs it
     * @param ledger whether it is {@code checking}, {@code intact}, {@code broken} or {@code
     *     unchecked}
     * @param savedViews searches that people keep
     * @param organisation knows where things belong
     * @param files the policy files that wait to be accepted
     * @param upgrade keeps newer built-in defaults back until an owner accepts them
     * @param signIns how people sign in
     * @param address how people reach this server
     * @param behindProxy whether a proxy of ours stands in front
     * @param providers the OpenID providers by which people may sign in
     * @param mayWait whether people need not set anything to sign in with
     * @param persons what is done with people and tokens
     * @param entities what is done with teams, projects, agents and roles
     * @param tenants what is done with other organisations of the server
     * @param channels what is done with the ways by which people are told of questions
     * @param notifications tells people of questions besides the pages
     * @param links in messages that were sent
     * @param accountLinks by which people say which accounts in chats are theirs
     * @param accounts whose they are
     * @param routing what is done with who is told of what
     * @param subscriptions browsers in which people are told
     * @param policies what is done with the documents on the server
     * @param trying says what calls come to
     * @param tools what MCP servers say of their tools
     * @param here whether somebody is at the server's own machine
     * @param roles what roles permit
     * @param settings what the server was started with
     * @param clients the programs this build can talk to, by name
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
            LedgerProofs proofs,
            Witnesses witnesses,
            Supplier<String> ledger,
            SavedViews savedViews,
            Alarms alarms,
            OwnerUses ownerUses,
            Identity identity,
            PeopleStore people,
            Organisation organisation,
            DeviceLogins logins,
            WaitingFiles files,
            DefaultsUpgrade upgrade,
            Widening widening,
            SignIns signIns,
            URI address,
            boolean behindProxy,
            List<Provider> providers,
            boolean mayWait,
            PeopleRoutes persons,
            OrganisationRoutes entities,
            TenantRoutes tenants,
            ChannelRoutes channels,
            Notifications notifications,
            AnswerLinks links,
            AccountLinks accountLinks,
            Accounts accounts,
            RoutingRoutes routing,
            Subscriptions subscriptions,
            PolicyRoutes policies,
            TryRoute trying,
            ToolRoutes tools,
            Predicate<ServerRequest> here,
            Roles roles,
            ServerSettings settings,
            List<String> clients,
            Clock clock) {}

    /** An OpenID provider, with our secret there. */
    public record Provider(ProviderSettings settings, String secret) {
        @Override
        public String toString() {
            return settings.toString();
        }
    }

    public Pages(Parts parts) {
        List<OidcClient> providers =
                parts.providers().stream()
                        .map(each ->
                                new OidcClient(
                                        each.settings(),
                                        each.secret(),
                                        parts.address(),
                                        parts.clock()))
                        .toList();
        List<ProviderView> shown =
                providers.stream()
                        .map(OidcClient::settings)
                        .map(each -> new ProviderView(each.id(), each.name()))
                        .toList();
        boolean secure = "https".equals(parts.address().getScheme());
        SignIns signIns = parts.signIns();
        Callers callers = new Callers(parts.identity(), signIns.sessions(), secure);
        StepUp stepUp = new StepUp(signIns.sessions());
        Voters voters = new Voters(parts.people(), parts.notifications().routing().onCall());
        Voting voting =
                new Voting(
                        parts.approvals(),
                        parts.editing(),
                        parts.queue(),
                        parts.deferral(),
                        parts.alarms(),
                        voters,
                        stepUp);
        Places places = new Places(parts.organisation(), parts.approvals());
        Parties parties = new Parties(parts.address());
        Remote remote = new Remote(parts.behindProxy());
        Cookies cookies = new Cookies(callers.cookieName(), secure, parts.clock());
        PersonalViews views =
                new PersonalViews(
                        parts.approvals(),
                        parts.decisions().stopOffer(),
                        parts.files(),
                        voting,
                        parts.clock());
        Previews previews = new Previews(parts.preview(), parts.clock());
        site =
                new Site(
                        callers,
                        views,
                        parts.identity(),
                        parts.stops(),
                        places,
                        new SignInForms(signIns.passkeys(), parties, shown),
                        cookies,
                        signIns.links(),
                        new Confirmation(signIns, stepUp, parties, shown, parts.mayWait()),
                        parts.clock());
        Evidence evidence =
                new Evidence(parts.audit(), parts.approvals(), voters, voting, parts.clock());
        guides = new Guides(site, parts.approvals(), parts.audit(), parts.clock());
        settings =
                new SettingPages(
                        site,
                        parts.settings(),
                        parts.clients(),
                        parts.ledger(),
                        parts.audit(),
                        parts.channels(),
                        parts.routing(),
                        parts.clock());
        channels = new ChannelPages(settings, parts.channels());
        told = new RoutingPages(settings, parts.routing());
        links =
                new LinkPages(
                        site,
                        callers,
                        parts.links(),
                        parts.notifications()::linksAnswer,
                        signIns.links()::signsIn,
                        views,
                        parts.approvals(),
                        voting,
                        parts.identity(),
                        parts.people());
        accounts =
                new AccountLinkPages(
                        site,
                        parts.accountLinks(),
                        parts.accounts(),
                        parts.routing(),
                        parts.notifications(),
                        parts.subscriptions(),
                        parts.clock());
        inbox =
                new InboxPage(
                        site,
                        views,
                        previews,
                        parts.approvals(),
                        parts.queue(),
                        parts.ownerUses(),
                        new Acceptance(
                                parts.people(), parts.files(), parts.widening(), parts.clock()),
                        evidence,
                        guides);
        requests = new RequestPages(site, views, previews, evidence, parts.approvals(), voting);
        glass = new GlassPages(site, views, requests, parts.approvals(), voting);
        batches = new BatchPages(site, views, new BatchVotes(parts.approvals(), voting));
        deferred = new DeferredPages(site, views, parts.queue(), parts.deferral(), voting);
        stops = new StopForms(parts.decisions(), parts.stops(), places);
        WorkViews work =
                new WorkViews(
                        views,
                        parts.approvals(),
                        parts.grants(),
                        parts.stops(),
                        parts.audit(),
                        places,
                        parts.clock());
        grants = new GrantPages(site, parts.grants(), work, places);
        agents =
                new AgentPages(
                        site,
                        new Workers(parts.entities()),
                        work,
                        parts.approvals(),
                        parts.audit(),
                        parts.policies(),
                        places,
                        parts.clock());
        tasks = new TaskPages(site, work, parts.approvals(), parts.audit(), places, parts.clock());
        entry = new SignInPages(site, callers, signIns, parties, remote, cookies);
        provided = new ProviderPages(site, signIns, providers, remote, cookies, parts.clock());
        account = new AccountPages(site, signIns, parties, cookies, parts.mayWait(), parts.clock());
        devices =
                new DevicePages(
                        site,
                        parts.identity(),
                        new Revocation(parts.identity(), parts.people(), signIns.sessions()),
                        signIns.links(),
                        parts.people(),
                        parts.logins(),
                        remote,
                        secure,
                        parts.clock());
        defaults = new DefaultsPages(site, parts.upgrade());
        tools = new ToolPages(site, parts.tools());
        Census census = new Census(parts.audit());
        policies =
                new PolicyPages(site, parts.policies(), parts.files(), parts.here(), parts.clock());
        documents =
                new DocumentPages(
                        site,
                        parts.policies(),
                        parts.trying(),
                        places,
                        new PolicyHistory(parts.policies(), parts.audit(), census),
                        parts.clock());
        bench = new BenchPages(site, parts.trying());
        organisation =
                new OrganisationPages(
                        site,
                        parts.entities(),
                        parts.persons(),
                        new EntityForms(parts.roles()),
                        parts.tenants());
        tokens = new TokenPages(site, parts.persons(), parts.tenants(), parts.clock());
        tenants = new TenantPages(site, parts.tenants());
        records = new RecordPages(site, parts.audit(), parts.proofs(), parts.clock());
        replay = new ReplayPages(site, parts.audit(), parts.clock());
        Integrity integrity = new Integrity(parts.proofs(), parts.witnesses(), parts.ledger());
        overview =
                new OverviewPages(
                        site,
                        views,
                        parts.audit(),
                        census,
                        parts.approvals(),
                        integrity,
                        parts.clock());
        activity =
                new ActivityPages(
                        site,
                        parts.audit(),
                        census,
                        parts.savedViews(),
                        records,
                        integrity,
                        parts.clock());
    }

    /** Adds the pages; to be called after the interface for programs has added its routes. */
    public void register(HttpRouting.Builder routing) {
        site.files(routing);
        site.open(routing, Page.SIGN_IN, entry::signIn);
        site.open(routing, Page.SIGN_IN_PASSWORD, entry::byPassword);
        site.open(routing, Page.SIGN_IN_LINK, entry::byLink);
        site.open(routing, Page.SIGN_IN_PASSKEY, entry::byPasskey);
        site.post(routing, Page.KEYLESS, entry::keyless);
        site.open(routing, Page.PROVIDER, provided::begin);
        site.open(routing, Page.PROVIDER_BACK, provided::end);
        site.get(routing, Page.INBOX, inbox::inbox);
        site.get(routing, Page.REQUEST, requests::request);
        site.get(routing, Page.LATER, deferred::later);
        site.get(routing, Page.DEVICE, devices::device);
        site.get(routing, Page.OVERVIEW, overview::overview);
        site.get(routing, Page.ACTIVITY, activity::activity);
        site.get(routing, Page.ACTIVITY_NEW, activity::news);
        site.get(routing, Page.EXPORT, activity::export);
        site.post(routing, Page.VIEW_KEEP, activity::keep);
        site.post(routing, Page.VIEW_FORGET, activity::forget);
        site.get(routing, Page.SESSION, replay::session);
        site.get(routing, Page.RECORD, records::record);
        site.get(routing, Page.POLICIES, policies::list);
        site.get(routing, Page.POLICY, documents::document);
        site.post(routing, Page.POLICY_CHECK, documents::check);
        site.post(routing, Page.POLICY_PUT, documents::put);
        site.post(routing, Page.POLICY_REMOVE, documents::remove);
        site.get(routing, Page.EFFECTIVE, policies::effective);
        site.get(routing, Page.BENCH, bench::bench);
        site.post(routing, Page.TRY, bench::tried);
        site.get(routing, Page.DEFAULTS, defaults::defaults);
        site.post(routing, Page.ACCEPT_DEFAULTS, defaults::accept);
        site.get(routing, Page.TOOLS, tools::tools);
        site.post(routing, Page.ACCEPT_TOOL, tools::accept);
        site.get(routing, Page.GRANTS, grants::grants);
        site.get(routing, Page.AGENTS, agents::list);
        site.get(routing, Page.AGENT, agents::agent);
        site.get(routing, Page.TASKS, tasks::list);
        site.get(routing, Page.TASK, tasks::task);
        site.post(routing, Page.REVOKE, grants::revoke);
        site.post(routing, Page.VOTE, requests::vote);
        site.post(routing, Page.VOTES, batches::vote);
        site.post(routing, Page.PASS, requests::pass);
        site.post(routing, Page.EDIT, requests::edit);
        site.post(routing, Page.BREAK_GLASS, glass::breakGlass);
        site.post(routing, Page.ACKNOWLEDGE, glass::acknowledge);
        site.post(routing, Page.STOP, stops::stop);
        site.post(routing, Page.RESUME, stops::resume);
        site.post(routing, Page.ANSWER_LATER, deferred::answer);
        site.post(routing, Page.ACCEPT, inbox::accept);
        site.post(routing, Page.CONFIRM_DEVICE, devices::confirmDevice);
        site.post(routing, Page.CONFIRM_TOKEN, devices::confirmToken);
        site.post(routing, Page.LINK, devices::link);
        site.post(routing, Page.SIGN_OUT, entry::signOut);
        site.get(routing, Page.SETTINGS, settings::settings);
        site.get(routing, Page.INTEGRATIONS, settings::integrations);
        site.post(routing, Page.CHANNEL_PUT, channels::put);
        site.post(routing, Page.CHANNEL_CHANGE, channels::change);
        site.post(routing, Page.ROUTING_PUT, told::put);
        site.post(routing, Page.ROTA_PUT, told::rota);
        site.get(routing, Page.WELCOME, guides::welcome);
        site.get(routing, Page.ORGANISATION, organisation::start);
        site.post(routing, Page.TOKEN_CREATE, tokens::create);
        site.post(routing, Page.TOKEN_REVOKE, tokens::revoke);
        site.post(routing, Page.TENANT_PUT, tenants::put);
        site.post(routing, Page.TENANT_CHANGE, tenants::change);
        site.get(
                routing,
                Page.ENTITIES,
                visit -> {
                    switch (visit.parameter("kind")) {
                        case "tokens" -> tokens.list(visit);
                        case "tenants" -> tenants.list(visit);
                        default -> organisation.list(visit);
                    }
                });
        site.get(routing, Page.ENTITY, organisation::one);
        site.post(routing, Page.ENTITY_PUT, organisation::put);
        site.post(routing, Page.ENTITY_CHANGE, organisation::change);
        site.get(routing, Page.ACCOUNT, account::account);
        site.post(routing, Page.PASSWORD, account::password);
        site.post(routing, Page.PASSKEY_ADD, account::addPasskey);
        site.post(routing, Page.PASSKEY_REMOVE, account::removePasskey);
        site.post(routing, Page.SESSION_END, account::endSession);
        site.post(routing, Page.SESSIONS_END, account::endSessions);
        site.get(routing, Page.CONFIRM, account::confirm);
        site.post(routing, Page.CONFIRMED, account::confirmed);
        site.get(routing, Page.ACCOUNT_LINK, accounts::show);
        site.post(routing, Page.ACCOUNT_LINKED, accounts::link);
        site.post(routing, Page.PUSH_SUBSCRIBE, accounts::subscribe);
        site.post(routing, Page.PUSH_END, accounts::unsubscribe);
        site.open(routing, Page.ANSWER_LINK, links::open);
        site.open(routing, Page.ANSWER_BY_LINK, links::answer);
        site.open(routing, Page.NOTHING, site::nothingHere);
    }
}
