package dev.countersign.notify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.call.RiskTier;
import dev.countersign.config.Digest;
import dev.countersign.config.Hours;
import dev.countersign.config.Rota;
import dev.countersign.config.ToldHow;
import dev.countersign.config.ToldHow.Whose;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Who is told by which channels, from which risk on, when, and of what together with others. */
public final class Routing {
    private final Map<Whose, ToldHow> ofFile;
    private final Wishes wishes;
    private final OnCall onCall;
    private final Clock clock;

    /**
     * What the settings file says counts where somebody says something else.
     *
     * @param ofFile what it says
     * @param onCall who is on call
     */
    public Routing(Map<Whose, ToldHow> ofFile, Wishes wishes, OnCall onCall, Clock clock) {
        this.ofFile = Map.copyOf(ofFile);
        this.wishes = wishes;
        this.onCall = onCall;
        this.clock = clock;
    }

    /**
     * When something is told.
     *
     * @param together with others
     */
    record When(boolean together, Instant at) {
        private static final Comparator<When> SOONEST =
                Comparator.comparing(When::together).thenComparing(When::at);

        /** As late as both want. */
        When and(When other) {
            return new When(together || other.together, at.isAfter(other.at) ? at : other.at);
        }
    }

    /**
     * When a channel tells all who read it of a question; empty for never.
     *
     * @param teams the question belongs to
     * @param urgent whether it is not told together with others
     */
    Optional<When> shared(
            Channel channel,
            ApprovalRequest request,
            Collection<String> teams,
            boolean urgent,
            Instant now) {
        RiskTier risk = risk(request);
        return when(channel.told(), channel, risk, urgent, now)
                .flatMap(its -> any(ofTeams(teams), channel, risk, urgent, now).map(its::and));
    }

    /** The same of one person, told by a channel that tells each of them apart. */
    Optional<When> personal(
            Channel channel,
            String email,
            ApprovalRequest request,
            Collection<String> teams,
            boolean urgent,
            Instant now) {
        RiskTier risk = risk(request);
        List<ToldHow> own = told(Whose.person(email)).map(List::of).orElseGet(() -> ofTeams(teams));
        return when(channel.told(), channel, risk, urgent, now)
                .flatMap(its -> any(own, channel, risk, urgent, now).map(its::and));
    }

    private List<ToldHow> ofTeams(Collection<String> teams) {
        List<ToldHow> all = new ArrayList<>();
        teams.forEach(team -> told(Whose.team(team)).ifPresent(all::add));
        return all.isEmpty() ? List.of(ToldHow.ALL) : all;
    }

    private static Optional<When> any(
            List<ToldHow> all, Channel channel, RiskTier risk, boolean urgent, Instant now) {
        return all.stream()
                .filter(each -> each.by(channel.name()))
                .flatMap(each -> when(each, channel, risk, urgent, now).stream())
                .min(When.SOONEST);
    }

    private static RiskTier risk(ApprovalRequest request) {
        return RiskTier.of(request.explanation().path("risk").asText()).orElse(RiskTier.CRITICAL);
    }

    private static Optional<When> when(
            ToldHow how, Channel channel, RiskTier risk, boolean urgent, Instant now) {
        if (!how.told() || !risk.atLeast(how.risk())) {
            return Optional.empty();
        }
        Optional<Hours> hours = how.inHours();
        Optional<Digest> digest =
                how.together()
                        .filter(each -> !urgent && channel.settings().kind().collects())
                        .filter(each -> each.collects(risk));
        if (digest.isPresent()) {
            return Optional.of(new When(true, digest.get().next(now, hours)));
        }
        return risk == RiskTier.CRITICAL || hours.filter(each -> !each.contain(now)).isEmpty()
                ? Optional.of(new When(false, now))
                : Optional.empty();
    }

    /** How somebody is told, where that was said. */
    public Optional<ToldHow> told(Whose whose) {
        ToldHow first = ofFile.get(whose);
        return first == null ? wishes.told(whose) : Optional.of(first);
    }

    /** All that was said; of people, so many at most. */
    public Map<Whose, ToldHow> all(int most) {
        Map<Whose, ToldHow> all = new TreeMap<>(Comparator.comparing(Whose::toString));
        all.putAll(wishes.all(most));
        all.putAll(ofFile);
        return all;
    }

    /** Whether the settings file says it, so that only there it can be changed. */
    public boolean ofFile(Whose whose) {
        return ofFile.containsKey(whose);
    }

    public OnCall onCall() {
        return onCall;
    }

    /** Says how a person or a team is told. */
    public void put(Whose whose, ToldHow how, Notifications.By by) throws NotRecorded {
        ObjectNode said = json(how);
        wishes.put(
                whose,
                how,
                event(
                        "channel",
                        whose.toString(),
                        "how " + whose + " is told was changed",
                        said,
                        by));
    }

    /** Lets all count again for a person or a team. */
    public void remove(Whose whose, Notifications.By by) throws NotRecorded {
        ObjectNode said = JsonNodeFactory.instance.objectNode();
        wishes.remove(
                whose,
                event(
                        "channel",
                        whose.toString(),
                        "how " + whose + " is told was taken back",
                        said,
                        by));
    }

    /** Says who is on call for a team. That is a role of theirs, and so a change of people. */
    public void put(String team, Rota rota, Notifications.By by) throws NotRecorded {
        onCall.put(
                team,
                rota,
                event(
                        "people",
                        "on-call:" + team,
                        "the rota of the team " + team + " was changed",
                        json(rota),
                        by));
    }

    /** Ends the rota of a team. */
    public void end(String team, Notifications.By by) throws NotRecorded {
        onCall.end(
                team,
                event(
                        "people",
                        "on-call:" + team,
                        "the rota of the team " + team + " was ended",
                        JsonNodeFactory.instance.objectNode(),
                        by));
    }

    private AuditRecord event(
            String kind, String of, String what, ObjectNode said, Notifications.By by) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("of", of).put("by", by.name());
        body.set("says", said);
        return AuditRecord.change(
                kind, clock.instant(), by.email(), null, what + " by " + by.name(), body);
    }

    /**
     * Records what the settings file says of channels, teams, people and rotas, where that is
     * something else than it was.
     */
    void recordFile(List<Channel> channels) throws NotRecorded {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        for (Channel each : channels) {
            ObjectNode one = body.withObject("/channels").putObject(each.name());
            one.put("kind", each.settings().kind().wire());
            each.recorded().forEach(one::put);
        }
        new TreeMap<>(named(ofFile))
                .forEach((name, how) -> body.withObject("/told").set(name, json(how)));
        onCall.rotas()
                .forEach((team, rota) -> {
                    if (onCall.ofFile(team)) {
                        body.withObject("/on_call").set(team, json(rota));
                    }
                });
        List<String> said = body.isEmpty() ? List.of() : List.of(body.toString());
        wishes.ofFile(
                said,
                AuditRecord.change(
                        "channel",
                        clock.instant(),
                        null,
                        null,
                        "the settings file says otherwise how people are told",
                        body));
    }

    private static Map<String, ToldHow> named(Map<Whose, ToldHow> all) {
        Map<String, ToldHow> named = new TreeMap<>();
        all.forEach((whose, how) -> named.put(whose.toString(), how));
        return named;
    }

    /** As it is kept and shown. */
    public static ObjectNode json(ToldHow how) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("told", how.told());
        ArrayNode channels = json.putArray("channels");
        how.channels().forEach(channels::add);
        return json.put("risk", how.risk().wire())
                .put("hours", how.hours())
                .put("digest", how.digest());
    }

    /** What {@link #json(ToldHow)} wrote. */
    public static ToldHow read(JsonNode json) {
        return new ToldHow(
                json.path("told").asBoolean(true),
                json.path("channels").valueStream().map(each -> each.asText()).toList(),
                RiskTier.of(json.path("risk").asText()).orElse(RiskTier.NONE),
                json.path("hours").asText(),
                json.path("digest").asText());
    }

    /** As it is kept and shown. */
    public static ObjectNode json(Rota rota) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode people = json.putArray("people");
        rota.people().forEach(people::add);
        return json.put("every", rota.every())
                .put("at", rota.at() + " " + rota.zone())
                .put("from", rota.from().toString());
    }

    /** What {@link #json(Rota)} wrote. */
    public static Rota readRota(JsonNode json) {
        return Rota.of(
                String.join(
                        ",", json.path("people").valueStream().map(each -> each.asText()).toList()),
                json.path("every").asText(),
                json.path("at").asText(),
                json.path("from").asText());
    }
}
