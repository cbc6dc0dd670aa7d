package dev.countersign.analysis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** What a task of a Taskfile runs: its commands, and those that only answer a question for it. */
final class Taskfile {
    static final List<String> NAMES =
            List.of(
                    "Taskfile.yml",
                    "taskfile.yml",
                    "Taskfile.yaml",
                    "taskfile.yaml",
                    "Taskfile.dist.yml",
                    "taskfile.dist.yml",
                    "Taskfile.dist.yaml",
                    "taskfile.dist.yaml");

    private static final int MOST_LINES = 200;
    private static final int MOST_FILES = 20;

    /** One file and the names its tasks go by. */
    private record File(
            Map<String, Object> all, String folder, String prefix, Map<String, String> vars) {}

    private final RememberedFacts facts;
    private final String folder;
    private final List<File> files = new ArrayList<>();
    private final List<String> lines = new ArrayList<>();
    private final Set<String> seen = new LinkedHashSet<>();
    private boolean whole = true;

    Taskfile(RememberedFacts facts, String folder) {
        this.facts = facts;
        this.folder = folder;
    }

    ProjectScripts.Found read(String text, String name) {
        file(text, folder, "");
        task(name, "");
        if (!lines.isEmpty() || !seen.isEmpty()) {
            // Variables of all files are asked for before any task runs.
            for (File file : files) {
                asked(file.all.get("vars"), file.vars, file.folder);
                asked(file.all.get("env"), file.vars, file.folder);
            }
        }
        return new ProjectScripts.Found(folder, List.copyOf(lines), whole);
    }

    private void file(String text, String where, String prefix) {
        if (files.size() >= MOST_FILES) {
            whole = false;
            return;
        }
        Map<String, Object> all;
        try {
            all = Flow.map(new Load(LoadSettings.builder().build()).loadFromString(text));
        } catch (YamlEngineException | ClassCastException | StackOverflowError e) {
            whole = false;
            return;
        }
        if (text.contains("<<:")) {
            whole = false;
        }
        File file = new File(all, where, prefix, values(all.get("vars"), Map.of()));
        files.add(file);
        Flow.map(all.get("includes")).forEach((name, what) -> include(file, name, what));
    }

    private void include(File from, String name, @Nullable Object what) {
        Map<String, Object> options = what instanceof Map<?, ?> ? Flow.map(what) : Map.of();
        Object path = what instanceof String ? what : options.get("taskfile");
        String flat = String.valueOf(options.getOrDefault("flatten", false));
        String prefix = flat.equals("true") ? from.prefix : from.prefix + name + ":";
        if (!(path instanceof String given) || given.contains("{{") || given.contains("://")) {
            whole = false;
            return;
        }
        String at = Paths.normalise(given.startsWith("/") ? given : from.folder + "/" + given);
        List<String> candidates = new ArrayList<>(List.of(at));
        NAMES.forEach(one -> candidates.add(at + "/" + one));
        for (String candidate : candidates) {
            Optional<String> text = facts.text(candidate);
            if (text.isEmpty() && facts.isClosed(candidate)) {
                whole = false;
                return;
            }
            if (text.isPresent()) {
                Object moved = options.get("dir");
                String where =
                        moved instanceof String dir && !dir.contains("{{")
                                ? Paths.normalise(
                                        dir.startsWith("/") ? dir : from.folder + "/" + dir)
                                : from.folder;
                whole &= !(moved instanceof String dir) || !dir.contains("{{");
                file(text.get(), where, prefix);
                return;
            }
        }
        whole &= String.valueOf(options.get("optional")).equals("true");
    }

    // ---- tasks

    private void task(String wanted, String prefix) {
        String name = wanted.startsWith(":") ? wanted.substring(1) : prefix + wanted;
        boolean found = false;
        for (File file : List.copyOf(files)) {
            if (!name.startsWith(file.prefix)) {
                continue;
            }
            String own = name.substring(file.prefix.length());
            for (Map.Entry<String, Object> one : Flow.map(file.all.get("tasks")).entrySet()) {
                if (isCalled(one.getKey(), one.getValue(), own)) {
                    found = true;
                    if (seen.size() < MOST_LINES && seen.add(file.prefix + one.getKey())) {
                        run(file, one.getValue());
                    }
                }
            }
        }
        if (!found && name.contains("{{")) {
            whole = false;
        }
    }

    private static boolean isCalled(String key, @Nullable Object body, String name) {
        if (key.equals(name) || (key.indexOf('*') >= 0 && PackageRunners.fits(key, name))) {
            return true;
        }
        return body instanceof Map<?, ?>
                && Flow.texts(Flow.map(body).get("aliases")).contains(name);
    }

    private void run(File file, @Nullable Object body) {
        if (!(body instanceof Map<?, ?>)) {
            commands(file, body, file.vars, file.folder);
            return;
        }
        Map<String, Object> task = Flow.map(body);
        Map<String, String> vars = values(task.get("vars"), file.vars);
        String where = file.folder;
        if (task.get("dir") instanceof String dir) {
            String plain = shown(dir, vars);
            if (plain.indexOf('$') >= 0 || plain.startsWith("~")) {
                whole = false;
            } else {
                where = Paths.normalise(plain.startsWith("/") ? plain : where + "/" + plain);
            }
        }
        asked(task.get("vars"), vars, where);
        asked(task.get("env"), vars, where);
        for (String key : List.of("status", "preconditions", "if")) {
            for (Object one : items(task.get(key))) {
                Object text = one instanceof Map<?, ?> ? Flow.map(one).get("sh") : one;
                text(text, vars, where);
            }
        }
        for (Object dep : items(task.get("deps"))) {
            Object called = dep instanceof Map<?, ?> ? Flow.map(dep).get("task") : dep;
            task(shown(String.valueOf(called), vars), file.prefix);
        }
        commands(file, task.get("cmds"), vars, where);
        commands(file, task.get("cmd"), vars, where);
    }

    private static List<?> items(@Nullable Object value) {
        return value instanceof List<?> list ? list : value == null ? List.of() : List.of(value);
    }

    private void commands(
            File file, @Nullable Object value, Map<String, String> vars, String where) {
        for (Object item : items(value)) {
            if (!(item instanceof Map<?, ?>)) {
                text(item, vars, where);
                continue;
            }
            Map<String, Object> one = Flow.map(item);
            List<Map<String, String>> rounds = rounds(one.get("for"), vars, where);
            for (Map<String, String> round : rounds) {
                text(one.get("if"), round, where);
                Object command = one.containsKey("cmd") ? one.get("cmd") : one.get("defer");
                if (one.get("task") instanceof String other) {
                    called(file, other, round);
                } else if (command instanceof Map<?, ?>) {
                    called(file, String.valueOf(Flow.map(command).get("task")), round);
                } else if (command == null) {
                    whole = false;
                } else {
                    text(command, round, where);
                }
            }
        }
    }

    private void called(File file, String name, Map<String, String> vars) {
        String plain = shown(name, vars);
        if (plain.indexOf('$') >= 0) {
            whole = false;
        }
        task(plain, file.prefix);
    }

    /** The variables of each round of a loop. */
    private List<Map<String, String>> rounds(
            @Nullable Object loop, Map<String, String> vars, String where) {
        if (loop == null) {
            return List.of(vars);
        }
        List<Map<String, String>> rounds = new ArrayList<>();
        if (loop instanceof List<?> list && list.size() <= 20) {
            for (Object one : list) {
                Map<String, String> round = new HashMap<>(vars);
                round.put("ITEM", shown(String.valueOf(one), vars));
                rounds.add(round);
            }
            return rounds;
        }
        if (loop instanceof Map<?, ?>) {
            text(Flow.map(loop).get("sh"), vars, where);
        }
        return List.of(vars);
    }

    /** Commands whose output becomes a variable. */
    private void asked(@Nullable Object variables, Map<String, String> vars, String where) {
        if (variables instanceof Map<?, ?>) {
            for (Object value : Flow.map(variables).values()) {
                if (value instanceof Map<?, ?>) {
                    text(Flow.map(value).get("sh"), vars, where);
                }
            }
        }
    }

    private void text(@Nullable Object text, Map<String, String> vars, String where) {
        if (text == null) {
            return;
        }
        if (text instanceof List<?>) {
            whole = false;
            return;
        }
        if (lines.size() >= MOST_LINES) {
            whole = false;
            return;
        }
        String line = shown(String.valueOf(text), vars);
        lines.add(where.equals(folder) ? line : "cd " + CodeCommands.quote(where) + "\n" + line);
    }

    // ---- variables

    private static Map<String, String> values(
            @Nullable Object variables, Map<String, String> outer) {
        Map<String, String> values = new LinkedHashMap<>(outer);
        if (variables instanceof Map<?, ?>) {
            Flow.map(variables)
                    .forEach((name, value) -> {
                        if (value instanceof Map<?, ?>) {
                            Object sh = Flow.map(value).get("sh");
                            values.put(
                                    name,
                                    sh instanceof String text && !text.contains("{{")
                                            ? "$(" + text + ")"
                                            : UNKNOWN);
                        } else if (value instanceof List<?> || value == null) {
                            values.put(name, UNKNOWN);
                        } else {
                            values.put(name, shown(String.valueOf(value), values));
                        }
                    });
        }
        return values;
    }

    private static final String UNKNOWN = "$unknown_of_template";
    private static final Pattern TEMPLATE =
            Pattern.compile("\\{\\{-?(.*?)-?\\}\\}", Pattern.DOTALL);
    private static final Pattern NAME = Pattern.compile("\\s*\\.([A-Za-z_][A-Za-z0-9_]*)\\s*");

    /** A text with what its templates put in; what is not known is a variable of the shell. */
    private static String shown(String text, Map<String, String> vars) {
        return TEMPLATE.matcher(text)
                .replaceAll(match -> {
                    Matcher name = NAME.matcher(match.group(1));
                    String value =
                            name.matches() ? vars.getOrDefault(name.group(1), UNKNOWN) : UNKNOWN;
                    return Matcher.quoteReplacement(value);
                });
    }
}
