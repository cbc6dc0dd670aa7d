package dev.countersign.notify.mail;

import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetHeaders;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.util.ByteArrayDataSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a mail server said of a message that it had taken: a delivery status notification (RFC 3464)
 * of {@code failed}. It names the message by its Message-ID, which nobody guesses.
 *
 * @param delivery the id of the delivery that came back
 * @param why in the words of the mail server
 */
public record Bounce(String delivery, String why) {
    private static final Pattern OWN = Pattern.compile("<(msg_[0-9a-f]{32})@[^>]*>");
    private static final int LONGEST = 400;

    /** A text is no such notification; the message is for people. */
    public static final class NoBounce extends Exception {
        private static final long serialVersionUID = 1L;

        NoBounce(String why) {
            super(why, null, false, false);
        }
    }

    /**
     * Reads one.
     *
     * @param mail as it came in, with all its headers (RFC 5322)
     * @throws NoBounce where it is something else, or says that the message may yet arrive
     */
    public static Bounce read(String mail) throws NoBounce {
        @Nullable String delivery = null;
        @Nullable String why = null;
        try {
            MimeMessage message =
                    new MimeMessage(
                            Session.getInstance(new Properties()),
                            new ByteArrayInputStream(mail.getBytes(StandardCharsets.UTF_8)));
            if (!message.isMimeType("multipart/report")) {
                throw new NoBounce(
                        "this is no delivery status notification: its Content-Type is `"
                                + shown(message.getContentType())
                                + "`, expected `multipart/report`");
            }
            MimeMultipart parts =
                    new MimeMultipart(
                            new ByteArrayDataSource(
                                    message.getRawInputStream(), message.getContentType()));
            for (int i = 0; i < parts.getCount(); i++) {
                BodyPart part = parts.getBodyPart(i);
                if (part.isMimeType("message/delivery-status")
                        || part.isMimeType("message/global-delivery-status")) {
                    why = failure(text(part));
                } else if (part.isMimeType("message/*") || part.isMimeType("text/rfc822-headers")) {
                    delivery = delivery(text(part));
                }
            }
        } catch (MessagingException | IOException e) {
            throw new NoBounce("this is no mail as RFC 5322 has it: " + e.getMessage());
        }
        if (why == null) {
            throw new NoBounce("it does not say `Action: failed` of anybody");
        }
        if (delivery == null) {
            throw new NoBounce("it does not name a message of ours by its Message-ID");
        }
        return new Bounce(delivery, why);
    }

    private static String text(BodyPart part) throws IOException, MessagingException {
        return new String(part.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Why a recipient did not get it, or null where nothing says so (RFC 3464 section 2.3). */
    private static @Nullable String failure(String status) throws MessagingException {
        for (String group : status.replace("\r\n", "\n").split("\n\\s*\n", -1)) {
            InternetHeaders fields = headers(group.strip());
            if ("failed".equalsIgnoreCase(fields.getHeader("Action", null))) {
                String code = word(fields.getHeader("Status", null));
                String words = word(fields.getHeader("Diagnostic-Code", null));
                return shown((code + " " + words.replaceFirst("^\\s*\\w+\\s*;\\s*", "")).strip());
            }
        }
        return null;
    }

    private static @Nullable String delivery(String original) throws MessagingException {
        Matcher own = OWN.matcher(word(headers(original).getHeader("Message-ID", null)));
        return own.find() ? own.group(1) : null;
    }

    private static InternetHeaders headers(String text) throws MessagingException {
        return new InternetHeaders(
                new ByteArrayInputStream((text + "\n\n").getBytes(StandardCharsets.UTF_8)));
    }

    private static String word(@Nullable String header) {
        return header == null ? "" : header;
    }

    private static String shown(String text) {
        String line = text.replaceAll("[\\s\\p{Cntrl}]+", " ");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST);
    }
}
