package dev.countersign.config;

import dev.countersign.call.LowerCase;
import dev.countersign.call.RiskTier;
import dev.countersign.config.ToldHow.Whose;
import dev.countersign.ledger.NoteKey;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** The YAML form of the server's settings. Every mistake is named with line and column. */
public final class SettingsFile {
    private static final String NAMES =
            "data, database_url, listen, behind_proxy, public_url, trust_setup, approval_expiry,"
                    + " questions_per_minute, hold,"
                    + " stop_offered_after, witnesses, witness_silent_after, anchor, retention,"
                    + " agents, token_expiry, token_expiry_most, sign_in, notify, mcp_servers";
    private static final String RETENTION_NAMES = "keep, archive, prune";
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(s|m|h|d)");
    private static final int MOST_CHARACTERS = 64 * 1024;

    private final String name;
    private final Path folder;
    private final ServerSettings.Usual usual;
    private Optional<Path> data = Optional.empty();
    private Optional<DatabaseUrl> database = Optional.empty();
    private Optional<Listen> listen = Optional.empty();
    private Optional<Boolean> behindProxy = Optional.empty();
    private Optional<URI> publicUrl = Optional.empty();
    private Optional<Boolean> trustSetup = Optional.empty();
    private Optional<Duration> approvalExpiry = Optional.empty();
    private Optional<Integer> questionsPerMinute = Optional.empty();
    private Optional<Duration> hold = Optional.empty();
    private Optional<Integer> stopOfferedAfter = Optional.empty();
    private Optional<RetentionSettings> retention = Optional.empty();
    private Optional<SignInSettings> signIn = Optional.empty();
    private Optional<NotifySettings> notify = Optional.empty();
    private Optional<List<McpServerSettings>> mcpServers = Optional.empty();

    private Optional<List<WitnessSettings.Known>> witnesses = Optional.empty();
    private Optional<Boolean> registeredOnly = Optional.empty();
    private Optional<Duration> tokenExpiry = Optional.empty();
    private Optional<Duration> tokenExpiryMost = Optional.empty();
    private Optional<Duration> silentAfter = Optional.empty();
    private Optional<WitnessSettings.Anchor> anchor = Optional.empty();

    private SettingsFile(String name, Path folder, ServerSettings.Usual usual) {
        this.name = name;
        this.folder = folder;
        this.usual = usual;
    }

    /**
     * Reads the text of a settings file.
     *
     * @param name the file as the person named it
     * @param folder what a relative {@code data} counts from
     * @param text its content
     * @throws SettingsProblem with {@code file:line:column} in front
     */
    public static ServerSettings.Given read(String name, Path folder, String text) {
        return read(name, folder, text, ServerSettings.Usual.BUILT_IN);
    }

    /**
     * Reads the text of a settings file.
     *
     * @param usual what a group of settings has where the file names others of it
     */
    static ServerSettings.Given read(
            String name, Path folder, String text, ServerSettings.Usual usual) {
        if (text.length() > MOST_CHARACTERS) {
            throw new SettingsProblem(name + ":1:1: more than 64 KiB is no settings file");
        }
        SettingsFile file = new SettingsFile(name, folder, usual);
        Optional<Node> root;
        try {
            LoadSettings yaml = LoadSettings.builder().setLabel(name).build();
            root = new Compose(yaml).composeString(text);
        } catch (MarkedYamlEngineException e) {
            throw file.problem(e.getProblemMark(), "no YAML: " + e.getProblem());
        } catch (YamlEngineException e) {
            throw file.problem(Optional.empty(), "no YAML: " + e.getMessage());
        }
        root.ifPresent(file::readRoot);
        return new ServerSettings.Given(
                file.data,
                file.database,
                file.listen,
                file.behindProxy,
                file.publicUrl,
                file.trustSetup,
                file.approvalExpiry,
                file.questionsPerMinute,
                file.hold,
                file.stopOfferedAfter,
                file.witness(),
                file.retention,
                file.organisation(),
                file.signIn,
                file.notify,
                file.mcpServers);
    }

    private void readRoot(Node root) {
        if (!(root instanceof MappingNode mapping)) {
            throw problem(root.getStartMark(), "expected settings as `name: value`");
        }
        Set<String> seen = new HashSet<>();
        for (NodeTuple tuple : mapping.getValue()) {
            Node key = tuple.getKeyNode();
            String setting = scalar(key);
            if (!seen.add(setting)) {
                throw problem(key.getStartMark(), "`" + setting + "` stands here twice");
            }
            set(setting, key, tuple.getValueNode());
        }
    }

    /** Empty where none of the three is named. */
    private Optional<WitnessSettings> witness() {
        if (witnesses.isEmpty() && silentAfter.isEmpty() && anchor.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new WitnessSettings(
                            witnesses.orElse(List.of()),
                            silentAfter.orElse(WitnessSettings.SILENT_AFTER),
                            anchor));
        } catch (SettingsProblem e) {
            throw problem(Optional.empty(), String.valueOf(e.getMessage()));
        }
    }

    /** Empty where none of the three is named. */
    private Optional<OrganisationSettings> organisation() {
        if (registeredOnly.isEmpty() && tokenExpiry.isEmpty() && tokenExpiryMost.isEmpty()) {
            return Optional.empty();
        }
        OrganisationSettings others = usual.organisation();
        Duration most = tokenExpiryMost.orElse(others.tokenExpiryMost());
        Duration lasting =
                tokenExpiry.orElseGet(() ->
                        most.compareTo(others.tokenExpiry()) < 0 ? most : others.tokenExpiry());
        try {
            return Optional.of(
                    new OrganisationSettings(
                            registeredOnly.orElse(others.registeredOnly()), lasting, most));
        } catch (SettingsProblem e) {
            throw problem(Optional.empty(), String.valueOf(e.getMessage()));
        }
    }

    private static boolean registeredOnly(String text) {
        return switch (text) {
            case "any" -> false;
            case "registered_only" -> true;
            default ->
                    throw new SettingsProblem(
                            "expected `any` or `registered_only`, not `" + text + "`");
        };
    }

    private List<WitnessSettings.Known> witnesses(Node node) {
        if (!(node instanceof SequenceNode list)) {
            throw problem(node.getStartMark(), "expected a list of witnesses, each with a `key`");
        }
        return list.getValue().stream().map(this::known).toList();
    }

    private WitnessSettings.Known known(Node node) {
        Map<String, Node> members = members(node, "key", "url");
        Node key = members.get("key");
        if (key == null) {
            throw problem(node.getStartMark(), "a witness needs its `key`");
        }
        return whole(
                node,
                () ->
                        new WitnessSettings.Known(
                                one(key, this::key).orElseThrow(),
                                optional(members, "url", SettingsFile::url)));
    }

    private List<McpServerSettings> mcpServers(Node node) {
        if (!(node instanceof SequenceNode list)) {
            throw problem(
                    node.getStartMark(), "expected a list of servers, each with `name` and `url`");
        }
        List<McpServerSettings> servers = list.getValue().stream().map(this::mcpServer).toList();
        if (servers.stream().map(McpServerSettings::name).distinct().count() < servers.size()) {
            throw problem(node.getStartMark(), "two MCP servers have the same `name`");
        }
        return servers;
    }

    private McpServerSettings mcpServer(Node node) {
        Map<String, Node> members = members(node, "name", "url", "token_file");
        Optional<String> called = optional(members, "name", text -> text);
        Optional<URI> url = optional(members, "url", SettingsFile::url);
        if (called.isEmpty() || url.isEmpty()) {
            throw problem(node.getStartMark(), "an MCP server needs its `name` and `url`");
        }
        return whole(
                node,
                () ->
                        new McpServerSettings(
                                called.get(),
                                url.get(),
                                optional(members, "token_file", this::path)));
    }

    private WitnessSettings.Anchor anchor(Node node) {
        Map<String, Node> members = members(node, "file", "webhook", "every");
        return whole(
                node,
                () ->
                        new WitnessSettings.Anchor(
                                optional(members, "file", this::path),
                                optional(members, "webhook", SettingsFile::url),
                                optional(members, "every", SettingsFile::duration)
                                        .orElse(WitnessSettings.Anchor.EVERY)));
    }

    /** The members of a mapping that may have only these. */
    private Map<String, Node> members(Node node, String... names) {
        if (!(node instanceof MappingNode mapping)) {
            throw problem(node.getStartMark(), "expected " + String.join(", ", names));
        }
        Map<String, Node> members = new HashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            Node key = tuple.getKeyNode();
            String member = scalar(key);
            if (!List.of(names).contains(member)) {
                throw problem(
                        key.getStartMark(),
                        "unknown `" + member + "`; there are: " + String.join(", ", names));
            }
            if (members.put(member, tuple.getValueNode()) != null) {
                throw problem(key.getStartMark(), "`" + member + "` stands here twice");
            }
        }
        return members;
    }

    private <T> Optional<T> optional(
            Map<String, Node> members, String name, Function<String, T> reading) {
        Node value = members.get(name);
        return value == null ? Optional.empty() : one(value, reading);
    }

    /** What its parts make together, or a problem at its beginning. */
    private <T> T whole(Node node, Supplier<T> parts) {
        try {
            return parts.get();
        } catch (SettingsProblem e) {
            String message = String.valueOf(e.getMessage());
            if (message.startsWith(name + ":")) {
                throw e;
            }
            throw problem(node.getStartMark(), message);
        }
    }

    /** A key, or what a file of that name holds. */
    private NoteKey key(String text) {
        try {
            return NoteKey.parse(text.strip());
        } catch (IllegalArgumentException noKey) {
            try {
                return NoteKey.parse(Files.readString(path(text)).strip());
            } catch (IOException | IllegalArgumentException _) {
                throw new SettingsProblem(
                        "`"
                                + text
                                + "` is neither a key nor a file with one: "
                                + noKey.getMessage());
            }
        }
    }

    private void set(String setting, Node at, Node value) {
        switch (setting) {
            case "data" -> data = one(value, this::path);
            case "database_url" -> database = one(value, DatabaseUrl::of);
            case "listen" -> listen = one(value, Listen::of);
            case "behind_proxy" -> behindProxy = one(value, SettingsFile::flag);
            case "public_url" -> publicUrl = one(value, SettingsFile::url);
            case "trust_setup" -> trustSetup = one(value, SettingsFile::flag);
            case "approval_expiry" -> approvalExpiry = one(value, SettingsFile::duration);
            case "questions_per_minute" -> questionsPerMinute = one(value, SettingsFile::count);
            case "stop_offered_after" -> stopOfferedAfter = one(value, SettingsFile::count);
            case "witnesses" -> witnesses = Optional.of(witnesses(value));
            case "witness_silent_after" -> silentAfter = one(value, SettingsFile::duration);
            case "anchor" -> anchor = Optional.of(anchor(value));
            case "hold" -> hold = one(value, SettingsFile::duration);
            case "agents" -> registeredOnly = one(value, SettingsFile::registeredOnly);
            case "token_expiry" -> tokenExpiry = one(value, SettingsFile::duration);
            case "token_expiry_most" -> tokenExpiryMost = one(value, SettingsFile::duration);
            case "retention" -> retention = Optional.of(retention(value));
            case "mcp_servers" -> mcpServers = Optional.of(mcpServers(value));
            case "sign_in" -> signIn = Optional.of(signIn(value));
            case "notify" -> notify = Optional.of(notifying(value));
            default ->
                    throw problem(
                            at.getStartMark(),
                            "unknown setting `" + setting + "`; there are: " + NAMES);
        }
    }

    /** {@code {allow_private: [10.0.0.0/8], channels: [{name: ops, kind: webhook, …}]}}. */
    private NotifySettings notifying(Node node) {
        Map<String, Node> members =
                members(node, "allow_private", "channels", "routing", "on_call");
        Map<Whose, ToldHow> told = new HashMap<>();
        list(members, "routing", "teams and people").forEach(each -> told(each, told));
        Map<String, Rota> rotas = new HashMap<>();
        list(members, "on_call", "rotas").forEach(each -> rota(each, rotas));
        return whole(
                node,
                () ->
                        new NotifySettings(
                                list(members, "channels", "channels").stream()
                                        .map(this::channel)
                                        .toList(),
                                list(members, "allow_private", "networks").stream()
                                        .map(each -> one(each, Network::of).orElseThrow())
                                        .toList(),
                                told,
                                rotas));
    }

    /** {@code {team: payments, channels: [approvals], risk: medium, digest: low every 4h}}. */
    private void told(Node node, Map<Whose, ToldHow> all) {
        Map<String, Node> members =
                members(node, "team", "person", "told", "channels", "risk", "hours", "digest");
        Optional<String> team = optional(members, "team", text -> text);
        Optional<String> person = optional(members, "person", LowerCase::of);
        if (team.isPresent() == person.isPresent()) {
            throw problem(node.getStartMark(), "expected one of `team` and `person`");
        }
        Whose whose = team.map(Whose::team).orElseGet(() -> Whose.person(person.orElseThrow()));
        ToldHow how =
                whole(
                        node,
                        () ->
                                new ToldHow(
                                        optional(members, "told", SettingsFile::flag).orElse(true),
                                        list(members, "channels", "channels").stream()
                                                .map(each -> one(each, text -> text).orElseThrow())
                                                .toList(),
                                        optional(members, "risk", SettingsFile::risk)
                                                .orElse(RiskTier.NONE),
                                        optional(members, "hours", text -> text).orElse(""),
                                        optional(members, "digest", text -> text).orElse("")));
        if (all.put(whose, how) != null) {
            throw problem(node.getStartMark(), "`" + whose + "` stands here twice");
        }
    }

    private static RiskTier risk(String text) {
        return RiskTier.of(text)
                .orElseThrow(() ->
                        new SettingsProblem(
                                "expected `none`, `low`, `medium`, `high` or `critical`, not `"
                                        + text
                                        + "`"));
    }

    /** {@code {team: payments, people: [ana@example.com], every: week, at: …, from: …}}. */
    private void rota(Node node, Map<String, Rota> all) {
        Map<String, Node> members = members(node, "team", "people", "every", "at", "from");
        String team = needed(node, members, "team");
        Rota rota =
                whole(
                        node,
                        () ->
                                Rota.of(
                                        list(members, "people", "people").stream()
                                                .map(each -> one(each, text -> text).orElseThrow())
                                                .collect(Collectors.joining(",")),
                                        needed(node, members, "every"),
                                        needed(node, members, "at"),
                                        needed(node, members, "from")));
        if (all.put(team, rota) != null) {
            throw problem(node.getStartMark(), "the team `" + team + "` has two rotas");
        }
    }

    /** Its secrets stand elsewhere: {@code token_file} or {@code token_variable} says where. */
    private NotifySettings.Named channel(Node node) {
        if (!(node instanceof MappingNode mapping)) {
            throw problem(node.getStartMark(), "expected a channel with a `name` and a `kind`");
        }
        String kindName =
                mapping.getValue().stream()
                        .filter(each -> scalar(each.getKeyNode()).equals("kind"))
                        .map(each -> scalar(each.getValueNode()))
                        .findFirst()
                        .orElseThrow(() -> problem(node.getStartMark(), "`kind` is missing"));
        ChannelKind kind =
                ChannelKind.of(kindName)
                        .orElseThrow(() ->
                                problem(
                                        node.getStartMark(),
                                        "there is no kind of channel `"
                                                + kindName
                                                + "`; expected "
                                                + Arrays.stream(ChannelKind.values())
                                                        .map(ChannelKind::wire)
                                                        .collect(Collectors.joining(", "))));
        List<String> names = new ArrayList<>(List.of("name", "kind"));
        for (ChannelField field : kind.fields()) {
            if (field.secret()) {
                names.add(field.name() + "_file");
                names.add(field.name() + "_variable");
            } else {
                names.add(field.name());
            }
        }
        Map<String, Node> members = members(node, names.toArray(String[]::new));
        Map<String, String> values = new HashMap<>();
        Map<String, NotifySettings.SecretPlace> secrets = new HashMap<>();
        for (ChannelField field : kind.fields()) {
            Node value = members.get(field.name());
            if (value != null) {
                values.put(
                        field.name(),
                        one(
                                        value,
                                        text -> {
                                            field.check(text);
                                            return text;
                                        })
                                .orElseThrow());
            } else if (field.secret()) {
                optional(members, field.name() + "_variable", text -> text)
                        .ifPresent(name ->
                                secrets.put(
                                        field.name(),
                                        new NotifySettings.SecretPlace.Variable(name)));
                optional(members, field.name() + "_file", this::path)
                        .ifPresent(path ->
                                secrets.put(
                                        field.name(), new NotifySettings.SecretPlace.File(path)));
                if (field.needed() && !secrets.containsKey(field.name())) {
                    throw problem(
                            node.getStartMark(),
                            "a channel of the kind `"
                                    + kind.wire()
                                    + "` needs `"
                                    + field.name()
                                    + "_file` or `"
                                    + field.name()
                                    + "_variable`");
                }
            }
        }
        List<String> either = kind.eitherSecret();
        if (!either.isEmpty() && either.stream().noneMatch(secrets::containsKey)) {
            throw problem(
                    node.getStartMark(),
                    "a channel of the kind `"
                            + kind.wire()
                            + "` needs one of `"
                            + String.join("_file`, `", either)
                            + "_file`");
        }
        return whole(
                node,
                () ->
                        new NotifySettings.Named(
                                new ChannelSettings(needed(node, members, "name"), kind, values),
                                secrets));
    }

    /** {@code {idle: 12h, absolute: 7d, credential: required}}. */
    private SignInSettings signIn(Node node) {
        Map<String, Node> members = members(node, "idle", "absolute", "credential", "providers");
        return whole(
                node,
                () ->
                        new SignInSettings(
                                optional(members, "idle", SettingsFile::duration)
                                        .orElse(usual.signIn().idle()),
                                optional(members, "absolute", SettingsFile::duration)
                                        .orElse(usual.signIn().absolute()),
                                optional(members, "credential", SettingsFile::required)
                                        .orElse(usual.signIn().credential()),
                                list(members, "providers", "providers").stream()
                                        .map(this::provider)
                                        .toList()));
    }

    /**
     * {@code {name: …, issuer: …, client_id: …, client_secret_file: …, domains: [example.com]}}.
     */
    private ProviderSettings provider(Node node) {
        Map<String, Node> members =
                members(
                        node,
                        "name",
                        "issuer",
                        "client_id",
                        "client_secret_file",
                        "client_secret_variable",
                        "domains",
                        "create_people",
                        "groups",
                        "roles");
        Map<String, String> roles = new HashMap<>();
        Node given = members.get("roles");
        if (given != null) {
            if (!(given instanceof MappingNode mapping)) {
                throw problem(given.getStartMark(), "expected roles as `group: role`");
            }
            mapping.getValue()
                    .forEach(each ->
                            roles.put(scalar(each.getKeyNode()), scalar(each.getValueNode())));
        }
        return whole(
                node,
                () ->
                        new ProviderSettings(
                                needed(node, members, "name"),
                                url(needed(node, members, "issuer")),
                                needed(node, members, "client_id"),
                                optional(members, "client_secret_file", this::path),
                                optional(members, "client_secret_variable", text -> text),
                                list(members, "domains", "host names").stream()
                                        .map(this::scalar)
                                        .collect(Collectors.toSet()),
                                optional(members, "create_people", SettingsFile::flag)
                                        .orElse(false),
                                optional(members, "groups", text -> text)
                                        .orElse(ProviderSettings.GROUPS),
                                roles));
    }

    private String needed(Node node, Map<String, Node> members, String name) {
        return optional(members, name, text -> text)
                .orElseThrow(() -> problem(node.getStartMark(), "`" + name + "` is missing"));
    }

    /** The members of a list; none where it is not there. */
    private List<Node> list(Map<String, Node> members, String name, String what) {
        Node value = members.get(name);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof SequenceNode list)) {
            throw problem(value.getStartMark(), "expected a list of " + what);
        }
        return list.getValue();
    }

    private static boolean required(String text) {
        return switch (text) {
            case "required" -> true;
            case "optional" -> false;
            default ->
                    throw new SettingsProblem(
                            "expected `required` or `optional`, not `" + text + "`");
        };
    }

    /**
     * {@code {keep: 400d, archive: DIR, prune: true}}; nothing is taken out unless that is said.
     */
    private RetentionSettings retention(Node node) {
        if (!(node instanceof MappingNode mapping)) {
            throw problem(node.getStartMark(), "expected settings as `name: value`");
        }
        Optional<Duration> keep = Optional.empty();
        Optional<Path> archive = Optional.empty();
        Optional<Boolean> prune = Optional.empty();
        Set<String> seen = new HashSet<>();
        for (NodeTuple tuple : mapping.getValue()) {
            Node at = tuple.getKeyNode();
            String setting = scalar(at);
            if (!seen.add(setting)) {
                throw problem(at.getStartMark(), "`" + setting + "` stands here twice");
            }
            switch (setting) {
                case "keep" -> keep = one(tuple.getValueNode(), SettingsFile::duration);
                case "archive" -> archive = one(tuple.getValueNode(), this::path);
                case "prune" -> prune = one(tuple.getValueNode(), SettingsFile::flag);
                default ->
                        throw problem(
                                at.getStartMark(),
                                "unknown setting `" + setting + "`; there are: " + RETENTION_NAMES);
            }
        }
        if (keep.isEmpty() || archive.isEmpty()) {
            throw problem(node.getStartMark(), "`retention` needs `keep` and `archive`");
        }
        try {
            return new RetentionSettings(keep.get(), archive.get(), prune.orElse(false));
        } catch (SettingsProblem e) {
            throw problem(node.getStartMark(), String.valueOf(e.getMessage()));
        }
    }

    private <T> Optional<T> one(Node value, Function<String, T> reading) {
        String text = scalar(value);
        try {
            return Optional.of(reading.apply(text));
        } catch (SettingsProblem e) {
            throw problem(value.getStartMark(), String.valueOf(e.getMessage()));
        }
    }

    private String scalar(Node node) {
        if (node instanceof ScalarNode scalar) {
            return scalar.getValue();
        }
        throw problem(node.getStartMark(), "expected one plain value");
    }

    private Path path(String text) {
        try {
            return folder.resolve(text);
        } catch (InvalidPathException e) {
            throw new SettingsProblem("`" + text + "` is no path");
        }
    }

    private static int count(String text) {
        if (!text.matches("[0-9]{1,6}")) {
            throw new SettingsProblem("expected a whole number, not `" + text + "`");
        }
        return Integer.parseInt(text);
    }

    private static boolean flag(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new SettingsProblem("expected `true` or `false`, not `" + text + "`");
        };
    }

    /** Reads an address, as for {@code --public-url}. */
    public static URI url(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new SettingsProblem("`" + text + "` is no address such as `https://host/`");
        }
    }

    /** Reads a duration of one number and one unit. */
    public static Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text.toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new SettingsProblem(
                    "`" + text + "` is no duration; expected a number and s, m, h or d: `30m`");
        }
        long count = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
        };
    }

    private SettingsProblem problem(Optional<Mark> at, String message) {
        int line = at.map(Mark::getLine).orElse(0) + 1;
        int column = at.map(Mark::getColumn).orElse(0) + 1;
        return new SettingsProblem(name + ":" + line + ":" + column + ": " + message);
    }
}
