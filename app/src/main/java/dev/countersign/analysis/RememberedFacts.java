package dev.countersign.analysis;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was asked about the machine during one call, asked once: a command that names a place a
 * thousand times costs one look, and all of the call is judged by the same answers.
 */
final class RememberedFacts implements Facts {
    private final Facts facts;
    private final Map<String, String> resolved = new HashMap<>();
    private final Map<String, Kind> kinds = new HashMap<>();
    private final Map<String, Optional<String>> texts = new HashMap<>();
    private final Map<String, Optional<List<String>>> lists = new HashMap<>();
    private final Map<String, Optional<List<String>>> links = new HashMap<>();
    private final Map<String, Optional<GitIndex>> indexes = new HashMap<>();

    RememberedFacts(Facts facts) {
        this.facts = facts;
    }

    @Override
    public String resolve(String absolute) {
        return resolved.computeIfAbsent(absolute, facts::resolve);
    }

    @Override
    public Kind kind(String absolute) {
        return kinds.computeIfAbsent(absolute, facts::kind);
    }

    @Override
    public Optional<String> text(String absolute) {
        return texts.computeIfAbsent(absolute, facts::text);
    }

    @Override
    public Optional<List<String>> list(String absolute) {
        return lists.computeIfAbsent(absolute, facts::list);
    }

    @Override
    public Optional<List<String>> links(String absolute) {
        return links.computeIfAbsent(absolute, facts::links);
    }

    @Override
    public Optional<GitIndex> index(String absolute) {
        return indexes.computeIfAbsent(absolute, facts::index);
    }
}
