package dev.countersign.approval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.approval.Grant.Scope;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What several people say together. */
final class TermsTest {
    private static Terms terms(Scope scope, String pattern) {
        return new Terms(scope, pattern, null, null);
    }

    @Test
    void theNarrowerScopeCounts() {
        Terms task = terms(Scope.TASK, "npm install *");
        Terms project = terms(Scope.PROJECT, "npm install *");
        assertThat(task.and(project)).isEqualTo(task);
        assertThat(project.and(task)).isEqualTo(task);
        assertThat(project.and(Terms.ONCE)).isEqualTo(Terms.ONCE);
    }

    @Test
    void differentPatternsAreForOnce() {
        Terms one = terms(Scope.TASK, "npm install *");
        assertThat(one.and(terms(Scope.TASK, "npm install a*"))).isEqualTo(Terms.ONCE);
        assertThat(one.and(terms(Scope.TASK, ""))).isEqualTo(Terms.ONCE);
        assertThat(one.and(terms(Scope.TASK, " npm install *\n\n"))).isEqualTo(one);
    }

    @Test
    void theSmallerBoundCounts() {
        Terms one = new Terms(Scope.TASK, "", Duration.ofHours(1), null);
        Terms other = new Terms(Scope.TASK, "", Duration.ofHours(2), 3);
        assertThat(one.and(other))
                .isEqualTo(new Terms(Scope.TASK, "", Duration.ofHours(1), 3))
                .isEqualTo(other.and(one));
    }
}
