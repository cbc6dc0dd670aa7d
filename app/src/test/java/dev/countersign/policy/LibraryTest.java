package dev.countersign.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.analysis.Analyzer;
import dev.countersign.analysis.Facts;
import dev.countersign.analysis.Guarded;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The templates and named rules that ship with the product, and those people write. */
final class LibraryTest {
    private static final Analyzer ANALYZER =
            new Analyzer(Facts.NONE, new Guarded(List.of(), Set.of(), Set.of()));

    /** Judges examples as the product does. */
    private static final PolicyReader.Examples FULL =
            (call, programs) -> Optional.of(ANALYZER.analyze(call, programs).operations());

    @TestFactory
    Stream<DynamicTest> whatIsBuiltInMatchesItsExamples() {
        return Library.builtIn().all().stream()
                .map(definition ->
                        DynamicTest.dynamicTest(
                                definition.name(),
                                () -> {
                                    Keys keys = new Keys(definition.tree());
                                    Tree.Entries examples =
                                            (Tree.Entries)
                                                    Optional.ofNullable(keys.get("examples"))
                                                            .orElseThrow();
                                    assertThat(examples.entries()).hasSize(2);
                                    assertThat(definition.summary()).endsWith(".");
                                    assertThat(
                                                    Library.builtIn()
                                                            .test(
                                                                    definition.name(),
                                                                    given(definition),
                                                                    FULL))
                                            .isEmpty();
                                }));
    }

    private static Map<String, String> given(Definition definition) {
        return definition.name().equals("freeze")
                ? Map.of("dates", "2026-12-20..2027-01-03")
                : Map.of();
    }

    @Test
    void hasWhatTheMissionNamesAndWhatPeopleNeedOnTheFirstDay() {
        for (String name :
                List.of(
                        "standard-web-dev",
                        "no_direct_prod_access",
                        "require_2_reviewers_for_deploys",
                        "log_all_database_changes",
                        "local_commits_quiet",
                        "no-direct-prod-access")) {
            assertThat(Library.builtIn().find(name)).as(name).isPresent();
        }
        assertThat(Library.builtIn().all()).hasSizeGreaterThanOrEqualTo(21);
    }

    private static List<String> problems(List<PolicyReader.Text> texts, Library known) {
        return PolicyReader.read(texts, known, PolicyReader.Examples.PLAIN, PolicyReader.MAX_LENGTH)
                .stream()
                .flatMap(result -> result.problems().stream())
                .filter(PolicyProblem::error)
                .map(PolicyProblem::toString)
                .toList();
    }

    private static PolicyReader.Text text(String file, String text, boolean trusted) {
        return new PolicyReader.Text(file, text, Level.PROJECT, trusted);
    }

    @Test
    void oneNameWithTwoMeaningsIsAnErrorInBoth() {
        assertThat(
                        problems(
                                List.of(
                                        text(
                                                "a.yaml",
                                                "template: the_shop\ndenied: [git_push]\n",
                                                true),
                                        text(
                                                "b.yaml",
                                                "# ours\nnamed_rule: the-shop\nrules: [{deny: git_write}]\n",
                                                true)),
                                Library.builtIn()))
                .containsExactly(
                        "a.yaml:1:1: `the_shop` is also defined at b.yaml:2:1, and says something"
                                + " else there; expected one definition, or another name",
                        "b.yaml:2:1: `the-shop` is also defined at a.yaml:1:1, and says something"
                                + " else there; expected one definition, or another name");
    }

    @Test
    void theSameDefinitionTwiceIsOne() {
        assertThat(
                        problems(
                                List.of(
                                        text(
                                                "a.yaml",
                                                "template: shop\ndenied: [git_push]\n",
                                                true),
                                        text(
                                                "b.yaml",
                                                "# again\ntemplate: shop\ndenied:\n  - git_push\n",
                                                true)),
                                Library.builtIn()))
                .isEmpty();
    }

    @Test
    void aNameThatStandsOnTheServerIsTaken() {
        Library known =
                Library.of(List.of(text("s.yaml", "template: shop\ndenied: [git_push]\n", true)));
        for (boolean trusted : List.of(true, false)) {
            assertThat(
                            problems(
                                    List.of(
                                            text(
                                                    "countersign.yaml",
                                                    "template: shop\ndenied: [git_write]\n",
                                                    trusted)),
                                    known))
                    .singleElement()
                    .asString()
                    .startsWith("countersign.yaml:1:1: `shop` is also defined at s.yaml:1:1,");
        }
    }

    @Test
    void whatNobodyAcceptedTakesNoNameFromOthers() {
        assertThat(
                        problems(
                                List.of(
                                        text(
                                                "a.yaml",
                                                "template: shop\ndenied: [git_push]\n",
                                                true),
                                        text(
                                                "countersign.yaml",
                                                "template: shop\ndenied: [git_write]\n",
                                                false)),
                                Library.builtIn()))
                .singleElement()
                .asString()
                .startsWith("countersign.yaml:1:1: `shop` is also defined at a.yaml:1:1,");
    }
}
