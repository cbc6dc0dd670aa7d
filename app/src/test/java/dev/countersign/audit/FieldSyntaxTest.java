package dev.countersign.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FieldSyntaxTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "~~ | {}",
                "agent:builder | {agent=builder}",
                "agent:builder effect:deny | {agent=builder, effect=deny}",
                "AGENT:builder | {agent=builder}",
                "git push | {q=git push}",
                "\"git push\" agent:x now | {q=git push now, agent=x}",
                "project:\"/home/dev/my work\" | {project=/home/dev/my work}",
                "rule:tenant/no-prod | {rule=tenant/no-prod}",
                "from:2026-11-21 | {from=2026-11-21T00:00:00Z}",
                "to:2026-11-21 | {to=2026-11-22T00:00:00Z}",
                "from:2026-11-21T09:00:00Z | {from=2026-11-21T09:00:00Z}",
                "last:7d | {last=7d}",
                "\"http://x\" | {q=http://x}",
                "\"half | {q=half}",
            })
    void whatPeopleTypeAreFilters(String text, String filters) {
        assertThat(FieldSyntax.parse(text)).hasToString(filters);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "agnt:x | there is no field `agnt`; to look for the text itself put it in quotes:",
                "effect:maybe | `maybe` is no effect; there are allow, ask, deny and defer",
                "risk:big | `big` is no risk",
                "from:yesterday | `yesterday` is no day or time",
                "to:+999999999-12-30 | `+999999999-12-30` does not lie between the years",
                "from:-0001-01-01 | `-0001-01-01` does not lie between the years 0 and 9999",
                "last:week | `week` is no length of time; write one such as 30m, 24h or 7d",
                "agent:a agent:b | `agent` can be named once",
                "agent:\"\" | `agent:` has no value behind it",
                "event:boom | unknown event `boom`",
            })
    void whatIsNoneIsSaid(String text, String message) {
        assertThatThrownBy(() -> FieldSyntax.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void theTextOfFiltersMeansThem() {
        for (String text :
                new String[] {
                    "agent:builder \"git push\" last:7d",
                    "project:\"/home/dev/my work\" from:2026-11-21T09:00:00Z",
                    "rule:tenant/no-prod q:x"
                }) {
            Map<String, String> filters = FieldSyntax.parse(text);
            assertThat(FieldSyntax.parse(FieldSyntax.text(filters))).isEqualTo(filters);
        }
    }

    @Test
    void howLongAgoIsATime() {
        Instant now = Instant.parse("2026-11-21T12:00:00Z");
        assertThat(FieldSyntax.resolved(Map.of("last", "24h"), now))
                .isEqualTo(Map.of("from", "2026-11-20T12:00:00Z"));
        assertThat(FieldSyntax.resolved(Map.of("last", "1h", "from", "2026-01-01T00:00:00Z"), now))
                .isEqualTo(Map.of("from", "2026-01-01T00:00:00Z"));
    }
}
