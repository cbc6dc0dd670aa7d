package dev.countersign.policy;

import java.util.List;
import java.util.function.BiPredicate;

/** A YAML or JSON value that knows where it stands. Aliases share what they point to. */
public sealed interface Tree {
    int line();

    int column();

    /** How problems name it. */
    String kind();

    /** Whether both have the same content, wherever they stand. */
    default boolean sameAs(Tree other) {
        return switch (this) {
            case Text text ->
                    other instanceof Text that
                            && text.value().equals(that.value())
                            && text.absent() == that.absent();
            case Items list ->
                    other instanceof Items that && same(list.items(), that.items(), Tree::sameAs);
            case Entries map ->
                    other instanceof Entries that
                            && same(
                                    map.entries(),
                                    that.entries(),
                                    (a, b) ->
                                            a.key().sameAs(b.key()) && a.value().sameAs(b.value()));
        };
    }

    private static <T> boolean same(List<T> one, List<T> other, BiPredicate<T, T> alike) {
        if (one.size() != other.size()) {
            return false;
        }
        for (int i = 0; i < one.size(); i++) {
            if (!alike.test(one.get(i), other.get(i))) {
                return false;
            }
        }
        return true;
    }

    /**
     * A scalar.
     *
     * @param value its text
     * @param plain whether it was written without quotes
     */
    record Text(String value, boolean plain, int line, int column) implements Tree {
        public boolean absent() {
            return plain && (value.isEmpty() || value.equals("null") || value.equals("~"));
        }

        @Override
        public String kind() {
            return absent() ? "nothing" : "`" + Nearest.shorten(value) + "`";
        }
    }

    /** A sequence. */
    record Items(List<Tree> items, int line, int column) implements Tree {
        @Override
        public String kind() {
            return "a list";
        }
    }

    /** A mapping, in order, each key once. */
    record Entries(List<Entry> entries, int line, int column) implements Tree {
        @Override
        public String kind() {
            return "a map";
        }
    }

    /** A key with its value. */
    record Entry(Text key, Tree value) {}
}
