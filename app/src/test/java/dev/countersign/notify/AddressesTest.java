package dev.countersign.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.config.Network;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where messages may go to. */
final class AddressesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.8.9.1",
                "0.0.0.0",
                "10.1.2.3",
                "172.16.0.1",
                "192.168.1.1",
                "169.254.169.254",
                "100.64.0.1",
                "224.0.0.1",
                "255.255.255.255",
                "::1",
                "::",
                "fe80::1",
                "fd00:ec2::254",
                "::ffff:127.0.0.1",
                "::127.0.0.1",
                "64:ff9b::7f00:1",
                "2002:7f00:1::",
                "ff02::1"
            })
    void whatOnlyTheServerReachesIsRefused(String address) throws Undelivered {
        Addresses none = new Addresses(List.of());
        assertThat(none.permits(InetAddress.ofLiteral(address))).isFalse();
        assertThatThrownBy(() -> none.judged(address)).isInstanceOf(Undelivered.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"93.184.216.34", "8.8.8.8", "172.32.0.1", "2606:4700::1111"})
    void theInternetIsNot(String address) {
        assertThat(new Addresses(List.of()).permits(InetAddress.ofLiteral(address))).isTrue();
    }

    @Test
    void aNameThatAlsoLeadsWhereNoMessageMayGoIsRefused() throws Undelivered {
        Addresses none = new Addresses(List.of());
        InetAddress good = InetAddress.ofLiteral("8.8.8.8");
        InetAddress bad = InetAddress.ofLiteral("10.0.0.1");
        assertThat(none.judged("mail.example.com", good)).isEqualTo(good);
        assertThatThrownBy(() -> none.judged("mail.example.com", good, bad))
                .isInstanceOf(Undelivered.class);
    }

    @Test
    void whatIsAllowedIsThatNetworkAlone() {
        Addresses ours = new Addresses(List.of(Network.of("10.2.0.0/15")));
        assertThat(ours.permits(InetAddress.ofLiteral("10.3.255.255"))).isTrue();
        assertThat(ours.permits(InetAddress.ofLiteral("10.4.0.0"))).isFalse();
        assertThat(ours.permits(InetAddress.ofLiteral("127.0.0.1"))).isFalse();
    }
}
