package dev.countersign.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ClientVersionTest {
    @ParameterizedTest
    @CsvSource({
        "2.1.329 (Claude Code), 2.1.329",
        "v2.1.3, 2.1.3",
        "claude version 10.0.0-beta.1, 10.0.0",
    })
    void theVersionIsFoundInWhatTheClientPrints(String printed, String version) {
        assertThat(ClientVersion.in(printed)).map(ClientVersion::toString).contains(version);
    }

    @Test
    void partsAreComparedAsNumbers() {
        assertThat(new ClientVersion(2, 1, 295)).isGreaterThan(new ClientVersion(2, 1, 99));
        assertThat(new ClientVersion(2, 10, 0)).isGreaterThan(new ClientVersion(2, 9, 999));
    }

    @Test
    void whatIsNoVersionIsNone() {
        assertThat(ClientVersion.in("command not found")).isEmpty();
        assertThat(ClientVersion.in("2.1")).isEmpty();
        assertThat(ClientVersion.in("99999999999.1.1")).isEmpty();
    }
}
