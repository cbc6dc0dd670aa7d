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

/**
 * The commands that the environments of tox and the sessions of nox run, as {@code tox.ini}, {@code
 * setup.cfg}, {@code tox.toml}, {@code pyproject.toml} and {@code noxfile.py} say. What else a
 * {@code noxfile.py} does is the project's own code, as that of a test.
 */
final class PythonSessions {
    private static final int MOST_LINES = 200;
    private static final int DEEPEST = 4;
    private static final String UNKNOWN = "$unknown_of_template";

    private static final List<String> OF_TOX =
            List.of("tox.ini", "setup.cfg", "pyproject.toml", "tox.toml");

    private final String folder;
    private final Set<String> chosen;
    private final List<String> lines = new ArrayList<>();
    private boolean whole = true;
    private boolean known;

    private PythonSessions(String folder, Set<String> chosen) {
        this.folder = folder;
        this.chosen = chosen;
    }

    /**
     * What a runner would run.
     *
     * @param chosen the environments or sessions that are named; none means all that are listed
     * @param file the file it is told to obey, from the folder; null is the usual one
     */
    static Optional<ProjectScripts.Found> of(
            Call call, String runner, Set<String> chosen, String folder, @Nullable String file) {
        boolean tox = runner.equals("tox");
        List<String> names = file != null ? List.of(file) : tox ? OF_TOX : List.of("noxfile.py");
        for (String name : names) {
            String path = Paths.normalise(folder + "/" + name);
            Optional<String> text = call.facts.text(path);
            if (text.isEmpty() && call.facts.isClosed(path)) {
                return Optional.of(new ProjectScripts.Found(folder, List.of(), false));
            }
            if (text.isPresent()) {
                call.works(text.get().length());
                PythonSessions sessions = new PythonSessions(folder, chosen);
                if (!tox) {
                    sessions.nox(text.get());
                } else if (name.endsWith(".toml")) {
                    sessions.toml(text.get(), name.endsWith("pyproject.toml") ? "tool.tox." : "");
                } else {
                    sessions.ini(text.get());
                }
                if (sessions.known) {
                    return Optional.of(sessions.found());
                }
            }
        }
        return Optional.empty();
    }

    private ProjectScripts.Found found() {
        return new ProjectScripts.Found(folder, List.copyOf(lines), whole);
    }

    private void line(String text) {
        known = true;
        if (lines.size() >= MOST_LINES) {
            whole = false;
        } else if (!text.isBlank()) {
            lines.add(text);
        }
    }

    // ---- tox

    private void ini(String text) {
        Map<String, Map<String, String>> sections = sections(text);
        if (!sections.containsKey("testenv")
                && !sections.containsKey("tox")
                && !sections.containsKey("tox:tox")) {
            return;
        }
        known = true;
        Map<String, String> main = new HashMap<>(sections.getOrDefault("tox:tox", Map.of()));
        main.putAll(sections.getOrDefault("tox", Map.of()));
        String listed = main.getOrDefault("envlist", "") + main.getOrDefault("env_list", "");
        Map<String, String> common = sections.getOrDefault("testenv", Map.of());
        environment(sections, common, common);
        sections.forEach((name, own) -> {
            if (name.startsWith("testenv:") && runs(name.substring(8), listed)) {
                environment(sections, own, common);
            }
        });
    }

    /** Whether an environment is run; a name with factors in braces may be any. */
    private boolean runs(String name, String listed) {
        boolean several = name.indexOf('{') >= 0 || listed.indexOf('{') >= 0;
        return chosen.isEmpty()
                ? several || listed.contains(name)
                : name.indexOf('{') >= 0 || chosen.contains(name);
    }

    private void environment(
            Map<String, Map<String, String>> sections,
            Map<String, String> own,
            Map<String, String> common) {
        String where = own.getOrDefault("changedir", own.getOrDefault("change_dir", ""));
        if (where.isEmpty()) {
            where = common.getOrDefault("changedir", common.getOrDefault("change_dir", ""));
        }
        String into = where.isEmpty() ? "" : "cd " + filled(where.strip()) + " && ";
        for (String key : List.of("commands_pre", "commands", "commands_post")) {
            String text = own.containsKey(key) ? own.get(key) : common.getOrDefault(key, "");
            commands(sections, text, into, 0);
        }
    }

    private static final Pattern REFERENCE = Pattern.compile("\\{\\[([^\\]{}]+)](\\w+)}");
    private static final Pattern FACTORS = Pattern.compile("[!\\w,{}.-]{1,80}:\\s+(.+)");

    private void commands(
            Map<String, Map<String, String>> sections, String text, String into, int depth) {
        for (String one : text.replaceAll("\\\\\\n\\s*", " ").split("\n", -1)) {
            String command = one.strip();
            Matcher reference = REFERENCE.matcher(command);
            if (reference.matches()) {
                Map<String, String> other = sections.getOrDefault(reference.group(1), Map.of());
                if (depth < DEEPEST) {
                    commands(sections, other.getOrDefault(reference.group(2), ""), into, depth + 1);
                } else {
                    whole = false;
                }
                continue;
            }
            Matcher factors = FACTORS.matcher(command);
            if (factors.matches()) {
                command = factors.group(1);
            }
            command = command.replaceFirst("^[-!]\\s*", "");
            if (!command.isEmpty()) {
                line(into + filled(command));
            }
        }
    }

    private static final Pattern FIELD = Pattern.compile("\\{([^{}]*)}");

    /** A command with what stands in braces put in as far as it is known. */
    private String filled(String command) {
        String text = command.replaceAll("\\{env_?bin_?dir}/", "");
        for (int i = 0; i < DEEPEST && text.indexOf('{') >= 0; i++) {
            Matcher field = FIELD.matcher(text);
            StringBuilder out = new StringBuilder();
            while (field.find()) {
                field.appendReplacement(out, Matcher.quoteReplacement(value(field.group(1))));
            }
            text = field.appendTail(out).toString();
        }
        return text;
    }

    private String value(String field) {
        if (field.equals("posargs") || field.startsWith("posargs:")) {
            return field.length() > 8 ? field.substring(8) : "";
        }
        if (field.startsWith("env:")) {
            int colon = field.indexOf(':', 4);
            return colon < 0 ? UNKNOWN : field.substring(colon + 1);
        }
        return switch (field) {
            case "/", ":" -> field;
            case "toxinidir", "tox_root", "package_root" -> folder;
            case "envpython", "env_python", "base_python", "basepython" -> "python";
            case "envname", "env_name" -> "env";
            case "envdir",
                    "env_dir",
                    "envtmpdir",
                    "env_tmp_dir",
                    "envlogdir",
                    "env_log_dir",
                    "toxworkdir",
                    "work_dir",
                    "distdir",
                    "temp_dir" ->
                    ".tox/env";
            default -> UNKNOWN;
        };
    }

    /** The keys of an INI file by section; lines that are indented go on with the value above. */
    private static Map<String, Map<String, String>> sections(String text) {
        Map<String, Map<String, String>> sections = new LinkedHashMap<>();
        Map<String, String> section = new LinkedHashMap<>();
        String key = null;
        StringBuilder value = new StringBuilder();
        for (String one : (text.replace("\r\n", "\n") + "\n[").split("\n", -1)) {
            String stripped = one.strip();
            boolean comment = stripped.startsWith("#") || stripped.startsWith(";");
            if (stripped.isEmpty() || comment) {
                continue;
            }
            if (key != null && Character.isWhitespace(one.charAt(0))) {
                value.append('\n').append(stripped.replaceFirst("\\s#.*", ""));
                continue;
            }
            if (key != null) {
                section.put(key, value.toString());
                key = null;
            }
            int end = stripped.indexOf(']');
            if (stripped.startsWith("[") && end > 0) {
                section =
                        sections.computeIfAbsent(
                                stripped.substring(1, end), _ -> new LinkedHashMap<>());
                continue;
            }
            int equals = stripped.indexOf('=');
            if (equals > 0) {
                key = stripped.substring(0, equals).strip();
                value = new StringBuilder(stripped.substring(equals + 1).strip());
            }
        }
        return sections;
    }

    private void toml(String text, String start) {
        Map<String, Object> all = TomlTables.read(text).orElse(null);
        if (all == null) {
            known = text.contains("tox");
            whole = false;
            return;
        }
        if (all.get(start + "legacy_tox_ini") instanceof String ini) {
            ini(ini);
        }
        boolean listed = all.keySet().stream().anyMatch(key -> key.startsWith(start + "env"));
        if (!listed) {
            return;
        }
        known = true;
        Set<String> runs = new LinkedHashSet<>(chosen);
        if (runs.isEmpty()) {
            runs.addAll(Flow.texts(all.getOrDefault(start + "env_list", List.of())));
        }
        for (Map.Entry<String, Object> entry : all.entrySet()) {
            String key = entry.getKey();
            if (!key.startsWith(start)) {
                continue;
            }
            String rest = key.substring(start.length());
            int dot = rest.lastIndexOf('.');
            boolean commands = dot > 0 && rest.substring(dot + 1).startsWith("commands");
            String environment = commands ? rest.substring(0, dot) : "";
            boolean mine =
                    environment.equals("env_run_base")
                            || (environment.startsWith("env.")
                                    && (runs.isEmpty() || runs.contains(environment.substring(4))));
            if (mine && entry.getValue() instanceof List<?> list) {
                list.forEach(this::words);
            }
        }
    }

    /** One command of a list: its words, some of which are computed. */
    private void words(Object command) {
        if (!(command instanceof List<?> list)) {
            whole = false;
            return;
        }
        List<String> words = new ArrayList<>();
        for (Object one : list) {
            boolean handedOn =
                    one instanceof Map<?, ?> all && "posargs".equals(Flow.map(all).get("replace"));
            if (one instanceof String word && word.indexOf('{') < 0) {
                words.add(CodeCommands.quote(word));
            } else if (one instanceof String word) {
                words.add(filled(word));
            } else if (!handedOn) {
                words.add(UNKNOWN);
            }
        }
        line(String.join(" ", words));
    }

    // ---- nox

    private static final Pattern DEFINES = Pattern.compile("(?:async\\s+)?def\\s+(\\w+)\\s*\\(.*");
    private static final Pattern SESSION = Pattern.compile("@(?:nox\\.)?session\\b.*");
    private static final Pattern NAMED = Pattern.compile("\\bname\\s*=\\s*[\"']([^\"']+)[\"']");
    private static final Pattern RUNS = Pattern.compile("\\bsession\\.run(?:_always|_install)?\\(");

    /** Sessions that are chosen, and functions that are none, since a session may call them. */
    private void nox(String text) {
        known = true;
        boolean takes = true;
        boolean session = false;
        Set<String> names = new LinkedHashSet<>();
        StringBuilder code = new StringBuilder();
        for (String one : text.replace("\r\n", "\n").split("\n", -1)) {
            Matcher defines = DEFINES.matcher(one);
            if (SESSION.matcher(one).matches()) {
                session = true;
                names.clear();
            }
            Matcher named = NAMED.matcher(one);
            if (session && named.find()) {
                names.add(named.group(1));
            }
            if (defines.matches()) {
                names.add(defines.group(1));
                takes = !session || chosen.isEmpty() || chooses(names);
                session = false;
                names.clear();
            }
            if (takes) {
                code.append(one).append('\n');
            }
        }
        String mine = code.toString();
        whole &= !mine.contains("session.chdir(") && !mine.contains("session.cd(");
        Matcher runs = RUNS.matcher(mine);
        while (runs.find()) {
            run(mine, runs.end());
        }
    }

    /** A session is chosen by its name, with a version of Python behind it or not. */
    private boolean chooses(Set<String> names) {
        for (String one : chosen) {
            int version = one.indexOf('-');
            if (names.contains(one) || (version > 0 && names.contains(one.substring(0, version)))) {
                return true;
            }
            if (one.indexOf('(') > 0) {
                return true;
            }
        }
        return false;
    }

    /** The constant words of one call; what is computed is unknown. */
    private void run(String code, int from) {
        List<String> words = new ArrayList<>();
        int at = from;
        while (at < code.length() && code.charAt(at) != ')') {
            char c = code.charAt(at);
            if (Character.isWhitespace(c) || c == ',') {
                at++;
                continue;
            }
            int end = argumentEnd(code, at);
            String argument = code.substring(at, end).strip();
            if (argument.startsWith("#")) {
                int next = code.indexOf('\n', at);
                at = next < 0 ? code.length() : next;
                continue;
            }
            boolean keyword = argument.matches("(?s)\\w+\\s*=[^=].*");
            if (!argument.startsWith("*") && !keyword) {
                words.add(word(argument));
            }
            at = end;
        }
        line(String.join(" ", words));
    }

    private static String word(String argument) {
        int last = argument.length() - 1;
        char quote = argument.charAt(0);
        boolean constant =
                last > 0
                        && (quote == '"' || quote == '\'')
                        && argument.indexOf(quote, 1) == last
                        && argument.indexOf('\\') < 0;
        return constant ? CodeCommands.quote(argument.substring(1, last)) : UNKNOWN;
    }

    /** Where an argument ends: at a comma or a bracket that belongs to the call. */
    private static int argumentEnd(String code, int from) {
        int depth = 0;
        int at = from;
        while (at < code.length()) {
            char c = code.charAt(at);
            if (c == '"' || c == '\'') {
                int close = at + 1;
                while (close < code.length() && code.charAt(close) != c) {
                    close += code.charAt(close) == '\\' ? 2 : 1;
                }
                at = close + 1;
                continue;
            }
            if (depth == 0 && (c == ',' || c == ')')) {
                break;
            }
            if (c == '#' && depth == 0 && at == from) {
                int next = code.indexOf('\n', at);
                return next < 0 ? code.length() : next;
            }
            depth += "([{".indexOf(c) >= 0 ? 1 : ")]}".indexOf(c) >= 0 ? -1 : 0;
            at++;
        }
        return Math.min(at, code.length());
    }
}
