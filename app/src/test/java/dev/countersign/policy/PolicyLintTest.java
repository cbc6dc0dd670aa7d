package dev.countersign.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class PolicyLintTest {
    private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");

    static Stream<Arguments> neverMatching() {
        return Stream.of(
                arguments("deny: {tag: depoly}", "nothing has the tag `depoly`"),
                arguments("deny: {tag: depoly}", "did you mean `deploy`?"),
                arguments("ask: {git_push: main, domain: web}", "exclude each other"),
                arguments("deny: {git_push: refs/heads/main}", "never matches; write `main`"),
                arguments("deny: {git_push: {branch: refs/heads/*}}", "never matches"),
                arguments("deny: {mcp_call: x, path: ./a}", "no such action has a path"),
                arguments("deny: {file_write: ./a, host: x.com}", "no such action has a host"));
    }

    @ParameterizedTest
    @MethodSource("neverMatching")
    void aRuleThatNeverMatchesIsAnError(String rule, String message) {
        PolicyReader.Result read = read("rules:\n  - " + rule + "\n");
        assertThat(read.policy()).isEmpty();
        assertThat(read.problems().toString()).contains("f.yaml:3:5: ").contains(message);
    }

    @Test
    void aCommandPatternIsMadeOfWords() {
        for (String pattern :
                List.of("A=b make", "make > x", "make >x", "make 2>&1", "make &>x", "make < x")) {
            PolicyReader.Result read = read("rules:\n  - deny: {shell_run: \"" + pattern + "\"}\n");
            assertThat(read.policy()).as(pattern).isEmpty();
            assertThat(read.problems().toString()).contains("so it never matches");
        }
        for (String pattern : List.of("grep '>' x", "make CC=gcc", "env A=b make", "x -a=>b")) {
            PolicyReader.Result read = read("rules:\n  - deny: {shell_run: \"" + pattern + "\"}\n");
            assertThat(read.problems()).as(pattern).isEmpty();
        }
    }

    @Test
    void aRuleForSomebodyTheDocumentDoesNotApplyToIsAnError() {
        String scope = "applies_to: {agents: [\"a*\"], clients: [codex]}\nrules:\n";
        assertThat(read(scope + "  - allow: {git_push: x, agent: b}\n").problems().toString())
                .contains("the document does not apply to the agent `b`");
        assertThat(read(scope + "  - deny: {client: claude-code}\n").problems().toString())
                .contains("the document does not apply to the client `claude-code`");
        assertThat(read(scope + "  - allow: {git_push: x, agent: \"*b\"}\n").problems()).isEmpty();
        // A subagent of that type may be meant.
        assertThat(read(scope + "  - deny: {agent: b}\n").problems()).isEmpty();
    }

    @Test
    void whatAnotherDocumentDeniesIsUnreachable() {
        Policy tenant =
                PolicyReader.read(
                                "t.yaml",
                                "policy: t\nrules:\n  - deny: git_push\n  - deny: {shell_run: \"make *\"}\n",
                                Level.TENANT,
                                true)
                        .policy()
                        .orElseThrow();
        Policy project =
                read("rules:\n  - allow: {git_push: x}\n  - ask: {shell_run: make a}\n  - allow: {shell_run: npm test}\n")
                        .policy()
                        .orElseThrow();
        assertThat(PolicyLint.warnings(project, List.of(tenant, project), NOW).toString())
                .contains("f.yaml:3:5: never makes a difference, for t.yaml:3:5 denies all of it")
                .contains("f.yaml:4:5: never makes a difference, for t.yaml:4:5 denies all of it")
                .doesNotContain("f.yaml:5:5");
    }

    static Stream<Arguments> weak() {
        return Stream.of(
                arguments("- allow: shell_run", "reaches risk medium at most"),
                arguments("- allow: {agent: bob}", "reaches risk medium at most"),
                arguments("- allow: git_force_push", "no rule allows what is critical"),
                arguments("- ask: git_push\n  - deny: git_push", "contradicts f.yaml:3:5"),
                arguments(
                        "- deny: {shell_run: make x}\n  - allow: {shell_run: make x}",
                        "contradicts f.yaml:3:5"),
                arguments("- allow: {risk: critical}", "allows pushes, uploads and publishing"),
                arguments("- allow: {risk: high}", "allows pushes, uploads and publishing"),
                arguments(
                        "- allow: git_push\nprofile: read-only",
                        "never makes a difference, for profile read-only never allows git_push"),
                arguments(
                        "- allow: git_push\nautonomy: {none: never, low: never, medium: never, high: never, critical: never}",
                        "never makes a difference, for autonomy custom never allows"),
                arguments(
                        "- deny: git_push\n    during: w\n  - deny: git_push\nwindows: {w: {days: mon, zone: UTC}}",
                        "f.yaml:3:5: is covered by f.yaml:5:5, which says as much"),
                arguments("- ask: git_push\n  - ask: git_push", "says again what f.yaml:3:5"),
                arguments(
                        "- deny: {tag: deploy}\n    during: w\n  - ask: {tag: deploy, risk: critical}\nwindows: {w: {days: mon, zone: UTC}}",
                        "f.yaml:5:5: is an exception to f.yaml:3:5, `deny tag: deploy`, and"
                                + " replaces all of it, with the time it speaks of"),
                arguments(
                        "- defer: {tag: deploy}\n    outside: w\n  - ask: {tag: deploy, risk: critical}\nwindows: {w: {days: mon, zone: UTC}}",
                        "with the time it waits for"),
                arguments(
                        "- ask: {tag: deploy}\n    at_least: 2\n    approvers: [{role: maintainer}]\n  - ask: {tag: deploy, risk: critical}",
                        "with its approvers"),
                arguments(
                        "- deny: {path: ./db/**}\n  - deny: {path: ./db/prod/**}",
                        "f.yaml:4:5: is covered by f.yaml:3:5"),
                arguments(
                        "- ask: git_push\n    approvers: [a@b.c]\n    at_least: 2",
                        "2 people must agree and only 1 is named"),
                arguments(
                        "- ask: git_push\n    escalate: {after: 30m, to: a@b.c}",
                        "may be over before it escalates"),
                arguments(
                        "- deny: git_push\napprovals:\n  - {approvers: a@b.c, escalate: [{after: 9m, to: b@b.c},"
                                + " {after: 2h, to: c@b.c}]}",
                        "may be over before it escalates"),
                arguments("- deny: {path: /legal/**}", "starts at the root of the machine"),
                arguments("- ask: git_push\n    at_least: 2", "2 must agree and nobody is named"),
                arguments(
                        "- deny: git_push\n    during: past\nwindows:\n  past: {dates: 2020-01-01, zone:"
                                + " UTC}",
                        "does not open any more, so the rule never speaks"),
                arguments(
                        "- deny: git_push\n    outside: past\nwindows:\n  past: {dates: 2020-01-01,"
                                + " zone: UTC}",
                        "so the rule always speaks"),
                arguments(
                        "- deny: git_push\nautonomy: full\nceiling: {autonomy: partial}",
                        "the document's own ceiling is stricter"));
    }

    @ParameterizedTest
    @MethodSource("weak")
    void whatIsWeakIsAWarning(String rules, String message) {
        PolicyReader.Result read = read("rules:\n  " + rules + "\n");
        assertThat(read.problems()).isEmpty();
        List<PolicyProblem> warnings = PolicyLint.warnings(read.policy().orElseThrow(), NOW);
        assertThat(warnings.toString()).contains(message);
        assertThat(warnings).noneMatch(PolicyProblem::error);
    }

    @Test
    void aGoodDocumentHasNone() {
        PolicyReader.Result read =
                read(
                        """
                        use: [no-secrets]
                        tags: {pii: {}}
                        rules:
                          - ask: {tag: pii}
                          - deny: {path: "./db/**"}
                          - allow: {path: "./db/notes/**"}
                          - ask: {git_push: main}
                            approvers: [a@b.c, d@e.f]
                            at_least: 2
                          - deny: {file_write: "./x", command: "cp *"}
                        """);
        assertThat(read.problems()).isEmpty();
        assertThat(PolicyLint.warnings(read.policy().orElseThrow(), NOW)).isEmpty();
    }

    private static PolicyReader.Result read(String text) {
        return PolicyReader.read("f.yaml", "policy: p\n" + text, Level.PROJECT, true);
    }
}
