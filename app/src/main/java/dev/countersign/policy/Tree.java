package dev.countersign.policy;

import java.util.List;

/** A YAML or JSON value that knows where it stands. Aliases share what they point to. */
public sealed interface Tree {
    int line();

    int column();

    /** How problems name it. */
    String kind();

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
