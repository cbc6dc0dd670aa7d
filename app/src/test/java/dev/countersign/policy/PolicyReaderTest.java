package dev.countersign.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is wrong in a document is said with its place and what would be right. */
final class PolicyReaderTest {

    static Stream<Arguments> badDocuments() {
        return Stream.of(
                bad(
                        "a typo in a key",
                        "policy: p\nrulez: []\n",
                        "2:1",
                        "unknown key `rulez`; did you mean `rules`?"),
                bad(
                        "a typo in a profile",
                        "policy: p\nprofile: standart\n",
                        "2:10",
                        "did you mean `standard`?"),
                bad(
                        "a typo in an action",
                        "policy: p\nrules:\n  - ask: git_psuh\n",
                        "3:10",
                        "did you mean `git_push`?"),
                bad(
                        "a typo in an effect",
                        "policy: p\nrules:\n  - aks: git_push\n",
                        "3:5",
                        "did you mean `ask`?"),
                bad(
                        "a pattern over actions that matches none",
                        "policy: p\nrules: [{ask: \"gti_*\"}]\n",
                        "2:15",
                        "is no action and matches none"),
                bad(
                        "a command where an action belongs",
                        "policy: p\nrules:\n  - ask: git push\n",
                        "3:10",
                        "expected such as `{shell_run: \"git push\"}`"),
                bad(
                        "a wrong type",
                        "policy: p\nrules: yes\n",
                        "2:8",
                        "`rules` is `yes`; expected a list"),
                bad(
                        "a number for a name",
                        "policy: [p]\n",
                        "1:9",
                        "`policy` is a list; expected a name"),
                bad(
                        "a bad path pattern",
                        "policy: p\nrules:\n  - deny: {file_read: \"../x\"}\n",
                        "3:23",
                        "goes up with `..`"),
                bad(
                        "a chain as a command pattern",
                        "policy: p\nrules:\n  - deny: {shell_run: \"a && b\"}\n",
                        "3:23",
                        "joins commands with `&&`"),
                bad(
                        "an open quote in a command pattern",
                        "policy: p\nrules:\n  - deny: {shell_run: 'echo \"x'}\n",
                        "3:23",
                        "has a quote that does not end"),
                bad(
                        "a tab",
                        "policy: p\nrules:\n\t- ask: git_push\n",
                        "3:1",
                        "a tab stands here; expected spaces"),
                bad(
                        "a duplicate key",
                        "policy: p\nprofile: standard\nprofile: full-access\n",
                        "3:1",
                        "the key `profile` stands here twice"),
                bad("an empty file", "", "1:1", "the document is empty"),
                bad("only a comment", "# nothing\n", "1:1", "the document is empty"),
                bad("a list", "- policy\n", "1:1", "the document is a list; expected a map"),
                bad("no name", "rules: []\n", "1:1", "`policy` is missing"),
                bad("two documents", "policy: p\n---\npolicy: q\n", "2:1", "expected one document"),
                bad("no YAML", "policy: [p\n", "2:1", "no YAML"),
                bad(
                        "a tag of YAML",
                        "policy: !!java/object x\n",
                        "1:9",
                        "is not supported; leave it out"),
                bad(
                        "a cycle",
                        "policy: p\nrules: &a [*a]\n",
                        "2:12",
                        "stands inside what it points to"),
                bad(
                        "an alias to nothing",
                        "policy: p\nrules: [{ask: *git}]\n",
                        "2:15",
                        "points to nothing"),
                bad(
                        "a control character",
                        "policy: \"p\u0007\"\n",
                        "1:11",
                        "U+0007 is not allowed"),
                bad(
                        "deep nesting",
                        "policy: " + "[".repeat(50_000),
                        "1:48",
                        "nested deeper than 40 levels"),
                bad(
                        "a persona of nobody",
                        "policy: p\npersonas: {docs: {write: [./docs/*]}}\n",
                        "2:18",
                        "the persona `docs` names no `agents`"),
                bad(
                        "a persona with an unknown key",
                        "policy: p\npersonas: {docs: {agents: [a], writes: [./docs/*]}}\n",
                        "2:32",
                        "unknown key `writes` in `personas.docs`; did you mean `write`?"),
                bad(
                        "a scope of nothing",
                        "policy: p\napplies_to: {}\n",
                        "2:13",
                        "`applies_to` is empty"),
                bad(
                        "a scope with an unknown key",
                        "policy: p\napplies_to: {agent: x}\n",
                        "2:14",
                        "unknown key `agent` in `applies_to`; did you mean `agents`?"),
                bad(
                        "a skill that needs nothing",
                        "policy: p\nskills: {notes: {}}\n",
                        "2:17",
                        "the skill `notes` says nothing it needs"),
                bad(
                        "a skill that needs no action",
                        "policy: p\nskills: {notes: {needs: [git_pull]}}\n",
                        "2:25",
                        "`git_pull` is no action"),
                bad(
                        "a template nobody knows",
                        "policy: p\nuse: [standard-web]\n",
                        "2:7",
                        "on the server); did you mean `standard-web-dev`?"),
                bad(
                        "a template as a rule",
                        "policy: p\nrules:\n  - standard-web-dev\n",
                        "3:5",
                        "`standard-web-dev` is a template; expected it under `use`"),
                bad(
                        "a parameter it does not have",
                        "policy: p\nrules:\n  - protect-main: {brunch: x}\n",
                        "3:20",
                        "`protect-main` has no parameter `brunch`; did you mean `branch`?"),
                bad(
                        "a parameter that is missing",
                        "policy: p\nrules:\n  - freeze\n",
                        "3:5",
                        "`freeze` needs `dates`; expected such as `{freeze: {dates: …}}`"),
                bad(
                        "a parameter with a bad value",
                        "policy: p\nuse: [{require_2_reviewers_for_deploys: {count: none}}]\n",
                        "2:8",
                        "`require_2_reviewers_for_deploys` cannot be used so: `at_least` is `none`"),
                bad(
                        "a template that uses itself",
                        "template: a\nuse: [a]\n",
                        "2:7",
                        "`a` uses itself: a → a"),
                bad(
                        "a template with a built-in name",
                        "template: docs_only\ndenied: [git_push]\n",
                        "1:1",
                        "`docs_only` is built in; expected another name"),
                bad(
                        "a placeholder that is no parameter",
                        "named_rule: mine\nparameters: {branch: main}\nrules: [{ask: {git_push:"
                                + " \"${brunch}\"}}]\n",
                        "3:8",
                        "`${brunch}` is no parameter; did you mean `branch`?"),
                bad(
                        "obligations that do nothing",
                        "policy: p\nrules:\n  - match: git_push\n",
                        "3:5",
                        "`match` alone does nothing"),
                bad(
                        "an effect and a match",
                        "policy: p\nrules:\n  - {ask: git_push, match: git_push, record: full}\n",
                        "3:5",
                        "the rule has an effect and `match`"),
                bad(
                        "an unknown obligation",
                        "policy: p\nrules:\n  - ask: git_push\n    record: all\n",
                        "4:13",
                        "`record` is `all`"),
                bad(
                        "what cannot be left out of the record",
                        "policy: p\nrules:\n  - ask: git_push\n    redact: [tool]\n",
                        "4:13",
                        "`tool` cannot be left out of the record"),
                bad(
                        "a command, which the reasons repeat",
                        "policy: p\nrules:\n  - ask: shell_run\n    redact: [content, command]\n",
                        "4:13",
                        "`command` cannot be left out of the record: what a call is judged by stands"
                                + " in its reasons and summaries; expected"),
                bad(
                        "an address, which the reasons repeat",
                        "policy: p\nrules:\n  - ask: web_fetch\n    redact: query\n",
                        "4:13",
                        "`query` cannot be left out of the record"),
                bad(
                        "a named rule nobody knows",
                        "policy: p\nrules:\n  - no_direct_production\n",
                        "3:5",
                        "nothing named `no_direct_production`"),
                bad(
                        "a named rule nobody knows, with a parameter",
                        "policy: p\nrules:\n  - legal: {area: ./legal}\n",
                        "3:5",
                        "nothing named `legal` is built in or among the documents given (`--policy`"),
                bad(
                        "a window where none is",
                        "policy: p\nrules:\n  - deny: git_push\n    during: office\n",
                        "4:13",
                        "and no window is defined"),
                bad(
                        "critical allowed",
                        "policy: p\nautonomy: {none: allow, low: allow, medium: ask, high: ask, critical: allow}\n",
                        "2:71",
                        "`critical` cannot be `allow`"),
                bad(
                        "a mode with a gap",
                        "policy: p\nautonomy: {none: allow}\n",
                        "2:11",
                        "says nothing of `low`, `medium`, `high`, `critical`"),
                bad(
                        "two effects",
                        "policy: p\nrules:\n  - {ask: git_push, deny: git_push}\n",
                        "3:5",
                        "the rule has 2 effects"),
                bad(
                        "no effect",
                        "policy: p\nrules:\n  - {reason: x}\n",
                        "3:5",
                        "the rule has no effect"),
                bad(
                        "a field of another action",
                        "policy: p\nrules:\n  - deny: {file_read: {branch: main}}\n",
                        "3:24",
                        "unknown key `branch` in `file_read`"),
                bad(
                        "two actions at once",
                        "policy: p\nrules:\n  - deny: {file_read: a, file_write: b}\n",
                        "3:26",
                        "can never both match"),
                bad(
                        "a pattern over several domains",
                        "policy: p\nrules:\n  - deny: {\"*\": x}\n",
                        "3:17",
                        "covers several domains"),
                bad(
                        "a risk that does not exist",
                        "policy: p\nrules:\n  - deny: {risk: hihg}\n",
                        "3:18",
                        "did you mean `high`?"),
                bad(
                        "a domain that does not exist",
                        "policy: p\nrules:\n  - deny: {domain: gitt}\n",
                        "3:20",
                        "did you mean `git`?"),
                bad(
                        "an unknown window",
                        "policy: p\nwindows: {hours: {zone: UTC}}\nrules:\n  - {deny: git_push, outside: huors}\n",
                        "4:31",
                        "did you mean `hours`?"),
                bad(
                        "a window with no zone",
                        "policy: p\nwindows: {hours: {days: mon-fri}}\n",
                        "2:18",
                        "has no `zone`"),
                bad(
                        "a zone that does not exist",
                        "policy: p\nwindows: {hours: {zone: Europe/Amsterdm}}\n",
                        "2:25",
                        "did you mean `Europe/Amsterdam`?"),
                bad(
                        "a time that does not exist",
                        "policy: p\nwindows: {hours: {zone: UTC, from: \"25:00\"}}\n",
                        "2:36",
                        "is no time of day"),
                bad(
                        "a day that does not exist",
                        "policy: p\nwindows: {hours: {zone: UTC, days: mon-fry}}\n",
                        "2:36",
                        "is no day"),
                bad(
                        "a date that does not exist",
                        "policy: p\nwindows: {hours: {zone: UTC, except: [2026-02-30]}}\n",
                        "2:38",
                        "is no date"),
                bad(
                        "a defer without end",
                        "policy: p\nrules:\n  - defer: {tag: deploy}\n",
                        "3:5",
                        "expected `until`, `during` or `outside`"),
                bad(
                        "until without a zone",
                        "policy: p\nrules:\n  - {defer: {tag: x}, until: \"02:00\"}\n",
                        "3:30",
                        "has no time zone"),
                bad(
                        "approvers of a deny",
                        "policy: p\nrules:\n  - {deny: git_push, at_least: 2}\n",
                        "3:32",
                        "expected an `ask` rule"),
                bad(
                        "an approver nobody knows",
                        "policy: p\nrules:\n  - {ask: git_push, approvers: [ana]}\n",
                        "3:33",
                        "expected an e-mail address"),
                bad(
                        "nobody at least",
                        "policy: p\nrules:\n  - {ask: git_push, at_least: 0}\n",
                        "3:31",
                        "expected a number from 1 to 99"),
                bad(
                        "a strange duration",
                        "policy: p\nrules:\n  - {ask: git_push, expires: soon}\n",
                        "3:30",
                        "expected such as `30m`"),
                bad(
                        "a step that comes too late",
                        "policy: p\nrules:\n  - {ask: git_push, expires: 10m, escalate: {after: 10m, to: a@x}}\n",
                        "3:45",
                        "the question expires before it escalates"),
                bad(
                        "a step to nobody",
                        "policy: p\nrules:\n  - {ask: git_push, escalate: {after: 10m}}\n",
                        "3:31",
                        "`escalate` has no `to`"),
                bad(
                        "a step without a time",
                        "policy: p\nrules:\n  - {ask: git_push, escalate: {to: a@x}}\n",
                        "3:31",
                        "`escalate` has no `after`"),
                bad(
                        "a step with a slip",
                        "policy: p\nrules:\n  - {ask: git_push, escalate: {afer: 10m, to: a@x}}\n",
                        "3:32",
                        "did you mean `after`?"),
                bad(
                        "a step after no time",
                        "policy: p\nrules:\n  - {ask: git_push, escalate: {after: soon, to: a@x}}\n",
                        "3:39",
                        "`after` is"),
                bad(
                        "steps in the wrong order",
                        "policy: p\nrules:\n  - {ask: git_push, escalate: [{after: 9m, to: a@x}, {after: 9m, to: b@x}]}\n",
                        "3:54",
                        "no later than the one before"),
                bad(
                        "a step of a deny",
                        "policy: p\nrules:\n  - {deny: git_push, escalate: {after: 9m, to: a@x}}\n",
                        "3:32",
                        "expected an `ask` rule"),
                bad(
                        "a step of an approval policy with a slip",
                        "policy: p\napprovals:\n  - {approvers: a@x, escalate: {after: 9m, to: {rol: owner}}}\n",
                        "3:49",
                        "did you mean `role`?"),
                bad(
                        "a strange word for nobody's answer",
                        "policy: p\nrules:\n  - {ask: git_push, unanswered: wiat}\n",
                        "3:33",
                        "did you mean `wait`?"),
                bad(
                        "nobody's answer to a deny",
                        "policy: p\nrules:\n  - {deny: git_push, unanswered: wait}\n",
                        "3:34",
                        "expected an `ask` rule"),
                bad(
                        "put off with no end",
                        "policy: p\nrules:\n  - {ask: git_push, unanswered: defer}\n",
                        "3:5",
                        "expected `until`"),
                bad(
                        "an end of what is not put off",
                        "policy: p\nrules:\n  - {ask: git_push, unanswered: wait, until: \"02:00 UTC\"}\n",
                        "3:46",
                        "or an `ask` rule with `unanswered: defer`"),
                bad(
                        "a patch to nowhere",
                        "policy: p\nprofile_patch:\n  - {op: replace, path: /git/psh, value: ask}\n",
                        "3:25",
                        "did you mean `push`?"),
                bad(
                        "a patch of no domain",
                        "policy: p\nprofile_patch:\n  - {op: replace, path: /gti/push, value: ask}\n",
                        "3:25",
                        "did you mean `git`?"),
                bad(
                        "a patch with no value",
                        "policy: p\nprofile_patch:\n  - {op: replace, path: /git/push}\n",
                        "3:5",
                        "has no `value`"),
                bad(
                        "a patch whose test fails",
                        "policy: p\nprofile: standard\nprofile_patch:\n  - {op: test, path: /git/push, value: allow}\n",
                        "4:5",
                        "the test fails"),
                bad(
                        "an operation of patches we do not know",
                        "policy: p\nprofile_patch:\n  - {op: merge, path: /git/push}\n",
                        "3:10",
                        "expected one of `replace`"),
                bad(
                        "a copy from nowhere",
                        "policy: p\nprofile_patch:\n  - {op: copy, from: /git/psuh, path: /git/push}\n",
                        "3:22",
                        "`psuh` is no action of git; did you mean `push`?"),
                bad(
                        "a move with no origin",
                        "policy: p\nprofile_patch:\n  - {op: move, path: /git/push}\n",
                        "3:5",
                        "`move` has no `from`"),
                bad(
                        "a domain copied over an action",
                        "policy: p\nprofile_patch:\n  - {op: copy, from: /git, path: /git/push}\n",
                        "3:22",
                        "`from` is a domain and `path` is an action"),
                bad(
                        "a domain copied over another",
                        "policy: p\nprofile_patch:\n  - {op: copy, from: /git, path: /browser}\n",
                        "3:5",
                        "brings `read`, which is no action of browser"),
                bad(
                        "a patch with a word that is no cell",
                        "policy: p\nprofile_patch:\n  - {op: replace, path: /git/push, value: alow}\n",
                        "3:43",
                        "did you mean `allow`?"),
                bad(
                        "a patch with an action nobody knows",
                        "policy: p\nprofile_patch:\n  - {op: add, path: /git, value: {psh: ask}}\n",
                        "3:35",
                        "did you mean `push`?"),
                bad(
                        "a value that a move cannot have",
                        "policy: p\nprofile_patch:\n  - {op: move, from: /git/push, path: /git/read, value: ask}\n",
                        "3:50",
                        "unknown key `value` in `move`"),
                bad(
                        "what is removed twice",
                        "policy: p\nprofile_patch:\n  - {op: remove, path: /git/push}\n  - {op: remove, path: /git/push}\n",
                        "4:5",
                        "there is no `/git/push` any more"),
                bad(
                        "what is replaced after it was moved away",
                        "policy: p\nprofile_patch:\n  - {op: move, from: /git/push, path: /git/read}\n  - {op: replace, path: /git/push, value: ask}\n",
                        "4:5",
                        "expected `add` to bring it back"),
                bad(
                        "an action added to a removed domain",
                        "policy: p\nprofile_patch:\n  - {op: remove, path: /git}\n  - {op: add, path: /git/push, value: ask}\n",
                        "4:5",
                        "there is no `/git` any more"),
                bad(
                        "a test with no profile to test",
                        "policy: p\nprofile_patch:\n  - {op: test, path: /git/push, value: ask}\n",
                        "3:10",
                        "`test` needs a `profile`"),
                bad(
                        "a test that an operation above made wrong",
                        "policy: p\nprofile: standard\nprofile_patch:\n  - {op: replace, path: /git/push, value: never}\n  - {op: test, path: /git/push, value: ask}\n",
                        "5:5",
                        "the test fails: profile standard does not say this of /git/push"),
                bad(
                        "an example that does not match",
                        "policy: p\nrules:\n  - deny: {shell_run: \"rm -rf *\"}\n    examples: {match: [\"rm -r x\"]}\n",
                        "4:24",
                        "does not match its example `rm -r x`"),
                bad(
                        "a counter-example that matches",
                        "policy: p\nrules:\n  - deny: {shell_run: \"rm -rf *\"}\n    examples: {not_match: [\"rm -fr x\"]}\n",
                        "4:28",
                        "matches its counter-example"),
                bad(
                        "a path example",
                        "policy: p\nrules:\n  - deny: {file_write: \"./db/*\"}\n    examples: {match: [\"./db/x\", \"src/x\"]}\n",
                        "4:34",
                        "does not match its example `src/x`"));
    }

    private static Arguments bad(String what, String text, String at, String message) {
        return Arguments.of(what, text, at, message);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badDocuments")
    void saysWhereAndWhatIsWrong(String what, String text, String at, String message) {
        PolicyReader.Result result = PolicyReader.read("f.yaml", text, Level.PROJECT, true);
        assertThat(result.policy()).as(what).isEmpty();
        assertThat(result.problems()).as(what).isNotEmpty();
        assertThat(result.problems().getFirst().toString())
                .startsWith("f.yaml:" + at + ": ")
                .contains(message);
    }

    @Test
    void severalProblemsAreReportedAtOnceInTheOrderOfTheText() {
        PolicyReader.Result result =
                PolicyReader.read(
                        "f.yaml",
                        """
                        policy: p
                        profil: standard
                        autonomy: partially
                        rules:
                          - ask: git_psuh
                          - deny: {shell_run: ""}
                            reson: x
                        """,
                        Level.PROJECT,
                        true);
        assertThat(result.problems().stream().map(p -> p.line() + ":" + p.column()))
                .containsExactly("2:1", "3:11", "5:10", "6:23", "7:5");
    }

    @Test
    void aBigDocumentIsNotEvenParsed() {
        PolicyReader.Result result =
                PolicyReader.read("f.yaml", "x".repeat(10 << 20), Level.PROJECT, true);
        assertThat(result.problems().toString())
                .contains(
                        "f.yaml:1:1: the document has 10485760 characters; expected at most 262144");
    }

    @Test
    void anchorsThatExplodeAreRefused() {
        StringBuilder bomb =
                new StringBuilder("policy: p\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i <= 9; i++) {
            bomb.append("a%d: &a%d [".formatted(i, i))
                    .append(("*a" + (i - 1) + ", ").repeat(9))
                    .append("*a" + (i - 1) + "]\n");
        }
        PolicyReader.Result result =
                PolicyReader.read("f.yaml", bomb.toString(), Level.PROJECT, true);
        assertThat(result.problems().toString())
                .contains("f.yaml:6:")
                .contains("unfolds to more than 100000 values");
    }

    @Test
    void manyAliasesAreRefused() {
        String text = "policy: &p p\nrules: [" + "*p, ".repeat(200) + "*p]\n";
        assertThat(PolicyReader.read("f.yaml", text, Level.PROJECT, true).problems().toString())
                .contains("f.yaml:2:409: more than 100 aliases");
    }

    @Test
    void aliasesWork() {
        String text =
                """
                policy: p
                rules:
                  - ask: git_push
                    approvers: &people [{role: maintainer}]
                  - ask: git_create_pr
                    approvers: *people
                """;
        Policy policy =
                PolicyReader.read("f.yaml", text, Level.PROJECT, true).policy().orElseThrow();
        assertThat(policy.rules().get(1).people().approvers()).containsExactly("role:maintainer");
    }

    @Test
    void jsonHasPlacesToo() {
        PolicyReader.Result result =
                PolicyReader.read(
                        "f.json",
                        "{\n\t\"policy\": \"p\",\n\t\"profile\": \"standart\"\n}\n",
                        Level.PROJECT,
                        true);
        assertThat(result.problems().getFirst().toString())
                .isEqualTo("f.json:3:13: `profile` is `standart`; did you mean `standard`?");
        assertThat(
                        PolicyReader.read("f.json", "{\"policy\": \"p\",,}", Level.PROJECT, true)
                                .problems()
                                .getFirst()
                                .toString())
                .startsWith("f.json:1:16: no JSON: ");
        assertThat(
                        PolicyReader.read("f.json", "{\"policy\": \"p\"} x", Level.PROJECT, true)
                                .problems())
                .isNotEmpty();
        assertThat(
                        PolicyReader.read(
                                        "f.json",
                                        "{\"a\":".repeat(60) + "1" + "}".repeat(60),
                                        Level.PROJECT,
                                        true)
                                .problems()
                                .getFirst()
                                .message())
                .contains("nested deeper than 40 levels");
        assertThat(
                        PolicyReader.read(
                                        "f.json",
                                        "{\"policy\": \"p\", \"policy\": \"q\"}",
                                        Level.PROJECT,
                                        true)
                                .problems()
                                .getFirst()
                                .toString())
                .startsWith("f.json:1:17: the key `policy` stands here twice");
    }

    @Test
    void yamlAndJsonMeanTheSame() {
        Policy yaml =
                PolicyReader.read(
                                "f",
                                "policy: p\nautonomy: full\nrules: [{ask: {git_push: {branch: main}}}]\n",
                                Level.PROJECT,
                                true)
                        .policy()
                        .orElseThrow();
        Policy json =
                PolicyReader.read(
                                "f.json",
                                "{\"policy\": \"p\", \"autonomy\": \"full\", \"rules\":"
                                        + " [{\"ask\": {\"git_push\": {\"branch\": \"main\"}}}]}",
                                Level.PROJECT,
                                true)
                        .policy()
                        .orElseThrow();
        assertThat(json.rules().getFirst().selector())
                .isEqualTo(yaml.rules().getFirst().selector());
        assertThat(json.rules().getFirst().text()).isEqualTo("ask git_push: branch=main");
    }

    @Test
    void anExampleWithAShellInItIsLeftToTheAnalyserAndSaidSo() {
        PolicyReader.Result result =
                PolicyReader.read(
                        "f.yaml",
                        "policy: p\nrules:\n  - deny: {shell_run: \"rm *\"}\n    examples: {match:"
                                + " [\"cd x && rm y\"]}\n",
                        Level.PROJECT,
                        true);
        assertThat(result.policy()).isPresent();
        assertThat(result.problems())
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.error()).isFalse();
                    assertThat(problem.message()).contains("was not checked");
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"lsp\": \"allow\", \"edit\": \"ask\"} | 1:24: the permission `lsp` is left out",
                "{\"doom_loop\": \"ask\"} | 1:17: `doom_loop` is left out: repetition",
                "{\"lsp\": \"deny\"} | 1:24: `lsp` is none of the permissions known here",
                "{\"list\": {\"a\": \"deny\"}} | whatever it is given"
            })
    void anUnknownPermissionOfAnotherProgramIsNoted(String permission, String noted) {
        PolicyReader.Result read =
                PolicyReader.read(
                        "opencode.json",
                        "{\"permission\": " + permission + "}",
                        Level.PROJECT,
                        true);
        assertThat(read.policy()).isPresent();
        assertThat(read.problems().toString()).contains(noted.strip());
    }

    @Test
    void aPermissionOfAnotherProgramThatIsMisspelledIsAnError() {
        assertThat(
                        PolicyReader.read(
                                        "opencode.json",
                                        "{\"permission\": {\"bsh\": \"deny\"}}",
                                        Level.PROJECT,
                                        true)
                                .problems()
                                .toString())
                .contains("opencode.json:1:17: the permission `bsh` is not known; did you mean");
    }

    @Test
    void anEffectThatIsMisspelledAloneIsGuessed() {
        assertThat(
                        PolicyReader.read(
                                        "p.yaml",
                                        "policy: p\nrules:\n  - dney: {shell_run: \"rm *\"}\n",
                                        Level.PROJECT,
                                        true)
                                .problems()
                                .toString())
                .contains("p.yaml:3:5: ", "did you mean `deny`?");
    }

    @Test
    void templatesThatUnfoldToTooMuchAreAnErrorWhereTheDocumentUsesThem() {
        List<PolicyReader.Text> texts = new ArrayList<>();
        texts.add(
                new PolicyReader.Text("p.yaml", "policy: p\nuse: [t-0-0]\n", Level.PROJECT, true));
        for (int layer = 0; layer < 8; layer++) {
            for (int i = 0; i < 8; i++) {
                StringBuilder text = new StringBuilder("template: t-" + layer + "-" + i);
                text.append(layer == 7 ? "\ndenied: []\n" : "\nuse: [");
                for (int j = 0; j < 8 && layer < 7; j++) {
                    text.append(j == 0 ? "" : ", ").append("t-" + (layer + 1) + "-" + j);
                }
                text.append(layer == 7 ? "" : "]\n");
                texts.add(
                        new PolicyReader.Text(
                                "t" + layer + "-" + i + ".yaml",
                                text.toString(),
                                Level.PROJECT,
                                true));
            }
        }
        List<PolicyReader.Result> results =
                Assertions.assertTimeoutPreemptively(
                        Duration.ofSeconds(20),
                        () ->
                                PolicyReader.read(
                                        texts,
                                        PolicyReader.Examples.PLAIN,
                                        PolicyReader.MAX_LENGTH));
        assertThat(results.getFirst().problems())
                .singleElement()
                .asString()
                .contains("p.yaml:2:7: ", "with `t-0-0` the document unfolds to more than");
    }

    @Test
    void templatesMayShareAnother() {
        List<PolicyReader.Text> texts = new ArrayList<>();
        for (String text :
                List.of(
                        "policy: p\nuse: [a]\n",
                        "template: a\nuse: [b, c]\n",
                        "template: b\nuse: [d]\n",
                        "template: c\nuse: [d]\n",
                        "template: d\ndenied: [git_push]\n")) {
            texts.add(
                    new PolicyReader.Text("d" + texts.size() + ".yaml", text, Level.PROJECT, true));
        }
        PolicyReader.Result read =
                PolicyReader.read(texts, PolicyReader.Examples.PLAIN, PolicyReader.MAX_LENGTH)
                        .getFirst();
        assertThat(read.problems()).isEmpty();
        assertThat(PolicyLint.warnings(read.policy().orElseThrow(), Instant.EPOCH)).isEmpty();
    }

    @Test
    void anUntrustedDocumentSaysWhatItWouldLoosen() {
        Policy policy =
                PolicyReader.read(
                                "countersign.yaml",
                                """
                                policy: cloned
                                profile: full-access
                                autonomy: full
                                rules:
                                  - allow: {shell_run: "npm *"}
                                  - deny: git_push
                                """,
                                Level.PROJECT,
                                false)
                        .policy()
                        .orElseThrow();
        assertThat(policy.waiting())
                .isEqualTo(
                        List.of(
                                "profile full-access (countersign.yaml:2:10)",
                                "autonomy full (countersign.yaml:3:11)",
                                "allow shell_run: npm * (countersign.yaml:5:5)"));
        assertThat(policy.withTrust(true).waiting()).isEmpty();
    }

    @Test
    void theVersionChangesWithContentTrustAndLevel() {
        Policy policy =
                PolicyReader.read("f.yaml", "policy: p\n", Level.PROJECT, true)
                        .policy()
                        .orElseThrow();
        Policy other =
                PolicyReader.read("f.yaml", "policy: p # x\n", Level.PROJECT, true)
                        .policy()
                        .orElseThrow();
        assertThat(
                        Stream.of(
                                        List.<Policy>of(),
                                        List.of(policy),
                                        List.of(other),
                                        List.of(policy.withTrust(false)),
                                        List.of(policy.withLevel(Level.TENANT)))
                                .map(documents -> PolicySnapshot.of(documents).version())
                                .distinct())
                .hasSize(5)
                .allMatch(version -> version.matches("sha256:[0-9a-f]{64}"));
    }
}
