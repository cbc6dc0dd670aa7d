package dev.countersign.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.call.Operation;
import dev.countersign.call.Shell;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is larger than a call is given to be judged is denied, and said once. */
final class LimitsTest {
    @Test
    void moreThanFiveHundredPatternsAreDenied() {
        assertThat(floors("rm " + patterns(500))).isEmpty();
        assertThat(floors("rm " + patterns(501))).hasSize(1);
    }

    private static String patterns(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "a" + i + "*")
                .collect(Collectors.joining(" "));
    }

    private static List<String> floors(String command) {
        return Fixture.operations(command).stream()
                .map(Operation::floor)
                .filter(floor -> floor != null)
                .toList();
    }

    @Test
    void whatFollowsTheLastCommandThatIsReadIsOneDoubt() {
        String text = "Get-Date;".repeat(2_000);
        List<Operation> operations =
                new Analyzer(Facts.NONE, Fixture.GUARDED)
                        .analyze(Fixture.command(text, "/w", Shell.PWSH))
                        .operations();
        assertThat(operations.stream().filter(Operation::opaque)).hasSize(1);
    }

    @Test
    void thePiecesOfUnreadTextAreNeverTheWholeText() {
        assertThat(UnreadPieces.of("if ($a) { b };", Shell.PWSH)).containsExactly("if", "$a", "b");
        assertThat(UnreadPieces.of("a $(b); c;", Shell.PWSH)).contains("a $", "b", "c");
        assertThat(UnreadPieces.of("a; b;", Shell.PWSH)).containsExactly("a", "b");
        assertThat(UnreadPieces.of("a;", Shell.PWSH)).isEmpty();
    }
}
