package dev.countersign.notify.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What mail servers say of mail that they could not deliver. */
final class BounceTest {
    private static final String OURS = "msg_00112233445566778899aabbccddeeff";

    private static String mail(String name) throws IOException {
        try (InputStream in = BounceTest.class.getResourceAsStream("/bounces/" + name + ".eml")) {
            if (in == null) {
                throw new IOException(name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "postfix | 5.1.1 550 5.1.1 <ana@example.com>: Recipient address rejected: User"
                        + " unknown",
                "headers-only | 5.2.2"
            })
    void whatCameBackIsKnownByItsMessage(String name, String why) throws Exception {
        assertThat(Bounce.read(mail(name))).isEqualTo(new Bounce(OURS, why));
        assertThat(Bounce.read(mail(name).replace("\n", "\r\n"))).isEqualTo(new Bounce(OURS, why));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "delayed | Action: failed",
                "of-others | Message-ID",
                "no-report | multipart/report"
            })
    void whatIsNoneOfOursIsRefused(String name, String why) throws Exception {
        String mail = mail(name);
        assertThatThrownBy(() -> Bounce.read(mail))
                .isInstanceOf(Bounce.NoBounce.class)
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "Content-Type: multipart/report\n\n",
                "Content-Type: multipart/report; boundary=\n\n--\n",
                "Content-Type: \u0000\n\n",
                "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type:"
                        + " message/delivery-status\nContent-Transfer-Encoding: none\n\nAction: failed"
            })
    void whatIsNoMailIsRefused(String mail) {
        assertThatThrownBy(() -> Bounce.read(mail)).isInstanceOf(Bounce.NoBounce.class);
    }

    @Test
    void manyPartsAreReadInTheirLength() throws Exception {
        String part = "--b\nContent-Type: message/delivery-status\n\nAction: failed\n\n";
        String mail = "Content-Type: multipart/report; boundary=b\n\n" + part.repeat(10_000);
        long began = System.nanoTime();
        assertThatThrownBy(() -> Bounce.read(mail)).isInstanceOf(Bounce.NoBounce.class);
        assertThat(System.nanoTime() - began).isLessThan(10_000_000_000L);
    }
}
