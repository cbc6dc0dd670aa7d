package dev.countersign.analysis;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Facts of a disk that is written down: texts by path, links by path. */
final class Disk implements Facts {
    private final Map<String, Object> files;
    private final Map<String, Object> links;

    Disk(Map<String, Object> files, Map<String, Object> links) {
        this.files = files;
        this.links = links;
    }

    @Override
    public String resolve(String absolute) {
        for (Map.Entry<String, Object> link : links.entrySet()) {
            if (Paths.below(absolute, link.getKey())) {
                return link.getValue() + absolute.substring(link.getKey().length());
            }
        }
        return absolute;
    }

    @Override
    public Kind kind(String absolute) {
        if (files.isEmpty()) {
            return Kind.UNKNOWN;
        }
        if (files.containsKey(absolute)) {
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
    public Optional<List<String>> list(String absolute) {
        if (kind(absolute) != Kind.DIRECTORY) {
            return Optional.empty();
        }
        Set<String> names = new LinkedHashSet<>();
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
}
