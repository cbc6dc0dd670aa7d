package dev.countersign.analysis.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.quicktheories.QuickTheory.qt;
import static org.quicktheories.generators.SourceDSL.integers;
import static org.quicktheories.generators.SourceDSL.longs;
import static org.quicktheories.generators.SourceDSL.strings;

import dev.countersign.call.Argument;
import dev.countersign.call.Span;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whatever the text, an answer comes, in time, and points into the text. */
final class BoundsTest {
    private static final Duration LONG = Duration.ofSeconds(5);
    private static final String[] FRAGMENTS = {
        "$(",
        "${",
        "$((",
        "))",
        "`",
        "'",
        "\"",
        "\\",
        "\n",
        "\\\n",
        "{",
        "}",
        "(",
        ")",
        "[[ ",
        " ]]",
        "<<E",
        "\nE\n",
        "<<<",
        "<(",
        ">",
        "&&",
        "||",
        "|",
        "&",
        ";",
        ";;",
        "if ",
        "then ",
        "fi",
        "for i in ",
        "do ",
        "done",
        "case a in ",
        "esac",
        "f() ",
        "eval ",
        "a=",
        "$a",
        "{a,b}",
        "~",
        "*",
        "cd /tmp",
        "$'\\x",
        "trap ",
        "alias ",
        "((",
        "${a:-",
        "${a//",
        "@",
        "!",
        "#",
        "\u00a0"
    };
    private static final List<String> SEEDS =
            Stream.concat(Records.torture().stream(), Records.corpus().stream())
                    .map(Records.Text::command)
                    .toList();

    @Test
    void anyText() {
        qt().forAll(strings().allPossible().ofLengthBetween(0, 200)).checkAssert(BoundsTest::sound);
    }

    @Test
    void anyShellLikeText() {
        qt().withExamples(5_000)
                .forAll(longs().all(), integers().between(1, 40))
                .checkAssert((seed, length) -> sound(random(new Random(seed), length)));
    }

    @Test
    void mutatedTexts() {
        qt().withExamples(5_000)
                .forAll(longs().all(), integers().between(0, SEEDS.size() - 1))
                .checkAssert((seed, at) -> sound(mutated(SEEDS.get(at), new Random(seed))));
    }

    @Test
    void deepAndLongTexts() {
        for (String unit : FRAGMENTS) {
            soundInTime(unit.repeat(ShellText.MAX_LENGTH / unit.length()));
            soundInTime(
                    ("echo " + unit + " x;").repeat(ShellText.MAX_LENGTH / (unit.length() + 8)));
        }
        for (String unit :
                List.of(
                        "a[",
                        "a[$(",
                        "$(($((",
                        "((((",
                        "\"$(",
                        "`\\`",
                        "{a,",
                        "{1..9}",
                        "a=$a$a;",
                        "export A1=1;ls;",
                        "(a=1)",
                        "a=1&&",
                        "a||b=1||",
                        "f() { f; f; };f;",
                        "for i in 1 2 3 4 5;do ",
                        "while a=$a; do ",
                        "cd a;",
                        "pushd a;",
                        "<<E ",
                        "\\\n",
                        "if a;then b=1;fi;",
                        "case a in a) b=1;;&b) c=2;;esac;",
                        "a|",
                        "eval 'eval a';",
                        "trap a EXIT;",
                        "alias a='a a';a;",
                        "set -- $@ $@ a;")) {
            soundInTime(unit.repeat(ShellText.MAX_LENGTH / unit.length()));
        }
    }

    @Test
    void exponentialTexts() {
        StringBuilder functions = new StringBuilder();
        StringBuilder doubling = new StringBuilder("a=xxxxxxxx\n");
        for (int i = 0; i < 200; i++) {
            functions.append("f").append(i + 1).append("() { f").append(i).append("; f").append(i);
            functions.append("; }\n");
            doubling.append("a=$a$a; echo \"$a\" $a\n");
        }
        soundInTime("f0() { rm x; }\n" + functions + "f200");
        soundInTime(doubling.toString());
        soundInTime("{a,b}".repeat(100));
        soundInTime("for i in 1 2; do ".repeat(60) + "rm x" + "; done".repeat(60));
        soundInTime("while x; do ".repeat(90) + "a=$b; b=$c; c=$d" + "; done".repeat(90));
    }

    @Test
    void beyondTheBoundsNothingIsClaimed() {
        assertThat(Records.evaluate("x".repeat(ShellText.MAX_LENGTH + 1)).unknowns()).isNotEmpty();
        assertThat(Records.evaluate("{ ".repeat(101) + "rm x" + "; }".repeat(101)).unknowns())
                .isNotEmpty();
        assertThat(Records.evaluate("{ ".repeat(90) + "rm x" + "; }".repeat(90)).unknowns())
                .isEmpty();
        assertThat(Records.evaluate("rm x;".repeat(10_000)).invocations()).hasSize(10_000);
    }

    /** Processor time, so that a busy machine does not fail the test. */
    private static void soundInTime(String text) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadCpuTime();
        sound(text);
        Duration taken = Duration.ofNanos(threads.getCurrentThreadCpuTime() - before);
        assertThat(taken).as(text.substring(0, Math.min(40, text.length()))).isLessThan(LONG);
    }

    private static void sound(String text) {
        Evaluation found = Records.evaluate(text);
        for (Evaluation.Unknown unknown : found.unknowns()) {
            assertThat(unknown.reason()).doesNotContain("(this is a bug)");
            inside(unknown.source(), text);
        }
        for (Invocation invocation : found.invocations()) {
            inside(invocation.source(), text);
            for (Argument argument : invocation.argv()) {
                inside(argument.source(), text);
            }
            invocation.assignments().forEach(each -> inside(each.source(), text));
            invocation.redirections().forEach(each -> inside(each.source(), text));
        }
    }

    private static void inside(Span span, String text) {
        if (span.to() > text.length()) {
            throw new AssertionError(span + " is outside of " + text);
        }
    }

    private static String random(Random random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(FRAGMENTS[random.nextInt(FRAGMENTS.length)]);
            if (random.nextInt(3) == 0) {
                text.append("rm x ");
            }
        }
        return text.toString();
    }

    private static String mutated(String seed, Random random) {
        StringBuilder text = new StringBuilder(seed);
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(text.length() + 1);
            switch (random.nextInt(3)) {
                case 0 -> text.insert(at, FRAGMENTS[random.nextInt(FRAGMENTS.length)]);
                case 1 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(3)));
                default -> text.insert(at, text.substring(0, random.nextInt(text.length() + 1)));
            }
        }
        return text.toString();
    }
}
