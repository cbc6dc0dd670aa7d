package dev.countersign.analysis;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How what the simple commands of a call write reaches other ones, by pipes and because one runs
 * within another. Commands go by their numbers within the call, from 0 on; -1 is none.
 */
final class Flows {
    private static final int NONE = Integer.MIN_VALUE;

    /** By command, or by what leaves it, what reaches it, and what it reaches. */
    private final Map<Integer, List<Integer>> sources = new HashMap<>();

    private final Map<Integer, List<Integer>> targets = new HashMap<>();

    /** Notes that what one command writes reaches another one's input. */
    void pipes(int from, int to) {
        add(output(from), to);
    }

    /** Notes that a command runs within another one, whose input and output are its own. */
    void nests(int outer, int inner) {
        add(outer, inner);
        add(output(inner), output(outer));
    }

    private void add(int from, int to) {
        sources.computeIfAbsent(to, _ -> new ArrayList<>(2)).add(from);
        targets.computeIfAbsent(from, _ -> new ArrayList<>(2)).add(to);
    }

    /** Stands for what leaves a command, which is also what the commands within it write. */
    private static int output(int number) {
        return -2 - number;
    }

    /** The commands that have a part in what any of these writes or sends, these included. */
    Set<Integer> into(Set<Integer> commands) {
        Set<Integer> seen = new HashSet<>();
        Deque<Integer> open = new ArrayDeque<>();
        commands.forEach(number -> open.add(output(number)));
        while (!open.isEmpty()) {
            int next = open.poll();
            if (seen.add(next)) {
                open.addAll(sources.getOrDefault(next, List.of()));
                if (next <= output(0)) {
                    open.add(output(next));
                }
            }
        }
        return seen;
    }

    /** Where what these commands have gets to. */
    Reach from(Set<Integer> commands) {
        Reach reach = new Reach(commands);
        Deque<Integer> open = new ArrayDeque<>();
        for (int number : commands) {
            if (number >= 0 && (leads(number) || leads(output(number)))) {
                reach.mark(number, number, open);
            }
        }
        while (!open.isEmpty()) {
            int next = open.poll();
            if (next >= 0) {
                reach.pass(next, output(next), open);
            }
            for (int target : targets.getOrDefault(next, List.of())) {
                reach.pass(next, target, open);
            }
        }
        return reach;
    }

    private boolean leads(int node) {
        return targets.containsKey(node);
    }

    /**
     * Where something gets to that several commands have. Of the commands it comes from two are
     * kept at each place, which is enough to leave out any one.
     */
    static final class Reach {
        private record Origins(int one, int other) {}

        private final Set<Integer> commands;
        private final Map<Integer, Origins> marked = new HashMap<>();

        private Reach(Set<Integer> commands) {
            this.commands = commands;
        }

        private void mark(int node, int origin, Deque<Integer> open) {
            Origins known = marked.get(node);
            if (known == null) {
                marked.put(node, new Origins(origin, NONE));
                open.add(node);
            } else if (origin != known.one && known.other == NONE) {
                marked.put(node, new Origins(known.one, origin));
                open.add(node);
            }
        }

        private void pass(int from, int to, Deque<Integer> open) {
            Origins origins = marked.get(from);
            if (origins != null) {
                mark(to, origins.one, open);
                if (origins.other != NONE) {
                    mark(to, origins.other, open);
                }
            }
        }

        /** Whether another command than {@code aside} has it. */
        boolean beginsBut(int aside) {
            return commands.size() > 1 || (!commands.isEmpty() && !commands.contains(aside));
        }

        /** Whether what another command than {@code aside} has gets into what this one writes. */
        boolean reachesBut(int aside, int number) {
            if (number != aside && commands.contains(number)) {
                return true;
            }
            Origins origins = marked.get(output(number));
            return origins != null
                    && (origins.one != aside || (origins.other != NONE && origins.other != aside));
        }
    }
}
