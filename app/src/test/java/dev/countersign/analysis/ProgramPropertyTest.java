package dev.countersign.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.countersign.call.Operation;
import dev.countersign.call.RiskTier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Programs composed at random of parts that are understood and parts that are not: no effect is
 * lost, and what is not understood is never quiet.
 */
final class ProgramPropertyTest {
    private static final long SEED = 20261121L;

    /**
     * Parts of a language: harmless ones, ones that are not understood, and ones that delete
     * `gone`.
     */
    private record Parts(
            String start, String end, List<String> pure, List<String> odd, List<String> deletes) {}

    private static final Map<String, Parts> LANGUAGES =
            Map.of(
                    "python",
                    new Parts(
                            "python3 <<'END_OF_PROGRAM'\nimport os, json, shutil\nfrom pathlib import Path\n",
                            "END_OF_PROGRAM\n",
                            List.of(
                                    "print(1)",
                                    "x = [i for i in range(3)]",
                                    "print('os.remove(1) # \\'')",
                                    "y = \"\"\"a\n'b\"\"\"",
                                    "print(f'{1 + 1:>3}')",
                                    "z = json.dumps({'a': 1})",
                                    "# a comment with a ' in it"),
                            List.of(
                                    "exec('1')",
                                    "getattr(os, 'x')",
                                    "class A: pass",
                                    "foo.bar.baz()",
                                    "__import__('x')"),
                            List.of(
                                    "os.remove('gone')",
                                    "os.unlink('go' + 'ne')",
                                    "Path('gone').unlink()",
                                    "os.system('rm gone')")),
                    "javascript",
                    new Parts(
                            "node <<'END_OF_PROGRAM'\n",
                            "END_OF_PROGRAM\n",
                            List.of(
                                    "console.log(1);",
                                    "console.log([1, 2].map(x => x * 2).length);",
                                    "console.log('fs.unlinkSync(1) // \\'');",
                                    "console.log(`a${1 + 1}b`);",
                                    "console.log(/'\"`/.test('a'));",
                                    "// a comment with a ' in it",
                                    "/* and \" another */"),
                            List.of(
                                    "eval('1');",
                                    "new Function('1')();",
                                    "foo.bar.baz();",
                                    "class A {}",
                                    "this.x = 1;"),
                            List.of(
                                    "require('fs').unlinkSync('gone');",
                                    "fs.unlinkSync('go' + 'ne');",
                                    "require('node:child_process').execSync('rm gone');")),
                    "perl",
                    new Parts(
                            "perl <<'END_OF_PROGRAM'\n",
                            "END_OF_PROGRAM\n",
                            List.of(
                                    "print 1;",
                                    "my @a = map { $_ * 2 } (1, 2);",
                                    "print 'unlink(1) # ';",
                                    "print \"it's $x\\n\";",
                                    "$x =~ s/a/b/g;",
                                    "# a comment with a ' in it"),
                            List.of("eval '1';", "foo(1);", "&$x;", "$x->y(1);", "require Foo;"),
                            List.of("unlink('gone');", "unlink 'gone';", "system('rm gone');")),
                    "awk",
                    new Parts(
                            "awk '",
                            "' input\n",
                            List.of(
                                    "{ print $1 }\n",
                                    "/\"x/ { s += $2 }\n",
                                    "END { print s / 2 }\n",
                                    "{ print \"system(1) #\" }\n",
                                    "# a comment with a \" in it\n"),
                            List.of("{ system($1) }\n", "{ @f() }\n", "{ ext(1) }\n"),
                            List.of(
                                    "BEGIN { system(\"rm gone\") }\n",
                                    "{ \"rm gone\" | getline }\n")));

    private static String pick(List<String> list, Random random) {
        return list.get(random.nextInt(list.size()));
    }

    @Test
    void noEffectIsLostAndWhatIsNotUnderstoodIsNeverQuiet() {
        Random random = new Random(SEED);
        List<String> names = List.of("python", "javascript", "perl", "awk");
        for (int i = 0; i < 3_000; i++) {
            Parts parts = Objects.requireNonNull(LANGUAGES.get(pick(names, random)));
            List<String> lines = new ArrayList<>();
            int length = 1 + random.nextInt(7);
            boolean odd = false;
            boolean deletes = false;
            for (int k = 0; k < length; k++) {
                int kind = random.nextInt(10);
                odd |= kind == 0;
                deletes |= kind == 1;
                lines.add(
                        pick(
                                kind == 0 ? parts.odd : kind == 1 ? parts.deletes : parts.pure,
                                random));
            }
            String command = parts.start + String.join("\n", lines) + "\n" + parts.end;
            List<Operation> operations = Fixture.operations(command);
            boolean deleted =
                    operations.stream()
                            .anyMatch(o ->
                                    o.resource().fields().stream()
                                            .anyMatch(f -> "/w/gone".equals(f.value())));
            boolean opaque =
                    operations.stream()
                            .anyMatch(o -> o.opaque() && o.risk().atLeast(RiskTier.MEDIUM));
            assertThat(deleted).as(command).isEqualTo(deletes);
            assertThat(opaque).as(command).isEqualTo(odd);
        }
    }

    @Test
    void textMadeToBeSlowIsReadSoon() {
        List<String> heads =
                List.of(
                        "python3 <<'E_O_P'\n",
                        "node <<'E_O_P'\n",
                        "perl <<'E_O_P'\n",
                        "ruby <<'E_O_P'\n");
        List<String> shapes =
                List.of(
                        "\\'",
                        "a.b",
                        ".b",
                        "a=",
                        "a=b+b;b=a+a;",
                        "f'{",
                        "`${",
                        "(",
                        "q(",
                        "open(",
                        "$a=",
                        "[",
                        "x=>");
        for (String head : heads) {
            for (String shape : shapes) {
                String command = head + shape.repeat(10_000 / shape.length()) + "\nE_O_P\n";
                assertTimeout(
                        Duration.ofSeconds(2),
                        () -> Fixture.operations(command),
                        command.substring(0, 40));
            }
        }
    }
}
