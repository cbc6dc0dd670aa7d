package dev.countersign.policy;

import java.util.ArrayList;
import java.util.List;

/** The definitions that are being read, one within the other, and what one document unfolds to. */
final class Nesting {
    /** How many values the definitions a document uses may have, each counted at every use. */
    static final int MAX_VALUES = 200_000;

    /** Shared by all that is read for one document. */
    private static final class Budget {
        private int left = MAX_VALUES;
        private boolean said;
    }

    private final List<String> names;
    private final int own;
    private final Budget budget;

    private Nesting(List<String> names, int own, Budget budget) {
        this.names = List.copyOf(names);
        this.own = own;
        this.budget = budget;
    }

    /** For a text of its own: nothing, or the definition that it is. */
    static Nesting of(String... definition) {
        return new Nesting(List.of(definition), definition.length, new Budget());
    }

    /** Within one more. */
    Nesting in(String name) {
        List<String> all = new ArrayList<>(names);
        all.add(name);
        return new Nesting(all, own, budget);
    }

    /** Outermost first. */
    List<String> names() {
        return names;
    }

    /** Whether there is room for one more use of this text. */
    boolean holds(Tree tree) {
        budget.left -= Math.min(budget.left + 1, size(tree));
        return budget.left >= 0;
    }

    /** Whether this is the text itself, it has become too much, and nobody said so. */
    boolean mustSay() {
        boolean now = budget.left < 0 && !budget.said && names.size() == own;
        budget.said |= now;
        return now;
    }

    private static int size(Tree tree) {
        return switch (tree) {
            case Tree.Text _ -> 1;
            case Tree.Items items -> 1 + items.items().stream().mapToInt(Nesting::size).sum();
            case Tree.Entries map ->
                    1 + map.entries().stream().mapToInt(e -> 1 + size(e.value())).sum();
        };
    }
}
