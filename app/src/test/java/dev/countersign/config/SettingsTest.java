package dev.countersign.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.ledger.NoteKey;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SettingsTest {
    private static final Path FOLDER = Path.of("/etc/countersign");

    private static ServerSettings.Given read(String text) {
        return SettingsFile.read("c.yaml", FOLDER, text);
    }

    @Test
    void everyNameIsRead() {
        String text =
                """
                data: state
                database_url: postgresql://app:p%40ss@db.example.com/countersign?sslmode=verify-full
                listen: "[::1]:8080"
                behind_proxy: true
                public_url: https://gate.example.com/
                trust_setup: false
                approval_expiry: 4h
                questions_per_minute: 5
                hold: 30s
                stop_offered_after: 4
                """;
        assertThat(read(text))
                .isEqualTo(
                        new ServerSettings.Given(
                                Optional.of(FOLDER.resolve("state")),
                                Optional.of(
                                        new DatabaseUrl(
                                                "db.example.com",
                                                5432,
                                                "countersign",
                                                "app",
                                                Optional.of("p@ss"),
                                                Map.of("sslmode", "verify-full"))),
                                Optional.of(new Listen("::1", 8080)),
                                Optional.of(true),
                                Optional.of(URI.create("https://gate.example.com/")),
                                Optional.of(false),
                                Optional.of(Duration.ofHours(4)),
                                Optional.of(5),
                                Optional.of(Duration.ofSeconds(30)),
                                Optional.of(4),
                                Optional.empty(),
                                Optional.empty()));
    }

    @Test
    void witnessesAndAnchorsAreRead() throws Exception {
        String key =
                "witness.example.test/w1+b4f59ab9+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU";
        NoteKey witness = NoteKey.parse(key);
        String text =
                """
                witnesses:
                  - key: FIRST
                  - {key: SECOND, url: "https://w.example.com/"}
                witness_silent_after: 10m
                anchor: {file: a.txt, webhook: "https://h.example.com/x?y=1", every: 1h}
                """;
        String second = key.replace("w1+b4f59ab9", "w2+" + id(key));
        WitnessSettings settings =
                read(text.replace("FIRST", key).replace("SECOND", second)).witness().orElseThrow();
        assertThat(settings.known().getFirst())
                .isEqualTo(new WitnessSettings.Known(witness, Optional.empty()));
        assertThat(settings.known().getLast().url()).contains(URI.create("https://w.example.com/"));
        assertThat(settings.silentAfter()).isEqualTo(Duration.ofMinutes(10));
        assertThat(settings.anchor())
                .contains(
                        new WitnessSettings.Anchor(
                                Optional.of(FOLDER.resolve("a.txt")),
                                Optional.of(URI.create("https://h.example.com/x?y=1")),
                                Duration.ofHours(1)));
        assertThat(read("anchor: {file: a.txt}").witness().orElseThrow().anchor())
                .map(WitnessSettings.Anchor::every)
                .contains(Duration.ofDays(1));
    }

    /** The id of the same bytes under the name of the second witness. */
    private static String id(String key) {
        byte[] typed = Base64.getDecoder().decode(key.substring(key.lastIndexOf('+') + 1));
        return HexFormat.of()
                .toHexDigits(
                        new NoteKey(
                                        "witness.example.test/w2",
                                        NoteKey.Kind.WITNESS,
                                        Arrays.copyOfRange(typed, 1, typed.length))
                                .id());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "witnesses: x|c.yaml:1:12: expected a list of witnesses",
                "witnesses: [{url: \"https://a/\"}]|c.yaml:1:13: a witness needs its `key`",
                "witnesses: [{key: x}]|c.yaml:1:19: `x` is neither a key nor a file with one",
                "witnesses: [{key: <w>, url: \"ftp://a/\"}]|c.yaml:1:13: `ftp://a/` is no http or https address",
                "witnesses: [{key: <l>}]|c.yaml:1:13: `log.example.test/audit` is the key of a log",
                "witnesses: [{key: <w>}, {key: <w>}]|c.yaml:1:1: two witnesses are called",
                "witnesses: [{key: <w>, kay: 1}]|c.yaml:1:22: unknown `kay`; there are: key, url",
                "witness_silent_after: 0s|c.yaml:1:1: `witness_silent_after` must be between",
                "anchor: {every: 1h}|c.yaml:1:9: `anchor` needs a `file` or a `webhook`",
                "anchor: {file: a, every: 0s}|c.yaml:1:9: `every` must be between",
                "anchor: {file: a, file: b}|c.yaml:1:19: `file` stands here twice",
                "anchor: a.txt|c.yaml:1:9: expected file, webhook, every"
            })
    void mistakesInWitnessesAreToldWithTheirPlace(String text, String message) {
        String witness =
                "\"witness.example.test/w1+b4f59ab9+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU\"";
        String log =
                "\"log.example.test/audit+0a79faad+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c\"";
        assertThatThrownBy(() -> read(text.replace("<w>", witness).replace("<l>", log)))
                .isInstanceOf(SettingsProblem.class)
                .hasMessageStartingWith(
                        text.contains("kay") || text.contains("<w>}, {")
                                ? message.split(":", 4)[0]
                                : message)
                .hasMessageContaining(message.split(":", 4)[3].strip());
    }

    @Test
    void whatBecomesOfOldRecordsIsRead() {
        assertThat(read("retention: {keep: 400d, archive: old, prune: true}").retention())
                .contains(new RetentionSettings(Duration.ofDays(400), FOLDER.resolve("old"), true));
        // Nothing is taken out unless that is said.
        assertThat(read("retention: {keep: 1d, archive: /a}").retention())
                .map(RetentionSettings::prune)
                .contains(false);
        assertThat(read("hold: 1s").retention()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "retention: yes",
                "retention: {keep: 400d}",
                "retention: {archive: old}",
                "retention: {keep: 1h, archive: old}",
                "retention: {keep: 99999d, archive: old}",
                "retention: {keep: 1d, archive: old, prune: maybe}",
                "retention: {keep: 1d, archive: old, until: x}",
                "retention: {keep: 1d, keep: 2d, archive: old}"
            })
    void whatCannotBecomeOfThemIsRefused(String text) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(SettingsProblem.class)
                .hasMessageStartingWith("c.yaml:1:");
    }

    @Test
    void howPeopleSignInIsRead() {
        String provider =
                "name: Our login, issuer: \"https://id.example.com/\", client_id: c,"
                        + " client_secret_file: secret, domains: [example.com],"
                        + " create_people: true, roles: {staff: member}";
        assertThat(
                        read("sign_in: {idle: 1h, absolute: 2d, credential: required, providers:"
                                        + " [{"
                                        + provider.replace("Our login", "Our.login")
                                        + "}]}")
                                .signIn())
                .contains(
                        new SignInSettings(
                                Duration.ofHours(1),
                                Duration.ofDays(2),
                                true,
                                List.of(
                                        new ProviderSettings(
                                                "Our.login",
                                                URI.create("https://id.example.com/"),
                                                "c",
                                                Optional.of(FOLDER.resolve("secret")),
                                                Optional.empty(),
                                                Set.of("example.com"),
                                                true,
                                                "groups",
                                                Map.of("staff", "member")))));
        assertThat(read("sign_in: {credential: optional}").signIn()).contains(SignInSettings.USUAL);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sign_in: yes|expected idle, absolute, credential, providers",
                "sign_in: {idle: 1m}|must be between 5m and 90d",
                "sign_in: {absolute: 91d}|must be between 5m and 90d",
                "sign_in: {idle: 2d, absolute: 1d}|`absolute` must not be shorter",
                "sign_in: {credential: maybe}|expected `required` or `optional`",
                "sign_in: {providers: x}|expected a list of providers",
                "sign_in: {providers: [{}]}|`name` is missing",
                "sign_in: {providers: [{name: a, issuer: \"http://id.example.com\", client_id: c, client_secret_file: s, domains: [x]}]}|must be an https address",
                "sign_in: {providers: [{name: a, issuer: \"https://id.example.com\", client_id: c, domains: [x]}]}|needs one of `client_secret_file`",
                "sign_in: {providers: [{name: a, issuer: \"https://id.example.com\", client_id: c, client_secret_file: s}]}|needs `domains`",
                "sign_in: {providers: [{name: a, client_secret: s}]}|unknown `client_secret`"
            })
    void mistakesInHowPeopleSignInAreTold(String text, String message) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(SettingsProblem.class)
                .hasMessageStartingWith("c.yaml:1:")
                .hasMessageContaining(message);
    }

    @Test
    void anEmptyFileChangesNothing() {
        assertThat(read("# nothing\n")).isEqualTo(ServerSettings.Given.NONE);
        assertThat(ServerSettings.in(Path.of("/d")))
                .isEqualTo(
                        new ServerSettings(
                                Path.of("/d"),
                                Optional.empty(),
                                new Listen("127.0.0.1", 7373),
                                false,
                                Optional.empty(),
                                false,
                                Duration.ofMinutes(30),
                                20,
                                Duration.ofMinutes(55),
                                3,
                                WitnessSettings.NONE,
                                Optional.empty(),
                                OrganisationSettings.STANDARD,
                                SignInSettings.USUAL,
                                NotifySettings.NONE,
                                List.of()));
    }

    @Test
    void remoteMcpServersHaveANameAndAnAddress() {
        assertThat(
                        read("mcp_servers:\n  - {name: github, url: 'https://mcp.example.com/mcp', token_file: gh}\n")
                                .mcpServers())
                .hasValueSatisfying(servers -> {
                    assertThat(servers).hasSize(1);
                    assertThat(servers.getFirst().name()).isEqualTo("github");
                    assertThat(servers.getFirst().tokenFile()).isPresent();
                });
        for (String wrong :
                List.of(
                        "{name: a__b, url: 'https://x.example'}",
                        "{name: a, url: 'http://x.example'}",
                        "{name: a, url: 'https://me:secret@x.example'}",
                        "{name: a}")) {
            assertThatThrownBy(() -> read("mcp_servers: [" + wrong + "]\n"))
                    .isInstanceOf(SettingsProblem.class);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "data: a;listen: x|c.yaml:2:9: `x` is no address to listen on",
                "port: 80|c.yaml:1:1: unknown setting `port`; there are: data, database_url,",
                "trust_setup: yes|c.yaml:1:14: expected `true` or `false`, not `yes`",
                "approval_expiry: soon|c.yaml:1:18: `soon` is no duration",
                "questions_per_minute: few|c.yaml:1:23: expected a whole number, not `few`",
                "data: [a]|c.yaml:1:7: expected one plain value",
                "- data|c.yaml:1:1: expected settings as `name: value`",
                "data: a: b|c.yaml:1:8: no YAML",
                "notify: {channels: [{name: a, kind: pigeon}]}"
                        + "|c.yaml:1:21: there is no kind of channel `pigeon`; expected webhook,",
                "notify: {channels: [{name: a, kind: webhook, url: x, secret_variable: S}]}"
                        + "|c.yaml:1:51: `url` must be an https address",
                "notify: {channels: [{name: a, kind: slack, channel: C1, token_file: t}]}"
                        + "|c.yaml:1:21: a channel of the kind `slack` needs one of `signing_secret_file`",
                "notify: {allow_private: [ten]}|c.yaml:1:26: `ten` is no network"
            })
    void mistakesAreToldWithTheirPlace(String text, String message) {
        assertThatThrownBy(() -> read(text.replace(";", "\n")))
                .isInstanceOf(SettingsProblem.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void aNameTwiceIsAMistake() {
        assertThatThrownBy(() -> read("data: a\ndata: b\n"))
                .isInstanceOf(SettingsProblem.class)
                .hasMessageStartingWith("c.yaml:2:1: ");
    }

    @Test
    void optionsWinOverTheFile() {
        ServerSettings.Given flags =
                new ServerSettings.Given(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(new Listen("127.0.0.1", 1)),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty());
        ServerSettings settings =
                flags.over(read("listen: 127.0.0.1:2\napproval_expiry: 1m"))
                        .complete(Path.of("/d"));
        assertThat(settings.listen().port()).isEqualTo(1);
        assertThat(settings.approvalExpiry()).isEqualTo(Duration.ofMinutes(1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0:7373",
                "[::]:7373",
                "192.168.1.2:7373",
                "example.com:7373",
                "127.0.0.1.example.com:7373"
            })
    void beyondThisMachineNeedsSomethingThatDoesTls(String listen) {
        ServerSettings.Given given = read("listen: \"" + listen + "\"");
        assertThatThrownBy(() -> given.complete(Path.of("/d")))
                .isInstanceOf(SettingsProblem.class)
                .hasMessageContaining("refusing to listen on `" + listen + "`")
                .hasMessageContaining("--behind-proxy");
        assertThat(read("behind_proxy: true").over(given).complete(Path.of("/d")).behindProxy())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:0", "127.0.0.1:7373", "127.9.9.9:1", "[::1]:7373", ":7373"})
    void thisMachineNeedsNothing(String listen) {
        assertThat(Listen.of(listen).loopback()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"7373", "localhost", "a:b", "a:-1", "a:65536", "::1:7373", "a:", "a: 1"})
    void otherWordsAreNoAddress(String listen) {
        assertThatThrownBy(() -> Listen.of(listen)).isInstanceOf(SettingsProblem.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0s", "8d", "999999999d"})
    void questionsStandOpenWithinBounds(String expiry) {
        ServerSettings.Given given = read("approval_expiry: " + expiry);
        assertThatThrownBy(() -> given.complete(Path.of("/d")))
                .isInstanceOf(SettingsProblem.class)
                .hasMessageContaining("between 1s and 7d");
    }

    @Test
    void nothingIsHeldBeyondWhatClientsWaitFor() {
        assertThat(read("hold: 0s").complete(Path.of("/d")).hold()).isZero();
        ServerSettings.Given given = read("hold: 56m");
        assertThatThrownBy(() -> given.complete(Path.of("/d")))
                .isInstanceOf(SettingsProblem.class)
                .hasMessageContaining("between 0s and 55m");
    }

    @Test
    void theDataFolderIsThePlatforms() {
        assertThat(folder("linux", Map.of())).isEqualTo(Path.of("/h/.local/share/countersign"));
        assertThat(folder("linux", Map.of("XDG_DATA_HOME", "/x")))
                .isEqualTo(Path.of("/x/countersign"));
        assertThat(folder("linux", Map.of("XDG_DATA_HOME", "relative")))
                .isEqualTo(Path.of("/h/.local/share/countersign"));
        assertThat(folder("macos", Map.of()))
                .isEqualTo(Path.of("/h/Library/Application Support/Countersign"));
        assertThat(folder("windows", Map.of("LOCALAPPDATA", "/l")))
                .isEqualTo(Path.of("/l/Countersign"));
    }

    private static Path folder(String platform, Map<String, String> environment) {
        return DataFolder.standard(
                new Surroundings(
                        environment, Path.of("/h"), Path.of("/w"), platform, Clock.systemUTC()));
    }

    @Test
    void platformsAreKnownByTheirNames() {
        assertThat(Surroundings.platform("Linux")).isEqualTo("linux");
        assertThat(Surroundings.platform("Mac OS X")).isEqualTo("macos");
        assertThat(Surroundings.platform("Windows 11")).isEqualTo("windows");
        assertThat(Surroundings.platform("Darwin")).isEqualTo("macos");
    }

    @Test
    void agentsAndTokensHaveSettings() {
        assertThat(
                        read("agents: registered_only\ntoken_expiry: 30d\ntoken_expiry_most: 90d\n")
                                .organisation())
                .contains(new OrganisationSettings(true, Duration.ofDays(30), Duration.ofDays(90)));
        // What is usual is never more than what is most.
        assertThat(read("token_expiry_most: 7d\n").organisation())
                .contains(new OrganisationSettings(false, Duration.ofDays(7), Duration.ofDays(7)));
        assertThat(read("agents: any\n").organisation()).contains(OrganisationSettings.STANDARD);
        assertThat(read("hold: 30s\n").organisation()).isEmpty();
        assertThatThrownBy(() -> read("agents: some\n"))
                .hasMessageContaining(":1:9: expected `any` or `registered_only`, not `some`");
        assertThatThrownBy(() -> read("token_expiry: 400d\n"))
                .hasMessageContaining("`token_expiry` must be between 1m and");
        assertThatThrownBy(() -> read("token_expiry_most: 1s\n"))
                .hasMessageContaining("`token_expiry_most` must be between 1m and 3650d");
    }
}
