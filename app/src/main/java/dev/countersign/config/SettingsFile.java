package dev.countersign.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** The YAML form of the server's settings. Every mistake is named with line and column. */
public final class SettingsFile {
    private static final String NAMES =
            "data, database_url, listen, behind_proxy, public_url, trust_setup, approval_expiry,"
                    + " questions_per_minute, hold,"
                    + " stop_offered_after";
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(s|m|h|d)");
    private static final int MOST_CHARACTERS = 64 * 1024;

    private final String name;
    private final Path folder;
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

    private SettingsFile(String name, Path folder) {
        this.name = name;
        this.folder = folder;
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
        if (text.length() > MOST_CHARACTERS) {
            throw new SettingsProblem(name + ":1:1: more than 64 KiB is no settings file");
        }
        SettingsFile file = new SettingsFile(name, folder);
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
                file.stopOfferedAfter);
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
            case "hold" -> hold = one(value, SettingsFile::duration);
            default ->
                    throw problem(
                            at.getStartMark(),
                            "unknown setting `" + setting + "`; there are: " + NAMES);
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
