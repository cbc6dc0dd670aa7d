package dev.countersign.analysis.shell;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which variables the unknown parts of words come from, also by way of other variables: {@code
 * y=$TOKEN; echo $y} shows {@code TOKEN}. What a variable once held it may hold to the end.
 */
final class Held {
    /** More of them count as one nobody knows. */
    private static final int MOST = 12;

    private static final String PARAMETERS = "@";

    private final Map<String, Set<String>> by = new HashMap<>();

    /** What reached the words that are read just now, or null where nobody asks. */
    private @Nullable Set<String> now;

    /** What reached the input of the commands that run just now. */
    private Set<String> input = Set.of();

    /** Begins a command or a list of words; answers what {@link #end} is to be given. */
    @Nullable Set<String> begin() {
        Set<String> outer = now;
        now = Set.of();
        return outer;
    }

    /** Ends it: what reached it reached what stands around it. */
    Set<String> end(@Nullable Set<String> outer) {
        Set<String> ended = now();
        now = outer;
        if (outer != null) {
            add(ended);
        }
        return ended;
    }

    Set<String> now() {
        Set<String> found = now;
        return found == null ? Set.of() : found;
    }

    /** Notes that the value of a variable is part of a word, and not known. */
    void uses(String name) {
        if (now == null) {
            return;
        }
        boolean parameter =
                name.equals("*") || (!name.isEmpty() && Character.isDigit(name.charAt(0)));
        String variable = parameter ? PARAMETERS : name;
        if (!variable.equals(PARAMETERS)) {
            add(Set.of(variable));
        }
        add(by.getOrDefault(variable, Set.of()));
    }

    /** Takes back what was noted since {@link #now} was these. */
    void forgetSince(Set<String> before) {
        if (now != null) {
            now = before;
        }
    }

    /** Notes that what is read just now goes into a variable. */
    void into(String name) {
        into(name, now());
        into(name, input);
    }

    /** The same of the positional parameters. */
    void intoParameters() {
        into(PARAMETERS);
    }

    void into(String name, Set<String> names) {
        if (!names.isEmpty()) {
            by.put(name, both(by.getOrDefault(name, Set.of()), names));
        }
    }

    /** Notes what reached the input of what runs next; answers what was noted before. */
    Set<String> input(Set<String> names) {
        Set<String> before = input;
        input = both(input, names);
        return before;
    }

    void inputWas(Set<String> before) {
        input = before;
    }

    private void add(Set<String> names) {
        if (!names.isEmpty()) {
            now = both(now(), names);
        }
    }

    private static Set<String> both(Set<String> one, Set<String> other) {
        if (one.containsAll(other)) {
            return one;
        }
        Set<String> all = new LinkedHashSet<>(one);
        for (String name : other) {
            all.add(all.size() < MOST ? name : Invocation.SOME_VARIABLE);
        }
        return all;
    }
}
