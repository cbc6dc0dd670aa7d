package dev.countersign.analysis.shell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.call.Argument;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * What bash executed is among what the evaluation lists, or the text is not claimed to be known.
 */
final class OracleTest {
    /**
     * Programs that start the program named in their arguments. Unwrapping them is the work of the
     * analyser.
     */
    private static final Set<String> LAUNCHERS =
            Set.of(
                    "env",
                    "sudo",
                    "doas",
                    "nohup",
                    "timeout",
                    "nice",
                    "ionice",
                    "stdbuf",
                    "setsid",
                    "flock",
                    "xargs",
                    "find",
                    "watch",
                    "script",
                    "time",
                    "exec",
                    "command",
                    "builtin",
                    "parallel",
                    "taskset",
                    "chrt",
                    "unshare",
                    "prlimit",
                    "setpriv",
                    "runuser",
                    "busybox",
                    "strace");

    /** Programs that run code from data. Looking into it is the work of the analyser. */
    private static final Set<String> INTERPRETERS =
            Set.of(
                    "bash", "sh", "dash", "zsh", "source", ".", "awk", "sed", "perl", "python",
                    "python3", "flock", "script");

    @Test
    void everyPuzzleIsCovered() {
        judge("t", Records.torture());
    }

    @Test
    void theCorpusIsCovered() {
        judge("c", Records.corpus());
    }

    /** Texts that stay unknown, with the reason, by id. */
    private static Set<String> listed() {
        try (InputStream in =
                Objects.requireNonNull(
                        OracleTest.class.getResourceAsStream("/cases/shell-unknown.yaml"))) {
            Set<String> ids = new TreeSet<>();
            if (new Load(LoadSettings.builder().build()).loadFromInputStream(in)
                    instanceof Map<?, ?> all) {
                all.keySet().forEach(id -> ids.add(String.valueOf(id)));
            }
            return ids;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void judge(String kind, List<Records.Text> texts) {
        List<String> accepted = new ArrayList<>();
        List<String> missed = new ArrayList<>();
        Set<String> unknown = new TreeSet<>();
        for (Records.Text text : texts) {
            Evaluation found = Records.evaluate(text.command());
            if (!text.valid()) {
                if (found.unknowns().isEmpty()) {
                    accepted.add(text.id() + " " + text.command());
                }
                continue;
            }
            if (!found.unknowns().isEmpty()) {
                unknown.add(text.id());
                continue;
            }
            for (List<String> argv : text.executed()) {
                if (!argv.isEmpty() && !lists(found, base(argv.getFirst()))) {
                    missed.add(text.id() + " " + text.command() + "\n    " + argv);
                }
            }
        }
        assertThat(accepted).as("invalid texts taken for valid").isEmpty();
        assertThat(missed).as("programs bash ran that are not listed").isEmpty();
        Set<String> expected = listed();
        expected.removeIf(id -> !id.startsWith(kind));
        assertThat(unknown)
                .as("valid texts that stay unknown, against cases/shell-unknown.yaml")
                .isEqualTo(expected);
    }

    private static boolean lists(Evaluation found, String program) {
        Set<String> given = new HashSet<>();
        for (int i = 0; i < found.invocations().size(); i++) {
            Invocation invocation = found.invocations().get(i);
            if (invocation.argv().isEmpty()) {
                continue;
            }
            String first = invocation.argv().getFirst().value();
            if (first == null || base(first).equals(program)) {
                return true;
            }
            if (INTERPRETERS.contains(base(first))) {
                return true;
            }
            if (LAUNCHERS.contains(base(first))) {
                words(invocation, given);
                switch (invocation.input()) {
                    case Invocation.Input.Pipe pipe ->
                            pipe.from().forEach(at -> words(found.invocations().get(at), given));
                    case Invocation.Input.Text text -> given.add(String.valueOf(text.value()));
                    case Invocation.Input.File _, Invocation.Input.Inherited _ -> {}
                }
            }
        }
        return given.stream().anyMatch(word -> word.contains(program));
    }

    private static void words(Invocation invocation, Set<String> into) {
        for (Argument argument : invocation.argv()) {
            into.add(String.valueOf(argument.value()));
        }
    }

    private static String base(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
