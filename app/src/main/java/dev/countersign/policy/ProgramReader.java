package dev.countersign.policy;

import dev.countersign.analysis.UserProgram;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code programs}: what the programs of a company or a project do. */
final class ProgramReader {
    private static final String SUCH_AS =
            "; expected such as `{deployctl: {sub: {status: {base: [read, net]}}}}`";
    private static final int MOST = 1_000;
    private static final int DEEPEST = 6;

    private final Source source;
    private int entries;

    ProgramReader(Source source) {
        this.source = source;
    }

    List<Policy.ProgramEntry> read(Tree tree) {
        List<Policy.ProgramEntry> programs = new ArrayList<>();
        if (!(tree instanceof Tree.Entries map)) {
            source.error(tree, "`programs` is " + tree.kind() + SUCH_AS);
            return programs;
        }
        for (Tree.Entry entry : map.entries()) {
            String name = entry.key().value();
            if (!name.matches("[^\\s/\\\\]{1,100}") || name.startsWith("-")) {
                source.error(
                        entry.key(),
                        "`"
                                + Nearest.shorten(name)
                                + "` is no name of a program; expected one word without a folder");
            } else if (name.equals("countersign")) {
                source.error(
                        entry.key(), "`countersign` cannot be described; what it may do is fixed");
            } else {
                if (UserProgram.shipped(name)) {
                    source.warning(
                            entry.key(),
                            "`"
                                    + name
                                    + "` is in the catalogue; what is said here can only add to what"
                                    + " it is found to do");
                }
                entry(entry.value(), name, 0)
                        .ifPresent(read ->
                                programs.add(
                                        new Policy.ProgramEntry(
                                                new UserProgram(name, read),
                                                source.at(entry.key()))));
            }
        }
        return programs;
    }

    private Optional<Map<String, Object>> entry(Tree tree, String where, int depth) {
        if (!(tree instanceof Tree.Entries map)) {
            source.error(tree, "`" + where + "` is " + tree.kind() + SUCH_AS);
            return Optional.empty();
        }
        if (++entries > MOST || depth > DEEPEST) {
            source.error(
                    tree,
                    "`"
                            + where
                            + "` goes too far; at most "
                            + MOST
                            + " programs and sub-commands, "
                            + DEEPEST
                            + " deep");
            return Optional.empty();
        }
        source.keys(map, where, UserProgram.KEYS, Set.of());
        Keys keys = new Keys(map);
        if (!keys.has("base") && !keys.has("sub") && !keys.has("opts") && !keys.has("verbs")) {
            source.error(
                    map, "`" + where + "` says nothing; expected `base`, `sub`, `opts` or `verbs`");
        }
        Map<String, Object> read = new LinkedHashMap<>();
        Set<String> spellings = new HashSet<>();
        for (Tree.Entry one : map.entries()) {
            String key = one.key().value();
            String what = where + "." + key;
            Tree value = one.value();
            switch (key) {
                case "kind" ->
                        source.word(value, what, UserProgram.KINDS)
                                .ifPresent(kind -> read.put(key, kind));
                case "base" -> read.put(key, words(value, what, UserProgram.EFFECTS));
                case "tags" -> read.put(key, tags(value, what));
                case "opts", "gopts" -> read.put(key, options(value, what, spellings));
                case "valued" -> {
                    List<String> valued = source.strings(value, what);
                    valued.forEach(option -> spelling(value, what, option, spellings));
                    read.put(key, valued);
                }
                case "pos" -> {
                    List<String> roles = source.strings(value, what);
                    roles.forEach(role -> position(value, what, role));
                    read.put(key, roles);
                }
                case "aliases" -> read.put(key, source.strings(value, what));
                case "unknown_option" ->
                        source.word(value, what, List.of("ok", "ask"))
                                .ifPresent(word -> read.put(key, word));
                case "verbs" ->
                        source.word(value, what, List.of("true", "false"))
                                .ifPresent(word -> read.put(key, word));
                case "sub" -> read.put(key, subs(value, where, depth));
                default -> {}
            }
        }
        return Optional.of(read);
    }

    private Map<String, Object> subs(Tree tree, String where, int depth) {
        Map<String, Object> subs = new LinkedHashMap<>();
        if (!(tree instanceof Tree.Entries map)) {
            source.error(tree, "`" + where + ".sub` is " + tree.kind() + SUCH_AS);
            return subs;
        }
        for (Tree.Entry entry : map.entries()) {
            String name = entry.key().value();
            if (name.isEmpty() || name.startsWith("-") || name.contains(" ")) {
                source.error(
                        entry.key(),
                        "`"
                                + Nearest.shorten(name)
                                + "` is no sub-command; expected one word, options stand under"
                                + " `opts`");
            }
            entry(entry.value(), where + " " + name, depth + 1)
                    .ifPresent(read -> subs.put(name, read));
        }
        return subs;
    }

    private Map<String, Object> options(Tree tree, String what, Set<String> spellings) {
        Map<String, Object> options = new LinkedHashMap<>();
        if (!(tree instanceof Tree.Entries map)) {
            source.error(
                    tree,
                    "`"
                            + what
                            + "` is "
                            + tree.kind()
                            + "; expected such as `{\"-o,--output\": {arg: write}}`");
            return options;
        }
        for (Tree.Entry entry : map.entries()) {
            String joined = entry.key().value();
            for (String option : joined.split(",", -1)) {
                spelling(entry.key(), what, option, spellings);
            }
            if (!(entry.value() instanceof Tree.Entries value)) {
                source.error(
                        entry.value(),
                        "`"
                                + Nearest.shorten(joined)
                                + "` is "
                                + entry.value().kind()
                                + "; expected such as `{arg: write, add: [upload]}` or `{}`");
                continue;
            }
            source.keys(value, joined, UserProgram.OPTION_KEYS, Set.of());
            Map<String, Object> read = new LinkedHashMap<>();
            for (Tree.Entry one : value.entries()) {
                String key = one.key().value();
                String place = joined + "." + key;
                switch (key) {
                    case "arg" -> {
                        String role = source.text(one.value());
                        role(one.value(), place, role);
                        read.put(key, role);
                    }
                    case "add", "set" ->
                            read.put(key, words(one.value(), place, UserProgram.EFFECTS));
                    default -> {}
                }
            }
            options.put(joined, read);
        }
        return options;
    }

    private void spelling(Tree at, String what, String option, Set<String> spellings) {
        if (!option.matches("[-+/]\\S*")) {
            source.error(
                    at,
                    "`"
                            + Nearest.shorten(option)
                            + "` in `"
                            + what
                            + "` is no option; expected such as `-o` or `\"-o,--output\"`");
        } else if (!spellings.add(option)) {
            source.error(at, "`" + Nearest.shorten(option) + "` is listed twice in `" + what + "`");
        }
    }

    private void position(Tree at, String what, String role) {
        if (role.startsWith("+last ")) {
            role(at, what, role.substring(6));
        } else {
            role(at, what, role.endsWith("*") ? role.substring(0, role.length() - 1) : role);
        }
    }

    private void role(Tree at, String what, String role) {
        if (!UserProgram.isRole(role)) {
            source.error(
                    at,
                    "`"
                            + what
                            + "` names the role `"
                            + Nearest.shorten(role)
                            + "`"
                            + Nearest.hint(role, UserProgram.ROLES));
        }
    }

    private List<String> words(Tree tree, String what, Collection<String> valid) {
        List<String> words = new ArrayList<>();
        if (!(tree instanceof Tree.Items items)) {
            source.word(tree, what, valid).ifPresent(words::add);
            return words;
        }
        for (Tree item : items.items()) {
            source.word(item, what, valid).ifPresent(words::add);
        }
        return words;
    }

    private List<String> tags(Tree tree, String what) {
        List<String> tags = source.strings(tree, what);
        for (String tag : tags) {
            if (!tag.matches("[a-z][a-z0-9-]{0,40}")) {
                source.error(
                        tree,
                        "`"
                                + Nearest.shorten(tag)
                                + "` in `"
                                + what
                                + "` is no tag; expected such as `deploy`");
            }
        }
        return tags;
    }
}
