package dev.countersign.notify.mail;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.config.ChannelSettings;
import dev.countersign.notify.Addresses;
import dev.countersign.notify.AnswerLinks;
import dev.countersign.notify.Carrier;
import dev.countersign.notify.Channel;
import dev.countersign.notify.Delivery;
import dev.countersign.notify.Message;
import dev.countersign.notify.Notice;
import dev.countersign.notify.Undelivered;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Date;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import javax.net.ssl.SSLSocketFactory;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.jspecify.annotations.Nullable;

/**
 * Sends mail to everybody who can answer. A message holds one link to one question for one person,
 * and no button: whoever handles mail opens links.
 */
public final class Mail implements Carrier {
    private static final int PERMANENT = 5;

    private final ChannelSettings settings;
    private final String password;
    private final Addresses addresses;
    private final AnswerLinks links;

    /** The channel that lets its links answer, or empty. */
    private final String answering;

    private final URI address;

    /** By whom other sides are vouched for; null for whom the JDK knows. */
    private final @Nullable SSLSocketFactory secured;

    private final Clock clock;
    private final Connections connections = new Connections();
    private volatile @Nullable Judged last;

    /** What messages are made with that go to this address. */
    private record Judged(InetAddress judged, Session session) {}

    /**
     * For a channel.
     *
     * @param address how people reach this server
     */
    public Mail(Channel channel, Addresses addresses, AnswerLinks links, URI address, Clock clock) {
        this(channel, addresses, links, address, null, clock);
    }

    /** One that tests alone send by. */
    Mail(
            Channel channel,
            Addresses addresses,
            AnswerLinks links,
            URI address,
            @Nullable SSLSocketFactory secured,
            Clock clock) {
        this.secured = secured;
        this.settings = channel.settings();
        this.answering = channel.linksAnswer() ? channel.name() : "";
        this.password = channel.secret("password");
        this.addresses = addresses;
        this.links = links;
        this.address = address;
        this.clock = clock;
    }

    @Override
    public boolean personal() {
        return true;
    }

    /** That others answered is told when it is over. */
    @Override
    public boolean tells(Notice notice) {
        return notice.kind() != Notice.Kind.VOTED || notice.over();
    }

    @Override
    public void send(Message message) throws Undelivered {
        String to = message.delivery().recipient();
        try {
            URI link =
                    message.open()
                            ? address.resolve("/a/" + links.make(message.request(), to, answering))
                            : message.url();
            Letter letter = Letter.of(message, link);
            Judged session = judged();
            MimeMessage mail =
                    new Threaded(session.session(), id(message), message.delivery().id());
            send(session, written(mail, letter), to);
        } catch (NotRecorded e) {
            throw Undelivered.thisOne("no link could be made: " + e.getMessage());
        } catch (MessagingException e) {
            throw undelivered(e);
        }
    }

    @Override
    public void send(List<Message> messages, URI inbox) throws Undelivered {
        Letter letter = Letter.of(messages, inbox);
        Delivery first = messages.getFirst().delivery();
        try {
            Judged session = judged();
            String id = first.id() + "@" + domain();
            send(
                    session,
                    written(new Threaded(session.session(), id, id), letter),
                    first.recipient());
        } catch (MessagingException e) {
            throw undelivered(e);
        }
    }

    private static MimeMessage written(MimeMessage mail, Letter letter) throws MessagingException {
        mail.setSubject(letter.subject(), "UTF-8");
        MimeMultipart both = new MimeMultipart("alternative");
        both.addBodyPart(part(letter.text(), "plain"));
        both.addBodyPart(part(letter.html(), "html"));
        mail.setContent(both);
        return mail;
    }

    private static MimeBodyPart part(String text, String subtype) throws MessagingException {
        MimeBodyPart part = new MimeBodyPart();
        part.setText(text, "UTF-8", subtype);
        return part;
    }

    /** The same for all messages about one question to one person. */
    private String id(Message message) {
        UUID to =
                UUID.nameUUIDFromBytes(
                        (message.delivery().recipient() + message.request().decision())
                                .getBytes(StandardCharsets.UTF_8));
        return message.request().id() + "." + to + "@" + domain();
    }

    private String domain() {
        String from = settings.value("from", "");
        return from.substring(from.indexOf('@') + 1);
    }

    @Override
    public void test() throws Undelivered {
        try {
            Judged session = judged();
            String id = "test." + clock.instant().toEpochMilli() + "@" + domain();
            MimeMessage mail = new Threaded(session.session(), id, id);
            mail.setSubject("A test message of Countersign", "UTF-8");
            mail.setText("This server can send mail.", "UTF-8");
            send(session, mail, settings.value("from", ""));
        } catch (MessagingException e) {
            throw undelivered(e);
        }
    }

    private void send(Judged session, MimeMessage mail, String to)
            throws MessagingException, Undelivered {
        InternetAddress recipient;
        try {
            recipient = new InternetAddress(to, true);
        } catch (AddressException e) {
            throw Undelivered.never("`" + to + "` is no address that mail can go to");
        }
        mail.setFrom(new InternetAddress(settings.value("from", ""), true));
        mail.setRecipient(jakarta.mail.Message.RecipientType.TO, recipient);
        mail.setSentDate(Date.from(clock.instant()));
        mail.setHeader("Auto-Submitted", "auto-generated");
        mail.setHeader("X-Auto-Response-Suppress", "All");
        mail.saveChanges();
        InetAddress judged = session.judged();
        Transport kept = connections.take(judged);
        Transport transport = kept == null ? connected(session.session()) : kept;
        boolean sent = false;
        try {
            transport.sendMessage(mail, new InternetAddress[] {recipient});
            sent = true;
        } finally {
            if (sent) {
                connections.give(transport, judged);
            } else {
                Connections.end(transport);
            }
        }
    }

    private Transport connected(Session session) throws MessagingException {
        String user = settings.value("user", "");
        Transport transport = session.getTransport(tls() ? "smtps" : "smtp");
        transport.connect(
                settings.value("host", ""),
                Integer.parseInt(settings.value("port", tls() ? "465" : "587")),
                user.isEmpty() ? null : user,
                user.isEmpty() ? null : password);
        return transport;
    }

    private boolean tls() {
        return settings.value("security", "starttls").equals("tls");
    }

    /** What messages are made with, for an address that was judged for each of them. */
    private Judged judged() throws Undelivered {
        String host = settings.value("host", "");
        InetAddress judged = addresses.judged(host);
        if (settings.value("security", "starttls").equals("none") && !judged.isLoopbackAddress()) {
            throw Undelivered.thisOne(
                    "`security: none` is for a mail server on this machine alone");
        }
        Judged before = last;
        if (before != null && before.judged().equals(judged)) {
            return before;
        }
        Judged now = new Judged(judged, session(judged));
        last = now;
        return now;
    }

    private Session session(InetAddress judged) {
        String security = settings.value("security", "starttls");
        Properties properties = new Properties();
        for (String protocol : new String[] {"smtp", "smtps"}) {
            String prefix = "mail." + protocol + ".";
            properties.put(prefix + "connectiontimeout", "5000");
            properties.put(prefix + "timeout", "15000");
            properties.put(prefix + "writetimeout", "15000");
            properties.put(prefix + "ssl.checkserveridentity", "true");
            properties.put(prefix + "socketFactory", new JudgedSockets(judged));
            properties.put(prefix + "socketFactory.fallback", "false");
            if (secured != null) {
                properties.put(prefix + "ssl.socketFactory", secured);
            }
            properties.put(prefix + "auth", Boolean.toString(!password.isEmpty()));
        }
        properties.put("mail.smtp.starttls.enable", Boolean.toString(security.equals("starttls")));
        properties.put(
                "mail.smtp.starttls.required", Boolean.toString(security.equals("starttls")));
        properties.put("mail.mime.charset", "UTF-8");
        properties.put("mail.smtp.localhost", domain());
        properties.put("mail.smtps.localhost", domain());
        return Session.getInstance(properties);
    }

    @Override
    public void close() {
        connections.close();
    }

    private static Undelivered undelivered(MessagingException e) {
        String why = String.valueOf(e.getMessage()).strip();
        if (e instanceof AuthenticationFailedException) {
            return Undelivered.down("the mail server does not let us in: " + why);
        }
        for (@Nullable Exception each = e; each != null; each = next(each)) {
            int code =
                    switch (each) {
                        case SMTPAddressFailedException failed -> failed.getReturnCode();
                        case SMTPSendFailedException failed -> failed.getReturnCode();
                        default -> 0;
                    };
            if (code / 100 == PERMANENT) {
                return Undelivered.never(each.getMessage() == null ? why : each.getMessage());
            }
            if (code > 0) {
                return Undelivered.thisOne(each.getMessage() == null ? why : each.getMessage());
            }
        }
        return e instanceof SendFailedException ? Undelivered.thisOne(why) : Undelivered.down(why);
    }

    private static @Nullable Exception next(Exception e) {
        return e instanceof MessagingException failed ? failed.getNextException() : null;
    }

    /** A message in the thread of its question. */
    private static final class Threaded extends MimeMessage {
        private final String thread;
        private final String own;

        Threaded(Session session, String thread, String own) {
            super(session);
            this.thread = thread;
            this.own = own;
        }

        @Override
        protected void updateMessageID() throws MessagingException {
            String domain = thread.substring(thread.indexOf('@'));
            setHeader("Message-ID", "<" + own + (own.contains("@") ? "" : domain) + ">");
            // The thread has a name of its own, so that its messages belong together whichever of
            // them arrive.
            if (!own.equals(thread)) {
                setHeader("In-Reply-To", "<" + thread + ">");
                setHeader("References", "<" + thread + ">");
            }
        }
    }
}
