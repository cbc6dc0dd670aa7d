package dev.countersign.notify.mail;

import dev.countersign.notify.Message;
import dev.countersign.notify.Plain;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a mail says: the same as text and as HTML, in which nothing that an agent wrote is more than
 * text. Nothing is fetched from anywhere.
 *
 * @param subject without the command: it is read over shoulders
 */
record Letter(String subject, String text, String html) {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'").withZone(ZoneOffset.UTC);

    private static final String HEAD =
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><body style=\""
                    + "font:15px/1.5 system-ui,sans-serif;color:#1d2430;max-width:640px\">";

    static Letter of(Message message, URI link) {
        String id = message.request().id();
        String subject = "[Countersign] " + id + ", " + Plain.title(message);
        Map<String, String> facts = facts(message);
        String command = Plain.lines(message.command(), Message.LONGEST);
        String lead =
                message.open()
                        ? "An agent asks whether it may do this:"
                        : id + " is over: " + Plain.words(message.outcome(), 500);
        String go =
                message.open()
                        ? "Read all of it and answer. The link is yours alone and good for one"
                                + " answer; to open it decides nothing."
                        : "What became of it:";
        StringBuilder text = new StringBuilder(lead).append("\n\n");
        command.lines().forEach(line -> text.append("    ").append(line).append('\n'));
        text.append('\n');
        facts.forEach((name, value) -> text.append(name).append(": ").append(value).append('\n'));
        text.append('\n').append(go).append('\n').append(link).append('\n');
        return new Letter(subject, text.toString(), html(message, lead, command, facts, go, link));
    }

    /** What is said of several questions at once; each is answered where its link leads. */
    static Letter of(List<Message> messages, URI inbox) {
        String lead = Message.summary(messages);
        StringBuilder text = new StringBuilder(lead).append("\n\n");
        StringBuilder html =
                new StringBuilder(HEAD).append("<p>").append(escaped(lead)).append("</p><ul>");
        for (Message each : messages) {
            String id = each.request().id();
            text.append(id).append("  ").append(each.brief()).append('\n');
            text.append("    ").append(each.url()).append('\n');
            html.append("<li style=\"margin:6px 0\"><a href=\"")
                    .append(escaped(each.url().toString()))
                    .append("\">")
                    .append(escaped(id))
                    .append("</a> ")
                    .append(escaped(each.brief()))
                    .append("</li>");
        }
        text.append("\nAll of them:\n").append(inbox).append('\n');
        html.append("</ul>");
        button(html, inbox, "Open the inbox");
        return new Letter("[Countersign] " + lead, text.toString(), html.toString());
    }

    private static Map<String, String> facts(Message message) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Risk", message.risk());
        facts.put("Agent", Plain.line(message.agent(), 128));
        if (!message.driver().isEmpty()) {
            facts.put("For", Plain.line(message.driver(), 320));
        }
        if (!message.project().isEmpty()) {
            facts.put("Project", Plain.line(message.project(), 128));
        }
        facts.put("Tool", Plain.line(message.tool(), Message.LONGEST_NAME));
        facts.put("In", Plain.line(message.place(), Message.LONGEST_NAME));
        if (!message.changedBy().isEmpty()) {
            facts.put("Changed by", Plain.line(message.changedBy(), 320));
        }
        facts.put("Why", Plain.words(message.reason(), 1_000));
        facts.put("Who can answer", Plain.line(String.join(", ", message.approvers()), 500));
        facts.put("Agreed", message.count());
        if (message.open()) {
            Instant expires = message.request().expires();
            long minutes = Duration.between(message.request().asked(), expires).toMinutes();
            facts.put(
                    "Until", TIME.format(expires) + ", " + minutes + " minutes after it was asked");
        }
        facts.put("Digest", message.digest() + " (compare it with what a terminal shows)");
        return facts;
    }

    private static String html(
            Message message,
            String lead,
            String command,
            Map<String, String> facts,
            String go,
            URI link) {
        StringBuilder html = new StringBuilder(2_000);
        html.append(HEAD)
                .append("<p>")
                .append(escaped(lead))
                .append("</p><pre style=\"white-space:pre-wrap;overflow-wrap:anywhere;")
                .append("background:#f4f2ec;border-left:4px solid ")
                .append(colour(message.risk()))
                .append(";padding:12px;font:14px/1.5 ui-monospace,monospace\">")
                .append(escaped(command))
                .append("</pre><table style=\"border-collapse:collapse\">");
        facts.forEach((name, value) ->
                html.append("<tr><td style=\"color:#5b6470;padding:2px 16px 2px 0;")
                        .append("vertical-align:top;white-space:nowrap\">")
                        .append(escaped(name))
                        .append("</td><td style=\"padding:2px 0\">")
                        .append(escaped(value))
                        .append("</td></tr>"));
        html.append("</table><p>").append(escaped(go)).append("</p>");
        button(html, link, "Open " + message.request().id());
        return html.toString();
    }

    private static void button(StringBuilder html, URI link, String label) {
        html.append("<p><a href=\"").append(escaped(link.toString()));
        html.append("\" style=\"display:inline-block;background:#1d4e89;color:#fff;padding:10px ")
                .append("16px;border-radius:6px;text-decoration:none\">")
                .append(escaped(label))
                .append("</a></p></body></html>\n");
    }

    private static String colour(String risk) {
        return switch (risk) {
            case "none", "low" -> "#7a828c";
            case "medium" -> "#b7791f";
            default -> "#b3261e";
        };
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
