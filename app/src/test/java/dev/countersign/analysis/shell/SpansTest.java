package dev.countersign.analysis.shell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.call.Span;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Spans name the characters of the original text. */
final class SpansTest {
    private static List<String> commands(String text) {
        return Records.evaluate(text).invocations().stream()
                .map(each -> cut(text, each.source()))
                .toList();
    }

    private static String cut(String text, Span span) {
        return text.substring(span.from(), span.to());
    }

    @Test
    void commandsInSubstitutionsAndBackticks() {
        assertThat(commands("echo $(rm  x) \"`rm \\\"y\\\"`\""))
                .containsExactly("rm  x", "rm \\\"y\\\"", "echo $(rm  x) \"`rm \\\"y\\\"`\"");
    }

    @Test
    void commandsInHereDocuments() {
        assertThat(commands("cat <<-E\n\ta $(rm x)\n\tE\nrm y"))
                .containsExactly("rm x", "cat <<-E", "rm y");
    }

    @Test
    void continuationLinesBelongToTheWord() {
        String text = "ls;r\\\nm  x";
        Evaluation found = Records.evaluate(text);
        Invocation last = found.invocations().getLast();
        assertThat(cut(text, last.source())).isEqualTo("r\\\nm  x");
        assertThat(last.argv().getFirst().value()).isEqualTo("rm");
        assertThat(cut(text, last.argv().get(1).source())).isEqualTo("x");
    }

    @Test
    void commandsOfEvalPointToItsArguments() {
        assertThat(commands("true; eval 'rm x' y")).containsExactly("true", "'rm x' y");
    }

    @Test
    void redirections() {
        String text = "rm x 2>> 'a b' <c";
        assertThat(Records.evaluate(text).invocations().getFirst().redirections())
                .extracting(each -> cut(text, each.source()))
                .containsExactly("2>> 'a b'", "<c");
    }
}
