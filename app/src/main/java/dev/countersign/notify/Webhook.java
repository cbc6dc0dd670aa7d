package dev.countersign.notify;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.decision.ApprovalJson;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells programs by signed requests. A body says which question it is and how it stands, not what
 * the agent wanted: whoever may know that asks for it.
 */
final class Webhook implements Carrier {
    private final URI url;
    private final String secret;
    private final Posting posting;
    private final Clock clock;

    Webhook(Channel channel, Posting posting, Clock clock) {
        this.url = URI.create(channel.settings().value("url", ""));
        this.secret = channel.secret("secret");
        this.posting = posting;
        this.clock = clock;
    }

    @Override
    public void send(Message message) throws Undelivered {
        Notice notice = message.delivery().notice();
        ObjectNode event = JsonNodeFactory.instance.objectNode();
        event.put("type", type(notice));
        event.put("timestamp", notice.at().toString());
        ObjectNode data = event.putObject("data");
        data.put("approval", notice.approval());
        data.put("version", notice.version());
        data.put("status", notice.state().wire());
        data.put("risk", message.risk());
        data.put("agent", message.agent());
        data.put("project", message.project());
        data.put("decision", message.request().decision());
        data.put("digest", message.request().digest());
        message.vote()
                .ifPresent(vote ->
                        data.putObject("vote")
                                .put("person", vote.person())
                                .put("answer", vote.approve() ? "approve" : "deny"));
        // As of now: receivers compare versions.
        ObjectNode now =
                ApprovalJson.brief(message.request(), message.standing(), message.url().toString());
        now.remove("edited_input");
        data.set("now", now);
        post(message.delivery().id(), event);
    }

    @Override
    public void send(List<Message> messages, URI inbox) throws Undelivered {
        for (Message each : messages) {
            send(each);
        }
    }

    private static String type(Notice notice) {
        return switch (notice.kind()) {
            case OPENED -> "approval.requested";
            case VOTED -> notice.over() ? "approval.decided" : "approval.voted";
            case ESCALATED -> notice.over() ? "approval.decided" : "approval.escalated";
            case PASSED -> "approval.passed";
            case ENDED ->
                    switch (notice.state()) {
                        case APPROVED, DENIED, USED -> "approval.decided";
                        case PENDING, EXPIRED, WITHDRAWN, SUPERSEDED -> "approval.ended";
                    };
        };
    }

    @Override
    public void test() throws Undelivered {
        ObjectNode event = JsonNodeFactory.instance.objectNode();
        event.put("type", "test").put("timestamp", clock.instant().toString());
        event.putObject("data").put("text", "a test message of Countersign");
        post("msg_test" + clock.instant().toEpochMilli(), event);
    }

    private void post(String id, ObjectNode event) throws Undelivered {
        byte[] body = event.toString().getBytes(StandardCharsets.UTF_8);
        long seconds = clock.instant().getEpochSecond();
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "application/json");
        headers.put("webhook-id", id);
        headers.put("webhook-timestamp", Long.toString(seconds));
        headers.put("webhook-signature", WebhookSignature.of(secret, id, seconds, body));
        Posting.require(posting.post(url, headers, body));
    }
}
