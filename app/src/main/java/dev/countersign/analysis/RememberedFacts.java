package dev.countersign.analysis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What was asked about the machine during one call, asked once: a command that names a place a
 * thousand times costs one look, and all of the call is judged by the same answers.
 */
final class RememberedFacts implements Facts {
    private final Facts facts;
    private final Map<String, String> resolved = new HashMap<>();
    private final Map<String, Kind> kinds = new HashMap<>();
    private final Map<String, Kind> openedKinds = new HashMap<>();
    private final Map<String, Optional<String>> texts = new HashMap<>();
    private final Map<String, Optional<List<String>>> lists = new HashMap<>();
    private final Map<String, Optional<List<String>>> links = new HashMap<>();
    private final Map<String, Optional<GitIndex>> indexes = new HashMap<>();

    /** Texts that one file may have in one call; more count as not known. */
    private static final int MOST_TEXTS = 4;

    /**
     * What a file may hold once the call has written it.
     *
     * @param texts those that are known
     * @param unknown whether it may also hold what nobody has read
     */
    private record Written(List<String> texts, boolean unknown) {
        int states() {
            return texts.size() + (unknown ? 1 : 0);
        }
    }

    /** What the call itself writes, by path; it may not come about. */
    private final Map<String, Written> written = new HashMap<>();

    /** Folders into which the call puts files that no word names, and patterns of such files. */
    private final Set<String> filled = new HashSet<>();

    /** Which of the texts a file may have are looked at, or -1 for what stands on the disk. */
    private int state = -1;

    /** How often the call has written. */
    private int changes;

    RememberedFacts(Facts facts) {
        this.facts = facts;
    }

    /** Notes what the call writes to a file. */
    void writes(String absolute, String text) {
        Written old = written.getOrDefault(absolute, new Written(List.of(), false));
        List<String> texts = new ArrayList<>(old.texts);
        if (texts.size() < MOST_TEXTS && !texts.contains(text)) {
            texts.add(text);
        }
        put(absolute, new Written(texts, old.unknown || !texts.contains(text)));
    }

    private void put(String absolute, Written now) {
        changes++;
        written.put(absolute, now);
    }

    /** Notes that the call adds to a file. */
    void appends(String absolute, String text) {
        Written old = written.get(absolute);
        if (old == null) {
            Optional<String> there = text(absolute);
            if (there.isEmpty() && facts.kind(absolute) == Kind.FILE) {
                writesUnknown(absolute);
            } else {
                writes(absolute, there.orElse("") + text);
            }
            return;
        }
        List<String> texts = old.texts.stream().map(before -> before + text).toList();
        put(absolute, new Written(texts, old.unknown));
    }

    /** Notes that the call writes to a file what nobody has read. */
    void writesUnknown(String absolute) {
        Written old = written.getOrDefault(absolute, new Written(List.of(), false));
        put(absolute, new Written(old.texts, true));
    }

    /** Notes that the call puts files below a folder, or writes those that match a pattern. */
    void fills(String absolute) {
        changes++;
        filled.add(absolute);
    }

    /** The texts that the call may have given to a file, as far as they are known. */
    List<String> written(String absolute) {
        Written own = written.get(absolute);
        return own == null ? List.of() : own.texts;
    }

    /** Whether a file may hold what the call has put there and nobody has read. */
    boolean isUnread(String absolute) {
        Written own = written.get(absolute);
        return (own != null && own.unknown) || isFilled(absolute);
    }

    private boolean isFilled(String absolute) {
        for (String folder : filled) {
            if (Paths.below(absolute, folder)
                    || (Patterns.isGlob(folder) && matches(folder, absolute))) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(String pattern, String absolute) {
        String[] parts = pattern.split("/", -1);
        String[] path = absolute.split("/", -1);
        for (int i = 0; i < parts.length; i++) {
            if (parts[i].contains("**")) {
                return true;
            }
            if (i >= path.length || !Patterns.glob(parts[i], path[i])) {
                return false;
            }
        }
        return true;
    }

    /** The paths the call writes to, but for folders. */
    Set<String> writtenPaths() {
        return written.keySet();
    }

    /** A number for what is looked at: what was found before holds while it stays the same. */
    int state() {
        return state < 0 ? -1 : changes * (MOST_TEXTS + 2) + state;
    }

    boolean anyWritten() {
        return !written.isEmpty() || !filled.isEmpty();
    }

    /** Runs something that is to see the files as the call left them, once for each way it may. */
    void asWritten(Runnable what) {
        if (state >= 0) {
            return;
        }
        int states = filled.isEmpty() ? 0 : 1;
        for (Written one : written.values()) {
            states = Math.max(states, one.states());
        }
        try {
            for (int i = 0; i < states; i++) {
                state = i;
                what.run();
            }
        } finally {
            state = -1;
        }
    }

    /** What is looked at instead of the disk. */
    private record Seen(Optional<String> text) {}

    /** The text that is looked at, empty where it is not known; null for what is on the disk. */
    private @Nullable Seen seen(String absolute) {
        if (state < 0) {
            return null;
        }
        Written own = written.get(absolute);
        if (own == null) {
            return isFilled(absolute) && facts.kind(absolute) == Kind.FILE
                    ? new Seen(Optional.empty())
                    : null;
        }
        int index = Math.min(state, own.states() - 1);
        return new Seen(
                index < own.texts.size() ? Optional.of(own.texts.get(index)) : Optional.empty());
    }

    @Override
    public String resolve(String absolute) {
        return resolved.computeIfAbsent(absolute, facts::resolve);
    }

    @Override
    public Kind kind(String absolute) {
        return seen(absolute) != null ? Kind.FILE : kinds.computeIfAbsent(absolute, facts::kind);
    }

    @Override
    public Kind opened(String absolute) {
        return seen(absolute) != null
                ? Kind.FILE
                : openedKinds.computeIfAbsent(absolute, facts::opened);
    }

    @Override
    public Optional<String> text(String absolute) {
        Seen seen = seen(absolute);
        return seen == null ? texts.computeIfAbsent(absolute, facts::text) : seen.text();
    }

    /** Whether there is a file whose text is not known: it is too long, or nobody has read it. */
    boolean isClosed(String absolute) {
        return kind(absolute) == Kind.FILE && text(absolute).isEmpty();
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
