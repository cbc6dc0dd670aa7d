package dev.countersign.notify.slack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.notify.slack.SlackSignature.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

/** Signatures are those of Slack's documentation. */
final class SlackSignatureTest {
    private static final String SECRET = "8f742231b10e8888abcd99yyyzzz85a5";
    private static final String BODY =
            "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
                    + "&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA"
                    + "&user_name=roadrunner&command=%2Fwebhook-collect&text="
                    + "&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F"
                    + "397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
                    + "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    private static final String SIGNATURE =
            "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
    private static final String AT = "1531420618";

    private static Verdict judged(long seconds, String at, String signature, String body) {
        Clock clock = Clock.fixed(Instant.ofEpochSecond(seconds), ZoneOffset.UTC);
        return new SlackSignature(SECRET, clock)
                .judge(at, signature, body.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void theExampleOfTheDocumentation() {
        assertThat(judged(1_531_420_618, AT, SIGNATURE, BODY)).isEqualTo(Verdict.FRESH);
        assertThat(judged(1_531_420_918, AT, SIGNATURE, BODY)).isEqualTo(Verdict.FRESH);
        assertThat(judged(1_531_420_318, AT, SIGNATURE, BODY)).isEqualTo(Verdict.FRESH);
    }

    @Test
    void whatIsOldOrOfTheFutureOrChangedIsForged() {
        assertThat(judged(1_531_420_919, AT, SIGNATURE, BODY)).isEqualTo(Verdict.FORGED);
        assertThat(judged(1_531_420_317, AT, SIGNATURE, BODY)).isEqualTo(Verdict.FORGED);
        assertThat(judged(1_531_420_618, AT, SIGNATURE, BODY + "&")).isEqualTo(Verdict.FORGED);
        assertThat(judged(1_531_420_618, AT, SIGNATURE.toUpperCase(java.util.Locale.ROOT), BODY))
                .isEqualTo(Verdict.FORGED);
        assertThat(judged(1_531_420_618, AT, "", BODY)).isEqualTo(Verdict.FORGED);
        assertThat(judged(1_531_420_618, "", SIGNATURE, BODY)).isEqualTo(Verdict.FORGED);
        assertThat(judged(1_531_420_618, "+1531420618", SIGNATURE, BODY)).isEqualTo(Verdict.FORGED);
    }

    @Test
    void theSameOnceMoreIsKnown() {
        Clock clock = Clock.fixed(Instant.ofEpochSecond(1_531_420_618), ZoneOffset.UTC);
        SlackSignature signature = new SlackSignature(SECRET, clock);
        byte[] body = BODY.getBytes(StandardCharsets.UTF_8);
        assertThat(signature.judge(AT, SIGNATURE, body)).isEqualTo(Verdict.FRESH);
        assertThat(signature.judge(AT, SIGNATURE, body)).isEqualTo(Verdict.AGAIN);
    }
}
