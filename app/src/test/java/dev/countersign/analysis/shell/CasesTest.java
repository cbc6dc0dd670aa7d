package dev.countersign.analysis.shell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.call.Argument;
import dev.countersign.call.Context;
import dev.countersign.call.Shell;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The cases under {@code cases/shell}: a text, the commands it runs in the notation of {@link
 * #shown}, and a part of the reason of every unknown.
 */
final class CasesTest {
    private static final List<String> FILES =
            List.of(
                    "words",
                    "lists",
                    "redirections",
                    "variables",
                    "directories",
                    "functions",
                    "loops",
                    "substitutions",
                    "hidden",
                    "continuations",
                    "shells",
                    "broken",
                    "oracle");

    @TestFactory
    Stream<DynamicTest> everyCase() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (String file : FILES) {
            for (Map<?, ?> each : read(file)) {
                String text = String.valueOf(each.get("text"));
                tests.add(
                        DynamicTest.dynamicTest(
                                file + ": " + text.lines().collect(Collectors.joining("⏎")),
                                () -> check(each, text)));
            }
        }
        assertThat(tests).hasSizeGreaterThanOrEqualTo(60);
        return tests.stream();
    }

    private static void check(Map<?, ?> each, String text) {
        Object shell = each.get("shell");
        Context context =
                new Context(
                        "/w",
                        "/w",
                        "/home/u",
                        shell == null ? Shell.BASH : Shell.of(shell.toString()).orElseThrow(),
                        "linux",
                        Map.of("TARGET", "prod"));
        Evaluation found = ShellText.evaluate(text, context);
        assertThat(found.invocations().stream().map(CasesTest::shown).toList())
                .isEqualTo(strings(each.get("runs")));
        List<String> reasons = strings(each.get("unknown"));
        assertThat(found.unknowns()).hasSameSizeAs(reasons);
        for (int i = 0; i < reasons.size(); i++) {
            assertThat(found.unknowns().get(i).reason()).contains(reasons.get(i));
        }
    }

    private static List<String> strings(@Nullable Object list) {
        List<String> strings = new ArrayList<>();
        if (list instanceof List<?> items) {
            items.forEach(item -> strings.add(String.valueOf(item)));
        }
        return strings;
    }

    private static List<Map<?, ?>> read(String file) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(
                        CasesTest.class.getResourceAsStream("/cases/shell/" + file + ".yaml"),
                        file)) {
            Object loaded = new Load(LoadSettings.builder().build()).loadFromInputStream(in);
            List<Map<?, ?>> cases = new ArrayList<>();
            if (loaded instanceof List<?> items) {
                for (Object item : items) {
                    cases.add(item instanceof Map<?, ?> map ? map : new LinkedHashMap<>());
                }
            }
            return cases;
        }
    }

    /**
     * An invocation in one line: its words ({@code ?} when unknown, {@code ~} in front of a
     * pattern), then in brackets what is not usual.
     */
    static String shown(Invocation invocation) {
        StringBuilder line = new StringBuilder();
        for (Argument argument : invocation.argv()) {
            line.append(line.isEmpty() ? "" : " ").append(word(argument));
        }
        if (invocation.local()) {
            line.append(" [local]");
        }
        if (!"/w".equals(invocation.directory()) || !invocation.elsewhere().isEmpty()) {
            line.append(" [in ").append(Objects.requireNonNullElse(invocation.directory(), "?"));
            invocation.elsewhere().forEach(each -> line.append(" or ").append(each));
            line.append("]");
        }
        invocation
                .assignments()
                .forEach(each ->
                        line.append(" [")
                                .append(each.name())
                                .append('=')
                                .append(Objects.requireNonNullElse(each.value(), "?"))
                                .append(']'));
        invocation
                .redirections()
                .forEach(each ->
                        line.append(" [")
                                .append(each.direction())
                                .append(' ')
                                .append(word(each.target()))
                                .append(']'));
        switch (invocation.input()) {
            case Invocation.Input.Inherited _ -> {}
            case Invocation.Input.Pipe(List<Integer> from) ->
                    line.append(" [reads ").append(from).append(']');
            case Invocation.Input.File(Argument target) ->
                    line.append(" [reads file ").append(word(target)).append(']');
            case Invocation.Input.Text text ->
                    line.append(" [reads text ")
                            .append(text.value() == null ? "?" : quoted(text.value()))
                            .append(']');
        }
        return line.toString().strip();
    }

    private static String word(Argument argument) {
        String value = argument.value();
        if (value == null) {
            return "?";
        }
        return (argument.glob() ? "~" : "") + quoted(value);
    }

    private static String quoted(String value) {
        return value.matches("[A-Za-z0-9_./:=+,@%$*{}!\\[-]+|\\]")
                ? value
                : "'" + value.replace("\n", "⏎") + "'";
    }
}
