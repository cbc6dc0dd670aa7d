package dev.countersign.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.config.ChannelField.Sort;
import dev.countersign.config.ChannelKind;
import dev.countersign.config.ChannelSettings;
import dev.countersign.config.SettingsProblem;
import dev.countersign.notify.Channel;
import dev.countersign.notify.Delivery;
import dev.countersign.notify.Notifications;
import dev.countersign.notify.WebhookSignature;
import dev.countersign.notify.mail.Bounce;
import dev.countersign.notify.push.Vapid;
import dev.countersign.people.Permission;
import dev.countersign.people.Principal;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * {@code /v1/channels} and {@code /v1/notifications}: by what ways people are told of questions,
 * and what became of it. No secret is ever shown again.
 */
public final class ChannelRoutes {
    private static final int LONGEST = 2_000;
    private static final int MOST = 200;

    /** Where a channel leads. Its secrets go nowhere else than where they were given for. */
    private static final Set<Sort> PLACES = Set.of(Sort.URL, Sort.HOST, Sort.PORT, Sort.SECURITY);

    private final Notifications notifications;
    private final SecureRandom random = new SecureRandom();

    ChannelRoutes(Notifications notifications) {
        this.notifications = notifications;
    }

    /** All of them; what is said of one is for those who may change it. */
    public ObjectNode list(Principal by) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("channels");
        notifications.channels().forEach(seen -> list.add(shown(seen, by)));
        return json;
    }

    private static ObjectNode shown(Notifications.Seen seen, Principal by) {
        Channel channel = seen.channel();
        boolean all = !(by instanceof Principal.Person person) || person.may(Permission.CHANNELS);
        ObjectNode one = JsonNodeFactory.instance.objectNode();
        one.put("name", channel.name());
        one.put("kind", channel.settings().kind().wire());
        one.put("from", channel.ofFile() ? "file" : "page");
        boolean works = seen.rests().isEmpty() && seen.trouble().isEmpty();
        String error =
                seen.ended()
                        .map(end -> "its receiver wants no more messages: " + end.why())
                        .or(seen::trouble)
                        .orElse(seen.counts().error());
        one.put("state", seen.ended().isPresent() ? "ended" : works ? "working" : "failing");
        one.put("ended_at", seen.ended().map(end -> end.at().toString()).orElse(null));
        one.put("waiting", seen.counts().waiting());
        one.put("failed", seen.counts().failed());
        one.put("sent_at", seen.counts().sent().map(Object::toString).orElse(null));
        one.put("error", error.isEmpty() ? null : error);
        one.put("rests_until", seen.rests().map(Object::toString).orElse(null));
        if (all) {
            ObjectNode settings = one.putObject("settings");
            channel.settings().values().forEach(settings::put);
        }
        return one;
    }

    private Channel known(String name) {
        return notifications
                .channel(name)
                .orElseThrow(
                        () -> Problem.notFound("there is no channel `" + Fields.shown(name) + "`"));
    }

    private Channel changeable(String name) {
        Channel channel = known(name);
        if (channel.ofFile()) {
            throw Problem.conflict(
                    "the channel `" + channel.name() + "` is the settings file's; change it there");
        }
        return channel;
    }

    /** Adds one or changes it. A secret that is made here is in the answer, this once. */
    public ObjectNode put(String name, ObjectNode body, Principal by) throws NotRecorded {
        Fields fields = new Fields(body, "kind", "settings", "secrets");
        Optional<Channel> before = notifications.channel(name);
        if (before.isPresent()) {
            Channel _ = changeable(name);
        }
        ChannelKind kind = kind(fields, before);
        Map<String, String> values = texts(body, "settings");
        // Else whoever adds a channel for mail could read everybody's links, and answer for them.
        if (kind.fields().stream()
                .anyMatch(field -> field.ofFile() && values.containsKey(field.name()))) {
            throw Problem.forbidden(
                    "`link_answers` lets links answer, which only the settings file says");
        }
        Map<String, String> secrets = new LinkedHashMap<>();
        Map<String, String> given = texts(body, "secrets");
        Optional<Channel> same =
                before.filter(
                        old -> old.settings().kind() == kind && leadsTo(old, values, given, kind));
        same.ifPresent(old -> secrets.putAll(old.secrets()));
        secrets.putAll(given);
        String made = "";
        if (kind == ChannelKind.WEBHOOK && !secrets.containsKey("secret")) {
            made = WebhookSignature.secret(random);
            secrets.put("secret", made);
        }
        // Browsers subscribe with it: it stays as long as the channel does.
        if (kind == ChannelKind.PUSH && !secrets.containsKey("key")) {
            secrets.put("key", Vapid.make(random));
        }
        ChannelSettings settings;
        try {
            settings = new ChannelSettings(name, kind, values);
            settings.checkSecrets(secrets);
        } catch (SettingsProblem e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        }
        if (!notifications.put(settings, secrets, before, by(by))) {
            throw Problem.conflict(
                    "the channel `" + name + "` was changed in the same moment; look again");
        }
        ObjectNode answer = one(name, by);
        if (!made.isEmpty()) {
            answer.put("secret", made);
        }
        return answer;
    }

    private ObjectNode one(String name, Principal by) {
        return notifications.channels().stream()
                .filter(seen -> seen.channel().name().equals(name))
                .findFirst()
                .map(seen -> shown(seen, by))
                .orElseGet(JsonNodeFactory.instance::objectNode);
    }

    private static ChannelKind kind(Fields fields, Optional<Channel> before) {
        Optional<String> named = fields.text("kind", 40);
        if (named.isEmpty() && before.isPresent()) {
            return before.get().settings().kind();
        }
        String kinds =
                Arrays.stream(ChannelKind.values())
                        .map(ChannelKind::wire)
                        .collect(Collectors.joining(", "));
        return named.flatMap(ChannelKind::of)
                .orElseThrow(() -> Problem.badRequest("`kind` must be one of " + kinds));
    }

    private static boolean leadsTo(
            Channel old, Map<String, String> values, Map<String, String> given, ChannelKind kind) {
        return kind.fields().stream()
                .filter(field -> PLACES.contains(field.sort()))
                .allMatch(field -> {
                    String name = field.name();
                    return field.secret()
                            ? given.getOrDefault(name, old.secret(name)).equals(old.secret(name))
                            : values.getOrDefault(name, "").equals(old.settings().value(name, ""));
                });
    }

    private static Map<String, String> texts(ObjectNode body, String name) {
        Map<String, String> texts = new LinkedHashMap<>();
        if (body.path(name).isMissingNode() || body.path(name).isNull()) {
            return texts;
        }
        ObjectNode object = new Fields(body, "kind", "settings", "secrets").object(name);
        for (Map.Entry<String, JsonNode> each : object.properties()) {
            if (!each.getValue().isTextual() || each.getValue().textValue().length() > LONGEST) {
                throw Problem.badRequest(
                        "`" + Fields.shown(each.getKey()) + "` must be a text of a line");
            }
            if (!each.getValue().textValue().isBlank()) {
                texts.put(each.getKey(), each.getValue().textValue().strip());
            }
        }
        return texts;
    }

    private static Notifications.By by(Principal by) {
        return new Notifications.By(by.name(), by.email());
    }

    /** Ends one, and drops what it was to send. */
    public ObjectNode remove(String name, Principal by) throws NotRecorded {
        Channel channel = changeable(name);
        ObjectNode gone = one(name, by);
        notifications.remove(channel, by(by));
        return gone;
    }

    /** Sends a test message and says what came of it. */
    public ObjectNode test(String name, Principal by) throws NotRecorded {
        Channel channel = known(name);
        try {
            Optional<String> wrong = notifications.test(channel, by(by));
            return JsonNodeFactory.instance
                    .objectNode()
                    .put("name", channel.name())
                    .put("arrived", wrong.isEmpty())
                    .put("error", wrong.orElse(null));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Problem(Problem.Kind.UNSERVED, "the server is being stopped");
        }
    }

    /** The newest messages that stand so: {@code waiting}, {@code failed} or {@code sent}. */
    public ObjectNode messages(Optional<String> status, Optional<String> channel) {
        String wanted = status.orElse(Delivery.Status.FAILED.wire());
        if (!Set.of("waiting", "failed", "sent").contains(wanted)) {
            throw Problem.badRequest("`status` must be waiting, failed or sent");
        }
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("notifications");
        notifications
                .list(Delivery.Status.of(wanted), channel, MOST)
                .forEach(each -> list.add(shown(each)));
        return json;
    }

    private static ObjectNode shown(Delivery each) {
        ObjectNode one = JsonNodeFactory.instance.objectNode();
        one.put("id", each.id());
        one.put("channel", each.channel());
        one.put("to", each.recipient().isEmpty() ? null : each.recipient());
        one.put("approval", each.notice().approval());
        one.put("version", each.notice().version());
        one.put("of", each.notice().kind().wire());
        one.put("at", each.notice().at().toString());
        one.put("status", each.status().wire());
        one.put("attempts", each.attempts());
        one.put("due_at", each.status() == Delivery.Status.WAITING ? each.due().toString() : null);
        one.put("ended_at", each.ended().map(Object::toString).orElse(null));
        one.put("error", each.error().isEmpty() ? null : each.error());
        return one;
    }

    /** Takes mail that came back: {@code {"mail": …}}, as the mail server wrote it. */
    public ObjectNode bounced(ObjectNode body) throws NotRecorded {
        String mail = new Fields(body, "mail").required("mail", Bodies.MOST_BYTES);
        try {
            Bounce bounce = Bounce.read(mail);
            return notifications
                    .bounced(bounce.delivery(), bounce.why())
                    .map(ChannelRoutes::shown)
                    .orElseThrow(() ->
                            Problem.notFound(
                                    "no message `"
                                            + bounce.delivery()
                                            + "` was sent, or it was"
                                            + " given up already"));
        } catch (Bounce.NoBounce e) {
            throw Problem.badRequest("`mail`: " + e.getMessage());
        }
    }

    /** Tries again what was given up: {@code {"channel": …}} or {@code {"id": …}}. */
    public ObjectNode replay(ObjectNode body, Principal by) throws NotRecorded {
        Fields fields = new Fields(body, "channel", "id");
        Optional<String> id = fields.text("id", 64);
        Optional<String> channel = fields.text("channel", 64);
        if (id.isPresent() == channel.isPresent()) {
            throw Problem.badRequest("say one of `channel` and `id`");
        }
        String of =
                channel.orElseGet(() ->
                        notifications
                                .find(id.orElseThrow())
                                .map(Delivery::channel)
                                .orElseThrow(() ->
                                        Problem.notFound(
                                                "there is no message `"
                                                        + Fields.shown(id.orElseThrow())
                                                        + "`")));
        return JsonNodeFactory.instance
                .objectNode()
                .put("again", notifications.replay(known(of), id, by(by)));
    }
}
