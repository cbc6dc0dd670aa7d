package dev.countersign.analysis;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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

    /** What the call itself writes, by path; it may not come about. */
    private final Map<String, String> written = new HashMap<>();

    private boolean asWritten;

    RememberedFacts(Facts facts) {
        this.facts = facts;
    }

    /** Notes what the call writes to a file. */
    void writes(String absolute, String text) {
        written.put(absolute, text);
    }

    /** What the call wrote to a file, or null. */
    @Nullable String written(String absolute) {
        return written.get(absolute);
    }

    boolean isAsWritten() {
        return asWritten;
    }

    boolean anyWritten() {
        return !written.isEmpty();
    }

    /** Runs something that is to see the files as the call left them. */
    void asWritten(Runnable what) {
        boolean before = asWritten;
        asWritten = true;
        try {
            what.run();
        } finally {
            asWritten = before;
        }
    }

    @Override
    public String resolve(String absolute) {
        return resolved.computeIfAbsent(absolute, facts::resolve);
    }

    @Override
    public Kind kind(String absolute) {
        return asWritten && written.containsKey(absolute)
                ? Kind.FILE
                : kinds.computeIfAbsent(absolute, facts::kind);
    }

    @Override
    public Optional<String> text(String absolute) {
        String text = asWritten ? written.get(absolute) : null;
        return text == null ? texts.computeIfAbsent(absolute, facts::text) : Optional.of(text);
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
