package dev.countersign.analysis;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the scripts and tasks of a project's own files would run: those of Composer, Deno, Just,
 * Task, Poe, PDM, Hatch, Nx and Turbo.
 */
final class ProjectScripts {
    private static final int MOST_LINES = 200;

    @SuppressWarnings("deprecation")
    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .enable(JsonParser.Feature.ALLOW_COMMENTS)
                    .enable(JsonParser.Feature.ALLOW_TRAILING_COMMA)
                    .build();

    /**
     * A script that was found.
     *
     * @param folder where it runs
     * @param lines shell text, in order
     * @param whole whether that is all of it
     */
    record Found(String folder, List<String> lines, boolean whole) {}

    private final RememberedFacts facts;
    private final List<String> lines = new ArrayList<>();
    private final Set<String> seen = new LinkedHashSet<>();
    private boolean whole = true;
    private boolean known;

    private ProjectScripts(RememberedFacts facts) {
        this.facts = facts;
    }

    /**
     * The script a runner would run.
     *
     * @param script its name, or empty for the one that runs without a name
     * @param top the folder above which no file is looked for
     */
    static Optional<Found> of(
            Call call, String runner, String script, @Nullable String directory, String top) {
        RememberedFacts facts = call.facts;
        List<String> names =
                switch (runner) {
                    case "composer" -> List.of("composer.json");
                    case "deno" -> List.of("deno.json", "deno.jsonc");
                    case "just" -> List.of("justfile", "Justfile", ".justfile");
                    case "task", "go-task" -> Taskfile.NAMES;
                    case "mise" -> List.of("mise.toml", ".mise.toml", ".config/mise.toml");
                    case "cargo" -> List.of("Makefile.toml");
                    case "hatch" -> List.of("hatch.toml", "pyproject.toml");
                    case "poe", "pdm", "rye" -> List.of("pyproject.toml");
                    case "pipenv" -> List.of("Pipfile");
                    case "turbo", "nx" -> List.of("package.json");
                    default -> List.of();
                };
        String folder = directory;
        for (int i = 0; folder != null && i < 20 && !names.isEmpty(); i++) {
            for (String name : names) {
                Optional<String> text = facts.text(folder + "/" + name);
                if (text.isEmpty() && facts.isClosed(folder + "/" + name)) {
                    return Optional.of(new Found(folder, List.of(), false));
                }
                if (text.isPresent()) {
                    call.works(text.get().length());
                    ProjectScripts scripts = new ProjectScripts(facts);
                    scripts.read(call, runner, script, text.get(), folder);
                    if (scripts.known) {
                        return Optional.of(
                                new Found(folder, List.copyOf(scripts.lines), scripts.whole));
                    }
                    if (!name.equals("hatch.toml")) {
                        return Optional.empty();
                    }
                }
            }
            int slash = folder.lastIndexOf('/');
            folder = slash <= 0 || folder.equals(top) ? null : folder.substring(0, slash);
        }
        return Optional.empty();
    }

    private void read(Call call, String runner, String script, String text, String folder) {
        switch (runner) {
            case "composer" -> composer(Flow.map(json(text).get("scripts")), script);
            case "deno" -> deno(Flow.map(json(text).get("tasks")), script);
            case "just" -> take(new Justfile(facts, folder).read(text, script));
            case "task", "go-task" ->
                    take(
                            new Taskfile(facts, folder)
                                    .read(text, script.isEmpty() ? "default" : script));
            case "mise" -> tasks(toml(text), script);
            case "cargo" -> tasks(toml(text), script.isEmpty() ? "default" : script);
            case "poe" -> python(toml(text), "tool.poe.tasks", script);
            case "pdm" -> python(toml(text), "tool.pdm.scripts", script);
            case "rye" -> python(toml(text), "tool.rye.scripts", script);
            case "pipenv" -> python(toml(text), "scripts", script);
            case "hatch" -> hatch(toml(text), script);
            default -> packages(call, json(text), script, folder);
        }
    }

    private void unread() {
        known = true;
        whole = false;
    }

    private Map<String, Object> json(String text) {
        try {
            return Flow.map(JSON.readValue(text, Object.class));
        } catch (JsonProcessingException | StackOverflowError e) {
            unread();
            return Map.of();
        }
    }

    private Map<String, Object> toml(String text) {
        Optional<Map<String, Object>> read = TomlTables.read(text);
        if (read.isEmpty()) {
            unread();
        }
        return read.orElse(Map.of());
    }

    private void line(String text) {
        known = true;
        if (lines.size() >= MOST_LINES) {
            whole = false;
        } else {
            lines.add(text);
        }
    }

    /** Whether a name is looked at for the first time. */
    private boolean first(String name) {
        return seen.size() < MOST_LINES && seen.add(name);
    }

    // ---- one runner each

    private void composer(Map<String, Object> scripts, String name) {
        Object body = scripts.get(name);
        if (body == null || !first(name)) {
            return;
        }
        for (String step : steps(body)) {
            if (step.startsWith("@putenv ")) {
                line("export " + step.substring(8));
            } else if (step.startsWith("@php ") || step.startsWith("@composer ")) {
                line(step.substring(1));
            } else if (step.startsWith("@")) {
                composer(scripts, step.substring(1).split(" ", 2)[0]);
                known = true;
            } else if (step.matches("[A-Za-z_\\\\][A-Za-z0-9_\\\\]*::[A-Za-z0-9_]+")) {
                // A function of the project's own code.
                known = true;
            } else {
                line(step);
            }
        }
    }

    private void deno(Map<String, Object> tasks, String name) {
        Object body = tasks.get(name);
        if (body == null || !first(name)) {
            return;
        }
        if (body instanceof String text) {
            line(text);
            return;
        }
        if (body instanceof Map<?, ?>) {
            Map<String, Object> all = Flow.map(body);
            for (String other : steps(all.get("dependencies"))) {
                deno(tasks, other);
            }
            if (all.get("command") instanceof String text) {
                line(text);
            }
            known = true;
            return;
        }
        unread();
    }

    /** The texts of a value that is one or a list; what is no text makes the script unread. */
    private List<String> steps(@Nullable Object value) {
        List<String> texts = new ArrayList<>();
        switch (value) {
            case null -> {}
            case String text -> texts.add(text);
            case List<?> list -> {
                for (Object one : list) {
                    if (one instanceof String text) {
                        texts.add(text);
                    } else {
                        unread();
                    }
                }
            }
            default -> unread();
        }
        return texts;
    }

    private void take(Found found) {
        if (!found.lines.isEmpty() || !found.whole) {
            known = true;
        }
        whole &= found.whole;
        found.lines.forEach(this::line);
    }

    /** Tasks of {@code mise} and of {@code cargo make}, each a table or a text. */
    private void tasks(Map<String, Object> all, String name) {
        Object body = all.get("tasks." + name);
        if (body == null) {
            body = tableOf(all, "tasks." + name);
        }
        if (body == null || !first(name)) {
            return;
        }
        known = true;
        if (!(body instanceof Map<?, ?>)) {
            steps(body).forEach(this::line);
            return;
        }
        Map<String, Object> task = Flow.map(body);
        for (String key :
                List.of("depends", "depends_post", "wait_for", "dependencies", "run_task")) {
            for (String other : steps(task.get(key))) {
                tasks(all, other.strip().split("\\s+", 2)[0]);
            }
        }
        for (String key : List.of("run", "script", "run_windows")) {
            steps(task.get(key)).forEach(this::line);
        }
        if (task.get("command") instanceof String command) {
            List<String> words = new ArrayList<>();
            words.add(CodeCommands.quote(command));
            steps(task.get("args")).forEach(word -> words.add(CodeCommands.quote(word)));
            line(String.join(" ", words));
        }
        whole &=
                !task.containsKey("file")
                        && !task.containsKey("shell")
                        && !task.containsKey("script_runner");
    }

    private void python(Map<String, Object> all, String table, String name) {
        Object body = all.get(table + "." + name);
        if (body == null) {
            body = tableOf(all, table + "." + name);
        }
        if (body == null || !first(name)) {
            return;
        }
        known = true;
        for (String around : List.of("pre_" + name, "post_" + name)) {
            if (table.startsWith("tool.pdm")) {
                python(all, table, around);
            }
        }
        switch (body) {
            case String text -> line(text);
            case List<?> list ->
                    // Poe takes the texts of a list for other tasks.
                    steps(list).forEach(other -> python(all, table, other));
            default -> {
                Map<String, Object> task = Flow.map(body);
                boolean plain = false;
                for (String key : List.of("cmd", "shell")) {
                    Object text = task.get(key);
                    if (text instanceof List<?>) {
                        // The words of one command.
                        List<String> words = steps(text).stream().map(CodeCommands::quote).toList();
                        line(String.join(" ", words));
                    } else {
                        steps(text).forEach(this::line);
                    }
                    plain |= text != null;
                }
                for (String key : List.of("sequence", "composite", "deps")) {
                    for (String other : steps(task.get(key))) {
                        plain = true;
                        if (key.equals("composite")) {
                            composite(all, table, other);
                        } else {
                            python(all, table, other);
                        }
                    }
                }
                whole &= plain || task.containsKey("call") || task.containsKey("script");
            }
        }
    }

    private void composite(Map<String, Object> all, String table, String text) {
        String name = text.strip().split("\\s+", 2)[0];
        if (all.containsKey(table + "." + name)) {
            python(all, table, name);
        } else {
            line(text);
        }
    }

    /** A script that has a table of its own. */
    private static @Nullable Map<String, Object> tableOf(Map<String, Object> all, String table) {
        Map<String, Object> own = new LinkedHashMap<>();
        all.forEach((key, value) -> {
            if (key.startsWith(table + ".")) {
                own.put(key.substring(table.length() + 1), value);
            }
        });
        return own.isEmpty() ? null : own;
    }

    private void hatch(Map<String, Object> all, String script) {
        int colon = script.lastIndexOf(':');
        String environment = colon < 0 ? "default" : script.substring(0, colon);
        String name = script.substring(colon + 1);
        // Of pyproject.toml, of hatch.toml, and what every environment has from the default one.
        for (String start : List.of("tool.hatch.envs.", "envs.")) {
            hatch(all, start + environment + ".scripts.", name);
            if (!known && !environment.equals("hatch-test")) {
                hatch(all, start + "default.scripts.", name);
            }
        }
    }

    private void hatch(Map<String, Object> all, String table, String name) {
        Object body = all.get(table + name);
        if (body == null) {
            Object inline = all.get(table.substring(0, table.length() - 1));
            body = inline instanceof Map<?, ?> ? Flow.map(inline).get(name) : null;
        }
        if (body == null || !first(table + name)) {
            return;
        }
        known = true;
        for (String step : steps(body)) {
            String word = step.strip().split("\\s+", 2)[0];
            if (all.containsKey(table + word)) {
                hatch(all, table, word);
            } else {
                // What is handed on to tests is judged where it is given.
                String filled =
                        table.contains("hatch-test.")
                                ? step.replaceAll("\\{(?:args|env:\\w+):?([^{}]*)\\}", "$1")
                                : step;
                line(filled.replaceAll("\\{[^}]*\\}", "\\$unknown_of_template"));
            }
        }
    }

    /** The script of that name in the packages of a workspace, and in the projects of Nx. */
    private void packages(Call call, Map<String, Object> root, String script, String folder) {
        packageScript(root, script);
        target(Flow.map(root.get("nx")), script);
        Packages packages = Packages.around(call, folder);
        whole &= !packages.more();
        Set<String> folders = new LinkedHashSet<>(packages.names().keySet());
        folders.addAll(packages.projects(facts));
        for (String below : folders) {
            facts.text(below + "/package.json")
                    .ifPresent(text -> {
                        Map<String, Object> all = json(text);
                        packageScript(all, script);
                        target(Flow.map(all.get("nx")), script);
                    });
            facts.text(below + "/project.json").ifPresent(text -> target(json(text), script));
        }
        facts.text(folder + "/project.json").ifPresent(text -> target(json(text), script));
        facts.text(folder + "/nx.json")
                .ifPresent(text ->
                        target(
                                Map.of(
                                        "targets",
                                        Flow.map(json(text)).getOrDefault("targetDefaults", "")),
                                script));
    }

    private void packageScript(Map<String, Object> all, String script) {
        Map<String, Object> scripts = Flow.map(all.get("scripts"));
        for (String name : List.of("pre" + script, script, "post" + script)) {
            if (scripts.get(name) instanceof String text) {
                line(text);
            }
        }
    }

    private void target(Map<String, Object> project, String name) {
        Map<String, Object> target = Flow.map(Flow.map(project.get("targets")).get(name));
        Map<String, Object> options = Flow.map(target.get("options"));
        for (Object one : new Object[] {target.get("command"), options.get("command")}) {
            if (one instanceof String text) {
                line(text);
            }
        }
        Object commands = options.get("commands");
        if (commands instanceof List<?> list) {
            for (Object one : list) {
                Object text = one instanceof Map<?, ?> ? Flow.map(one).get("command") : one;
                if (text instanceof String line) {
                    line(line);
                } else {
                    unread();
                }
            }
        }
    }
}
