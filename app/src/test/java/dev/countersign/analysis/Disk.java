package dev.countersign.analysis;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Facts of a disk that is written down: texts by path, links by path, and for index files the paths
 * that git tracks.
 */
final class Disk implements Facts {
    private final Map<String, Object> files;
    private final Map<String, Object> links;
    private final Map<String, Object> indexes;

    Disk(Map<String, Object> files, Map<String, Object> links) {
        this(files, links, Map.of());
    }

    Disk(Map<String, Object> files, Map<String, Object> links, Map<String, Object> indexes) {
        this.files = files;
        this.links = links;
        this.indexes = indexes;
    }

    /** Part by part, as a system does: a link is followed before {@code ..} goes up. */
    @Override
    public String resolve(String absolute) {
        String path = "";
        for (String part : absolute.split("/", -1)) {
            if (part.equals("..")) {
                path = path.substring(0, Math.max(0, path.lastIndexOf('/')));
            } else if (path.isEmpty() && WindowsPath.hasDrive(part)) {
                path = part;
            } else if (!part.isEmpty() && !part.equals(".")) {
                path = path + "/" + part;
                path = String.valueOf(links.getOrDefault(path, path));
            }
        }
        return path.isEmpty() ? "/" : path;
    }

    @Override
    public Kind kind(String absolute) {
        if (files.isEmpty()) {
            return Kind.UNKNOWN;
        }
        if (files.containsKey(absolute) || indexes.containsKey(absolute)) {
            return Kind.FILE;
        }
        boolean folder = files.keySet().stream().anyMatch(file -> Paths.below(file, absolute));
        return folder ? Kind.DIRECTORY : Kind.MISSING;
    }

    @Override
    public Optional<String> text(String absolute) {
        return Optional.ofNullable(files.get(absolute)).map(String::valueOf);
    }

    @Override
    public Optional<List<String>> links(String absolute) {
        return list(absolute)
                .map(names ->
                        names.stream().filter(name -> isLink(absolute + "/" + name)).toList());
    }

    private boolean isLink(String path) {
        return links.containsKey(path.startsWith("//") ? path.substring(1) : path);
    }

    @Override
    public Optional<List<String>> list(String absolute) {
        if (kind(absolute) != Kind.DIRECTORY) {
            return Optional.empty();
        }
        Set<String> names = new LinkedHashSet<>();
        for (String link : links.keySet()) {
            int slash = link.lastIndexOf('/');
            if ((slash == 0 ? "/" : link.substring(0, slash)).equals(absolute)) {
                names.add(link.substring(slash + 1));
            }
        }
        String start = absolute.equals("/") ? "/" : absolute + "/";
        for (String file : files.keySet()) {
            if (file.startsWith(start)) {
                String rest = file.substring(start.length());
                int slash = rest.indexOf('/');
                names.add(slash < 0 ? rest : rest.substring(0, slash));
            }
        }
        return Optional.of(List.copyOf(names));
    }

    /** An index whose paths are written down; any other file is none that can be read. */
    @Override
    public Optional<GitIndex> index(String absolute) {
        return Optional.ofNullable(indexes.get(absolute))
                .map(paths -> GitIndex.of(committed(Flow.texts(paths))));
    }

    /** The committed text by path, null where {@code =TEXT} is not written behind the path. */
    private static Map<String, @Nullable String> committed(List<String> entries) {
        Map<String, @Nullable String> texts = new HashMap<>();
        for (String entry : entries) {
            int equals = entry.indexOf('=');
            texts.put(
                    equals < 0 ? entry : entry.substring(0, equals),
                    equals < 0 ? null : entry.substring(equals + 1));
        }
        return texts;
    }
}
