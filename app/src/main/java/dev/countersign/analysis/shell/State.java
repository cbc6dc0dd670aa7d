package dev.countersign.analysis.shell;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the shell remembers from one command to the next, with a journal so that subshells and
 * branches cost no copy. A key is a kind, one character, and a name.
 */
final class State {
    static final char VARIABLE = 'v';
    static final char EXPORT = 'x';
    static final char FUNCTION = 'f';
    static final char ALIAS = 'a';
    static final char READONLY = 'r';
    static final char INTEGER = 'i';
    static final char VOLATILE = 'V';
    static final String DIRECTORY = "d";
    static final String PREVIOUS = "o";
    static final String STACK = "s";
    static final String POSITIONAL = "p";

    /** The last word of the command before. */
    static final String LAST = "l";

    static final String STDIN = "I";
    static final String HAVOC = "*";
    static final String ALL_EXPORT = "A";

    /**
     * A working directory.
     *
     * @param path where it is when every {@code cd} so far went well, or null when unknown
     * @param others where it may be when one did not
     */
    record Directory(@Nullable String path, List<String> others) {
        static final Directory UNKNOWN = new Directory(null, List.of());
        private static final int MOST = 16;

        Directory {
            others = path == null ? List.of() : List.copyOf(others);
        }

        Directory(String path) {
            this(path, List.of());
        }

        List<String> all() {
            List<String> all = new ArrayList<>();
            if (path != null) {
                all.add(path);
                all.addAll(others);
            }
            return all;
        }

        /** The only place it can be, or null. */
        @Nullable String only() {
            return others.isEmpty() ? path : null;
        }

        /** This or {@code other}. */
        Directory or(Directory other) {
            if (path == null || other.path == null) {
                return UNKNOWN;
            }
            Set<String> all = new LinkedHashSet<>(others);
            all.addAll(other.all());
            all.remove(path);
            return all.size() >= MOST ? UNKNOWN : new Directory(path, List.copyOf(all));
        }
    }

    /** The directory stack, null when unknown. */
    record Stack(@Nullable List<Directory> below) {}

    /** The positional parameters, null when unknown. */
    record Positional(@Nullable List<String> words) {}

    /** The ids of the functions a name may stand for, and whether it surely stands for one. */
    record Functions(List<Integer> ids, boolean certain) {}

    /** What an alias stands for, null when unknown. */
    record Alias(@Nullable String text) {}

    private record Change(String key, @Nullable Object before) {}

    private final Map<String, Object> slots = new HashMap<>();
    private final ArrayList<Change> journal = new ArrayList<>();
    private int exportChanges;

    /** Every key ever written, in branches and subshells too. */
    private final Set<String> written = new HashSet<>();

    @Nullable Object get(String key) {
        return slots.get(key);
    }

    void put(String key, @Nullable Object value) {
        Object before = value == null ? slots.remove(key) : slots.put(key, value);
        journal.add(new Change(key, before));
        written.add(key);
        if (key.charAt(0) == EXPORT) {
            exportChanges++;
        }
    }

    int exportChanges() {
        return exportChanges;
    }

    /** What stands now is where the text begins, and was not written by it. */
    void begins() {
        written.clear();
    }

    /** Every key the text has written anywhere so far, whatever became of it. */
    Set<String> written() {
        return Set.copyOf(written);
    }

    int mark() {
        return journal.size();
    }

    void rollback(int mark) {
        while (journal.size() > mark) {
            Change change = journal.removeLast();
            if (change.before() == null) {
                slots.remove(change.key());
            } else {
                slots.put(change.key(), change.before());
            }
            if (change.key().charAt(0) == EXPORT) {
                exportChanges++;
            }
        }
    }

    /** The keys written since {@code mark}, with what they hold now. */
    Map<String, @Nullable Object> changes(int mark) {
        Map<String, @Nullable Object> changed = new LinkedHashMap<>();
        for (int i = mark; i < journal.size(); i++) {
            String key = journal.get(i).key();
            changed.put(key, slots.get(key));
        }
        return changed;
    }

    /** Every value each key written since {@code mark} had at some time since, joined. */
    Map<String, @Nullable Object> history(int mark) {
        Map<String, @Nullable Object> joined = new LinkedHashMap<>();
        for (int i = mark; i < journal.size(); i++) {
            Change change = journal.get(i);
            String key = change.key();
            Object now = joined.containsKey(key) ? joined.get(key) : slots.get(key);
            joined.put(key, join(key, now, change.before()));
        }
        return joined;
    }

    List<String> variables() {
        List<String> names = new ArrayList<>();
        for (String key : slots.keySet()) {
            if (key.charAt(0) == VARIABLE) {
                names.add(key);
            }
        }
        return names;
    }

    int size() {
        return slots.size();
    }

    /** Writes {@code values}, leaving out what is so already. */
    void apply(Map<String, @Nullable Object> values) {
        values.forEach((key, value) -> {
            Object now = slots.get(key);
            if (now == null ? value != null : !now.equals(value)) {
                put(key, value);
            }
        });
    }

    /** Makes the state what is true both now and in {@code other}, a set of changes to it. */
    void join(Map<String, @Nullable Object> other) {
        Map<String, @Nullable Object> joined = new LinkedHashMap<>();
        other.forEach((key, value) -> joined.put(key, join(key, slots.get(key), value)));
        apply(joined);
    }

    /** The least that is true of both values of {@code key}; null is an absent one. */
    static @Nullable Object join(String key, @Nullable Object one, @Nullable Object other) {
        if (one == null ? other == null : one.equals(other)) {
            return one;
        }
        return switch (key.charAt(0)) {
            case VARIABLE ->
                    Value.join(
                            one instanceof Value a ? a : Value.OUTSIDE,
                            other instanceof Value b ? b : Value.OUTSIDE);
            case EXPORT -> {
                if (one instanceof Invocation.Assignment a
                        && other instanceof Invocation.Assignment) {
                    yield new Invocation.Assignment(a.name(), null, a.source());
                }
                yield one == null ? other : one;
            }
            case FUNCTION -> {
                Set<Integer> ids = new TreeSet<>();
                if (one instanceof Functions a) {
                    ids.addAll(a.ids());
                }
                if (other instanceof Functions b) {
                    ids.addAll(b.ids());
                }
                yield new Functions(
                        List.copyOf(ids),
                        one instanceof Functions a
                                && other instanceof Functions b
                                && a.certain()
                                && b.certain());
            }
            case ALIAS -> new Alias(null);
            case 'l' -> Value.ANY;
            case 'd', 'o' ->
                    one instanceof Directory a && other instanceof Directory b
                            ? a.or(b)
                            : Directory.UNKNOWN;
            default -> top(key, one == null ? other : one);
        };
    }

    /** What says nothing about {@code key} any more. */
    static @Nullable Object top(String key, @Nullable Object value) {
        return switch (key.charAt(0)) {
            case VARIABLE -> Value.ANY;
            case EXPORT ->
                    value instanceof Invocation.Assignment a
                            ? new Invocation.Assignment(a.name(), null, a.source())
                            : value;
            case FUNCTION ->
                    value instanceof Functions functions
                            ? new Functions(functions.ids(), false)
                            : value;
            case ALIAS -> new Alias(null);
            case 'l' -> Value.ANY;
            case 'd', 'o' -> Directory.UNKNOWN;
            case 's' -> new Stack(null);
            case 'p' -> new Positional(null);
            case 'I' -> new Invocation.Input.Text(null, new dev.countersign.call.Span(0, 0));
            default -> value;
        };
    }
}
