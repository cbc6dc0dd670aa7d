package dev.countersign;

import static dev.countersign.NotifiedServer.ANA;
import static dev.countersign.NotifiedServer.until;
import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.store.MailFolder;
import com.icegreen.greenmail.store.StoredMessage;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long it takes from a question to the message about it, at a hundred questions a second.
 * Prints what it found; on a machine that does other things at the same time only the middle is
 * held to the second that is promised.
 */
@SuppressWarnings("NullAway.Init")
final class NotifyPaceTest {
    private static final int QUESTIONS = 300;
    private static final int A_SECOND = 100;
    private static final Pattern ID = Pattern.compile("APR-\\d+");

    private @TempDir Path folder;
    private final Map<String, Long> asked = new ConcurrentHashMap<>();

    @Test
    void aHundredQuestionsASecondAreToldWithinASecond() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        GreenMail smtp = new GreenMail(new ServerSetup(port, "127.0.0.1", "smtp"));
        Files.writeString(folder.resolve("token"), FakeSlack.TOKEN);
        Files.writeString(folder.resolve("signing"), FakeSlack.SECRET);
        smtp.start();
        try (FakeSlack slack = new FakeSlack();
                NotifiedServer server =
                        new NotifiedServer(
                                folder,
                                """
                                notify:
                                  allow_private: [127.0.0.1]
                                  channels:
                                    - {name: chat, kind: slack, channel: %s, token_file: token,
                                       signing_secret_file: signing, api: "%s"}
                                    - {name: mail, kind: email, host: 127.0.0.1, port: %d,
                                       security: none, from: countersign@example.com}
                                """
                                        .formatted(FakeSlack.CHANNEL, slack.api(), port))) {
            String _ = server.person(ANA, "maintainer");
            server.policy(
                    """
                    policy: pace
                    rules:
                      - ask: {shell_run: "git push"}
                        approvers: [ana@example.com]
                    """);
            // What is loaded with the first message is not what is measured.
            String _ = server.ask("git push origin warm");
            until("warm", () -> slack.posts().size() == 1);
            until("warm", () -> smtp.getReceivedMessages().length == 1);

            Map<String, Long> chat = new ConcurrentHashMap<>();
            Map<String, Long> mail = new ConcurrentHashMap<>();
            ThreadFactory threads = Thread.ofVirtual().factory();
            try (var asking = Executors.newScheduledThreadPool(2, threads);
                    var calls = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < QUESTIONS; i++) {
                    String command = "git push origin b" + i;
                    var _ =
                            asking.schedule(
                                    () -> {
                                        var _ = calls.submit(() -> ask(server, command));
                                    },
                                    i * 1_000L / A_SECOND,
                                    TimeUnit.MILLISECONDS);
                }
                until("all posted", () -> slack.messages.size() > QUESTIONS);
                until("all mailed", () -> inbox(smtp).getMessageCount() > QUESTIONS);
            }
            slack.posts().forEach(each -> seen(each.body().toString(), each.at(), chat));
            long nanos = System.nanoTime() - System.currentTimeMillis() * 1_000_000;
            for (StoredMessage each : inbox(smtp).getMessages()) {
                seen(
                        each.getMimeMessage().getSubject(),
                        each.getReceivedDate().toInstant().toEpochMilli() * 1_000_000 + nanos,
                        mail);
            }
            assertThat(chat).hasSize(QUESTIONS);
            assertThat(mail).hasSize(QUESTIONS);
            assertThat(slack.posts()).hasSize(QUESTIONS + 1);
            assertThat(smtp.getReceivedMessages()).hasSize(QUESTIONS + 1);
            assertThat(told("Slack", chat)).isLessThan(1_000);
            assertThat(told("SMTP", mail)).isLessThan(1_000);
        } finally {
            smtp.stop();
        }
    }

    private static MailFolder inbox(GreenMail smtp) throws Exception {
        return smtp.getManagers()
                .getImapHostManager()
                .getInbox(smtp.getUserManager().getUserByEmail(ANA));
    }

    private String ask(NotifiedServer server, String command) throws Exception {
        String id = server.ask(command);
        asked.put(id, System.nanoTime());
        return id;
    }

    private void seen(String text, long now, Map<String, Long> at) {
        Matcher id = ID.matcher(text);
        if (id.find() && asked.containsKey(id.group())) {
            at.putIfAbsent(id.group(), now);
        }
    }

    /** The middle, in milliseconds. */
    private long told(String where, Map<String, Long> at) {
        List<Long> took = new ArrayList<>();
        at.forEach((id, then) ->
                took.add(TimeUnit.NANOSECONDS.toMillis(then - asked.getOrDefault(id, then))));
        took.sort(Long::compare);
        System.out.printf(
                "question to %s at %d a second: p50 %d ms, p95 %d ms, most %d ms%n",
                where,
                A_SECOND,
                took.get(took.size() / 2),
                took.get(took.size() * 95 / 100),
                took.getLast());
        return took.get(took.size() / 2);
    }
}
