package dev.countersign.analysis;

import dev.countersign.call.LowerCase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The paths a pattern matches on the disk that a symbolic link leads somewhere else. Everything
 * else it matches lies where the pattern says, so the pattern itself stands for it.
 */
final class GlobLinks {
    /** Folders and paths looked at for one call; beyond it nobody knows what a pattern reaches. */
    private static final int MOST_LOOKED_AT = 10_000;

    /**
     * Folders a {@code **} goes down into, as far as any tree is looked through; shells that know
     * it follow no link there.
     */
    private static final int MOST_BELOW = 400;

    private static final int MOST_LINKS = 64;
    private static final int DEEPEST = 6;

    /** Folders full of links that package managers and builds make for themselves. */
    private static final Set<String> MADE =
            Set.of("node_modules", "venv", "env", "vendor", "target", "build", "dist");

    /** A folder that was listed, and which of its names are links. */
    private record Folder(List<String> names, Set<String> links) {}

    private final Facts facts;
    private final Map<String, Folder> folders = new HashMap<>();
    private final Map<String, Answer> answers = new HashMap<>();
    private int looked;
    private int wentDown;

    /**
     * What was found for one pattern.
     *
     * @param led absolute paths behind a link, as the shell would write them
     * @param links those that are links themselves
     * @param whole whether that is all of them
     */
    record Answer(List<String> led, List<String> links, boolean whole) {}

    GlobLinks(Facts facts) {
        this.facts = facts;
    }

    /**
     * Looks for the links a pattern meets.
     *
     * @param pattern absolute, without {@code ..}
     * @param folder the folder in front of its first glob
     * @param resolved that folder with links followed
     */
    Answer of(String pattern, String folder, String resolved) {
        Answer known = answers.get(pattern);
        if (known == null) {
            Search search = new Search();
            String rest = pattern.substring(folder.equals("/") ? 1 : folder.length() + 1);
            search.look(List.of(rest.split("/", -1)), folder, resolved, 0);
            known = new Answer(List.copyOf(search.led), List.copyOf(search.links), search.whole);
            answers.put(pattern, known);
        }
        return known;
    }

    private Folder folder(String path) {
        return folders.computeIfAbsent(
                path,
                folder ->
                        new Folder(
                                facts.list(folder).orElse(List.of()),
                                new HashSet<>(facts.links(folder).orElse(List.of()))));
    }

    private final class Search {
        private final List<String> led = new ArrayList<>();
        private final List<String> links = new ArrayList<>();
        private boolean whole = true;

        private void look(List<String> parts, String written, String resolved, int depth) {
            if (spent()) {
                return;
            }
            String part = parts.getFirst();
            List<String> rest = parts.subList(1, parts.size());
            boolean below = part.equals("**");
            if (below && !rest.isEmpty()) {
                look(rest, written, resolved, depth);
            }
            Folder folder = folder(resolved);
            for (String name : folder.names) {
                boolean link = folder.links.contains(name);
                boolean ends = rest.isEmpty() && !below && !link;
                if (ends || !matches(part, name, link)) {
                    continue;
                }
                String path = at(written, name);
                String real = at(resolved, name);
                if (rest.isEmpty()) {
                    if (link) {
                        add(links, path);
                    }
                } else if (rest.stream().noneMatch(Patterns::isGlob)) {
                    String tail = String.join("/", rest);
                    if (spent()) {
                        return;
                    }
                    if (link || !facts.resolve(at(real, tail)).equals(at(real, tail))) {
                        add(led, at(path, tail));
                    }
                } else if (link) {
                    throughLink(rest, path, facts.resolve(real));
                } else {
                    look(rest, path, real, depth);
                }
                boolean deeper = below && !link && depth < DEEPEST && !MADE.contains(name);
                if (deeper && name.indexOf('.') < 0 && ++wentDown < MOST_BELOW) {
                    look(parts, path, real, depth + 1);
                }
            }
        }

        /** Behind a link every match lies elsewhere; the folder it leads to stands for them. */
        private void throughLink(List<String> rest, String written, String resolved) {
            if (anything(rest, resolved, 0)) {
                add(led, at(written, String.join("/", rest)));
            }
        }

        private boolean anything(List<String> parts, String resolved, int depth) {
            if (spent()) {
                return true;
            }
            String part = parts.getFirst();
            List<String> rest = parts.subList(1, parts.size());
            if (!Patterns.isGlob(part) && rest.isEmpty()) {
                return true;
            }
            for (String name : folder(resolved).names) {
                boolean deeper = part.equals("**") && depth < DEEPEST;
                if (matches(part, name, false)
                        && (rest.isEmpty()
                                || deeper
                                || anything(rest, at(resolved, name), depth + 1))) {
                    return true;
                }
            }
            return false;
        }

        private boolean spent() {
            if (++looked > MOST_LOOKED_AT) {
                whole = false;
            }
            return !whole;
        }

        private void add(List<String> found, String path) {
            if (found.size() < MOST_LINKS) {
                found.add(path);
            } else {
                whole = false;
            }
        }
    }

    private static String at(String folder, String rest) {
        return folder.equals("/") ? "/" + rest : folder + "/" + rest;
    }

    /** Case aside, and with what only some shells read taken for anything. */
    private static boolean matches(String part, String name, boolean link) {
        char first = part.isEmpty() ? '.' : part.charAt(0);
        if (name.startsWith(".") && first != '.' && !link) {
            return false;
        }
        if (!Patterns.isGlob(part)) {
            return part.equals(name);
        }
        boolean anything =
                part.indexOf('(') >= 0
                        || part.indexOf('{') >= 0
                        || part.indexOf('\\') >= 0
                        || part.contains("[:");
        return anything || Patterns.glob(LowerCase.of(part), LowerCase.of(name));
    }
}
