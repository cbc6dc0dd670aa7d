package dev.countersign.notify.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that one browser can read, and who they are from. */
final class SealedTest {
    /** RFC 8291, section 5 and appendix A. */
    @Test
    void theExampleOfTheStandardIsMadeByteForByte() {
        KeyPair own =
                new KeyPair(
                        Curve.open(
                                Curve.bytes(
                                        "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8")),
                        Curve.secret(Curve.bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")));
        byte[] sealed =
                Sealed.of(
                        "When I grow up, I want to be a watermelon"
                                .getBytes(StandardCharsets.US_ASCII),
                        Curve.open(
                                Curve.bytes(
                                        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4")),
                        Curve.bytes("BTBZMqHH6r4Tts7J_aSIgg"),
                        own,
                        Curve.bytes("DGv6ra1nlYgDCS1FRnbzlw"));
        assertThat(Curve.text(sealed))
                .isEqualTo(
                        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vC"
                                + "YLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuw"
                                + "XPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN");
    }

    @Test
    void aMadePairSignsWhatThePublicKeyProves() throws Exception {
        Vapid vapid = new Vapid(Vapid.make(new SecureRandom()));
        String header =
                vapid.authorization(
                        URI.create("https://push.example.com:8443/x/y?z"),
                        "mailto:ops@example.com",
                        Instant.ofEpochSecond(1_000_000));
        assertThat(header).startsWith("vapid t=").endsWith(", k=" + vapid.publicKey());
        String token = header.substring("vapid t=".length(), header.indexOf(','));
        String[] parts = token.split("\\.", -1);
        assertThat(new String(Curve.bytes(parts[1]), StandardCharsets.UTF_8))
                .isEqualTo(
                        "{\"aud\":\"https://push.example.com:8443\",\"exp\":1043200,"
                                + "\"sub\":\"mailto:ops@example.com\"}");
        ECPublicKey key = Curve.open(Curve.bytes(vapid.publicKey()));
        Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
        signature.initVerify(key);
        signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
        assertThat(signature.verify(Curve.bytes(parts[2]))).isTrue();
    }

    /** The second is off the curve by one, the last is none of its points at infinity. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw8",
                "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIA",
                "BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
            })
    void aKeyThatIsNoPointIsRefused(String key) {
        assertThatThrownBy(() -> Curve.open(Curve.bytes(key)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://push.example.com/x",
                "https://user@push.example.com/x",
                "https:///x",
                "javascript:alert(1)"
            })
    void whereNoMessageGoesIsNoSubscription(String endpoint) {
        assertThatThrownBy(() ->
                        Subscription.of(
                                "ana@example.com",
                                endpoint,
                                "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
                                "BTBZMqHH6r4Tts7J_aSIgg",
                                "phone",
                                Instant.EPOCH))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
