package dev.countersign.notify.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.notify.Addresses;
import dev.countersign.notify.Carrier;
import dev.countersign.notify.Channel;
import dev.countersign.notify.Message;
import dev.countersign.notify.Notice;
import dev.countersign.notify.Outbox;
import dev.countersign.notify.Undelivered;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells a Slack channel: one message for each question, rewritten whenever something happens to it,
 * with a reply below for each answer.
 */
public final class Slack implements Carrier {
    private static final String USUAL = "https://slack.com/api/";

    private final String name;
    private final String channel;
    private final SlackApi api;
    private final SlackSignature signature;
    private final String signingSecret;
    private final String appToken;
    private final String seal;
    private final SlackApi appApi;
    private @Nullable SlackSocket socket;
    private final Outbox outbox;
    private final Clock clock;

    public Slack(Channel channel, Addresses addresses, Outbox outbox, Clock clock) {
        this.name = channel.name();
        this.channel = channel.settings().value("channel", "");
        String base = channel.settings().value("api", USUAL);
        this.api =
                new SlackApi(
                        URI.create(base.endsWith("/") ? base : base + "/"),
                        channel.secret("token"),
                        addresses);
        this.signingSecret = channel.secret("signing_secret");
        this.appToken = channel.secret("app_token");
        this.appApi =
                new SlackApi(
                        URI.create(base.endsWith("/") ? base : base + "/"), appToken, addresses);
        this.signature =
                new SlackSignature(signingSecret.isEmpty() ? appToken : signingSecret, clock);
        // By a connection answers are Slack's because of where it leads and what opened it.
        this.seal =
                appToken.isEmpty()
                        ? signature.seal()
                        : new SlackSignature(String.join(" ", signingSecret, appToken, base), clock)
                                .seal();
        this.outbox = outbox;
        this.clock = clock;
    }

    /** Judges what is posted here from there; empty where nothing is: it comes by a connection. */
    public Optional<SlackSignature> signature() {
        return signingSecret.isEmpty() ? Optional.empty() : Optional.of(signature);
    }

    /** Stands for what makes answers by this channel Slack's, without telling it. */
    public String seal() {
        return seal;
    }

    @Override
    public synchronized void listen(Consumer<JsonNode> taken) {
        if (!appToken.isEmpty() && socket == null) {
            socket = new SlackSocket(name, appApi, taken);
        }
    }

    @Override
    public synchronized Optional<String> trouble() {
        return socket == null ? Optional.empty() : socket.trouble();
    }

    @Override
    public void send(Message message) throws Undelivered, InterruptedException {
        String approval = message.request().id();
        Optional<String> place = outbox.place(name, "", approval);
        try {
            if (place.isEmpty() || !rewritten(place.get(), message)) {
                post(message);
                return;
            }
            String reply = SlackBlocks.reply(message);
            if (message.delivery().notice().kind() != Notice.Kind.OPENED && !reply.isEmpty()) {
                ObjectNode body = to().put("thread_ts", place.get()).put("text", reply);
                JsonNode _ =
                        api.call(
                                "chat.postMessage",
                                body.put("unfurl_links", false).put("unfurl_media", false));
            }
        } catch (SlackApi.Refused e) {
            throw Undelivered.thisOne("Slack says `" + e.error() + "`");
        } catch (NotRecorded e) {
            throw Undelivered.thisOne("the place of the message was not noted");
        }
    }

    @Override
    public void send(List<Message> messages, URI inbox) throws Undelivered, InterruptedException {
        ObjectNode body = to();
        body.setAll(SlackBlocks.digest(messages, inbox));
        try {
            JsonNode _ = api.call("chat.postMessage", body);
        } catch (SlackApi.Refused e) {
            throw Undelivered.thisOne("Slack says `" + e.error() + "`");
        }
    }

    private ObjectNode to() {
        return JsonNodeFactory.instance.objectNode().put("channel", channel);
    }

    private void post(Message message)
            throws Undelivered, SlackApi.Refused, InterruptedException, NotRecorded {
        ObjectNode body = to();
        body.setAll(SlackBlocks.message(message));
        JsonNode posted = api.call("chat.postMessage", body);
        outbox.put(name, "", message.request().id(), posted.path("ts").asText(), clock.instant());
    }

    /** Rewrites a message; false where it is not there any more. */
    private boolean rewritten(String ts, Message message)
            throws Undelivered, SlackApi.Refused, InterruptedException {
        ObjectNode body = to().put("ts", ts);
        body.setAll(SlackBlocks.message(message));
        try {
            JsonNode _ = api.call("chat.update", body);
            return true;
        } catch (SlackApi.Refused e) {
            if (e.error().equals("message_not_found") || e.error().equals("cant_update_message")) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public void test() throws Undelivered, InterruptedException {
        try {
            JsonNode _ =
                    api.call("chat.postMessage", to().put("text", "A test message of Countersign"));
        } catch (SlackApi.Refused e) {
            throw Undelivered.thisOne("Slack says `" + e.error() + "`");
        }
    }

    /** Says something to one person alone. */
    public void whisper(String user, String text) throws Undelivered, InterruptedException {
        try {
            JsonNode _ =
                    api.call(
                            "chat.postEphemeral",
                            to().put("user", user).put("text", text).put("unfurl_links", false));
        } catch (SlackApi.Refused e) {
            throw Undelivered.thisOne("Slack says `" + e.error() + "`");
        }
    }

    /** Asks a person why not. */
    public void askReason(String trigger, String value) throws Undelivered, InterruptedException {
        try {
            JsonNode _ = api.call("views.open", SlackBlocks.reason(trigger, value));
        } catch (SlackApi.Refused e) {
            throw Undelivered.thisOne("Slack says `" + e.error() + "`");
        }
    }

    /** Whether something comes from the channel that was told. */
    public boolean isHere(String from) {
        return from.isEmpty() || from.equals(channel);
    }

    /** As Slack wants text in which nothing means anything. */
    public static String escaped(String text) {
        return SlackBlocks.escaped(text);
    }

    @Override
    public synchronized void close() {
        if (socket != null) {
            socket.close();
        }
        appApi.close();
        api.close();
    }
}
