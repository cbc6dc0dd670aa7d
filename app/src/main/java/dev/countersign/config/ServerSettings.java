package dev.countersign.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a server is started with.
 *
 * @param data the folder of the keys and of the database
 * @param database where the database is when it is not in the folder
 * @param listen where it answers
 * @param behindProxy whether something in front of it does TLS
 * @param publicUrl how people reach it when that is not where it listens
 * @param trustSetup whether tokens made by the owner shortcut may vote unconfirmed; for
 *     provisioning and tests
 * @param approvalExpiry how long an approval stands open before it becomes a deny, unless a rule
 *     says otherwise
 * @param questionsPerMinute how many questions one agent may put to people in a minute
 * @param hold how long a client that waits is held at most; zero: it is told at once that people
 *     are asked, and tries again
 * @param stopOfferedAfter after how many more tries of what was denied people are offered to stop
 *     the work
 * @param witness who outside keeps what was signed
 * @param retention what becomes of old records; without it all are kept
 * @param organisation what is expected of agents and tokens
 * @param signIn how people sign in
 * @param notifying how people are told of questions besides the pages
 * @param mcpServers remote MCP servers in front of which this one stands
 */
public record ServerSettings(
        Path data,
        Optional<DatabaseUrl> database,
        Listen listen,
        boolean behindProxy,
        Optional<URI> publicUrl,
        boolean trustSetup,
        Duration approvalExpiry,
        int questionsPerMinute,
        Duration hold,
        int stopOfferedAfter,
        WitnessSettings witness,
        Optional<RetentionSettings> retention,
        OrganisationSettings organisation,
        SignInSettings signIn,
        NotifySettings notifying,
        List<McpServerSettings> mcpServers) {

    /** After so many more tries of what was denied, people are offered to stop the work. */
    public static final int STOP_OFFERED_AFTER = 3;

    /** How long a question stands when neither a setting nor a rule says so. */
    public static final Duration APPROVAL_EXPIRY = Duration.ofMinutes(30);

    /** More than a person can weigh. */
    public static final int QUESTIONS_PER_MINUTE = 20;

    /** Beyond the usual expiry of a question, below the hour that clients wait for their hooks. */
    public static final Duration HOLD = Duration.ofMinutes(55);

    private static final int MOST_TRIES = 1_000;
    private static final int MOST_QUESTIONS = 100_000;
    private static final Duration SHORTEST_EXPIRY = Duration.ofSeconds(1);
    private static final Duration LONGEST_EXPIRY = Duration.ofDays(7);

    public ServerSettings {
        mcpServers = List.copyOf(mcpServers);
        if (!listen.loopback() && !behindProxy) {
            throw new SettingsProblem(
                    "refusing to listen on `"
                            + listen
                            + "`: tokens would cross the network in clear; listen on 127.0.0.1, or"
                            + " put a proxy that does TLS in front and say `--behind-proxy`");
        }
        if (approvalExpiry.compareTo(SHORTEST_EXPIRY) < 0
                || approvalExpiry.compareTo(LONGEST_EXPIRY) > 0) {
            throw new SettingsProblem(
                    "`approval_expiry` must be between 1s and 7d, not `" + approvalExpiry + "`");
        }
        if (questionsPerMinute < 1 || questionsPerMinute > MOST_QUESTIONS) {
            throw new SettingsProblem(
                    "`questions_per_minute` must be between 1 and "
                            + MOST_QUESTIONS
                            + ", not "
                            + questionsPerMinute);
        }
        if (stopOfferedAfter < 1 || stopOfferedAfter > MOST_TRIES) {
            throw new SettingsProblem(
                    "`stop_offered_after` must be between 1 and "
                            + MOST_TRIES
                            + ", not "
                            + stopOfferedAfter);
        }
        if (hold.isNegative() || hold.compareTo(HOLD) > 0) {
            throw new SettingsProblem("`hold` must be between 0s and 55m, not `" + hold + "`");
        }
        if (publicUrl.isPresent() && !usable(publicUrl.get())) {
            throw new SettingsProblem(
                    "`public_url` must be an http or https address with a host, not `"
                            + publicUrl.get()
                            + "`");
        }
    }

    private static boolean usable(URI url) {
        return ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
                && url.getHost() != null
                && url.getRawQuery() == null
                && url.getRawFragment() == null;
    }

    /** What holds of a group of settings for whatever of it a file does not name. */
    record Usual(OrganisationSettings organisation, SignInSettings signIn) {
        static final Usual BUILT_IN =
                new Usual(OrganisationSettings.STANDARD, SignInSettings.USUAL);
    }

    /** Everything at its default, in this data folder. */
    public static ServerSettings in(Path data) {
        return Given.NONE.complete(data);
    }

    /** Settings somebody wrote down, before the defaults fill the rest. */
    public record Given(
            Optional<Path> data,
            Optional<DatabaseUrl> database,
            Optional<Listen> listen,
            Optional<Boolean> behindProxy,
            Optional<URI> publicUrl,
            Optional<Boolean> trustSetup,
            Optional<Duration> approvalExpiry,
            Optional<Integer> questionsPerMinute,
            Optional<Duration> hold,
            Optional<Integer> stopOfferedAfter,
            Optional<WitnessSettings> witness,
            Optional<RetentionSettings> retention,
            Optional<OrganisationSettings> organisation,
            Optional<SignInSettings> signIn,
            Optional<NotifySettings> notifying,
            Optional<List<McpServerSettings>> mcpServers) {

        /** Those that say nothing of agents, tokens, sign-in and channels. */
        public Given(
                Optional<Path> data,
                Optional<DatabaseUrl> database,
                Optional<Listen> listen,
                Optional<Boolean> behindProxy,
                Optional<URI> publicUrl,
                Optional<Boolean> trustSetup,
                Optional<Duration> approvalExpiry,
                Optional<Integer> questionsPerMinute,
                Optional<Duration> hold,
                Optional<Integer> stopOfferedAfter,
                Optional<WitnessSettings> witness,
                Optional<RetentionSettings> retention) {
            this(
                    data,
                    database,
                    listen,
                    behindProxy,
                    publicUrl,
                    trustSetup,
                    approvalExpiry,
                    questionsPerMinute,
                    hold,
                    stopOfferedAfter,
                    witness,
                    retention,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
        }

        public static final Given NONE =
                new Given(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty());

        /** With the database, and nothing else of it changed. */
        public Given withDatabase(Optional<DatabaseUrl> other) {
            return new Given(
                    data,
                    other,
                    listen,
                    behindProxy,
                    publicUrl,
                    trustSetup,
                    approvalExpiry,
                    questionsPerMinute,
                    hold,
                    stopOfferedAfter,
                    witness,
                    retention,
                    organisation,
                    signIn,
                    notifying,
                    mcpServers);
        }

        /** With the password a variable holds, where the URL of the database has none. */
        public Given withPassword(Surroundings around) {
            return withDatabase(database.map(url -> url.withPassword(around)));
        }

        /** These where they are given, the others elsewhere: flags over the file. */
        public Given over(Given others) {
            return new Given(
                    data.or(others::data),
                    database.or(others::database),
                    listen.or(others::listen),
                    behindProxy.or(others::behindProxy),
                    publicUrl.or(others::publicUrl),
                    trustSetup.or(others::trustSetup),
                    approvalExpiry.or(others::approvalExpiry),
                    questionsPerMinute.or(others::questionsPerMinute),
                    hold.or(others::hold),
                    stopOfferedAfter.or(others::stopOfferedAfter),
                    witness.or(others::witness),
                    retention.or(others::retention),
                    organisation.or(others::organisation),
                    signIn.or(others::signIn),
                    notifying.or(others::notifying),
                    mcpServers.or(others::mcpServers));
        }

        public ServerSettings complete(Path standardData) {
            return new ServerSettings(
                    data.orElse(standardData).toAbsolutePath().normalize(),
                    database,
                    listen.orElse(Listen.STANDARD),
                    behindProxy.orElse(false),
                    publicUrl,
                    trustSetup.orElse(false),
                    approvalExpiry.orElse(APPROVAL_EXPIRY),
                    questionsPerMinute.orElse(QUESTIONS_PER_MINUTE),
                    hold.orElse(HOLD),
                    stopOfferedAfter.orElse(STOP_OFFERED_AFTER),
                    witness.orElse(WitnessSettings.NONE),
                    retention,
                    organisation.orElse(OrganisationSettings.STANDARD),
                    signIn.orElse(SignInSettings.USUAL),
                    notifying.orElse(NotifySettings.NONE),
                    mcpServers.orElse(List.of()));
        }
    }
}
