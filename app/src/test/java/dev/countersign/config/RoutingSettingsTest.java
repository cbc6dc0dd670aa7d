package dev.countersign.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Turns and digests by the clock of their zone, and what the settings file says of them. */
final class RoutingSettingsTest {
    private static final Rota WEEKS =
            Rota.of("ana@x, li@x,bo@x", "week", "09:00 Europe/Amsterdam", "2026-01-05");

    /** Hand-over is at nine there, in winter and in summer. */
    @ParameterizedTest
    @CsvSource({
        "2026-01-05T07:59:59Z, bo@x",
        "2026-01-05T08:00:00Z, ana@x",
        "2026-01-12T07:59:59Z, ana@x",
        "2026-01-12T08:00:00Z, li@x",
        "2026-07-06T06:59:59Z, li@x",
        "2026-07-06T07:00:00Z, bo@x",
        "2025-12-29T08:00:00Z, bo@x"
    })
    void theTurnIsOfWhoeverItIsByTheCalendarThere(Instant now, String who) {
        assertThat(WEEKS.who(now)).isEqualTo(who);
        assertThat(WEEKS.who(WEEKS.until(now))).isEqualTo(WEEKS.then(now));
        assertThat(WEEKS.who(WEEKS.until(now).minusMillis(1))).isEqualTo(who);
    }

    @Test
    void aRotaIsReadAsItIsWritten() {
        assertThat(Rota.of("a@x", "2 days", "00:00 UTC", "2026-01-01").every()).isEqualTo("2 days");
        assertThat(Rota.of("a@x", "day", "00:00 UTC", "2026-01-01").every()).isEqualTo("day");
        assertThat(Rota.of("a@x", "2 weeks", "00:00 UTC", "2026-01-01").every())
                .isEqualTo("2 weeks");
    }

    @ParameterizedTest
    @CsvSource({
        "ana, week, 09:00 UTC, 2026-01-05",
        "a@x, fortnight, 09:00 UTC, 2026-01-05",
        "a@x, week, 09:00, 2026-01-05",
        "a@x, week, 09:00 Mars/Base, 2026-01-05",
        "a@x, week, 09:00 UTC, yesterday"
    })
    void whatIsNoRotaIsToldWithWhatWouldBe(String people, String every, String at, String from) {
        assertThatThrownBy(() -> Rota.of(people, every, at, from))
                .isInstanceOf(SettingsProblem.class);
    }

    @ParameterizedTest
    @CsvSource({
        "low every 4h, 2026-01-05T07:59:59Z, 2026-01-05T08:00:00Z",
        "low every 4h, 2026-01-05T08:00:00Z, 2026-01-05T12:00:00Z",
        "low daily 09:00 Europe/Amsterdam, 2026-01-05T07:59:59Z, 2026-01-05T08:00:00Z",
        "low daily 09:00 Europe/Amsterdam, 2026-01-05T08:00:00Z, 2026-01-06T08:00:00Z",
        "medium daily 09:00 Europe/Amsterdam, 2026-07-05T08:00:00Z, 2026-07-06T07:00:00Z"
    })
    void aDigestComesAtItsNextTime(String digest, Instant now, Instant next) {
        assertThat(Digest.of(digest).next(now, Optional.empty())).isEqualTo(next);
    }

    @Test
    void aDigestWaitsForTheHours() {
        Hours hours = Hours.of("mon-fri 08:00-18:00 Europe/Amsterdam");
        // A Saturday.
        assertThat(
                        Digest.of("low every 4h")
                                .next(Instant.parse("2026-01-10T08:00:00Z"), Optional.of(hours)))
                .isEqualTo("2026-01-12T08:00:00Z");
    }

    @ParameterizedTest
    @ValueSource(strings = {"high every 4h", "low every 10s", "low daily 25:00 UTC", "low"})
    void whatIsNoDigestIsTold(String text) {
        assertThatThrownBy(() -> Digest.of(text))
                .isInstanceOf(SettingsProblem.class)
                .hasMessageContaining("low every 4h");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "routing: [{risk: low}]",
                "routing: [{team: a, person: b@x}]",
                "routing: [{team: a, risk: some}]",
                "routing: [{team: a}, {team: a, risk: low}]",
                "routing: [{team: a, digest: high every 1h}]",
                "on_call: [{team: a, people: [b@x], every: week, from: 2026-01-05}]",
                "on_call: [{team: a, people: [], every: week, at: 09:00 UTC, from: 2026-01-05}]"
            })
    void mistakesInTheFileAreTold(String notify) {
        assertThatThrownBy(() ->
                        SettingsFile.read(
                                "settings.yaml", Path.of("/"), "notify: {" + notify + "}\n"))
                .isInstanceOf(SettingsProblem.class)
                .hasMessageStartingWith("settings.yaml:1");
    }
}
