package dev.countersign.analysis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The packages of a workspace of Node.js.
 *
 * @param seen whether the disk shows them at all
 * @param more whether there are some that were not looked at
 * @param root the folder that says which there are
 * @param names of the packages, by folder
 */
record Packages(boolean seen, boolean more, String root, Map<String, String> names) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST = 60;
    private static final int DEEPEST = 20;

    /**
     * What the options of a runner choose.
     *
     * @param all whether every package runs
     * @param words names, folders and patterns
     */
    record Choice(boolean all, List<String> words) {
        private static final Set<String> ALL =
                Set.of("-ws", "--workspaces", "--workspaces=true", "-r", "--recursive");
        private static final Set<String> NAMING =
                Set.of("-w", "--workspace", "--filter", "-F", "--filter-prod", "--scope");

        /** Null when they choose none. */
        static @Nullable Choice of(String runner, List<String> words) {
            boolean all = runner.equals("lerna") || words.contains("workspaces");
            List<String> chosen = new ArrayList<>();
            for (int i = 0; i < words.size(); i++) {
                String word = words.get(i);
                if (word.equals("--")) {
                    break;
                }
                int equals = word.indexOf('=');
                String option = equals > 0 ? word.substring(0, equals) : word;
                boolean root = option.equals("-w") && runner.equals("pnpm");
                if (ALL.contains(word) && !(runner.equals("npm") && word.startsWith("-r"))) {
                    all = true;
                } else if (NAMING.contains(option) && !root) {
                    chosen.add(
                            equals > 0
                                    ? word.substring(equals + 1)
                                    : i + 1 < words.size() ? words.get(i + 1) : "");
                }
            }
            return all || !chosen.isEmpty() ? new Choice(chosen.isEmpty(), chosen) : null;
        }
    }

    /** Those of the nearest folder from {@code directory} upwards that has some. */
    static Packages around(Call call, @Nullable String directory) {
        String top = call.paths.workspace();
        if (directory == null || call.facts.kind(top) != Facts.Kind.DIRECTORY) {
            return new Packages(false, false, top, Map.of());
        }
        String folder = directory;
        for (int i = 0; i < DEEPEST; i++) {
            List<String> patterns = patterns(call.facts, folder);
            if (!patterns.isEmpty()) {
                return below(call.facts, folder, patterns);
            }
            int slash = folder.lastIndexOf('/');
            if (slash <= 0 || folder.equals(top)) {
                break;
            }
            folder = folder.substring(0, slash);
        }
        // Where no file says which there are, pnpm takes every folder for one.
        Map<String, String> names = below(call.facts, top, USUAL).names();
        return new Packages(true, false, top, names);
    }

    private static final List<String> USUAL = List.of("packages/*", "apps/*", "libs/*", "*", "*/*");

    private static List<String> patterns(Facts facts, String folder) {
        List<String> patterns = new ArrayList<>();
        Object own = json(facts.text(folder + "/package.json")).get("workspaces");
        if (own instanceof Map<?, ?>) {
            own = Flow.map(own).get("packages");
        }
        add(patterns, own);
        add(patterns, json(facts.text(folder + "/lerna.json")).get("packages"));
        add(patterns, yaml(facts.text(folder + "/pnpm-workspace.yaml")).get("packages"));
        return patterns;
    }

    private static void add(List<String> patterns, @Nullable Object list) {
        if (list instanceof List<?> all) {
            for (Object one : all) {
                if (one instanceof String text && !text.startsWith("!")) {
                    patterns.add(text.replaceFirst("^\\./", "").replaceFirst("/$", ""));
                }
            }
        }
    }

    private static Packages below(Facts facts, String root, List<String> patterns) {
        Map<String, String> names = new TreeMap<>();
        boolean more = false;
        for (String pattern : patterns) {
            more |= pattern.contains("**");
            List<String> found = List.of(root);
            for (String part : pattern.replace("**", "*").split("/", -1)) {
                List<String> next = new ArrayList<>();
                for (String folder : found) {
                    if (!Patterns.isGlob(part)) {
                        next.add(folder + "/" + part);
                        continue;
                    }
                    for (String name : facts.list(folder).orElse(List.of())) {
                        if (Patterns.glob(part, name) && !name.equals("node_modules")) {
                            next.add(folder + "/" + name);
                        }
                    }
                }
                found = next.size() > MOST ? next.subList(0, MOST) : next;
                more |= next.size() > MOST;
            }
            for (String folder : found) {
                Optional<String> text = facts.text(folder + "/package.json");
                if (text.isPresent()) {
                    names.put(folder, String.valueOf(json(text).getOrDefault("name", "")));
                }
            }
        }
        return new Packages(true, more, root, names);
    }

    /** Folders with a {@code project.json}, which is a project to Nx wherever it stands. */
    Set<String> projects(Facts facts) {
        Set<String> found = new TreeSet<>();
        List<String> level = List.of(root);
        for (int depth = 0; depth < DEEPEST_PROJECT; depth++) {
            List<String> next = new ArrayList<>();
            for (String folder : level) {
                for (String name : facts.list(folder).orElse(List.of())) {
                    if (name.equals("project.json")) {
                        found.add(folder);
                    } else if (name.indexOf('.') < 0 && !MADE.contains(name)) {
                        next.add(folder + "/" + name);
                    }
                }
            }
            level = next.size() > MOST_FOLDERS ? next.subList(0, MOST_FOLDERS) : next;
        }
        return found;
    }

    private static final int DEEPEST_PROJECT = 4;
    private static final int MOST_FOLDERS = 100;
    private static final Set<String> MADE = Set.of("node_modules", "dist", "build", "coverage");

    /** The folders of the packages that go by a name, a folder or a pattern. */
    List<String> named(String word) {
        String bare = word.replaceFirst("^\\./", "").replaceFirst("/$", "");
        List<String> folders = new ArrayList<>();
        names.forEach((folder, name) -> {
            String relative = folder.substring(Math.min(root.length() + 1, folder.length()));
            boolean fits =
                    name.equals(bare)
                            || name.endsWith("/" + bare)
                            || relative.equals(bare)
                            || relative.startsWith(bare + "/")
                            || (Patterns.isGlob(bare)
                                    && (Patterns.glob(bare, name)
                                            || Patterns.glob(bare, relative)));
            if (fits) {
                folders.add(folder);
            }
        });
        return folders;
    }

    /** The folders of what was chosen; a selector that is not a plain one may be any of them. */
    List<String> chosen(Choice choice) {
        if (choice.all()) {
            return List.copyOf(names.keySet());
        }
        List<String> folders = new ArrayList<>();
        for (String word : choice.words()) {
            if (word.matches("[@A-Za-z0-9_./*-]+") && !word.contains("..")) {
                folders.addAll(named(word));
            } else {
                return List.copyOf(names.keySet());
            }
        }
        return folders;
    }

    private static Map<String, Object> json(Optional<String> text) {
        try {
            return text.isEmpty() ? Map.of() : Flow.map(JSON.readValue(text.get(), Object.class));
        } catch (JsonProcessingException | ClassCastException | StackOverflowError e) {
            return Map.of();
        }
    }

    private static Map<String, Object> yaml(Optional<String> text) {
        try {
            return text.isEmpty()
                    ? Map.of()
                    : Flow.map(new Load(LoadSettings.builder().build()).loadFromString(text.get()));
        } catch (YamlEngineException | ClassCastException | StackOverflowError e) {
            return Map.of();
        }
    }
}
