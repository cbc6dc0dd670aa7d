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
                        site.frame(visit, "Settings", "settings", false),
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
                "How it is reached",
                List.of(
                        setting(
                                "listen",
                                settings.listen().toString(),
                                settings.listen().equals(usual.listen()),
                                "where it answers"),
                        setting(
                                "public_url",
                                settings.publicUrl()
                                        .map(Object::toString)
                                        .orElse("where it listens"),
                                settings.publicUrl().isEmpty(),
                                "how people reach it"),
                        setting(
                                "behind_proxy",
                                yes(settings.behindProxy()),
                                !settings.behindProxy(),
                                "whether something in front of it does TLS"),
                        setting(
                                "trust_setup",
                                yes(settings.trustSetup()),
                                !settings.trustSetup(),
                                "whether tokens made on its machine vote without their person")));
        groups.put(
                "Questions to people",
                List.of(
                        setting(
                                "approval_expiry",
                                words(settings.approvalExpiry()),
                                settings.approvalExpiry().equals(usual.approvalExpiry()),
                                "after which nobody's answer is a no, unless a rule says otherwise"),
                        setting(
                                "hold",
                                words(settings.hold()),
                                settings.hold().equals(usual.hold()),
                                "how long a client is held at most while people are asked"),
                        setting(
                                "questions_per_minute",
                                Integer.toString(settings.questionsPerMinute()),
                                settings.questionsPerMinute() == usual.questionsPerMinute(),
                                "how many one agent may ask"),
                        setting(
                                "stop_offered_after",
                                settings.stopOfferedAfter() + " tries",
                                settings.stopOfferedAfter() == usual.stopOfferedAfter(),
                                "of what was denied, before people are offered to stop the work")));
        groups.put(
                "Agents and tokens",
                List.of(
                        setting(
                                "agents",
                                settings.organisation().registeredOnly()
                                        ? "only those that were added"
                                        : "any with a token",
                                settings.organisation().registeredOnly()
                                        == usual.organisation().registeredOnly(),
                                "which agents may ask"),
                        setting(
                                "token_expiry",
                                words(settings.organisation().tokenExpiry()),
                                settings.organisation()
                                        .tokenExpiry()
                                        .equals(usual.organisation().tokenExpiry()),
                                "how long a token lasts when nobody says"),
                        setting(
                                "token_expiry_most",
                                words(settings.organisation().tokenExpiryMost()),
                                settings.organisation()
                                        .tokenExpiryMost()
                                        .equals(usual.organisation().tokenExpiryMost()),
                                "how long it lasts at most")));
        groups.put(
                "Signing in",
                List.of(
                        setting(
                                "idle",
                                words(settings.signIn().idle()),
                                settings.signIn().idle().equals(usual.signIn().idle()),
                                "after which an unused browser is signed out"),
                        setting(
                                "absolute",
                                words(settings.signIn().absolute()),
                                settings.signIn().absolute().equals(usual.signIn().absolute()),
                                "after which any browser is"),
                        setting(
                                "credential",
                                yes(settings.signIn().credential()),
                                settings.signIn().credential() == usual.signIn().credential(),
                                "whether everybody sets a password or a passkey first")));
        groups.put("The ledger", ledger(owner));
        return groups;
    }

    private List<Setting> ledger(boolean owner) {
        List<Setting> list = new ArrayList<>();
        list.add(
                setting(
                        "data",
                        owner ? settings.data().toString() : "shown to owners",
                        true,
                        "the folder of its keys and its database"));
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
                                                : "PostgreSQL; where is shown to owners")
                                .orElse("in that folder"),
                        settings.database().isEmpty(),
                        "where the records are"));
        list.add(
                setting(
                        "retention",
                        settings.retention()
                                .map(each ->
                                        words(each.keep())
                                                + (each.prune()
                                                        ? ", then archived and taken out"
                                                        : ", then archived as well"))
                                .orElse("everything is kept"),
                        settings.retention().isEmpty(),
                        "what becomes of old records"));
        list.add(
                setting(
                        "witnesses",
                        settings.witness().known().isEmpty()
                                ? "none"
                                : String.join(
                                        ", ",
                                        settings.witness().known().stream()
                                                .map(each -> each.key().name())
                                                .toList()),
                        settings.witness().known().isEmpty(),
                        "who co-signs it"));
        list.add(
                setting(
                        "anchor",
                        settings.witness().anchor().map(SettingPages::anchor).orElse("none"),
                        settings.witness().anchor().isEmpty(),
                        "where signed checkpoints go besides"));
        return list;
    }

    private static String anchor(WitnessSettings.Anchor anchor) {
        return (anchor.file().isPresent() ? "a file" : "a webhook")
                + ", every "
                + words(anchor.every());
    }

    private static Setting setting(String name, String value, boolean usual, String about) {
        return new Setting(name, Drawing.of(value), usual, about);
    }

    private static String yes(boolean value) {
        return value ? "yes" : "no";
    }

    private static String words(Duration duration) {
        if (duration.isZero()) {
            return "not at all";
        }
        long seconds = duration.toSeconds();
        if (seconds % 86_400 == 0) {
            return count(seconds / 86_400, "day");
        }
        if (seconds % 3_600 == 0) {
            return count(seconds / 3_600, "hour");
        }
        return seconds % 60 == 0 ? count(seconds / 60, "minute") : count(seconds, "second");
    }

    private static String count(long number, String unit) {
        return number + " " + unit + (number == 1 ? "" : "s");
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
        model.put("frame", site.frame(visit, "Integrations", "settings", false));
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
