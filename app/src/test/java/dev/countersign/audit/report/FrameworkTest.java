package dev.countersign.audit.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.audit.report.Framework.Control;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The frameworks name what a report has, and nothing else. */
final class FrameworkTest {
    private static final Period PERIOD =
            new Period(
                    Instant.parse("2026-01-01T00:00:00Z"),
                    Instant.parse("2026-02-01T00:00:00Z"),
                    10);

    /** As the page has them. */
    private static final Set<String> SECTIONS =
            Set.of(
                    "people",
                    "decisions",
                    "approvals",
                    "exceptions",
                    "stops",
                    "policies",
                    "disclosure",
                    "continuity",
                    "integrity");

    static Stream<String> names() {
        return Framework.names().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyControlLeadsToFiguresAndSectionsThereAre(String name) {
        Slots slots = new Slots(PERIOD.from(), PERIOD.to());
        Set<String> figures = new Figures(PERIOD, slots, new Tally(slots)).all().keySet();
        Framework framework = Framework.of(name);
        assertThat(framework.controls()).hasSizeGreaterThanOrEqualTo(7);
        assertThat(framework.controls()).extracting(Control::id).doesNotHaveDuplicates();
        for (Control control : framework.controls()) {
            assertThat(control.figures()).as(control.id()).isNotEmpty().isSubsetOf(figures);
            assertThat(control.sections()).as(control.id()).isNotEmpty().isSubsetOf(SECTIONS);
            assertThat(List.of(control.asks(), control.shows(), control.lacks()))
                    .as(control.id())
                    .allSatisfy(text -> assertThat(text).endsWith("."));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "soc, soc2",
        "SOC-2, soc2",
        "hippa, hipaa",
        "ISO 42001, iso42001",
        "ai-act, eu-ai-act"
    })
    void theNearestIsNamed(String written, String meant) {
        assertThatThrownBy(() -> Framework.of(written))
                .hasMessageContaining("did you mean `" + meant + "`");
    }

    @Test
    void withoutOneNearAllAreNamed() {
        assertThatThrownBy(() -> Framework.of("pci"))
                .hasMessage("unknown framework `pci`; there are soc2, hipaa, iso42001, eu-ai-act");
    }
}
