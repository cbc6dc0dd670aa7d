package dev.countersign.analysis;

import java.util.ArrayDeque;
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

    /** Folders that an archive was unpacked into, whose files no word names. */
    private final Set<String> unpacked = new HashSet<>();

    /** Folders the call makes. */
    private final Set<String> made = new HashSet<>();

    private static final int MOST_COPIES = 500;
    private static final int MOST_HOPS = 8;

    private record Copy(String from, String to) {}

    /** What the call copied, moved or linked, the newest first. */
    private final ArrayDeque<Copy> copies = new ArrayDeque<>();

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

    /** Notes that files which only an archive names come to stand below a folder. */
    void unpacks(String absolute) {
        changes++;
        unpacked.add(absolute);
    }

    /** Notes that the call makes a folder. */
    void makes(String absolute) {
        changes++;
        made.add(absolute);
    }

    /**
     * Notes that what stands at a path stands at another one too.
     *
     * @return whether that could be kept
     */
    boolean copies(String from, String to) {
        Copy copy = new Copy(from, to);
        if (copies.contains(copy)) {
            return true;
        }
        changes++;
        copies.addFirst(copy);
        return copies.size() <= MOST_COPIES;
    }

    /** Whether files that nobody has seen may stand in a folder or above it. */
    boolean mayHoldUnseen(String directory) {
        return state >= 0 && unpacked.stream().anyMatch(folder -> Paths.below(directory, folder));
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
        return !written.isEmpty()
                || !filled.isEmpty()
                || !copies.isEmpty()
                || !made.isEmpty()
                || !unpacked.isEmpty();
    }

    /** Runs something that is to see the files as the call left them, once for each way it may. */
    void asWritten(Runnable what) {
        if (state >= 0) {
            return;
        }
        int states = anyWritten() ? 1 : 0;
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
    private record Seen(Kind kind, Optional<String> text) {}

    /** What the call put there, as far as it is looked at; null for what is on the disk. */
    private @Nullable Seen seen(String absolute) {
        if (state < 0) {
            return null;
        }
        Written own = written.get(absolute);
        if (own != null) {
            int index = Math.min(state, own.states() - 1);
            return new Seen(
                    Kind.FILE,
                    index < own.texts.size()
                            ? Optional.of(own.texts.get(index))
                            : Optional.empty());
        }
        String source = source(absolute);
        if (source != null) {
            Written there = written.get(source);
            boolean known = there != null && there.texts.size() == 1 && !there.unknown;
            return there == null
                    ? new Seen(facts.kind(source), facts.text(source))
                    : new Seen(
                            Kind.FILE,
                            known ? Optional.of(there.texts.getFirst()) : Optional.empty());
        }
        if (isMade(absolute) && facts.kind(absolute) != Kind.FILE) {
            return new Seen(Kind.DIRECTORY, Optional.empty());
        }
        return isFilled(absolute) && facts.kind(absolute) == Kind.FILE
                ? new Seen(Kind.FILE, Optional.empty())
                : null;
    }

    private boolean isMade(String absolute) {
        return made.stream().anyMatch(folder -> Paths.below(folder, absolute))
                || written.keySet().stream()
                        .anyMatch(file -> !file.equals(absolute) && Paths.below(file, absolute));
    }

    /** Where what stands here was before the call copied it, or null where it was not. */
    private @Nullable String source(String absolute) {
        String path = absolute;
        boolean copied = false;
        for (int hops = 0; hops < MOST_HOPS; hops++) {
            String before = null;
            for (Copy copy : copies) {
                if (Paths.below(path, copy.to)) {
                    String one = copy.from + path.substring(copy.to.length());
                    boolean there = written.containsKey(one) || facts.kind(one) != Kind.MISSING;
                    if (there || isCopied(one)) {
                        before = one;
                        break;
                    }
                }
            }
            if (before == null) {
                break;
            }
            copied = true;
            path = before;
        }
        boolean there = written.containsKey(path) || facts.kind(path) != Kind.MISSING;
        return copied && there ? path : null;
    }

    private boolean isCopied(String absolute) {
        return copies.stream().anyMatch(copy -> Paths.below(absolute, copy.to));
    }

    @Override
    public String resolve(String absolute) {
        return resolved.computeIfAbsent(absolute, facts::resolve);
    }

    @Override
    public Kind kind(String absolute) {
        Seen seen = seen(absolute);
        return seen != null ? seen.kind : kinds.computeIfAbsent(absolute, facts::kind);
    }

    @Override
    public Kind opened(String absolute) {
        Seen seen = seen(absolute);
        return seen != null ? seen.kind : openedKinds.computeIfAbsent(absolute, facts::opened);
    }

    @Override
    public Optional<String> text(String absolute) {
        Seen seen = seen(absolute);
        return seen == null ? texts.computeIfAbsent(absolute, facts::text) : seen.text();
    }

    /** Whether there is a file whose text is not known: it is too long, or nobody has read it. */
    boolean isClosed(String absolute) {
        Kind kind = kind(absolute);
        return (kind == Kind.FILE && text(absolute).isEmpty())
                || (kind == Kind.MISSING && mayHoldUnseen(absolute));
    }

    @Override
    public Optional<List<String>> list(String absolute) {
        String source = state < 0 ? null : source(absolute);
        if (source != null && facts.kind(source) == Kind.DIRECTORY) {
            return facts.list(source);
        }
        return lists.computeIfAbsent(absolute, facts::list);
    }

    @Override
    public Optional<List<String>> links(String absolute) {
        return links.computeIfAbsent(absolute, facts::links);
    }

    @Override
    public Optional<GitIndex> index(String absolute) {
        String source = state < 0 ? null : source(absolute);
        if (source != null) {
            return facts.index(source);
        }
        return indexes.computeIfAbsent(absolute, facts::index);
    }
}
