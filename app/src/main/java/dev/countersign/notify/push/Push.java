package dev.countersign.notify.push;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.notify.Carrier;
import dev.countersign.notify.Channel;
import dev.countersign.notify.Message;
import dev.countersign.notify.Notice;
import dev.countersign.notify.Plain;
import dev.countersign.notify.Posting;
import dev.countersign.notify.Undelivered;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Tells people in their browsers, also while no page of ours is open. A message says who asks, of
 * what risk and for what kind of thing, and never the command: it is shown on locked screens.
 */
public final class Push implements Carrier {
    private static final Duration LONGEST = Duration.ofDays(1);
    private static final Duration TEST = Duration.ofMinutes(5);

    private final Vapid vapid;
    private final String contact;
    private final Posting posting;
    private final Subscriptions subscriptions;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    /**
     * For a channel.
     *
     * @param address how people reach this server
     */
    public Push(
            Channel channel,
            Posting posting,
            Subscriptions subscriptions,
            URI address,
            Clock clock) {
        this.vapid = new Vapid(channel.secret("key"));
        String mail = channel.settings().value("contact", "");
        this.contact = mail.isEmpty() ? address.toString() : "mailto:" + mail;
        this.posting = posting;
        this.subscriptions = subscriptions;
        this.clock = clock;
    }

    /** What browsers subscribe with. */
    public String publicKey() {
        return vapid.publicKey();
    }

    @Override
    public boolean personal() {
        return true;
    }

    /** Each browser of theirs. */
    @Override
    public List<String> recipients(String email) {
        return subscriptions.of(email).stream().map(Subscription::id).toList();
    }

    /** A screen that lights up for each vote is soon silenced. */
    @Override
    public boolean tells(Notice notice) {
        return notice.kind() != Notice.Kind.VOTED || notice.over();
    }

    @Override
    public void send(Message message) throws Undelivered {
        String id = message.request().id();
        String what = message.open() ? what(message) : Plain.words(message.outcome(), 200);
        Duration left = Duration.between(clock.instant(), message.request().expires());
        Duration kept = left.compareTo(LONGEST) > 0 || left.isNegative() ? LONGEST : left;
        boolean urgent = message.open() && List.of("high", "critical").contains(message.risk());
        post(
                message.delivery().recipient(),
                said(Plain.title(message), what, message.url(), id),
                new Kept(id, kept, urgent));
    }

    /** What kinds of things the agent wants to do. */
    private static String what(Message message) {
        String kinds =
                message.request()
                        .explanation()
                        .path("operations")
                        .valueStream()
                        .map(each -> each.path("action").asText())
                        .filter(each -> !each.isEmpty())
                        .distinct()
                        .limit(6)
                        .collect(Collectors.joining(", "));
        return Plain.line(message.tool(), 60) + (kinds.isEmpty() ? "" : ": " + kinds);
    }

    @Override
    public void send(List<Message> messages, URI inbox) throws Undelivered {
        String worst =
                messages.stream()
                        .map(message -> message.request().id() + " " + message.risk())
                        .limit(6)
                        .collect(Collectors.joining(", "));
        post(
                messages.getFirst().delivery().recipient(),
                said(Message.summary(messages), worst, inbox, "together"),
                new Kept("together", LONGEST, false));
    }

    /** Tells the browser that subscribed last. */
    @Override
    public void test() throws Undelivered {
        Subscription newest =
                subscriptions
                        .newest()
                        .orElseThrow(() ->
                                Undelivered.thisOne(
                                        "nobody has said yet to be told in a browser, under `How I"
                                                + " am told`"));
        post(
                newest.id(),
                said("A test message of Countersign", "It works.", URI.create("/"), "test"),
                new Kept("test", TEST, false));
    }

    private static ObjectNode said(String title, String body, URI url, String tag) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("title", title)
                .put("body", body)
                .put("url", url.toString())
                .put("tag", tag);
    }

    /**
     * How a push service keeps a message for a browser that is away.
     *
     * @param topic a later one takes the place of an earlier
     */
    private record Kept(String topic, Duration longest, boolean urgent) {}

    private void post(String recipient, JsonNode said, Kept kept) throws Undelivered {
        Subscription to =
                subscriptions
                        .find(recipient)
                        .orElseThrow(() -> Undelivered.never("the browser is not told any more"));
        URI endpoint = URI.create(to.endpoint());
        byte[] body =
                Sealed.of(
                        said.toString().getBytes(StandardCharsets.UTF_8),
                        Curve.open(Curve.bytes(to.key())),
                        Curve.bytes(to.auth()),
                        random);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "application/octet-stream");
        headers.put("Content-Encoding", "aes128gcm");
        headers.put("TTL", Long.toString(Math.max(0, kept.longest().toSeconds())));
        headers.put("Topic", kept.topic());
        headers.put("Urgency", kept.urgent() ? "high" : "normal");
        headers.put("Authorization", vapid.authorization(endpoint, contact, clock.instant()));
        try {
            int status = posting.post(endpoint, headers, body).status();
            if (status == 404 || status == 410) {
                end(to, status);
            } else if (status == 413 || status == 400) {
                throw Undelivered.never("status " + status);
            } else if (status / 100 != 2) {
                throw Undelivered.thisOne("status " + status);
            }
        } catch (Undelivered e) {
            // Each browser has a push service of its own: one that is away says nothing of others.
            throw e.ofOne();
        }
    }

    /** The browser does not want it any more, or is no more. */
    private void end(Subscription gone, int status) throws Undelivered {
        try {
            subscriptions.remove(
                    gone.id(),
                    event(
                            gone,
                            "is not told any more: its push service says status " + status,
                            clock));
        } catch (NotRecorded e) {
            throw Undelivered.thisOne("the browser is gone, which could not be noted");
        }
    }

    /** That something became of a browser of a person. */
    public static AuditRecord event(Subscription of, String what, Clock clock) {
        return AuditRecord.change(
                "sign-in",
                clock.instant(),
                of.email(),
                null,
                "the browser " + of.label() + " of " + of.email() + " " + what,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("browser", of.id())
                        .put("label", of.label())
                        .put("service", of.service())
                        .put("email", of.email()));
    }
}
