package dev.countersign.analysis;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the catalogue knows of one program, or of one of its sub-commands.
 *
 * @param kind the family it belongs to, such as {@code wrapper} or {@code text}
 * @param base what it may do whatever its options
 * @param options by spelling, every spelling an entry of its own
 * @param globals options before the sub-command
 * @param valued further options that take a value and change nothing
 * @param takes of both, those that do not always take the next word, with how they do
 * @param either those that take the next word on one system and are flags on another
 * @param positionals the roles of its words; a trailing {@code *} stands for all that remain, a
 *     leading {@code +last} for the last one
 * @param forms what a word adds that has a certain form
 * @param hasForms whether words of a certain form matter to it or to a sub-command
 * @param subs by name, aliases included
 * @param anyOption whether options that are not listed do no harm
 * @param anySub what an unknown sub-command is, or null when it cannot be judged
 * @param assignments whether words of the form {@code NAME=value} may stand before the command it
 *     runs
 * @param tags what rules may call it
 * @param verbs whether words such as {@code list} or {@code delete} tell what it does
 * @param names what other names of its sub-commands stand for
 * @param spellings what the first words of it stand for, both in single blanks: {@code container
 *     run} for {@code run}, none for {@code install}
 * @param sorted the spellings of its options, the valued ones included
 */
record Tool(
        String kind,
        Set<Deed> base,
        Map<String, Option> options,
        Map<String, Option> globals,
        Set<String> valued,
        Map<String, Takes> takes,
        Set<String> either,
        List<String> positionals,
        List<Form> forms,
        boolean hasForms,
        Map<String, Tool> subs,
        boolean anyOption,
        @Nullable String anySub,
        boolean assignments,
        List<String> tags,
        boolean verbs,
        Map<String, String> names,
        Map<String, String> spellings,
        Spellings sorted) {

    /** Where the value of an option may stand. */
    enum Takes {
        /** Attached, or else in the next word. */
        WORD,
        /** Attached only; it may be left out. */
        ATTACHED,
        /** As {@link #ATTACHED}, and a next word that begins with a digit is one as well. */
        NUMBER
    }

    /**
     * One option.
     *
     * @param role what its value is, or null when it takes none
     * @param add what it adds to what the program does
     * @param set what the program does instead of its base, or null
     * @param takes where its value stands
     */
    record Option(@Nullable String role, Set<Deed> add, @Nullable Set<Deed> set, Takes takes) {
        private static final Map<Takes, Option> VALUED = new EnumMap<>(Takes.class);

        static {
            for (Takes takes : Takes.values()) {
                VALUED.put(takes, new Option("text", EnumSet.noneOf(Deed.class), null, takes));
            }
        }

        /** One whose value changes nothing. */
        static Option valued(Takes takes) {
            return Objects.requireNonNull(VALUED.get(takes));
        }

        /** Whether giving it can do more than reading. */
        boolean harmful() {
            if (role != null && !HARMLESS.contains(role)) {
                return true;
            }
            return !READING.containsAll(add) || (set != null && !READING.containsAll(set));
        }

        private static final Set<Deed> READING = EnumSet.of(Deed.READ, Deed.TTY);
        private static final Set<String> HARMLESS =
                Set.of(
                        "text", "pattern", "num", "ref", "name", "read", "dir", "mode", "list",
                        "page");
    }

    /**
     * What a word of a certain form adds.
     *
     * @param pattern of the whole word; for the value of an option with its spelling and a blank in
     *     front
     * @param role what the first group of the pattern is, or null
     * @param add what the word adds to what the program does
     */
    record Form(Pattern pattern, @Nullable String role, Set<Deed> add) {}

    /** Whether an option of it can do more than reading. */
    boolean hasHarmfulOption() {
        for (Option option : options.values()) {
            if (option.harmful()) {
                return true;
            }
        }
        return false;
    }

    /** The same in another family. */
    Tool of(String family) {
        return new Tool(
                family,
                base,
                options,
                globals,
                valued,
                takes,
                either,
                positionals,
                forms,
                hasForms,
                subs,
                anyOption,
                anySub,
                assignments,
                tags,
                verbs,
                names,
                spellings,
                sorted);
    }

    /** The option of that spelling whose value changes nothing, or null. */
    @Nullable Option valued(String spelling) {
        return valued.contains(spelling)
                ? Option.valued(takes.getOrDefault(spelling, Takes.WORD))
                : null;
    }

    static Tool of(Object yaml) {
        return of(Flow.map(yaml));
    }

    private static Tool of(Map<String, Object> yaml) {
        Map<String, Tool> subs = new LinkedHashMap<>();
        Map<String, String> names = new HashMap<>();
        Map<String, Object> given = Flow.map(yaml.getOrDefault("sub", Map.of()));
        given.forEach((name, value) -> {
            Map<String, Object> sub = Flow.map(value);
            Tool tool =
                    sub.containsKey("same_as_sub")
                            ? subs.getOrDefault(String.valueOf(sub.get("same_as_sub")), of(value))
                            : of(sub);
            subs.put(name, tool);
            Flow.texts(sub.get("aliases"))
                    .forEach(alias -> {
                        subs.put(alias, tool);
                        names.put(alias, name);
                    });
        });
        Object unknownSub = yaml.get("unknown_sub");
        Set<Deed> base = Deed.of(Flow.texts(yaml.get("base")));
        List<String> positionals = Flow.texts(yaml.get("pos"));
        boolean runs = positionals.contains("exec") || positionals.contains("script");
        if (runs && !base.contains(Deed.CODE)) {
            base.add(Deed.EXEC);
        }
        Map<String, Takes> takes = new HashMap<>();
        Flow.texts(yaml.get("optional")).forEach(name -> takes.put(name, Takes.ATTACHED));
        Flow.texts(yaml.get("numbers")).forEach(name -> takes.put(name, Takes.NUMBER));
        Map<String, Option> options = options(yaml.get("opts"), takes);
        Set<String> either = new HashSet<>(Flow.texts(yaml.get("either")));
        Set<String> valued = new HashSet<>(Flow.texts(yaml.get("valued")));
        valued.addAll(takes.keySet());
        valued.addAll(either);
        valued.removeAll(options.keySet());
        List<Form> forms = forms(yaml.get("words"));
        return new Tool(
                String.valueOf(yaml.getOrDefault("kind", "")),
                base,
                options,
                options(yaml.get("gopts"), takes),
                valued,
                takes,
                either,
                positionals,
                forms,
                !forms.isEmpty() || subs.values().stream().anyMatch(Tool::hasForms),
                subs,
                "ok".equals(yaml.get("unknown_option")),
                unknownSub == null ? null : String.valueOf(unknownSub),
                "true".equals(yaml.get("assignments")),
                Flow.texts(yaml.get("tags")),
                "true".equals(yaml.get("verbs")),
                names,
                spellings(yaml.get("spellings")),
                new Spellings(options.keySet(), valued));
    }

    private static Map<String, String> spellings(@Nullable Object yaml) {
        Map<String, String> spellings = new HashMap<>();
        Flow.map(yaml).forEach((words, other) -> spellings.put(words, String.valueOf(other)));
        return spellings;
    }

    private static Map<String, Option> options(@Nullable Object yaml, Map<String, Takes> takes) {
        Map<String, Option> options = new HashMap<>();
        if (yaml == null) {
            return options;
        }
        Flow.map(yaml)
                .forEach((spellings, value) -> {
                    Map<String, Object> entry = Flow.map(value);
                    Object role = entry.get("arg");
                    Object set = entry.get("set");
                    String argument = role == null ? null : String.valueOf(role);
                    Set<Deed> added = Deed.of(Flow.texts(entry.get("add")));
                    Set<Deed> instead = set == null ? null : Deed.of(Flow.texts(set));
                    for (String spelling : spellings.split(",", -1)) {
                        Takes word = takes.getOrDefault(spelling, Takes.WORD);
                        options.put(spelling, new Option(argument, added, instead, word));
                    }
                });
        return options;
    }

    private static List<Form> forms(@Nullable Object yaml) {
        List<Form> forms = new ArrayList<>();
        Flow.map(yaml == null ? Map.of() : yaml)
                .forEach((pattern, value) -> {
                    Map<String, Object> entry = Flow.map(value);
                    Object role = entry.get("arg");
                    forms.add(
                            new Form(
                                    Pattern.compile(pattern, Pattern.DOTALL),
                                    role == null ? null : String.valueOf(role),
                                    Deed.of(Flow.texts(entry.get("add")))));
                });
        return List.copyOf(forms);
    }

    /** The spellings of its options, the valued ones included, that begin so. */
    List<String> spellings(String start) {
        return sorted.beginning(start);
    }
}
