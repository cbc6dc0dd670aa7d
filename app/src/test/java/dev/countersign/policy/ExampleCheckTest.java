package dev.countersign.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.analysis.Analyzer;
import dev.countersign.analysis.Facts;
import dev.countersign.analysis.Guarded;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Examples are judged as the calls they stand for would be. */
final class ExampleCheckTest {
    private static final Analyzer ANALYZER = new Analyzer(Facts.NONE, Guarded.DEFAULT);
    private static final PolicyReader.Examples FULL =
            (call, programs) -> Optional.of(ANALYZER.analyze(call, programs).operations());

    private static List<String> problems(String text, PolicyReader.Examples examples) {
        return PolicyReader.read(
                        "p.yaml", text, Level.PROJECT, true, examples, PolicyReader.MAX_LENGTH)
                .problems()
                .stream()
                .map(PolicyProblem::message)
                .toList();
    }

    @Test
    void theTagsOfTheDocumentCount() {
        String text =
                """
                policy: p
                rules:
                  - deny: {tag: shipit}
                    examples: {match: ["mytool ship"], not_match: ["mytool plan"]}
                tags:
                  shipit: {command: "mytool ship"}
                """;
        assertThat(problems(text, FULL)).isEmpty();
    }

    @Test
    void aTagOfTheDocumentRaisesTheRisk() {
        String text =
                """
                policy: p
                rules:
                  - deny: {risk: high, tag: prod}
                    examples: {match: ["mytool ship eu"], not_match: ["mytool ship"]}
                tags:
                  prod: {command: "mytool ship eu"}
                """;
        assertThat(problems(text, FULL)).isEmpty();
    }

    @Test
    void theProgramsOfTheDocumentCount() {
        String text =
                """
                policy: p
                rules:
                  - deny: {tag: deploy}
                    examples: {match: ["deployctl release"], not_match: ["deployctl status"]}
                programs:
                  deployctl:
                    sub:
                      status: {base: [read, net]}
                      release: {base: [remote_write], tags: [deploy]}
                """;
        assertThat(problems(text, FULL)).isEmpty();
    }

    @Test
    void aCommandRunsInAWorkspace() {
        String text =
                """
                policy: p
                rules:
                  - deny: {file_write: "./db/*"}
                    examples:
                      match: ["touch db/a.sql", "touch ./db/a.sql", "cd db && touch a.sql", "./db/a.sql"]
                      not_match: ["touch lib/db.sql", "touch /db/a.sql", "/db/a.sql"]
                """;
        assertThat(problems(text, FULL)).isEmpty();
    }

    @Test
    void aPathAndACommandThatReadsItHaveTheSameTags() {
        String text =
                """
                policy: p
                rules:
                  - deny: {file_read: {path: ".env", tag: secret}}
                    examples:
                      match: [{file_read: ./.env}, ".env", "cat .env", {file_read: ~/.env}]
                      not_match: [{file_read: ./a.ts}, "cat a.ts"]
                  - deny: {tag: secret}
                    examples: {match: [{file_read: ./.env}, "cat .env"], not_match: [{file_write: ./a.ts}]}
                """;
        assertThat(problems(text, FULL)).isEmpty();
    }

    @Test
    void aTagOfTheDocumentCountsWithoutTheAnalyserToo() {
        String text =
                """
                policy: p
                rules:
                  - deny: {shell_run: {command: "mytool *", tag: shipit}}
                    examples: {match: ["mytool ship"], not_match: ["mytool plan"]}
                  - deny: {file_write: {path: "./x/*", tag: mine}}
                    examples: {match: ["./x/mine/a"], not_match: ["./x/a"]}
                tags:
                  shipit: {command: "mytool ship"}
                  mine: {path: "./x/mine/*"}
                """;
        assertThat(problems(text, PolicyReader.Examples.PLAIN)).isEmpty();
    }
}
