package dev.countersign.analysis;

import dev.countersign.analysis.powershell.PowerShellText;
import dev.countersign.call.Argument;
import dev.countersign.call.LowerCase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A cmdlet of PowerShell, a line of {@code cmdlets.yaml}.
 *
 * @param name as it is written in documentation
 * @param does what it does
 * @param at parameters for words without a name, in order
 * @param read parameters that name files it reads
 * @param write parameters that name files it writes
 * @param delete parameters that name files it empties or deletes
 * @param values all parameters with a value
 * @param flags parameters without one
 * @param unix names under which another program runs where PowerShell is not on Windows
 */
record Cmdlet(
        String name,
        String does,
        List<String> at,
        List<String> read,
        List<String> write,
        List<String> delete,
        List<String> values,
        List<String> flags,
        Set<String> unix) {
    private static final Map<String, Cmdlet> BY_NAME = new HashMap<>();
    private static final Set<String> TAKE_BLOCKS = Set.of("where", "each", "run");
    private static final List<String> COMMON_VALUES =
            List.of("ErrorAction", "ea", "WarningAction", "wa", "InformationAction", "infa");
    private static final List<String> COMMON_FLAGS =
            List.of("Verbose", "vb", "Debug", "db", "WhatIf", "wi", "Confirm", "cf");

    static {
        DataFile.read("cmdlets.yaml")
                .entries()
                .forEach((name, value) -> {
                    Map<String, Object> map = Flow.map(value);
                    Cmdlet cmdlet = of(name, map);
                    BY_NAME.put(LowerCase.of(name), cmdlet);
                    Flow.texts(map.get("alias")).forEach(alias -> BY_NAME.put(alias, cmdlet));
                });
    }

    private static Cmdlet of(String name, Map<String, Object> map) {
        List<String> values = new ArrayList<>(COMMON_VALUES);
        for (String role : List.of("read", "write", "delete", "text")) {
            values.addAll(Flow.texts(map.get(role)));
        }
        List<String> flags = new ArrayList<>(COMMON_FLAGS);
        flags.addAll(Flow.texts(map.get("flag")));
        return new Cmdlet(
                name,
                String.valueOf(map.get("does")),
                Flow.texts(map.get("at")),
                Flow.texts(map.get("read")),
                Flow.texts(map.get("write")),
                Flow.texts(map.get("delete")),
                values,
                flags,
                new HashSet<>(Flow.texts(map.get("unix"))));
    }

    static Optional<Cmdlet> find(String name) {
        return Optional.ofNullable(BY_NAME.get(LowerCase.of(name)));
    }

    /**
     * The arguments of one use.
     *
     * @param values by parameter, lists taken apart
     * @param flags parameters without a value
     * @param problem why they cannot be told apart, or null
     */
    record Bound(Map<String, List<Argument>> values, Set<String> flags, @Nullable String problem) {
        List<Argument> of(String... parameters) {
            List<Argument> all = new ArrayList<>();
            for (String parameter : parameters) {
                all.addAll(values.getOrDefault(parameter, List.of()));
            }
            return all;
        }

        boolean has(String flag) {
            return flags.contains(flag);
        }

        /** The one constant value of a parameter, or null. */
        @Nullable String text(String parameter) {
            List<Argument> given = of(parameter);
            return given.size() == 1 ? given.getFirst().value() : null;
        }
    }

    /** Tells which word belongs to which parameter, names shortened as PowerShell allows. */
    Bound bind(List<Argument> arguments) {
        Map<String, List<Argument>> bound = new HashMap<>();
        Set<String> given = new HashSet<>();
        int next = 0;
        for (int i = 0; i < arguments.size(); i++) {
            Argument word = arguments.get(i);
            if (!isParameter(word)) {
                while (next < at.size() && !at.get(next).endsWith("*") && isTaken(bound, next)) {
                    next++;
                }
                if (next >= at.size()) {
                    return broken("`" + Judge.cut(word.written()) + "` has no place in it");
                }
                put(bound, at.get(next).replace("*", ""), word);
                continue;
            }
            String written = word.written();
            int colon = written.indexOf(':');
            String start = colon < 0 ? written.substring(1) : written.substring(1, colon);
            String parameter = parameter(start);
            if (parameter == null) {
                return broken("its parameter `-" + Judge.cut(start) + "` is not listed");
            }
            if (flags.contains(parameter)) {
                given.addAll(flagsFrom(start, parameter));
            } else if (colon >= 0 && colon + 1 < written.length()) {
                String value = word.value();
                put(
                        bound,
                        parameter,
                        new Argument(
                                value == null ? null : value.substring(value.indexOf(':') + 1),
                                written.substring(colon + 1),
                                word.glob(),
                                word.source()));
            } else if (i + 1 < arguments.size() && !isParameter(arguments.get(i + 1))) {
                put(bound, parameter, arguments.get(++i));
            } else {
                return broken("its parameter `-" + parameter + "` has no value");
            }
        }
        boolean runs =
                !TAKE_BLOCKS.contains(does) && bound.values().stream().anyMatch(Cmdlet::holdsBlock);
        return runs ? broken("it gets a script block") : new Bound(bound, given, null);
    }

    /** Most parameters that take a value from a pipe, and all that take properties, run a block. */
    private static boolean holdsBlock(List<Argument> words) {
        return words.stream()
                .anyMatch(word -> word.value() == null && word.written().startsWith("{"));
    }

    private static void put(Map<String, List<Argument>> bound, String name, Argument word) {
        bound.computeIfAbsent(name, _ -> new ArrayList<>()).addAll(PowerShellText.list(word));
    }

    private boolean isTaken(Map<String, List<Argument>> bound, int index) {
        boolean literal = at.get(index).equals("Path") && bound.containsKey("LiteralPath");
        return literal || bound.containsKey(at.get(index));
    }

    private static Bound broken(String why) {
        return new Bound(Map.of(), Set.of(), why);
    }

    static boolean isParameter(Argument word) {
        String written = word.written();
        return written.length() > 1
                && written.charAt(0) == '-'
                && (Character.isLetter(written.charAt(1)) || written.charAt(1) == '?');
    }

    /** All parameters without a value that a shortened name may be. */
    private List<String> flagsFrom(String start, String found) {
        boolean whole = flags.stream().anyMatch(name -> name.equalsIgnoreCase(start));
        return whole
                ? List.of(found)
                : flags.stream()
                        .filter(name -> name.regionMatches(true, 0, start, 0, start.length()))
                        .toList();
    }

    private @Nullable String parameter(String start) {
        String found = null;
        for (List<String> names : List.of(values, flags)) {
            for (String name : names) {
                if (name.equalsIgnoreCase(start)) {
                    return name;
                }
                if (name.regionMatches(true, 0, start, 0, start.length())) {
                    // Of parameters without a value, each counts.
                    boolean both = found == null || (flags.contains(found) && flags.contains(name));
                    found = found != null && !both ? "" : name;
                }
            }
        }
        return found == null || found.isEmpty() ? null : found;
    }
}
