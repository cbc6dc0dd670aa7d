package dev.countersign.policy;

import dev.countersign.call.Argument;
import dev.countersign.call.CommandLine;
import dev.countersign.call.LowerCase;
import dev.countersign.call.Operation;
import dev.countersign.call.Resource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the rules that may match an operation without looking at all of them.
 *
 * <p>A rule can only match when some text of the operation holds each literal piece of one of its
 * patterns. For every pattern the rarest run of up to four characters of its pieces (a gram) is the
 * key; the texts of an operation are slid over once. Rules without a literal piece are always
 * looked at, and so are all rules of a kind when what they ask about cannot be known. What is found
 * is only a candidate.
 */
final class RuleIndex {
    /** Below this many rules looking at each is faster. */
    private static final int SMALL = 8;

    private static final int GRAM = 4;
    private static final int[] NONE = {};

    /** What a condition asks about, as far as it may be unknown. */
    private enum Kind {
        COMMAND,
        PATH,
        HOST,
        NAME
    }

    private final int[] everything;
    private final int[] always;
    private final Map<Kind, int[]> byKind;

    /** Open addressing; a slot holds a gram of up to four characters, and its rules. */
    private final long[] grams;

    private final int[][] places;
    private final boolean[] lengths;

    /**
     * A bit for the hash of each gram, eight times as many bits as grams: most of what a text holds
     * is in no rule, and this little table tells so without a look into the large one.
     */
    private final long[] marks;

    private RuleIndex(
            int[] everything, int[] always, Map<Kind, int[]> byKind, Map<Long, IntList> postings) {
        this.everything = everything;
        this.always = always;
        this.byKind = byKind;
        int size = Integer.highestOneBit(Math.max(4, postings.size() * 2)) * 2;
        this.grams = new long[size];
        this.places = new int[size][];
        this.lengths = new boolean[GRAM + 1];
        this.marks = new long[Math.max(1, size / 16)];
        postings.forEach((gram, list) -> {
            int slot = slot(gram);
            while (grams[slot] != 0) {
                slot = (slot + 1) & (grams.length - 1);
            }
            grams[slot] = gram;
            places[slot] = list.array();
            int mark = mark(gram);
            marks[mark >> 6] |= 1L << mark;
            lengths[length(gram)] = true;
        });
    }

    static RuleIndex of(List<Rule> rules) {
        return of(rules, SMALL);
    }

    /** As above, where fewer than {@code small} rules are not indexed. */
    static RuleIndex of(List<Rule> rules, int small) {
        int[] everything = new int[rules.size()];
        Arrays.setAll(everything, i -> i);
        if (rules.size() < small) {
            return new RuleIndex(everything, everything, Map.of(), Map.of());
        }
        Map<Long, Integer> counts = new HashMap<>();
        List<@Nullable Key> keys = new ArrayList<>(rules.size());
        for (Rule rule : rules) {
            Key key = key(rule.selector());
            keys.add(key);
            if (key != null) {
                key.alternatives.forEach(pieces -> count(pieces, counts));
            }
        }
        IntList always = new IntList();
        Map<Kind, IntList> byKind = new EnumMap<>(Kind.class);
        Map<Long, IntList> postings = new HashMap<>();
        for (int i = 0; i < rules.size(); i++) {
            Key key = keys.get(i);
            if (key == null) {
                always.add(i);
                continue;
            }
            byKind.computeIfAbsent(key.kind, _ -> new IntList()).add(i);
            for (List<String> pieces : key.alternatives) {
                postings.computeIfAbsent(rarest(pieces, counts), _ -> new IntList()).add(i);
            }
        }
        Map<Kind, int[]> kinds = new EnumMap<>(Kind.class);
        byKind.forEach((kind, list) -> kinds.put(kind, list.array()));
        return new RuleIndex(everything, always.array(), kinds, postings);
    }

    /** The places of the rules that may match, in ascending order, each once. */
    int[] candidates(Subjected operation) {
        if (always.length == everything.length) {
            return everything;
        }
        IntList found = new IntList();
        new Reader(operation, found).read();
        if (found.size == 0) {
            return always;
        }
        for (int place : always) {
            found.add(place);
        }
        return found.sorted();
    }

    // -- keys -------------------------------------------------------------------------------

    /**
     * The literal pieces of one condition.
     *
     * @param kind what it asks about
     * @param alternatives for each of its patterns the pieces, all of which must be there
     */
    private record Key(Kind kind, List<List<String>> alternatives) {
        /** The shortest of the longest pieces: how much it tells at least. */
        int weight() {
            int weight = Integer.MAX_VALUE;
            for (List<String> pieces : alternatives) {
                int longest = 0;
                for (String piece : pieces) {
                    longest = Math.max(longest, piece.length());
                }
                weight = Math.min(weight, longest);
            }
            return weight;
        }
    }

    private static @Nullable Key key(Selector selector) {
        Key best = null;
        for (Condition condition : selector.conditions()) {
            Key key =
                    switch (condition) {
                        case Condition.Command command ->
                                key(
                                        Kind.COMMAND,
                                        command.patterns().stream()
                                                .map(CommandPattern::pieces)
                                                .toList());
                        case Condition.Paths paths ->
                                key(
                                        Kind.PATH,
                                        paths.patterns().stream()
                                                .map(pattern -> pattern.glob().pieces())
                                                .toList());
                        case Condition.Hosts hosts ->
                                key(
                                        Kind.HOST,
                                        hosts.patterns().stream()
                                                .map(pattern -> pattern.host().pieces())
                                                .toList());
                        case Condition.Field field -> globs(field.patterns());
                        case Condition.Tool tool -> globs(tool.patterns());
                        case Condition.Tag _,
                                Condition.Outside _,
                                Condition.Who _,
                                Condition.Actions _,
                                Condition.Risk _,
                                Condition.InDomain _ ->
                                null;
                    };
            if (key != null && (best == null || key.weight() > best.weight())) {
                best = key;
            }
        }
        return best;
    }

    private static @Nullable Key globs(List<Glob> patterns) {
        return key(Kind.NAME, patterns.stream().map(Glob::pieces).toList());
    }

    private static @Nullable Key key(Kind kind, List<List<String>> alternatives) {
        for (List<String> pieces : alternatives) {
            if (pieces.isEmpty()) {
                return null;
            }
        }
        return alternatives.isEmpty() ? null : new Key(kind, alternatives);
    }

    private static void count(List<String> pieces, Map<Long, Integer> counts) {
        for (String piece : pieces) {
            int length = Math.min(GRAM, piece.length());
            for (int i = 0; i + length <= piece.length(); i++) {
                counts.merge(gram(piece, i, length), 1, Integer::sum);
            }
        }
    }

    private static long rarest(List<String> pieces, Map<Long, Integer> counts) {
        long best = 0;
        long least = Long.MAX_VALUE;
        for (String piece : pieces) {
            int length = Math.min(GRAM, piece.length());
            for (int i = 0; i + length <= piece.length(); i++) {
                long gram = gram(piece, i, length);
                // A shorter one is found in more texts.
                long cost = counts.getOrDefault(gram, 1) + (GRAM - length) * 1000L;
                if (cost < least) {
                    least = cost;
                    best = gram;
                }
            }
        }
        return best;
    }

    // -- grams ------------------------------------------------------------------------------

    /** Up to four characters in one number; none is 0, for a pattern has no such character. */
    private static long gram(String text, int from, int length) {
        long gram = 0;
        for (int i = from; i < from + length; i++) {
            gram = gram << 16 | text.charAt(i);
        }
        return gram;
    }

    private static int length(long gram) {
        return (63 - Long.numberOfLeadingZeros(gram)) / 16 + 1;
    }

    private int slot(long gram) {
        long hash = gram * 0x9E3779B97F4A7C15L;
        return (int) (hash >>> 40) & (grams.length - 1);
    }

    private int mark(long gram) {
        return (int) ((gram * 0x9E3779B97F4A7C15L) >>> 24) & (marks.length * 64 - 1);
    }

    private int[] at(long gram) {
        int mark = mark(gram);
        if ((marks[mark >> 6] & (1L << mark)) == 0) {
            return NONE;
        }
        int slot = slot(gram);
        while (grams[slot] != 0) {
            if (grams[slot] == gram) {
                return places[slot];
            }
            slot = (slot + 1) & (grams.length - 1);
        }
        return NONE;
    }

    /** Reads the texts of one operation. */
    private final class Reader {
        private final Subjected subjected;
        private final IntList found;
        private final Set<Kind> unknown = EnumSet.noneOf(Kind.class);

        /** The longest texts so far; what is part of one of them has no gram of its own. */
        private final @Nullable String[] read = new String[4];

        Reader(Subjected subjected, IntList found) {
            this.subjected = subjected;
            this.found = found;
        }

        void read() {
            Operation operation = subjected.operation();
            CommandLine command = operation.command();
            if (command == null) {
                // Nothing is known of what an opaque call runs.
                if (operation.opaque()) {
                    unknown.add(Kind.COMMAND);
                }
            }
            boolean connects = operation.tags().contains("network");
            boolean mayConnect = Condition.Hosts.mayConnect(operation);
            for (CommandLine line = command; line != null; line = line.wrapper()) {
                for (Argument argument : line.words()) {
                    text(argument.value(), Kind.COMMAND);
                    if (connects || (mayConnect && argument.value() != null)) {
                        host(argument.value());
                    }
                }
            }
            resource(operation.resource());
            text(subjected.call().tool(), Kind.NAME);
            for (Kind kind : unknown) {
                for (int place : byKind.getOrDefault(kind, NONE)) {
                    found.add(place);
                }
            }
        }

        private void resource(Resource resource) {
            switch (resource) {
                case Resource.Path path -> {
                    if (path.from() != null) {
                        resource(path.from());
                    }
                    text(path.written(), Kind.PATH);
                    if (path.resolved() == null || !path.resolved().equals(path.written())) {
                        text(path.resolved(), Kind.PATH);
                    }
                    // What lies below it, or what its own wildcards stand for, may be meant.
                    if (path.whole()
                            || PathPattern.wild(path.written())
                            || PathPattern.wild(path.resolved())) {
                        unknown.add(Kind.PATH);
                    }
                }
                case Resource.Web web -> {
                    host(web.host());
                    fields(resource);
                }
                case Resource.Tool tool -> {
                    text(tool.server() + "/" + tool.tool(), Kind.NAME);
                    text("mcp__" + tool.server() + "__" + tool.tool(), Kind.NAME);
                    fields(resource);
                }
                case Resource.Repository _, Resource.Program _, Resource.Named _ ->
                        fields(resource);
            }
        }

        private void fields(Resource resource) {
            for (Resource.Field field : resource.fields()) {
                text(field.value(), Kind.NAME);
            }
        }

        private void host(@Nullable String host) {
            text(host == null ? null : LowerCase.of(host), Kind.HOST);
        }

        private void text(@Nullable String text, Kind kind) {
            if (text == null) {
                unknown.add(kind);
                return;
            }
            if (known(text)) {
                return;
            }
            long gram = 0;
            for (int i = 0; i < text.length(); i++) {
                gram = gram << 16 | text.charAt(i);
                for (int length = 1; length <= GRAM; length++) {
                    if (lengths[length] && i + 1 >= length) {
                        long probe = length == GRAM ? gram : gram & ((1L << (16 * length)) - 1);
                        for (int place : at(probe)) {
                            found.add(place);
                        }
                    }
                }
            }
        }

        /** Whether it is part of a text that was read; it is remembered otherwise. */
        private boolean known(String text) {
            int shortest = 0;
            for (int i = 0; i < read.length; i++) {
                String other = read[i];
                if (other == null) {
                    read[i] = text;
                    return false;
                }
                if (other.contains(text)) {
                    return true;
                }
                if (other.length() < length(read[shortest])) {
                    shortest = i;
                }
            }
            if (length(read[shortest]) < text.length()) {
                read[shortest] = text;
            }
            return false;
        }

        private static int length(@Nullable String text) {
            return text == null ? 0 : text.length();
        }
    }

    /** Places of rules. */
    private static final class IntList {
        private int[] items = new int[4];
        private int size;

        void add(int item) {
            if (size > 0 && items[size - 1] == item) {
                return;
            }
            if (size == items.length) {
                items = Arrays.copyOf(items, size * 2);
            }
            items[size++] = item;
        }

        int[] array() {
            return Arrays.copyOf(items, size);
        }

        int[] sorted() {
            Arrays.sort(items, 0, size);
            int kept = 0;
            for (int i = 0; i < size; i++) {
                if (kept == 0 || items[i] != items[kept - 1]) {
                    items[kept++] = items[i];
                }
            }
            return Arrays.copyOf(items, kept);
        }
    }
}
