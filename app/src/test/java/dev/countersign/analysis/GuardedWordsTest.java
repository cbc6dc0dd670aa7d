package dev.countersign.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.call.Operation;
import dev.countersign.call.Resource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Every option of every program of the catalogue that takes a value, given a place it must not
 * touch unasked. It may be let through only where the value is known to be text, a pattern or a
 * number: those are listed by hand in {@code guarded-words.txt}, an option a line.
 */
final class GuardedWordsTest {
    private static final WholeEngine ENGINE = new WholeEngine(Everyday.disk());

    private static final List<String> PLACES =
            List.of(".claude/settings.json", "~/.bashrc", "../x");

    /** Every program and sub-command with each option of it that takes a value. */
    private static Set<String> options() {
        Set<String> all = new TreeSet<>();
        for (String name : Catalogue.shipped().names()) {
            Tool tool = Catalogue.shipped().tool(name).orElseThrow();
            collect(name, tool, Collections.newSetFromMap(new IdentityHashMap<>()), all);
        }
        return all;
    }

    private static void collect(String line, Tool tool, Set<Tool> seen, Set<String> into) {
        if (!seen.add(tool)) {
            return;
        }
        tool.options()
                .forEach((name, option) -> {
                    if (option.role() != null) {
                        into.add(line + " " + name);
                    }
                });
        tool.valued().forEach(name -> into.add(line + " " + name));
        tool.subs().forEach((name, sub) -> collect(line + " " + name, sub, seen, into));
    }

    /** Whether a place gets by: let through, and no operation says what becomes of it. */
    private static boolean passes(String option, String place) {
        String sign = option.substring(option.lastIndexOf(' ') + 1).startsWith("--") ? "=" : " ";
        WholeEngine.Verdict verdict = ENGINE.judge(option + sign + place);
        return verdict.allowed()
                && verdict.operations().stream().noneMatch(GuardedWordsTest::tells);
    }

    private static boolean tells(Operation operation) {
        return operation.resource() instanceof Resource.Path path
                && path.written() != null
                && (path.written().endsWith("settings.json")
                        || path.written().endsWith(".bashrc")
                        || path.written().endsWith("/x"));
    }

    @Test
    void noOptionGetsAGuardedPlacePastAPersonUnlessItsValueIsText() {
        Set<String> texts =
                Catalogue.resource("guarded-words.txt")
                        .lines()
                        .filter(line -> !line.isBlank() && !line.startsWith("#"))
                        .collect(Collectors.toCollection(TreeSet::new));
        Set<String> found = new TreeSet<>();
        int tried = 0;
        for (String option : options()) {
            for (String place : PLACES) {
                tried++;
                if (passes(option, place)) {
                    found.add(option);
                }
            }
        }
        assertThat(tried).isGreaterThan(10_000);
        List<String> open = new ArrayList<>(found);
        open.removeAll(texts);
        List<String> unneeded = new ArrayList<>(texts);
        unneeded.removeAll(found);
        assertThat(open).as("options that get a guarded place past a person").isEmpty();
        assertThat(unneeded).as("listed as text, and asked").isEmpty();
    }
}
