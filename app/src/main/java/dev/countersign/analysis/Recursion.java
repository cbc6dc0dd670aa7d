package dev.countersign.analysis;

import dev.countersign.analysis.shell.Evaluation;
import dev.countersign.analysis.shell.Invocation;
import dev.countersign.call.Span;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds functions that run themselves, as a fork bomb does. */
final class Recursion {
    private Recursion() {}

    /** The functions of a text that reach themselves. */
    static Set<String> of(String text, Evaluation evaluation) {
        Map<String, Span> bodies = new HashMap<>();
        for (Invocation invocation : evaluation.invocations()) {
            if (invocation.local() && !invocation.argv().isEmpty()) {
                String name = invocation.argv().getFirst().value();
                if (name != null) {
                    bodies.computeIfAbsent(name, n -> body(text, n));
                }
            }
        }
        Map<String, Set<String>> calls = new HashMap<>();
        for (Invocation invocation : evaluation.invocations()) {
            if (invocation.local() && !invocation.argv().isEmpty()) {
                String called = String.valueOf(invocation.argv().getFirst().value());
                bodies.forEach((name, body) -> {
                    Span at = invocation.source();
                    if (at.from() >= body.from() && at.to() <= body.to()) {
                        calls.computeIfAbsent(name, _ -> new HashSet<>()).add(called);
                    }
                });
            }
        }
        Set<String> found = new HashSet<>();
        for (String name : bodies.keySet()) {
            if (reaches(name, name, calls, new HashSet<>())) {
                found.add(name);
            }
        }
        return found;
    }

    private static boolean reaches(
            String from, String wanted, Map<String, Set<String>> calls, Set<String> seen) {
        for (String next : calls.getOrDefault(from, Set.of())) {
            if (next.equals(wanted) || (seen.add(next) && reaches(next, wanted, calls, seen))) {
                return true;
            }
        }
        return false;
    }

    /** Where the body of a function stands, found by its brackets; empty when it is not found. */
    private static Span body(String text, String name) {
        String quoted = Pattern.quote(name);
        Matcher head =
                Pattern.compile(
                                "(?:function\\s+"
                                        + quoted
                                        + "\\s*(?:\\(\\s*\\))?|"
                                        + quoted
                                        + "\\s*\\(\\s*\\))\\s*([{(])")
                        .matcher(text);
        if (!head.find()) {
            return new Span(0, 0);
        }
        int open = head.end() - 1;
        int depth = 0;
        for (int i = open; i < text.length(); i++) {
            char c = text.charAt(i);
            depth += c == '{' || c == '(' ? 1 : c == '}' || c == ')' ? -1 : 0;
            if (depth == 0) {
                return new Span(open, i + 1);
            }
        }
        return new Span(open, text.length());
    }
}
