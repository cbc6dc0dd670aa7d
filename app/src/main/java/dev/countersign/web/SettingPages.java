package dev.countersign.web;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.api.ChannelRoutes;
import dev.countersign.api.RoutingRoutes;
import dev.countersign.audit.AuditQuery;
import dev.countersign.audit.AuditQuery.Recorded;
import dev.countersign.call.Place;
import dev.countersign.config.ProviderSettings;
import dev.countersign.config.ServerSettings;
import dev.countersign.config.WitnessSettings;
import dev.countersign.people.Permission;
import dev.countersign.policy.PolicySnapshot;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the server runs with, and what is connected to it. */
public final class SettingPages {
    /** How many records are looked at for clients. */
    private static final int EVENTS = 500;

    private final Site site;
    private final ServerSettings settings;
    private final List<String> clients;
    private final Supplier<String> ledger;
    private final AuditQuery audit;
    private final ChannelRoutes channels;
    private final RoutingRoutes routing;
    private final Clock clock;

    /**
     * Wires it.
     *
     * @param clients the programs this build can talk to
     * @param ledger {@code checking}, {@code intact}, {@code broken} or {@code unchecked}
     */
    SettingPages(
            Site site,
            ServerSettings settings,
            List<String> clients,
            Supplier<String> ledger,
            AuditQuery audit,
            ChannelRoutes channels,
            RoutingRoutes routing,
            Clock clock) {
        this.routing = routing;
        this.site = site;
        this.channels = channels;
        this.settings = settings;
        this.clients = List.copyOf(clients);
        this.ledger = ledger;
        this.audit = audit;
        this.clock = clock;
    }

    void settings(Visit visit) {
        boolean owner = visit.person().may(Permission.UPGRADE);
        site.page(
                visit.response(),
                200,
                "settings",
                Map.of(
                        "frame",
                        site.frame(visit, Texts.say("setting.settings"), "settings", false),
                        "groups",
                        groups(owner),
                        "ledger",
                        ledger.get(),
                        "builtIn",
                        PolicySnapshot.DEFAULTS,
                        "owner",
                        owner));
    }

    /**
     * A setting.
     *
     * @param name as the settings file writes it
     * @param value in words, drawn
     * @param usual whether it is what it is when nobody says anything
     * @param about what it means
     */
    public record Setting(String name, List<Drawing.Piece> value, boolean usual, String about) {}

    private Map<String, List<Setting>> groups(boolean owner) {
        ServerSettings usual = ServerSettings.in(settings.data());
        Map<String, List<Setting>> groups = new LinkedHashMap<>();
        groups.put(
                Texts.say("setting.how-it-is-reached"),
                List.of(
                        setting(
                                "listen",
                                settings.listen().toString(),
                                settings.listen().equals(usual.listen()),
                                Texts.say("setting.where-it-answers")),
                        setting(
                                "public_url",
                                settings.publicUrl()
                                        .map(Object::toString)
                                        .orElse(Texts.say("setting.where-it-listens")),
                                settings.publicUrl().isEmpty(),
                                Texts.say("setting.how-people-reach-it")),
                        setting(
                                "behind_proxy",
                                yes(settings.behindProxy()),
                                !settings.behindProxy(),
                                Texts.say("setting.whether-something-in-front")),
                        setting(
                                "trust_setup",
                                yes(settings.trustSetup()),
                                !settings.trustSetup(),
                                Texts.say("setting.whether-tokens-made-on"))));
        groups.put(
                Texts.say("setting.questions-to-people"),
                List.of(
                        setting(
                                "approval_expiry",
                                words(settings.approvalExpiry()),
                                settings.approvalExpiry().equals(usual.approvalExpiry()),
                                Texts.say("setting.after-which-nobodys-answer")),
                        setting(
                                "hold",
                                words(settings.hold()),
                                settings.hold().equals(usual.hold()),
                                Texts.say("setting.how-long-a-client")),
                        setting(
                                "questions_per_minute",
                                Integer.toString(settings.questionsPerMinute()),
                                settings.questionsPerMinute() == usual.questionsPerMinute(),
                                Texts.say("setting.how-many-one-agent")),
                        setting(
                                "stop_offered_after",
                                Texts.say("setting.tries", settings.stopOfferedAfter()),
                                settings.stopOfferedAfter() == usual.stopOfferedAfter(),
                                Texts.say("setting.of-what-was-denied"))));
        groups.put(
                Texts.say("setting.agents-and-tokens"),
                List.of(
                        setting(
                                "agents",
                                settings.organisation().registeredOnly()
                                        ? Texts.say("setting.only-those-that-were")
                                        : Texts.say("setting.any-with-a-token"),
                                settings.organisation().registeredOnly()
                                        == usual.organisation().registeredOnly(),
                                Texts.say("setting.which-agents-may-ask")),
                        setting(
                                "token_expiry",
                                words(settings.organisation().tokenExpiry()),
                                settings.organisation()
                                        .tokenExpiry()
                                        .equals(usual.organisation().tokenExpiry()),
                                Texts.say("setting.how-long-a-token")),
                        setting(
                                "token_expiry_most",
                                words(settings.organisation().tokenExpiryMost()),
                                settings.organisation()
                                        .tokenExpiryMost()
                                        .equals(usual.organisation().tokenExpiryMost()),
                                Texts.say("setting.how-long-it-lasts"))));
        groups.put(
                Texts.say("setting.signing-in"),
                List.of(
                        setting(
                                "idle",
                                words(settings.signIn().idle()),
                                settings.signIn().idle().equals(usual.signIn().idle()),
                                Texts.say("setting.after-which-an-unused")),
                        setting(
                                "absolute",
                                words(settings.signIn().absolute()),
                                settings.signIn().absolute().equals(usual.signIn().absolute()),
                                Texts.say("setting.after-which-any-browser")),
                        setting(
                                "credential",
                                yes(settings.signIn().credential()),
                                settings.signIn().credential() == usual.signIn().credential(),
                                Texts.say("setting.whether-everybody-sets-a"))));
        groups.put(Texts.say("setting.the-ledger"), ledger(owner));
        return groups;
    }

    private List<Setting> ledger(boolean owner) {
        List<Setting> list = new ArrayList<>();
        list.add(
                setting(
                        "data",
                        owner ? settings.data().toString() : Texts.say("setting.shown-to-owners"),
                        true,
                        Texts.say("setting.the-folder-of-its")));
        list.add(
                setting(
                        "database_url",
                        settings.database()
                                .map(url ->
                                        owner
                                                ? "postgresql://"
                                                        + url.host()
                                                        + ":"
                                                        + url.port()
                                                        + "/"
                                                        + url.database()
                                                : Texts.say("setting.postgresql-where-is-shown"))
                                .orElse(Texts.say("setting.in-that-folder")),
                        settings.database().isEmpty(),
                        Texts.say("setting.where-the-records-are")));
        list.add(
                setting(
                        "retention",
                        settings.retention()
                                .map(each ->
                                        Texts.say(
                                                each.prune()
                                                        ? "setting.then-taken-out"
                                                        : "setting.then-archived",
                                                words(each.keep())))
                                .orElse(Texts.say("setting.everything-is-kept")),
                        settings.retention().isEmpty(),
                        Texts.say("setting.what-becomes-of-old")));
        list.add(
                setting(
                        "witnesses",
                        settings.witness().known().isEmpty()
                                ? Texts.say("setting.none")
                                : String.join(
                                        ", ",
                                        settings.witness().known().stream()
                                                .map(each -> each.key().name())
                                                .toList()),
                        settings.witness().known().isEmpty(),
                        Texts.say("setting.who-co-signs-it")));
        list.add(
                setting(
                        "anchor",
                        settings.witness()
                                .anchor()
                                .map(SettingPages::anchor)
                                .orElseGet(() -> Texts.say("setting.none")),
                        settings.witness().anchor().isEmpty(),
                        Texts.say("setting.where-signed-checkpoints-go")));
        return list;
    }

    private static String anchor(WitnessSettings.Anchor anchor) {
        return Texts.say(
                anchor.file().isPresent() ? "setting.a-file-every" : "setting.a-webhook-every",
                words(anchor.every()));
    }

    private static Setting setting(String name, String value, boolean usual, String about) {
        return new Setting(name, Drawing.of(value), usual, about);
    }

    private static String yes(boolean value) {
        return Texts.say(value ? "setting.yes" : "setting.no");
    }

    private static String words(Duration duration) {
        if (duration.isZero()) {
            return Texts.say("setting.not-at-all");
        }
        long seconds = duration.toSeconds();
        if (seconds % 86_400 == 0) {
            return Texts.say("setting.days", seconds / 86_400);
        }
        if (seconds % 3_600 == 0) {
            return Texts.say("setting.hours", seconds / 3_600);
        }
        return seconds % 60 == 0
                ? Texts.say("setting.minutes", seconds / 60)
                : Texts.say("setting.seconds", seconds);
    }

    /**
     * A program that agents run in.
     *
     * @param agents those that came through it lately
     * @param seen when it came last, or null where that is long ago or never was
     * @param canary when it was last seen to refuse what it must refuse, or null
     */
    public record ClientRow(
            String name, List<String> agents, @Nullable Moment seen, @Nullable Moment canary) {}

    void integrations(Visit visit) {
        integrations(visit, 200, "", "", "");
    }

    /**
     * The page.
     *
     * @param notice what was done, or empty
     * @param secret one that was made and is shown this once, or empty
     * @param problem why nothing was done, or empty
     */
    void integrations(Visit visit, int status, String notice, String secret, String problem) {
        Map<String, Set<String>> agents = new LinkedHashMap<>();
        Map<String, Moment> seen = new LinkedHashMap<>();
        Map<String, Moment> canaries = new LinkedHashMap<>();
        clients.forEach(name -> agents.put(name, new LinkedHashSet<>()));
        // Of whatever kind: to look for one kind alone goes through all there is.
        List<Recorded> records = audit.list(Map.of(), Long.MAX_VALUE, EVENTS);
        Instant now = clock.instant();
        for (Recorded each : records) {
            JsonNode record = each.body();
            String client = record.path("client").asText("");
            if (!record.path("client").isTextual() || client.isEmpty()) {
                continue;
            }
            Moment at = Moment.since(Instant.parse(record.path("at").asText()), now);
            if (record.at("/body/event").asText().equals("canary")) {
                canaries.putIfAbsent(client, at);
            } else {
                seen.putIfAbsent(client, at);
            }
            agents.computeIfAbsent(client, _ -> new LinkedHashSet<>())
                    .add(record.path("agent").asText(""));
        }
        List<ClientRow> rows = new ArrayList<>();
        agents.forEach((name, who) ->
                rows.add(
                        new ClientRow(
                                name,
                                who.stream().filter(each -> !each.isEmpty()).limit(6).toList(),
                                seen.get(name),
                                canaries.get(name))));
        Map<String, @Nullable Object> model = new HashMap<>();
        model.put("frame", site.frame(visit, Texts.say("setting.integrations"), "settings", false));
        model.put("rows", rows);
        model.put("known", clients);
        model.put(
                "providers",
                settings.signIn().providers().stream().map(ProviderSettings::name).toList());
        model.put(
                "witnesses",
                settings.witness().known().stream().map(each -> each.key().name()).toList());
        model.put("channels", ChannelView.of(channels.list(visit.person()), now));
        model.put("failures", ChannelView.failures(channels, now));
        model.put("barred", Site.barred(visit.person(), Permission.CHANNELS, Place.NOWHERE));
        model.put("routing", RoutingView.of(routing.list(visit.person())));
        model.put("rotas", RoutingView.rotas(routing.onCall(), now));
        model.put("rotaBarred", Site.barred(visit.person(), Permission.PEOPLE, Place.NOWHERE));
        model.put("notice", notice);
        model.put("secret", secret);
        model.put("problem", problem);
        site.page(visit.response(), status, "integrations", model);
    }
}
