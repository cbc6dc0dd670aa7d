package dev.countersign.analysis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The catalogue of programs, {@code tools.yaml} beside this class. A tool is parsed when it is
 * first asked for, because a run of the command line tool needs one or two of six hundred.
 */
final class Catalogue {
    /** The catalogue this product ships. */
    static Catalogue shipped() {
        return Shipped.CATALOGUE;
    }

    private static final class Shipped {
        static final Catalogue CATALOGUE = read(resource("tools.yaml"));
    }

    private final Map<String, Entry> entries;
    private final Names variables;
    private final Names commandVariables;
    private final Names outputVariables;
    private final Map<String, String> optionVariables;
    private final Map<String, String> plainValues;
    private final List<String> secrets;
    private final List<String> sensitive;

    private Catalogue(
            Map<String, Entry> entries,
            Names variables,
            Names commandVariables,
            Names outputVariables,
            Map<String, String> optionVariables,
            Map<String, String> plainValues,
            List<String> secrets,
            List<String> sensitive) {
        this.entries = entries;
        this.variables = variables;
        this.commandVariables = commandVariables;
        this.outputVariables = outputVariables;
        this.optionVariables = optionVariables;
        this.plainValues = plainValues;
        this.secrets = secrets;
        this.sensitive = sensitive;
    }

    static Catalogue read(String text) {
        Map<String, Entry> entries = new HashMap<>(1500);
        List<String> variables = new ArrayList<>();
        List<String> commandVariables = new ArrayList<>();
        List<String> outputVariables = new ArrayList<>();
        Map<String, String> optionVariables = new HashMap<>();
        Map<String, String> plainValues = new HashMap<>();
        List<String> secrets = List.of();
        List<String> sensitive = List.of();
        String section = "";
        int from = 0;
        while (from < text.length()) {
            int end = text.indexOf('\n', from);
            end = end < 0 ? text.length() : end;
            if (end > from && text.charAt(from) != '#') {
                if (text.charAt(from) != ' ') {
                    int colon = text.indexOf(':', from);
                    section = text.substring(from, colon);
                    if (section.equals("secret_reads")) {
                        secrets = Flow.texts(Flow.read(text.substring(colon + 1, end)));
                    } else if (section.equals("sensitive_writes")) {
                        sensitive = Flow.texts(Flow.read(text.substring(colon + 1, end)));
                    }
                } else if (section.equals("tools")) {
                    entry(text, from + 2, end, entries);
                } else if (section.equals("env_plain")) {
                    int colon = text.indexOf(':', from);
                    String pattern = String.valueOf(Flow.read(text.substring(colon + 1, end)));
                    for (String name : text.substring(from, colon).strip().split(", ", -1)) {
                        plainValues.put(name, pattern);
                    }
                } else if (section.equals("env_options")) {
                    int colon = text.indexOf(':', from);
                    optionVariables.put(
                            text.substring(from, colon).strip(),
                            String.valueOf(Flow.read(text.substring(colon + 1, end))));
                } else if (section.startsWith("env_")) {
                    int colon = text.indexOf(':', from);
                    List<String> names =
                            switch (section) {
                                case "env_exec" -> variables;
                                case "env_command" -> commandVariables;
                                case "env_write" -> outputVariables;
                                default ->
                                        throw new IllegalStateException(
                                                section + " is not known (this is a bug)");
                            };
                    names.addAll(Flow.texts(Flow.read(text.substring(colon + 1, end))));
                }
            }
            from = end + 1;
        }
        return new Catalogue(
                entries,
                new Names(variables),
                new Names(commandVariables),
                new Names(outputVariables),
                optionVariables,
                plainValues,
                secrets,
                sensitive);
    }

    private static void entry(String text, int from, int end, Map<String, Entry> entries) {
        boolean quoted = text.charAt(from) == '"';
        int stop = quoted ? text.indexOf('"', from + 1) : text.indexOf(": ", from);
        String name = text.substring(quoted ? from + 1 : from, stop);
        int value = text.indexOf(": ", stop) + 2;
        entries.put(name, new Entry(text, value, end));
    }

    /** Where a tool stands; what was parsed is kept. Losing a race parses twice, no more. */
    private static final class Entry {
        private final String text;
        private final int from;
        private final int to;
        private @Nullable Tool tool;
        private @Nullable String sameAs;

        Entry(String text, int from, int to) {
            this.text = text;
            this.from = from;
            this.to = to;
        }

        String raw() {
            return text.substring(from, to);
        }
    }

    /** What is known of a program, by its name without a folder. */
    Optional<Tool> tool(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            return Optional.empty();
        }
        Tool known = entry.tool;
        if (known == null) {
            known = parse(entry, 0);
            entry.tool = known;
        }
        return Optional.of(known);
    }

    /** The name whose entry describes this program: itself unless it is the same as another. */
    String canonical(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            return name;
        }
        String same = entry.sameAs;
        if (same == null) {
            Object other = same(Flow.map(Flow.read(entry.raw())));
            same = other == null ? name : String.valueOf(other);
            entry.sameAs = same;
        }
        return same;
    }

    private static @Nullable Object same(Map<String, Object> yaml) {
        Object same = yaml.get("same_as");
        return same == null ? yaml.get("same_effects_as") : same;
    }

    private Tool parse(Entry entry, int depth) {
        Map<String, Object> yaml = Flow.map(Flow.read(entry.raw()));
        Object same = same(yaml);
        if (same == null || depth > 4) {
            return Tool.of(yaml);
        }
        String[] path = String.valueOf(same).split(" ", -1);
        Entry other = entries.get(path[0]);
        if (other == null) {
            throw new IllegalStateException(
                    "tools.yaml names `" + path[0] + "`, which is not there (this is a bug)");
        }
        Tool tool = parse(other, depth + 1);
        for (int i = 1; i < path.length; i++) {
            Tool sub = tool.subs().get(path[i]);
            tool = sub == null ? tool : sub;
        }
        Object kind = yaml.get("kind");
        return kind == null ? tool : tool.of(String.valueOf(kind));
    }

    /** A list of texts a tool has under a key of its own. */
    List<String> texts(String name, String key) {
        Entry entry = entries.get(name);
        return entry == null ? List.of() : Flow.texts(Flow.map(Flow.read(entry.raw())).get(key));
    }

    /** Whether the entry of a tool, or the one it is the same as, has a key; without parsing it. */
    boolean mentions(String name, String key) {
        Entry entry = entries.get(name);
        return entry != null
                && (entry.raw().contains(key)
                        || (entry.raw().contains("same_as:")
                                && !canonical(name).equals(name)
                                && mentions(canonical(name).split(" ", -1)[0], key)));
    }

    List<String> names() {
        return List.copyOf(entries.keySet());
    }

    /**
     * Whether setting this variable changes what runs.
     *
     * @param value what it is set to, or null when that is not known
     */
    boolean changesWhatRuns(String variable, @Nullable String value) {
        if (!variables.holds(variable)) {
            return false;
        }
        String plain = plainValues.get(variable);
        return value == null || plain == null || value.length() > 200 || !value.matches(plain);
    }

    /** Whether programs look in the place this variable names for what they run. */
    boolean choosesWhatRuns(String variable) {
        return variables.holds(variable);
    }

    /** Whether the value of this variable is a command line that some program runs. */
    boolean holdsCommand(String variable) {
        return commandVariables.holds(variable);
    }

    /** Whether the value of this variable is a file or a folder that some program writes. */
    boolean namesOutput(String variable) {
        return outputVariables.holds(variable);
    }

    /** The program that reads this variable as further options of its own, or null. */
    @Nullable String takesOptions(String variable) {
        return optionVariables.get(variable);
    }

    List<String> secrets() {
        return secrets;
    }

    List<String> sensitive() {
        return sensitive;
    }

    static String resource(String name) {
        try (InputStream in = Catalogue.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing (this is a bug)");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Names of variables, some with a {@code *} at one end. */
    private static final class Names {
        private final Map<String, Boolean> exact = new HashMap<>();
        private final List<String> prefixes = new ArrayList<>();
        private final List<String> endings = new ArrayList<>();

        Names(List<String> names) {
            for (String name : names) {
                if (name.endsWith("*")) {
                    prefixes.add(name.substring(0, name.length() - 1));
                } else if (name.startsWith("*")) {
                    endings.add(name.substring(1));
                } else {
                    exact.put(name, true);
                }
            }
        }

        boolean holds(String name) {
            if (exact.containsKey(name)) {
                return true;
            }
            return prefixes.stream().anyMatch(name::startsWith)
                    || endings.stream().anyMatch(name::endsWith);
        }
    }
}
