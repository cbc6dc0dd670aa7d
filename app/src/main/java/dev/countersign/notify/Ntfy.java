package dev.countersign.notify;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Tells phones through an ntfy topic. A touch opens the page; nothing is answered there. */
final class Ntfy implements Carrier {
    private static final int MOST_LINES = 8;

    private final URI server;
    private final String topic;
    private final String token;
    private final Posting posting;

    Ntfy(Channel channel, Posting posting) {
        URI url = URI.create(channel.secret("url"));
        String path = url.getRawPath().replaceAll("/+$", "");
        this.topic = path.substring(path.lastIndexOf('/') + 1);
        this.server = url.resolve(path.substring(0, path.lastIndexOf('/') + 1) + "");
        this.token = channel.secret("token");
        this.posting = posting;
    }

    /** A phone that rings for each vote is soon put away. */
    @Override
    public boolean tells(Notice notice) {
        return notice.kind() != Notice.Kind.VOTED || notice.over();
    }

    @Override
    public void send(Message message) throws Undelivered {
        String what = Plain.line(message.headline(), 300);
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("topic", topic);
        body.put("title", Plain.title(message));
        body.put(
                "message",
                message.open()
                        ? what + "\n" + Plain.words(message.reason(), 300)
                        : message.request().id() + " " + Plain.words(message.outcome(), 300));
        body.put("priority", message.open() ? priority(message.risk()) : 2);
        body.put("click", message.url().toString());
        post(body);
    }

    @Override
    public void send(List<Message> messages, URI inbox) throws Undelivered {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("topic", topic);
        body.put("title", Message.summary(messages));
        body.put(
                "message",
                messages.stream()
                        .limit(MOST_LINES)
                        .map(each -> each.request().id() + " " + each.brief())
                        .collect(Collectors.joining("\n")));
        body.put("priority", 2);
        body.put("click", inbox.toString());
        post(body);
    }

    private static int priority(String risk) {
        return switch (risk) {
            case "none", "low" -> 3;
            case "medium", "high" -> 4;
            default -> 5;
        };
    }

    @Override
    public void test() throws Undelivered {
        post(
                JsonNodeFactory.instance
                        .objectNode()
                        .put("topic", topic)
                        .put("message", "a test message of Countersign"));
    }

    private void post(ObjectNode body) throws Undelivered {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "application/json");
        if (!token.isEmpty()) {
            headers.put("Authorization", "Bearer " + token);
        }
        Posting.require(
                posting.post(server, headers, body.toString().getBytes(StandardCharsets.UTF_8)));
    }
}
