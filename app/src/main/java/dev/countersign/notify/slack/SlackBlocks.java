package dev.countersign.notify.slack;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.Escalated;
import dev.countersign.approval.Vote;
import dev.countersign.notify.Message;
import dev.countersign.notify.Plain;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A question as Slack's blocks. What an agent wrote is literal text of a preformatted element, or
 * escaped: it mentions nobody, links nowhere and breaks out of nothing.
 */
final class SlackBlocks {
    static final String APPROVE = "approve_once";
    static final String DENY = "deny";
    static final String REASON = "deny_reason";
    static final String OPEN = "open";

    private static final int MOST_LINES = 30;
    private static final int HEADER = 150;
    private static final int FIELD = 1_900;

    private SlackBlocks() {}

    /** The whole message, as {@code chat.postMessage} and {@code chat.update} take it. */
    static ObjectNode message(Message message) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("text", escaped(Plain.title(message)));
        json.put("unfurl_links", false).put("unfurl_media", false);
        ArrayNode blocks = json.putArray("blocks");
        String title = Plain.title(message);
        String first = title.substring(0, 1).toUpperCase(Locale.ROOT) + title.substring(1);
        text(
                blocks.addObject().put("type", "header").putObject("text"),
                "plain_text",
                Plain.line(first, HEADER - 1));
        command(blocks, message);
        facts(blocks, message);
        if (message.open()) {
            context(blocks, deadlines(message));
            actions(blocks, message);
        } else {
            section(blocks, "*" + escaped(Plain.words(message.outcome(), 1_000)) + "*");
            ArrayNode elements = row(blocks, message);
            open(elements, message);
        }
        return json;
    }

    /** Several questions in one message, each with a link to where it is answered. */
    static ObjectNode digest(List<Message> messages, URI inbox) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("text", Message.summary(messages));
        json.put("unfurl_links", false).put("unfurl_media", false);
        ArrayNode blocks = json.putArray("blocks");
        text(
                blocks.addObject().put("type", "header").putObject("text"),
                "plain_text",
                Message.summary(messages));
        ObjectNode list =
                blocks.addObject()
                        .put("type", "rich_text")
                        .putArray("elements")
                        .addObject()
                        .put("type", "rich_text_list")
                        .put("style", "bullet");
        ArrayNode items = list.putArray("elements");
        messages.stream().limit(MOST_LINES).forEach(each -> line(items, each));
        if (messages.size() > MOST_LINES) {
            context(blocks, "and " + (messages.size() - MOST_LINES) + " more");
        }
        ObjectNode open =
                button(
                        blocks.addObject().put("type", "actions").putArray("elements"),
                        OPEN,
                        "Open the inbox",
                        "inbox");
        open.put("url", inbox.toString());
        return json;
    }

    private static void line(ArrayNode items, Message message) {
        ArrayNode parts = items.addObject().put("type", "rich_text_section").putArray("elements");
        parts.addObject()
                .put("type", "link")
                .put("url", message.url().toString())
                .put("text", message.request().id());
        parts.addObject().put("type", "text").put("text", "  " + message.brief());
    }

    private static void command(ArrayNode blocks, Message message) {
        blocks.addObject()
                .put("type", "rich_text")
                .putArray("elements")
                .addObject()
                .put("type", "rich_text_preformatted")
                .putArray("elements")
                .addObject()
                .put("type", "text")
                .put("text", Plain.lines(message.command(), Message.LONGEST));
    }

    private static void facts(ArrayNode blocks, Message message) {
        ObjectNode section = blocks.addObject().put("type", "section");
        ArrayNode fields = section.putArray("fields");
        field(fields, "Agent", message.agent());
        field(fields, "For", message.driver().isEmpty() ? "nobody named" : message.driver());
        field(fields, "Tool", message.tool());
        field(fields, "In", message.place());
        field(fields, "Project", message.project().isEmpty() ? "none" : message.project());
        field(fields, "Risk", message.risk());
        field(fields, "Agreed", message.count() + votes(message));
        field(fields, "Who can answer", String.join(", ", message.approvers()));
        if (!message.reason().isBlank()) {
            section(blocks, "*Why*  " + escaped(Plain.words(message.reason(), 800)));
        }
        if (!message.changedBy().isEmpty()) {
            section(blocks, "*Changed by*  " + escaped(Plain.line(message.changedBy(), 320)));
        }
    }

    private static String votes(Message message) {
        List<String> said = new ArrayList<>();
        for (Vote vote : message.request().votes()) {
            said.add((vote.approve() ? "yes: " : "no: ") + vote.person());
        }
        return said.isEmpty() ? "" : " (" + String.join(", ", said) + ")";
    }

    private static String deadlines(Message message) {
        StringBuilder text = new StringBuilder();
        Escalated.of(message.request()).stream()
                .filter(step -> !step.reached())
                .findFirst()
                .ifPresent(step ->
                        text.append("others are asked at ")
                                .append(time(step.at()))
                                .append("  ·  "));
        return text.append("nobody's answer is a no at ")
                .append(time(message.request().expires()))
                .append("  ·  a yes is for this one call  ·  digest `")
                .append(message.digest())
                .append("`")
                .toString();
    }

    private static String time(Instant at) {
        return "<!date^" + at.getEpochSecond() + "^{time}|" + at + ">";
    }

    private static ArrayNode row(ArrayNode blocks, Message message) {
        return blocks.addObject()
                .put("type", "actions")
                .put("block_id", "req_" + message.request().id())
                .putArray("elements");
    }

    /** What is critical or not shown in full is approved where all of it is read. */
    private static void actions(ArrayNode blocks, Message message) {
        ArrayNode elements = row(blocks, message);
        String value = Asked.of(message.request()).toString();
        if (!message.critical()) {
            if (message.whole()) {
                ObjectNode approve = button(elements, APPROVE, "Approve once", value);
                approve.put("style", "primary");
            }
            ObjectNode deny = button(elements, DENY, "Deny", value);
            deny.put("style", "danger");
            button(elements, REASON, "Deny with a reason…", value);
        }
        open(elements, message);
        if (message.critical()) {
            context(blocks, "What is critical is approved on its page, after a fresh sign-in.");
        } else if (!message.whole()) {
            context(
                    blocks,
                    "A message cannot show all of it as it is: read it on its page to approve.");
        }
    }

    private static void open(ArrayNode elements, Message message) {
        button(elements, OPEN, "Open " + message.request().id(), message.request().id())
                .put("url", message.url().toString());
    }

    private static ObjectNode button(
            ArrayNode elements, String action, String label, String value) {
        ObjectNode button = elements.addObject().put("type", "button").put("action_id", action);
        text(button.putObject("text"), "plain_text", label);
        return button.put("value", value);
    }

    private static void field(ArrayNode fields, String name, String value) {
        String shown = escaped(Plain.line(value, Message.LONGEST_NAME));
        text(
                fields.addObject(),
                "mrkdwn",
                "*" + name + "*\n" + shown.substring(0, Math.min(FIELD, shown.length())));
    }

    private static void section(ArrayNode blocks, String mrkdwn) {
        text(blocks.addObject().put("type", "section").putObject("text"), "mrkdwn", mrkdwn);
    }

    private static void context(ArrayNode blocks, String mrkdwn) {
        text(
                blocks.addObject().put("type", "context").putArray("elements").addObject(),
                "mrkdwn",
                mrkdwn);
    }

    private static void text(ObjectNode node, String type, String text) {
        node.put("type", type).put("text", text);
        if (type.equals("mrkdwn")) {
            node.put("verbatim", true);
        } else {
            node.put("emoji", false);
        }
    }

    /** As Slack wants text in which nothing means anything. */
    static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    /** What is said below a question when something happened to it; empty for nothing. */
    static String reply(Message message) {
        String vote =
                message.vote()
                        .map(each ->
                                each.person()
                                        + (each.approve() ? " approved" : " denied")
                                        + (each.guidance().isBlank() ? "" : ": " + each.guidance()))
                        .orElse("");
        String text =
                switch (message.delivery().notice().kind()) {
                    case OPENED -> "";
                    case VOTED -> vote;
                    case ESCALATED -> "nobody answered in time: others are asked, too";
                    case PASSED -> "somebody was asked by name";
                    case ENDED -> message.outcome();
                };
        return escaped(Plain.words(text, 1_500));
    }

    /** A window that asks why, for a no with words. */
    static ObjectNode reason(String trigger, String value) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("trigger_id", trigger);
        ObjectNode view = json.putObject("view").put("type", "modal");
        view.put("callback_id", REASON).put("private_metadata", value);
        text(view.putObject("title"), "plain_text", "Deny with a reason");
        text(view.putObject("submit"), "plain_text", "Deny");
        text(view.putObject("close"), "plain_text", "Cancel");
        ObjectNode input = view.putArray("blocks").addObject().put("type", "input");
        input.put("block_id", "reason");
        text(input.putObject("label"), "plain_text", "What should the agent do instead?");
        ObjectNode element = input.putObject("element");
        element.put("type", "plain_text_input").put("action_id", "reason");
        element.put("multiline", true).put("max_length", 2_000);
        return json;
    }
}
