package dev.countersign.notify;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Tells a Microsoft Teams channel by an adaptive card that opens the page. */
final class Teams implements Carrier {
    private static final int MOST_LINES = 30;

    private final URI url;
    private final Posting posting;

    Teams(Channel channel, Posting posting) {
        this.url = URI.create(channel.secret("url"));
        this.posting = posting;
    }

    /** A card cannot be changed any more, so each vote would be one more. */
    @Override
    public boolean tells(Notice notice) {
        return notice.kind() != Notice.Kind.VOTED || notice.over();
    }

    @Override
    public void send(Message message) throws Undelivered {
        ObjectNode card = card();
        ArrayNode body = card.putArray("body");
        text(body, Plain.title(message)).put("weight", "bolder").put("size", "medium");
        if (message.open()) {
            String command = message.command();
            text(body, Plain.lines(command, Message.LONGEST)).put("fontType", "monospace");
            String where = message.tool() + " in " + message.place();
            text(body, Plain.line(where, 2 * Message.LONGEST_NAME));
            text(body, Plain.words(message.reason(), 500)).put("isSubtle", true);
        } else {
            text(body, Plain.words(message.outcome(), 500));
        }
        card.putArray("actions")
                .addObject()
                .put("type", "Action.OpenUrl")
                .put("title", "Open " + message.request().id())
                .put("url", message.url().toString());
        post(card);
    }

    @Override
    public void send(List<Message> messages, URI inbox) throws Undelivered {
        ObjectNode card = card();
        ArrayNode body = card.putArray("body");
        text(body, Message.summary(messages)).put("weight", "bolder").put("size", "medium");
        messages.stream()
                .limit(MOST_LINES)
                .forEach(each -> text(body, each.request().id() + " " + each.brief()));
        card.putArray("actions")
                .addObject()
                .put("type", "Action.OpenUrl")
                .put("title", "Open the inbox")
                .put("url", inbox.toString());
        post(card);
    }

    @Override
    public void test() throws Undelivered {
        ObjectNode card = card();
        text(card.putArray("body"), "a test message of Countersign");
        post(card);
    }

    private static ObjectNode card() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("$schema", "http://adaptivecards.io/schemas/adaptive-card.json")
                .put("type", "AdaptiveCard")
                .put("version", "1.4");
    }

    /** A block in which nothing is read as formatting. */
    private static ObjectNode text(ArrayNode body, String text) {
        return body.addObject()
                .put("type", "TextBlock")
                .put("text", text.replaceAll("([\\\\`*_{}\\[\\]()#+!~<>|-])", "\\\\$1"))
                .put("wrap", true);
    }

    private void post(ObjectNode card) throws Undelivered {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("type", "message");
        ObjectNode attachment = body.putArray("attachments").addObject();
        attachment.put("contentType", "application/vnd.microsoft.card.adaptive");
        attachment.set("content", card);
        Posting.require(
                posting.post(
                        url,
                        Map.of("Content-Type", "application/json"),
                        body.toString().getBytes(StandardCharsets.UTF_8)));
    }
}
