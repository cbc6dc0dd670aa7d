package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.config.DataPlace;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CliTest {
    @TempDir Path home;
    private Desk desk = new Desk(Path.of("/"));

    @BeforeEach
    void desk() {
        desk = new Desk(home);
    }

    @Test
    void nothingAtAllIsWrongUsageAndShowsTheWay() {
        assertThat(desk.run()).isEqualTo(2);
        assertThat(desk.err.toString()).contains("Start here: countersign serve");
        assertThat(desk.out.toString()).isEmpty();
    }

    @Test
    void helpGoesToTheOutput() {
        assertThat(desk.run("--help")).isZero();
        assertThat(desk.out.toString())
                .contains("check", "approvals watch")
                .doesNotContain("train");
    }

    @Test
    void everyCommandHasHelpThatFitsTheTerminal() {
        desk.width = 80;
        assertThat(desk.run("--help")).isZero();
        for (String name : Cli.NAMES) {
            String[] words = (name + " --help").split(" ", -1);
            assertThat(desk.run(words)).as(name).isZero();
        }
        assertThat(desk.out.toString().lines()).allMatch(line -> line.length() <= 80);
        assertThat(desk.err.toString()).isEmpty();
    }

    @Test
    void everyCommandTakesDataAndServer() {
        for (String name : Cli.NAMES) {
            Desk each = new Desk(home);
            each.run((name + " --help").split(" ", -1));
            assertThat(each.out.toString()).as(name).contains("--data DIR", "--server URL");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sreve|unknown command `sreve`, did you mean `serve`; see `countersign --help`",
                "frobnicate|unknown command `frobnicate`; see `countersign --help`",
                "audit lits|unknown command `audit lits`, did you mean `list`; there are: list, show,"
                        + " verify",
                "check --jsn|unknown option `--jsn`, did you mean `--json`; see `countersign check"
                        + " --help`",
                "check --command|`--command` needs a value: --command STRING",
                "check --json=yes --command ls|`--json` takes no value",
                "check --command ls --command pwd|`--command` can be given once",
                "check|nothing to judge; expected --command STRING, --tool NAME with --input JSON, or"
                        + " --batch",
                "check --command ls --batch|only one of `--command`, `--batch` can be given",
                "check --command ls --input {}|`--input` belongs to `--tool`",
                "check --tool Read --input [|`--input`: broken JSON",
                "check --tool Read --input []|`input` must be a JSON object",
                "check --command ls --shell fish|unknown shell `fish`; expected one of: bash, zsh,"
                        + " sh, pwsh, cmd",
                "check --command ls --at +1000000000-12-31T23:59:59Z|`at` is `+1000000000-12-31T23:59:59Z`;"
                        + " expected a time such as `2026-03-29T10:00:00Z`, of the years",
                "check --command ls --at -0001-12-31T23:59:59Z|`at` is `-0001-12-31T23:59:59Z`; expected",
                "check --command ls --at noon|`at` is `noon`; expected a time such as"
                        + " `2026-03-29T10:00:00Z`",
                "check --command ls --autonomy yolo|`yolo` is no autonomy mode",
                "check --command ls --profile root|`root` is no profile",
                "check --command ls --policy none.yaml|none.yaml:1:1: there is no such file",
                "approvals show|`ID` is missing: countersign approvals show [options] ID",
                "approvals show A B|`B` is one too many",
                "tokens create --kind admin --name n|unknown kind `admin`; expected agent, personal,"
                        + " device",
                "people add nobody|`nobody` is no e-mail address",
                "serve --database-url x|the database URL begins with another word",
                "serve --listen 0.0.0.0:7373|refusing to listen on `0.0.0.0:7373`",
                "serve --listen localhost|`localhost` is no address to listen on",
                "serve --config none.yaml|cannot read `none.yaml`: there is no such file",
                "audit list --effect alow|unknown effect `alow`, did you mean `allow`; expected one of:"
                        + " allow, ask, defer, deny",
                "audit list --risk purple|unknown risk `purple`; expected one of: none, low, medium, high,"
                        + " critical",
                "audit list --decider me|unknown decider `me`; expected one of: default-policy,",
                "audit list --kind frob|unknown kind `frob`; expected one of: decision, approval,",
                "check --command ls --client cursr|unknown client `cursr`, did you mean `cursor`;"
                        + " expected one of: claude-code, codex,",
                "check --command=|`--command` is empty; expected a shell command",
                "approvals deny A word --guidance x|the guidance is given twice",
                "audit list --limit 0|`--limit` is `0`; expected a number from 1 to 1000",
                "audit verify --server http://127.0.0.1:1|a ledger is verified where it lies"
            })
    void wrongUsageIsToldWithWhatWouldBeRight(String line, String message) {
        assertThat(desk.run(line.split(" ", -1))).isEqualTo(2);
        assertThat(desk.err.toString()).startsWith("countersign: " + message);
        assertThat(desk.out.toString()).isEmpty();
    }

    @Test
    void aMistypedWordCannotSpeakToTheTerminal() {
        assertThat(desk.run("\u001b[31mred")).isEqualTo(2);
        assertThat(desk.err.toString()).contains("<U+001B>[31mred").doesNotContain("\u001b");
    }

    @Test
    void whatBreaksInsideIsNoUsageError() {
        desk.product =
                new Desk.NoProduct() {
                    @Override
                    public Records records(DataPlace data) {
                        throw new IllegalStateException("broken");
                    }
                };
        assertThat(desk.run("audit", "list")).isEqualTo(1);
        assertThat(desk.err.toString()).contains("(this is a bug)", "broken");
    }

    @Test
    void afterTwoHyphensEverythingIsAnArgument() {
        assertThat(desk.run("approvals", "show", "--", "--json", "x")).isEqualTo(2);
        assertThat(desk.err.toString()).contains("`x` is one too many");
    }

    @Test
    void theValueOfAnOptionMayLookLikeAnOption() {
        desk.run("check", "--command", "--version", "--json");
        assertThat(desk.out.toString()).startsWith("{\"id\":");
    }
}
