package dev.countersign.analysis;

import dev.countersign.analysis.shell.Evaluation;
import dev.countersign.analysis.shell.Invocation;
import dev.countersign.call.Span;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds functions that run themselves, as a fork bomb does. */
final class Recursion {
    private static final String FUNCTION = "function";
    private static final String NO_NAME = "(){}<>;&|'\"`$\\";

    private Recursion() {}

    private record Body(String name, Span span) {}

    /** The functions of a text that reach themselves. */
    static Set<String> of(String text, Evaluation evaluation) {
        Set<String> called = new HashSet<>();
        List<Invocation> local = new ArrayList<>();
        for (Invocation invocation : evaluation.invocations()) {
            if (invocation.local() && !invocation.argv().isEmpty()) {
                called.add(String.valueOf(invocation.argv().getFirst().value()));
                local.add(invocation);
            }
        }
        List<Body> bodies = bodies(text, called);
        local.sort(Comparator.comparingInt(each -> each.source().from()));
        Map<String, Set<String>> calls = new HashMap<>();
        Map<String, Set<String>> callers = new HashMap<>();
        Deque<Body> around = new ArrayDeque<>();
        int next = 0;
        for (Invocation invocation : local) {
            Span at = invocation.source();
            while (next < bodies.size() && bodies.get(next).span.from() <= at.from()) {
                around.push(bodies.get(next++));
            }
            around.removeIf(body -> body.span.to() <= at.from());
            String name = String.valueOf(invocation.argv().getFirst().value());
            for (Body body : around) {
                if (at.to() <= body.span.to()) {
                    calls.computeIfAbsent(body.name, _ -> new HashSet<>()).add(name);
                    callers.computeIfAbsent(name, _ -> new HashSet<>()).add(body.name);
                }
            }
        }
        return circular(calls, callers);
    }

    /** What is left when those that call nothing, or that nothing calls, are taken off. */
    private static Set<String> circular(
            Map<String, Set<String>> calls, Map<String, Set<String>> callers) {
        Set<String> left = new HashSet<>(calls.keySet());
        left.retainAll(callers.keySet());
        Deque<String> off = new ArrayDeque<>();
        off.addAll(calls.keySet());
        off.addAll(callers.keySet());
        off.removeAll(left);
        while (!off.isEmpty()) {
            String name = off.pop();
            left.remove(name);
            for (String other : callers.getOrDefault(name, Set.of())) {
                loosen(calls, other, name, left, off);
            }
            for (String other : calls.getOrDefault(name, Set.of())) {
                loosen(callers, other, name, left, off);
            }
        }
        return left;
    }

    private static void loosen(
            Map<String, Set<String>> links,
            String from,
            String to,
            Set<String> left,
            Deque<String> off) {
        Set<String> ends = links.get(from);
        if (ends != null && ends.remove(to) && ends.isEmpty() && left.contains(from)) {
            off.push(from);
        }
    }

    /** Where the bodies of functions stand, found by their brackets, the first of each name. */
    private static List<Body> bodies(String text, Set<String> names) {
        int[] ends = null;
        List<Body> bodies = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (int at = 0; at < text.length(); at++) {
            String name = isOpening(text.charAt(at)) ? nameInFront(text, at) : "";
            if (names.contains(name) && seen.add(name)) {
                if (ends == null) {
                    ends = ends(text);
                }
                bodies.add(new Body(name, new Span(at, ends[at])));
            }
        }
        return bodies;
    }

    /**
     * The name of the function whose body begins with a bracket: it stands in front as {@code f()}
     * or {@code function f}. Empty where no function is defined.
     */
    private static String nameInFront(String text, int bracket) {
        int to = blanksInFront(text, bracket);
        boolean brackets = to > 0 && text.charAt(to - 1) == ')';
        if (brackets) {
            int open = blanksInFront(text, to - 1);
            if (open == 0 || text.charAt(open - 1) != '(') {
                return "";
            }
            to = blanksInFront(text, open - 1);
        }
        int from = to;
        while (from > 0 && isName(text.charAt(from - 1))) {
            from--;
        }
        if (!brackets) {
            int word = blanksInFront(text, from);
            int start = word - FUNCTION.length();
            boolean named =
                    word < from
                            && text.startsWith(FUNCTION, start)
                            && (start == 0 || !isName(text.charAt(start - 1)));
            if (!named || isEmptyPair(text, bracket)) {
                return "";
            }
        }
        return text.substring(from, to);
    }

    private static int blanksInFront(String text, int at) {
        int from = at;
        while (from > 0 && isBlank(text.charAt(from - 1))) {
            from--;
        }
        return from;
    }

    /** Whether these are the brackets behind a name, and not a body. */
    private static boolean isEmptyPair(String text, int bracket) {
        int at = bracket + 1;
        while (at < text.length() && isBlank(text.charAt(at))) {
            at++;
        }
        return text.charAt(bracket) == '(' && at < text.length() && text.charAt(at) == ')';
    }

    private static boolean isOpening(char c) {
        return c == '{' || c == '(';
    }

    private static boolean isBlank(char c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }

    private static boolean isName(char c) {
        return !isBlank(c) && NO_NAME.indexOf(c) < 0;
    }

    /** For each opening bracket the place behind the one that closes it. */
    private static int[] ends(String text) {
        int[] ends = new int[text.length()];
        Deque<Integer> open = new ArrayDeque<>();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            ends[i] = text.length();
            if (isOpening(c)) {
                open.push(i);
            } else if ((c == '}' || c == ')') && !open.isEmpty()) {
                ends[open.pop()] = i + 1;
            }
        }
        return ends;
    }
}
