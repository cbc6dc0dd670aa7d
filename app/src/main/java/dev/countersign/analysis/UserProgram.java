package dev.countersign.analysis;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** A program as a policy describes it, in the form of the catalogue. */
public final class UserProgram {
    /** What an entry may say, and one of its sub-commands. */
    public static final List<String> KEYS =
            List.of(
                    "kind",
                    "base",
                    "tags",
                    "opts",
                    "gopts",
                    "valued",
                    "pos",
                    "sub",
                    "aliases",
                    "unknown_option",
                    "verbs",
                    "note");

    /** What an option may say. */
    public static final List<String> OPTION_KEYS = List.of("arg", "add", "set", "note");

    public static final List<String> KINDS =
            List.of(
                    "service",
                    "build",
                    "cloud",
                    "container",
                    "db",
                    "fs",
                    "info",
                    "net",
                    "pkg",
                    "system",
                    "text",
                    "wrapper");

    /** The words effects are written in. */
    public static final List<String> EFFECTS =
            Arrays.stream(Deed.values()).map(Deed::wire).toList();

    /** The roles of words and of the values of options. */
    public static final List<String> ROLES =
            List.of(
                    "read",
                    "write",
                    "delete",
                    "dir",
                    "read-or-url",
                    "write-or-url",
                    "exec",
                    "exec1",
                    "script",
                    "codefile",
                    "host",
                    "url",
                    "hostpath",
                    "pattern",
                    "text",
                    "num",
                    "ref",
                    "pkg",
                    "name",
                    "pid",
                    "mode",
                    "unknown");

    private static final Pattern CODE = Pattern.compile("code:[a-z0-9-]+");

    private final String name;
    private final Tool tool;
    private final Set<String> tags;

    /**
     * Reads a checked entry.
     *
     * @param name the program, without a folder
     * @param entry maps, lists and texts as the catalogue has them
     */
    public UserProgram(String name, Map<String, Object> entry) {
        this.name = name;
        Tool read = Tool.of(entry);
        this.tool = read.kind().isEmpty() ? read.of("service") : read;
        Set<String> found = new TreeSet<>();
        tags(entry, found);
        this.tags = Set.copyOf(found);
    }

    private static void tags(Map<?, ?> entry, Set<String> into) {
        entry.forEach((key, value) -> {
            if (value instanceof Map<?, ?> inner) {
                tags(inner, into);
            } else if ("tags".equals(key) && value instanceof List<?> named) {
                named.forEach(tag -> into.add(String.valueOf(tag)));
            }
        });
    }

    /** Every tag that something of it has. */
    public Set<String> tags() {
        return tags;
    }

    public String name() {
        return name;
    }

    Tool tool() {
        return tool;
    }

    /** Whether this is the role of a word: one of {@link #ROLES} or {@code code:LANGUAGE}. */
    public static boolean isRole(String text) {
        return ROLES.contains(text) || CODE.matcher(text).matches();
    }

    /**
     * Whether the catalogue of this product has the program, so that policy can only tighten it.
     */
    public static boolean shipped(String program) {
        return Catalogue.shipped().names().contains(program);
    }
}
