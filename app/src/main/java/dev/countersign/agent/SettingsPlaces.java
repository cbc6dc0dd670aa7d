package dev.countersign.agent;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.agent.SettingsGuard.Content;
import dev.countersign.agent.SettingsGuard.Origin;
import dev.countersign.agent.SettingsGuard.Place;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Where Claude Code reads its settings from.
 *
 * @param user the user's folder, {@code ~/.claude} unless {@code CLAUDE_CONFIG_DIR} names another
 * @param project the root of the project
 * @param managed the machine-wide folder
 */
public record SettingsPlaces(Path user, Path project, Path managed) {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** The machine-wide folder of a platform. */
    public static Path managed(String platform) {
        return switch (platform) {
            case "windows" -> Path.of("C:\\Program Files\\ClaudeCode");
            case "macos" -> Path.of("/Library/Application Support/ClaudeCode");
            default -> Path.of("/etc/claude-code");
        };
    }

    public Path userFile() {
        return user.resolve("settings.json");
    }

    public Path projectFile() {
        return project.resolve(".claude").resolve("settings.json");
    }

    public Path localFile() {
        return project.resolve(".claude").resolve("settings.local.json");
    }

    public Path managedFile() {
        return managed.resolve("managed-settings.json");
    }

    /** All files as they are now, in the client's order. */
    public List<Place> read() {
        List<Place> places = new ArrayList<>();
        places.add(place(userFile(), Origin.USER));
        places.add(place(projectFile(), Origin.PROJECT));
        places.add(place(localFile(), Origin.LOCAL));
        places.add(place(managedFile(), Origin.MANAGED));
        Path dropIns = managed.resolve("managed-settings.d");
        if (Files.isDirectory(dropIns)) {
            List<Path> files = new ArrayList<>();
            try (DirectoryStream<Path> found = Files.newDirectoryStream(dropIns, "*.json")) {
                found.forEach(files::add);
            } catch (IOException | DirectoryIteratorException e) {
                places.add(
                        new Place(
                                dropIns.toString(),
                                Origin.MANAGED,
                                new Content.Broken("it cannot be listed")));
            }
            files.stream().sorted().forEach(file -> places.add(place(file, Origin.MANAGED)));
        }
        return places;
    }

    private static Place place(Path file, Origin origin) {
        return new Place(file.toString(), origin, content(file));
    }

    private static Content content(Path file) {
        try {
            String text = SettingsFiles.read(file);
            if (text.isEmpty() && !Files.exists(file)) {
                return new Content.Absent();
            }
            String body = text.startsWith("\ufeff") ? text.substring(1) : text;
            JsonText json = JsonText.of(body);
            return MAPPER.readTree(json.text()) instanceof ObjectNode settings
                    ? new Content.Parsed(settings)
                    : new Content.Broken("it is no object");
        } catch (JsonText.Broken e) {
            return new Content.Broken(e.line() + ":" + e.column() + ": " + e.what());
        } catch (IOException e) {
            return new Content.Broken("it cannot be read: " + e.getMessage());
        }
    }

    /**
     * What a settings change during a session would weaken; empty when it may be taken over.
     *
     * @param home the home folder of the user the agent runs as
     * @param platform where it runs
     * @param servers every base address this server is known by, in any order and as often as may
     *     be
     */
    public static List<String> problems(
            HookEvent.ConfigChange change,
            String home,
            String platform,
            Collection<String> servers) {
        return problems(change, Path.of(home), managed(platform), servers);
    }

    static List<String> problems(
            HookEvent.ConfigChange change, Path home, Path managed, Collection<String> servers) {
        Set<String> bases = new TreeSet<>();
        servers.forEach(server -> bases.add(ClaudeCodeSettings.base(server)));
        try {
            Path file = Path.of(change.file()).normalize();
            Path folder = file.getParent();
            if (folder == null || !file.isAbsolute()) {
                return List.of("`" + Wording.clean(change.file()) + "` is no absolute path");
            }
            @Nullable Path above = folder.getParent();
            boolean inProject =
                    change.source().equals("project_settings")
                            || change.source().equals("local_settings");
            Path project =
                    inProject && above != null
                            ? above
                            : nearestProject(Path.of(change.cwd()).normalize(), home);
            Path user = change.source().equals("user_settings") ? folder : home.resolve(".claude");
            return SettingsGuard.problemsOfChange(
                    file.toString(), new SettingsPlaces(user, project, managed).read(), bases);
        } catch (InvalidPathException e) {
            return List.of("a path in the event is no path on this machine");
        }
    }

    private static Path nearestProject(Path cwd, Path home) {
        for (@Nullable Path folder = cwd; folder != null; folder = folder.getParent()) {
            if (!folder.equals(home) && Files.isDirectory(folder.resolve(".claude"))) {
                return folder;
            }
        }
        return cwd;
    }
}
