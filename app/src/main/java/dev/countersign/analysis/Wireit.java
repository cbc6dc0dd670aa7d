package dev.countersign.analysis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the scripts run that Wireit runs: the {@code wireit} key of {@code package.json}. */
final class Wireit {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST = 40;

    /**
     * A command.
     *
     * @param folder of the package it runs in
     */
    record Line(String folder, String text) {}

    /**
     * All that a script runs, what it depends on included.
     *
     * @param whole whether that is all of it
     */
    record Found(List<Line> lines, boolean whole) {}

    private final Call call;
    private final List<Line> lines = new ArrayList<>();
    private final Set<String> seen = new HashSet<>();
    private boolean whole = true;

    private Wireit(Call call) {
        this.call = call;
    }

    /** Whether the body of a script leaves it to Wireit. */
    static boolean runs(String body) {
        String text = body.strip();
        return text.equals("wireit") || text.startsWith("wireit ");
    }

    static Found of(Call call, String folder, String script) {
        Wireit wireit = new Wireit(call);
        wireit.read(folder, script);
        return new Found(List.copyOf(wireit.lines), wireit.whole);
    }

    private void read(String folder, String script) {
        if (!seen.add(folder + " " + script)) {
            return;
        }
        String text = call.facts.text(folder + "/package.json").orElse(null);
        Map<String, Object> all = text == null ? null : json(text);
        if (text == null || all == null || seen.size() > MOST) {
            whole = false;
            return;
        }
        call.readsFile(text.length());
        Object body = Flow.map(all.get("scripts")).get(script);
        if (body instanceof String plain && !runs(plain)) {
            lines.add(new Line(folder, plain));
            return;
        }
        Map<String, Object> task = Flow.map(Flow.map(all.get("wireit")).get(script));
        if (task.get("command") instanceof String command) {
            lines.add(new Line(folder, command));
        }
        if (task.get("dependencies") instanceof List<?> others) {
            for (Object other : others) {
                depends(folder, other instanceof Map<?, ?> ? Flow.map(other).get("script") : other);
            }
        }
        whole &= task.containsKey("command") || task.containsKey("dependencies");
    }

    /** A script of this package, or of another one as {@code ../other:script}. */
    private void depends(String folder, @Nullable Object other) {
        String name = other instanceof String text ? text : "";
        if (name.startsWith(".")) {
            int colon = name.indexOf(':');
            if (colon > 0) {
                String there = Paths.normalise(folder + "/" + name.substring(0, colon));
                read(there, name.substring(colon + 1));
                return;
            }
        }
        if (name.isEmpty() || name.startsWith(".") || name.startsWith("$")) {
            whole = false;
            return;
        }
        read(folder, name);
    }

    private static @Nullable Map<String, Object> json(String text) {
        try {
            return JSON.readValue(text, Object.class) instanceof Map<?, ?> map
                    ? Flow.map(map)
                    : null;
        } catch (JsonProcessingException | StackOverflowError e) {
            return null;
        }
    }
}
