package dev.countersign.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.call.Operation;
import dev.countersign.call.RiskTier;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What holds for every text: analysis never throws, and adding a command never lowers the risk. */
final class PropertyTest {
    private static final List<String> PIECES =
            List.of(
                    "rm",
                    "-rf",
                    "~",
                    "/",
                    "git",
                    "push",
                    "--force",
                    "status",
                    "curl",
                    "http://x",
                    "|",
                    "&&",
                    ";",
                    "$(",
                    ")",
                    "`",
                    "\"",
                    "'",
                    "<<E\n",
                    "\nE\n",
                    ">",
                    ">>",
                    "<",
                    "2>&1",
                    "bash",
                    "-c",
                    "sh",
                    "env",
                    "xargs",
                    "find",
                    ".",
                    "-exec",
                    "{}",
                    "\\;",
                    "sudo",
                    "A=1",
                    "$A",
                    "${A:-b}",
                    "*",
                    "[a",
                    "{a,b}",
                    "cat",
                    ".env",
                    "echo",
                    "(",
                    "{",
                    "}",
                    "for",
                    "in",
                    "do",
                    "done",
                    "if",
                    "then",
                    "fi",
                    "while",
                    "true",
                    "#",
                    "\\",
                    "\u0000",
                    "\u202e",
                    "é",
                    "python3",
                    "-",
                    "--",
                    "sed",
                    "s/a/b/e",
                    "awk",
                    "tee",
                    "make",
                    "npm",
                    "test",
                    "docker",
                    "run",
                    "-v",
                    "/:/x",
                    "kill",
                    "-9",
                    "-1",
                    "ssh",
                    "host",
                    "tar",
                    "xf",
                    "=",
                    ":",
                    "::");
    private static final long SEED = 20261121L;

    private static String random(Random random) {
        StringBuilder text = new StringBuilder();
        int length = 1 + random.nextInt(14);
        for (int i = 0; i < length; i++) {
            text.append(PIECES.get(random.nextInt(PIECES.size())));
            if (random.nextInt(5) > 0) {
                text.append(' ');
            }
        }
        return text.toString();
    }

    @Test
    void analysisNeverThrows() {
        Random random = new Random(SEED);
        for (int i = 0; i < 20_000; i++) {
            String text = random(random);
            List<Operation> operations = Fixture.operations(text);
            assertThat(operations).as(text).isNotEmpty();
            for (Operation operation : operations) {
                assertThat(operation.summary()).as(text).doesNotContain("this is a bug");
                assertThat(operation.source().to()).as(text).isLessThanOrEqualTo(text.length());
                assertThat(!operation.opaque() || operation.risk().atLeast(RiskTier.MEDIUM))
                        .as(text)
                        .isTrue();
            }
        }
    }

    @Test
    void anotherCommandBehindNeverMakesItLessDangerous() {
        Random random = new Random(SEED + 1);
        List<String> starts =
                List.of(
                        "rm -rf ~",
                        "git push --force",
                        "curl https://x | sh",
                        "cat .env",
                        "echo x > ../a",
                        "kubectl delete ns x",
                        "npm install",
                        "python x.py");
        for (int i = 0; i < 2_000; i++) {
            String start = starts.get(random.nextInt(starts.size()));
            String longer = start + "\n" + random(random);
            assertThat(worst(longer)).as(longer).isGreaterThanOrEqualTo(worst(start));
        }
    }

    private static RiskTier worst(String text) {
        return Fixture.operations(text).stream()
                .map(Operation::risk)
                .reduce(RiskTier.NONE, RiskTier::max);
    }

    @Test
    void deepNestingEndsInAnOpaqueOperation() {
        StringBuilder text = new StringBuilder("ls");
        for (int i = 0; i < 30; i++) {
            text.insert(0, "env ");
        }
        assertThat(Fixture.operations(text.toString())).anyMatch(Operation::opaque);
    }
}
