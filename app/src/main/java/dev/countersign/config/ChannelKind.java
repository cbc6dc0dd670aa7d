package dev.countersign.config;

import dev.countersign.config.ChannelField.Sort;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** By what way people or programs are told of questions, and what has to be known for it. */
public enum ChannelKind {
    WEBHOOK(
            "a program that takes signed requests (Standard Webhooks)",
            new ChannelField("url", Sort.URL, true, false, "where requests are posted to"),
            new ChannelField(
                    "secret", Sort.SIGNING, true, true, "what they are signed with, `whsec_…`")),
    EMAIL(
            "messages to everybody who can answer",
            new ChannelField("host", Sort.HOST, true, false, "the mail server"),
            new ChannelField("port", Sort.PORT, false, false, "587 unless it says otherwise"),
            new ChannelField(
                    "security",
                    Sort.SECURITY,
                    false,
                    false,
                    "`starttls` (usual), `tls`, or `none` on this machine"),
            new ChannelField("from", Sort.EMAIL, true, false, "whom messages come from"),
            new ChannelField("user", Sort.TEXT, false, false, "who signs in there"),
            new ChannelField("password", Sort.TEXT, false, true, "with what"),
            new ChannelField(
                    "link_answers",
                    Sort.ANSWERS,
                    false,
                    false,
                    "`low`: the link answers questions up to that risk without signing in;"
                            + " else never")),
    SLACK(
            "a Slack channel, with buttons to answer",
            new ChannelField("channel", Sort.TEXT, true, false, "its id, such as `C0123456789`"),
            new ChannelField("token", Sort.TEXT, true, true, "the bot token, `xoxb-…`"),
            new ChannelField(
                    "signing_secret",
                    Sort.TEXT,
                    false,
                    true,
                    "by which Slack's requests are known; or `app_token`"),
            new ChannelField(
                    "app_token",
                    Sort.TEXT,
                    false,
                    true,
                    "`xapp-…`: answers come by a connection that this server opens (Socket Mode)"),
            new ChannelField("api", Sort.URL, false, false, "`https://slack.com/api/` as a rule")),
    PUSH(
            "people in their browsers and installed apps (Web Push)",
            new ChannelField(
                    "key",
                    Sort.VAPID,
                    true,
                    true,
                    "the public and the private key in base64url, with a dot between them"),
            new ChannelField(
                    "contact",
                    Sort.EMAIL,
                    false,
                    false,
                    "whom push services write to when something is wrong")),
    NTFY(
            "an ntfy topic, for phones",
            // Whoever knows the topic reads it.
            new ChannelField("url", Sort.URL, true, true, "server and topic"),
            new ChannelField("token", Sort.TEXT, false, true, "the access token, if it takes one")),
    TEAMS(
            "a Microsoft Teams channel",
            // Whoever knows the address of a workflow may post to it.
            new ChannelField("url", Sort.URL, true, true, "the address of its workflow"));

    /** What can be said of every channel. */
    private static final List<ChannelField> ALL =
            List.of(
                    new ChannelField(
                            "risk",
                            Sort.RISK,
                            false,
                            false,
                            "only questions of that risk and above"),
                    new ChannelField(
                            "teams", Sort.NAMES, false, false, "only questions of these teams"),
                    new ChannelField(
                            "hours",
                            Sort.HOURS,
                            false,
                            false,
                            "only then, such as `mon-fri 08:00-18:00 Europe/Amsterdam`;"
                                    + " critical questions always"));

    /** Programs take everything as it comes. */
    private static final ChannelField DIGEST =
            new ChannelField(
                    "digest",
                    Sort.DIGEST,
                    false,
                    false,
                    "questions up to that risk in one message, such as `low every 4h` or `low"
                            + " daily 09:00 Europe/Amsterdam`");

    private final String about;

    @SuppressWarnings("ImmutableEnumChecker") // of records of texts and enums
    private final List<ChannelField> own;

    ChannelKind(String about, ChannelField... own) {
        this.about = about;
        this.own = List.of(own);
    }

    /** What it is, as the end of "tells …". */
    public String about() {
        return about;
    }

    /** As files and the interface write it. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<ChannelKind> of(String wire) {
        return Arrays.stream(values()).filter(kind -> kind.wire().equals(wire)).findFirst();
    }

    /** Secrets of which it needs one, whichever; none where each says for itself. */
    public List<String> eitherSecret() {
        return this == SLACK ? List.of("signing_secret", "app_token") : List.of();
    }

    /** Whether it can tell of several questions in one message. */
    public boolean collects() {
        return this != WEBHOOK;
    }

    /** What is said of no channel of another kind: where it leads, and by what means. */
    List<ChannelField> own() {
        return own;
    }

    /** What can be said of such a channel; what is secret is kept apart. */
    public List<ChannelField> fields() {
        Stream<ChannelField> all = Stream.concat(own.stream(), ALL.stream());
        return (collects() ? Stream.concat(all, Stream.of(DIGEST)) : all).toList();
    }
}
